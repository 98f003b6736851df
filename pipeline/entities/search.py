"""Sorted tables on disk that many keys are searched in at once, whatever their size.

They are Arrow batches, sorted by a number, of names by their checksum, and mapped into memory: a
search reads the pages that it needs. A join reads all of the table, which for all of Wikipedia
would cost each shard more than everything else that is done with it.
"""

import mmap
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import InputError
from pipeline.io import atomic_file

BATCH = 1 << 16  # rows
KEYED = [pa.field("key", pa.uint32()), pa.field("name", pa.string())]


def key_names(names: Iterable[str]) -> pa.Table:
    """Return names, all different, as `KEYED`, sorted by key: the CRC-32 of their UTF-8."""
    values = list(names)
    keys = np.array([zlib.crc32(name.encode()) for name in values], np.uint32)
    order = np.argsort(keys)
    columns = [pa.array(keys[order]), pa.array(values, pa.string()).take(pa.array(order))]
    return pa.Table.from_arrays(columns, schema=pa.schema(KEYED))


def write_sorted(path: Path, rows: pa.RecordBatchReader, schema: pa.Schema) -> None:
    """Write rows that come sorted, as they are in `schema`, whole or not at all."""
    with (
        atomic_file(path) as temporary,
        pa.OSFile(str(temporary), "wb") as file,
        pa.ipc.new_file(file, schema) as writer,
    ):
        for batch in rows:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def count_rows(path: Path) -> int:
    """Return the number of rows of a table.

    Raises:
        InputError: The file is missing or damaged.
    """
    _, reader = _open(path)
    return int(reader.read_all().num_rows)


def read_placed(path: Path) -> pa.RecordBatchReader:
    """Return the rows of a table with the number of each, `place`, batch by batch.

    Raises:
        InputError: The file is missing or damaged.
    """
    mapped, reader = _open(path)

    def read() -> Iterator[pa.RecordBatch]:
        first_row = 0
        for batch in map(reader.get_batch, range(reader.num_record_batches)):
            numbers = np.arange(first_row, first_row + len(batch), dtype=np.uint32)
            yield pa.RecordBatch.from_arrays([pa.array(numbers), *batch.columns], schema=schema)
            first_row += len(batch)
            mapped.madvise(mmap.MADV_DONTNEED)

    schema = pa.schema([pa.field("place", pa.uint32()), *reader.schema])
    return pa.RecordBatchReader.from_batches(schema, read())


def search_names(path: Path, wanted: pa.Table) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """Return the rows of a table by name whose name is wanted, and their numbers.

    Args:
        path: The table; its first columns are `KEYED`.
        wanted: What `key_names` returned for names that are all different.

    Raises:
        InputError: The file is missing or damaged.
    """
    found, owners, numbers = search(path, "key", wanted["key"].to_numpy())
    same = pc.equal(found["name"], wanted["name"].take(pa.array(owners)))
    return found.filter(same), numbers[same.to_numpy()]


def search(
    path: Path, column: str, keys: npt.NDArray[np.unsignedinteger]
) -> tuple[pa.Table, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the rows of a table with one of the keys, which key it is, and the rows' numbers.

    Args:
        path: The table, sorted by `column`.
        column: Its name.
        keys: Ascending; rows come once for each of several equal ones.

    Raises:
        InputError: The file is missing or damaged.
    """
    mapped, reader = _open(path)
    parts, owners, numbers = [], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    first_row = 0
    for batch in map(reader.get_batch, range(reader.num_record_batches)):
        places, own = _search_sorted(batch[column].to_numpy(), keys)
        parts.append(batch.take(pa.array(places)))
        owners.append(own)
        numbers.append(places + first_row)
        first_row += len(batch)
        mapped.madvise(mmap.MADV_DONTNEED)  # or all of the table would count as this process's
    found = pa.Table.from_batches(parts, schema=reader.schema)
    return found, np.concatenate(owners), np.concatenate(numbers)


def _search_sorted(rows: Any, keys: Any) -> tuple[Any, Any]:
    """Return the places of the keys in `rows`, and whose they are, by key; both are sorted."""
    first = np.searchsorted(keys, rows[0], "left")
    last = np.searchsorted(keys, rows[-1], "right")
    starts, ends = (np.searchsorted(rows, keys[first:last], side) for side in ("left", "right"))
    sizes = ends - starts
    # places [start, end) of each key, one behind the other
    places = np.arange(sizes.sum()) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    return places, np.repeat(np.arange(first, last), sizes)


def _open(path: Path) -> tuple[mmap.mmap, Any]:
    try:
        with path.open("rb") as file:
            # private: some network file systems refuse to share
            mapped = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
        return mapped, pa.ipc.open_file(pa.py_buffer(mapped))
    except FileNotFoundError:
        raise InputError(f"{path}: not found; run `dvc repro`") from None
    except (ValueError, OSError) as error:  # of an empty file; Arrow's errors are ValueErrors
        reason = str(error).splitlines()[0]
        raise InputError(f"{path}: damaged ({reason}); delete it and run `dvc repro`") from None
