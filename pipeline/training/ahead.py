"""Draw the next steps in other processes while the current one is computed.

A step of 2,048 documents takes seconds of numpy to draw, more than a fast GPU needs to compute it.
A thread would share Python's lock with the loop that feeds the GPU. What is drawn is a function of
the step's number, so it does not matter where and when.
"""

import ctypes
import functools
import multiprocessing.reduction
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, TypeVar

import torch
from torch.utils.data import DataLoader, Dataset

T = TypeVar("T")

# On CPUs the loop has work for them all. On a GPU a step of 256 documents of BERT-base takes less
# than half of what drawing it takes a core.
WORKERS = {"cpu": 1, "cuda": 4}
PR_SET_PDEATHSIG = 1  # of Linux's prctl.h


class Ahead(Generic[T]):
    """Returns `draw(number)`, drawn ahead for the numbers that follow. A context manager.

    The processes are forked: they share the mapped corpus and what else `draw` refers to. Where
    that is not safe (macOS), nothing is drawn ahead.
    """

    def __init__(self, draw: Callable[[int], T], num_steps: int, device: torch.device) -> None:
        self._draw, self._num_steps, self._device = draw, num_steps, device.type
        self._next = -1
        self._steps: Iterator[T | Exception] = iter(())

    def __enter__(self) -> "Ahead[T]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._steps = iter(())  # ends the processes

    def __call__(self, number: int) -> T:
        """Return `draw(number)`; any number below `num_steps` may be asked.

        Raises:
            Exception: What `draw` raised.
        """
        if number != self._next:
            self._steps = self._start(number)
        self._next = number + 1
        drawn = next(self._steps)
        if isinstance(drawn, Exception):
            raise drawn
        return drawn

    def _start(self, number: int) -> Iterator[T | Exception]:
        forks = sys.platform == "linux"
        loader: DataLoader[Any] = DataLoader(
            _Steps(self._draw),
            batch_size=None,
            sampler=range(number, self._num_steps),
            num_workers=WORKERS.get(self._device, 1) if forks else 0,
            collate_fn=_keep,
            pin_memory=self._device == "cuda",  # copies from pinned memory do not wait
            worker_init_fn=functools.partial(_start_worker, os.getpid()),
            multiprocessing_context="fork" if forks else None,
        )
        return iter(loader)


class _Steps(Dataset[Any]):
    def __init__(self, draw: Callable[[int], Any]) -> None:
        self._draw = draw

    def __getitem__(self, number: int) -> Any:
        try:
            return self._draw(number)
        except Exception as error:  # DataLoader would wrap it in a traceback
            return error if _can_travel(error) else RuntimeError(traceback.format_exc())


def _can_travel(error: Exception) -> bool:
    """Say whether an error comes out of pickle as what it was; else the loop would wait forever."""
    try:
        return type(pickle.loads(pickle.dumps(error))) is type(error)
    except Exception:  # pickle raises whatever the class does
        return False


def _keep(drawn: Any) -> Any:
    return drawn


def _start_worker(parent: int, _number: int) -> None:
    """Die with the parent, whose lock on the scratch folder is inherited; send tensors as bytes.

    A SIGTERM to the whole process group (torchrun, Slurm) is for the parent: it writes a
    checkpoint, which it cannot after a worker has died of the same signal.

    As shared memory each tensor would take a file descriptor, of which a process has 1,024 and a
    step of 2,048 documents some 4,000.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before it was asked to tell
        os._exit(1)
    multiprocessing.reduction.ForkingPickler.register(torch.Tensor, _reduce)


def _reduce(tensor: torch.Tensor) -> tuple[Callable[..., torch.Tensor], tuple[Any]]:
    return torch.from_numpy, (tensor.numpy(),)
