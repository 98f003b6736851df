"""Join the pages, redirects and anchors of all units, sorted, in bounded memory."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
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
    "anchors": (
        "SELECT surface, target, sum(count)::BIGINT AS count FROM rows GROUP BY ALL "
        "ORDER BY surface, target"
    ),
}
BATCH = 64 * ROW_GROUP


def merge_sides(files: Sequence[Path], query: str, schema: pa.Schema, path: Path) -> int:
    """Write the result of `query` over the rows of `files` as one Parquet file; return its rows.

    The anchors of a full dump do not fit in memory, so nothing here holds all of them.
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
