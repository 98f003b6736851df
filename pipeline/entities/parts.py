"""The rows of the index as Parquet files: one folder per range of a dump, one file per table."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.io import atomic_file

TABLES = {
    "items": pa.schema([("item", pa.uint32()), ("label", pa.string())]),
    "aliases": pa.schema([("item", pa.uint32()), ("alias", pa.string())]),
    "demonyms": pa.schema([("item", pa.uint32()), ("demonym", pa.string())]),
    "sitelinks": pa.schema([("item", pa.uint32()), ("title", pa.string())]),
    "claims": pa.schema(
        [
            ("head", pa.uint32()),
            ("property", pa.uint16()),
            ("tail", pa.uint32()),
            ("rank", pa.uint8()),
            ("best", pa.bool_()),
        ]
    ),
    "properties": pa.schema(
        [
            ("property", pa.uint16()),
            ("name", pa.string()),
            ("datatype", pa.string()),
            ("inverse", pa.uint16()),
            ("symmetric", pa.bool_()),
        ]
    ),
    "property_aliases": pa.schema([("property", pa.uint16()), ("alias", pa.string())]),
}


class PartWriter:
    """Appends rows to `<folder>/<table>.parquet`; the files appear whole, when the block ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = contextlib.ExitStack()
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> "PartWriter":
        return self

    def __exit__(self, *error: Any) -> None:
        for table in TABLES if error[0] is None else ():
            self._open(table)  # a table without rows has a file too
        for writer in self._writers.values():
            writer.close()
        self._files.__exit__(*error)

    def _open(self, table: str) -> Any:
        if table not in self._writers:
            path = self._files.enter_context(atomic_file(self._folder / f"{table}.parquet"))
            self._writers[table] = pq.ParquetWriter(  # dictionaries would take twice the time
                path,
                TABLES[table],
                compression="lz4",
                use_dictionary=False,
                write_statistics=False,
            )
        return self._writers[table]

    def write(self, table: str, columns: Sequence[Any]) -> None:
        """Append rows, given as one list or array per column."""
        schema = TABLES[table]
        pairs = zip(columns, schema, strict=True)
        arrays = [pa.array(values, field.type) for values, field in pairs]
        self._open(table).write_table(pa.Table.from_arrays(arrays, schema=schema))
