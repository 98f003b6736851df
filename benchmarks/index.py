"""Speed of `index` against its floors, in one run on the same bytes.

    .venv/bin/python -m benchmarks.index [--dump FILE] [--rounds 3] [--claims 5000000 20000000]

Prints MB of JSON per second of one process (CPU time) for decompression alone, with the compiled
scan, with a typed decoder in its place (what the scan refuses goes there), and for the stage's
work, from gzip and from bzip2; then the load into DuckDB, the size of the index by table, and the
peak of memory of loading random claims under a limit of 1 GB (--rounds 0: only these). Rounds are
interleaved and the best of each counts, because other work on the machine slows them by turns.
Ranges of bzip2 are those of a large dump.

The excerpt's entities have 1.4 kB on average, those of the full dump 14 kB: so its entities above
8 kB are measured apart, and with so many small ones among them that the mean is the dump's.
"""

import argparse
import bz2
import gzip
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import numpy as np

from pipeline.entities.blocks import BZIP2_RANGE, read_range, split_file
from pipeline.entities.extract import ExtractTask, extract
from pipeline.entities.parts import TABLES, PartWriter
from pipeline.entities.store import build_index
from pipeline.entities.wikidata import EntityDecoder
from pipeline.settings import read_setting

DUMP = "data/wiki/wikidata-excerpt.json.bz2"
LARGE = 8_000  # bytes of a line
MEAN = 14_000  # of the full dump
ENOUGH = 100_000_000  # bytes of text to measure


def decompress(path: Path) -> int:
    """Read a dump and do nothing with it."""
    return sum(
        len(lines)
        for part in split_file(path, bzip2_range=BZIP2_RANGE)
        for lines in read_range(part)
    )


def decompress_plainly(path: Path) -> int:
    """Decompress a bzip2 file with Python's module, as a floor."""
    return len(bz2.decompress(path.read_bytes()))


def scan(path: Path) -> int:
    """Read a dump and scan it for items."""
    from pipeline.entities.items import ItemScanner  # its memory would count in the load's

    scanner, number = ItemScanner(language="en", wiki="enwiki"), 0
    for part in split_file(path, bzip2_range=BZIP2_RANGE):
        for lines in read_range(part):
            number += len(scanner.scan(lines).names)
    return number


def decode(path: Path) -> int:
    """Read a dump and decode its entities."""
    decoder, number = EntityDecoder(language="en", wiki="enwiki"), 0
    for part in split_file(path, bzip2_range=BZIP2_RANGE):
        for lines in read_range(part):
            number += sum(map(len, decoder.decode_lines(lines, {})))
    return number


def extract_all(path: Path, folder: Path) -> int:
    """Write the tables of a dump."""
    shutil.rmtree(folder, ignore_errors=True)
    claims = 0
    for number, part in enumerate(split_file(path, bzip2_range=BZIP2_RANGE)):
        task = ExtractTask(part, path, part.start, folder / str(number), "en", "enwiki")
        claims += extract(task)["claims"]
    return claims


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dump", type=Path, default=Path(read_setting("ERICA_SHARED")) / DUMP)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--claims", type=int, nargs="*", default=[5_000_000, 20_000_000])
    options = parser.parse_args()
    if options.rounds:
        measure_dump(options.dump, options.rounds)
    for number in options.claims:
        with tempfile.TemporaryDirectory() as name:
            load_many(Path(name), number)


def measure_dump(dump: Path, rounds: int) -> None:
    """Print speeds on the entities of a dump, and what its index takes."""
    text = bz2.decompress(dump.read_bytes())
    large, mixed = choose_entities(text)
    texts = {"all entities": text, "mean of the dump": mixed, "large entities": large}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label, data in texts.items():
            data *= max(ENOUGH // len(data), 1)
            gz, bz = folder / "dump.json.gz", folder / "dump.json.bz2"
            gz.write_bytes(gzip.compress(data, 6))
            bz.write_bytes(bz2.compress(data, 9))
            runs: dict[str, Callable[[], int]] = {
                "gzip alone": partial(decompress, gz),
                "gzip and scan": partial(scan, gz),
                "gzip and decoder": partial(decode, gz),
                "extract from gzip": partial(extract_all, gz, folder / "parts"),
                "bzip2 alone (module)": partial(decompress_plainly, bz),
                "bzip2 alone (blocks)": partial(decompress, bz),
                "extract from bzip2": partial(extract_all, bz, folder / "parts"),
            }
            best = measure(runs, rounds)
            print(f"{label}: {len(data) / 1e6:.0f} MB, {len(data) // data.count(10)} bytes each")
            for run, seconds in best.items():
                print(f"  {run:22} {len(data) / 1e6 / seconds:7.0f} MB/s")
            ratio = best["extract from bzip2"] / best["bzip2 alone (module)"]
            print(f"  extract from bzip2 / bzip2 alone: {ratio:.2f}")
        load(dump, folder)


def choose_entities(text: bytes) -> tuple[bytes, bytes]:
    """Return the lines of large entities, and these with small ones among them (see above)."""
    lines = [line for line in text.splitlines(keepends=True) if line.startswith(b"{")]
    large = [line for line in lines if len(line) > LARGE]
    small = [line for line in lines if len(line) <= LARGE]
    surplus = sum(map(len, large)) - MEAN * len(large)
    number = round(surplus / (MEAN - sum(map(len, small)) / len(small)))
    random = np.random.default_rng(0)
    mixed = [*large, *(small[at] for at in random.integers(len(small), size=number))]
    return b"".join(large), b"".join(mixed[at] for at in random.permutation(len(mixed)))


def load(dump: Path, folder: Path) -> None:
    """Load the tables into DuckDB and print time and size."""
    claims = extract_all(dump, folder / "parts")
    before = time.process_time()
    build_index(folder / "parts", folder / "index.duckdb", folder / "spill")
    seconds = time.process_time() - before
    size = (folder / "index.duckdb").stat().st_size
    print(f"load: {claims / seconds / 1e6:.1f} M claims/s")
    print(f"index: {size / claims:.1f} bytes per claim with all tables, of which")
    for table in TABLES:  # each in a file of its own: a block of 256 kB holds one table only
        path = folder / f"{table}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"ATTACH '{folder / 'index.duckdb'}' AS whole (READ_ONLY)")
            connection.execute(f"CREATE TABLE {table} AS FROM whole.{table}")
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        print(f"  {table:16} {rows:9} rows, {path.stat().st_size / claims:.1f} bytes per claim")


def load_many(folder: Path, number: int) -> None:
    """Load random claims, 20 an item, under a limit of 1 GB; print the peak and the size."""
    random = np.random.default_rng(0)
    step = 1_000_000
    for part, first in enumerate(range(0, number, step)):
        step = min(step, number - first)
        heads = (first + np.arange(step)) // 20 + 1
        # tails as in Wikidata: a few are those of very many claims
        tails = (number // 20 * random.random(step) ** 8).astype(np.int64) + 1
        properties = (900 * random.random(step) ** 4).astype(np.int64) + 1
        with PartWriter(folder / "parts" / str(part)) as writer:
            writer.write("claims", [heads, properties, tails, np.ones(step), np.ones(step, bool)])
            items = np.unique(heads)
            writer.write("items", [items, [f"item {item}" for item in items.tolist()]])
    os.environ["ERICA_MEMORY_GB"] = "1"
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        peak = pool.apply(build_and_weigh, (folder,))
    size = (folder / "index.duckdb").stat().st_size
    print(
        f"{number / 1e6:.0f} M random claims under a limit of 1 GB: peak {peak:.0f} MB, "
        f"{size / number:.1f} bytes per claim with the labels"
    )


def build_and_weigh(folder: Path) -> float:
    """Build the index in this process; return its peak memory in MB."""
    build_index(folder / "parts", folder / "index.duckdb", folder / "spill")
    return read_peak()


def read_peak() -> float:
    """Return the peak of this process in MB; a child's ru_maxrss starts with its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure(runs: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """Return the fewest CPU seconds of each run."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            before = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - before)
    return best


if __name__ == "__main__":
    main()
