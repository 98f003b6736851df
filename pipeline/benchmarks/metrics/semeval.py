"""SemEval-2010 Task 8: the official macro F1, and the micro F1 that the paper's Table 2 reports.

Agrees with the official scorer, version 1.2 (Hendrickx et al. 2010): nine relations with their
direction, Other left out. The two figures differ by about a point and are often mixed up.
"""

from collections import Counter
from collections.abc import Mapping

from pipeline.benchmarks.metrics.f1 import Scores, score_counts

OTHER = "Other"


def split_label(label: str) -> tuple[str, str]:
    """Return a label's relation and direction: "Cause-Effect(e1,e2)" -> Cause-Effect, (e1,e2)."""
    relation, bracket, direction = label.partition("(")
    return relation, bracket + direction


def score_semeval(gold: Mapping[int, str], predicted: Mapping[int, str]) -> dict[str, float]:
    """Return the official macro scores and the micro scores over directed labels, in percent.

    Keys are sentence numbers. A sentence without prediction is missed by its relation.

    Returns:
        precision, recall, f1: macro average over the relations that occur in `gold`; a prediction
            with the wrong direction counts in precision's denominator and is no hit.
        micro_precision, micro_recall, micro_f1: over the directed labels that occur in `gold`
            (18 in the official test set).
    """
    rows = [(label, predicted[number]) for number, label in gold.items() if number in predicted]
    per_relation = relation_scores(gold, rows)
    macro_precision, macro_recall, macro_f1 = (
        sum(column) / len(per_relation) if per_relation else 0.0
        for column in (zip(*per_relation.values(), strict=True) if per_relation else ((), (), ()))
    )
    labels = set(gold.values())  # the scorer runs over the labels of the key only
    micro = score_counts(
        sum(label == guess != OTHER for label, guess in rows),
        sum(guess != OTHER and guess in labels for _, guess in rows),
        sum(label != OTHER for label in gold.values()),
    )
    return {
        "precision": macro_precision,
        "recall": macro_recall,
        "f1": macro_f1,
        "micro_precision": micro.precision,
        "micro_recall": micro.recall,
        "micro_f1": micro.f1,
    }


def relation_scores(gold: Mapping[int, str], rows: list[tuple[str, str]]) -> dict[str, Scores]:
    """Return the scores of each relation in `gold`; `rows` are pairs of gold label and guess."""
    num_gold = Counter(split_label(label)[0] for label in gold.values())
    num_predicted = Counter(split_label(guess)[0] for _, guess in rows)
    num_correct = Counter(split_label(label)[0] for label, guess in rows if label == guess)
    return {
        relation: score_counts(num_correct[relation], num_predicted[relation], number)
        for relation, number in sorted(num_gold.items())
        if relation != OTHER
    }
