"""GLUE: accuracy, F1, Matthews, Pearson and Spearman correlation.

Agrees with glue_compute_metrics of transformers 3, which scikit-learn and scipy define. All are
percent; correlations may be negative. The paper's Table 9 calls CoLA's Matthews correlation
"accuracy", so both are given.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.benchmarks.metrics.f1 import score_counts

Numbers = Sequence[float] | npt.NDArray[np.float64]


def accuracy(gold: Numbers, predicted: Numbers) -> float:
    """Return the share of equal values."""
    return 100.0 * float(np.mean(np.equal(gold, predicted))) if len(gold) else 0.0


def binary_f1(gold: Numbers, predicted: Numbers) -> float:
    """Return the F1 of class 1."""
    is_gold, is_predicted = np.equal(gold, 1), np.equal(predicted, 1)
    return score_counts((is_gold & is_predicted).sum(), is_predicted.sum(), is_gold.sum()).f1


def matthews(gold: Numbers, predicted: Numbers) -> float:
    """Return Matthews' correlation of two binary variables, 0 where one of them is constant."""
    return pearson(gold, predicted) if np.ptp(gold) and np.ptp(predicted) else 0.0


def pearson(gold: Numbers, predicted: Numbers) -> float:
    """Return Pearson's correlation; not a number where one variable is constant."""
    x = np.asarray(gold, np.float64)
    y = np.asarray(predicted, np.float64)
    if not np.ptp(x) or not np.ptp(y):
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    return 100.0 * float(np.dot(x / np.linalg.norm(x), y / np.linalg.norm(y)))


def spearman(gold: Numbers, predicted: Numbers) -> float:
    """Return Spearman's rank correlation; equal values share their mean rank."""
    return pearson(_ranks(gold), _ranks(predicted))


def _ranks(values: Numbers) -> npt.NDArray[np.float64]:
    _, position, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean_rank: npt.NDArray[np.float64] = (last - counts + 1 + last) / 2.0
    return mean_rank[position]


def score_glue(task: str, gold: Numbers, predicted: Numbers) -> dict[str, float]:
    """Return the metrics of one GLUE task (CoLA, STS-B, MRPC, QQP; accuracy for the others)."""
    if task == "STS-B":
        return {"pearson": pearson(gold, predicted), "spearman": spearman(gold, predicted)}
    scores = {"accuracy": accuracy(gold, predicted)}
    if task == "CoLA":
        scores["matthews"] = matthews(gold, predicted)
    if task in ("MRPC", "QQP"):
        scores["f1"] = binary_f1(gold, predicted)
    return scores
