import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_world import make_document, write_corpus, write_held_out, write_index

from pipeline.errors import InputError
from pipeline.io import read_json
from stages.annotate import main

ROOT = Path(__file__).resolve().parents[2]
PARAMS = """
annotate:
  claims: best
  reverse: stated
  min_entities: {min_entities}
  min_triples: 2
  max_entities: null
  max_triples: null
  relation_fraction: 1.0
  document_fraction: 1.0
  seed: 42
"""
STORY = [
    [("Ada", 0, 1), "lives in", ("Rome", 1, 2)],
    [("Italy", 2, 3), "pays", ("Bob", 3, 4)],
]
CLAIMS = [(1, 551, 2, 1, True), (2, 17, 3, 1, True), (3, 36, 2, 1, True), (4, 551, 2, 1, True)]


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERICA_WORKERS", "1")
    make_project(tmp_path)
    return tmp_path


def make_project(folder):
    folder.mkdir(exist_ok=True)
    write_params(folder, 3)
    shards = [
        [make_document(f"{shard}-{i}", STORY[: 1 + (i % 3 > 0)]) for i in range(9)]
        for shard in range(3)
    ]
    write_corpus(folder / "data", shards)
    write_index(folder / "data/index/wikidata.duckdb", items=[(2, "Roma")], claims=CLAIMS)
    write_held_out(folder / "data/heldout/pairs.parquet", [("bob", "roma", None, None)])


def write_params(folder, min_entities):
    (folder / "params.yaml").write_text(PARAMS.format(min_entities=min_entities), "utf-8")


def output(folder):
    files = [folder / "data/reports/annotate.json", *sorted((folder / "data/annotate").iterdir())]
    return {path.name: path.read_bytes() for path in files}


def test_annotate_reports_counts_and_statistics_beside_the_paper(project):
    main()
    report = read_json(Path("data/reports/annotate.json"))
    documents = report["documents"]
    assert (documents["in"], documents["out"], documents["few_entities"]) == (27, 18, 9)
    assert report["pairs"]["leaked"] == report["triples"]["leaked"] == 18
    assert report["statistics"]["triples_per_document"] == {"here": 3.0, "paper": 7.2}
    assert report["statistics"]["relations"]["here"] == 3
    assert report["statistics"]["mentions_per_entity"] == {"here": 1.0, "paper": 1.3}


@pytest.mark.crash
def test_annotate_killed_and_continued_with_more_workers_gives_the_same_bytes(project, monkeypatch):
    main()
    whole = output(project)
    other = project / "other"
    make_project(other)
    monkeypatch.chdir(other)
    killed = subprocess.run(
        [sys.executable, "-m", "stages.annotate"],
        env=dict(os.environ, PYTHONPATH=str(ROOT), ERICA_FAIL_AT="annotate.shard:1"),
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    assert not Path("data/annotate").exists()
    monkeypatch.setenv("ERICA_WORKERS", "2")
    main()
    assert output(other) == whole


def test_nothing_kept_is_an_error_and_leaves_the_previous_output_alone(project):
    main()
    before = output(project)
    write_params(project, 5)
    with pytest.raises(InputError, match=r"none of 27 documents is kept \(few_entities 27\)"):
        main()
    assert output(project) == before
