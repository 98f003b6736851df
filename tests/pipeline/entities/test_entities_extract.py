import json

import pyarrow.parquet as pq
import pytest
from small_wikidata import dump, entity_value, item, prop, statement, term, text_value

from pipeline.entities.blocks import Range
from pipeline.entities.extract import ExtractTask, extract
from pipeline.entities.parts import TABLES, PartWriter
from pipeline.entities.rows import Rows
from pipeline.entities.wikidata import EntityDecoder
from pipeline.errors import InputError


@pytest.fixture
def run(tmp_path):
    def run(entities, language="en"):
        path = tmp_path / "dump.json"
        path.write_bytes(entities if isinstance(entities, bytes) else dump(entities))
        whole = Range(path, 0, path.stat().st_size)
        counts = extract(ExtractTask(whole, path, 0, tmp_path / "out", language, "enwiki"))
        tables = {
            name: [
                tuple(row.values())
                for row in pq.read_table(tmp_path / f"out/{name}.parquet").to_pylist()
            ]
            for name in TABLES
        }
        return tables, counts

    return run


def test_extract_names_and_page(run):
    tables, counts = run([item(1, "Oda", aliases=["Oda", "Old Oda", "Old Oda"], page="Oda_(city)")])
    assert tables["items"] == [(1, "Oda")]
    assert tables["aliases"] == [(1, "Old Oda")]
    assert tables["sitelinks"] == [(1, "Oda (city)")]
    assert (counts["items"], counts["aliases"], counts["sitelinks"]) == (1, 1, 1)


@pytest.mark.parametrize("alias", ["Oda", ""])
def test_extract_names_that_add_nothing(run, alias):
    tables, _ = run([item(1, "Oda", aliases=[alias]), item(2, aliases=[alias])])
    assert tables["aliases"] == ([(2, alias)] if alias else [])


def test_extract_names_valid_in_all_languages_stand_in(run):
    labels = {**term("Oden", "de"), **term("ODA", "mul")}
    tables, _ = run([item(1, labels=labels), item(2, labels={**labels, **term("Oda")}), item(3)])
    assert tables["items"] == [(1, "ODA"), (2, "Oda"), (3, None)]
    assert tables["aliases"] == [(2, "ODA")]


def test_extract_blocks_that_are_written_at_once_stay_apart(tmp_path):
    """The same property in neighbouring items is no group: each has its own truthy claims."""
    two = [statement("Q5", "preferred"), statement("Q6")]
    entities = [
        item(1, claims={"P31": two, "P17": ["Q7", "Q7"]}),
        item(2, claims={"P31": ["Q5"]}),
        item(3),
        item(4, claims={"P31": two}),
    ]
    decoder, written = EntityDecoder(language="en", wiki="enwiki"), {}
    for name, blocks in (("each", [[entity] for entity in entities]), ("all", [entities])):
        rows = Rows("en")
        for block in blocks:
            lines = b"".join(json.dumps(entity).encode() + b"\n" for entity in block)
            rows.add_entities(decoder.decode_lines(lines, {})[0])
        with PartWriter(tmp_path / name) as writer:
            rows.flush(writer, at_least=1)
        written[name] = pq.read_table(tmp_path / name / "claims.parquet").to_pylist(), rows.counts
    assert written["each"] == written["all"]
    claims, counts = written["all"]
    assert [tuple(row.values()) for row in claims] == [
        (1, 31, 5, 2, True),
        (1, 31, 6, 1, False),
        (1, 17, 7, 1, True),
        (2, 31, 5, 1, True),
        (4, 31, 5, 2, True),
        (4, 31, 6, 1, False),
    ]
    assert (counts["claims"], counts["statements"], counts["statements_repeated"]) == (6, 7, 1)


def test_extract_leaves_out_claims_of_what_is_no_property(run):
    of = {name: ["Q5"] for name in ("P31", "P70000", "P0", "Q7", "P+1")}  # 16 bits hold 65,535
    tables, counts = run([item(1, claims=of), item(2, claims={"P70000": ["Q5"]})])
    assert tables["claims"] == [(1, 31, 5, 1, True)]
    assert (counts["claims"], counts["statements"], counts["statements_without_item"]) == (1, 6, 5)


def test_extract_demonyms_of_one_language_each_once(run):
    values = [text_value("Odan"), text_value("Odane"), text_value("odisch", "de"), text_value("")]
    statements = [statement(value) for value in [*values, text_value("Odan")]]
    old = statement(text_value("Oldodan"), "deprecated")
    of = {"P1549": [*statements, old], "P17": ["Q2"]}
    loose = {**item(2, claims=of), "aliases": [], "claims": {**item(2, claims=of)["claims"]}}
    loose["claims"]["P17"] = [statement({"type": "strange", "value": 1})]  # read by the slow way
    tables, counts = run([item(1, "Oda", claims=of), loose, item(3, claims={"P1549": []})])
    assert tables["demonyms"] == [(1, "Odan"), (1, "Odane"), (2, "Odan"), (2, "Odane")]
    assert [row[:3] for row in tables["claims"]] == [(1, 17, 2)]
    assert counts["demonyms"] == 4
    assert run([item(1, claims=of)], language="de")[0]["demonyms"] == [(1, "odisch")]


@pytest.mark.parametrize(
    ("statements", "claims"),
    [
        (["Q5"], [(5, 1, True)]),
        (["Q5", "Q6"], [(5, 1, True), (6, 1, True)]),
        ([statement("Q5"), statement("Q6", "preferred")], [(5, 1, False), (6, 2, True)]),
        ([statement("Q5"), statement("Q6", "deprecated")], [(5, 1, True)]),
        ([statement("Q6", "deprecated")], []),
        # the preferred value is "no value": what is normal is not truthy
        ([statement("Q5"), statement(None, "preferred", snaktype="novalue")], [(5, 1, False)]),
        ([statement("Q5"), statement("Q5", "preferred"), statement("Q5")], [(5, 2, True)]),
        ([statement(None, snaktype="somevalue")], []),
        ([statement({"value": "text", "type": "string"})], []),
        ([statement({"value": {"time": "+2001"}, "type": "time"})], []),
        ([statement({"value": {"amount": "+5", "unit": "1"}, "type": "quantity"})], []),
        ([statement("P17")], []),  # a property as value
        ([statement({"error": "bad"})], []),
    ],
)
def test_extract_claims_with_rank_and_best(run, statements, claims):
    tables, counts = run([item(1, claims={"P17": statements})])
    assert tables["claims"] == [(1, 17, tail, rank, best) for tail, rank, best in claims]
    assert (
        counts["statements"]
        == len(statements)
        == sum(
            counts[name]
            for name in (
                "claims",
                "statements_without_item",
                "statements_deprecated",
                "statements_repeated",
            )
        )
    )


def test_extract_values_of_old_and_new_dumps(run):
    old, new = entity_value("Q5"), entity_value("Q6")
    del old["value"]["id"]
    del new["value"]["numeric-id"]
    bare = {"value": {"id": "Q7"}, "type": "wikibase-entityid"}
    broken = {"value": {"entity-type": "item", "id": "L7-F1"}, "type": "wikibase-entityid"}
    statements = [statement(value) for value in (old, new, bare, broken)]
    for entity in statements:
        entity["mainsnak"].pop("datatype")
    tables, _ = run([item(1, claims={"P17": statements})])
    assert [row[2] for row in tables["claims"]] == [5, 6, 7]


@pytest.mark.parametrize(
    "value",
    [
        {"entity-type": "item", "numeric-id": None, "id": "Q5"},
        {"entity-type": "item", "numeric-id": 2**32, "id": "Q5"},
        {"entity-type": "item", "numeric-id": "5", "id": "Q5"},
        {"entity-type": "item", "numeric-id": 5, "id": 5},
        {"entity-type": "item", "numeric-id": 5, "id": "Q5", "text": 1, "language": []},
    ],
)
def test_extract_values_with_fields_of_other_types(run, value):
    of = {"P17": [statement({"type": "wikibase-entityid", "value": value})]}
    assert [row[2] for row in run([item(1, claims=of)])[0]["claims"]] == [5]


@pytest.mark.parametrize(
    "data",
    [
        {"type": "wikibase-entityid", "value": {"entity-type": "lexeme", "numeric-id": 0}},
        {"type": "wikibase-entityid", "value": {"entity-type": "entity-schema", "id": "E7"}},
        {"type": "wikibase-entityid", "value": {"entity-type": "item", "id": "Q\u0661"}},
        {"type": "wikibase-entityid", "value": {"entity-type": "item", "id": "Q99999999999"}},
        {"type": "wikibase-entityid", "value": {"entity-type": "property", "id": "P5"}},
        {"type": "quantity", "value": {"amount": "+1", "id": 7}},
        {"type": "string", "value": 5},
        {"type": "string", "value": [True]},
        [],
        None,
    ],
)
def test_extract_values_that_are_no_item(run, data):
    claim = statement("Q6")
    claim["mainsnak"]["datavalue"] = data
    tables, counts = run([item(1, "Oda", claims={"P17": [claim, "Q5"]})])
    assert [row[:3] for row in tables["claims"]] == [(1, 17, 5)]
    assert tables["items"] == [(1, "Oda")]
    assert (counts["statements"], counts["statements_without_item"]) == (2, 1)


def test_extract_values_that_are_not_unicode(run):
    claim = statement({"type": "string", "value": "x?x"})
    line = json.dumps(item(1, "Oda", claims={"P17": [claim, "Q5"]})).encode()
    tables, _ = run(line.replace(b"x?x", b"x\xffx"))
    assert [row[:3] for row in tables["claims"]] == [(1, 17, 5)]


def test_extract_ranks_that_are_unknown_or_missing(run):
    bare = statement("Q5")
    del bare["rank"]
    claims = {"P17": [bare, statement("Q6", "best"), "Q7"]}
    tables, counts = run([item(1, claims=claims)])
    assert [row[2:] for row in tables["claims"]] == [(5, 1, True), (7, 1, True)]
    assert counts["statements_deprecated"] == 1


@pytest.mark.parametrize("empty", [[], None, {}])
def test_extract_maps_that_are_empty(run, empty):
    names = ("labels", "aliases", "sitelinks", "claims")
    entities = [{**entity, **dict.fromkeys(names, empty)} for entity in (item(1), prop(17))]
    tables, counts = run(b"".join(json.dumps(entity).encode() + b"\n" for entity in entities))
    assert tables["items"] == [(1, None)]
    assert tables["properties"] == [(17, "P17", "wikibase-item", None, False)]
    assert (counts["aliases"], counts["sitelinks"], counts["statements"]) == (0, 0, 0)


@pytest.mark.parametrize("name", ["labels", "aliases", "sitelinks", "claims"])
def test_extract_maps_that_are_lists_count_as_empty(run, name):
    listed = [statement("Q5")] if name == "claims" else [{"value": "Ida", "title": "Ida"}]
    for entity in (item(2, "Ida", claims={"P17": ["Q5"]}), prop(17)):
        tables, _ = run([item(1, "Oda"), {**entity, name: listed}])
        assert len(tables["items"]) + len(tables["properties"]) == 2


def test_extract_names_in_the_language_and_in_all(run):
    terms = {"en": ["Old Oda", "", "Oda"], "mul": ["ODA", "Old Oda", "Odette"]}
    aliases = {
        language: [{"language": language, "value": value} for value in values]
        for language, values in terms.items()
    }
    labels = {**term("Oda"), **term("Odda", "mul")}
    tables, _ = run([{**item(1, labels=labels), "aliases": aliases}])
    assert tables["aliases"] == [(1, "Odda"), (1, "Old Oda"), (1, "ODA"), (1, "Odette")]
    tables, _ = run([{**item(1, "Oda"), "aliases": {"mul": aliases["mul"]}}])
    assert tables["aliases"] == [(1, "ODA"), (1, "Old Oda"), (1, "Odette")]


@pytest.mark.parametrize(
    ("value", "inverse"),
    [("P18", 18), ("Q18", None), (text_value("P18"), None), (entity_value("P65535"), 65535)],
)
def test_extract_inverse_of_a_property(run, value, inverse):
    assert run([prop(17, claims={"P1696": [statement(value)]})])[0]["properties"][0][3] == inverse
    beyond = entity_value("P70000")
    assert run([prop(17, claims={"P1696": [statement(beyond)]})])[0]["properties"][0][3] is None
    bare = {"type": "wikibase-entityid", "value": {"id": "P18"}}
    assert run([prop(17, claims={"P1696": [statement(bare)]})])[0]["properties"][0][3] == 18


def test_extract_properties(run):
    tables, counts = run(
        [
            prop(17, "country", aliases=["state"], claims={"P1696": ["P1001"]}),
            prop(26, "spouse", claims={"P2302": ["Q21502410", "Q21510862"]}),
            prop(1001, claims={"P1696": [statement("P17", "deprecated"), statement("P18")]}),
            prop(18, "image", datatype="commonsMedia"),
        ]
    )
    assert tables["properties"] == [
        (17, "country", "wikibase-item", 1001, False),
        (26, "spouse", "wikibase-item", None, True),
        (1001, "P1001", "wikibase-item", 18, False),
        (18, "image", "commonsMedia", None, False),
    ]
    assert tables["property_aliases"] == [(17, "state")]
    assert tables["claims"] == []
    assert counts["properties"] == 4


def test_extract_broken_line_names_file_and_line(run):
    good = dump([item(1), item(2)])
    with pytest.raises(InputError, match=r"dump\.json:line 3: not JSON .*; expected one Wikidata"):
        run(good[:-10])


@pytest.mark.parametrize(
    "broken", [b"{", b'{"type":"item","id":"Q7","labels":{"en":{"value":"\xff"}}}']
)
@pytest.mark.parametrize("number", [2, 17, 3000])
def test_extract_broken_line_among_many(run, broken, number):
    """Over blocks, with lines before it that only the decoder takes."""
    lines = dump([item(at, page="x" * 200) if at % 7 else prop(at) for at in range(1, 3001)])
    lines = lines.splitlines(keepends=True)
    lines[number - 1] = broken + b",\n"
    with pytest.raises(InputError, match=rf"dump\.json:line {number}: not JSON"):
        run(b"".join(lines))


@pytest.mark.parametrize("block", [1, 1 << 20])
def test_extract_line_numbers_count_every_line(run, monkeypatch, block):
    """In blocks of a line and of all; a string must not reach over the end of a line."""
    monkeypatch.setattr("pipeline.entities.blocks.BLOCK_BYTES", block)
    good = b'{"type":"item","id":"Q1"}\n'
    lines = b"[\n" + good + b'{"type":"property","id":"P5"},\n\n' + good + b'{"x":"\\\n"}\n'
    with pytest.raises(InputError, match=r"dump\.json:line 6: not JSON"):
        run(lines)


def test_extract_joins_no_lines(run):
    """Two lines around an item that would be an array together."""
    first, last = (
        b'{"id":"P1","type":"property"\n',
        b',"datatype":"x"},{"id":"P2","type":"property"}\n',
    )
    with pytest.raises(InputError, match=r"dump\.json:line 1: not JSON"):
        run(first + b'{"type":"item","id":"Q1"}\n' + last)


def test_extract_ids_of_thousands_of_digits(run):
    """Python refuses to read numbers of more than 4,300 digits."""
    name = "1" * 5000
    statements = [statement({"value": {"entity-type": "item", "id": f"Q{name}"}}), "Q5"]
    claims = {"P17": statements, f"P{name}": ["Q6"]}
    tables, counts = run([item(1, claims=claims), item(name), item(2)])
    assert tables["claims"] == [(1, 17, 5, 1, True)]
    assert counts["skipped_malformed"] == 1
    assert sorted(tables["items"]) == [(1, None), (2, None)]
