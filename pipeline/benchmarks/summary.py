"""Several runs as one result: over folds, then over seeds."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def average(parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return one result for the runs of `TaskConfig.parts`: the mean of each metric, all counts.

    Several runs (ADE's folds) are also listed one by one.
    """
    first = next(iter(parts.values()))
    if len(parts) == 1:
        return first
    means: dict[str, Any] = {
        split: {
            metric: round(float(np.mean([row[split][metric] for row in parts.values()])), 4)
            for metric in first[split]
        }
        for split in ("dev", "test")
    }
    counts = {
        split: {name: sum(row["counts"][split][name] for row in parts.values()) for name in found}
        for split, found in first["counts"].items()
    }
    tests = {name: row["test"] for name, row in parts.items()}
    return means | {"counts": counts, "parts": tests}


def summarise(results: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return the report over seeds: each one's dev and test, their mean and standard deviation.

    The deviation is that of a sample (n - 1), 0 for a single seed.
    """
    report: dict[str, Any] = {
        "seeds": {
            f"s{seed}": {part: row[part] for part in ("dev", "test", "parts") if part in row}
            for seed, row in results.items()
        }
    }
    for name, function in (("mean", np.mean), ("std", _deviation)):
        report[name] = {
            part: {
                metric: round(float(function([row[part][metric] for row in results.values()])), 4)
                for metric in next(iter(results.values()))[part]
            }
            for part in ("dev", "test")
        }
    return report | {"counts": next(iter(results.values()))["counts"]}


def _deviation(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
