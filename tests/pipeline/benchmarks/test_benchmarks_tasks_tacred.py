"""TACRED: learning through both representations, relabelled sets, the official prediction file."""

import json
import random

import pytest

from pipeline.benchmarks.finetune import Finetuner
from pipeline.benchmarks.tasks.tacred import TacredConfig, TacredTask
from tests.small_tasks import numbers

VERBS = {"born": "per:city_of_birth", "lives": "per:cities_of_residence", "wrote": "no_relation"}


def rows(part, count):
    chooser = random.Random(part)
    for number in range(count):
        verb = chooser.choice(sorted(VERBS))
        person, place = chooser.choice(["ada", "bela", "cora"]), chooser.choice(["elba", "delft"])
        yield {
            "id": f"{part}{number}",
            "token": [person, "fay", "was", verb, "in", place, "."],
            "subj_start": 0,
            "subj_end": 1,
            "obj_start": 5,
            "obj_end": 5,
            "relation": VERBS[verb],
        }


@pytest.fixture
def folder(tmp_path):
    for part, count in (("train", 60), ("dev", 12), ("test", 12)):
        (tmp_path / f"{part}.json").write_text(json.dumps(list(rows(part, count))), "utf-8")
    return tmp_path


def open_task(folder, *, labelling="tacred", representation="mean_pool", **changes):
    config = TacredConfig(**numbers(**changes), representation=representation, labelling=labelling)
    return TacredTask(config, folder)


@pytest.mark.parametrize("representation", ["mean_pool", "marker_start"])
def test_a_tiny_encoder_learns_the_relations(tiny_encoder, folder, representation):
    task = open_task(folder, representation=representation, epochs=10)
    assert task.labels == ["no_relation", "per:cities_of_residence", "per:city_of_birth"]
    result = Finetuner(task, tiny_encoder).run(100, 0)
    assert result.test["f1"] == 100.0
    task.write(result.predictions, folder)
    lines = (folder / "predictions.txt").read_text("utf-8").splitlines()
    assert lines == [record.label for record in task.splits.test]


def test_re_tacred_trains_on_what_it_labels(folder):
    for part in ("train", "dev", "test"):
        labels = {f"{part}0": "per:age", f"{part}1": "no_relation"}
        (folder / f"{part}_id2label.json").write_text(json.dumps(labels), "utf-8")
    task = open_task(folder, labelling="re-tacred")
    assert [record.id for record in task.draw(100, 0)] == ["train0", "train1"]
    assert task.labels == ["no_relation", "per:age"]
