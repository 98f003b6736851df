"""GLUE: learning a class and a score, MNLI's two portions, cutting."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.benchmarks.finetune import Finetuner
from pipeline.benchmarks.readers.glue import Row
from pipeline.benchmarks.tasks.base import TaskConfig
from pipeline.benchmarks.tasks.glue import GlueBenchmark, cut_longer
from tests.small_tasks import numbers, open_text

NAMES = ["ada", "bela", "cora", "dora"]


def write(folder, name, rows):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")


def sentences(count, chooser):
    for _ in range(count):
        label = chooser.choice("01")
        verb = "lives in" if label == "1" else "founded"
        yield [f"{chooser.choice(NAMES)} {verb} alton", label]


@pytest.fixture
def sst(tmp_path):
    chooser = random.Random(7)
    for part, count in (("train", 60), ("dev", 12)):
        write(tmp_path, f"{part}.tsv", [["sentence", "label"], *sentences(count, chooser)])
    return tmp_path


def test_a_tiny_encoder_learns_a_class(tiny_encoder, sst):
    task = GlueBenchmark(TaskConfig(**numbers(epochs=6)), sst, "SST-2")
    result = Finetuner(task, tiny_encoder).run(100, 0)
    assert result.test == {"accuracy": 100.0}
    assert result.split[0] == "train/0"
    task.write(result.predictions, sst)
    lines = (sst / "SST-2.tsv").read_text("utf-8").split("\n")
    assert lines[:2] == ["index\tprediction", f"0\t{task.splits.test[0].label:.0f}"]


def test_a_tiny_encoder_learns_a_score(tiny_encoder, tmp_path):
    chooser = random.Random(8)
    for part, count in (("train", 80), ("dev", 12)):
        rows = [["index", "sentence1", "sentence2", "score"]]
        for number in range(count):
            first, second = chooser.choice(NAMES), chooser.choice(["city", "capital", "river"])
            score = {"city": 0.5, "capital": 4.5, "river": 2.5}[second]
            rows.append([str(number), first, f"the {second}", str(score)])
        write(tmp_path, f"{part}.tsv", rows)
    task = GlueBenchmark(TaskConfig(**numbers(epochs=12)), tmp_path, "STS-B")
    assert task.selection == "spearman"
    result = Finetuner(task, tiny_encoder).run(100, 0)
    assert result.test["spearman"] > 80.0
    assert result.test["pearson"] > 80.0


def mnli(portion, label):
    return Row(0, "it floats", "it sinks", label, portion)


@pytest.fixture
def mnli_task(tmp_path):
    header = ["index", "sentence1", "sentence2", "gold_label"]
    row = ["0", "it floats", "it sinks", "neutral"]
    for name in ("train", "dev_matched", "dev_mismatched"):
        write(tmp_path, f"{name}.tsv", [header, row])
    return GlueBenchmark(TaskConfig(**numbers()), tmp_path, "MNLI")


def test_mnli_has_an_accuracy_for_each_dev_set(mnli_task):
    records = [mnli("dev_matched", 0.0), mnli("dev_matched", 1.0), mnli("dev_mismatched", 2.0)]
    assert mnli_task.score(records, [0.0, 2.0, 2.0]) == {
        "accuracy": 50.0,
        "accuracy_mismatched": 100.0,
    }


def test_mnli_has_a_file_for_each_dev_set(mnli_task, tmp_path):
    mnli_task.write([0.0, 2.0], tmp_path)
    written = {path.name: path.read_text("utf-8").split("\n")[1] for path in tmp_path.glob("M*")}
    assert written == {"MNLI-m.tsv": "0\tcontradiction", "MNLI-mm.tsv": "0\tneutral"}


def test_pairs_are_framed_and_cut(tiny_encoder, mnli_task):
    text = open_text(tiny_encoder, max_tokens=16)
    long = Row(0, "ada " * 30, "city of elba", 0.0, "train")
    examples, counts = mnli_task.encode([*mnli_task.splits.train, long], text)
    assert counts == {"rows": 2, "rows_cut": 2}  # "it floats it sinks" is 16 letters here
    row = text.tokenizer("ada " * 10, "city of elba")["input_ids"]
    assert examples[1].ids.tolist() == row
    assert examples[1].second == 12


def test_a_constant_score_counts_as_no_correlation(mnli_task):
    mnli_task.name, mnli_task.classes = "STS-B", None
    records = [Row(n, "a", "b", float(n), "dev") for n in range(3)]
    assert mnli_task.score(records, [1.0] * 3) == {"pearson": 0.0, "spearman": 0.0}


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_the_longer_text_is_cut_first(first, second, room):
    a, b = first, second
    while a + b > room:
        a, b = (a - 1, b) if a > b else (a, b - 1)
    cut = cut_longer(np.zeros(first, np.int64), np.zeros(second, np.int64), room)
    if a == b or abs(a - b) == 1:
        assert sum(map(len, cut)) == a + b
        assert abs(len(cut[0]) - len(cut[1])) <= 1
    else:
        assert (len(cut[0]), len(cut[1])) == (a, b)
