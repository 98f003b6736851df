"""Entity typing: strict accuracy, loose macro and loose micro F1 (Ling and Weld 2012).

Agrees with run_typing.py of thunlp/ERICA, where a type is predicted if its logit is above 0, and
with eval_figer.py of thunlp/ERNIE, which adds the best type to that.
"""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.benchmarks.metrics.f1 import f1, score_counts


def choose_types(
    logits_MK: npt.NDArray[np.float32], *, always_one: bool = False
) -> list[list[int]]:
    """Return the predicted types of each mention: those whose logit is above 0.

    Args:
        logits_MK: Mentions by types.
        always_one: Also predict each type with the highest logit, as ERNIE's evaluation does.
    """
    chosen_MK = logits_MK > 0
    if always_one and logits_MK.size:
        chosen_MK |= logits_MK == logits_MK.max(axis=1, keepdims=True)
    return [np.flatnonzero(row).tolist() for row in chosen_MK]


def score_types(
    gold: Sequence[Collection[int]], predicted: Sequence[Collection[int]]
) -> dict[str, float]:
    """Return the metrics over mentions, in percent.

    Loose macro averages precision and recall over all mentions before F1: a mention without
    prediction adds nothing to precision but stays in the mean.

    Returns:
        accuracy (strict: the sets are equal), macro_f1, micro_f1, each with precision and recall.
    """
    rows = [(set(g), set(p)) for g, p in zip(gold, predicted, strict=True)]
    total = max(len(rows), 1)
    precision = 100.0 * sum(len(g & p) / len(p) for g, p in rows if p) / total
    recall = 100.0 * sum(len(g & p) / len(g) for g, p in rows if g) / total
    micro = score_counts(
        sum(len(g & p) for g, p in rows),
        sum(len(p) for _, p in rows),
        sum(len(g) for g, _ in rows),
    )
    return {
        "accuracy": 100.0 * sum(g == p for g, p in rows) / total,
        "macro_precision": precision,
        "macro_recall": recall,
        "macro_f1": f1(precision, recall),
        "micro_precision": micro.precision,
        "micro_recall": micro.recall,
        "micro_f1": micro.f1,
    }
