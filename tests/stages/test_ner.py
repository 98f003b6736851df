import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.io import read_json, read_rows, write_shard
from pipeline.records.documents import DOCUMENTS
from pipeline.records.mentions import MENTIONS
from stages.ner import main

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    "Marie Curie worked in Paris. She won the Nobel Prize in 1903.",
    "The Danube flows through Vienna, Bratislava and Budapest.",
    "",
    "IBM hired Grace Hopper. John von Neumann taught in Princeton, New Jersey.",
    "Nothing of note: he came at 5 p.m. She left.",
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERICA_WORKERS", "1")
    make_project(tmp_path)
    return tmp_path


def make_project(folder):
    folder.mkdir(exist_ok=True)
    (folder / "params.yaml").write_text(
        "ner:\n  model: en_core_web_sm\n  sentences: sentencizer\n", "utf-8"
    )
    for number in range(3):
        rows = [
            {"doc_id": f"{number}-{i}", "page_id": i, "title": "T", "text": text, "links": []}
            for i, text in enumerate(TEXTS * (number + 1))
        ]
        write_shard(folder / f"data/parse/shard_{number:05d}.parquet", rows, DOCUMENTS)


def output(folder):
    return {
        path.name: path.read_bytes()
        for path in sorted((folder / "data").rglob("*"))
        if path.is_file()
    }


def test_ner_writes_aligned_shards_and_a_report(project):
    main()
    for shard in sorted(Path("data/parse").iterdir()):
        mentions = read_rows(Path("data/ner") / shard.name, MENTIONS)
        assert [m["doc_id"] for m in mentions] == [d["doc_id"] for d in read_rows(shard, DOCUMENTS)]
    report = read_json(Path("data/reports/ner.json"))
    assert report["documents"] == {"in": 30, "out": 30}
    assert report["labels"]["PERSON"] >= 6
    assert not list(Path(".scratch").rglob("*.parquet"))


def test_unknown_model_leaves_the_previous_output_alone(project):
    write_shard(Path("data/ner/shard_00000.parquet"), [], MENTIONS)
    before = output(project)
    params = Path("params.yaml").read_text().replace("en_core_web_sm", "xx_nope_sm")
    Path("params.yaml").write_text(params)
    done = subprocess.run(
        [sys.executable, "-m", "stages.ner"],
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ner.model: no spaCy model 'xx_nope_sm'")
    assert output(project) == before
