"""Map a function over shards: processes on this machine, resumable by shard.

The function gets one picklable task, writes its own output files whole or not at all, and returns
counts. A marker with the counts is written afterwards, so a shard with a marker is done. Paths
travel between processes, never data.
"""

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from pipeline.errors import InputError
from pipeline.io import read_json, write_json
from pipeline.progress import Counts, Progress, add_counts
from pipeline.scratch import reach
from pipeline.settings import num_workers

T = TypeVar("T")


def map_shards(
    work: Callable[[T], Counts], tasks: Sequence[tuple[str, T]], *, markers: Path, label: str
) -> Counts:
    """Run `work` on each task that has no marker yet; return the sum of all counts.

    Args:
        work: A module-level function: it is sent to worker processes by name.
        tasks: Name and argument of each shard. Names are stable between runs.
        markers: Folder of the markers, inside the stage's scratch folder.
        label: The stage, for the progress line and the failpoint `<label>.shard`.

    Raises:
        InputError: A worker died, or raised it.
    """
    markers.mkdir(parents=True, exist_ok=True)
    todo = [(name, task) for name, task in tasks if not _marker(markers, name).exists()]
    with Progress(label, len(tasks), "shards") as progress:
        progress.advance(len(tasks) - len(todo))
        workers = min(num_workers(), len(todo))
        if workers <= 1:
            for name, task in todo:
                _finish(markers, name, work(task), label)
                progress.advance()
        else:
            _map_in_processes(work, todo, markers, label, progress, workers)
    total: Counts = {}
    for name, _ in tasks:
        add_counts(total, read_json(_marker(markers, name)))
    return total


def _map_in_processes(
    work: Callable[[T], Counts],
    todo: Sequence[tuple[str, T]],
    markers: Path,
    label: str,
    progress: Progress,
    workers: int,
) -> None:
    queue = list(reversed(todo))
    with _open_pool(workers, label) as pool:
        running: dict[Future[Counts], str] = {}
        while queue or running:
            while queue and len(running) < 2 * workers:
                name, task = queue.pop()
                running[pool.submit(work, task)] = name
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                _finish(markers, running.pop(future), future.result(), label)
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

    Args:
        work: A module-level function.
        tasks: Name and argument of each task, the same in every run.
        markers: Folder of the markers.
        label: The stage, for the failpoints.
        in_flight: Tasks that exist at a time.
        release: Called here with each task that is done: it may be made anew.

    Raises:
        InputError: A worker died, or raised it.
    """
    markers.mkdir(parents=True, exist_ok=True)
    total: Counts = {}
    workers = num_workers()
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(_open_pool(workers, label)) if workers > 1 else None
        running: dict[Future[Counts], tuple[str, T]] = {}

        def finish(number: int) -> None:
            while len(running) > number:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name, task = running.pop(future)
                    _finish(markers, name, future.result(), label)
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


@contextlib.contextmanager
def _open_pool(workers: int, label: str) -> Iterator[ProcessPoolExecutor]:
    # spawn: a forked child of a process that holds a DuckDB connection hangs
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent) as pool:
        try:
            yield pool
        except BrokenProcessPool:
            raise InputError(
                f"{label}: a worker process died, perhaps for want of memory; finished shards are "
                "kept: run again, with ERICA_WORKERS=1 if it happens again"
            ) from None
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _end_with_parent() -> None:
    """End this worker when its parent is killed; it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _marker(markers: Path, name: str) -> Path:
    return markers / f"{name}.json"


def _finish(markers: Path, name: str, counts: Counts, label: str) -> None:
    reach(f"{label}.marker")
    write_json(_marker(markers, name), counts)
    reach(f"{label}.shard")
