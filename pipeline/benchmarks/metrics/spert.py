"""Joint entity and relation extraction, as spert/evaluator.py of lavis-nlp/spert scores it.

An entity is right if span and type are; a relation without NEC if both spans and the relation are,
with NEC (the strict figure) if the types of both entities are too. Per sentence these are sets.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from pipeline.benchmarks.metrics.f1 import Scores, score_counts
from pipeline.benchmarks.readers.spert import Sentence

Item = TypeVar("Item", bound=tuple[object, ...])


class Average(NamedTuple):
    """Micro and macro scores; macro is the mean over the types in gold or prediction."""

    micro: Scores
    macro: Scores


Span = tuple[int, int, str]  # start, end, type
Pair = tuple[Span, Span, str]  # head, tail, relation


def score_spert(
    gold: Sequence[Sentence], predicted: Sequence[Sentence], *, no_overlapping: bool = False
) -> dict[str, float]:
    """Return the official numbers, in percent.

    Args:
        gold: Sentences.
        predicted: The same sentences in the same order.
        no_overlapping: Leave out entities that overlap another one of their sentence, and
            relations whose two entities overlap, in gold and prediction (SpERT's option for ADE).

    Returns:
        ner, rel (without NEC) and rel_nec: _micro_f1, _macro_f1, and precision and recall of both.
    """
    rows = [
        (_flatten(g, no_overlapping), _flatten(p, no_overlapping))
        for g, p in zip(gold, predicted, strict=True)
    ]
    averages = {
        "ner": average_types([(g[0], p[0]) for g, p in rows]),
        "rel": average_types([(_drop_types(g[1]), _drop_types(p[1])) for g, p in rows]),
        "rel_nec": average_types([(g[1], p[1]) for g, p in rows]),
    }
    return {
        f"{task}_{kind}_{name}": value
        for task, average in averages.items()
        for kind, scores in average._asdict().items()
        for name, value in scores._asdict().items()
    }


def average_types(rows: Sequence[tuple[set[Item], set[Item]]]) -> Average:
    """Return micro and macro scores of sets of items whose last member is their type."""
    num_gold = Counter(item[-1] for gold, _ in rows for item in gold)
    num_predicted = Counter(item[-1] for _, predicted in rows for item in predicted)
    num_correct = Counter(item[-1] for gold, predicted in rows for item in gold & predicted)
    per_type = [
        score_counts(num_correct[kind], num_predicted[kind], num_gold[kind])
        for kind in sorted(num_gold.keys() | num_predicted.keys(), key=str)
    ]
    macro = [sum(column) / len(per_type) for column in zip(*per_type, strict=True)]
    return Average(
        micro=score_counts(num_correct.total(), num_predicted.total(), num_gold.total()),
        macro=Scores(*macro) if macro else Scores(0.0, 0.0, 0.0),
    )


def _flatten(sentence: Sentence, no_overlapping: bool) -> tuple[set[Span], set[Pair]]:
    spans = [(entity.start, entity.end, entity.type) for entity in sentence.entities]
    pairs = {(spans[r.head], spans[r.tail], r.type) for r in sentence.relations}
    if not no_overlapping:
        return set(spans), pairs
    kept = {span for span in spans if not any(_overlap(span, other) for other in spans)}
    return kept, {pair for pair in pairs if not _overlap(pair[0], pair[1])}


def _overlap(first: Span, second: Span) -> bool:
    return first != second and first[0] < second[1] and second[0] < first[1]


def _drop_types(pairs: set[Pair]) -> set[tuple[tuple[int, int], tuple[int, int], str]]:
    return {(head[:2], tail[:2], relation) for head, tail, relation in pairs}
