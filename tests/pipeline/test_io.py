import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import InputError
from pipeline.io import (
    atomic_dir,
    atomic_file,
    list_shards,
    read_json,
    read_rows,
    replace_dir,
    shard_name,
    versioned,
    write_json,
    write_shard,
)

SCHEMA = versioned(
    "things", 1, [pa.field("id", pa.int64()), pa.field("names", pa.list_(pa.string()))]
)
ROWS = [{"id": i, "names": ["a"] * (i % 3)} for i in range(3_000)]


def test_shard_round_trip_and_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_shard(tmp_path / name / shard_name(0), ROWS, SCHEMA)
    assert read_rows(tmp_path / "one" / "shard_00000.parquet", SCHEMA) == ROWS
    first, second = (list_shards(tmp_path / name)[0].read_bytes() for name in ("one", "two"))
    assert first == second


def test_row_groups_hold_at_most_1024_documents(tmp_path):
    path = tmp_path / shard_name(0)
    write_shard(path, ROWS, SCHEMA)
    meta = pq.ParquetFile(path).metadata
    assert max(meta.row_group(i).num_rows for i in range(meta.num_row_groups)) <= 1_024


def test_another_version_is_refused(tmp_path):
    path = tmp_path / shard_name(0)
    write_shard(path, ROWS, SCHEMA)
    with pytest.raises(InputError, match="'things' version 1, expected 'things' version 2"):
        read_rows(path, versioned("things", 2, list(SCHEMA)))


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"not parquet at all"])
def test_a_damaged_shard_is_one_clear_line(tmp_path, damage):
    path = tmp_path / shard_name(0)
    path.write_bytes(damage)
    with pytest.raises(InputError, match="not a readable Parquet file"):
        read_rows(path, SCHEMA)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "report.json"
    write_json(path, {"a": 1})

    def fail():
        with atomic_file(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert read_json(path) == {"a": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_a_failed_folder_leaves_the_old_folder(tmp_path):
    path = tmp_path / "pages"
    with atomic_dir(path) as folder:
        (folder / "old").touch()

    def fail():
        with atomic_dir(path) as folder:
            (folder / "new").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [p.name for p in path.iterdir()] == ["old"]
    assert [p.name for p in tmp_path.iterdir()] == ["pages"]


def test_replace_dir_moves_all_or_nothing(tmp_path):
    new, path = tmp_path / "scratch" / "out", tmp_path / "data" / "pages"
    new.mkdir(parents=True)
    (new / "b").touch()
    path.mkdir(parents=True)
    (path / "a").touch()
    replace_dir(new, path)
    assert [p.name for p in path.iterdir()] == ["b"]
    assert not new.exists()


def test_read_json_names_the_line(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"a": 1,\n "b": }\n')
    with pytest.raises(InputError, match=r"x\.json:2: not valid JSON"):
        read_json(path)
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(InputError, match="byte 7 is not UTF-8"):
        read_json(path)
