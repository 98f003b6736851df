"""WikiHop: windows show every occurrence once, Eq. 1 over them, learning, the real samples."""

import json
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.benchmarks.finetune import Finetuner
from pipeline.benchmarks.readers.wikihop import Question
from pipeline.benchmarks.tasks.wikihop import WikihopConfig, WikihopTask
from tests.small_tasks import numbers, open_text

PLACES = ["alton", "breda", "corin", "delft", "elba"]


def question(number, chooser, *, masked=False):
    """Return a question whose answer is the place after "was born in"."""
    first, second = chooser.sample(PLACES, 2)
    names = {first: "___MASK2___", second: "___MASK7___"} if masked else {}
    show = [names.get(place, place.capitalize()) for place in (first, second)]
    candidates = sorted(names.get(place, place) for place in (first, second))
    return {
        "id": f"WH_{number}",
        "query": "place_of_birth ada",
        "candidates": candidates,
        "supports": [f"Ada was born in {show[0]}.", f"{show[1]} is a city of Japan."],
        "answer": names.get(first, first),
    }


@pytest.fixture
def folder(tmp_path):
    chooser = random.Random(5)
    for part, count in (("train", 30), ("dev", 8)):
        for masked in (False, True):
            rows = [question(i, chooser, masked=masked) for i in range(count)]
            name = f"{part}.masked.json" if masked else f"{part}.json"
            (tmp_path / name).write_text(json.dumps(rows), "utf-8")
    return tmp_path


def config(*, masked=False, max_windows=4, overlap=6, **changes):
    return WikihopConfig(
        **numbers(**changes), masked=masked, max_windows=max_windows, overlap=overlap
    )


@pytest.mark.parametrize("masked", [False, True])
def test_a_tiny_encoder_learns_the_answers(tiny_encoder, folder, masked):
    task = WikihopTask(config(masked=masked, epochs=12), folder)
    result = Finetuner(task, tiny_encoder).run(100, 0)
    assert result.dev["accuracy"] == 100.0
    assert result.test == result.dev
    assert result.counts["train"]["answers_outside_windows"] == 0
    task.write(result.predictions, folder)
    written = json.loads((folder / "predictions.json").read_text("utf-8"))
    assert written == {record.id: record.answer for record in task.splits.dev}


@settings(max_examples=30, deadline=None)
@given(words=st.lists(st.sampled_from([*PLACES, "is", "."]), min_size=1, max_size=150))
def test_every_occurrence_is_in_one_window_and_reads_as_the_candidate(
    tiny_encoder, tmp_path_factory, words
):
    folder = tmp_path_factory.getbasetemp()
    record = {"id": "a", "query": "in ada", "answer": "is", "candidates": [*PLACES, "is"]}
    record["supports"] = [" ".join(words[:20]), " ".join(words[20:])]
    for part in ("train", "dev"):
        (folder / f"{part}.json").write_text(json.dumps([record]), "utf-8")
    task = WikihopTask(config(max_tokens=40, max_windows=99), folder)
    text = open_text(tiny_encoder, max_tokens=40)
    (example,), counts = task.encode(task.splits.train, text)
    assert max(len(window.ids) for window in example.windows) <= 40
    read = [
        text.tokenizer.convert_ids_to_tokens(int(example.windows[window].ids[position]))
        for window, position in zip(example.token_window, example.token_position, strict=True)
    ]
    names = [record["candidates"][c] for c in example.mention_candidate]
    assert read == names  # each candidate is one token of this tokenizer
    assert sorted(names) == sorted(word for word in words if word in record["candidates"])
    missing = len(set(record["candidates"]) - set(words))
    assert counts["candidates_not_in_text"] == missing
    assert counts["candidates_outside_windows"] == 0
    assert counts["answers_not_in_text"] == ("is" not in words)


def test_answers_beyond_the_last_window_are_counted_and_not_trained_on(tiny_encoder, folder):
    rows = [question(0, random.Random(0))]
    rows[0]["supports"] = ["the city " * 40, *rows[0]["supports"]]
    for part in ("train", "dev"):
        (folder / f"{part}.json").write_text(json.dumps(rows), "utf-8")
    task = WikihopTask(config(max_windows=1), folder)
    examples, counts = task.encode(task.splits.train, open_text(tiny_encoder))
    assert counts["answers_outside_windows"] == 1
    assert counts["candidates_outside_windows"] == 2
    head = task.make_head(16)
    batch = task.collate(examples, open_text(tiny_encoder))
    states = torch.randn(*batch.inputs.ids_BT.shape, 16, requires_grad=True)
    loss = task.loss(head, states, batch)
    loss.backward()
    assert loss.item() == 0.0
    assert torch.isfinite(states.grad).all()
    assert task.outputs(head, states, batch) == [0]


def test_logits_are_means_over_occurrences_in_all_windows(tiny_encoder, folder):
    task = WikihopTask(config(max_tokens=24, overlap=4), folder)
    text = open_text(tiny_encoder, max_tokens=24)
    names = ["alton", "elba", "fay gus"]
    records = [
        Question("a", "in ada", names, ["alton elba " * 9, "fay gus"], "elba"),
        Question("b", "in ada", ["breda", "corin"], ["corin is breda"], "breda"),
    ]
    examples, _ = task.encode(records, text)
    assert len(examples[0].windows) > 1
    batch = task.collate(examples, text)
    head = task.make_head(16)
    states = torch.randn(*batch.inputs.ids_BT.shape, 16)
    logits = task._logits(head, states, batch)
    row = 0
    for number, (example, record) in enumerate(zip(examples, records, strict=True)):
        for candidate in range(len(record.candidates)):
            means = []
            for mention in np.flatnonzero(example.mention_candidate == candidate):
                tokens = np.flatnonzero(example.token_mention == mention)
                means.append(
                    torch.stack(
                        [
                            states[row + example.token_window[t], example.token_position[t]]
                            for t in tokens
                        ]
                    ).mean(dim=0)
                )
            expected = head(torch.stack(means).mean(dim=0))
            assert torch.allclose(logits[number, candidate], expected[0], atol=1e-5)
        row += len(example.windows)
    assert logits[1, 2] == -1e4


@pytest.mark.real
@pytest.mark.parametrize("masked", [False, True])
def test_official_records_with_the_default_window(shared, tiny_encoder, masked):
    folder = shared / "data" / "benchmarks" / "wikihop" / "qangaroo_v1.1" / "wikihop"
    task = WikihopTask(config(masked=masked, max_windows=40), folder)
    examples, counts = task.encode(task.splits.train, open_text(tiny_encoder, max_tokens=512))
    assert counts["questions"] == len(examples) == 5
    assert counts["answers_not_in_text"] == counts["answers_outside_windows"] == 0
