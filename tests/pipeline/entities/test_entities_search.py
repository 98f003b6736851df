import random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.search import (
    KEYED,
    count_rows,
    key_names,
    read_placed,
    search_names,
    write_sorted,
)
from pipeline.errors import InputError

SCHEMA = pa.schema([*KEYED, pa.field("item", pa.uint32())])
SAME_KEY = ["plumless", "buckeroo"]  # have the same CRC-32


def write(path, rows, batch):
    """Write (name, item) rows, `batch` of them together."""
    keys = key_names({name for name, _ in rows})
    key_of = dict(zip(keys["name"].to_pylist(), keys["key"].to_pylist(), strict=True))
    rows = sorted((key_of[name], name, item) for name, item in rows)
    columns = [[row[place] for row in rows] for place in range(3)]
    table = pa.Table.from_arrays([pa.array(column) for column in columns], SCHEMA.names)
    write_sorted(path, table.cast(SCHEMA).to_reader(max_chunksize=batch), SCHEMA)


def find(path, wanted):
    found, places = search_names(path, key_names(wanted))
    table = read_placed(path).read_all()
    assert table["place"].to_pylist() == list(range(count_rows(path)))
    assert table.drop_columns("place").take(pa.array(places)).equals(found)
    return list(zip(found["name"].to_pylist(), found["item"].to_pylist(), strict=True))


def test_two_names_with_one_key_are_two_names(tmp_path):
    keys = key_names(SAME_KEY)["key"].to_pylist()
    assert keys[0] == keys[1]
    path = tmp_path / "names.arrow"
    write(path, [("plumless", 1), ("buckeroo", 2), ("plumless", 3)], batch=2)
    assert find(path, ["plumless"]) == [("plumless", 1), ("plumless", 3)]
    assert sorted(find(path, SAME_KEY)) == [("buckeroo", 2), ("plumless", 1), ("plumless", 3)]


NAMES = st.sampled_from([*SAME_KEY, *"abcdefgh", "é", "", "Ada Tern"])


@given(
    rows=st.sets(st.tuples(NAMES, st.integers(0, 5))),
    wanted=st.sets(NAMES),
    batch=st.integers(1, 9),
)
def test_search_finds_all_rows_of_all_names(tmp_path_factory, rows, wanted, batch):
    path = tmp_path_factory.mktemp("search") / "names.arrow"
    write(path, rows, batch)
    assert count_rows(path) == len(rows)
    found = find(path, wanted)
    assert sorted(found) == sorted(row for row in rows if row[0] in wanted)
    one_name = [[item for name, item in found if name == own] for own in wanted]
    assert all(items == sorted(items) for items in one_name)  # in the order of the table


def test_search_in_many_batches(tmp_path):
    numbers = random.Random(0)
    rows = [(f"name {numbers.randrange(3_000)}", item) for item in range(10_000)]
    wanted = {f"name {numbers.randrange(6_000)}" for _ in range(500)}
    write(tmp_path / "names.arrow", rows, batch=64)
    found = find(tmp_path / "names.arrow", wanted)
    assert sorted(found) == sorted(row for row in rows if row[0] in wanted)


@pytest.mark.parametrize(
    ("content", "message"), [(None, "not found"), (b"", "damaged"), (b"ARROW1", "damaged")]
)
def test_a_missing_or_damaged_table_is_an_input_error(tmp_path, content, message):
    path = tmp_path / "names.arrow"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=f"names.arrow: {message}"):
        search_names(path, key_names(["a"]))
    with pytest.raises(InputError, match=f"names.arrow: {message}"):
        count_rows(path)


def test_a_table_that_could_not_be_written_is_not_there(tmp_path):
    def read():
        yield pa.record_batch([[1], ["a"], [1]], SCHEMA.names)
        raise RuntimeError("no more")

    rows = pa.RecordBatchReader.from_batches(
        pa.schema([("key", pa.int64()), ("name", pa.string()), ("item", pa.int64())]), read()
    )
    with pytest.raises(RuntimeError, match="no more"):
        write_sorted(tmp_path / "names.arrow", rows, SCHEMA)
    assert list(tmp_path.iterdir()) == []
