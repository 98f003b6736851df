"""Sentences that mention two entities: what the baselines MTB and CP are pre-trained on.

An instance is an ordered pair of entities with a mention each in one sentence, marked as
`[H] head [/H]` and `[T] tail [/T]`. A sentence runs from full stop to full stop around its
mentions; the shards know the sentence of each mention, not where it ends.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from torch import nn

from pipeline.model.encoder import SpecialTokens
from pipeline.model.ragged import Bools, Ints, expand, offsets, owners
from pipeline.training.corpus import Corpus, Documents
from pipeline.training.views import Views

MAX_TOKENS = 64  # of a sentence with its markers, as in the published code of CP
MARKERS = ("[H]", "[/H]", "[T]", "[/T]", "[HBLANK]", "[TBLANK]")
AROUND = 6  # start, separator and four markers
CHUNK = 4_096  # documents searched at once


@dataclass(frozen=True, slots=True)
class Instances:
    """One entry per sentence, ordered pair and relation. Offsets are in tokens of the document."""

    row: Ints  # document of the corpus
    start: Ints  # of the sentence, cut to MAX_TOKENS around both mentions
    end: Ints
    head_start: Ints
    head_end: Ints
    tail_start: Ints
    tail_end: Ints
    head_item: Ints  # -1: no item
    tail_item: Ints
    relation: Ints  # -1: no relation

    def __len__(self) -> int:
        """Return the number of instances."""
        return len(self.row)

    def take(self, index: Ints) -> "Instances":
        """Return some of the instances."""
        return Instances(*(getattr(self, field.name)[index] for field in fields(self)))


def add_sentence_markers(model: nn.Module, tokenizer: Any, *, seed: int) -> Ints:
    """Add MARKERS to tokenizer and embeddings, drawn by `seed`; return their ids."""
    tokenizer.add_tokens(list(MARKERS), special_tokens=True)
    hf_model: Any = model
    if len(tokenizer) > hf_model.get_input_embeddings().num_embeddings:
        torch.manual_seed(seed)
        hf_model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    ids: Ints = np.asarray(tokenizer.convert_tokens_to_ids(list(MARKERS)), np.int64)
    return ids


def full_stops(tokenizer: Any) -> Ints:
    """Return the ids of the tokens that end a sentence."""
    ids = tokenizer.convert_tokens_to_ids([".", "!", "?"])
    return np.asarray([i for i in ids if i != tokenizer.unk_token_id], np.int64)


def find_instances(corpus: Corpus, stops: Ints) -> Instances:
    """Return all instances of the corpus. Memory: some 80 bytes for each."""
    parts = [
        _search(corpus.gather(np.arange(first, min(first + CHUNK, len(corpus)))), stops)
        for first in range(0, len(corpus), CHUNK)
    ]
    return Instances(
        *(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Instances))
    )


def _search(docs: Documents, stops: Ints) -> Instances:
    doc_M = owners(np.diff(docs.mention_offset))
    base_M = docs.token_offset[doc_M]
    start_M, end_M = base_M + docs.mention_start_M, base_M + docs.mention_end_M
    sentences = int(docs.mention_sentence_M.max(initial=0)) + 1
    group_M = doc_M * sentences + docs.mention_sentence_M
    code_M = group_M * max(int(docs.entity_offset[-1]), 1) + docs.mention_entity_M
    first_O = np.sort(np.unique(code_M, return_index=True)[1])  # first mention in the sentence
    first_O = first_O[np.argsort(group_M[first_O], kind="stable")]
    _, count_G = np.unique(group_M[first_O], return_counts=True)
    from_G, to_G = _sentence_bounds(docs, group_M, start_M, end_M, stops)

    square_G = count_G**2
    group_Q = owners(square_G)
    place_Q = expand(np.zeros(len(count_G), np.int64), square_G)
    base_G = offsets(count_G)[:-1]
    head_Q = first_O[base_G[group_Q] + place_Q // count_G[group_Q]]
    tail_Q = first_O[base_G[group_Q] + place_Q % count_G[group_Q]]
    room = MAX_TOKENS - AROUND
    left_Q = np.minimum(start_M[head_Q], start_M[tail_Q])
    right_Q = np.maximum(end_M[head_Q], end_M[tail_Q])
    kept = (head_Q != tail_Q) & (right_Q - left_Q <= room)
    group_Q, head_Q, tail_Q = group_Q[kept], head_Q[kept], tail_Q[kept]
    left_Q, right_Q = left_Q[kept], right_Q[kept]
    spare_Q = room - (right_Q - left_Q)
    begin_Q = np.maximum(from_G[group_Q], left_Q - spare_Q // 2)
    stop_Q = np.minimum(to_G[group_Q], begin_Q + room)
    begin_Q = np.maximum(from_G[group_Q], np.minimum(begin_Q, stop_Q - room))

    pair_Q, relation_Q = _label(docs, docs.mention_entity_M[head_Q], docs.mention_entity_M[tail_Q])
    head_Q, tail_Q = head_Q[pair_Q], tail_Q[pair_Q]
    base_Q = base_M[head_Q]
    return Instances(
        row=docs.row_D[doc_M[head_Q]],
        start=begin_Q[pair_Q] - base_Q,
        end=stop_Q[pair_Q] - base_Q,
        head_start=docs.mention_start_M[head_Q],
        head_end=docs.mention_end_M[head_Q],
        tail_start=docs.mention_start_M[tail_Q],
        tail_end=docs.mention_end_M[tail_Q],
        head_item=docs.entity_item_E[docs.mention_entity_M[head_Q]],
        tail_item=docs.entity_item_E[docs.mention_entity_M[tail_Q]],
        relation=relation_Q,
    )


def _sentence_bounds(
    docs: Documents, group_M: Ints, start_M: Ints, end_M: Ints, stops: Ints
) -> tuple[Ints, Ints]:
    """Return the tokens between which each sentence with mentions lies, over all documents."""
    _, first_G, count_G = np.unique(group_M, return_index=True, return_counts=True)
    head_G, tail_G = start_M[first_G], end_M[first_G + count_G - 1]
    doc_G = np.searchsorted(docs.token_offset, head_G, side="right") - 1
    stop_T = np.flatnonzero(np.isin(docs.token_T, stops))
    before_G = np.append(-1, stop_T)[np.searchsorted(stop_T, head_G)] + 1
    after_G = np.append(stop_T, len(docs.token_T))[np.searchsorted(stop_T, tail_G)] + 1
    previous_G = np.append(0, tail_G)[:-1]  # a sentence reaches into no other's mentions
    following_G = np.append(head_G, len(docs.token_T))[1:]
    lower_G = np.maximum(docs.token_offset[doc_G], previous_G)
    upper_G = np.minimum(docs.token_offset[doc_G + 1], following_G)
    return np.maximum(before_G, lower_G), np.minimum(after_G, upper_G)


def _label(docs: Documents, head_Q: Ints, tail_Q: Ints) -> tuple[Ints, Ints]:
    """Return pairs, repeated for each of their relations, and these relations; -1 for none."""
    size = max(int(docs.entity_offset[-1]), 1)
    code_R = docs.head_R * size + docs.tail_R
    order = np.argsort(code_R, kind="stable")
    code_Q = head_Q * size + tail_Q
    low = np.searchsorted(code_R[order], code_Q, side="left")
    count = np.searchsorted(code_R[order], code_Q, side="right") - low
    entries = np.maximum(count, 1)
    relation = np.full(entries.sum(), -1, np.int64)
    has = np.repeat(count > 0, entries)
    relation[has] = docs.relation_R[order[expand(low, count)]]
    return owners(entries), relation


def sentence_views(
    docs: Documents,
    instances: Instances,
    blank_V2: Bools,
    *,
    marker: Ints,
    special: SpecialTokens,
) -> Views:
    """Return one view per instance; entities 2v and 2v + 1 are the start markers of view v.

    Args:
        docs: The document of each instance, in their order.
        instances: V of them.
        blank_V2: Whether head and tail are replaced by their blanks.
        marker: Ids of MARKERS.
        special: Ids of the special tokens.
    """
    source = np.concatenate([docs.token_T, marker, [special.start, special.separator]])
    literal = len(docs.token_T) + np.arange(len(marker) + 2)  # where each stands in `source`
    base_V = docs.token_offset[:-1]
    begin_V, stop_V = base_V + instances.start, base_V + instances.end
    start_V2 = base_V[:, None] + np.stack([instances.head_start, instances.tail_start], 1)
    end_V2 = base_V[:, None] + np.stack([instances.head_end, instances.tail_end], 1)
    side_V2 = np.argsort(start_V2, axis=1)  # 0 head, 1 tail, in their order in the sentence
    (x0, y0), (x1, y1) = (np.take_along_axis(a, side_V2, 1).T for a in (start_V2, end_V2))
    (x_blank, y_blank) = np.take_along_axis(blank_V2, side_V2, 1).T
    x_side, y_side = side_V2.T
    one = np.ones(len(instances), np.int64)
    pieces = (
        (literal[6] * one, one),
        (begin_V, x0 - begin_V),
        (literal[2 * x_side], one),
        (np.where(x_blank, literal[4 + x_side], x0), np.where(x_blank, 1, x1 - x0)),
        (literal[2 * x_side + 1], one),
        (x1, y0 - x1),
        (literal[2 * y_side], one),
        (np.where(y_blank, literal[4 + y_side], y0), np.where(y_blank, 1, y1 - y0)),
        (literal[2 * y_side + 1], one),
        (y1, stop_V - y1),
        (literal[7] * one, one),
    )
    start_VP = np.stack([start for start, _ in pieces], 1)
    length_VP = np.stack([length for _, length in pieces], 1)
    token_T = source[expand(start_VP.ravel(), length_VP.ravel())]
    token_offset = offsets(length_VP.sum(axis=1))
    before_VP = np.cumsum(length_VP, axis=1) - length_VP
    opening_V2 = np.take_along_axis(before_VP[:, [2, 6]], np.argsort(side_V2, axis=1), 1)
    entity_V2 = 2 * np.arange(len(instances))[:, None] + np.arange(2)
    maskable_T = np.ones(len(token_T), np.bool_)
    for column in (0, 2, 6, before_VP.shape[1] - 1):  # specials and start markers
        maskable_T[token_offset[:-1] + before_VP[:, column]] = False
    return Views(
        doc_V=np.arange(len(instances)),
        token_T=token_T,
        token_offset=token_offset,
        maskable_T=maskable_T,
        mention_view_M=np.repeat(np.arange(len(instances)), 2),
        mention_start_M=opening_V2.ravel(),
        mention_end_M=opening_V2.ravel() + 1,
        mention_entity_M=entity_V2.ravel(),
        entity_offset=2 * np.arange(len(instances) + 1),
        kept_E=np.ones(2 * len(instances), np.bool_),
    )
