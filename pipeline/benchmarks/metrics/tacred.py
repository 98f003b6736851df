"""TACRED: micro F1 over the 41 relations; no_relation counts neither as gold nor as a guess.

Agrees with utils/scorer.py of yuhaozhang/tacred-relation (Zhang et al. 2017), but for one
convention: without any guess it calls precision 100, here it is 0. F1 is the same.
"""

from collections.abc import Sequence

from pipeline.benchmarks.metrics.f1 import score_counts

NO_RELATION = "no_relation"


def score_tacred(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """Return micro precision, recall and f1 in percent; both lists are in the same order."""
    rows = list(zip(gold, predicted, strict=True))
    scores = score_counts(
        sum(label == guess != NO_RELATION for label, guess in rows),
        sum(guess != NO_RELATION for _, guess in rows),
        sum(label != NO_RELATION for label, _ in rows),
    )
    return scores._asdict()
