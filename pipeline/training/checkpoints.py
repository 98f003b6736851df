"""Checkpoints in the stage's scratch folder: atomic, the latest two, written when told to stop.

The random state is not in them: batch, dropout and learning rate of a step are functions of the
seed and the step's number.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Protocol

import torch
from torch import nn

from pipeline.io import atomic_file
from pipeline.scratch import reach
from pipeline.settings import checkpoint_seconds
from pipeline.training.loop import Row
from pipeline.training.runtime import Runtime
from pipeline.training.sharding import gather, moments, restore

KEPT = 2
PATIENCE = 10  # seconds after which a second SIGTERM ends the process at once
TERMINATED = 143  # exit code of a process that ended at SIGTERM's request


class Companion(Protocol):
    """What else belongs to a run: numbers, strings and tensors in lists and dictionaries."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state after the steps done."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take the state of a checkpoint."""


class CheckpointStore:
    """Saves and restores a run. As a context manager it answers SIGTERM with a checkpoint.

    One is written after so many `steps` (0: whatever their number) and so many minutes
    (ERICA_CHECKPOINT_MINUTES). Under torchrun process 0 writes and all read; the folder must be one
    they share.
    """

    def __init__(
        self, folder: Path, *, steps: int, runtime: Runtime, companion: Companion | None = None
    ) -> None:
        self.folder, self.steps, self.runtime = folder, steps, runtime
        self.companion, self._seconds = companion, checkpoint_seconds()
        self._stop, self._asked = False, 0.0
        self._saved = time.monotonic()
        self._before: Any = None

    def __enter__(self) -> "CheckpointStore":
        self._before = signal.signal(signal.SIGTERM, self._ask_to_stop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGTERM, self._before)
        if self._stop and kind is None:  # asked after the last step: what comes next does not hear
            sys.stderr.write("stopped; run again to continue\n")
            sys.exit(TERMINATED)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        # Asked again later, the step does not end: then the latest checkpoint stands. At once it is
        # torchrun that passes on what the whole process group got.
        if self._stop and time.monotonic() - self._asked > PATIENCE:
            os._exit(TERMINATED)
        if not self._stop:
            self._stop, self._asked = True, time.monotonic()

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> list[Row]:
        """Load the newest readable checkpoint; return its rows, or none at the start."""
        for path in self._list(newest_first=True):
            try:
                state = torch.load(path, map_location=self.runtime.device, weights_only=True)
            except (RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
                reason = (str(error).splitlines() or ["unreadable"])[0]
                sys.stderr.write(f"{path}: passed over, not a whole checkpoint ({reason})\n")
                continue
            restore(model, optimizer, state["model"], state["optimizer"])
            if self.companion:
                self.companion.load_state_dict(state["companion"])
            sys.stderr.write(f"{path}: continuing after step {len(state['rows'])}\n")
            return list(state["rows"])
        return []

    def step_done(
        self, model: nn.Module, optimizer: torch.optim.Optimizer, rows: list[Row]
    ) -> None:
        """Save if the number of steps or the time says so, or on SIGTERM, then exit with 143."""
        stop, late = self._agree(self._stop, time.monotonic() - self._saved > self._seconds)
        if stop or late or (self.steps and len(rows) % self.steps == 0):
            self.save(model, optimizer, rows)
        if stop:
            sys.stderr.write(f"stopped after step {len(rows)}; run again to continue\n")
            sys.exit(TERMINATED)

    def save(self, model: nn.Module, optimizer: torch.optim.Optimizer, rows: list[Row]) -> None:
        """Write the state after `len(rows)` steps; keep the latest two."""
        self._saved = time.monotonic()
        state = {
            "model": model.state_dict(),
            "optimizer": moments(model, optimizer),
            "rows": rows,
        }
        if self.companion:
            state["companion"] = self.companion.state_dict()
        if self.runtime.sharded:
            state = gather(state)
        if self.runtime.rank > 0:
            return
        reach("train.checkpoint.start")
        with atomic_file(self.folder / f"step_{len(rows):08d}.pt") as temporary:
            torch.save(state, temporary)
            reach("train.checkpoint.written")
        reach("train.checkpoint.renamed")
        for old in self._list(newest_first=True)[KEPT:]:
            old.unlink()

    def _agree(self, stop: bool, late: bool) -> tuple[bool, bool]:
        """Return whether any process says so: all must save and stop after the same step."""
        if self.runtime.world_size == 1:
            return stop, late
        flags = torch.tensor([float(stop), float(late)], device=self.runtime.device)
        stop, late = (self.runtime.sum_over_processes(flags) > 0).tolist()
        return stop, late

    def _list(self, *, newest_first: bool) -> list[Path]:
        return sorted(self.folder.glob("step_*.pt"), reverse=newest_first)


def open_store(
    folder: Path | None, runtime: Runtime, companion: Companion | None = None
) -> CheckpointStore | None:
    """Return a store for a short run, which saves by the clock only, or none without a folder."""
    return (
        CheckpointStore(folder, steps=0, runtime=runtime, companion=companion) if folder else None
    )
