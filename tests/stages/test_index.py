import bz2
import gzip
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from small_wikidata import dump, item, prop

from pipeline.errors import InputError
from pipeline.io import read_json
from stages.index import main

ROOT = Path(__file__).resolve().parents[2]
ENTITIES = [
    prop(17, "country", aliases=["state"]),
    *(
        item(
            number,
            f"Item {number}",
            aliases=[f"Name {number}"],
            page=f"Page {number}" if number % 2 else None,
            claims={"P17": [f"Q{number % 7 + 1}"]},
        )
        for number in range(1, 101)
    ),
]


def make_project(folder, dumps):
    (folder / "data/fetch/wikidata").mkdir(parents=True)
    (folder / "params.yaml").write_text("index:\n  language: en\n  wiki: enwiki\n", "utf-8")
    for name, data in dumps.items():
        (folder / "data/fetch/wikidata" / name).write_bytes(data)


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERICA_WORKERS", "1")
    return tmp_path


def read_index():
    with duckdb.connect("data/index/wikidata.duckdb", read_only=True) as connection:
        names = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
        return {name: connection.execute(f"FROM {name}").fetchall() for name in names}


def run_stage(**environment):
    return subprocess.run(
        [sys.executable, "-m", "stages.index"],
        env=dict(os.environ, PYTHONPATH=str(ROOT), **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def test_index_writes_the_tables_and_a_report_that_adds_up(project):
    make_project(project, {"all.json": dump([*ENTITIES, {"type": "lexeme", "id": "L1"}])})
    main()
    tables = read_index()
    assert {name: len(rows) for name, rows in tables.items()} == {
        "items": 100,
        "aliases": 100,
        "demonyms": 0,
        "sitelinks": 50,
        "claims": 100,
        "properties": 1,
        "property_aliases": 1,
    }
    report = read_json(Path("data/reports/index.json"))
    assert report["entities"] == {
        "in": 102,
        "items": 100,
        "properties": 1,
        "skipped_lexeme": 1,
        "repeated": 0,
    }
    assert report["statements"]["in"] == report["statements"]["claims"] == 100
    assert report["tables"] == {name: len(rows) for name, rows in tables.items()}
    assert not list(Path(".scratch").rglob("*.parquet"))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_index_is_the_same_from_every_form_of_the_dump(project, monkeypatch, workers):
    (project / "plain").mkdir()
    monkeypatch.chdir(project / "plain")
    make_project(Path(), {"all.json": dump(ENTITIES)})
    main()
    plain = read_index()
    (project / "parts").mkdir()
    monkeypatch.chdir(project / "parts")
    monkeypatch.setenv("ERICA_WORKERS", workers)
    make_project(
        Path(),
        {
            "a.json.gz": gzip.compress(dump(ENTITIES[:30])),
            "b.json.bz2": bz2.compress(dump(ENTITIES[30:60])),
            "c.json": dump(ENTITIES[60:])[:-3],  # truncated behind the last entity
        },
    )
    main()
    assert read_index() == plain


@pytest.mark.crash
def test_index_killed_three_times_and_continued_gives_the_same_content(project):
    dumps = {f"{i}.json.gz": gzip.compress(dump(ENTITIES[i::4])) for i in range(4)}
    make_project(project, dumps)
    main()
    whole, report = read_index(), read_json(Path("data/reports/index.json"))
    Path("data/index/wikidata.duckdb").unlink()
    for point in ("index.marker:1", "index.shard:1", "index.built:0"):
        killed = run_stage(ERICA_FAIL_AT=point)
        assert killed.returncode == -9, killed.stderr
        assert not Path("data/index/wikidata.duckdb").exists()
    markers = {path.name: path.stat().st_mtime_ns for path in Path(".scratch").rglob("dump_*.json")}
    assert len(markers) == 4
    finished = run_stage(ERICA_WORKERS="2")
    assert finished.returncode == 0, finished.stderr
    assert read_index() == whole
    assert read_json(Path("data/reports/index.json")) == report


def test_index_shares_a_large_gzip_file(project, monkeypatch):
    make_project(project, {"all.json": dump(ENTITIES)})
    main()
    whole = read_index()
    monkeypatch.setattr("pipeline.entities.dumps.RELAYED_BYTES", 0)
    monkeypatch.setattr("pipeline.entities.relay.SLOT_BYTES", 2_000)
    monkeypatch.setattr("pipeline.entities.blocks.BLOCK_BYTES", 500)
    Path("data/fetch/wikidata/all.json").unlink()
    Path("data/fetch/wikidata/all.json.gz").write_bytes(gzip.compress(dump(ENTITIES)))
    for workers in ("1", "2"):
        monkeypatch.setenv("ERICA_WORKERS", workers)
        main()
        assert read_index() == whole
    Path("data/fetch/wikidata/all.json.gz").write_bytes(gzip.compress(dump(ENTITIES)[:-50]))
    with pytest.raises(InputError, match=r"all\.json\.gz:line \d+ after byte \d{4,}: not JSON"):
        main()
    assert read_index() == whole


@pytest.mark.crash
def test_index_with_another_language_does_not_continue_old_work(project):
    make_project(project, {"all.json": dump(ENTITIES)})
    assert run_stage(ERICA_FAIL_AT="index.shard:0").returncode == -9
    Path("params.yaml").write_text("index:\n  language: de\n  wiki: enwiki\n", "utf-8")
    main()
    assert read_index()["items"][0] == (1, None)


GZIP = gzip.compress(dump(ENTITIES), mtime=0)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("cut.json.gz", GZIP[:-100], "cut.json.gz: the gzip data is cut off"),
        ("bad.json.bz2", bz2.compress(dump(ENTITIES))[:-100], "bad.json.bz2:byte 4: "),
        ("cut.json", dump(ENTITIES)[:-100], "cut.json:line 102: not JSON"),
        ("wiki.xml", b"<mediawiki>\n<page>\n", "wiki.xml:line 1: not JSON"),
        ("none.json", b"[\n]\n", "no item in the Wikidata dump"),
        ("empty.json", b"", "empty.json: the file is empty"),
    ],
)
def test_index_bad_dump_is_one_line_and_keeps_the_old_index(project, name, data, message):
    make_project(project, {name: data})
    Path("data/index").mkdir()
    Path("data/index/wikidata.duckdb").write_bytes(b"old")
    with pytest.raises(InputError) as error:
        main()
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert Path("data/index/wikidata.duckdb").read_bytes() == b"old"


def test_index_bad_input_exits_with_2(project):
    make_project(project, {})
    failed = run_stage()
    assert failed.returncode == 2
    assert failed.stderr.startswith("error: data/fetch/wikidata: no dump there")
    assert failed.stderr.count("\n") == 1


@pytest.mark.real
def test_index_of_the_real_excerpt_has_the_entities_that_were_counted(project, shared):
    make_project(project, {})
    source = shared / "data/wiki/mini-wikidata.json.bz2"
    Path("data/fetch/wikidata/dump.json.bz2").symlink_to(source.resolve())
    main()
    report = read_json(Path("data/reports/index.json"))
    assert report["entities"]["items"] == 11_542
    statements = report["statements"]
    assert statements.pop("in") == sum(statements.values())
    assert report["tables"]["claims"] == statements["claims"] > 100_000
    with duckdb.connect("data/index/wikidata.duckdb", read_only=True) as connection:
        found = connection.execute(
            "SELECT i.label, s.title, c.best FROM items AS i JOIN sitelinks AS s USING (item) "
            "JOIN claims AS c ON c.head = item WHERE item = 1 AND c.tail = 1454986"
        ).fetchone()
    assert found == ("universe", "Universe", True)
