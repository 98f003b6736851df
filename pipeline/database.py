"""DuckDB under the limits of a run: how much memory, how many threads, where it spills."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import InputError
from pipeline.settings import memory_limit_gb, num_workers


def connect(path: Path | None, *, spill: Path, read_only: bool = False) -> Any:
    """Open a DuckDB file under the limits of this run.

    Args:
        path: The file; None for a database that is forgotten.
        spill: Folder for what exceeds the memory limit (ERICA_MEMORY_GB).
        read_only: The file must be there.

    Raises:
        InputError: The file is missing or no DuckDB file.
    """
    if read_only and path and not path.exists():
        raise InputError(f"{path}: not found; run `dvc repro`")
    spill.mkdir(parents=True, exist_ok=True)
    settings = {
        "memory_limit": limit_memory(memory_limit_gb()),
        "temp_directory": str(spill),
        "threads": num_workers(),
        "preserve_insertion_order": False,  # or a sort larger than memory cannot spill
    }
    try:
        connection = duckdb.connect(str(path or ":memory:"), read_only=read_only, config=settings)
        connection.execute("SET enable_progress_bar = false")  # it is drawn into log files too
        return connection
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"{path or spill}: not a usable database ({reason}); run `dvc repro`"
        ) from None


@contextlib.contextmanager
def explain_limits(spill: Path) -> Iterator[None]:
    """Turn DuckDB's want of memory or disk into a line that says what to do."""
    try:
        yield
    except (duckdb.Error, OSError) as error:  # an Arrow reader raises OSError for all of DuckDB's
        if "Out of Memory Error" in str(error):
            raise InputError(
                f"{spill}: DuckDB ran out of memory or of disk to spill to; raise "
                "ERICA_MEMORY_GB, or set ERICA_SCRATCH to a larger disk"
            ) from None
        if "No space left" in str(error):
            raise InputError(
                f"{spill}: no space left; set ERICA_SCRATCH to a larger disk"
            ) from None
        raise


def limit_memory(gigabytes: float) -> str:
    """Return a memory limit as DuckDB reads it: at least 1 MB."""
    return f"{max(round(1000 * gigabytes), 1)}MB"
