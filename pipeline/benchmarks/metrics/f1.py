"""Precision, recall and F1 from counts, in percent."""

from typing import NamedTuple


class Scores(NamedTuple):
    """Precision, recall and F1 in percent."""

    precision: float
    recall: float
    f1: float


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score_counts(correct: float, predicted: float, gold: float) -> Scores:
    """Return micro scores from counts; a ratio with nothing below the line is 0."""
    precision = 100.0 * correct / predicted if predicted else 0.0
    recall = 100.0 * correct / gold if gold else 0.0
    return Scores(precision, recall, f1(precision, recall))
