"""t-SNE of embeddings, and how compact their groups are, as a number (Figure 6)."""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.io import atomic_file

COLUMNS = ("x", "y", "label", "kind", "encoder")


class Projected(NamedTuple):
    """A row of tsne.csv: a point, what it is labelled with, what it is, and whose it is."""

    x: float
    y: float
    label: str
    kind: str  # "entity" or "relation"
    encoder: str


def project(
    vectors: npt.NDArray[np.float32],
    labels: Sequence[str],
    *,
    kind: str,
    encoder: str,
    perplexity: float,
    seed: int,
) -> list[Projected]:
    """Return the points of a t-SNE by cosine distance, seeded and reproducible.

    One thread: scikit-learn sums in the order in which its threads finish, and t-SNE makes any
    difference of the last bit visible.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

    if len(vectors) < 4:
        return []
    with threadpool_limits(1):
        placed = TSNE(
            perplexity=min(perplexity, (len(vectors) - 1) / 3),
            metric="cosine",
            init="pca",
            random_state=seed,
        ).fit_transform(vectors)
    return [
        Projected(round(float(x), 3), round(float(y), 3), label, kind, encoder)
        for (x, y), label in zip(placed, labels, strict=True)
    ]


def measure_compactness(vectors: npt.NDArray[np.float32], labels: Sequence[str]) -> float:
    """Return the mean silhouette by cosine distance, -1 to 1: above 0, groups lie together.

    Groups of one point are left out; 0.0 if fewer than two groups are left.
    """
    from sklearn.metrics import silhouette_score

    number = Counter(labels)
    kept = [i for i, label in enumerate(labels) if number[label] > 1]
    if len({labels[i] for i in kept}) < 2:
        return 0.0
    score: float = silhouette_score(vectors[kept], [labels[i] for i in kept], metric="cosine")
    return round(float(score), 4)


def write_points(path: Path, points: Sequence[Projected]) -> None:
    """Write points as CSV, for `dvc plots`."""
    with atomic_file(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(points)
