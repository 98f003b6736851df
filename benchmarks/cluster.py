"""What a cluster costs: overhead of Ray over local processes, and a stage with a killed worker.

    python -m benchmarks.cluster                  # overhead, on a two-node cluster of this machine
    python -m benchmarks.cluster --project FOLDER --stage ner

Overhead: shards that sleep, so that what is beyond their sleep is the pool's. Stage: one local
process, then the two nodes, where a worker is killed after the first shard; are the bytes
the same? The project is a copy that `dvc repro` has been through: the stage's output is made anew.
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.executor import map_shards

SLEEP = 0.05


def sleep(_: Path) -> dict[str, int]:
    time.sleep(SLEEP)
    return {"shards": 1}


@contextlib.contextmanager
def two_nodes() -> Iterator[None]:
    """Run a Ray cluster of two nodes on this machine, and name it in RAY_ADDRESS."""
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    head = {"num_cpus": 1, "object_store_memory": 10**8, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    try:
        cluster.add_node(num_cpus=1, object_store_memory=10**8)
        os.environ["RAY_ADDRESS"] = cluster.address
        yield
    finally:
        cluster.shutdown()


def measure_overhead(shards: int) -> None:
    """Print what two workers need for sleeping shards, first and once the workers are there."""
    os.environ["ERICA_WORKERS"] = "2"
    with two_nodes():
        for executor in ("local", "ray"):
            os.environ["ERICA_EXECUTOR"] = executor
            few, many = (_seconds(number) for number in (2, 2 + shards))
            each = (many - few) / shards - SLEEP / 2
            print(f"{executor}: {few - SLEEP:.1f} s to start, {1000 * each:.1f} ms a shard")


def compare(project: Path, stage: str) -> None:
    """Print seconds and output of a stage, local and on two nodes with a killed worker."""
    with two_nodes():
        found = []
        for executor in ("local", "ray"):
            shutil.rmtree(project / "data" / stage, ignore_errors=True)
            start = time.perf_counter()
            killed = _run(project, stage, executor)
            seconds = time.perf_counter() - start
            files = sorted(p for p in (project / "data" / stage).rglob("*") if p.is_file())
            files.append(project / f"data/reports/{stage}.json")
            digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
            found.append(digest)
            print(
                f"{stage}, {executor}: {seconds:.1f} s, {len(files)} files, {digest[:16]}{killed}"
            )
        print("the same bytes" if found[0] == found[1] else "other bytes")


def _run(project: Path, stage: str, executor: str) -> str:
    """Run a stage to its end; under Ray, kill a worker when the first shard is done."""
    done = f".scratch/{stage}/*/markers/*.json"
    process = subprocess.Popen(
        [sys.executable, "-m", f"stages.{stage}"],
        cwd=project,
        env=dict(os.environ, ERICA_EXECUTOR=executor, ERICA_WORKERS="1", OMP_NUM_THREADS="1"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    killed = ""
    while process.poll() is None:
        time.sleep(0.02)
        if executor == "local" or killed:
            continue
        if (shards := list(project.glob(done))) and (worker := _find_worker()):
            os.kill(worker, signal.SIGKILL)
            killed = f", a worker killed with {len(shards)} shards done"
    if process.returncode:
        sys.exit(f"stages.{stage} ended with {process.returncode}")
    return killed


def _find_worker() -> int | None:
    """Return the id of a process that is at a task on one of our nodes: Ray puts it in its name."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "cmdline").read_text().startswith("ray::_run_in_folder"):
                node = _parent(int(folder.name))
                if _parent(node) == os.getpid():
                    return int(folder.name)
    return None


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def _seconds(shards: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        tasks = [(str(number), Path(folder)) for number in range(shards)]
        start = time.perf_counter()
        map_shards(sleep, tasks, markers=Path(folder) / "markers", label="sleep")
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, default=200)
    parser.add_argument("--project", type=Path)
    parser.add_argument("--stage")
    arguments = parser.parse_args()
    if arguments.project:
        compare(arguments.project.resolve(), arguments.stage)
    else:
        measure_overhead(arguments.shards)


if __name__ == "__main__":
    main()
