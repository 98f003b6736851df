"""The stage `fetch` as DVC runs it: sample and local files, and what is wrong with others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARAMS = """\
fetch:
  wikipedia: {wikipedia}
  wikidata: {wikidata}
  benchmarks: {benchmarks}
  download: []
  encoder: {encoder}
  word_vectors: null
  world: {{seed: 1, pages: 100, items: 420}}
"""


@pytest.fixture
def project(tmp_path):
    """Return a function that runs the stage in an empty project and gives exit code and stderr."""

    def fetch(wikipedia="[sample]", wikidata="[sample]", benchmarks="sample", encoder="mine"):
        text = PARAMS.format(
            wikipedia=wikipedia, wikidata=wikidata, benchmarks=benchmarks, encoder=encoder
        )
        (tmp_path / "params.yaml").write_text(text)
        done = subprocess.run(
            [sys.executable, "-m", "stages.fetch"],
            cwd=tmp_path,
            env=dict(os.environ, PYTHONPATH=str(ROOT), ERICA_WORKERS="1", DVC_ROOT=str(tmp_path)),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    encoder = tmp_path / "mine"
    encoder.mkdir()
    (encoder / "config.json").write_text("{}")
    (encoder / "model.safetensors").write_bytes(b"weights")
    (encoder / "tokenizer.json").write_text('{"truncation": {}, "padding": {}}')
    return fetch


def digests(folder):
    report = json.loads((folder / "data/reports/fetch.json").read_text())
    return {
        (kind, file["file"]): file["sha256"]
        for kind, files in report["details"].items()
        for file in files
    }


def test_sample_is_the_same_twice_and_leaves_no_scratch(project, tmp_path):
    assert project() == (0, "")
    first = digests(tmp_path)
    report = (tmp_path / "data/reports/fetch.json").read_bytes()
    assert ("wikipedia", "sample-pages-articles-multistream.xml.bz2") in first
    assert ("benchmarks", "docred/train_annotated.json") in first
    assert ("encoder", "model.safetensors") in first
    assert project() == (0, "")
    assert (tmp_path / "data/reports/fetch.json").read_bytes() == report
    assert not (tmp_path / ".scratch/fetch/unfinished").exists()
    assert str(tmp_path) not in report.decode()


def test_local_files_relative_to_the_repository(project, tmp_path):
    (tmp_path / "w.xml").write_text("<mediawiki></mediawiki>")
    (tmp_path / "d.json").write_text('[\n{"id":"Q1"}\n]')
    (tmp_path / "bench/glue/RTE").mkdir(parents=True)
    for name in ("train.tsv", "dev.tsv"):
        (tmp_path / "bench/glue/RTE" / name).write_text("index\n")
    code, _ = project("[w.xml]", "[./d.json]", "bench")
    assert code == 0
    assert {name for _, name in digests(tmp_path)} == {
        *("w.xml", "d.json", "glue/RTE/train.tsv", "glue/RTE/dev.tsv"),
        *("config.json", "model.safetensors", "tokenizer.json"),
    }


def test_a_wrong_file_is_one_line_and_the_earlier_output_stays(project, tmp_path):
    (tmp_path / "w.xml").write_text("<mediawiki></mediawiki>")
    assert project("[w.xml]")[0] == 0
    before = digests(tmp_path)
    (tmp_path / "broken.xml.bz2").write_bytes(b"BZh91AY&SY")
    code, error = project("[broken.xml.bz2]")
    assert code == 2
    assert error.startswith("error: broken.xml.bz2: byte 0: damaged bz2 data")
    assert error.count("\n") == 1
    assert digests(tmp_path) == before
    assert (tmp_path / "data/fetch/wikipedia/w.xml").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"wikipedia": "[]"}, "fetch.wikipedia: must name a dump or sample, got an empty list"),
        ({"wikidata": "[sample, a.json]"}, "fetch.wikidata: must be sample alone or dumps alone"),
        ({"encoder": "./none"}, "fetch.encoder: ./none: no such folder"),
        ({"benchmarks": "none"}, "no such folder (fetch.benchmarks in the parameters)"),
        ({"wikipedia": "[none.xml]"}, "none.xml: not found"),
    ],
)
def test_bad_parameters(project, changes, message):
    code, error = project(**changes)
    assert code == 2
    assert message in error
    assert error.count("\n") == 1
