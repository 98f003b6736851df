"""Where tasks run: processes of this machine, or a Ray cluster that shares this folder.

Both take a module-level function and one picklable argument, of paths and settings, and give back
counts. Ray is used for its tasks alone (not Ray Data, which waits for ever where a machine has no
processor to spare).
"""

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import InputError
from pipeline.progress import Counts
from pipeline.settings import chosen_executor, num_workers

RETRIES = 3  # of a task whose worker died; finished ones are never repeated
INSTALL = "pip install -c constraints.txt 'ray>=2.40'"


class Pool(Protocol):
    """What the executor asks of a pool. `handle` is whatever `submit` returned."""

    workers: int

    def submit(self, work: Callable[[Any], Counts], task: Any) -> Any:
        """Start a task; return a handle."""

    def wait(self, handles: Sequence[Any]) -> list[tuple[Any, Counts]]:
        """Wait until at least one is done; return the done ones with their counts."""


@contextlib.contextmanager
def open_pool(label: str, tasks: int) -> Iterator[Pool | None]:
    """Yield the pool that ERICA_EXECUTOR names, None where this process is all there is.

    Args:
        label: The stage, for messages.
        tasks: How many there will be: more workers than that are not started.

    Raises:
        InputError: A worker died again and again, or Ray is not there.
    """
    if chosen_executor() == "ray":
        with _open_ray(label) as pool:
            yield pool
    elif (workers := min(num_workers(), tasks)) > 1:
        with _open_processes(label, workers) as pool:
            yield pool
    else:
        yield None


class _Processes:
    def __init__(self, executor: ProcessPoolExecutor, workers: int) -> None:
        self.executor, self.workers = executor, workers

    def submit(self, work: Callable[[Any], Counts], task: Any) -> Future[Counts]:
        return self.executor.submit(work, task)

    def wait(self, handles: Sequence[Future[Counts]]) -> list[tuple[Future[Counts], Counts]]:
        return [(done, done.result()) for done in wait(handles, return_when=FIRST_COMPLETED).done]


@contextlib.contextmanager
def _open_processes(label: str, workers: int) -> Iterator[_Processes]:
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


def _end_with_parent() -> None:
    """End this worker when its parent is killed; it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class _Ray:
    def __init__(self, ray: Any, label: str) -> None:
        self.ray, self.label = ray, label
        self.workers = max(int(ray.cluster_resources().get("CPU", 1)), 1)
        self.remote = ray.remote(num_cpus=1, max_retries=RETRIES)(_run_in_folder)

    def submit(self, work: Callable[[Any], Counts], task: Any) -> Any:
        return self.remote.remote(str(Path.cwd()), work, task)

    def wait(self, handles: Sequence[Any]) -> list[tuple[Any, Counts]]:
        done, _ = self.ray.wait(list(handles), num_returns=1)
        try:
            return [(handle, self.ray.get(handle)) for handle in done]
        except self.ray.exceptions.RayTaskError as error:
            raise error.cause from None
        except self.ray.exceptions.RayError as error:
            reason = str(error).strip().splitlines()[0]
            raise InputError(
                f"{self.label}: a task failed on the cluster {RETRIES + 1} times ({reason}); "
                "finished shards are kept: look at the worker's memory, and run again"
            ) from None


@contextlib.contextmanager
def _open_ray(label: str) -> Iterator[_Ray]:
    try:
        import ray
    except ModuleNotFoundError:
        raise InputError(f"ERICA_EXECUTOR=ray: ray is not installed; {INSTALL}") from None
    passed = {name: value for name, value in os.environ.items() if name.startswith("ERICA_")}
    try:
        # without an address this would start a cluster of its own beside the one that was meant
        ray.init(
            address=os.environ.get("RAY_ADDRESS", "auto"),
            log_to_driver=False,
            # workers import the project by name: a function that is sent by value loads its models
            # anew for every task
            runtime_env={"env_vars": passed | {"PYTHONPATH": str(Path.cwd())}},
        )
    except (ConnectionError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(
            f"ERICA_EXECUTOR=ray: no cluster answers ({reason}); start one with `ray start "
            "--head`, or name it in RAY_ADDRESS"
        ) from None
    try:
        yield _Ray(ray, label)
    finally:
        ray.shutdown()


def _run_in_folder(folder: str, work: Callable[[Any], Counts], task: Any) -> Counts:
    """Do a task in a worker, whose own folder is another: the paths of a task are relative."""
    os.chdir(folder)
    return work(task)
