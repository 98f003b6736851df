"""Tensors of one micro-batch: sequences in rectangles of similar length, and indices into them.

The states of all rectangles, flattened and put behind one another, are `states_NH`; every index
here counts in them or in the entities of the micro-batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pipeline.model.ragged import Ints, expand, offsets, owners
from pipeline.training.questions import Questions
from pipeline.training.views import Views

MAX_PADDING = 0.1  # share of a rectangle
MAX_POSITIONS = 1 << 14  # of a rectangle; more gains nothing
CUDA_WIDTH = 8  # columns are a multiple of it on a GPU, whose attention kernels want aligned rows


@dataclass(frozen=True, slots=True)
class Sheet:
    """Some of the views of a step, which one pass of the encoder reads, with what is hidden."""

    views: Views
    input_T: Ints  # tokens as read: some hidden
    chosen_K: Ints  # places of the tokens to predict, ascending


@dataclass(slots=True)
class Reading:
    """One sheet's part of a micro-batch, on the device. S tokens in mentions, M mentions."""

    blocks: list[tuple[torch.Tensor, torch.Tensor]]  # input_ids [B, T] and attention mask
    token_index_S: torch.Tensor
    token_mention_S: torch.Tensor
    mention_entity_M: torch.Tensor
    num_entities: int
    mlm_position_K: torch.Tensor
    mlm_label_K: torch.Tensor
    num_tokens: int


def read_views(
    sheet: Sheet, first: int, last: int, *, padding: int, device: torch.device
) -> Reading:
    """Return views `first` to `last` (exclusive) of a sheet as tensors.

    Entities are numbered from those of view `first`.
    """
    views = sheet.views
    start, stop = views.token_offset[first], views.token_offset[last]
    length_V = np.diff(views.token_offset[first : last + 1])
    base_V, shapes = lay_out(length_V, CUDA_WIDTH if device.type == "cuda" else 1)
    place = expand(base_V, length_V)
    size_B = np.asarray([rows * width for rows, width in shapes], np.int64)
    size = int(size_B.sum())
    input_N, mask_N = np.full(size, padding, np.int64), np.zeros(size, np.int64)
    input_N[place] = sheet.input_T[start:stop]
    mask_N[place] = 1

    low, high = np.searchsorted(views.mention_view_M, [first, last])
    mention_base_M = base_V[views.mention_view_M[low:high] - first]
    mention_length_M = (views.mention_end_M - views.mention_start_M)[low:high]
    low_K, high_K = np.searchsorted(sheet.chosen_K, [start, stop])
    chosen_K = sheet.chosen_K[low_K:high_K]

    def tensor(array: Ints) -> torch.Tensor:
        return torch.from_numpy(array).to(device, non_blocking=True)

    return Reading(
        blocks=[
            (tensor(ids).view(shape), tensor(mask).view(shape))
            for ids, mask, shape in zip(
                np.split(input_N, offsets(size_B)[1:-1]),
                np.split(mask_N, offsets(size_B)[1:-1]),
                shapes,
                strict=True,
            )
        ],
        token_index_S=tensor(
            expand(mention_base_M + views.mention_start_M[low:high], mention_length_M)
        ),
        token_mention_S=tensor(owners(mention_length_M)),
        mention_entity_M=tensor(views.mention_entity_M[low:high] - views.entity_offset[first]),
        num_entities=int(views.entity_offset[last] - views.entity_offset[first]),
        mlm_position_K=tensor(place[chosen_K - start]),
        mlm_label_K=tensor(views.token_T[chosen_K]),
        num_tokens=int(stop - start),
    )


def lay_out(length_V: Ints, unit: int) -> tuple[Ints, list[tuple[int, int]]]:
    """Put sequences into rectangles of similar length, whose width is a multiple of `unit`.

    Returns:
        base_V: Where each sequence starts when the rectangles are flattened behind one another.
        shapes: Rows and columns of each rectangle; padding is at most MAX_PADDING of it and
            what fills up the columns.
    """
    order = np.argsort(length_V, kind="stable")
    base_V = np.empty(len(length_V), np.int64)
    shapes: list[tuple[int, int]] = []
    base = start = 0
    for stop in _cuts(length_V[order].tolist()):
        # never wider than the longest sequence: the encoder may have no more positions
        width = min(-(-int(length_V[order[stop - 1]]) // unit) * unit, int(length_V[order[-1]]))
        base_V[order[start:stop]] = base + width * np.arange(stop - start)
        shapes.append((stop - start, width))
        base += width * (stop - start)
        start = stop
    return base_V, shapes


def _cuts(lengths: Sequence[int]) -> list[int]:
    """Return where each rectangle ends, for ascending lengths."""
    cuts, start, tokens = [], 0, 0
    for number, length in enumerate(lengths):
        positions = (number - start + 1) * length
        full = positions > MAX_POSITIONS or tokens + length < (1 - MAX_PADDING) * positions
        if full and number > start:
            cuts.append(number)
            start, tokens = number, 0
        tokens += length
    return [*cuts, len(lengths)]


def question_tensors(
    questions: Questions, views: Views, first: int, last: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return heads [A] and candidates [A, C] of the questions about views `first` to `last`."""
    low, high = np.searchsorted(questions.view_A, [first, last])
    base = views.entity_offset[first]
    candidate_AC = questions.candidate_AC[low:high]
    local_AC = np.where(candidate_AC >= 0, candidate_AC - base, -1)
    head_A = torch.from_numpy(questions.head_A[low:high] - base)
    return head_A.to(device), torch.from_numpy(local_AC).to(device)
