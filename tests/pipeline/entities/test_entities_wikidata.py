import json

import msgspec
import pytest
from small_wikidata import dump, entity_value, item, prop, statement, term

from pipeline.entities.wikidata import BrokenLineError, EntityDecoder

GOOD = item(1, "Oda", aliases=["Oda the Old"], page="Oda")


def decode(data, language="en", wiki="enwiki"):
    counts = {}
    decoder = EntityDecoder(language=language, wiki=wiki)
    return (*decoder.decode_lines(data, counts), counts)


def ids(data):
    items, properties, counts = decode(data)
    return [f"Q{number}" for number, _ in items] + [
        f"P{number}" for number, _ in properties
    ], counts


def test_wikidata_official_dump():
    assert ids(dump([GOOD, prop(17, "country"), item(2)])) == (["Q1", "Q2", "P17"], {})


LINE = json.dumps(GOOD).encode()


@pytest.mark.parametrize(
    "data",
    [
        LINE,  # no brackets, no newline
        LINE + b"\n",
        b"[\n" + LINE + b",\n",  # truncated behind a comma, without "]"
        b"[\n" + LINE,
        b"[" + LINE + b"]",  # an array on one line
        b"[" + LINE + b",\n]",
        LINE + b"]\n",
        b"  \t" + LINE + b" , \r\n",  # blanks around, Windows line ends
        b"\xef\xbb\xbf[\n" + LINE + b"\n]",  # byte order mark
        b"\n\n" + LINE + b"\n\n\n",
        json.dumps({"entities": {"Q1": GOOD}, "success": 1}).encode(),  # wbgetentities
        json.dumps({"pageid": 7, "ns": 0, "title": "Q1", "lastrevid": 9, **GOOD}).encode(),
    ],
)
def test_wikidata_forms_of_one_entity(data):
    assert ids(data) == (["Q1"], {})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"type": "lexeme", "id": "L7", "lemmas": {}}, "lexeme"),
        ({"id": "L7", "lemmas": {}}, "lexeme"),
        ({"type": "mediainfo", "id": "M5"}, "other"),
        (None, "null"),
        ({"entity": "Q2", "redirect": "Q1"}, "redirect"),
        ({"id": "Q2", "missing": ""}, "missing"),
        ({"some": "thing"}, "malformed"),
        (17, "malformed"),
        ({**GOOD, "labels": "none"}, "malformed"),
        ({**GOOD, "id": "Q0"}, "malformed"),
        ({**GOOD, "id": "Qx"}, "malformed"),
        ({**GOOD, "id": "Q99999999999"}, "malformed"),
        ({**GOOD, "id": "P1"}, "malformed"),
    ],
)
def test_wikidata_other_json_is_skipped_and_counted(line, reason):
    data = b"[\n" + json.dumps(line).encode() + b",\n" + LINE + b"\n]\n"
    assert ids(data) == (["Q1"], {f"skipped_{reason}": 1})


def test_wikidata_empty_maps_as_lists_and_missing_keys():
    odd = {"type": "item", "id": "Q2", "labels": [], "aliases": [], "claims": [], "sitelinks": []}
    items, _, counts = decode(dump([odd, {"id": "Q3"}]))
    assert [number for number, _ in items] == [2, 3]
    assert counts == {}


@pytest.mark.parametrize(
    "line", [LINE[:-30], b"<mediawiki>", b"Q1\tQ2", LINE + LINE, b"{", b'{"x":' + 9999 * b"["]
)
def test_wikidata_broken_line_is_an_error_with_its_number(line):
    decoder = EntityDecoder(language="en", wiki="enwiki")
    with pytest.raises(BrokenLineError) as error:
        decoder.decode_lines(b"[\n" + LINE + b",\n" + line + b"\n]\n", {})
    assert error.value.line == 3


def test_wikidata_other_languages_and_wikis_are_skipped():
    sites = {"dewiki": {"title": "Oda (Stadt)"}, "enwiki": {"title": "Oda"}}
    labels = {**term("Oda"), **term("Oden", "de"), **term("Odha", "zh-hans")}
    data = dump([{**GOOD, "labels": labels, "sitelinks": sites}])
    [(_, entity)], _, _ = decode(data, "de", "dewiki")
    assert (entity.labels.own.value, entity.sitelinks.own.title) == ("Oden", "Oda (Stadt)")
    [(_, entity)], _, _ = decode(data, "zh-hans", "frwiki")
    assert (entity.labels.own.value, entity.sitelinks.own) == ("Odha", None)
    [(_, entity)], _, _ = decode(data, "mul")
    assert entity.labels.own is None


UNUSUAL = [
    {"type": "lexeme", "id": "L7"},
    None,
    {"id": "Q9", "labels": []},
    {"type": "item", "id": "Q0"},
    {"type": "property", "id": "P9", "missing": ""},
    {"type": "item", "id": "Q11", "redirect": "Q1"},
    {"type": "item", "id": "Q12", "labels": [{"value": "Ida"}], "claims": [statement("Q5")]},
    item(8, claims={"P5": [statement({"type": "strange", "value": 1})]}),
]


@pytest.mark.parametrize("unusual", [[], *([entity] for entity in UNUSUAL), UNUSUAL])
@pytest.mark.parametrize("end", [b",\n", b"\n", b" ,\r\n"])
def test_wikidata_lines_of_a_text_are_as_lines_decoded_alone(unusual, end):
    value = entity_value("Q6")
    del value["value"]["numeric-id"]
    usual = [GOOD, prop(17, "country"), item(3, claims={"P17": [statement(value), "Q5", "P17"]})]
    lines = [json.dumps(entity).encode() + end for entity in [*usual, *unusual, item(4, "Ida")]]
    decoder, counts = EntityDecoder(language="en", wiki="enwiki"), {}
    items, properties = decoder.decode_lines(b"".join(lines), counts)
    alone, alone_counts = EntityDecoder(language="en", wiki="enwiki"), {}
    each = [alone.decode_lines(b"\n" + line, alone_counts) for line in lines]

    def plain(numbered):
        return [(number, msgspec.to_builtins(entity)) for number, entity in numbered]

    assert plain(items) == plain([entry for found, _ in each for entry in found])
    assert plain(properties) == plain([entry for _, found in each for entry in found])
    assert counts == alone_counts
    assert [number for number, _ in items][:2] == [1, 3]
    assert items[-1][0] == 4
    assert sum(counts.values()) + len(items) + len(properties) == len(lines)


@pytest.mark.parametrize("two", [LINE + LINE, LINE + b"," + LINE])
@pytest.mark.parametrize("more", [b"", LINE + b"\n", LINE + b",\n"])
def test_wikidata_two_entities_on_a_line_are_an_error_whatever_is_around(two, more):
    with pytest.raises(BrokenLineError):
        EntityDecoder(language="en", wiki="enwiki").decode_lines(more + two + b"\n", {})
