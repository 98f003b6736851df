"""What each data stage took in, gave out and left out, read from the stages' reports.

A report holds such a flow in one of two forms: as a level of its own, `{"pages": {"in": 9,
"out": 7, "redirect": 2}}`, or flat: `documents_in`, `documents_out` and `dropped_<reason>`, for
other units `triples_in` (or `triples_found`), `triples_out` and `triples_<reason>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.io import read_json


@dataclass(frozen=True, slots=True)
class Flow:
    """A unit (pages, documents, pairs) through a stage; kept + all drops = in."""

    unit: str
    taken: int
    kept: int
    drops: list[tuple[str, int]]  # reason, number; the largest first, zeros left out


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
    flows, figures = _read_level(report, "")
    for name, value in report.items():
        if isinstance(value, dict) and name != "statistics":
            inner, others = _read_level(value, name)
            flows += inner
            figures += [(f"{name}: {label}", number) for label, number in others]
    return StageCounts(stage, flows, figures)


def _read_level(report: Mapping[str, Any], name: str) -> tuple[list[Flow], list[tuple[str, int]]]:
    numbers = {k: v for k, v in report.items() if isinstance(v, int) and not isinstance(v, bool)}
    if {"in", "out"} <= set(numbers):
        taken, kept = numbers.pop("in"), numbers.pop("out")
        # other counters may stand beside the reasons: a reason is never larger than what is missing
        drops = {k: v for k, v in numbers.items() if v <= taken - kept}
        figures = [(k, v) for k, v in numbers.items() if k not in drops]
        return [_flow(name, taken, kept, drops)], figures
    flows = []
    for start in [k for k in numbers if k.endswith(("_in", "_found"))]:
        unit = start.rpartition("_")[0]
        if f"{unit}_out" not in numbers:
            continue
        taken, kept = numbers[start], numbers[f"{unit}_out"]
        drops = _find_drops(numbers, unit, taken - kept)
        for key in (start, f"{unit}_out", *drops):
            del numbers[key]
        label = f"{unit} ({name})" if name else unit
        flows.append(_flow(label, taken, kept, {_reason(k, unit): v for k, v in drops.items()}))
    return flows, list(numbers.items())


def _find_drops(numbers: Mapping[str, int], unit: str, missing: int) -> dict[str, int]:
    """Return the counters that say why units are missing: those that add up to the difference."""
    others = {k: v for k, v in numbers.items() if not k.endswith(("_in", "_found", "_out"))}
    for drops in (
        {k: v for k, v in others.items() if k.startswith("dropped_")},
        {k: v for k, v in others.items() if k.startswith(f"{unit}_")},
        others,
    ):
        if drops and sum(drops.values()) == missing:
            return drops
    return {}


def _reason(key: str, unit: str) -> str:
    return key.removeprefix("dropped_").removeprefix(f"{unit}_")


def _flow(unit: str, taken: int, kept: int, drops: Mapping[str, int]) -> Flow:
    ordered = sorted(drops.items(), key=lambda item: -item[1])
    return Flow(unit, taken, kept, [(reason, number) for reason, number in ordered if number])
