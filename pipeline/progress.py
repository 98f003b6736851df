"""Counts of what went in, what came out and why the rest did not; and a sign of life meanwhile."""

import sys
import time
from collections.abc import Mapping
from typing import Any

from pipeline.settings import log_seconds

Counts = dict[str, int]


def add_counts(total: Counts, part: Mapping[str, int]) -> None:
    """Add the counters of `part` to those of `total`."""
    for name, number in part.items():
        total[name] = total.get(name, 0) + number


def nest(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return counters named `group.reason` by group: `in` and `out` first, the rest by name."""
    groups: dict[str, dict[str, int]] = {}
    for name in sorted(counts, key=lambda name: (not name.endswith((".in", ".out")), name)):
        group, _, reason = name.partition(".")
        groups.setdefault(group, {})[reason] = counts[name]
    return groups


class Progress:
    """Says how far a long job is: a bar on a terminal, a line every ERICA_LOG_SECONDS elsewhere.

    Use it as a context manager and call `advance`. Nothing of it reaches a report, so that reports
    are the same in every run.
    """

    def __init__(self, label: str, total: int, unit: str) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done = 0
        self.note = ""
        self._started = self._spoken = time.monotonic()
        self._bar = self._open_bar() if sys.stderr.isatty() else None

    def _open_bar(self) -> Any:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=Console(stderr=True),
        )
        bar.add_task(f"{self.label} ({self.unit})", total=self.total, note="")
        return bar

    def __enter__(self) -> "Progress":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.stop()
        elif error[0] is None:
            self._speak()

    def advance(self, number: int = 1, note: str = "") -> None:
        """Count `number` more units as done; `note` is shown behind them."""
        self.done += number
        self.note = note or self.note
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=self.done, note=self.note)
        elif time.monotonic() - self._spoken >= log_seconds():
            self._speak()

    def _speak(self) -> None:
        self._spoken = time.monotonic()
        seconds = max(self._spoken - self._started, 1e-9)
        rate = self.done / seconds
        left = (self.total - self.done) / rate if rate else 0.0
        sys.stderr.write(
            f"{self.label}: {self.done}/{self.total} {self.unit}, {rate:.1f}/s, "
            f"{left:.0f} s left {self.note}".rstrip()
            + "\n"
        )
        sys.stderr.flush()
