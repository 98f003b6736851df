"""How fast the sample is made: pages and items per second, and what 100,000 pages would take.

    python -m benchmarks.sample --pages 5000

Prints one line per part. Processor time is what counts on a machine that others use, too: on free
cores the work takes this time divided by their number. Peak memory is that of the largest process.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from pipeline.sample import WorldConfig, write_wikidata, write_wikipedia
from pipeline.settings import num_workers

TARGET_PAGES, TARGET_SECONDS = 100_000, 180


def processor_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the sample generator.")
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=num_workers())
    options = parser.parse_args()
    os.environ["ERICA_WORKERS"] = str(options.workers)
    config = WorldConfig(seed=42, pages=options.pages, items=5 * options.pages)
    total = cores = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("wikipedia", write_wikipedia), ("wikidata", write_wikidata)):
            start, used = time.perf_counter(), processor_seconds()
            write(Path(folder), config)
            seconds, used = time.perf_counter() - start, processor_seconds() - used
            total += seconds
            cores += used
            print(
                f"{name}: {options.pages} pages in {seconds:.1f} s with {options.workers} workers, "
                f"{options.pages / seconds:.0f} pages/s; processor time {used:.1f} s"
            )
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    memory = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    times = TARGET_PAGES / options.pages
    print(
        f"both: {TARGET_PAGES} pages would take {total * times:.0f} s here, "
        f"{cores * times / options.workers:.0f} s on {options.workers} free cores "
        f"(goal {TARGET_SECONDS})"
    )
    print(f"written: {size / 1e6:.1f} MB; peak memory of a process: {memory / 1024:.0f} MB")


if __name__ == "__main__":
    main()
