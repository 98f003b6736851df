"""The profile `released` against the recorded losses and gradients of the published code."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.model.discrimination import entity_discrimination, relation_discrimination
from pipeline.model.pooling import pool_entities
from pipeline.training.optimizer import OptimizerConfig
from pipeline.training.pairs import Triples
from pipeline.training.released import build_released_optimizer, choose_released_pairs
from tests.pipeline.training.test_training_pairs import random_triples

ORACLES = Path(os.environ.get("ERICA_SHARED", "../shared")) / "data" / "oracles"
RECORDED = ORACLES / "erica_released_losses.json"
recorded = pytest.mark.skipif(not RECORDED.exists(), reason=f"{RECORDED} is not there")
CASES = ["basic", "structured", "few_negatives", "relation_id_zero", "truncated"]


@pytest.fixture(scope="module")
def oracle():
    cases = {case["name"]: case for case in json.loads(RECORDED.read_text())["cases"]}
    return cases, np.load(RECORDED.with_suffix(".npz"))


def pool(arrays, case, side):
    """Pool recorded states by recorded mentions: leaf states, entities, their numbering."""
    states = torch.as_tensor(arrays[f"{case}/{side}_hidden"].astype(np.float64)).requires_grad_()
    mentions = arrays[f"{case}/{side}_mentions"][arrays[f"{case}/{side}_mention_used"] == 1]
    length = states.shape[1]
    names = sorted({(int(d), int(e)) for d, e, _, _ in mentions})
    number = {name: place for place, name in enumerate(names)}
    tokens = [int(d) * length + t for d, _, start, end in mentions for t in range(start, end)]
    owner = [m for m, (_, _, start, end) in enumerate(mentions) for _ in range(start, end)]
    entities = pool_entities(
        states.flatten(0, 1),
        torch.tensor(tokens),
        torch.tensor(owner),
        torch.tensor([number[int(d), int(e)] for d, e, _, _ in mentions]),
        len(names),
    )
    return states, entities, number


def ragged(anchors, rows):
    table = [[int(n) for a, n in rows if a == anchor] for anchor in anchors]
    width = max(map(len, table), default=0)
    return torch.tensor([row + [-1] * (width - len(row)) for row in table])


@pytest.mark.real
@recorded
@pytest.mark.parametrize("case", CASES)
def test_relation_loss_and_gradient_equal_the_recorded_ones(oracle, case):
    cases, arrays = oracle
    states, entities, number = pool(arrays, case, "rd")
    pairs = [tuple(map(int, row)) for row in arrays[f"{case}/rd_pairs"]]
    positives = arrays[f"{case}/rd_positive"]
    loss = relation_discrimination(
        entities,
        torch.tensor([number[d, h] for d, h, _ in pairs]),
        torch.tensor([number[d, t] for d, _, t in pairs]),
        torch.as_tensor(positives[:, 0]).long(),
        torch.as_tensor(positives[:, 1]).long(),
        ragged(positives[:, 0], arrays[f"{case}/rd_negative"].tolist()),
        0.05,
    ) / len(positives)
    assert loss.item() == pytest.approx(cases[case]["rd"]["loss_float64"], abs=2e-6)
    if f"{case}/rd_grad" in arrays:
        loss.backward()
        assert np.allclose(states.grad.numpy(), arrays[f"{case}/rd_grad"], atol=2e-6)


@pytest.mark.real
@recorded
@pytest.mark.parametrize("case", CASES)
def test_entity_loss_and_gradient_equal_the_recorded_ones(oracle, case):
    cases, arrays = oracle
    states, entities, number = pool(arrays, case, "ed")
    candidates = [tuple(map(int, row)) for row in arrays[f"{case}/ed_candidates"]]
    heads, rows = [], []
    for document, place in arrays[f"{case}/ed_positive"]:
        options = [p for d, p in arrays[f"{case}/ed_negative"] if d == document and p != place]
        heads.append(number[int(document), int(arrays[f"{case}/ed_query_entity"][document])])
        rows.append([number[candidates[int(p)]] for p in (place, *options)])
    width = max(map(len, rows))
    table = torch.tensor([row + [-1] * (width - len(row)) for row in rows])
    arguments = (entities, torch.tensor(heads), table, 0.05)
    loss = entity_discrimination(*arguments, positive_twice=True) / len(heads)
    assert loss.item() == pytest.approx(cases[case]["ed"]["loss_float64"], abs=2e-6)
    once = entity_discrimination(*arguments) / len(heads)
    expected = cases[case]["recomputed"]["ed_equation_2"]
    assert once.item() == pytest.approx(expected, abs=2e-6)
    if f"{case}/ed_grad" in arrays:
        loss.backward()
        assert np.allclose(states.grad.numpy(), arrays[f"{case}/ed_grad"], atol=2e-6)


@pytest.mark.parametrize("seed", range(40))
def test_released_pairs_are_disjoint_and_obey_its_exclusions(seed):
    triples, _, _, rows = random_triples(seed)
    free = np.asarray([0]), np.asarray([1])
    pairs = choose_released_pairs(triples, free, negatives=5, generator=np.random.default_rng(seed))
    entries = [*rows, (0, 1, -1)]
    partner = dict(zip(pairs.anchor_A.tolist(), pairs.positive_A.tolist(), strict=True))
    assert all(partner[p] == a for a, p in partner.items())
    for anchor, row in zip(pairs.anchor_A.tolist(), pairs.negative_AK, strict=True):
        head, tail, relation = entries[anchor]
        assert entries[partner[anchor]][2] == relation
        for other in (n for n in row if n >= 0):
            assert entries[other][2] != relation
        for other in (partner[anchor], *(n for n in row if n >= 0)):
            assert entries[other][0] != head
            assert entries[other][1] != tail
    if pairs.anchor_A.size == 0:
        return
    for relation in {r for *_, r in rows}:
        count = sum(r == relation for *_, r in rows)
        anchors = sum(entries[a][2] == relation for a in partner)
        assert anchors <= count - count % 2


def test_released_optimizer_is_adamw_without_bias_correction():
    config = OptimizerConfig(
        learning_rate=0.1, weight_decay=0.01, warmup_fraction=0.0, max_gradient_norm=1.0
    )
    model = torch.nn.Linear(3, 2)
    optimizer = build_released_optimizer(model, config)
    weight = model.weight.detach().double().numpy().copy()
    mean = square = np.zeros_like(weight)
    for step in range(4):
        gradient = torch.randn(2, 3, generator=torch.manual_seed(step))
        model.weight.grad, model.bias.grad = gradient, torch.zeros(2)
        optimizer.step()
        mean = 0.9 * mean + 0.1 * gradient.double().numpy()
        square = 0.999 * square + 0.001 * gradient.double().numpy() ** 2
        weight = (weight - 0.1 * mean / (np.sqrt(square) + 1e-8)) * (1 - 0.1 * 0.01)
        assert np.allclose(model.weight.detach().numpy(), weight, atol=1e-5)


def test_no_labels_no_anchors():
    none = np.zeros(0, np.int64)
    triples = Triples(none, none, none, none.astype(bool))
    pairs = choose_released_pairs(
        triples, (none, none), negatives=5, generator=np.random.default_rng(0)
    )
    assert len(pairs.anchor_A) == 0
