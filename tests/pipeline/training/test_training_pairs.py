import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.training.pairs import Triples, choose_pairs, unlabelled_pairs

KINDS = {"both": (True, False), "single": (True,), "cross": (False,)}


def random_triples(seed):
    """Tuples over three documents of up to five entities; a pair is intra in all its relations."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(0, 6, 3)
    offset = np.concatenate([[0], np.cumsum(sizes)])
    rows = set()
    for start, size in zip(offset, sizes, strict=False):
        for _ in range(generator.integers(0, 12) if size > 1 else 0):
            head, tail = generator.choice(size, 2, replace=False) + start
            rows.add((int(head), int(tail), int(generator.integers(0, 4))))
    rows = sorted(rows)
    table = np.asarray(rows, np.int64).reshape(-1, 3)
    intra = np.asarray([(h * 5 + t) % 2 == 0 for h, t, _ in rows], bool)
    kept = generator.random(offset[-1]) < 0.9
    kept[table[:, :2].ravel()] = True
    return Triples(table[:, 0], table[:, 1], table[:, 2], intra), offset, kept, rows


@given(st.integers(0, 10_000), st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_unlabelled_pairs_are_distinct_free_and_as_many_as_asked(seed, limit):
    triples, offset, kept, rows = random_triples(seed)
    heads, tails = unlabelled_pairs(
        offset,
        kept,
        (triples.head_R, triples.tail_R),
        limit=limit,
        generator=np.random.default_rng(seed),
    )
    found = list(zip(heads.tolist(), tails.tolist(), strict=True))
    labelled = {(h, t) for h, t, _ in rows}
    assert len(set(found)) == len(found)
    for start, stop in itertools.pairwise(offset):
        free = {
            (h, t)
            for h in range(start, stop)
            for t in range(start, stop)
            if h != t and kept[h] and kept[t] and (h, t) not in labelled
        }
        own = [pair for pair in found if start <= pair[0] < stop]
        assert set(own) <= free
        assert len(own) == min(limit, len(free))


@pytest.mark.parametrize("rd_pairs", ["both", "single", "cross"])
@given(st.integers(0, 10_000), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_pairs_obey_equation_3(rd_pairs, seed, negatives):
    triples, offset, kept, rows = random_triples(seed)
    generator = np.random.default_rng(seed)
    free = unlabelled_pairs(
        offset, kept, (triples.head_R, triples.tail_R), limit=5, generator=generator
    )
    pairs = choose_pairs(triples, free, rd_pairs=rd_pairs, negatives=negatives, generator=generator)
    pool = list(zip(pairs.head_P.tolist(), pairs.tail_P.tolist(), strict=True))
    assert len(set(pool)) == len(pool)
    relations, intra = defaultdict(set), {}
    for (head, tail, relation), single in zip(rows, triples.intra_R, strict=True):
        relations[head, tail].add(relation)
        intra[head, tail] = bool(single)
    assert set(pool) == set(relations) | set(zip(*(f.tolist() for f in free), strict=True))

    expected = 0  # each tuple once per term in which it has a partner
    for head, tail, relation in rows:
        for target in KINDS[rd_pairs]:
            if intra[head, tail] in KINDS[rd_pairs]:
                expected += any(
                    r == relation and (h, t) != (head, tail) and intra[h, t] == target
                    for h, t, r in rows
                )
    assert len(pairs.anchor_A) == expected
    for anchor, positive, row in zip(
        pairs.anchor_A, pairs.positive_A, pairs.negative_AK, strict=True
    ):
        mine, partner = pool[anchor], pool[positive]
        assert mine != partner
        assert relations[mine] & relations[partner]
        assert {intra[mine], intra[partner]} <= set(KINDS[rd_pairs])
        chosen = [pool[n] for n in row if n >= 0]
        usable = [p for p in pool if p != mine and not relations.get(p, set()) & relations[mine]]
        assert len(set(chosen)) == len(chosen)
        assert set(chosen) <= set(usable)
        if len(pool) <= 3 * negatives:
            assert len(chosen) == min(negatives, len(usable))


def test_relations_are_drawn_in_proportion_and_partners_uniformly():
    """Footnote 4: one anchor per tuple and term; each partner of a group comes equally often."""
    heads = np.arange(0, 20, 2)
    triples = Triples(heads, heads + 1, np.asarray([0] * 6 + [1] * 4), np.ones(10, bool))
    none = np.zeros(0, np.int64), np.zeros(0, np.int64)
    seen = np.zeros((10, 10))
    for seed in range(3_000):
        pairs = choose_pairs(
            triples,
            none,
            rd_pairs="both",
            negatives=4,
            generator=np.random.default_rng(seed),
        )
        assert len(pairs.anchor_A) == 10
        np.add.at(seen, (pairs.anchor_A, pairs.positive_A), 1)
    shares = seen / 3_000
    assert np.allclose(shares[:6, :6], (1 - np.eye(6)) / 5, atol=0.04)
    assert np.allclose(shares[6:, 6:], (1 - np.eye(4)) / 3, atol=0.04)


def test_negatives_are_uniform_over_the_usable_pairs():
    heads = np.arange(0, 24, 2)
    triples = Triples(heads, heads + 1, np.asarray([0, 0, *range(1, 11)]), np.ones(12, bool))
    none = np.zeros(0, np.int64), np.zeros(0, np.int64)
    seen = np.zeros(12)
    for seed in range(4_000):
        pairs = choose_pairs(
            triples, none, rd_pairs="both", negatives=4, generator=np.random.default_rng(seed)
        )
        np.add.at(seen, pairs.negative_AK.ravel(), 1)
    assert seen[:2].sum() == 0
    assert np.allclose(seen[2:] / seen.sum(), 0.1, atol=0.01)
