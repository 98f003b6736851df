"""Map a function over shards, resumable by shard: on this machine, on a cluster, in array jobs.

The function gets one picklable task, writes its own output files whole or not at all, and returns
counts. A marker with the counts is written afterwards, so a shard with a marker is done. Paths
travel between processes, never data.
"""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import ShareDoneError
from pipeline.io import read_json, write_json
from pipeline.pools import Pool, open_pool, open_processes
from pipeline.progress import Counts, Progress, add_counts
from pipeline.scratch import reach
from pipeline.settings import array_share, num_workers

T = TypeVar("T")


def map_shards(
    work: Callable[[T], Counts],
    tasks: Sequence[tuple[str, T]],
    *,
    markers: Path,
    label: str,
    more: bool = False,
    pool: Pool | None = None,
) -> Counts:
    """Run `work` on each task that has no marker yet; return the sum of all counts.

    Args:
        work: A module-level function: it is sent to worker processes by name.
        tasks: Name and argument of each shard. Names are stable between runs.
        markers: Folder of the markers, inside the stage's scratch folder.
        label: The stage, for the progress line and the failpoint `<label>.shard`.
        more: The stage maps again over what comes of these tasks.
        pool: Where the tasks run; by default one that is opened for them.

    Raises:
        InputError: A worker died, or raised it.
        ShareDoneError: With `--shard i/n`, when this job's tasks are done; with `more` it goes on
            if those of all jobs are.
    """
    markers.mkdir(parents=True, exist_ok=True)
    left, share = find_left([name for name, _ in tasks], markers), array_share()
    todo = [(name, task) for name, task in tasks if name in left]
    with Progress(label, len(todo) if share else len(tasks), "shards") as progress:
        progress.advance(progress.total - len(todo))
        with contextlib.nullcontext(pool) if pool else open_pool(label, len(todo)) as chosen:
            waiting: dict[Any, str] = {}
            for name, task in todo:
                waiting[chosen.submit(work, task)] = name
                while len(waiting) >= chosen.in_flight:
                    _collect(chosen, waiting, markers, label, progress)
            while waiting:
                _collect(chosen, waiting, markers, label, progress)
    if share:
        done = sum(_marker(markers, name).exists() for name, _ in tasks)
        if not more or done < len(tasks):
            then = "submit the same jobs again" if more else "run the stage without --shard"
            raise ShareDoneError(
                f"{label}: share {share[0]}/{share[1]} is done ({len(todo)} shards now; {done} of "
                f"{len(tasks)} in all); when all jobs have ended, {then}"
            )
    total: Counts = {}
    for name, _ in tasks:
        add_counts(total, read_json(_marker(markers, name)))
    return total


def find_left(names: Sequence[str], markers: Path) -> set[str]:
    """Return the tasks without a marker, of those that this array job does."""
    number, jobs = array_share() or (1, 1)
    return {name for name in names[number - 1 :: jobs] if not _marker(markers, name).exists()}


def _collect(
    pool: Pool, waiting: dict[Any, str], markers: Path, label: str, progress: Progress
) -> None:
    for handle, counts in pool.wait(list(waiting)):
        _finish(markers, waiting.pop(handle), counts, label)
        progress.advance()


def map_stream(
    work: Callable[[T], Counts],
    tasks: Iterable[tuple[str, T]],
    *,
    markers: Path,
    label: str,
    in_flight: int,
    release: Callable[[T], None],
) -> Counts:
    """Do as `map_shards` for tasks that are made one by one, each from what the last one left.

    They come from one stream, so array jobs cannot divide them, each would read all of it: the run
    without a share does them. Nor does Ray: a few processors keep up with one stream, and its
    blocks, cut anew in scratch, would all cross the network.

    Args:
        work: A module-level function.
        tasks: Name and argument of each task, the same in every run.
        markers: Folder of the markers.
        label: The stage, for the failpoints.
        in_flight: Tasks that exist at a time.
        release: Called here with each task that is done: it may be made anew.

    Raises:
        InputError: A worker died, or raised it.
        ShareDoneError: With `--shard i/n`.
    """
    if array_share():
        raise ShareDoneError(
            f"{label}: one stream cannot be shared; when all jobs have ended, run the stage "
            "without --shard"
        )
    markers.mkdir(parents=True, exist_ok=True)
    total: Counts = {}
    with open_processes(label, num_workers()) as pool:
        running: dict[Any, tuple[str, T]] = {}

        def finish(number: int) -> None:
            while pool is not None and len(running) > number:
                for handle, counts in pool.wait(list(running)):
                    name, task = running.pop(handle)
                    _finish(markers, name, counts, label)
                    release(task)

        names = []
        for name, task in tasks:
            names.append(name)
            if _marker(markers, name).exists():
                release(task)
            elif pool is None:
                _finish(markers, name, work(task), label)
                release(task)
            else:
                running[pool.submit(work, task)] = (name, task)
                finish(in_flight - 1)
        finish(0)
    for name in names:
        add_counts(total, read_json(_marker(markers, name)))
    return total


def _marker(markers: Path, name: str) -> Path:
    return markers / f"{name}.json"


def _finish(markers: Path, name: str, counts: Counts, label: str) -> None:
    reach(f"{label}.marker")
    write_json(_marker(markers, name), counts)
    reach(f"{label}.shard")
