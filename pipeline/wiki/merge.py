"""Join the pages, redirects and anchors of all units, sorted, in bounded memory."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.io import ROW_GROUP, atomic_file
from pipeline.settings import memory_limit_gb

QUERIES = {
    "pages": "SELECT page_id, title, disambiguation FROM rows ORDER BY page_id, title",
    "redirects": "SELECT DISTINCT title, target FROM rows ORDER BY title, target",
    "anchors": (
        "SELECT surface, target, sum(count)::BIGINT AS count FROM rows GROUP BY ALL "
        "ORDER BY surface, target"
    ),
}
BATCH = 64 * ROW_GROUP


def merge_sides(files: Sequence[Path], query: str, schema: pa.Schema, path: Path) -> int:
    """Write the result of `query` over the rows of `files` as one Parquet file; return its rows.

    DuckDB sorts on disk beyond its memory limit: the anchors of a full dump do not fit.
    """
    number = 0
    with duckdb.connect() as connection, atomic_file(path) as temporary:
        connection.execute(f"SET memory_limit = '{memory_limit_gb()}GB'")
        connection.execute("SET temp_directory = ?", [str(path.parent.parent / "duckdb")])
        sources = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        connection.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet([{sources}])")
        batches = connection.sql(query).to_arrow_reader(BATCH)
        with pq.ParquetWriter(
            temporary,
            schema,
            compression="zstd",
            compression_level=3,
            use_dictionary=False,
            write_statistics=False,
        ) as writer:
            for batch in batches:
                number += batch.num_rows
                table = pa.Table.from_batches([batch]).cast(schema)
                writer.write_table(table, row_group_size=BATCH)
    return number
