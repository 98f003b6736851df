"""The recorded outputs of the official scorers: every case, within the stated tolerances."""

import json
import math

import msgspec
import numpy as np
import pytest

from pipeline.benchmarks.metrics import docred, figer, glue, qa, semeval, spert, tacred
from pipeline.benchmarks.readers.docred import Document
from pipeline.benchmarks.readers.spert import Sentence

pytestmark = pytest.mark.real


def read(shared, name):
    return json.loads((shared / "data" / "oracles" / f"{name}.json").read_text("utf-8"))


def close(ours, theirs, tolerance=1e-9):
    return abs(ours - theirs) <= tolerance


def document(value):
    sentences = value.get("sents", [])
    for entity in value["vertexSet"]:  # the training sets hold names only
        for mention in entity:
            mention.setdefault("pos", [0, 1])
            mention.setdefault("sent_id", 0)
    return msgspec.convert(value | {"sents": sentences}, Document)


def test_docred_agrees_with_the_official_scorer(shared):
    oracle = read(shared, "docred")
    golds = {name: [document(d) for d in docs] for name, docs in oracle["golds"].items()}
    trains = {
        name: docred.named_facts(document(d) for d in docs)
        for name, docs in oracle["trains"].items()
    }
    names = {"RE_F1": "f1", "Evi_F1": "evidence_f1"}
    for case in oracle["cases"]:
        inputs, expected = case["inputs"], case["expected"]
        gold = golds[inputs["gold"]]
        rows = [
            docred.PredictedFact(
                gold[title].title if isinstance(title, int) else title,
                h,
                t,
                r,
                tuple(evidence or ()),
            )
            for title, h, t, r, evidence in inputs["predictions"]
        ]
        ours = docred.score_docred(rows, gold, trains[inputs["train_annotated"]])
        distant = docred.score_docred(rows, gold, trains[inputs["train_distant"]])
        if "error" in expected:  # 0 / 0 in the official script
            assert all(math.isfinite(value) for value in ours.values())
            continue
        for theirs, name in names.items():
            assert close(ours[name] / 100, expected[theirs]), (case["name"], name)
        assert close(ours["ign_f1"] / 100, expected["RE_ignore_annotated_F1"]), case["name"]
        assert close(distant["ign_f1"] / 100, expected["RE_ignore_distant_F1"]), case["name"]
    assert len(oracle["cases"]) == 27


def test_semeval_agrees_with_the_official_scorer(shared):
    oracle = read(shared, "semeval")
    labels = oracle["labels"]
    compared = 0
    for case in oracle["cases"]:
        inputs, expected = case["inputs"], case["expected"]
        if "prediction_lines" in inputs:  # the format checker's example: no score exists
            continue
        if "gold" in inputs:
            key = oracle["golds"][inputs["gold"]]
            gold = {key["first_id"] + i: labels[n] for i, n in enumerate(key["labels"])}
            predicted = {
                key["first_id"] + i: labels[n]
                for i, n in enumerate(inputs["predictions"])
                if n >= 0
            }
        else:
            gold, predicted = (
                {
                    number: label if isinstance(label, str) else labels[label]
                    for number, label in rows
                }
                for rows in (inputs["gold_rows"], inputs["prediction_rows"])
            )
        ours = semeval.score_semeval(gold, predicted)
        compared += 1
        assert close(ours["f1"], expected["official_macro_F1"], 0.0051), case["name"]
        for kind, short in (("precision", "P"), ("recall", "R"), ("f1", "F1")):
            assert close(ours[kind], expected["official"]["macro"][short], 0.0051), case["name"]
            theirs = expected["way19"]["micro"][short]
            assert close(ours[f"micro_{kind}"], theirs, 0.0051), (case["name"], kind)
    assert compared == 20


def test_tacred_agrees_with_the_official_scorer(shared):
    oracle = read(shared, "tacred")
    labels = oracle["labels"]
    for case in oracle["cases"]:
        gold, predicted = (
            [label if isinstance(label, str) else labels[label] for label in case["inputs"][side]]
            for side in ("gold", "predictions")
        )
        ours, expected = tacred.score_tacred(gold, predicted), case["expected"]
        if "error" in expected:
            continue
        assert close(ours["f1"] / 100, expected["f1"]), case["name"]
        assert close(ours["recall"] / 100, expected["recall"]), case["name"]
        if any(label != tacred.NO_RELATION for label in predicted):
            assert close(ours["precision"] / 100, expected["precision"]), case["name"]
    assert len(oracle["cases"]) == 17


def test_squad_agrees_with_the_official_scorer(shared):
    oracle = read(shared, "squad")
    for case in oracle["cases"]:
        gold = {
            question["id"]: [answer["text"] for answer in question["answers"]]
            for article in oracle["golds"][case["inputs"]["gold"]]["data"]
            for paragraph in article["paragraphs"]
            for question in paragraph["qas"]
        }
        predictions = case["inputs"]["predictions"]
        ours = qa.score_qa(gold, predictions)
        assert close(ours["exact_match"], case["expected"]["exact_match"]), case["name"]
        assert close(ours["f1"], case["expected"]["f1"]), case["name"]
        for number, (exact, f1) in case.get("expected_per_question", {}).items():
            assert qa.score_answer(predictions[number], gold[number]) == pytest.approx(
                (exact, f1), abs=1e-9
            )
    assert len(oracle["cases"]) == 33


def test_mrqa_agrees_with_the_official_scorer(shared):
    oracle = read(shared, "mrqa")
    for case in oracle["cases"]:
        gold = {
            question["qid"]: question["answers"]
            for line in oracle["golds"][case["inputs"]["gold"]][1:]
            for question in line["qas"]
        }
        ours = qa.score_qa(
            gold, case["inputs"]["predictions"], skip_unanswered=case["inputs"]["skip_no_answer"]
        )
        if "error" in case["expected"]:
            continue
        assert close(ours["exact_match"], case["expected"]["exact_match"]), case["name"]
        assert close(ours["f1"], case["expected"]["f1"]), case["name"]
    assert len(oracle["cases"]) == 39


def test_figer_agrees_with_the_released_evaluations(shared):
    oracle = read(shared, "figer")
    for case in oracle["cases"]:
        logits = np.array(case["inputs"]["logits"], np.float32)
        for rule, always_one in (("plain", False), ("top1_fallback", True)):
            expected = case["expected"][rule]
            ours = figer.score_types(
                case["inputs"]["gold"], figer.choose_types(logits, always_one=always_one)
            )
            if "error" in expected:
                continue
            assert close(ours["accuracy"] / 100, expected["strict_accuracy"]), case["name"]
            for kind in ("macro", "micro"):
                values = [ours[f"{kind}_{part}"] / 100 for part in ("precision", "recall", "f1")]
                assert values == pytest.approx(expected[f"loose_{kind}"], abs=1e-9), case["name"]
    assert len(oracle["cases"]) == 17


def test_spert_agrees_with_the_official_evaluator(shared):
    oracle = read(shared, "spert")
    for case in oracle["cases"]:
        inputs, expected = case["inputs"], case["expected"]
        ours = spert.score_spert(
            msgspec.convert(oracle["golds"][inputs["gold"]], list[Sentence]),
            [msgspec.convert({"tokens": []} | s, Sentence) for s in inputs["predictions"]],
            no_overlapping=inputs["no_overlapping"],
        )
        if "error" in expected:
            assert set(ours.values()) == {0.0}
            continue
        for task in ("ner", "rel", "rel_nec"):
            for kind in ("micro", "macro"):
                values = [ours[f"{task}_{kind}_{part}"] for part in ("precision", "recall", "f1")]
                assert values == pytest.approx(expected[task][kind], abs=1e-9), (case["name"], task)
    assert len(oracle["cases"]) == 20


NAMES = {"cola": "CoLA", "sst-2": "SST-2", "mrpc": "MRPC", "qqp": "QQP", "sts-b": "STS-B"}
KEYS = {"acc": "accuracy", "mcc": "matthews", "f1": "f1", "pearson": "pearson"}


def test_glue_agrees_with_the_released_metrics(shared):
    oracle = read(shared, "glue")
    for case in oracle["cases"]:
        task = case["inputs"]["task"]
        ours = glue.score_glue(
            NAMES.get(task, task), case["inputs"]["labels"], case["inputs"]["preds"]
        )
        for key, theirs in case["expected"].items():
            short = key.rpartition("/")[2]
            if short in ("acc_and_f1", "corr"):  # means of two others
                continue
            value = ours["spearman" if short == "spearmanr" else KEYS[short]] / 100
            if theirs is None:
                assert math.isnan(value), case["name"]
            else:
                assert close(value, theirs), (case["name"], key)
    assert len(oracle["cases"]) == 56
