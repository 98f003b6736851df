"""Draw the next step while the current one is computed.

A step of 2,048 documents takes a third of a second of numpy to draw, as long as a fast GPU needs
for a good part of it. What is drawn is a function of the step's number, so it does not matter when.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Calls `draw(number)` for the next number in a thread. A context manager."""

    def __init__(self, draw: Callable[[int], T]) -> None:
        self.draw = draw
        self._next: tuple[int, Future[T]] | None = None
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> "Ahead[T]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __call__(self, number: int) -> T:
        """Return `draw(number)`, and start on that of the following number."""
        waiting, self._next = self._next, None
        result = waiting[1].result() if waiting and waiting[0] == number else self.draw(number)
        self._next = number + 1, self._pool.submit(self.draw, number + 1)
        return result
