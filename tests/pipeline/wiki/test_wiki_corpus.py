from pathlib import Path

import pytest

from pipeline.io import read_rows
from pipeline.records.documents import ANCHORS, DOCUMENTS, PAGES, REDIRECTS
from pipeline.wiki.corpus import SIDES, ParseTask, finish, parse_unit
from pipeline.wiki.units import plan_units
from tests.pipeline.wiki.wikitext import config
from tests.small_dumps import dump, multistream, page

PAGES_OF_ALL_KINDS = [
    page(1, "Lake Orla", "'''Lake Orla''' is a [[lake]] in [[Orland|the north]]. " * 3),
    page(2, "Orla", "#REDIRECT [[Lake Orla]]\n{{R from short name}}", redirect="Lake Orla"),
    page(3, "orla lake", "#redirect[[lake_Orla#History]]"),
    page(4, "Orla (disambiguation)", "* [[Lake Orla]]"),
    page(5, "Ake", "'''Ake''' may be:\n* [[Ake (town)]]\n{{disambig}}"),
    page(6, "Wikipedia:Orla", "#REDIRECT [[Wikipedia:Ake]]", ns=4, redirect="Wikipedia:Ake"),
    page(7, "Template:Lake", "{{{1}}}", ns=10),
    page(8, "Common.css", "a {}", model="css"),
    page(9, "Empty", ""),
    page(10, "Short", "A [[lake]]s."),
    page(11, "Broken", "text").replace("<title>Broken</title>", ""),
    page(12, "Poison", "{{x " + '<b x="' * 30_000),
    page(13, "Lake Orla", "Another page of the same title."),
    page(14, "To a category", "#REDIRECT [[:Category:Lakes]]"),
    page(15, "R\u00e9al \U0001f600", "A \U0001f600 [[r\u00e9al|Re\u0301al]]ly. " * 5),
]


def run(folder: Path, dumps, **changes):
    units = plan_units(dumps, folder / "pieces")
    tasks = [
        ParseTask(
            unit=unit,
            config=config(**{"min_words": 5, "page_seconds": 0.5, **changes}),
            shard=folder / f"shards/shard_{number:05d}.parquet",
            sides={name: folder / f"sides/{name}_{number:05d}.parquet" for name in SIDES},
        )
        for number, unit in enumerate(units)
    ]
    return tasks, [parse_unit(task) for task in tasks]


@pytest.fixture
def parsed(tmp_path, capsys):
    path = tmp_path / "dump.xml"
    path.write_bytes(dump(PAGES_OF_ALL_KINDS))
    tasks, (counts,) = run(tmp_path, [path])
    assert "page 12 (Poison) is left out" in capsys.readouterr().err
    return tasks[0], counts


def test_every_page_is_counted_once(parsed):
    _, counts = parsed
    pages = {name[6:]: number for name, number in counts.items() if name.startswith("pages.")}
    assert pages == {
        "in": 15,
        "out": 3,
        "redirect": 3,
        "disambiguation": 2,
        "namespace": 2,
        "model": 1,
        "empty": 1,
        "damaged": 1,
        "poison": 1,
        "duplicate": 1,
    }
    assert (counts["documents.in"], counts["documents.out"], counts["documents.short"]) == (3, 2, 1)


def test_documents(parsed):
    task, counts = parsed
    first, second = read_rows(task.shard, DOCUMENTS)
    assert (first["doc_id"], first["page_id"], first["title"]) == ("1-0", 1, "Lake Orla")
    assert first["text"].startswith("Lake Orla is a lake in the north. Lake")
    surfaces = [first["text"][link["start"] : link["end"]] for link in first["links"]]
    assert surfaces == ["lake", "the north"] * 3
    assert [link["target"] for link in first["links"][:2]] == ["Lake", "Orland"]
    assert second["title"] == "R\u00e9al \U0001f600"
    link = second["links"][0]
    assert second["text"][link["start"] : link["end"]] == "Re\u0301ally"
    assert link["target"] == "R\u00e9al"
    assert counts["links.documents"] == 11


def test_side_files(parsed):
    task, _ = parsed
    pages = read_rows(task.sides["pages"], PAGES)
    assert [row["page_id"] for row in pages if row["disambiguation"]] == [4, 5]
    assert [row["page_id"] for row in pages if not row["disambiguation"]] == [1, 10, 12, 15]
    assert read_rows(task.sides["redirects"], REDIRECTS) == [
        {"title": "Orla", "target": "Lake Orla"},
        {"title": "Orla lake", "target": "Lake Orla"},
    ]
    anchors = {
        (r["surface"], r["target"]): r["count"] for r in read_rows(task.sides["anchors"], ANCHORS)
    }
    assert anchors["lakes", "Lake"] == 1  # of a page whose document is too short
    assert anchors["the north", "Orland"] == 3
    assert ("Lake Orla", "Lake Orla") not in anchors  # of a disambiguation page


def test_the_first_of_two_dumps_wins(tmp_path):
    first, second = tmp_path / "a.xml.bz2", tmp_path / "b.xml.bz2"
    text = "A lake in the [[north]] of Orland."
    first.write_bytes(multistream([page(i, f"Page {i}", text) for i in range(1, 9)]))
    again = [page(3, "Other", text), page(99, "Page 8", text), page(50, "New", text + " " + text)]
    second.write_bytes(multistream(again))
    tasks, counts = run(tmp_path, [first, second])
    assert sum(c["documents.out"] for c in counts) == 11
    for _ in range(2):  # as after a kill between the two
        changes = finish(tasks, tmp_path / "out")
        assert changes["pages.duplicate"] == changes["documents.duplicate"] == 2
        assert changes["documents.out"] == changes["pages.out"] == -2
        assert changes["words"] == -14
        rows = [
            row
            for path in sorted((tmp_path / "out").glob("shard_*"))
            for row in read_rows(path, DOCUMENTS)
        ]
        assert [row["page_id"] for row in rows] == [*range(1, 9), 50]
        ids = [row["page_id"] for row in read_rows(tmp_path / "out/pages.parquet", PAGES)]
        assert ids == [*range(1, 9), 50]


def test_side_files_are_joined_and_sorted(tmp_path):
    path = tmp_path / "dump.xml.bz2"
    pages = [page(i, f"Page {20 - i:02d}", f"[[b]] [[a|x]] [[page {i}]]") for i in range(1, 9)]
    pages += [page(30, "Z", "#REDIRECT [[A]]"), page(31, "B", "#REDIRECT [[C]]")]
    path.write_bytes(multistream(pages, per_stream=3))
    tasks, _ = run(tmp_path, [path])
    changes = finish(tasks, tmp_path / "out")
    anchors = read_rows(tmp_path / "out/anchors.parquet", ANCHORS)
    keys = [(row["surface"], row["target"]) for row in anchors]
    assert keys == sorted(keys)
    assert {"surface": "x", "target": "A", "count": 8} in anchors
    redirects = read_rows(tmp_path / "out/redirects.parquet", REDIRECTS)
    assert [row["title"] for row in redirects] == ["B", "Z"]
    assert changes["tables.anchors"] == len(anchors) == 10
