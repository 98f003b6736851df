"""What a cluster costs: overhead of Ray over local processes, and hours of full dumps by cores.

    python -m benchmarks.cluster                  # overhead, on a two-node cluster of this machine
    python -m benchmarks.cluster --hours RATE...  # stage=units/rate, such as parse=100000/15.4

Overhead: shards that sleep, so that what is beyond their sleep is the pool's. Hours: units divided
by units per core second; a stage on n cores takes 1/n of it, as its shards share nothing.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from pipeline.executor import map_shards

CORES = (1, 16, 64, 256)
SLEEP = 0.05


def sleep(_: Path) -> dict[str, int]:
    time.sleep(SLEEP)
    return {"shards": 1}


def measure_overhead(shards: int) -> None:
    """Print what two workers need for sleeping shards, first and once the workers are there."""
    from ray.cluster_utils import Cluster

    os.environ.update(ERICA_WORKERS="2", RAY_USAGE_STATS_ENABLED="0")
    head = {"num_cpus": 1, "object_store_memory": 10**8, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    try:
        cluster.add_node(num_cpus=1, object_store_memory=10**8)
        os.environ["RAY_ADDRESS"] = cluster.address
        for executor in ("local", "ray"):
            os.environ["ERICA_EXECUTOR"] = executor
            few, many = (_seconds(number) for number in (2, 2 + shards))
            each = (many - few) / shards - SLEEP / 2
            print(f"{executor}: {few - SLEEP:.1f} s to start, {1000 * each:.1f} ms a shard")
    finally:
        cluster.shutdown()


def _seconds(shards: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        tasks = [(str(number), Path(folder)) for number in range(shards)]
        start = time.perf_counter()
        map_shards(sleep, tasks, markers=Path(folder) / "markers", label="sleep")
        return time.perf_counter() - start


def print_hours(costs: list[str]) -> None:
    """Print a row of hours for each `stage=units/rate`, and their sum."""
    print("| stage | units | per core second |" + "".join(f" {n} |" for n in CORES))
    print("|---" * (3 + len(CORES)) + "|")
    total = 0.0
    for cost in costs:
        stage, _, figures = cost.partition("=")
        units, rate = map(float, figures.split("/"))
        hours = units / rate / 3600
        total += hours
        print(f"| {stage} | {units:,.0f} | {rate:,.1f} |" + _cells(hours))
    print("| all | | |" + _cells(total))


def _cells(hours: float) -> str:
    return "".join(f" {hours / cores:,.2f} |" for cores in CORES)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, default=200)
    parser.add_argument("--hours", nargs="+", metavar="STAGE=UNITS/RATE")
    arguments = parser.parse_args()
    if arguments.hours:
        print_hours(arguments.hours)
    else:
        measure_overhead(arguments.shards)


if __name__ == "__main__":
    main()
