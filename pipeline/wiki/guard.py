"""Limits for damaged pages: mwparserfromhell can run for hours on some, and cannot be interrupted.

Two guards. A timer interrupts Python code and regular expressions, which look for signals. A call
of the parser that might be slow runs in a forked child that an alarm ends; that costs some
milliseconds, and about one page in 500 needs it.
"""

import contextlib
import math
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class PoisonError(Exception):
    """The page took too long or broke the parser."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `PoisonError` in the block after `seconds`; only in a process's main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001  # as signal calls it
        raise PoisonError(f"more than {seconds:g} s")

    handler = signal.signal(signal.SIGALRM, stop)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, *timer)  # of who set one before, a little late


def call_in_child(function: Callable[[], T], seconds: float) -> T:
    """Return what `function` returns, computed in a forked child that lives for `seconds` at most.

    Raises:
        PoisonError: The child took longer, failed or died.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(function, writer, seconds)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as stream:
            data = stream.read()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    try:
        result: T = pickle.loads(data)
    except (pickle.UnpicklingError, EOFError):
        raise PoisonError(f"the parser failed, or took more than {seconds:g} s") from None
    return result


def _answer(function: Callable[[], T], writer: int, seconds: float) -> None:
    """Send the result and end this child, without the parent's clean-up."""
    try:
        # the default action of an alarm ends the process even within C code
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(math.ceil(seconds))
        with os.fdopen(writer, "wb") as stream:
            stream.write(pickle.dumps(function()))
    finally:
        os._exit(0)
