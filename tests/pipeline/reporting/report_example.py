"""A page's contents of plausible size, made from a seed."""

import math
import random

from pipeline.reporting.page import Contents
from pipeline.reporting.projection import Projected
from pipeline.reporting.stages import describe_stage
from pipeline.reporting.statistics import describe_corpus
from pipeline.reporting.svg import Series, smooth
from pipeline.reporting.table import Score, make_rows

ENCODERS = ["base", "erica"]
RELATIONS = ["country (P17)", "director (P57)", "part of the series (P179)", "<b> & co (P1)"]


def make_results(tasks=("docred", "semeval", "squad"), percents=(10, 100), seeds=3):
    """Return scores that are better for erica."""
    rng = random.Random(3)
    results = {}
    for task in tasks:
        for percent in percents:
            for lift, encoder in enumerate(ENCODERS):
                mean = 30 + 20 * math.log10(percent) + 3 * lift + rng.random()
                results[task, encoder, percent] = {
                    name: Score(round(mean + shift, 4), 0.5 if seeds > 1 else 0.0, seeds)
                    for shift, name in enumerate(("f1", "ign_f1", "micro_f1", "exact_match"))
                }
    return results


def make_contents(tasks=("docred", "semeval", "squad"), percents=(10, 100), seeds=3):
    """Return contents with every part filled."""
    rng = random.Random(5)
    curves = {}
    for name, start in (("Total loss", 14.0), ("Entity discrimination (Eq. 2)", 2.2)):
        points = [
            (step, start * math.exp(-step / 120) + start / 3 + rng.gauss(0, 0.25))
            for step in range(300)
        ]
        curves[name] = [Series("step", points), Series("mean", smooth(points, 15))]
    points = []
    for encoder, spread in (("base", 7.0), ("erica", 2.0)):
        for kind, labels in (("entity", ["PER", "LOC", "ORG", "TIME"]), ("relation", RELATIONS)):
            for number in range(240):
                group = number % len(labels)
                angle = 2 * math.pi * group / len(labels)
                x, y = 10 * math.cos(angle), 10 * math.sin(angle)
                points.append(
                    Projected(
                        x + rng.gauss(0, spread),
                        y + rng.gauss(0, spread),
                        labels[group],
                        kind,
                        encoder,
                    )
                )
    reports = {
        "parse": {
            "pages": {"in": 600, "out": 520, "redirect": 50, "namespace": 30, "poison": 0},
            "documents": {"in": 520, "out": 410, "short": 110, "words": 79000},
        },
        "annotate": {
            "documents": {"in": 410, "out": 300, "few_entities": 80, "few_triples": 30},
            "triples": {"in": 9, "kept": 7, "leaked": 2},
            "kept": {"words": 56_000, "none": 0},
        },
    }
    statistics = describe_corpus(
        documents=300, tokens=56_000, entities=3_900, mentions=5_100, triples=2_400, relations=62
    )
    return Contents(
        rows=make_rows(make_results(tasks, percents, seeds), tasks, ENCODERS, percents),
        encoders=ENCODERS,
        seeds=seeds,
        statistics=statistics,
        stages=[describe_stage(name, report) for name, report in reports.items()],
        curves=curves,
        heldout={
            "before": {"ed_accuracy": 0.31, "ed_chance": 0.1, "rd_retrieval": 0.2},
            "after": {"ed_accuracy": 0.52, "ed_chance": 0.1, "rd_retrieval": 0.4, "rd_chance": 0.1},
        },
        points=points,
        compactness={
            "entity": {"base": 0.05, "erica": 0.31},
            "relation": {"base": -0.02, "erica": 0.22},
        },
        settings={"base encoder": "minilm", "objectives": "ed, rd, mlm", "tau": "0.05"},
    )
