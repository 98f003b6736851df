"""Join the pages, redirects and anchors of all units, sorted, in bounded memory."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.database import connect, explain_limits
from pipeline.io import ROW_GROUP, atomic_file

QUERIES = {
    "pages": (
        "SELECT page_id, title, disambiguation FROM rows "
        "QUALIFY row_number() OVER (PARTITION BY title ORDER BY filename, file_row_number) = 1 "
        "AND row_number() OVER (PARTITION BY page_id ORDER BY filename, file_row_number) = 1 "
        "ORDER BY page_id"
    ),
    "redirects": (
        "SELECT title, target FROM rows "
        "QUALIFY row_number() OVER (PARTITION BY title ORDER BY filename, file_row_number) = 1 "
        "ORDER BY title"
    ),
    # no GROUP BY: DuckDB sorts any number of rows on disk, but could not group 36 million under a
    # limit of 0.5 GB
    "anchors": "SELECT surface, target, count FROM rows ORDER BY surface, target",
}
BATCH = 64 * ROW_GROUP


def merge_sides(table: str, files: Sequence[Path], schema: pa.Schema, path: Path) -> int:
    """Write one of the tables of `QUERIES`, of all units, as one Parquet file; return its rows.

    The anchors of a full dump do not fit in memory, so nothing here holds all of them.

    Raises:
        InputError: DuckDB lacks memory or disk.
    """
    number = 0
    spill = path.parent.parent / "duckdb"
    with (
        explain_limits(spill),
        connect(None, spill=spill) as connection,
        atomic_file(path) as temporary,
    ):
        sources = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        connection.execute(
            f"CREATE VIEW rows AS FROM read_parquet([{sources}], "
            "filename = true, file_row_number = true)"
        )
        batches = connection.sql(QUERIES[table]).to_arrow_reader(BATCH)
        tables = (pa.Table.from_batches([batch]).cast(schema) for batch in batches)
        with pq.ParquetWriter(
            temporary,
            schema,
            compression="zstd",
            compression_level=3,
            use_dictionary=False,
            write_statistics=False,
        ) as writer:
            for rows in _cut(add_up(tables) if table == "anchors" else tables):
                number += rows.num_rows
                writer.write_table(rows, row_group_size=BATCH)
    return number


def add_up(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Add up the counts of rows with the same surface and target, which come one after the other.

    Args:
        tables: Parts of a table with the columns `surface`, `target` and `count`.
    """
    last: pa.Table | None = None  # of the rows before, the last: more may follow of its names
    for part in filter(len, tables):
        rows = part if last is None else pa.concat_tables([last, part])
        names = [rows[name].combine_chunks() for name in ("surface", "target")]
        changes = [pc.not_equal(column[1:], column[:-1]).to_numpy(False) for column in names]
        starts = np.flatnonzero(np.concatenate([[True], changes[0] | changes[1]]))
        counts = np.add.reduceat(rows["count"].to_numpy(), starts)
        columns = [*(column.take(pa.array(starts)) for column in names), pa.array(counts)]
        rows = pa.Table.from_arrays(columns, schema=part.schema)
        last = rows.slice(len(rows) - 1)
        yield rows.slice(0, len(rows) - 1)
    if last is not None:
        yield last


def _cut(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the same rows in tables of `BATCH`, and the rest in one, if there is a rest."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        while sum(map(len, held)) >= BATCH:
            rows = pa.concat_tables(held)
            yield rows.slice(0, BATCH)
            held = [rows.slice(BATCH)]
    if any(map(len, held)):
        yield pa.concat_tables(held)
