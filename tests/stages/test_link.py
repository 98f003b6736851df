import dataclasses
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from small_linking import CONFIG, make_rows, write_corpus, write_index

from pipeline.config import encode
from pipeline.errors import InputError
from pipeline.io import list_shards, read_json, read_rows
from pipeline.records.documents import DOCUMENTS
from pipeline.records.linked import LINKED
from stages.link import main

ROOT = Path(__file__).resolve().parents[2]


def write_params(folder, **changes):
    with (folder / "params.yaml").open("w") as file:
        YAML().dump({"link": encode(dataclasses.replace(CONFIG, **changes))}, file)


def make_project(folder, **corpus):
    folder.mkdir(exist_ok=True)
    write_params(folder)
    write_corpus(folder, **corpus)
    write_index(folder)


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERICA_WORKERS", "1")
    make_project(tmp_path)
    return tmp_path


def read_linked():
    return [row for shard in list_shards(Path("data/link")) for row in read_rows(shard, LINKED)]


def output():
    files = [*list_shards(Path("data/link")), Path("data/reports/link.json")]
    return {path.name: path.read_bytes() for path in files}


def run_stage(**environment):
    return subprocess.run(
        [sys.executable, "-m", "stages.link"],
        env=dict(os.environ, PYTHONPATH=str(ROOT), **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def test_link_documents_of_the_small_corpus(project):
    main()
    texts = {
        row["doc_id"]: row["text"]
        for shard in list_shards(Path("data/parse"))
        for row in read_rows(shard, DOCUMENTS)
    }
    found = {
        row["doc_id"]: [
            (
                texts[row["doc_id"]][mention["start"] : mention["end"]],
                row["entities"][mention["entity"]]["item"],
                mention["reason"],
            )
            for mention in row["mentions"]
        ]
        for row in read_linked()
    }
    assert found == {
        "0-0": [
            ("Ada Tern", 1001, "title"),
            ("Oda", 1002, "link"),
            ("Tern", 1001, "surname"),
            ("Oda", 1002, "repeat"),
        ],
        "1-0": [("Oda", 1003, "title"), ("the poet", 1001, "link"), ("Grey Isle", 1004, "link")],
        "2-0": [
            ("Oda", 1002, "title"),
            ("Grey Isle", 1004, "name"),
            ("salt", 1008, "link"),
        ],
        "3-0": [("Odan", 1002, "name")],
        "4-0": [
            ("Twin", None, "unlinked"),
            ("Twin", None, "unlinked"),
            ("Zed Ray", None, "unlinked"),
            ("Oda", 1002, "name"),
        ],
    }


def test_link_output_is_aligned_and_the_report_adds_up(project):
    main()
    for shard in list_shards(Path("data/parse")):
        documents = [row["doc_id"] for row in read_rows(shard, DOCUMENTS)]
        assert [r["doc_id"] for r in read_rows(Path("data/link") / shard.name, LINKED)] == documents
    report = read_json(Path("data/reports/link.json"))
    linked = read_linked()

    def total(prefix):
        return sum(n for name, n in report.items() if name.startswith(prefix))

    assert report["documents"] == len(linked) == 5
    assert total("links_") == 2 * report["links_in"]
    assert total("tagged_") == 2 * report["tagged_in"]
    kept = total("mentions_") - report.get("mentions_overlapped", 0)
    assert kept == sum(len(row["mentions"]) for row in linked)
    reasons = Counter(mention["reason"] for row in linked for mention in row["mentions"])
    assert {reason: report[f"mentions_{reason}"] for reason in reasons} == reasons
    assert report["entities"] == sum(len(row["entities"]) for row in linked)


def test_link_measures_hidden_hyperlinks(project):
    write_params(project, hidden_fraction=1.0)
    main()
    hidden = read_json(Path("data/reports/link.json"))["hidden"]
    assert hidden["links"] == 4
    assert hidden["outside"] == 2
    assert 0 < hidden["accuracy"] <= 1


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(5)), shard_size=st.integers(1, 5))
def test_link_depends_neither_on_shards_nor_on_the_order_of_documents(
    project, monkeypatch, order, shard_size
):
    main()
    whole = {row["doc_id"]: row for row in read_linked()}
    folder = project / "other"
    documents, mentions = ([rows[at] for at in order] for rows in make_rows())
    make_project(folder, rows=(documents, mentions), shard_size=shard_size)
    monkeypatch.chdir(folder)
    main()
    assert [row["doc_id"] for row in read_linked()] == [row["doc_id"] for row in documents]
    assert {row["doc_id"]: row for row in read_linked()} == whole
    monkeypatch.chdir(project)
    for path in sorted((folder / "data").rglob("*.parquet")):
        path.unlink()


@pytest.mark.crash
def test_link_killed_again_and_again_and_continued_gives_the_same_bytes(project, monkeypatch):
    main()
    whole = output()
    other = project / "other"
    make_project(other)
    monkeypatch.chdir(other)
    points = ("link.survey.shard:1", "write.names.arrow:0", "link.candidates:0")
    for point in (*points, "link.marker:1", "link.shard:1"):
        killed = run_stage(ERICA_FAIL_AT=point)
        assert killed.returncode == -9, killed.stderr
        assert not Path("data/link").exists()
    done = list(Path(".scratch/link").rglob("markers/*.json"))
    assert len(done) >= 2
    finished = run_stage(ERICA_WORKERS="2")
    assert finished.returncode == 0, finished.stderr
    assert output() == whole
    assert not list(Path(".scratch").rglob("*.parquet"))


@pytest.mark.crash
def test_link_a_damaged_table_of_a_killed_run_is_one_line(project):
    assert run_stage(ERICA_FAIL_AT="link.candidates:0").returncode == -9
    (table,) = Path(".scratch/link").rglob("names.arrow")
    table.write_bytes(table.read_bytes()[:100])
    failed = run_stage()
    assert failed.returncode == 2
    assert "names.arrow: damaged" in failed.stderr
    assert failed.stderr.endswith("delete it and run `dvc repro`\n")
    assert "Traceback" not in failed.stderr
    table.unlink()
    assert run_stage().returncode == 0


def test_link_missing_inputs_are_one_line_and_keep_the_old_output(project):
    main()
    whole = output()
    write_params(project, min_confidence=0.9)
    Path("data/index/wikidata.duckdb").rename("moved")
    failed = run_stage()
    assert failed.returncode == 2
    assert "data/index/wikidata.duckdb: not found" in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert output() == whole


def test_link_names_of_other_documents_are_an_input_error(project):
    path = Path("data/ner/shard_00001.parquet")
    table = pq.read_table(path)
    ids = pa.array([f"{doc_id}x" for doc_id in table["doc_id"].to_pylist()])
    pq.write_table(table.set_column(0, table.schema.field("doc_id"), ids), path)
    with pytest.raises(InputError, match="made from other documents"):
        main()


def test_link_wrong_parameter_names_its_key(project):
    params = Path("params.yaml").read_text().replace("unlinked: keep", "unlinked: maybe")
    Path("params.yaml").write_text(params)
    with pytest.raises(InputError, match=r"link\.unlinked: expected one of keep \| drop"):
        main()
