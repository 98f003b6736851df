"""Map a function over tasks in processes and take the results in order, few at a time."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

from pipeline.settings import num_workers

T = TypeVar("T")
R = TypeVar("R")

FEW = 12  # tasks below which starting processes takes longer than the work


def map_in_order(work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
    """Yield `work(task)` for each task in order; `work` is a function of a module."""
    workers = num_workers()
    if workers == 1 or len(tasks) < FEW:
        yield from map(work, tasks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        running: deque[Future[R]] = deque()
        for task in tasks:
            running.append(pool.submit(work, task))
            if len(running) > 3 * workers:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
