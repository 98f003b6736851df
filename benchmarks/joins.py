"""Memory of what `parse` does at the end: joining the pages and anchors of all units.

    .venv/bin/python -m benchmarks.joins [--pages 300000 1000000 3000000] [--memory 0.25]

The tables are made up: six anchors a page, few names and targets taking most of them, 30,000 pages
a unit. Each join runs in a process of its own under a limit of DuckDB's memory (ERICA_MEMORY_GB);
printed is the peak of its memory, or that the limit was too low for DuckDB to sort on disk.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.index import read_peak
from pipeline.errors import InputError
from pipeline.io import write_table
from pipeline.wiki.corpus import SIDES
from pipeline.wiki.merge import merge_sides

UNIT = 30_000  # pages
ANCHORS = 6  # a page


def main() -> None:
    """Make the tables, join them, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, nargs="*", default=[300_000, 1_000_000, 3_000_000])
    parser.add_argument("--memory", default="0.25", help="DuckDB's limit in GB")
    options = parser.parse_args()
    os.environ["ERICA_MEMORY_GB"] = options.memory
    for number in options.pages:
        with tempfile.TemporaryDirectory() as name:
            files = make_sides(Path(name) / "sides", number)
            for table, paths in files.items():
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    found = pool.apply(join, (table, paths, Path(name)))
                limit = f"limit {options.memory} GB"
                print(f"{number:8} pages, {limit}: {table:8} {found}", flush=True)


def make_sides(folder: Path, number: int) -> dict[str, list[Path]]:
    """Write pages and anchors of units as `parse` does, and return their files."""
    random = np.random.default_rng(0)
    files: dict[str, list[Path]] = {"pages": [], "anchors": []}
    for first in range(0, number, UNIT):
        size = min(UNIT, number - first)
        pages = {
            "page_id": np.arange(first, first + size) + 1,
            "title": [f"Title of page {page}" for page in range(first, first + size)],
            "disambiguation": np.zeros(size, bool),
        }
        names, targets = (number * random.random((2, size * ANCHORS)) ** 3).astype(int).tolist()
        pairs = zip(names, targets, strict=True)
        anchors = sorted({(f"name {a}", f"Title of page {b}") for a, b in pairs})
        surfaces, titles = zip(*anchors, strict=True)
        rows = {
            "pages": list(pages.values()),
            "anchors": [surfaces, titles, np.ones(len(anchors), np.int64)],
        }
        for table, columns in rows.items():
            path = folder / f"{table}_{first:09d}.parquet"
            path.parent.mkdir(exist_ok=True)
            fields = zip(columns, SIDES[table], strict=True)
            arrays = [pa.array(values, field.type) for values, field in fields]
            write_table(path, pa.Table.from_arrays(arrays, schema=SIDES[table]))
            files[table].append(path)
    return files


def join(table: str, files: list[Path], folder: Path) -> str:
    """Join one table in this process; return rows, seconds and the peak of memory."""
    start = time.perf_counter()
    try:
        rows = merge_sides(table, files, SIDES[table], folder / "out" / f"{table}.parquet")
    except InputError:
        return f"not enough, {read_peak():5.0f} MB"
    return f"{rows:9} rows, {time.perf_counter() - start:5.1f} s, {read_peak():5.0f} MB"


if __name__ == "__main__":
    main()
