"""The Wikidata index: a DuckDB file built from extracted parts, then only read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import require
from pipeline.database import connect, explain_limits
from pipeline.entities.parts import TABLES
from pipeline.errors import InputError
from pipeline.progress import Counts

SQL = Path(__file__).with_name("store.sql")
REPEATS_SQL = Path(__file__).with_name("repeats.sql")


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexConfig:
    """Which names and pages the index holds."""

    language: str  # Wikidata's code: en, de, zh-hans
    wiki: str  # the wiki's id in sitelinks: enwiki, dewiki

    def __post_init__(self) -> None:
        require(self.language != "", "language: must name a language such as en, got ''")
        require(self.wiki != "", "wiki: must name a wiki such as enwiki, got ''")


def build_index(parts: Path, path: Path, spill: Path) -> Counts:
    """Load the extracted tables, sorted, into a new DuckDB file.

    Returns the rows of each table, and how many entities came more than once (`repeated`).

    Args:
        parts: Folder of folders with one Parquet file per table.
        path: The file to write; the caller moves it to its place.
        spill: Folder for what exceeds the memory limit (ERICA_MEMORY_GB).

    Raises:
        InputError: There is no item in the parts.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with explain_limits(spill), connect(path, spill=spill) as connection:
        for table in TABLES:
            files = str(parts / "*" / f"{table}.parquet").replace("'", "''")
            connection.execute(
                f"CREATE TEMP VIEW part_{table} AS FROM read_parquet('{files}');"
                f"CREATE TEMP VIEW read_{table} AS FROM part_{table}"
            )
        repeated = _count(connection, "part_items", "count(*) - count(DISTINCT item)")
        repeated += _count(connection, "part_properties", "count(*) - count(DISTINCT property)")
        if repeated:
            connection.execute(REPEATS_SQL.read_text("utf-8"))
        connection.execute(SQL.read_text("utf-8"))
        counts = {name: _count(connection, name, "count(*)") for name in TABLES}
        connection.execute("CHECKPOINT")
    if not counts["items"]:
        raise InputError("no item in the Wikidata dump; fetch.wikidata must name JSON entity dumps")
    return {"repeated": repeated, **counts}


def summarize(extracted: Counts, rows: Counts) -> dict[str, Counts]:
    """Return the report: what was in the dump, what became of it, and the rows of the tables."""
    skipped = {name: n for name, n in sorted(extracted.items()) if name.startswith("skipped_")}
    entities = {name: extracted[name] for name in ("items", "properties")}
    lost = ("without_item", "deprecated", "repeated")
    tables = {name: number for name, number in rows.items() if name != "repeated"}
    return {
        "entities": {
            "in": sum(entities.values()) + sum(skipped.values()),
            **entities,
            **skipped,
            "repeated": rows["repeated"],
        },
        "statements": {
            "in": extracted["statements"],
            "claims": extracted["claims"],
            **{name: extracted[f"statements_{name}"] for name in lost},
        },
        "tables": tables,
    }


def _count(connection: Any, table: str, expression: str) -> int:
    (number,) = connection.execute(f"SELECT {expression} FROM {table}").fetchone()
    return int(number)
