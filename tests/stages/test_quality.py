import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from small_linking import CONFIG, write_corpus, write_index
from small_wikidata import item

from pipeline.config import encode
from pipeline.io import read_json, write_json
from stages.quality import main

ROOT = Path(__file__).resolve().parents[2]
ENTITIES = [
    item(5, "human"),
    item(30, "United States", page="United States"),
    item(90, "Paris", page="Paris", claims={"P17": ["Q142"], "P1376": ["Q142"]}),
    item(142, "France", page="France", claims={"P36": ["Q90"]}),
    item(2001, "Ada Tern", page="Ada Tern", claims={"P31": ["Q5"], "P27": ["Q142"]}),
]
SENTENCES = [
    ["Ada", "Tern", "was", "born", "in", "Paris", ",", "the", "capital", "of", "France", "."],
    ["Later", "Ada", "Tern", "left", "France", "for", "the", "United", "States", "in", "1903", "."],
]


def mention(sentence, start, end, kind):
    name = " ".join(SENTENCES[sentence][start:end])
    return {"name": name, "pos": [start, end], "sent_id": sentence, "type": kind}


DOCUMENT = {
    "title": "Ada Tern",
    "sents": SENTENCES,
    "vertexSet": [
        [mention(0, 0, 2, "PER"), mention(1, 1, 3, "PER")],
        [mention(0, 5, 6, "LOC")],
        [mention(0, 10, 11, "LOC"), mention(1, 4, 5, "LOC")],
        [mention(1, 7, 9, "LOC")],
        [mention(1, 10, 11, "TIME")],
    ],
    "labels": [
        {"h": 0, "t": 2, "r": "P27", "evidence": []},
        {"h": 1, "t": 2, "r": "P17", "evidence": []},
        {"h": 2, "t": 1, "r": "P36", "evidence": []},
        {"h": 0, "t": 4, "r": "P569", "evidence": []},
    ],
}
RELATIONS = {"P17": "country", "P27": "citizenship", "P36": "capital", "P569": "born"}


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERICA_WORKERS", "1")
    write_corpus(tmp_path)
    write_index(tmp_path, ENTITIES)
    docred = tmp_path / "data/fetch/benchmarks/docred"
    for name in ("train_annotated", "dev", "test"):
        write_json(docred / f"{name}.json", [DOCUMENT])
    write_json(docred / "rel_info.json", RELATIONS)
    write_json(tmp_path / "data/reports/link.json", {"hidden": {"links": 7, "accuracy": 0.9}})
    write_json(tmp_path / "data/reports/annotate.json", {"statistics": {"documents": {"here": 1}}})
    sample = YAML(typ="safe").load(ROOT / "presets" / "sample.yaml")
    params = {name: sample[name] for name in ("quality", "ner", "annotate")}
    # what the corpus drops must not be dropped here
    link = dataclasses.replace(CONFIG, unlinked="drop", literals="drop", excluded_classes=())
    params["link"] = encode(link)
    (tmp_path / "params.yaml").write_text(json.dumps(params), "utf-8")
    return tmp_path


def test_quality_compares_our_annotation_with_people_s(project):
    main()
    report = read_json(Path("data/reports/quality.json"))
    assert report["documents"] == 2
    assert report["hyperlinks"] == {"links": 7, "accuracy": 0.9}
    assert report["statistics"] == {"documents": {"here": 1}}
    assert report["mentions"]["with_linking"]["f1"] == 100  # "1903", too
    facts = report["relations"]
    # P1376 is none of the benchmark's relations; birth dates are no items
    assert (facts["all"]["found"], facts["all"]["gold"]) == (6, 8)
    assert (facts["all"]["precision"], facts["all"]["recall"]) == (100, 75)
    assert (facts["in_index"]["precision"], facts["in_index"]["recall"]) == (100, 100)
    assert not list(Path(".scratch").rglob("*.parquet"))
    before = Path("data/reports/quality.json").read_bytes()
    main()
    assert Path("data/reports/quality.json").read_bytes() == before


def test_quality_without_its_model_is_one_line(project):
    Path("data/tagger").mkdir()
    params = Path("params.yaml").read_text("utf-8").replace("en_core_web_sm", "data/tagger")
    Path("params.yaml").write_text(params, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "stages.quality"],
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "data/tagger holds neither a spaCy model" in done.stderr
    assert not Path("data/reports/quality.json").exists()
