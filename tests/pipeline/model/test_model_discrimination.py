import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline.model.discrimination as discrimination
from pipeline.model.discrimination import (
    entity_discrimination,
    relation_discrimination,
    relation_discrimination_gradient,
)


def cosine(a, b):
    return (a @ b) / (a.norm() * b.norm())


def slow_ed(entity, heads, candidates, tau):
    total = torch.zeros((), dtype=entity.dtype)
    for head, row in zip(heads, candidates, strict=True):
        options = [c for c in row if c >= 0]
        scores = [torch.exp(cosine(entity[head], entity[c]) / tau) for c in options]
        total = total - torch.log(scores[0] / sum(scores))
    return total


def slow_rd(entity, pairs, anchors, positives, negatives, tau):
    total = torch.zeros((), dtype=entity.dtype)
    rep = [torch.cat([entity[h], entity[t]]) for h, t in pairs]
    for anchor, positive, row in zip(anchors, positives, negatives, strict=True):
        up = torch.exp(cosine(rep[anchor], rep[positive]) / tau)
        down = up + sum(torch.exp(cosine(rep[anchor], rep[n]) / tau) for n in row if n >= 0)
        total = total - torch.log(up / down)
    return total


def random_case(seed):
    generator = np.random.default_rng(seed)
    entities, anchors = int(generator.integers(3, 9)), int(generator.integers(0, 7))
    entity = torch.randn(entities, 6, dtype=torch.float64, generator=torch.manual_seed(seed))
    width = int(generator.integers(1, 6))
    rows = generator.integers(-1, entities, (anchors, width))
    rows[:, 0] = generator.integers(0, entities, anchors)
    pairs = generator.integers(0, entities, (int(generator.integers(2, 9)), 2))
    return generator, entity, anchors, rows, pairs


@given(st.integers(0, 10_000), st.sampled_from([0.05, 0.5, 1.0]))
@settings(max_examples=60, deadline=None)
def test_ed_equals_equation_2_and_so_does_its_gradient(seed, tau):
    generator, entity, anchors, rows, _ = random_case(seed)
    heads = generator.integers(0, len(entity), anchors)
    fast, slow = entity.clone().requires_grad_(), entity.clone().requires_grad_()
    ours = entity_discrimination(fast, torch.as_tensor(heads), torch.as_tensor(rows), tau)
    theirs = slow_ed(slow, heads.tolist(), rows.tolist(), tau)
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-9, abs=1e-9)
    if anchors:
        ours.backward()
        theirs.backward()
        assert torch.allclose(fast.grad, slow.grad, atol=1e-8)


@pytest.mark.parametrize("wide", [False, True])
@given(st.integers(0, 10_000), st.sampled_from([0.05, 1.0]))
@settings(max_examples=40, deadline=None)
def test_rd_equals_equation_3_and_so_does_its_gradient(wide, seed, tau):
    generator, entity, anchors, _, pairs = random_case(seed)
    anchor, positive = generator.integers(0, len(pairs), (2, anchors))
    negative = generator.integers(-1, len(pairs), (anchors, 3))
    fast, slow = entity.clone().requires_grad_(), entity.clone().requires_grad_()
    arguments = [torch.as_tensor(a) for a in (*pairs.T, anchor, positive, negative)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discrimination, "GATHER_ABOVE", 0 if wide else 10**6)
        patch.setattr(discrimination, "CHUNK_FLOATS", 40)  # several chunks
        ours = relation_discrimination(fast, *arguments, tau)
        value, gradient = relation_discrimination_gradient(entity, *arguments, tau)
    theirs = slow_rd(slow, pairs, anchor.tolist(), positive.tolist(), negative.tolist(), tau)
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-9, abs=1e-9)
    assert value.item() == pytest.approx(theirs.item(), rel=1e-9, abs=1e-9)
    if anchors:
        ours.backward()
        theirs.backward()
        assert torch.allclose(fast.grad, slow.grad, atol=1e-8)
        assert torch.allclose(gradient, slow.grad, atol=1e-8)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_order_of_entities_pairs_and_candidates_does_not_matter(seed):
    generator = np.random.default_rng(seed)
    entity = torch.as_tensor(generator.normal(size=(9, 4)))
    place = torch.as_tensor(generator.permutation(9))  # old row of each new one
    renamed = place.argsort()
    head, tail, pair = (torch.as_tensor(generator.integers(0, 9, 7)) for _ in range(3))
    anchor, positive = (torch.as_tensor(generator.integers(0, 7, 5)) for _ in range(2))
    negative = torch.as_tensor(generator.integers(-1, 7, (5, 4)))
    candidate = torch.as_tensor(generator.integers(-1, 9, (7, 5)))
    candidate[:, 0] = pair
    first = relation_discrimination(entity, head, tail, anchor, positive, negative, 0.05)
    asked = entity_discrimination(entity, head, candidate, 0.05)
    order = torch.as_tensor(generator.permutation(7))  # of the pairs, and of the questions
    moved = order.argsort()
    other = torch.as_tensor(generator.permutation(4))
    second = relation_discrimination(
        entity[place],
        renamed[head[order]],
        renamed[tail[order]],
        moved[anchor],
        moved[positive],
        torch.where(negative >= 0, moved[negative.clamp(min=0)], -1)[:, other],
        0.05,
    )
    shuffled = candidate[order][:, torch.cat([torch.tensor([0]), 1 + other])]
    again = entity_discrimination(
        entity[place],
        renamed[head[order]],
        torch.where(shuffled >= 0, renamed[shuffled.clamp(min=0)], -1),
        0.05,
    )
    assert second.item() == pytest.approx(first.item(), rel=1e-9)
    assert again.item() == pytest.approx(asked.item(), rel=1e-9)


def test_one_candidate_leaves_nothing_to_discriminate():
    entity = torch.randn(3, 4)
    loss = entity_discrimination(entity, torch.tensor([0]), torch.tensor([[1]]), 0.05)
    assert loss.item() == pytest.approx(0.0, abs=1e-6)


def test_no_anchor_gives_zero_loss_and_zero_gradient():
    none = torch.zeros(0, dtype=torch.long)
    entity = torch.randn(3, 4)
    value, gradient = relation_discrimination_gradient(
        entity, none, none, none, none, torch.zeros(0, 4, dtype=torch.long), 0.05
    )
    assert value.item() == 0.0
    assert not gradient.any()


def test_equal_representations_score_as_a_draw():
    entity = torch.ones(5, 4)
    loss = entity_discrimination(entity, torch.tensor([0]), torch.tensor([[1, 2, 3, 4]]), 0.05)
    assert loss.item() == pytest.approx(math.log(4), abs=1e-6)
