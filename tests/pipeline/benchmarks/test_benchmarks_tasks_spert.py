"""The joint task: spans and counts, the loss against a loop, learning, ADE without a dev set."""

import json
import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pipeline.benchmarks.finetune import Finetuner
from pipeline.benchmarks.metrics.spert import score_spert
from pipeline.benchmarks.readers.spert import Entity, Relation, Sentence, Type, Types
from pipeline.benchmarks.split import Splits
from pipeline.benchmarks.tasks.spert import (
    AdeConfig,
    AdeTask,
    Conll04Task,
    SpertConfig,
    SpertTask,
)
from tests.small_tasks import numbers, open_text

PEOPLE, PLACES = ["ada", "bela", "cora", "dora", "emil"], ["alton", "breda", "corin", "delft"]
TYPES = {
    "entities": {"Loc": {"short": "Loc"}, "Peop": {"short": "Peop"}},
    "relations": {"Live_In": {"symmetric": False}, "Located_In": {"symmetric": False}},
}


def record(number, chooser):
    """Return a sentence with a person who lives in a city of a country."""
    person, place = chooser.choice(PEOPLE), chooser.choice(PLACES)
    country = chooser.choice(["france", "ghana", "haiti"])
    verb = chooser.choice([["lives", "in"], ["founded"]])
    tokens = [person, "fay", *verb, place, ",", "city", "of", country, "."]
    city = 2 + len(verb)
    return {
        "tokens": tokens,
        "entities": [
            {"type": "Peop", "start": 0, "end": 2},
            {"type": "Loc", "start": city, "end": city + 1},
            {"type": "Loc", "start": city + 4, "end": city + 5},
        ],
        "relations": [{"type": "Located_In", "head": 1, "tail": 2}]
        + ([{"type": "Live_In", "head": 0, "tail": 1}] if len(verb) == 2 else []),
        "orig_id": number,
    }


def config(kind=SpertConfig, *, max_span=4, negatives=100, folds=None, **changes):
    more = {} if folds is None else {"folds": folds}
    return kind(
        **numbers(**changes),
        max_span=max_span,
        size_width=5,
        head_dropout=0.0,
        negative_entities=negatives,
        negative_relations=negatives,
        relation_threshold=0.4,
        no_overlapping=False,
        **more,
    )


@pytest.fixture
def conll04(tmp_path):
    chooser = random.Random(4)
    (tmp_path / "conll04_types.json").write_text(json.dumps(TYPES), "utf-8")
    for part, count in (("train", 40), ("dev", 8), ("test", 8)):
        rows = [record(number, chooser) for number in range(count)]
        (tmp_path / f"conll04_{part}.json").write_text(json.dumps(rows), "utf-8")
    return tmp_path


def test_a_tiny_encoder_learns_entities_and_relations(tiny_encoder, conll04):
    task = Conll04Task(config(epochs=15), conll04)
    result = Finetuner(task, tiny_encoder).run(100, 0)
    assert result.test["ner_micro_f1"] > 95.0
    assert result.test["rel_nec_micro_f1"] > 90.0
    assert result.counts["train"]["entities_outside_spans"] == 0
    task.write(result.predictions, conll04)
    rows = json.loads((conll04 / "predictions.json").read_text("utf-8"))
    assert [row["orig_id"] for row in rows] == list(range(8))
    assert all(row["entities"] for row in rows)


def test_ade_trains_without_a_dev_set(tiny_encoder, tmp_path):
    chooser = random.Random(6)
    (tmp_path / "ade_types.json").write_text(json.dumps(TYPES), "utf-8")
    for part, count in (("train", 12), ("test", 3)):
        rows = [record(number, chooser) for number in range(count)]
        (tmp_path / f"ade_split_1_{part}.json").write_text(json.dumps(rows), "utf-8")
    task = AdeTask(config(AdeConfig, folds=(1,), epochs=3), tmp_path)
    result = Finetuner(task, tiny_encoder).run(100, 0)
    assert result.dev == {}
    assert result.best_epoch == 3
    assert "ner_macro_f1" in result.test


WORDS = ["ada", "zoe", "in", "alton", ",", "b", "corin", "is", "."]


def make_task(records, **changes):
    types = Types({"Loc": Type(), "Peop": Type()}, {"Live_In": Type(), "Located_In": Type()})
    return SpertTask(config(**changes), Splits(records, [], []), types)


def example_of(task, tiny_encoder, max_tokens=64):
    text = open_text(tiny_encoder, max_tokens=max_tokens)
    examples, counts = task.encode(task.splits.train, text)
    return examples[0], counts, text


def test_spans_are_all_runs_of_words_and_cover_their_tokens(tiny_encoder):
    task = make_task([Sentence(WORDS, [Entity("Peop", 0, 2), Entity("Loc", 3, 4)], [])])
    example, _, text = example_of(task, tiny_encoder)
    expected = [(a, a + n) for a in range(len(WORDS)) for n in (1, 2, 3, 4) if a + n <= len(WORDS)]
    assert [tuple(span) for span in example.words.tolist()] == expected
    for (first, last), (start, end) in zip(example.words, example.tokens, strict=True):
        read = text.tokenizer.decode(example.ids[start:end]).replace(" ##", "").replace(" ", "")
        assert read == "".join(WORDS[first:last])
    assert [expected[n] for n in np.flatnonzero(example.type)] == [(0, 2), (3, 4)]
    assert example.pair.tolist() == [
        [expected.index((0, 2)), expected.index((3, 4))],
        [expected.index((3, 4)), expected.index((0, 2))],
    ]


def test_what_spans_and_window_cannot_show_is_counted(tiny_encoder):
    sentence = Sentence(
        WORDS,
        [Entity("Peop", 0, 1), Entity("Loc", 2, 7), Entity("Loc", 8, 9)],
        [Relation("Live_In", 0, 1), Relation("Live_In", 0, 2)],
    )
    example, counts, _ = example_of(make_task([sentence]), tiny_encoder)
    assert counts["entities_outside_spans"] == 1  # five words
    assert counts["relations_outside_window"] == 0  # but it is trained on
    assert len(example.words) == example.num_candidates + 1
    assert len(example.fact) == 2
    wide = make_task([Sentence(WORDS * 9, [Entity("Peop", 0, 1), Entity("Loc", 80, 81)], [])])
    example, counts, _ = example_of(wide, tiny_encoder)
    assert counts["entities_outside_spans"] == 1
    assert len(example.ids) == 64
    assert example.tokens.max() <= 64 - 1


def test_the_loss_is_that_of_a_loop_over_all_spans_and_pairs(tiny_encoder):
    records = [
        Sentence(
            WORDS,
            [Entity("Peop", 0, 1), Entity("Loc", 3, 4), Entity("Loc", 6, 7)],
            [Relation("Live_In", 0, 1), Relation("Located_In", 2, 1)],
        ),
        Sentence(["corin", "is", "alton"], [Entity("Loc", 0, 1), Entity("Loc", 2, 3)], []),
    ]
    task = make_task(records)
    text = open_text(tiny_encoder)
    examples, _ = task.encode(records, text)
    batch = task.collate(examples, text)
    torch.manual_seed(1)
    head = task.make_head(16)
    states = torch.randn(*batch.inputs.ids_BT.shape, 16)

    def represent(row, start, end):
        return torch.cat([states[row, start:end].amax(dim=0), head.size.weight[end - start]])

    span_losses, pair_losses = [], []
    for row, example in enumerate(examples):
        spans = [represent(row, *span) for span in example.tokens.tolist()]
        for span, kind in zip(spans, example.type.tolist(), strict=True):
            logits = head.entity(torch.cat([states[row, 0], span]))
            span_losses.append(F.cross_entropy(logits, torch.tensor(kind)))
        for number, (h, t) in enumerate(example.pair.tolist()):
            bounds = [example.tokens[h].tolist(), example.tokens[t].tolist()]
            (_, end), (start, _) = sorted(bounds)
            between = states[row, end:start].amax(dim=0) if end < start else torch.zeros(16)
            logits = head.relation(torch.cat([between, spans[h], spans[t]]))
            labels = torch.zeros(2)
            labels[[r for p, r in example.fact.tolist() if p == number]] = 1.0
            pair_losses.append(F.binary_cross_entropy_with_logits(logits, labels))
    expected = torch.stack(span_losses).mean() + torch.stack(pair_losses).mean()
    assert torch.allclose(task.loss(head, states, batch), expected, atol=1e-5)
    assert len(pair_losses) == 6 + 2


def test_negatives_are_drawn_anew_by_the_seed(tiny_encoder):
    record = Sentence(WORDS, [Entity("Peop", 0, 1)], [])
    task = make_task([record], negatives=3)
    example, _, text = example_of(task, tiny_encoder)
    batch = task.collate([example], text)
    head = task.make_head(16)
    states = torch.randn(*batch.inputs.ids_BT.shape, 16)

    def loss(seed):
        torch.manual_seed(seed)
        return task.loss(head, states, batch).item()

    assert loss(1) == loss(1)
    assert len({round(loss(seed), 6) for seed in range(5)}) > 1


def test_predictions_name_spans_and_relations_by_place(tiny_encoder):
    task = make_task([Sentence(WORDS, [Entity("Peop", 0, 1)], [])])
    (sentence,) = task._assemble(1, [0, 0], [[0, 2, 2], [3, 4, 1]], [[0, 1, 0]])
    assert sentence.entities == [Entity("Peop", 0, 2), Entity("Loc", 3, 4)]
    assert sentence.relations == [Relation("Live_In", 0, 1)]


def test_a_sentence_without_entities_has_a_finite_loss(tiny_encoder):
    task = make_task([Sentence(["ada"], [], [])])
    example, _, text = example_of(task, tiny_encoder)
    batch = task.collate([example], text)
    states = torch.randn(*batch.inputs.ids_BT.shape, 16)
    head = task.make_head(16)
    assert torch.isfinite(task.loss(head, states, batch))
    (found,) = task.outputs(head, states, batch)
    assert found.tokens == []


@pytest.mark.real
def test_gold_spans_of_the_real_sets_are_reached(shared, tiny_encoder):
    folder = shared / "data" / "benchmarks"
    task = Conll04Task(config(max_span=10), folder / "conll04")
    text = open_text(tiny_encoder, max_tokens=1024)
    examples, counts = task.encode(task.splits.test, text)
    assert counts["entities_outside_spans"] == 0
    gold = [
        Sentence(
            record.tokens,
            [
                Entity(task.entity_types[example.type[n] - 1], *example.words[n].tolist())
                for n in np.flatnonzero(example.type)
            ],
            [],
        )
        for record, example in zip(task.splits.test, examples, strict=True)
    ]
    assert score_spert(task.splits.test, gold)["ner_micro_f1"] == pytest.approx(100.0)
    assert sum(len(example.fact) for example in examples) == 422
