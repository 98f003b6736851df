"""A table by name that many names are searched in at once, whatever its size.

It lies on disk as Arrow batches, sorted by a checksum of the name, and is mapped into memory: a
search reads the pages that it needs. A join reads all of the table, which for all of Wikipedia
would cost each shard more than everything else that is done with it.
"""

import mmap
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.io import atomic_file

BATCH = 1 << 16  # rows
KEYED = [pa.field("key", pa.uint32()), pa.field("name", pa.string())]  # the first two columns


def key_names(names: Iterable[str]) -> pa.Table:
    """Return names as `KEYED`, sorted by key: the CRC-32 of their UTF-8."""
    values = list(names)
    keys = np.array([zlib.crc32(name.encode()) for name in values], np.uint32)
    order = np.argsort(keys)
    columns = [pa.array(keys[order]), pa.array(values, pa.string()).take(pa.array(order))]
    return pa.Table.from_arrays(columns, schema=pa.schema(KEYED))


def write_sorted(path: Path, rows: pa.RecordBatchReader, schema: pa.Schema) -> None:
    """Write rows that come sorted by key, whole or not at all.

    Args:
        path: The file.
        rows: Columns in the order of `schema`.
        schema: `KEYED` and what else there is.
    """
    with (
        atomic_file(path) as temporary,
        pa.OSFile(str(temporary), "wb") as file,
        pa.ipc.new_file(file, schema) as writer,
    ):
        for batch in rows:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def count_rows(path: Path) -> int:
    """Return the number of rows of a table."""
    with pa.memory_map(str(path)) as file:
        return int(pa.ipc.open_file(file).read_all().num_rows)


def search(path: Path, wanted: pa.Table) -> pa.Table:
    """Return the rows whose name is wanted, in the order of the table.

    Args:
        path: The table.
        wanted: What `key_names` returned.
    """
    keys, names = wanted["key"].to_numpy(), wanted["name"].combine_chunks()
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    reader, found = pa.ipc.open_file(pa.py_buffer(mapped)), []
    for number in range(reader.num_record_batches):
        found.append(_search_batch(reader.get_batch(number), keys, names))
        mapped.madvise(mmap.MADV_DONTNEED)  # or all of the table would count as this process's
    return pa.Table.from_batches(found, schema=reader.schema)


def _search_batch(batch: Any, keys: npt.NDArray[np.uint32], names: Any) -> Any:
    rows = batch["key"].to_numpy()
    first = np.searchsorted(keys, rows[0], "left")
    last = np.searchsorted(keys, rows[-1], "right")
    starts, ends = (np.searchsorted(rows, keys[first:last], side) for side in ("left", "right"))
    sizes = ends - starts
    # row numbers [start, end) of each key, one behind the other, and whose they are
    places = np.arange(sizes.sum()) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    owners = np.repeat(np.arange(first, last), sizes)
    some = batch.take(pa.array(places))
    return some.filter(pc.equal(some["name"], names.take(pa.array(owners))))
