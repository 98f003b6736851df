"""Maxima over spans, picks and pairs against plain loops."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.benchmarks.tasks.spans import SpanMaxima, pair_up, pick_lowest


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(1, 3), st.integers(1, 20), st.integers(1, 4)),
    seed=st.integers(0, 1000),
    data=st.data(),
)
def test_pooled_spans_and_their_gradients_are_those_of_a_loop(size, seed, data):
    B, T, H = size
    torch.manual_seed(seed)
    states = torch.randn(B, T, H, requires_grad=True)
    spans = data.draw(
        st.lists(st.tuples(st.integers(0, B - 1), st.integers(0, T), st.integers(0, T)), min_size=1)
    )
    row, start, end = torch.tensor(spans).T
    pooled = SpanMaxima(states).pool(row, start, end)
    expected = torch.stack(
        [states[r, a:b].amax(dim=0) if a < b else torch.zeros(H) for r, a, b in spans]
    )
    assert torch.equal(pooled, expected)
    weight = torch.randn_like(pooled)
    (gradient,) = torch.autograd.grad((pooled * weight).sum(), states)
    if any(a < b for _, a, b in spans):
        (by_loop,) = torch.autograd.grad((expected * weight).sum(), states)
        assert torch.allclose(gradient, by_loop, atol=1e-5)


@given(
    rows=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.booleans()), max_size=30),
    limit=st.integers(1, 4),
)
def test_the_lowest_allowed_keys_of_each_row_are_picked(rows, limit):
    rows.sort(key=lambda item: item[0])
    row, key, allowed = ([r[i] for r in rows] for i in range(3))
    picked = pick_lowest(
        torch.tensor(row, dtype=torch.long),
        torch.tensor(key, dtype=torch.float),
        torch.tensor(allowed, dtype=torch.bool),
        limit,
    )
    expected = set()
    for number in set(row):
        mine = sorted((key[i], i) for i in range(len(rows)) if row[i] == number and allowed[i])
        expected |= {i for _, i in mine[:limit]}
    assert set(picked.nonzero()[:, 0].tolist()) == expected


@given(st.lists(st.integers(0, 4), max_size=12))
def test_pairs_are_all_ordered_pairs_of_a_row(rows):
    rows.sort()
    head, tail = pair_up(torch.tensor(rows, dtype=torch.long))
    expected = [
        (i, j) for i in range(len(rows)) for j in range(len(rows)) if i != j and rows[i] == rows[j]
    ]
    assert sorted(zip(head.tolist(), tail.tolist(), strict=True)) == expected


@pytest.mark.parametrize("length", [1, 2, 7])
def test_half_precision_is_kept(length):
    states = torch.randn(1, length, 3, dtype=torch.bfloat16)
    pooled = SpanMaxima(states).pool(torch.tensor([0]), torch.tensor([0]), torch.tensor([length]))
    assert pooled.dtype == torch.bfloat16
    assert torch.equal(pooled[0], states[0].amax(dim=0))
