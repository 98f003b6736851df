"""The loss curves of pre-training, from train.tsv."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import InputError
from pipeline.reporting.svg import Series, smooth

NAMES = {
    "loss": "Total loss (Eq. 4)",
    "ed": "Entity discrimination (Eq. 2)",
    "rd": "Relation discrimination (Eq. 3)",
    "mlm": "Masked language modelling",
}
POINTS = 400  # per line: more than the pixels of a chart, less than the page's patience
WINDOW = 0.05  # of the steps: how many the smooth line is a mean over

Curves = dict[str, list[Series]]  # title -> its lines


def read_curves(path: Path) -> Curves:
    """Return per trained objective the loss of each step and its running mean.

    Raises:
        InputError: The file is missing or has no steps.
    """
    if not path.exists():
        raise InputError(f"{path}: not there; run `dvc repro train`")
    header, *lines = path.read_text("utf-8").splitlines()
    rows = [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]
    if not rows or "step" not in rows[0]:
        raise InputError(f"{path}: holds no steps; run `dvc repro -f train`")
    curves = {}
    for name, title in NAMES.items():
        points = [(float(row["step"]), float(row[name])) for row in rows if row.get(name)]
        if points:
            mean = smooth(points, max(1, round(len(points) * WINDOW)))
            curves[title] = [Series("step", _thin(points)), Series("mean", _thin(mean))]
    return curves


def _thin(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep at most `POINTS` points, evenly, the last one always."""
    every = -(-len(points) // POINTS)
    return [*points[:-1:every], points[-1]]
