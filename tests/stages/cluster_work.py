"""What `test_cluster.py` has the workers of a Ray cluster do: they import it by name."""

import os
import time
from pathlib import Path

from pipeline.executor import map_shards


def work_slowly(path: Path) -> dict[str, int]:
    import ray

    node = ray.get_runtime_context().get_node_id()
    with path.with_suffix(".log").open("a") as log:
        log.write(f"{node}\n")
    time.sleep(0.5)
    path.write_text("x")
    return {"shards": 1}


def die(path: Path) -> dict[str, int]:
    with path.with_suffix(".log").open("a") as log:
        log.write("x")
    os.kill(os.getpid(), 9)
    return {}


def map_in(folder: Path, work, number: int) -> dict[str, int]:
    tasks = [(f"{i}", folder / f"{i}.txt") for i in range(number)]
    return map_shards(work, tasks, markers=folder / "done", label="work")
