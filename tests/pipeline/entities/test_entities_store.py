import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_wikidata import dump, item, prop, statement

from pipeline.database import connect
from pipeline.entities.blocks import split_file
from pipeline.entities.extract import ExtractTask, extract
from pipeline.entities.parts import TABLES
from pipeline.entities.store import IndexConfig, build_index
from pipeline.errors import InputError


def build(folder, dumps, plain_range=1 << 30):
    for number, data in enumerate(dumps):
        path = folder / f"{number}.json"
        path.write_bytes(data)
        for part in split_file(path, plain_range=plain_range):
            out = folder / "parts" / f"{number}_{part.start}"
            extract(ExtractTask(part, path, part.start, out, "en", "enwiki"))
    counts = build_index(folder / "parts", folder / "index.duckdb", folder / "spill")
    with connect(folder / "index.duckdb", spill=folder / "spill", read_only=True) as connection:
        tables = {name: connection.execute(f"FROM {name}").fetchall() for name in TABLES}
    return tables, counts


ENTITIES = [
    item(9, "Una", aliases=["U"], page="Una", claims={"P31": ["Q5"], "P17": ["Q2", "Q1"]}),
    prop(31, "instance of"),
    item(2, "Tern", claims={"P31": ["Q6"]}),
    prop(17, "country", aliases=["state", "land"]),
    item(1, "Oda", aliases=["Z", "A"], page="Oda"),
]


def test_store_tables_are_sorted(tmp_path):
    tables, counts = build(tmp_path, [dump(ENTITIES)])
    assert tables["items"] == [(1, "Oda"), (2, "Tern"), (9, "Una")]
    assert tables["aliases"] == [(1, "A"), (1, "Z"), (9, "U")]
    assert tables["sitelinks"] == [(1, "Oda"), (9, "Una")]
    assert tables["claims"] == [
        (2, 31, 6, 1, True),
        (9, 17, 1, 1, True),
        (9, 17, 2, 1, True),
        (9, 31, 5, 1, True),
    ]
    assert [row[0] for row in tables["properties"]] == [17, 31]
    assert tables["property_aliases"] == [(17, "land"), (17, "state")]
    assert counts["repeated"] == 0
    assert counts["claims"] == 4


@settings(max_examples=5, deadline=None)
@given(st.permutations(ENTITIES), st.integers(400, 5_000), st.integers(0, 5))
def test_store_content_depends_neither_on_order_nor_on_ranges_nor_on_files(
    tmp_path_factory, entities, plain_range, cut
):
    whole, _ = build(tmp_path_factory.mktemp("whole"), [dump(ENTITIES)])
    parts = [dump(part) for part in (entities[:cut], entities[cut:]) if part]
    assert build(tmp_path_factory.mktemp("parts"), parts, plain_range)[0] == whole


def test_store_entities_in_several_dumps_are_one(tmp_path):
    later = item(
        9, "Una", aliases=["U", "V"], page="Una", claims={"P17": [statement("Q1", "preferred")]}
    )
    tables, counts = build(tmp_path, [dump(ENTITIES), dump([later, ENTITIES[1]])])
    assert counts["repeated"] == 2
    assert [row[0] for row in tables["items"]] == [1, 2, 9]
    assert tables["aliases"] == [(1, "A"), (1, "Z"), (9, "U"), (9, "V")]
    assert (9, 17, 1, 2, True) in tables["claims"]
    assert len(tables["claims"]) == 4
    assert len(tables["properties"]) == 2


def test_store_without_items_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no item"):
        build(tmp_path, [dump([prop(17, "country")])])


def test_store_has_no_index_on_its_tables(tmp_path):
    build(tmp_path, [dump(ENTITIES)])
    with duckdb.connect(str(tmp_path / "index.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM duckdb_indexes()").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM duckdb_constraints()").fetchone() == (0,)


def test_store_missing_or_foreign_file_is_an_input_error(tmp_path):
    (tmp_path / "foreign.duckdb").write_bytes(b"something else" * 1_000)
    for name, message in (("missing", "not found"), ("foreign", "not a usable database")):
        with pytest.raises(InputError, match=message):
            connect(tmp_path / f"{name}.duckdb", spill=tmp_path / "spill", read_only=True)


@pytest.mark.parametrize(("language", "wiki"), [("", "enwiki"), ("en", "")])
def test_store_config_wants_a_language_and_a_wiki(language, wiki):
    with pytest.raises(ValueError, match="must name"):
        IndexConfig(language=language, wiki=wiki)
