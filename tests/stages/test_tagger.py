import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tiny_training import write_tiny_bert

from pipeline.io import read_json, write_json
from pipeline.model.tagger import tag_texts
from stages.tagger import main

ROOT = Path(__file__).resolve().parents[2]


def document(title, words, *spans):
    entities = [
        [{"name": "x", "pos": [start, end], "sent_id": 0, "type": kind}]
        for start, end, kind in spans
    ]
    return {"title": title, "sents": [words.split()], "vertexSet": entities, "labels": []}


TRAIN = [
    document("A", "w4 w1 w2 w5 , w3 .", (1, 3, "PER"), (5, 6, "LOC")),
    document("B", "w6 w3 , w1 w2 w7 .", (1, 2, "LOC"), (3, 5, "PER")),
    document("Dev", "w8 w9 .", (0, 2, "PER")),  # occurs in dev: must not be learnt
]
FURTHER = [document("C", "w1 w2 w3 w4 w5 .", (0, 2, "PER"), (2, 3, "LOC"))]
UNSEEN = document("Dev", "w5 w3 w6 w1 w2 .", (1, 2, "LOC"), (3, 5, "PER"))


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    docred = tmp_path / "data/fetch/benchmarks/docred"
    write_json(docred / "train_annotated.json", TRAIN)
    write_json(docred / "dev.json", [UNSEEN])
    write_json(docred / "test.json", [{**UNSEEN, "title": "Test"}])
    write_json(tmp_path / "further.json", FURTHER)
    write_tiny_bert(tmp_path / "data/encoders/base", hidden=32, layers=1)
    return tmp_path


def write_params(**changes):
    section = YAML(typ="safe").load(ROOT / "presets" / "sample.yaml")["tagger"] | changes
    Path("params.yaml").write_text(json.dumps({"tagger": section}), "utf-8")


def test_no_tagger_is_trained_unless_asked_for(project):
    write_params()
    main()
    assert list(Path("data/tagger").iterdir()) == []
    assert read_json(Path("data/reports/tagger.json")) == {"epochs": 0}


def test_a_tagger_is_trained_on_what_dev_and_test_do_not_hold(project):
    optimizer = {
        "learning_rate": 0.01, "weight_decay": 0.0, "warmup_fraction": 0.1, "max_gradient_norm": 1.0
    }  # fmt: skip
    write_params(
        epochs=40, further=["further.json"], batch_size=2, precision="fp32", optimizer=optimizer
    )
    main()
    report = read_json(Path("data/reports/tagger.json"))
    assert report["documents"] == {"train": 3, "dev": 1, "test": 1}
    assert report["documents_with_a_title_of_dev_or_test"] == 1
    assert report["steps"] == 80
    assert report["dev"]["typed_f1"] == report["test"]["span_f1"] == 100
    assert tag_texts(Path("data/tagger").resolve(), ["w5 w1 w2"]) == [[(3, 8, "PER")]]
    weights = Path("data/tagger/model.safetensors").read_bytes()
    main()
    assert Path("data/tagger/model.safetensors").read_bytes() == weights
