"""The step's losses and gradients against loops over documents, straight from Eqs. 2 and 3."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.encoder import load_masked_lm, special_tokens
from pipeline.training.corpus import Corpus, Relations
from pipeline.training.division import share_positions
from pipeline.training.objective import Objective
from pipeline.training.pretrain import NO_MARKERS, plain_vocabulary
from pipeline.training.runtime import Runtime
from pipeline.training.sampler import StepSampler
from tests.tiny_training import (
    random_document,
    tiny_config,
    write_tiny_bert,
    write_tiny_shards,
)

CPU = Runtime(device=torch.device("cpu"), precision="fp32", seed=1)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_tiny_bert(folder / "base")
    write_tiny_shards(folder / "shard", folder / "base", documents=12)
    corpus = Corpus.open(folder / "shard" / "train", folder / "flat")
    return folder / "base", corpus, Relations.read(folder / "shard" / "relations.parquet")


def start(world, **changes):
    base, corpus, relations = world
    config = tiny_config(**changes)
    model, tokenizer = load_masked_lm(base, seed=0, dropout=0.0)
    special = special_tokens(tokenizer)
    sampler = StepSampler(
        corpus,
        relations,
        config,
        special=special,
        vocabulary=plain_vocabulary(tokenizer),
        markers=NO_MARKERS,
    )
    return model, sampler, Objective(model, config, special, CPU)


def losses_and_gradient(model, sampler, objective, number=0):
    model.zero_grad()
    sums = {}
    for batch in objective.prepare(number, sampler(number)):
        losses = objective(batch)
        losses.total.backward()
        for name, value in {"loss": losses.total, **losses.parts}.items():
            sums[name] = sums.get(name, 0.0) + value.item()
    return sums, flat_gradient(model)


def flat_gradient(model):
    return torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


def slow_entities(model, views, tokens, number):
    """Entities of one view: one unpadded forward pass, means in loops."""
    span = slice(*views.token_offset[number : number + 2])
    ids = torch.as_tensor(tokens[span])[None]
    states = model.base_model(input_ids=ids).last_hidden_state[0]
    own = np.flatnonzero(views.mention_view_M == number)
    entities = {}
    for mention in own:
        place = slice(views.mention_start_M[mention], views.mention_end_M[mention])
        entity = int(views.mention_entity_M[mention])
        entities.setdefault(entity, []).append(states[place].mean(0))
    return {entity: torch.stack(means).mean(0) for entity, means in entities.items()}, states


def cosine(a, b):
    return (a @ b) / (a.norm() * b.norm())


def slow_losses(model, step, config):
    parts = {}
    found, hidden = [], []
    for sheet in step.sheets:
        entities, states = {}, []
        for number in range(len(sheet.views)):
            more, last = slow_entities(model, sheet.views, sheet.input_T, number)
            entities |= more
            states.append(last)
        found.append(entities)
        hidden.append(torch.cat(states))
    if step.questions:
        terms = []
        for head, row in zip(step.questions.head_A, step.questions.candidate_AC, strict=True):
            options = [
                torch.exp(cosine(found[-1][int(head)], found[-1][int(c)]) / config.tau)
                for c in row
                if c >= 0
            ]
            terms.append(-torch.log(options[0] / sum(options)))
        parts["ed"] = sum(terms) / len(terms)
    if step.pairs:
        terms = []
        for pairs in step.pairs:
            for anchor, positive, row in zip(
                pairs.anchor_A, pairs.positive_A, pairs.negative_AK, strict=True
            ):
                reps = [
                    torch.cat([found[0][int(pairs.head_P[p])], found[0][int(pairs.tail_P[p])]])
                    for p in (anchor, positive, *(n for n in row if n >= 0))
                ]
                scores = [torch.exp(cosine(reps[0], other) / config.tau) for other in reps[1:]]
                terms.append(-torch.log(scores[0] / sum(scores)))
        parts["rd"] = sum(terms) / len(terms)
    if "mlm" in config.objectives:
        terms = []
        for sheet, states in zip(step.sheets, hidden, strict=True):
            logits = model.cls(states)
            for place in sheet.chosen_K:
                label = int(sheet.views.token_T[place])
                terms.append(-torch.log_softmax(logits[place], 0)[label])
        parts["mlm"] = sum(terms) / len(terms)
    return parts


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"objectives": ("ed",), "ed_other_tails": "keep"},
        {"objectives": ("rd", "mlm"), "rd_pairs": "cross"},
        {"shared_encoding": True, "max_length": 40},
        {"objectives": ("mlm",), "mask_mentions": False},
    ],
)
def test_step_equals_loops_over_documents(world, changes):
    model, sampler, objective = start(world, **changes)
    sums, gradient = losses_and_gradient(model, sampler, objective)
    parts = slow_losses(model, sampler(0), sampler.config)
    assert set(parts) == set(sampler.config.objectives)
    for name, value in parts.items():
        assert sums[name] == pytest.approx(value.item(), rel=2e-5), name
    model.zero_grad()
    sum(parts.values()).backward()
    assert torch.allclose(gradient, flat_gradient(model), atol=2e-4, rtol=2e-3)


@pytest.mark.parametrize("seed", range(1, 5))
def test_any_documents_equal_loops(tmp_path_factory, tmp_path, seed):
    """Spans beyond the limit, pairs with several relations, documents without a relation."""
    base = tmp_path_factory.getbasetemp() / "loops"
    if not base.exists():
        write_tiny_bert(base)
    generator = np.random.default_rng(seed)
    rows = [random_document(generator, number) for number in range(10)]
    for row in rows[::3]:
        for name in ("head", "tail", "relation", "intra"):
            row[name] = []
    write_tiny_shards(tmp_path / "shard", base, rows=rows)
    corpus = Corpus.open(tmp_path / "shard" / "train", tmp_path / "flat")
    relations = Relations.read(tmp_path / "shard" / "relations.parquet")
    changes = {"batch_size": 10, "micro_batch_size": 4, "max_length": 24 + 4 * seed}
    model, sampler, objective = start((base, corpus, relations), **changes)
    step = sampler(seed)
    assert 0 < step.num_questions < 10
    sums, gradient = losses_and_gradient(model, sampler, objective, seed)
    parts = slow_losses(model, step, sampler.config)
    for name, value in parts.items():
        assert sums[name] == pytest.approx(value.item(), rel=2e-5), name
    model.zero_grad()
    sum(parts.values()).backward()
    assert torch.allclose(gradient, flat_gradient(model), atol=2e-4, rtol=2e-3)


@pytest.mark.parametrize("size", [1, 3, 4])
def test_micro_batches_change_neither_losses_nor_gradient(world, size):
    whole = losses_and_gradient(*start(world))
    parts = losses_and_gradient(*start(world, micro_batch_size=size))
    assert parts[0] == pytest.approx(whole[0], rel=1e-5)
    assert torch.allclose(parts[1], whole[1], atol=1e-4, rtol=1e-3)


def rectangles(lengths, ranges):
    return [(last - first) * max(lengths[first:last]) for first, last in ranges]


@given(st.lists(st.integers(1, 512), min_size=1, max_size=200), st.integers(1, 70))
def test_micro_batches_are_consecutive_and_none_is_empty(lengths, size):
    ranges = share_positions(np.array(lengths), size)
    assert len(ranges) == -(-len(lengths) // size)
    assert [first for first, _ in ranges] == [0, *(last for _, last in ranges[:-1])]
    assert ranges[-1][1] == len(lengths)
    assert all(first < last for first, last in ranges)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.integers(1, 8))
def test_the_largest_micro_batch_is_as_small_as_can_be(lengths, size):
    number = -(-len(lengths) // size)
    best = min(
        max(rectangles(lengths, itertools.pairwise([0, *cuts, len(lengths)])))
        for cuts in itertools.combinations(range(1, len(lengths)), number - 1)
    )
    assert max(rectangles(lengths, share_positions(np.array(lengths), size))) == best


@pytest.mark.parametrize("max_length", [24, 64])
def test_a_step_shares_its_positions_as_they_are_read(world, max_length):
    """Of both readings, with prompts, cut at max_length."""
    found = []
    for size in (2, 3, 4, 5):
        _, sampler, _ = start(world, batch_size=12, micro_batch_size=size, max_length=max_length)
        step = sampler(size)
        plain, prompted = (np.diff(sheet.views.token_offset) for sheet in step.sheets)
        assert prompted.max() <= max_length
        assert step.micro_batches == share_positions(plain + prompted, size)
        uncut = share_positions(sampler.corpus.lengths[step.row_D], size)
        found.append(
            (step.micro_batches == uncut, step.micro_batches == share_positions(plain, size))
        )
    # longer than 24 many are, and of 64 it is the prompts that decide
    assert not all(same[max_length == 64] for same in found)


@pytest.mark.parametrize(("scope", "processes"), [("micro_batch", 1), ("process", 2)])
def test_where_less_than_the_step_is_contrasted_sizes_are_kept(world, scope, processes):
    _, sampler, _ = start(world, batch_size=12, micro_batch_size=4, contrast_scope=scope)
    sampler.world_size = processes
    assert sampler(0).micro_batches == ((0, 4), (4, 8), (8, 12))


def test_one_process_contrasts_the_whole_step(world):
    steps = [
        start(world, batch_size=12, micro_batch_size=4, contrast_scope=scope)[1](0)
        for scope in ("process", "global")
    ]
    assert steps[0].micro_batches == steps[1].micro_batches != ((0, 4), (4, 8), (8, 12))


def test_dropout_of_the_two_passes_is_the_same(world):
    """Else the injected gradient would belong to other representations."""
    base, corpus, relations = world
    config = tiny_config(objectives=("rd",), micro_batch_size=3)
    model, tokenizer = load_masked_lm(base, seed=0, dropout=0.3)
    special = special_tokens(tokenizer)
    sampler = StepSampler(
        corpus,
        relations,
        config,
        special=special,
        vocabulary=plain_vocabulary(tokenizer),
        markers=NO_MARKERS,
    )
    objective = Objective(model, config, special, CPU)
    model.train()
    first = objective.prepare(5, sampler(5))
    seen = []
    objective._relation_loss = lambda _batch, entity: seen.append(entity) or entity.sum()
    for place, batch in enumerate(first):
        CPU.reseed(5, place)
        objective(batch)
    contrast = []
    objective._contrast = lambda _step, _pairs, pool: (
        contrast.append(pool)
        or (
            torch.zeros(()),
            torch.zeros_like(pool),
        )
    )
    collated = objective.collate(sampler(5))
    objective._cache(5, collated.step, list(first), collated.pairs)
    assert torch.equal(torch.cat(seen), contrast[0])


def test_micro_batch_scope_contrasts_within_micro_batches(world):
    _, sampler, _ = start(world, micro_batch_size=3, contrast_scope="micro_batch")
    step = sampler(0)
    assert len(step.pairs) == len(step.micro_batches) > 1
    offset = step.sheets[0].views.entity_offset
    for pairs, (first, last) in zip(step.pairs, step.micro_batches, strict=True):
        used = np.concatenate([pairs.head_P, pairs.tail_P])
        assert ((used >= offset[first]) & (used < offset[last])).all()


def test_order_of_documents_and_neighbours_do_not_matter(world):
    """The same documents, padded with others or alone, have the same representations."""
    model, sampler, objective = start(world, objectives=("ed",))
    together = losses_and_gradient(model, sampler, objective)
    config = dataclasses.replace(sampler.config, micro_batch_size=1)
    alone = Objective(model, config, objective.special, CPU)
    sampler.config = config
    assert losses_and_gradient(model, sampler, alone)[0] == pytest.approx(together[0], rel=1e-5)


def test_attention_implementations_agree(world):
    model, sampler, objective = start(world)
    sdpa = losses_and_gradient(model, sampler, objective)
    model.set_attn_implementation("eager")
    eager = losses_and_gradient(model, sampler, objective)
    assert eager[0] == pytest.approx(sdpa[0], rel=1e-5)
    assert torch.allclose(eager[1], sdpa[1], atol=1e-4, rtol=1e-3)


def test_steps_are_functions_of_seed_and_number(world):
    _, sampler, _ = start(world)
    _, again, _ = start(world)
    for number in (0, 3):
        one, two = sampler(number), again(number)
        assert (one.row_D == two.row_D).all()
        assert (one.sheets[0].input_T == two.sheets[0].input_T).all()
        assert (one.pairs[0].negative_AK == two.pairs[0].negative_AK).all()
    assert not np.array_equal(sampler(0).row_D, sampler(1).row_D)


def test_an_epoch_visits_each_document_once(world):
    _, sampler, _ = start(world, batch_size=4)
    for epoch in range(2):
        rows = np.concatenate([sampler.rows(3 * epoch + i)[0] for i in range(3)])
        assert sorted(rows) == list(range(12))


def test_protected_mentions_are_never_hidden(world):
    _, sampler, _ = start(world, mask_mentions=False, mlm_probability=0.9)
    for sheet in sampler(0).sheets:
        views = sheet.views
        inside = np.zeros(len(views.token_T), bool)
        for view, first, last in zip(
            views.mention_view_M, views.mention_start_M, views.mention_end_M, strict=True
        ):
            inside[views.token_offset[view] + first : views.token_offset[view] + last] = True
        assert not inside[sheet.chosen_K].any()
        assert len(sheet.chosen_K) > 0


def test_a_batch_larger_than_the_corpus_is_one_line(world):
    from pipeline.errors import InputError

    with pytest.raises(InputError, match=r"train\.batch_size: 13 is more than the 12"):
        start(world, batch_size=13)
