"""The scores that fine-tuning left, for the grid that the parameters declare.

The grid is walked, never globbed: a folder that an earlier, larger grid left is not read.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.io import read_json
from pipeline.reporting.table import Results, Score


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Which runs there must be: every benchmark with every encoder at every fraction."""

    tasks: tuple[str, ...]
    encoders: tuple[str, ...]
    percents: tuple[int, ...]
    seeds: tuple[int, ...]


def read_results(folder: Path, grid: Grid) -> Results:
    """Read the report of each run of the grid, `<task>-<encoder>-<percent>.json`.

    Test scores count; where a test set has no labels (DocRED's official one) those of dev.

    Raises:
        InputError: A report is missing or was made with other seeds.
    """
    results = {}
    for task in grid.tasks:
        for encoder in grid.encoders:
            for percent in grid.percents:
                path = folder / f"{task}-{encoder}-{percent}.json"
                if not path.exists():
                    raise InputError(f"{path}: not there; run `dvc repro finetune`")
                results[task, encoder, percent] = _read_scores(path, read_json(path), grid)
    return results


def _read_scores(path: Path, report: dict[str, Any], grid: Grid) -> dict[str, Score]:
    if set(report["seeds"]) != {f"s{seed}" for seed in grid.seeds}:
        raise InputError(f"{path}: made with other seeds; run `dvc repro finetune`")
    part = "test" if report["mean"]["test"] else "dev"
    return {
        metric: Score(mean, report["std"][part][metric], len(grid.seeds))
        for metric, mean in report["mean"][part].items()
    }


def nest_results(results: Results) -> dict[str, Any]:
    """Return the scores as DVC flattens them: `docred.erica.p10.f1` and `...f1_std`."""
    nested: dict[str, Any] = {}
    for (task, encoder, percent), scores in results.items():
        # a dot inside a key would look like one more level
        cell = nested.setdefault(task, {}).setdefault(encoder.replace(".", "_"), {})
        cell[f"p{percent}"] = {
            name: value
            for metric, score in scores.items()
            for name, value in ((metric, score.mean), (f"{metric}_std", score.std))
        }
    return nested
