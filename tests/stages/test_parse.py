"""The stage `parse` as a user runs it: whole, in parallel, killed, and on damaged dumps."""

import bz2
import gzip
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.io import read_json, read_rows
from pipeline.records.documents import DOCUMENTS
from stages.command import run
from stages.parse import app, main
from tests.small_dumps import dump, multistream, page

ROOT = Path(__file__).resolve().parents[2]
PARAMS = """parse:
  documents: {documents}
  window_words: 40
  min_words: {min_words}
  lists: false
  headings: false
  templates: {{}}
  page_seconds: 10.0
"""


def make_pages(number):
    """Pages that do not compress to nothing, so that there are several units."""
    chance = random.Random(7)
    words = [f"w{chance.randrange(10**9):x}" for _ in range(5_000)]

    def sentence():
        return " ".join(chance.choices(words, k=30)) + f" [[{chance.choice(words)}]]s. "

    pages = []
    for i in range(1, number + 1):
        text = "\n\n".join(sentence() * 1 + sentence() for _ in range(8))
        pages.append(page(i, f"Page {i}", f"'''P{i}''' {text}\n== More ==\n{sentence()}"))
    return pages


def make_project(folder, content, *, documents="lead", min_words=20):
    (folder / "data/fetch/wikipedia").mkdir(parents=True)
    (folder / "data/fetch/wikipedia/enwiki-pages-articles.xml.bz2").write_bytes(content)
    (folder / "data/fetch/wikipedia/enwiki-index.txt.bz2").write_bytes(b"no dump")
    (folder / "params.yaml").write_text(
        PARAMS.format(documents=documents, min_words=min_words), "utf-8"
    )
    return folder


def run_stage(folder, **variables):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **variables}
    return subprocess.run(
        [sys.executable, "-m", "stages.parse"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def output(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for root in ("data/parse", "data/reports")
        for path in sorted((folder / root).rglob("*"))
        if path.is_file()
    }


PAGES = make_pages(240)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The output of an unbroken run of one worker."""
    folder = make_project(tmp_path_factory.mktemp("whole"), multistream(PAGES, per_stream=20))
    done = run_stage(folder, ERICA_WORKERS="1")
    assert done.returncode == 0, done.stderr
    found = output(folder)
    assert sum(name.startswith("data/parse/shard_") for name in found) >= 4
    return found


def test_two_workers_write_the_same_bytes(tmp_path, whole):
    make_project(tmp_path, multistream(PAGES, per_stream=20))
    assert run_stage(tmp_path, ERICA_WORKERS="2").returncode == 0
    assert output(tmp_path) == whole
    assert not list((tmp_path / ".scratch").rglob("*.parquet"))


@pytest.mark.crash
@pytest.mark.parametrize(
    ("point", "workers", "finished"),
    [
        ("write.shard_00001.parquet:0", "1", 1),
        ("parse.shard:1", "1", 2),
        ("parse.marker:0", "1", 0),
        ("parse.shard:2", "2", 3),
        ("publish:0", "1", None),
    ],
)
def test_a_killed_run_is_continued(tmp_path, whole, point, workers, finished):
    make_project(tmp_path, multistream(PAGES, per_stream=20))
    killed = run_stage(tmp_path, ERICA_WORKERS=workers, ERICA_FAIL_AT=point)
    assert killed.returncode == -9
    assert not (tmp_path / "data/parse").exists()
    markers = list((tmp_path / ".scratch").rglob("markers/*.json"))
    shards = sum(name.startswith("data/parse/shard_") for name in whole)
    finished = shards if finished is None else finished
    assert len(markers) == finished
    # one shard more than are left would kill this run
    limit = f"parse.marker:{shards - finished}"
    continued = run_stage(tmp_path, ERICA_WORKERS=workers, ERICA_FAIL_AT=limit)
    assert continued.returncode == 0, continued.stderr
    assert output(tmp_path) == whole


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERICA_WORKERS", "1")
    return tmp_path


def test_the_report_adds_up(project):
    kinds = [
        *PAGES[:30],
        page(900, "R", "#REDIRECT [[Page 1]]"),
        page(901, "D", "{{disambig}}"),
        page(902, "Talk:X", "x", ns=1),
        page(903, "S", "short"),
    ]
    make_project(project, multistream(kinds), documents="window")
    main()
    report = read_json(Path("data/reports/parse.json"))
    for group in ("pages", "documents"):
        counts = dict(report[group])
        counts.pop("words", None)
        assert counts.pop("in") == sum(counts.values())
    assert report["pages"]["out"] == 31
    rows = [
        row
        for path in sorted(Path("data/parse").glob("shard_*.parquet"))
        for row in read_rows(path, DOCUMENTS)
    ]
    assert len(rows) == report["documents"]["out"]
    assert sum(len(row["text"].split()) for row in rows) == report["documents"]["words"]
    assert sum(len(row["links"]) for row in rows) == report["links"]["documents"]
    assert len({row["doc_id"] for row in rows}) == len(rows)
    for row in rows:
        for link in row["links"]:
            assert row["text"][link["start"] : link["end"]].capitalize() == link["target"] + "s"


def test_all_forms_give_the_same_documents(project):
    texts = []
    data = dump(PAGES[:40])
    for content in (
        data,
        gzip.compress(data, mtime=0),
        bz2.compress(data),
        multistream(PAGES[:40]),
    ):
        path = project / "data/fetch/wikipedia/enwiki-pages-articles.xml.bz2"
        if path.exists():
            path.write_bytes(content)
        else:
            make_project(project, content)
        main()
        shards = sorted(Path("data/parse").glob("shard_*.parquet"))
        texts.append([row for shard in shards for row in read_rows(shard, DOCUMENTS)])
    assert texts[0] == texts[1] == texts[2] == texts[3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (multistream(PAGES[:40])[:-300], "has no end; the file is incomplete or damaged"),
        (dump(PAGES[:40])[:-300], "ends without </mediawiki>; the file is incomplete"),
        (b"\x89PNG", "expected a MediaWiki XML dump"),
        (multistream([page(1, "S", "short")]), "no document is left of 1 pages"),
    ],
)
def test_bad_input_is_one_line_and_leaves_the_old_output(
    project, capsys, monkeypatch, content, message
):
    make_project(project, content)
    (project / "data/parse").mkdir()
    (project / "data/parse/shard_00000.parquet").write_bytes(b"old")
    monkeypatch.setattr("sys.argv", ["parse"])
    with pytest.raises(SystemExit) as end:
        run(app)
    assert end.value.code == 2
    (line,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("error: ")]
    assert message in line
    assert (project / "data/parse/shard_00000.parquet").read_bytes() == b"old"


def test_a_worker_passes_bad_input_on(tmp_path):
    content = multistream(PAGES, per_stream=20)
    middle = len(content) // 2
    make_project(tmp_path, content[:middle] + bytes(64) + content[middle + 64 :])
    failed = run_stage(tmp_path, ERICA_WORKERS="2")
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr
    assert "the bz2 stream that starts there is damaged" in failed.stderr.splitlines()[-1]
    assert not (tmp_path / "data/parse").exists()


def test_parse_short_of_memory_is_one_line_and_goes_on_with_more(tmp_path):
    project = make_project(tmp_path, multistream(make_pages(8)))
    short = run_stage(project, ERICA_MEMORY_GB="0.001")
    *_, line = short.stderr.splitlines()
    assert short.returncode == 2
    assert "Traceback" not in short.stderr
    assert "DuckDB ran out of memory or of disk to spill to; raise ERICA_MEMORY_GB" in line
    assert not (project / "data/parse").exists()
    assert run_stage(project, ERICA_MEMORY_GB="1").returncode == 0
    assert read_rows(project / "data/parse/shard_00000.parquet", DOCUMENTS)
