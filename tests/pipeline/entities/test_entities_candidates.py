import dataclasses
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_linking import CONFIG, ENTITIES, make_rows, write_corpus, write_index
from small_wikidata import item

from pipeline.entities.candidates import (
    TABLES,
    SurveyTask,
    build_candidates,
    look_up,
    survey_shard,
)
from pipeline.entities.search import key_names, write_sorted
from pipeline.entities.types import LANGUAGE, PERSON, PLACE
from pipeline.errors import InputError

TITLES = {
    "Ada Tern", "Ada", "Tern, Ada", "Oda", "Oda (band)", "Grey Isle", "Twin", "List of Odas",
    "Round", "New Oda", "Ode", "Old Ode", "Nowhere", "Salt", "The Odas", "Twins", "Second Oda",
    "Odan",
}  # fmt: skip
SURFACES = {
    "Odan",
    "Oda",
    "Ada Tern",
    "the poet",
    "Isle",
    "Grey Isle",
    "A. Tern",
    "Twin",
    "Ada",
    "salt",
}


def build(folder, config=CONFIG):
    survey = folder / "surveys/all"
    survey.mkdir(parents=True, exist_ok=True)
    for name, values in (("surfaces", SURFACES), ("titles", TITLES)):
        pq.write_table(key_names(values), survey / f"{name}.parquet")
    # what is there is taken as it is
    shutil.rmtree(folder / "candidates", ignore_errors=True)
    build_candidates(
        folder / "candidates",
        index=folder / "data/index/wikidata.duckdb",
        parsed=folder / "data/parse",
        surveys=folder / "surveys",
        config=config,
        spill=folder / "spill",
    )
    return look_up(folder / "candidates", survey)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder)
    write_index(folder)
    return folder


@pytest.fixture(scope="module")
def lookup(corpus):
    return build(corpus)


@pytest.mark.parametrize(
    ("title", "item"),
    [
        ("Oda", 1002),
        ("Oda (band)", 1003),
        ("Tern, Ada", 1001),  # a redirect
        ("Ada", 1001),  # to a redirect
        ("New Oda", 1009),  # a redirect with an item of its own
        ("Grey Isle", 1004),  # no sitelink, but the only item with that label
        ("Twin", None),  # two items with that label, as well known as each other
        ("The Odas", 1003),  # no page, no label, but an alias of one item
        ("Twins", None),
        ("Second Oda", 1009),  # no page here, so it may lead to the item's own page
        ("Odan", None),  # a page, so it is not what another page is about
        ("Round", None),  # a circle
        ("List of Odas", None),  # an excluded class
        ("Nowhere", None),
        ("Ode", 0),  # lists meanings
        ("Old Ode", 0),
    ],
)
def test_candidates_titles_lead_to_items(lookup, title, item):
    target = lookup.targets.get(title)
    assert (target.item if target else None) == item


def test_candidates_titles_know_how_they_were_found_and_what_they_are(lookup):
    assert lookup.targets["Ada"] == (1001, True, PERSON, "Ada Tern")
    assert lookup.targets["Grey Isle"] == (1004, False, 0, "Grey Isle")
    assert lookup.targets["Oda"].types & PLACE


def weights(lookup, name):
    return {item: weight for item, weight, _ in lookup.names[name]}


def test_candidates_weigh_hyperlinks_and_names(lookup):
    # Oda: 6 hyperlinks and 2 claims; the band 3 hyperlinks; so known 9 and 4 of 13, which are 4
    # and 3 binary digits: factors 7/4 and 6/4.
    # title 500 + label 200; title without brackets 100 + label 200
    assert weights(lookup, "Oda") == {
        1002: 6_000 + 700 * 9 * 7 // (4 * 13),
        1003: 3_000 + 300 * 4 * 6 // (4 * 13),
    }
    assert lookup.rests["Oda"] == 200 + 1_000  # one hyperlink leads nowhere
    assert weights(lookup, "the poet") == {1001: 2_000}
    assert weights(lookup, "A. Tern") == {1001: 100 * 6 // 4}  # known 4
    assert weights(lookup, "Ada") == {1001: 300 * 6 // 4}
    assert weights(lookup, "Twin") == {1005: 100, 1006: 100}  # 200 * 2 * 5 / (4 * 5)
    assert weights(lookup, "salt") == {1008: 500}  # the title in small letters and the label
    assert lookup.rests["salt"] == 200


def test_candidates_of_a_demonym_are_its_place_and_its_language(lookup):
    # Oda is known 9, the language 1, of 10; 4 and 1 binary digits: factors 7/4 and 4/4
    assert weights(lookup, "Odan") == {1002: 300 * 9 * 7 // (4 * 10), 1010: 200 * 1 * 4 // (4 * 10)}
    assert [types for item, _, types in lookup.names["Odan"] if item == 1010] == [LANGUAGE]


def test_candidates_beyond_the_best_count_as_rest(corpus):
    one = build(corpus, dataclasses.replace(CONFIG, max_candidates=1))
    assert weights(one, "Twin") == {1005: 100}
    assert one.rests["Twin"] == 320
    build(corpus)


@pytest.mark.parametrize("order", [1, -1])
def test_candidates_of_names_with_the_same_checksum_stay_apart(tmp_path, order):
    known = ["buckeroo", "plumless"]  # have one CRC-32
    rows = {
        "titles": key_names(known),
        "surfaces": key_names(known),
        "targets": [[0, 1], [10, 11], [True, True], [0, 0], known],
        "names": [[0, 0, 1], [10, 12, 11], [5, 4, 3], [0, 0, 0], [1, 1, 2]],
    }
    for name, schema in TABLES.items():
        columns = rows[name] if isinstance(rows[name], list) else rows[name].columns
        table = pa.Table.from_arrays([pa.array(c) for c in columns], schema.names).cast(schema)
        write_sorted(tmp_path / f"{name}.arrow", table.to_reader(), schema)
    for name in ("titles", "surfaces"):
        pq.write_table(key_names(known[::order]), tmp_path / f"{name}.parquet")
    lookup = look_up(tmp_path, tmp_path)
    assert {title: target.item for title, target in lookup.targets.items()} == {
        "buckeroo": 10,
        "plumless": 11,
    }
    assert lookup.names == {"buckeroo": [(10, 5, 0), (12, 4, 0)], "plumless": [(11, 3, 0)]}
    assert lookup.rests == {"buckeroo": 1, "plumless": 2}


def test_candidates_survey_collects_names_titles_and_hidden_links(tmp_path):
    write_corpus(
        tmp_path, rows=make_rows([("Oda", "{The Hold|ORG}, {the Oda|GPE} [x>Salt] {2|DATE}")])
    )
    found = {}
    for fraction in (0.0, 1.0):
        task = SurveyTask(
            documents=tmp_path / "data/parse/shard_00000.parquet",
            mentions=tmp_path / "data/ner/shard_00000.parquet",
            out=tmp_path / "out",
            hidden_fraction=fraction,
        )
        survey_shard(task)
        found[fraction] = set(pq.read_table(tmp_path / "out/surfaces.parquet")["name"].to_pylist())
    assert found[0.0] == {"Hold", "Oda", "The Hold"}
    assert found[1.0] == {"Hold", "Oda", "The Hold", "x"}
    titles = pq.read_table(tmp_path / "out/titles.parquet")["name"].to_pylist()
    assert sorted(titles) == ["Oda", "Salt"]


@pytest.mark.parametrize("name", ["data/index/wikidata.duckdb", "data/parse/anchors.parquet"])
def test_candidates_missing_input_is_an_input_error(tmp_path, name):
    write_corpus(tmp_path)
    write_index(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=f"{name}: not found"):
        build(tmp_path)


def test_candidates_a_title_is_the_item_that_is_ten_times_better_known(tmp_path):
    write_corpus(tmp_path)
    for known, meant in ((9, None), (10, 1005)):  # the other one is the tail of one claim
        heads = [item(2000 + n, claims={"P155": ["Q1005"]}) for n in range(1, known)]
        write_index(tmp_path, [*ENTITIES, *heads])
        assert getattr(build(tmp_path).targets.get("Twin"), "item", None) == meant
