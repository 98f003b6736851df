"""What each data stage costs on a project's own data: by core, by two workers, in memory.

    python -m benchmarks.stages --project FOLDER [--stages parse,link] [--rates rates.json]
        [--copies 4] [--rounds 3]
    python -m benchmarks.stages --growth 1,10,100 [--pages 300]

The first form runs the stages of a project that `dvc repro` has been through (a scratch copy:
their outputs are written anew) as DVC does, as processes, and prints seconds, processor seconds,
units per second and core, and the largest process; --copies: as if there were so many times as
many shards, and files of Wikidata; --rounds: the numbers of workers by turns, and the fastest run
of each, because other work on the machine slows them. The second makes worlds of growing size
(pipeline/sample) and prints the same per page: flat numbers mean that a full dump costs its size.

A unit is what the stage reads: of parse a MB of XML, of index a MB of JSON, else a document.
"""

import argparse
import itertools
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.pretrain import ROOT
from pipeline.io import shard_name, write_json

SHARDED = ("parse", "ner", "link", "annotate")
STAGES = ("parse", "index", "ner", "link", "heldout", "annotate", "shard")


def run_stage(project: Path, stage: str, workers: int) -> tuple[float, float, float]:
    """Run a stage; return wall seconds, processor seconds and MB of the largest process."""
    environment = dict(
        os.environ, PYTHONPATH=str(ROOT), ERICA_WORKERS=str(workers), OMP_NUM_THREADS="1"
    )
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = ["/usr/bin/time", "-f", "%M", "-o", str(project / "peak"), sys.executable, "-m"]
    subprocess.run(
        [*command, f"stages.{stage}"],
        cwd=project,
        env=environment,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, int((project / "peak").read_text().split()[-1]) / 1024


def count_units(project: Path, stage: str) -> tuple[float, str]:
    """Return how much a stage reads, and the unit."""
    if stage == "parse":
        return _dump_size(project, "wikipedia"), "MB"
    if stage == "index":
        return _dump_size(project, "wikidata"), "MB"
    shards = (project / "data" / "parse").glob("shard_*.parquet")
    return float(sum(pq.read_metadata(shard).num_rows for shard in shards)), "documents"


def _dump_size(project: Path, kind: str) -> float:
    """Return the MB of a dump, decompressed."""
    import bz2
    import gzip

    openers = {".bz2": bz2.open, ".gz": gzip.open}
    total = 0
    for path in sorted((project / "data" / "fetch" / kind).iterdir()):
        if "index" in path.name:
            continue
        with openers.get(path.suffix, open)(path, "rb") as stream:
            while chunk := stream.read(1 << 22):
                total += len(chunk)
    return total / 1e6


def repeat_project(project: Path, copies: int, folder: Path) -> None:
    """Make a project of links in which all shards and all files of Wikidata occur several times."""
    (folder / "data" / "fetch").mkdir(parents=True)
    for name in ("params.yaml", "presets"):
        (folder / name).symlink_to(project / name)
    for path in sorted((project / "data").iterdir()):
        target = folder / "data" / path.name
        if path.name in SHARDED:
            shards = sorted(path.glob("shard_*.parquet"))
            target.mkdir()
            for number, shard in enumerate(shards * copies):
                (target / shard_name(number)).symlink_to(shard)
            for other in set(path.iterdir()) - set(shards):
                (target / other.name).symlink_to(other)
        elif path.name not in ("fetch", "reports"):
            target.symlink_to(path)
    for path in sorted((project / "data" / "fetch").iterdir()):
        target = folder / "data" / "fetch" / path.name
        if path.name == "wikidata":
            target.mkdir()
            for copy, file in itertools.product(range(copies), path.glob("[!.]*")):
                (target / f"{copy}_{file.name}").symlink_to(file)
        else:
            target.symlink_to(path)


def measure_project(
    project: Path, stages: list[str], workers: list[int], rounds: int, rates: Path
) -> None:
    """Print a line per stage and number of workers; write the rates of the first to a file."""
    found = {}
    for stage in stages:
        units, unit = count_units(project, stage)
        runs: dict[int, list[tuple[float, float, float]]] = {number: [] for number in workers}
        for _, number in itertools.product(range(rounds), workers):
            runs[number].append(run_stage(project, stage, number))
        best = {number: min(several) for number, several in runs.items()}
        first, core_seconds, megabytes = best[workers[0]]
        size = sum(f.stat().st_size for f in (project / "data" / stage).rglob("*")) / 1e6
        found[stage] = {
            "unit": unit,
            "units": units,
            "core_seconds": core_seconds,
            "mb": megabytes,
            "disk_mb": size,
        }
        for number, (wall, cpu, peak) in best.items():
            all_walls = ", ".join(f"{seconds:.1f}" for seconds, _, _ in runs[number])
            print(
                f"{stage:9} {number} workers: {wall:7.1f} s ({all_walls}), processor {cpu:7.1f} s, "
                f"{units / cpu:9.1f} {unit} per core second, {peak:5.0f} MB, "
                f"{first / wall:.2f} x the first",
                flush=True,
            )
    write_json(rates, found)


def measure_growth(factors: list[int], pages: int, stages: list[str]) -> None:
    """Print processor milliseconds per page and memory of each stage, for worlds that grow."""
    for factor in factors:
        number = pages * factor
        with tempfile.TemporaryDirectory() as name:
            project = Path(name)
            for folder in ("params.yaml", "presets"):
                source = ROOT / folder
                (shutil.copytree if source.is_dir() else shutil.copy)(source, project / folder)
            params = (project / "params.yaml").read_text("utf-8")
            params = params.replace("pages: 600", f"pages: {number}")
            params = params.replace("items: 3000", f"items: {5 * number}")
            (project / "params.yaml").write_text(params, "utf-8")
            run_stage(project, "fetch", 2)
            for stage in stages:
                _, cpu, peak = run_stage(project, stage, 2)
                print(
                    f"{factor:4}x {number:7} pages  {stage:9} {1e3 * cpu / number:8.2f} ms a page, "
                    f"{peak:5.0f} MB",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--project", type=Path)
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--copies", type=int, default=1, help="of the shards and of Wikidata")
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--rounds", type=int, default=1, help="of which the fastest counts")
    parser.add_argument("--rates", type=Path, default=Path("rates.json"), help="file to write")
    parser.add_argument("--growth", default="")
    parser.add_argument("--pages", type=int, default=300, help="of the smallest world")
    options = parser.parse_args()
    stages = options.stages.split(",")
    if options.growth:
        measure_growth([int(f) for f in options.growth.split(",")], options.pages, stages)
    elif options.rounds < 1:
        parser.error("--rounds: must be at least 1")
    elif options.copies > 1 and "parse" in stages:
        parser.error("--copies: name other --stages than parse, which leaves out pages seen before")
    elif options.project:
        workers = [int(number) for number in options.workers.split(",")]
        project, rates = options.project.resolve(), options.rates.resolve()
        with tempfile.TemporaryDirectory() as name:
            if options.copies > 1:
                repeat_project(project, options.copies, Path(name))
                project = Path(name)
            measure_project(project, stages, workers, options.rounds, rates)
    else:
        parser.error("give --project or --growth")


if __name__ == "__main__":
    main()
