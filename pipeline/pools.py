"""Where tasks run: processes of this machine, or a Ray cluster that shares this folder.

Both take a module-level function and one picklable argument, of paths and settings, and give back
counts. Ray is used for its tasks alone (not Ray Data, which waits for ever where a machine has no
processor to spare).
"""

import contextlib
import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import InputError
from pipeline.progress import Counts
from pipeline.settings import chosen_executor, num_workers, read_setting
from pipeline.store import Store, forget_copies, work_on_copies

RETRIES = 3  # of a task whose worker died; finished ones are never repeated
INSTALL = "pip install -c constraints.txt 'ray>=2.40'"


class Pool(Protocol):
    """What the executor asks of a pool. `handle` is whatever `submit` returned."""

    @property
    def in_flight(self) -> int:
        """How many tasks it may be given at a time."""

    def submit(self, work: Callable[[Any], Counts], task: Any) -> Any:
        """Start a task; return a handle."""

    def wait(self, handles: Sequence[Any]) -> list[tuple[Any, Counts]]:
        """Wait until at least one is done; return the done ones with their counts."""


@contextlib.contextmanager
def open_pool(
    label: str, tasks: int, works: Sequence[Callable[[Any], Counts]] = ()
) -> Iterator[Pool]:
    """Yield the pool that ERICA_EXECUTOR names.

    Args:
        label: The stage, for messages.
        tasks: How many there will be: more workers than that are not started.
        works: What it will be given. Processes of this machine start now and import it while the
            caller prepares their tasks; else they start when the first task comes.

    Raises:
        InputError: A worker died again and again, or Ray is not there.
    """
    if chosen_executor() == "ray" and tasks:
        with _open_ray(label) as cluster:
            yield cluster
    else:
        with open_processes(label, min(num_workers(), tasks)) as pool:
            if pool:
                pool.warm(works)
            yield pool or _Here()


class _Here:
    """This process: a task is done when it is submitted."""

    in_flight = 1

    def submit(self, work: Callable[[Any], Counts], task: Any) -> Future[Counts]:
        done: Future[Counts] = Future()
        done.set_result(work(task))
        return done

    def wait(self, handles: Sequence[Future[Counts]]) -> list[tuple[Future[Counts], Counts]]:
        return [(done, done.result()) for done in handles]


class _Processes:
    def __init__(self, executor: ProcessPoolExecutor, workers: int) -> None:
        self.executor, self._workers = executor, workers

    @property
    def in_flight(self) -> int:
        return 2 * self._workers  # a done one finds its next task there, and no more are sent

    def warm(self, works: Sequence[Callable[[Any], Counts]]) -> None:
        """Have each process import what it will do: it does so to receive it."""
        if works:
            for _ in range(self._workers):
                self.executor.submit(_receive, works)

    def submit(self, work: Callable[[Any], Counts], task: Any) -> Future[Counts]:
        return self.executor.submit(work, task)

    def wait(self, handles: Sequence[Future[Counts]]) -> list[tuple[Future[Counts], Counts]]:
        return [(done, done.result()) for done in wait(handles, return_when=FIRST_COMPLETED).done]


@contextlib.contextmanager
def open_processes(label: str, workers: int) -> "Iterator[_Processes | None]":
    """Yield a pool of processes of this machine, None for fewer than two.

    Raises:
        InputError: A worker died.
    """
    if workers < 2:
        yield None
        return
    # spawn: a forked child of a process that holds a DuckDB connection hangs
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent) as pool:
        try:
            yield _Processes(pool, workers)
        except BrokenProcessPool:
            raise InputError(
                f"{label}: a worker process died, perhaps for want of memory; finished shards are "
                "kept: run again, with ERICA_WORKERS=1 if it happens again"
            ) from None
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _receive(_works: Any) -> None:
    pass


def _end_with_parent() -> None:
    """End this worker when its parent is killed; it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class _Ray:
    def __init__(self, ray: Any, label: str, store: Store | None) -> None:
        self.ray, self.label, self.store = ray, label, store
        work = work_on_copies if store else _run_in_folder
        self.remote = ray.remote(num_cpus=1, max_retries=RETRIES)(work)

    @property
    def in_flight(self) -> int:
        # asked each time: nodes come and go
        return 2 * max(int(self.ray.cluster_resources().get("CPU", 1)), 1)

    def submit(self, work: Callable[[Any], Counts], task: Any) -> Any:
        place = self.store.send(task) if self.store else str(Path.cwd())
        return self.remote.remote(place, work, task)

    def wait(self, handles: Sequence[Any]) -> list[tuple[Any, Counts]]:
        done, _ = self.ray.wait(list(handles), num_returns=1)
        return [(handle, self._take(handle)) for handle in done]

    def _take(self, handle: Any) -> Counts:
        try:
            result = self.ray.get(handle)
        except self.ray.exceptions.RayTaskError as error:
            raise error.cause from None
        except self.ray.exceptions.RayError as error:
            reason = str(error).strip().splitlines()[0]
            raise InputError(
                f"{self.label}: a task failed on the cluster {RETRIES + 1} times ({reason}); "
                "finished shards are kept: look at the worker's memory, and run again"
            ) from None
        if not self.store:
            counts: Counts = result
            return counts
        counts, files = result
        self.store.bring(files)
        return counts

    def close(self) -> None:
        """Take the copies from the nodes and the store."""
        if not self.store:
            return
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        forget = self.ray.remote(num_cpus=0)(forget_copies)
        nodes = [node["NodeID"] for node in self.ray.nodes() if node["Alive"]]
        places = [NodeAffinitySchedulingStrategy(node, soft=False) for node in nodes]
        calls = [forget.options(scheduling_strategy=at).remote(self.store.url) for at in places]
        self.ray.wait(calls, num_returns=len(calls), timeout=60)
        self.store.close()


@contextlib.contextmanager
def _open_ray(label: str) -> Iterator[_Ray]:
    try:
        import ray
    except ModuleNotFoundError:
        raise InputError(f"ERICA_EXECUTOR=ray: ray is not installed; {INSTALL}") from None
    root = str(Path(__file__).parents[1])
    # workers import the project by name: a function that is sent by value loads its models anew
    # for every task
    environment = {name: value for name, value in os.environ.items() if name.startswith("ERICA_")}
    paths = [root, os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    store = Store(url) if (url := read_setting("ERICA_STORE")) else None
    # nodes without a shared folder get the code from Ray
    modules = {"py_modules": [f"{root}/pipeline"]} if store else {}
    address = os.environ.get("RAY_ADDRESS", "auto")
    try:
        _knock(address)
        # without an address this would start a cluster of its own beside the one that was meant
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            runtime_env={"env_vars": environment} | modules,
        )
    except (OSError, RuntimeError, ValueError) as error:
        reason = (str(error).strip() or repr(error)).splitlines()[0]
        raise InputError(
            f"ERICA_EXECUTOR=ray: no cluster answers at {address!r} ({reason}); start one with "
            "`ray start --head`, or name it in RAY_ADDRESS"
        ) from None
    pool = _Ray(ray, label, store)
    try:
        yield pool
    finally:
        pool.close()
        ray.shutdown()


def _knock(address: str) -> None:
    """Raise OSError if nobody listens at `host:port`; Ray would try for over a minute."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal() and "/" not in host:
        socket.create_connection((host, int(port)), timeout=10).close()


def _run_in_folder(folder: str, work: Callable[[Any], Counts], task: Any) -> Counts:
    """Do a task in a worker, whose own folder is another: the paths of a task are relative."""
    os.chdir(folder)
    return work(task)
