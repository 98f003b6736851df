"""The figures that the paper prints, by our names of benchmarks, fractions and metrics.

`paper_results.json` holds the numbers of Tables 1-12: table -> data set -> share of the training
set -> model -> metric -> percent. Notes on what the paper counts are in docs/paper_map.md.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

# our encoders and the rows of the paper that they are the counterparts of
BASE, ERICA = "BERT", "ERICA_BERT"


class Metric(NamedTuple):
    """A metric of the main table: our name, how it is shown, and the paper's name (None: none).

    `data` is the paper's data set where the benchmark's metrics stand under several.
    """

    name: str
    label: str
    paper: str | None
    data: str | None = None


class Rows(NamedTuple):
    """Where a benchmark stands in the paper and which of its metrics are shown."""

    title: str
    tables: tuple[tuple[str, str], ...]  # table and data set; the first that has the share counts
    metrics: tuple[Metric, ...]


def _glue(title: str, *metrics: Metric, data: str = "") -> Rows:
    return Rows(title, (("table9", data or title),), metrics)


_ACCURACY = Metric("accuracy", "accuracy", "Accuracy")
_F1 = Metric("f1", "F1", "F1")
_EXACT = Metric("exact_match", "exact match", None)
_JOINT = (
    Metric("ner_micro_f1", "NER F1", "NER_F1"),
    Metric("rel_nec_micro_f1", "RE F1", "RE_F1"),
)

BENCHMARKS: dict[str, Rows] = {
    "docred": Rows("DocRED", (("table1", "DocRED"),), (_F1, Metric("ign_f1", "Ign F1", "IgF1"))),
    # Table 2's SemEval figures are micro F1, the official measure is macro F1 (paper_map.md)
    "semeval": Rows(
        "SemEval-2010 Task 8",
        (("table2", "SemEval"),),
        (Metric("micro_f1", "micro F1", "F1"), Metric("f1", "official macro F1", None)),
    ),
    "tacred": Rows("TACRED", (("table2", "TACRED"),), (_F1,)),
    "figer": Rows(
        "FIGER",
        (("table3", "FIGER"),),
        (
            Metric("macro_f1", "loose macro F1", "MacroF1"),
            Metric("micro_f1", "loose micro F1", "MicroF1"),
            Metric("accuracy", "strict accuracy", None),
        ),
    ),
    "wikihop": Rows("WikiHop", (("table4", "WikiHop-standard"),), (_ACCURACY,)),
    "wikihop_masked": Rows("WikiHop, masked", (("table4", "WikiHop-masked"),), (_ACCURACY,)),
    "squad": Rows("SQuAD", (("table5", "SQuAD"), ("table11", "SQuAD")), (_F1, _EXACT)),
    "triviaqa": Rows("TriviaQA", (("table5", "TriviaQA"), ("table11", "TriviaQA")), (_F1, _EXACT)),
    "naturalquestions": Rows(
        "NaturalQuestions", (("table5", "NaturalQA"), ("table11", "NaturalQA")), (_F1, _EXACT)
    ),
    "conll04": Rows("CoNLL04", (("table12", "CoNLL04"),), _JOINT),
    "ade": Rows("ADE", (("table12", "ADE"),), _JOINT),
    "mnli": _glue(
        "MNLI",
        Metric("accuracy", "accuracy, matched", "Accuracy", "MNLI-m"),
        Metric("accuracy_mismatched", "accuracy, mismatched", "Accuracy", "MNLI-mm"),
        data="MNLI-m",
    ),
    "qqp": _glue("QQP", _F1, Metric("accuracy", "accuracy", None)),
    "qnli": _glue("QNLI", _ACCURACY),
    "sst2": _glue("SST-2", _ACCURACY, data="SST-2"),
    # Table 9 calls it accuracy; 57 to 63 is where Matthews correlation lies (paper_map.md)
    "cola": _glue(
        "CoLA",
        Metric("matthews", "Matthews", "Accuracy"),
        Metric("accuracy", "accuracy", None),
    ),
    "stsb": _glue("STS-B", Metric("spearman", "Spearman", "Spearman"), data="STS-B"),
    "mrpc": _glue("MRPC", _F1, Metric("accuracy", "accuracy", None)),
    "rte": _glue("RTE", _ACCURACY),
}


@cache
def read_paper_results() -> dict[str, Any]:
    """Return all figures of Tables 1-12."""
    text = Path(__file__).with_name("paper_results.json").read_text("utf-8")
    results: dict[str, Any] = json.loads(text)
    return results


def describe_benchmark(task: str) -> Rows:
    """Return what is shown of a benchmark; of one that is not listed, F1 under its own name."""
    return BENCHMARKS.get(task, Rows(task, (), (_F1,)))


def paper_score(task: str, percent: int, metric: Metric, model: str) -> float | None:
    """Return a figure of the paper, None where it prints none."""
    for table, data in describe_benchmark(task).tables:
        row = (
            read_paper_results()[table]
            .get(metric.data or data, {})
            .get(f"{percent}%", {})
            .get(model, {})
        )
        if metric.paper in row:
            value: float = row[metric.paper]
            return value
    return None
