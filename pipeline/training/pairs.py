"""Choose the entity pairs of relation discrimination (paper 3.4, Eq. 3).

The pool T holds the labelled pairs of all documents that are contrasted with one another, and some
`no_relation` pairs of each. Every labelled tuple is an anchor once per term of Eq. 3 in which it
can be one, so that a relation is drawn in proportion to its number (footnote 4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.model.ragged import Bools, Ints, draw_from_each, expand, offsets, owners

RdPairs = Literal["both", "single", "cross"]

WINDOW = 3  # candidates looked at per negative wanted; others may share a relation


@dataclass(frozen=True, slots=True)
class Triples:
    """Labelled tuples over entities of the views; a pair stands once per relation."""

    head_R: Ints
    tail_R: Ints
    relation_R: Ints
    intra_R: Bools


@dataclass(frozen=True, slots=True)
class Pairs:
    """A anchors with one positive and up to K negatives each, as rows of a pool of P pairs."""

    head_P: Ints
    tail_P: Ints
    anchor_A: Ints
    positive_A: Ints
    negative_AK: Ints  # -1: no further negative


def unlabelled_pairs(
    entity_offset: Ints,
    kept_E: Bools,
    taken: tuple[Ints, Ints],
    *,
    limit: int,
    generator: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Return heads and tails of up to `limit` no_relation pairs of each view, drawn uniformly.

    Args:
        entity_offset: Where each view's entities start.
        kept_E: Entities that have a mention within the limit; others are in no pair.
        taken: Heads and tails that are no candidates: labelled pairs, and those to ignore.
        limit: Pairs per view.
        generator: One number per ordered pair of entities is drawn.
    """
    count_V = np.diff(entity_offset)
    view_Q = owners(count_V**2)
    place_Q = expand(np.zeros(len(count_V), np.int64), count_V**2)
    first_V = offsets(count_V**2)
    head_Q = entity_offset[view_Q] + place_Q // count_V[view_Q]
    tail_Q = entity_offset[view_Q] + place_Q % count_V[view_Q]
    free_Q = kept_E[head_Q] & kept_E[tail_Q] & (head_Q != tail_Q)
    head_R, tail_R = taken
    view_R = np.searchsorted(entity_offset, head_R, side="right") - 1
    start_R = entity_offset[view_R]
    free_Q[first_V[view_R] + (head_R - start_R) * count_V[view_R] + tail_R - start_R] = False
    key_Q = generator.random(len(view_Q))
    order = np.flatnonzero(free_Q)
    order = order[np.lexsort((key_Q[order], view_Q[order]))]
    number_V = np.bincount(view_Q[order], minlength=len(count_V))
    rank = np.arange(len(order)) - np.repeat(offsets(number_V)[:-1], number_V)
    order = order[rank < limit]
    return head_Q[order], tail_Q[order]


def choose_pairs(
    triples: Triples,
    unlabelled: tuple[Ints, Ints],
    *,
    rd_pairs: RdPairs,
    negatives: int,
    generator: np.random.Generator,
) -> Pairs:
    """Draw the positive and the negatives of every anchor.

    For each term (X, Y) of Eq. 3 a tuple of X (single: some sentence mentions both entities;
    cross: none does) gets as positive a uniform one of the other tuples of Y with its relation; a
    tuple without such a partner is no anchor of that term. Negatives are drawn without repetition
    from the pairs that share no relation with the anchor's pair, no_relation pairs included.
    """
    pair_R, head_P, tail_P, relation_PL = _number_pairs(triples)
    labelled = len(head_P)
    head_P = np.concatenate([head_P, unlabelled[0]])
    tail_P = np.concatenate([tail_P, unlabelled[1]])
    tuple_A, partner_A = _draw_partners(triples, rd_pairs, generator)
    anchor_A = pair_R[tuple_A]

    def usable(seen_AW: Ints) -> Bools:
        free_AW = seen_AW >= labelled
        label_AW = np.where(free_AW, 0, seen_AW)
        shares_AW = np.zeros(seen_AW.shape, np.bool_)
        for mine in relation_PL[anchor_A].T:
            for theirs in relation_PL.T:
                shares_AW |= (mine[:, None] >= 0) & (mine[:, None] == theirs[label_AW])
        return free_AW | ~shares_AW

    negative_AK = draw_negatives(len(anchor_A), len(head_P), usable, negatives, generator)
    return Pairs(head_P, tail_P, anchor_A, pair_R[partner_A], negative_AK)


def _number_pairs(triples: Triples) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the pair of each tuple, the pairs' heads and tails, and their relations [P, L]."""
    size = int(max(triples.head_R.max(initial=0), triples.tail_R.max(initial=0))) + 1
    code_R = triples.head_R * size + triples.tail_R
    code_P, pair_R = np.unique(code_R, return_inverse=True)
    count_P = np.bincount(pair_R, minlength=len(code_P))
    order = np.argsort(pair_R, kind="stable")
    place = np.arange(len(order)) - np.repeat(offsets(count_P)[:-1], count_P)
    relation_PL = np.full((len(code_P), int(count_P.max(initial=1))), -1, np.int64)
    relation_PL[pair_R[order], place] = triples.relation_R[order]
    return pair_R, code_P // size, code_P % size, relation_PL


def _draw_partners(
    triples: Triples, rd_pairs: RdPairs, generator: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return anchors and their positives as tuples, over the terms of Eq. 3 that are asked for."""
    kinds = {"both": (True, False), "single": (True,), "cross": (False,)}[rd_pairs]
    group_R = triples.relation_R * 2 + triples.intra_R
    order = np.argsort(group_R, kind="stable")
    count_G = np.bincount(group_R, minlength=2 * int(triples.relation_R.max(initial=0)) + 2)
    start_G = offsets(count_G)[:-1]
    rank_R = np.empty(len(group_R), np.int64)
    rank_R[order] = np.arange(len(order)) - start_G[group_R[order]]
    anchors, partners = [], []
    for target in kinds:
        wanted_R = triples.relation_R * 2 + target
        own_R = triples.intra_R == target
        choices_R = count_G[wanted_R] - own_R
        draw_R = draw_from_each(choices_R, generator)
        draw_R += own_R & (draw_R >= rank_R)  # skips the anchor itself
        usable = np.flatnonzero((choices_R > 0) & np.isin(triples.intra_R, kinds))
        anchors.append(usable)
        partners.append(order[(start_G[wanted_R] + draw_R)[usable]])
    return np.concatenate(anchors), np.concatenate(partners)


def draw_negatives(
    anchors: int,
    pool: int,
    usable: Callable[[Ints], Bools],
    negatives: int,
    generator: np.random.Generator,
) -> Ints:
    """Return up to `negatives` pairs of the pool for each of the anchors, -1 where there is none.

    The pool is shuffled once; each anchor reads it from a place of its own until it has enough or
    has seen WINDOW times as many as it wants. So the draws are distinct without a sort per anchor.

    Args:
        anchors: A.
        pool: P, the pairs to draw from.
        usable: Which of the pairs [A, W] may be a negative of their row's anchor.
        negatives: K.
        generator: Draws the shuffle and the places.
    """
    width = min(pool, WINDOW * negatives)
    shuffled_P = generator.permutation(pool)
    start_A = draw_from_each(np.full(anchors, pool), generator)
    seen_AW = shuffled_P[(start_A[:, None] + np.arange(width)) % max(pool, 1)]
    usable_AW = usable(seen_AW)
    usable_AW &= np.cumsum(usable_AW, axis=1) <= negatives
    packed_AW = np.argsort(~usable_AW, axis=1, kind="stable")[:, :negatives]
    return np.where(
        np.take_along_axis(usable_AW, packed_AW, 1), np.take_along_axis(seen_AW, packed_AW, 1), -1
    )
