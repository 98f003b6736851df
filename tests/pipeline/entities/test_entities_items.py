"""What the compiled scan takes is the same as what the typed decoder reads, its twin."""

import json
import os
import subprocess
import sys

import hypothesis.strategies as st
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from small_wikidata import item, prop, statement, term, text_value

from pipeline.entities.blocks import split_file
from pipeline.entities.extract import ExtractTask, extract
from pipeline.entities.items import Items, ItemScanner
from pipeline.entities.parts import TABLES, PartWriter
from pipeline.entities.rows import Rows
from pipeline.entities.wikidata import BrokenLineError, EntityDecoder

RICH = item(
    7,
    labels={**term("Oda"), **term("Odda", "mul"), **term("Öda", "de")},
    descriptions=term('a "city" of \\ Ödland 𝄞'),
    claims={
        "P31": ["Q5", statement("Q6", "preferred"), statement("Q8", "deprecated")],
        "P17": [statement(None, snaktype="novalue"), "P5"],
        "P18": [statement({"type": "string", "value": "Oda.jpg"}), statement(text_value("x"))],
        "P625": [statement({"type": "globe", "value": {"precision": 1.5e-05, "altitude": None}})],
        "P9": [],
    },
    sitelinks={
        "dewiki": {"title": "Öda", "badges": []},
        "enwiki": {"title": "Oda_(city)", "badges": ["Q17"]},
    },
    lastrevid=5,
)
RICH["aliases"] = {"en": [{"value": "Old Oda"}, {"value": ""}], "mul": [{"value": "Oda"}], "de": []}
PLAIN = json.dumps({**RICH, "descriptions": {}}, separators=(",", ":"), ensure_ascii=False).encode()
BARE = {"type": "item", "id": "Q8"}
LINES = [json.dumps(entity, separators=(",", ":")).encode() for entity in (RICH, BARE)]


def scan(text, language="en", wiki="enwiki"):
    return ItemScanner(language=language, wiki=wiki).scan(text)


def write(folder, *, scanned=None, decoded=()):
    """Return the rows of all tables."""
    rows = Rows("en")
    if scanned is not None:
        rows.add_items(scanned)
    rows.add_entities(decoded)
    with PartWriter(folder) as writer:
        rows.flush(writer, at_least=1)
    tables = {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in TABLES}
    return tables, rows.counts


def check(line, folder):
    """Scan a line; if it is taken, compare with the decoder. Return whether it is."""
    items = scan(line)
    if items.names:
        assert (len(items.names), len(items.refused_R2)) == (1, 0)
        decoded, properties = EntityDecoder(language="en", wiki="enwiki").decode_lines(line, {})
        assert (len(decoded), properties) == (1, [])
        assert write(folder / "s", scanned=items) == write(folder / "d", decoded=decoded)
    return bool(items.names)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


def test_items_of_a_line(folder):
    items = scan(LINES[0] + b",\n")
    assert items.names == [("Oda", ["Odda", "Old Oda", "", "Oda"], "Oda_(city)")]
    assert items.items_I2.tolist() == [[7, 5]]
    assert items.groups_G2.tolist() == [[31, 3], [17, 2], [18, 2], [625, 1], [9, 0]]
    tails_and_ranks = [[5, 1], [6, 2], [8, 0], *[[0, 1]] * 5]
    assert items.statements_S2.tolist() == tails_and_ranks
    assert len(items.refused_R2) == 0
    assert all(check(line + end, folder) for line in LINES for end in (b",\n", b"\n", b""))


def test_items_in_other_languages():
    assert scan(LINES[0], "de", "dewiki").names == [("Öda", ["Odda", "Oda"], "Öda")]
    assert scan(LINES[0], "mul", "frwiki").names == [("Odda", ["Oda"], None)]
    assert scan(LINES[0], "fr", "frwiki").names == [("Odda", ["Oda"], None)]


def test_items_that_do_not_hold_what_is_of_the_next_text():
    scanner = ItemScanner(language="en", wiki="enwiki")
    first, second = scanner.scan(LINES[0]), scanner.scan(LINES[1])
    assert first.items_I2.tolist() == [[7, 5]]
    assert first.names[0][0] == "Oda"
    assert (second.items_I2.tolist(), second.names) == ([[8, 0]], [(None, [], None)])
    assert second.statements_S2.size == second.groups_G2.size == 0


def test_items_of_texts_of_any_size():
    """As dense as lines can be: the tables have room for all that a text may hold."""
    scanner = ItemScanner(language="en", wiki="enwiki")
    statements = b",".join([b'{"mainsnak":{},"rank":"normal"}'] * 1000)
    groups = b",".join(b'"P%d":[]' % number for number in range(1, 1001))
    names = b",".join([b'{"value":""}'] * 1000)
    head = b'{"id":"Q1","type":"item"'
    for number in (1, 2, 1000):
        items = scanner.scan((head + b"}\n") * number)
        assert len(items.names) == len(items.items_I2) == number
        assert scanner.scan(b"\n" * number).refused_R2.tolist() == [[0, number]]
        between = scanner.scan((b"\n" + head + b"}\n\n") * number)
        assert (len(between.names), len(between.refused_R2)) == (number, number + 1)
    assert (
        len(scanner.scan(head + b',"claims":{"P1":[' + statements + b"]}}").statements_S2) == 1000
    )
    assert len(scanner.scan(head + b',"claims":{' + groups + b"}}").groups_G2) == 1000
    items = scanner.scan(head + b',"aliases":{"en":[' + names + b"]}}")
    assert items.names == [(None, [""] * 1000, None)]
    assert scanner.scan(b"").names == []


REFUSED = [
    prop(17, "country"),
    item(1, claims={"P1549": [statement(text_value("Odan"))]}),  # demonyms
    {"id": "Q8"},
    {**BARE, "type": "property"},
    {**BARE, "datatype": 5},
    {**BARE, "redirect": "Q1"},
    {**BARE, "missing": ""},
    {**BARE, "id": "Q0"},
    {**BARE, "id": "Q4294967296"},
    {**BARE, "id": f"Q{2**64 + 5}"},
    {**BARE, "id": "L5"},
    {**BARE, "labels": None},
    {**BARE, "labels": {"en": None}},
    {**BARE, "labels": {"en": {"value": None}}},
    {**BARE, "labels": {"en": {}}},
    {**BARE, "aliases": {"en": {"value": "Oda"}}},
    {**BARE, "aliases": {"en": [None]}},
    {**BARE, "aliases": {"mul": [{"value": 5}]}},
    {**BARE, "sitelinks": {"enwiki": {"title": None}}},
    {**BARE, "claims": {"Q17": []}},
    {**BARE, "claims": {"P70000": []}},
    {**BARE, "claims": {"P17": {}}},
    {**BARE, "claims": {"P17": [{"mainsnak": {}}]}},
    {**BARE, "claims": {"P17": [{"rank": "normal"}]}},
    {**BARE, "claims": {"P17": [{"mainsnak": {}, "rank": "best"}]}},
    {**BARE, "claims": {"P17": [{"mainsnak": [], "rank": "normal"}]}},
    item(1, claims={"P17": [statement([])]}),
    item(1, claims={"P17": [statement({"value": 5})]}),
    *(
        item(1, claims={"P17": [statement({"value": {"entity-type": "item", **value}})]})
        for value in (
            {"numeric-id": 0},
            {"numeric-id": 2**64 + 5},
            {"numeric-id": 2**32},
            {"numeric-id": "5"},
            {"numeric-id": 1.5},
            {"numeric-id": None},
            {"id": 5},
            {"id": "Q000000000005"},
            {"id": "Q5", "text": "x"},
            {"numeric-id": 5, "language": "en"},
            {"id": f"Q{2**64 + 5}"},
        )
    ),
    17,
    None,
    [],
]


@pytest.mark.parametrize("entity", REFUSED)
def test_items_of_another_shape_are_refused(entity, folder):
    line = json.dumps(entity, separators=(",", ":")).encode()
    assert not check(line, folder)
    items = scan(LINES[0] + b"\n" + line + b",\n" + LINES[1] + b"\n")
    first, end = len(LINES[0]) + 1, len(LINES[0]) + len(line) + 3
    assert items.refused_R2.tolist() == [[first, end]]
    assert items.items_I2.tolist() == [[7, 5], [8, 0]]
    assert (len(items.statements_S2), len(items.groups_G2), len(items.names)) == (8, 5, 2)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[",
        b"{}",
        b'{"type":"item", "id":"Q8"}',
        b'{"type":"item","id":"Q8"} ',
        b'{"type":"item","id":"Q8"},\r',
        b'{"type":"item","id":"Q8"}]',
        b'{"type":"item","id":"Q8"},,',
        b'{"type":"item","id":"Q8"}{"type":"item","id":"Q9"}',
        b'{"type":"item","id":"Q8",}',
        b'{"type":"item","\\u0069d":"Q8"}',
        b'{"type":"item","id":"\\u00518"}',
        b'{"type":"item","id":"Q8","claims":{"P1":[],"P1":[]}}',
        LINES[0].replace(b'"numeric-id":5', b'"numeric-id":05'),
        LINES[0].replace(b'"id":"Q5"', b'"id":"\xff"'),
        LINES[0].replace(b'"rank":"normal"', b'"rank":"normal","rank":"best"', 1),
        *(
            b'{"type":"item","id":"Q8","%b":{},"%b":{}}' % (name, name)
            for name in (b"claims", b"labels", b"aliases", b"sitelinks")
        ),
        b'{"type":"item","id":"Q8","labels":{"en":5,"en":{"value":"x"}}}',
        b'{"type":"item","id":"Q8","labels":{"mul":5,"mul":{"value":"x"}}}',
        b'{"type":"item","id":"Q8","labels":{"en":{"value":5,"value":"x"}}}',
        b'{"type":"item","id":"Q8","x":"\\\n"}',
        *(
            b'{"type":"item","id":"Q8","x":' + value + b"}"
            for value in (
                b"",
                b"nul",
                b"True",
                b"-",
                b"01",
                b"1.",
                b".5",
                b"1.2.3",
                b"1e",
                b"1e+",
                b"+1",
                b'"a',
                b'"a\tb"',
                b'"\\',
                b"[1,]",
                b"[1",
                b"[1}",
                b'{"a"}',
                b'{"a":1]',
                b"{1:2}",
                b"{,}",
                62 * b"[" + 62 * b"]",
                100_000 * b"[",
            )
        ),
    ],
)
def test_items_refuse_what_is_no_line_without_blanks(line):
    items = scan(line + b"\n" + LINES[1])
    assert (items.items_I2.tolist(), items.refused_R2.tolist()) == ([[8, 0]], [[0, len(line) + 1]])


@pytest.mark.parametrize(
    "value",
    [
        *(b"0", b"-0.5E+7", b"12e3", b"true", b"false", b"null", b'""', b"[]", b"{}"),
        *(b'{"":[{},"",1]}', 60 * b"[" + 60 * b"]", b'"\\"\\\\\\/\\b\\u00e9"', '"Ö"'.encode()),
    ],
)
def test_items_skip_values_of_any_kind(value, folder):
    assert check(b'{"x":' + value + b',"type":"item","y":' + value + b',"id":"Q8"}', folder)


DENSE = b'{"claims":{"P1":[{"mainsnak":{},"rank":"normal"}],"P2":[]},"id":"Q1","type":"item"}'


@pytest.mark.parametrize("line", [LINES[0], DENSE])
def test_items_cut_off_anywhere_are_refused(line):
    for end in range(1, len(line)):
        for cut in (line[:end], line[:end] + b"\n"):
            items = scan(cut)
            assert (items.names, items.refused_R2.tolist()) == ([], [[0, len(cut)]])


PIECES = [bytes([byte]) for byte in b'{}[]",:05Qe-.'] + [
    b"null", b"true", b'"id"', b'"value"', b'"en"', b'"mul"', b'"P17"', b'"item"', b"{}", b"[]",
    b'"Q5"', b'"rank":"normal"', b'"claims":{},', b'"numeric-id":7,', b'"entity-type":"property",',
    b"\\", b"\\u00e9", b"\\ud834\\udd1e", b"\\ud800", b'"en":{"value":"x"},',
    b'"text":"x",', b'"id":"Q9",', b"\xff",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4000), st.integers(0, 12), st.sampled_from(PIECES)), max_size=3
    )
)
@example([])
def test_items_of_damaged_lines_are_as_decoded_or_refused(folder, edits):
    line = PLAIN
    for at, removed, piece in edits:
        at %= len(line)
        line = line[:at] + piece + line[at + removed :]
    try:
        check(line, folder)
    except BrokenLineError:
        pytest.fail(f"taken, but not JSON: {line!r}")


@pytest.mark.parametrize(
    "name",
    ["Ö", "𝄞", 'a"b', "a\\", "/", "\b\f\n\r\t\x00\x7f", "\u2028", "Q5", "a,b", "]", "null", " "],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_items_names_with_escapes(name, ascii_only, folder):
    entity = item(1, name, aliases=[name + "x", name], page=name)
    line = json.dumps(entity, separators=(",", ":"), ensure_ascii=ascii_only).encode()
    assert scan(line).names == [(name, [name + "x", name], name)]
    assert check(line, folder)


@pytest.mark.parametrize(
    "value",
    [
        {"entity-type": "item", "numeric-id": 5, "id": "Q6"},
        {"entity-type": "item", "numeric-id": 5},
        {"entity-type": "item", "id": "Q5"},
        {"entity-type": "item", "id": "L5"},
        {"entity-type": "item"},
        {"entity-type": "property", "numeric-id": 5, "id": "Q5"},
        {"entity-type": "property", "id": "Q5"},
        {"numeric-id": 5},
        {"id": "Q5"},
        {"text": "Oda", "language": "en"},
        {},
        "Q5",
    ],
)
def test_items_values_are_as_decoded(value, folder):
    entity = item(1, claims={"P17": [statement({"value": value}), "Q7"]})
    assert check(json.dumps(entity, separators=(",", ":")).encode(), folder)


FIELDS = [b"Oda", b"Old Oda", b"Oda_(city)", b"Oda.jpg", b"Q17"]  # the last two are skipped


@pytest.mark.parametrize(
    "text", [b"\\q", b"\\", b"\\ud800", b"\\udc00", b"\\ud800\\ud800", b"\\u00zz"]
)
@pytest.mark.parametrize("field", FIELDS)
def test_items_refuse_a_line_with_an_escape_that_is_none(text, field, folder):
    line = PLAIN.replace(b'"%b"' % field, b'"%b"' % text)
    assert line != PLAIN
    assert not check(line, folder)
    with pytest.raises(BrokenLineError):
        EntityDecoder(language="en", wiki="enwiki").decode_lines(line, {})
    good = b"\\ud834\\udd1e\\uFFFD\\n"
    assert check(PLAIN.replace(b'"%b"' % field, b'"%b"' % good), folder)


@pytest.mark.parametrize("field", FIELDS[:3])
def test_items_refuse_a_text_with_a_name_that_is_not_unicode(field):
    """All its lines go to the decoder, which says which one it is."""
    text = LINES[1] + b"\n\n" + PLAIN.replace(b'"%b"' % field, b'"\xff"') + b",\n" + LINES[1]
    items = scan(text)
    assert (items.names, items.refused_R2.tolist()) == ([], [[0, len(text)]])
    assert items.statements_S2.size == items.groups_G2.size == items.items_I2.size == 0


def test_items_stay_within_their_tables(tmp_path):
    """The tests of lines that are cut off, dense or damaged again, with numba's checks."""
    names = "cut_off or any_size or no_line or of_a_line or another_shape or damaged or escape"
    checked = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", names],
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    assert " passed" in checked.stdout


@pytest.mark.real
def test_items_of_real_lines_are_as_decoded(shared, tmp_path, monkeypatch):
    [whole] = split_file(shared / "data/wiki/mini-wikidata.json.bz2", bzip2_range=2**30)
    runs = []
    for scanner in (ItemScanner.scan, refuse_all):
        monkeypatch.setattr(ItemScanner, "scan", scanner)
        out = tmp_path / scanner.__name__
        counts = extract(ExtractTask(whole, whole.path, 0, out, "en", "enwiki"))
        tables = [pq.read_table(out / f"{name}.parquet") for name in TABLES]
        # lines that are refused come behind the others of a block
        ordered = [
            table.sort_by([(name, "ascending") for name in table.column_names]) for table in tables
        ]
        runs.append((counts, ordered))
    assert runs[0] == runs[1]
    assert runs[0][0]["items"] > 10_000


def refuse_all(scanner, text):
    """Refuse all lines in place of `ItemScanner.scan`."""
    nothing = np.empty((0, 2), np.int64)
    return Items([], nothing, nothing, nothing, np.array([[0, len(text)]]))
