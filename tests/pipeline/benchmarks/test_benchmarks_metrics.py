"""Hand-checked cases, brute-force twins, and what holds for every metric."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.benchmarks.metrics import docred, figer, glue, qa, semeval, spert, tacred
from pipeline.benchmarks.metrics.docred import PredictedFact
from pipeline.benchmarks.readers.docred import Document, Fact, Mention
from pipeline.benchmarks.readers.spert import Entity, Relation, Sentence


def document(title="T"):
    """Three entities; entity 0 shares a sentence with 1, not with 2."""
    entities = [
        [Mention("Ada", (0, 1), 0), Mention("she", (0, 1), 1)],
        [Mention("Alton", (1, 2), 0)],
        [Mention("France", (0, 1), 2)],
    ]
    facts = [Fact("P19", 0, 1, [0]), Fact("P27", 0, 2, [0, 2]), Fact("P17", 1, 2, [])]
    return Document(title, [["a", "b"], ["c"], ["d"]], entities, facts)


GOLD = [PredictedFact("T", f.head, f.tail, f.relation, tuple(f.evidence)) for f in document().facts]


def test_docred_perfect_is_100_and_empty_is_0():
    perfect = docred.score_docred(GOLD, [document()], set())
    assert set(perfect.values()) == {100.0}
    assert set(docred.score_docred([], [document()], set()).values()) == {0.0}


def test_docred_ign_removes_seen_facts_from_precision_only():
    seen = {("she", "Alton", "P19")}  # under any name of the entities
    rows = [GOLD[0], GOLD[1], PredictedFact("T", 2, 0, "P27")]
    scores = docred.score_docred(rows, [document()], seen)
    assert scores["precision"] == pytest.approx(100 * 2 / 3)
    assert scores["recall"] == pytest.approx(100 * 2 / 3)
    # precision 1 / 2 without the seen fact, recall still 2 / 3
    assert scores["ign_f1"] == pytest.approx(200 * (1 / 2) * (2 / 3) / (1 / 2 + 2 / 3))


def test_docred_a_wrong_prediction_of_a_seen_fact_stays_in_precision():
    seen = {("France", "Ada", "P27")}
    scores = docred.score_docred([GOLD[0], PredictedFact("T", 2, 0, "P27")], [document()], seen)
    assert scores["ign_f1"] == scores["f1"]


def test_docred_repeats_count_once_and_unknown_titles_against_precision():
    rows = [GOLD[0], GOLD[0], PredictedFact("unknown", 0, 1, "P19")]
    scores = docred.score_docred(rows, [document()], set())
    assert scores["precision"] == 50.0


def test_docred_splits_by_shared_sentence():
    scores = docred.score_docred([GOLD[0], GOLD[2]], [document()], set())
    assert scores["intra_f1"] == 100.0
    assert scores["inter_f1"] == pytest.approx(200 * 1 * 0.5 / 1.5)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=40),
    st.integers(0, 5),
)
def test_docred_threshold_is_the_best_of_all_thresholds(rows, unscored):
    scores = np.array([score for score, _ in rows], np.float32)
    correct = np.array([mark for _, mark in rows])
    gold = int(correct.sum()) + unscored
    threshold, best = docred.choose_threshold(scores, correct, gold)

    def f1(limit):
        chosen = scores >= limit
        return 200 * (chosen & correct).sum() / max(chosen.sum() + gold, 1)

    if not gold:
        assert (threshold, best) == (math.inf, 0.0)
        return
    assert best == pytest.approx(max(f1(limit) for limit in scores))
    assert f1(threshold) == pytest.approx(best)


def test_docred_threshold_of_many_scores_needs_no_full_sort():
    random = np.random.default_rng(0)
    scores = random.normal(size=20_000).astype(np.float32)
    correct = random.random(20_000) < 0.001  # unrelated to the scores: the best prefix is long
    threshold, best = docred.choose_threshold(scores, correct, int(correct.sum()))
    order = np.sort(scores)[::-1]
    brute = max(
        200 * (correct & (scores >= limit)).sum() / ((scores >= limit).sum() + correct.sum())
        for limit in order[::7]
    )
    assert best >= brute - 1e-9
    assert threshold in scores


LABELS = [f"{r}({d})" for r in ("Cause-Effect", "Message-Topic") for d in ("e1,e2", "e2,e1")]


def test_semeval_wrong_direction_is_a_false_positive_and_a_miss():
    gold = {1: LABELS[0], 2: LABELS[0], 3: "Other"}
    scores = semeval.score_semeval(gold, {1: LABELS[0], 2: LABELS[1], 3: "Other"})
    assert (scores["precision"], scores["recall"], scores["f1"]) == (50.0, 50.0, 50.0)


def test_semeval_macro_is_over_relations_and_micro_over_labels():
    gold = dict(enumerate([LABELS[0]] * 3 + [LABELS[2]] + ["Other"]))
    predicted = dict(enumerate([LABELS[0]] * 3 + ["Other", LABELS[2]]))
    scores = semeval.score_semeval(gold, predicted)
    assert scores["f1"] == 50.0  # Cause-Effect 100, Message-Topic 0
    assert scores["micro_f1"] == 75.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([*LABELS, "Other"])] * 2), min_size=1, max_size=30))
def test_semeval_agrees_with_counting_each_relation(rows):
    gold = {i: label for i, (label, _) in enumerate(rows)}
    predicted = {i: guess for i, (_, guess) in enumerate(rows)}
    values = []
    for relation in {label.split("(")[0] for label in gold.values()} - {"Other"}:
        hit = sum(g == p and g.startswith(relation) for g, p in rows)
        guessed = sum(p.startswith(relation) for _, p in rows)
        there = sum(g.startswith(relation) for g, _ in rows)
        values.append(200 * hit / (guessed + there))
    expected = sum(values) / len(values) if values else 0.0
    assert semeval.score_semeval(gold, predicted)["f1"] == pytest.approx(expected)


def test_tacred_leaves_no_relation_out_of_gold_and_guesses():
    gold = ["per:title", "no_relation", "per:age", "no_relation"]
    scores = tacred.score_tacred(gold, ["per:title", "per:age", "per:title", "no_relation"])
    assert scores["precision"] == pytest.approx(100 / 3)
    assert scores["recall"] == 50.0
    assert tacred.score_tacred(gold, gold)["f1"] == 100.0
    assert tacred.score_tacred(gold, ["no_relation"] * 4)["f1"] == 0.0


@pytest.mark.parametrize(
    ("predicted", "answers", "exact", "f1"),
    [
        ("The Nile.", ["nile"], 100.0, 100.0),
        ("river Nile", ["the Nile", "Nile river"], 0.0, 100.0),
        ("Nile", ["river Nile"], 0.0, 200 * 0.5 / 1.5),
        ("a b b", ["b b b c"], 0.0, 200 * (2 / 2) * (2 / 4) / 1.5),  # "a" is an article
        ("the", ["an"], 100.0, 0.0),
        ("", ["Nile"], 0.0, 0.0),
    ],
)
def test_qa_answers_scored_by_hand(predicted, answers, exact, f1):
    assert qa.score_answer(predicted, answers) == (exact, pytest.approx(f1))


def test_qa_unanswered_questions_count_as_wrong_unless_skipped():
    gold = {"q1": ["Nile"], "q2": ["Rhine"]}
    assert qa.score_qa(gold, {"q1": "Nile", "q9": "x"}) == {"exact_match": 50.0, "f1": 50.0}
    assert qa.score_qa(gold, {"q1": "Nile"}, skip_unanswered=True)["f1"] == 100.0
    assert qa.score_qa(gold, {}, skip_unanswered=True) == {"exact_match": 0.0, "f1": 0.0}


def test_figer_mention_without_prediction_stays_in_the_macro_mean():
    scores = figer.score_types([{1, 2}, {3}], [{1}, set()])
    assert scores["accuracy"] == 0.0
    assert (scores["macro_precision"], scores["macro_recall"]) == (50.0, 25.0)
    assert (scores["micro_precision"], scores["micro_recall"]) == (100.0, pytest.approx(100 / 3))


def test_figer_always_one_adds_all_types_with_the_highest_logit():
    logits = np.array([[-1.0, -1.0, -2.0], [0.5, 0.1, -1.0]], np.float32)
    assert figer.choose_types(logits) == [[], [0, 1]]
    assert figer.choose_types(logits, always_one=True) == [[0, 1], [0, 1]]


def test_figer_perfect_is_100_and_empty_is_0():
    gold = [{1}, {2, 3}]
    assert set(figer.score_types(gold, gold).values()) == {100.0}
    assert set(figer.score_types(gold, [set(), set()]).values()) == {0.0}


def spert_sentence(entities, relations):
    spans = [Entity(kind, start, end) for kind, start, end in entities]
    return Sentence(["t"] * 9, spans, [Relation(*relation) for relation in relations])


def test_spert_strict_relation_needs_the_types_of_both_entities():
    gold = spert_sentence([("Peop", 0, 2), ("Loc", 4, 5)], [("Live_In", 0, 1)])
    guess = spert_sentence([("Org", 0, 2), ("Loc", 4, 5)], [("Live_In", 0, 1)])
    scores = spert.score_spert([gold], [guess])
    assert scores["rel_micro_f1"] == 100.0
    assert scores["rel_nec_micro_f1"] == 0.0
    assert scores["ner_micro_f1"] == 50.0
    assert scores["ner_macro_f1"] == pytest.approx(100 / 3)  # Loc 100, Org 0, Peop 0
    assert set(spert.score_spert([gold], [gold]).values()) == {100.0}
    assert set(spert.score_spert([gold], [spert_sentence([], [])]).values()) == {0.0}


def test_spert_option_drops_overlapping_entities_on_both_sides():
    gold = spert_sentence([("Drug", 0, 2), ("Drug", 1, 3), ("Drug", 5, 6)], [("AE", 0, 1)])
    guess = spert_sentence([("Drug", 5, 6)], [])
    assert spert.score_spert([gold], [guess], no_overlapping=True)["ner_micro_f1"] == 100.0
    assert spert.score_spert([gold], [guess])["ner_micro_f1"] == 50.0


numbers = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=30)


@pytest.mark.filterwarnings("ignore:A single label")
@settings(max_examples=40, deadline=None)
@given(numbers)
def test_glue_classification_agrees_with_scikit_learn(rows):
    from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

    gold, predicted = (list(side) for side in zip(*rows, strict=True))
    ours = glue.score_glue("MRPC", gold, predicted)
    assert ours["accuracy"] == pytest.approx(100 * accuracy_score(gold, predicted))
    assert ours["f1"] == pytest.approx(100 * f1_score(gold, predicted, zero_division=0))
    expected = 100 * matthews_corrcoef(gold, predicted)
    assert glue.score_glue("CoLA", gold, predicted)["matthews"] == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=30))
def test_glue_correlations_agree_with_scipy(rows):
    from scipy.stats import pearsonr, spearmanr

    gold, predicted = (np.array(side, float) for side in zip(*rows, strict=True))
    ours = glue.score_glue("STS-B", gold, predicted)
    if not np.ptp(gold) or not np.ptp(predicted):
        assert all(math.isnan(value) for value in ours.values())
        return
    assert ours["pearson"] == pytest.approx(100 * pearsonr(gold, predicted)[0])
    assert ours["spearman"] == pytest.approx(100 * spearmanr(gold, predicted)[0])


@pytest.mark.parametrize("task", ["CoLA", "SST-2", "MRPC", "STS-B"])
def test_glue_perfect_is_100(task):
    gold = [0.0, 1.0, 1.0, 0.0]
    scores = glue.score_glue(task, gold, gold)
    assert scores == dict.fromkeys(scores, pytest.approx(100.0))
