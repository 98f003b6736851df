"""What each data stage took in, gave out and left out, read from the stages' reports.

A report holds such a flow as a level of its own, `{"pages": {"in": 9, "out": 6, "redirect": 3}}`,
or flat, `pages_in`, `pages_out`, `pages_redirect`. Without an `out` the other counters say what
became of all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.io import read_json

Numbers = dict[str, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """A unit (pages, documents, pairs) through a stage.

    `kept` and the numbers of `others` add up to `taken`; `kept` is None where there is no `out`.
    """

    unit: str
    taken: int
    kept: int | None
    others: list[tuple[str, int]]  # reason or outcome, number; the largest first, no zeros


@dataclass(frozen=True, slots=True)
class StageCounts:
    """The flows of one stage, and its other counters."""

    stage: str
    flows: list[Flow]
    figures: list[tuple[str, int]]


def read_stages(folder: Path, stages: list[str]) -> list[StageCounts]:
    """Read the reports of the given stages."""
    return [describe_stage(name, read_json(folder / f"{name}.json")) for name in stages]


def describe_stage(stage: str, report: Mapping[str, Any]) -> StageCounts:
    """Find the flows in a report; all other whole numbers are figures."""
    flows, figures = _read_level(_numbers(report), "")
    for name, value in report.items():
        if isinstance(value, dict) and name != "statistics":
            inner, others = _read_level(_numbers(value), name)
            flows += inner
            figures += [(f"{name}: {label}", number) for label, number in others]
    return StageCounts(stage, flows, figures)


def _numbers(report: Mapping[str, Any]) -> Numbers:
    return {k: v for k, v in report.items() if isinstance(v, int) and not isinstance(v, bool)}


def _read_level(numbers: Numbers, name: str) -> tuple[list[Flow], list[tuple[str, int]]]:
    if "in" in numbers:
        flow, left = _take_flow(numbers, "", name)
        return [flow], list(left.items())
    flows = []
    for unit in [key.removesuffix("_in") for key in numbers if key.endswith("_in")]:
        flow, numbers = _take_flow(numbers, f"{unit}_", f"{unit} ({name})" if name else unit)
        flows.append(flow)
    return flows, list(numbers.items())


def _take_flow(numbers: Numbers, prefix: str, unit: str) -> tuple[Flow, Numbers]:
    """Return the flow whose counters start with `prefix`, and the counters that are not in it.

    Other counters may stand beside the reasons (words, say): reasons are those that add up, first
    of the ones with the prefix, then of all.
    """
    left = dict(numbers)
    taken, kept = left.pop(f"{prefix}in"), left.pop(f"{prefix}out", None)
    missing = taken - (kept or 0)
    small = {k: v for k, v in left.items() if v <= missing}
    with_prefix = {k: v for k, v in left.items() if k.startswith(prefix)}
    for others in (with_prefix, left, small):
        if sum(others.values()) == missing:
            break
    else:
        others = {}
    named = [(key.removeprefix(prefix), number) for key, number in others.items() if number]
    flow = Flow(unit, taken, kept, sorted(named, key=lambda item: -item[1]))
    return flow, {k: v for k, v in left.items() if k not in others}
