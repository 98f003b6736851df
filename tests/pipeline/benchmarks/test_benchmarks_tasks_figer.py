"""FIGER: learning types, unknown gold types, cutting around the mention, the real test set."""

import json
import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.benchmarks.finetune import Finetuner
from pipeline.benchmarks.readers.figer import Mention
from pipeline.benchmarks.tasks.figer import FigerConfig, FigerTask, cut_around
from tests.small_tasks import numbers, open_text


def sentence(chooser):
    """Return a sentence whose two mentions have types that the words tell."""
    person, place = chooser.choice(["ada", "bela", "cora"]), chooser.choice(["alton", "breda"])
    return {
        "tokens": [person, "fay", "was", "born", "in", place, "."],
        "mentions": [
            {"start": 0, "end": 2, "labels": ["/person"]},
            {"start": 5, "end": 6, "labels": ["/location", "/location/city"]},
        ],
    }


@pytest.fixture
def folder(tmp_path):
    chooser = random.Random(9)
    for part, count in (("train", 40), ("dev", 5), ("test", 5)):
        lines = [json.dumps(sentence(chooser)) for _ in range(count)]
        (tmp_path / f"{part}.json").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path


def open_task(folder, *, always_one=False, **changes):
    return FigerTask(FigerConfig(**numbers(**changes), always_one=always_one), folder)


def test_a_tiny_encoder_learns_the_types(tiny_encoder, folder):
    task = open_task(folder, epochs=6)
    result = Finetuner(task, tiny_encoder).run(100, 0)
    assert result.test["accuracy"] == result.test["macro_f1"] == 100.0
    assert result.counts["train"] == {
        "mentions": 80,
        "sentences_cut": 0,
        "mentions_without_tokens": 0,
    }
    task.write(result.predictions, folder)
    written = json.loads((folder / "predictions.json").read_text("utf-8"))
    assert written[:2] == [["/person"], ["/location", "/location/city"]]


def test_a_gold_type_that_is_not_in_training_is_missed_not_forgotten(folder):
    task = open_task(folder)
    records = [Mention(0, "ada", (0, 3), ("/person", "/new")), Mention(1, "b", (0, 1), ("/new",))]
    scores = task.score(records, [["/person"], []])
    assert scores["micro_precision"] == 100.0
    assert scores["micro_recall"] == pytest.approx(100 / 3)
    assert scores["macro_recall"] == 25.0
    assert scores["accuracy"] == 0.0


def test_long_sentences_are_cut_around_the_mention(tiny_encoder, folder):
    task, text = open_task(folder), open_text(tiny_encoder, max_tokens=16)
    words = ["the"] * 30 + ["ada"] + ["of"] * 30
    start = len(" ".join(words[:30])) + 1
    record = Mention(0, " ".join(words), (start, start + 3), ("/person", "/new"))
    (example,), counts = task.encode([record], text)
    assert counts["sentences_cut"] == 1
    assert len(example.ids) == 16
    assert text.tokenizer.decode(example.ids[slice(*example.mention)]) == "ada"
    assert example.types.tolist() == [task.number["/person"]]


def test_a_mention_without_tokens_gets_no_type(tiny_encoder, folder):
    task, text = open_task(folder), open_text(tiny_encoder)
    records = [Mention(0, "ada \t bela", (4, 5), ("/person",)), Mention(1, "ada", (0, 3), ())]
    examples, counts = task.encode(records, text)
    assert counts["mentions_without_tokens"] == 1
    batch = task.collate(examples, text)
    head = task.make_head(16)
    with torch.no_grad():
        outputs = task.outputs(head, torch.ones(*batch.inputs.ids_BT.shape, 16), batch)
    assert task.decode(records, examples, outputs, 0.0)[0] == []


def test_always_one_adds_the_best_type(folder):
    outputs = [torch.tensor([-2.0, -1.0, -3.0]).numpy(), torch.tensor([1.0, 2.0, -3.0]).numpy()]
    assert open_task(folder).decode([], [], outputs, 0.0)[0] == []
    chosen = open_task(folder, always_one=True).decode([], [], outputs, 0.0)
    assert chosen == [["/location/city"], ["/location", "/location/city"]]


@given(st.data(), st.integers(1, 40), st.integers(1, 20))
def test_what_is_cut_holds_the_mention_or_its_beginning(data, length, room):
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    first, last = cut_around((start, end), length, room)
    assert 0 <= first < last <= length
    assert last - first == min(length, room)
    assert first <= start < last
    assert end <= last or end - start > room


@pytest.mark.real
def test_every_mention_of_the_official_test_set_has_tokens(shared, tiny_encoder, tmp_path):
    source = shared / "data" / "benchmarks" / "figer"
    for name, file in (("train", "dev_small"), ("dev", "dev_small"), ("test", "test")):
        (tmp_path / f"{name}.json").symlink_to(source / f"{file}.json")
    (tmp_path / "types.map").symlink_to(source / "types.map")
    task = open_task(tmp_path)
    examples, counts = task.encode(task.splits.test, open_text(tiny_encoder, max_tokens=512))
    assert counts["mentions"] == len(examples) == 563
    assert counts["mentions_without_tokens"] == 0
    gold = [list(record.types) for record in task.splits.test]
    known = [[name for name in row if name in task.number] for row in gold]
    assert task.score(task.splits.test, known)["micro_precision"] == pytest.approx(100.0)
