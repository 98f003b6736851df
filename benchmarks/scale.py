"""What the full dumps would take: hours by cores, memory and disk, from measured rates.

    python -m benchmarks.stages --project FOLDER --workers 1 --rates rates.json
    python -m benchmarks.scale rates.json

Every stage maps a function over shards, so hours are core seconds per unit, times units, divided by
cores; what a stage does in one process (a few seconds for each here) is in its core seconds. How
many documents a MB of wikitext gives is taken from the measured project, too.
"""

import argparse
from pathlib import Path

from pipeline.io import read_json

XML_MB = 100_000  # enwiki pages-articles, 25 GB of bz2
JSON_MB = 1_600_000  # wikidata-all.json, 110 million items
CORES = (2, 16, 64, 256)


def main() -> None:
    """Print one line per stage, and their sum."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rates", type=Path)
    rates = read_json(parser.parse_args().rates)
    documents = rates["link"]["units"] / rates["parse"]["units"] * XML_MB
    print(f"{documents / 1e6:.1f} million documents of 128 words and more")
    heads = "".join(f"{f'{cores} cores':>12}" for cores in CORES)
    print(f"{'stage':9} {'core hours':>11}{heads}   MB a process   GB on disk")
    total = 0.0
    for stage, rate in rates.items():
        units = {"parse": XML_MB, "index": JSON_MB}.get(stage, documents)
        hours = rate["core_seconds"] / rate["units"] * units / 3600
        total += hours
        disk = rate["disk_mb"] / rate["units"] * units / 1e3
        cells = "".join(f"{hours / cores:11.1f}h" for cores in CORES)
        print(f"{stage:9} {hours:11.1f}{cells} {rate['mb']:14.0f} {disk:12.1f}")
    cells = "".join(f"{total / cores:11.1f}h" for cores in CORES)
    print(f"{'all':9} {total:11.1f}{cells}")


if __name__ == "__main__":
    main()
