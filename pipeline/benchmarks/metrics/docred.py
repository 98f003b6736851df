"""DocRED: F1, Ign F1, evidence F1, intra- and inter-sentence F1, and the threshold from dev.

F1, Ign F1 and evidence F1 agree with code/evaluation.py of thunlp/DocRED. The split into facts
within a sentence and across sentences follows Zeng et al. (2020): a pair counts as intra if any
two of its mentions share a sentence.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.benchmarks.metrics.f1 import f1, score_counts
from pipeline.benchmarks.readers.docred import Document, Mention


class PredictedFact(NamedTuple):
    """One row of a submission."""

    title: str
    head: int
    tail: int
    relation: str
    evidence: tuple[int, ...] = ()


NamedFact = tuple[str, str, str]  # name of the head, name of the tail, relation


def named_facts(documents: Iterable[Document]) -> set[NamedFact]:
    """Return the facts of a training set under every name of both entities, for Ign F1."""
    return {
        (head.name, tail.name, fact.relation)
        for document in documents
        for fact in document.facts or ()
        for head in document.entities[fact.head]
        for tail in document.entities[fact.tail]
    }


def score_docred(
    predictions: Iterable[PredictedFact],
    documents: Sequence[Document],
    train_facts: Collection[NamedFact],
) -> dict[str, float]:
    """Return the official numbers and the split by sentence.

    Repeated predictions count once, with the evidence of the first; so do repeated labels. A
    prediction of an unknown title lowers precision. Ign F1 leaves correct facts that occur in
    `train_facts` out of precision only, above and below the line; recall stays.

    Returns:
        precision, recall, f1, ign_f1, evidence_f1, intra_f1, inter_f1, in percent.
    """
    entities = {document.title: document.entities for document in documents}
    gold = {
        (document.title, fact.head, fact.tail, fact.relation): set(fact.evidence)
        for document in documents
        for fact in document.facts or ()
    }
    predicted: dict[tuple[str, int, int, str], tuple[int, ...]] = {}
    for row in predictions:
        predicted.setdefault((row.title, row.head, row.tail, row.relation), row.evidence)
    correct = predicted.keys() & gold.keys()

    seen = sum(
        any(
            (head.name, tail.name, relation) in train_facts
            for head in entities[title][head_index]
            for tail in entities[title][tail_index]
        )
        for title, head_index, tail_index, relation in correct
    )
    scores = score_counts(len(correct), len(predicted), len(gold))
    unseen_precision = score_counts(len(correct) - seen, len(predicted) - seen, 1).precision
    evidence = score_counts(
        sum(len(gold[key].intersection(predicted[key])) for key in correct),
        sum(len(set(rows)) for key, rows in predicted.items() if key[0] in entities),
        sum(len(fact.evidence) for document in documents for fact in document.facts or ()),
    )
    intra = {key for key in predicted.keys() | gold.keys() if _is_intra(entities, *key[:3])}
    within, across = (
        score_counts(len(correct & part), len(predicted.keys() & part), len(gold.keys() & part)).f1
        for part in (intra, (predicted.keys() | gold.keys()) - intra)
    )
    return {
        "precision": scores.precision,
        "recall": scores.recall,
        "f1": scores.f1,
        "ign_f1": f1(unseen_precision, scores.recall),
        "evidence_f1": evidence.f1,
        "intra_f1": within,
        "inter_f1": across,
    }


def _is_intra(
    entities: Mapping[str, Sequence[Sequence[Mention]]], title: str, head: int, tail: int
) -> bool:
    """Whether two mentions of the pair share a sentence; False for an unknown pair."""
    found = entities.get(title, ())
    if not (0 <= head < len(found) and 0 <= tail < len(found)):
        return False
    sentences = {mention.sentence for mention in found[head]}
    return any(mention.sentence in sentences for mention in found[tail])


def choose_threshold(
    scores_N: npt.NDArray[np.float32], correct_N: npt.NDArray[np.bool_], num_gold: int
) -> tuple[float, float]:
    """Return the score above or at which predicting gives the best F1, and that F1 in percent.

    Equal scores are predicted together. Facts that were never scored (cut off at the length
    limit) are part of `num_gold`. Without any score the threshold is infinite.

    Args:
        scores_N: Scores of all candidates (pair and relation).
        correct_N: Whether each is a gold fact.
        num_gold: Facts in the gold standard, at least `correct_N.sum()`.
    """
    if not len(scores_N) or not num_gold:
        return float("inf"), 0.0
    # F1 of the n best is at most 2G / (n + G) for G gold facts, so a prefix is all there is to sort
    kept = min(len(scores_N), 10 * num_gold)
    while True:
        best = np.argpartition(-scores_N, kept - 1)[:kept]
        order = best[np.argsort(-scores_N[best], kind="stable")]
        ordered = scores_N[order]
        hits = np.cumsum(correct_N[order])
        f1_n = 200.0 * hits / (np.arange(1, kept + 1) + num_gold)
        last = np.append(ordered[1:] != ordered[:-1], kept == len(scores_N))  # of equal scores
        f1_n = np.where(last, f1_n, -1.0)
        top = int(np.argmax(f1_n))
        if kept == len(scores_N) or f1_n[top] >= 200.0 * num_gold / (kept + 1 + num_gold):
            return float(ordered[top]), float(f1_n[top])
        kept = min(len(scores_N), 4 * kept)
