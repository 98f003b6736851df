"""Tensors of one micro-batch: sequences in rectangles of similar length, and indices into them.

Or the sequences are packed in one row, where nothing is padded. The states of all rectangles,
flattened and put behind one another, are `states_NH`; every index here counts in them or in the
entities of the micro-batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import nn

from pipeline.model.encoder import encode
from pipeline.model.packing import Packed, encode_packed
from pipeline.model.pooling import token_weights, weighted_sum
from pipeline.model.ragged import Ints, expand, offsets, owners
from pipeline.training.questions import Questions
from pipeline.training.views import Views

MAX_PADDING = 0.1  # share of a rectangle
MAX_POSITIONS = 1 << 14  # of a rectangle; more gains nothing


@dataclass(frozen=True, slots=True)
class Sheet:
    """Some of the views of a step, which one pass of the encoder reads, with what is hidden."""

    views: Views
    input_T: Ints  # tokens as read: some hidden
    chosen_K: Ints  # places of the tokens to predict, ascending


@dataclass(slots=True)
class Reading:
    """One sheet's part of a micro-batch. S tokens in mentions, K tokens to predict.

    The tokens are either in `blocks` or in `packed`.
    """

    blocks: list[tuple[torch.Tensor, torch.Tensor]]  # input_ids [B, T] and attention mask
    packed: Packed | None
    token_index_S: torch.Tensor
    token_entity_S: torch.Tensor
    token_weight_S: torch.Tensor  # of Eq. 1, float32
    num_entities: int
    mlm_position_K: torch.Tensor
    mlm_label_K: torch.Tensor
    num_tokens: int

    def each(self, change: Callable[[torch.Tensor], torch.Tensor]) -> "Reading":
        """Return the reading with `change` done to every tensor: pinned, moved."""
        packed = self.packed and Packed(
            change(self.packed.input_ids_1N),
            change(self.packed.position_1N),
            change(self.packed.start_V1),
            self.packed.longest,
        )
        return Reading(
            blocks=[(change(ids), change(mask)) for ids, mask in self.blocks],
            packed=packed,
            token_index_S=change(self.token_index_S),
            token_entity_S=change(self.token_entity_S),
            token_weight_S=change(self.token_weight_S),
            num_entities=self.num_entities,
            mlm_position_K=change(self.mlm_position_K),
            mlm_label_K=change(self.mlm_label_K),
            num_tokens=self.num_tokens,
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """How the sequences of a micro-batch stand in tensors.

    rectangles: of similar length, little padding; one: a single rectangle; row: packed.
    """

    kind: Literal["rectangles", "one", "row"]
    unit: int = 1  # columns of rectangles are a multiple of it
    first_position: int = 0  # of a row: position of each sequence's first token
    longest: int = 0  # of a row: tokens of a sequence at most


RECTANGLES = Layout("rectangles")


def read_views(
    sheet: Sheet, first: int, last: int, *, padding: int, layout: Layout = RECTANGLES
) -> Reading:
    """Return views `first` to `last` (exclusive) of a sheet as tensors on the CPU.

    Entities are numbered from those of view `first`.

    Args:
        sheet: The sheet.
        first: Its first view.
        last: The one behind the last.
        padding: Id of the padding token.
        layout: How they stand.
    """
    views = sheet.views
    start, stop = views.token_offset[first], views.token_offset[last]
    length_V = np.diff(views.token_offset[first : last + 1])
    row = layout.kind == "row"
    base_V, shapes = (offsets(length_V)[:-1], []) if row else lay_out(length_V, layout)
    place = expand(base_V, length_V)

    low, high = np.searchsorted(views.mention_view_M, [first, last])
    mention_base_M = base_V[views.mention_view_M[low:high] - first]
    mention_length_M = (views.mention_end_M - views.mention_start_M)[low:high]
    low_K, high_K = np.searchsorted(sheet.chosen_K, [start, stop])
    chosen_K = sheet.chosen_K[low_K:high_K]
    entity_M = torch.from_numpy(views.mention_entity_M[low:high] - views.entity_offset[first])
    mention_S = torch.from_numpy(owners(mention_length_M))
    num_entities = int(views.entity_offset[last] - views.entity_offset[first])
    input_T = sheet.input_T[start:stop]
    return Reading(
        blocks=_fill(input_T, place, shapes, padding),
        packed=_pack(input_T, length_V, layout) if row else None,
        token_index_S=torch.from_numpy(
            expand(mention_base_M + views.mention_start_M[low:high], mention_length_M)
        ),
        token_entity_S=entity_M[mention_S],
        token_weight_S=token_weights(mention_S, entity_M, num_entities),
        num_entities=num_entities,
        mlm_position_K=torch.from_numpy(place[chosen_K - start]),
        mlm_label_K=torch.from_numpy(views.token_T[chosen_K]),
        num_tokens=int(stop - start),
    )


def _fill(
    input_T: Ints, place: Ints, shapes: Sequence[tuple[int, int]], padding: int
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return ids and mask of each rectangle."""
    if not shapes:
        return []
    size_B = np.asarray([rows * width for rows, width in shapes], np.int64)
    size = int(size_B.sum())
    input_N, mask_N = np.full(size, padding, np.int64), np.zeros(size, np.int64)
    input_N[place] = input_T
    mask_N[place] = 1
    cuts = offsets(size_B)[1:-1]
    return [
        (torch.from_numpy(ids).view(shape), torch.from_numpy(mask).view(shape))
        for ids, mask, shape in zip(
            np.split(input_N, cuts), np.split(mask_N, cuts), shapes, strict=True
        )
    ]


def _pack(input_T: Ints, length_V: Ints, layout: Layout) -> Packed:
    start_V1 = offsets(length_V)
    position_T = (
        layout.first_position + np.arange(len(input_T)) - np.repeat(start_V1[:-1], length_V)
    )
    return Packed(
        torch.from_numpy(input_T)[None],
        torch.from_numpy(position_T)[None],
        torch.from_numpy(start_V1.astype(np.int32)),
        layout.longest,
    )


def lay_out(length_V: Ints, layout: Layout) -> tuple[Ints, list[tuple[int, int]]]:
    """Put sequences into rectangles of similar length, or into one.

    Returns:
        base_V: Where each sequence starts when the rectangles are flattened behind one another.
        shapes: Rows and columns of each rectangle; of similar length, padding is at most
            MAX_PADDING of it and what fills up the columns.
    """
    order = np.argsort(length_V, kind="stable")
    base_V = np.empty(len(length_V), np.int64)
    shapes: list[tuple[int, int]] = []
    base = start = 0
    cuts = [len(length_V)] if layout.kind == "one" else _cuts(length_V[order].tolist())
    for stop in cuts:
        # never wider than the longest sequence: the encoder may have no more positions
        filled = -(-int(length_V[order[stop - 1]]) // layout.unit) * layout.unit
        width = min(filled, int(length_V[order[-1]]))
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
    questions: Questions, views: Views, first: int, last: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return heads [A] and candidates [A, C] of the questions about views `first` to `last`."""
    low, high = np.searchsorted(questions.view_A, [first, last])
    base = views.entity_offset[first]
    candidate_AC = questions.candidate_AC[low:high]
    local_AC = np.where(candidate_AC >= 0, candidate_AC - base, -1)
    return torch.from_numpy(questions.head_A[low:high] - base), torch.from_numpy(local_AC)


def encode_reading(model: nn.Module, reading: Reading) -> torch.Tensor:
    """Return the states [N, H] of a reading on the model's device."""
    if reading.packed is not None:
        return encode_packed(model, reading.packed)
    states = [encode(model, ids, mask).flatten(0, 1) for ids, mask in reading.blocks]
    return states[0] if len(states) == 1 else torch.cat(states)


def pool_reading(states_NH: torch.Tensor, reading: Reading) -> torch.Tensor:
    """Return the representations [E, H] of a reading's entities (Eq. 1)."""
    return weighted_sum(
        states_NH,
        reading.token_index_S,
        reading.token_entity_S,
        reading.token_weight_S,
        reading.num_entities,
    )
