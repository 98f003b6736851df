"""What a run reports: its sizes, losses and held-out scores, as tables and as JSON."""

import dataclasses
from typing import Any

from pipeline.training.config import TrainConfig
from pipeline.training.heldout import SCORES
from pipeline.training.loop import Row
from pipeline.training.pretrain import Outcome


def summarise(outcome: Outcome, config: TrainConfig) -> dict[str, Any]:
    """Return the report of a run: sizes, final losses (mean of the last tenth), held-out scores."""
    last = outcome.rows[-max(len(outcome.rows) // 10, 1) :]
    names = [name for name in ("loss", "ed", "rd", "mlm") if name in last[0]]
    return {
        "objective_family": config.objective_family,
        "objectives": list(config.objectives),
        "seed": config.seed,
        "steps": len(outcome.rows),
        "documents": outcome.documents,
        "tokens": outcome.tokens,
        "triples": outcome.triples,
        "relations": outcome.relations,
        "padding": round(outcome.padding, 4),
        "epochs": round(len(outcome.rows) * config.batch_size / outcome.documents, 2),
        "final": {name: round(sum(r[name] for r in last) / len(last), 5) for name in names},
        "heldout": {
            when: {k: round(v, 5) for k, v in dataclasses.asdict(scores).items()}
            for when, scores in (("before", outcome.before), ("after", outcome.after))
            if scores
        },
    }


def heldout_lines(outcome: Outcome) -> list[str]:
    """Return the lines of train_heldout.tsv: the untouched encoder, then each measurement."""
    lines = ["\t".join(("step", *SCORES))]
    if outcome.before:
        before = dataclasses.asdict(outcome.before)
        lines.append("\t".join(["0", *(f"{before[name]:.6g}" for name in SCORES)]))
    for number, row in enumerate(outcome.rows, 1):
        if SCORES[0] in row:
            lines.append("\t".join([str(number), *(f"{row[name]:.6g}" for name in SCORES)]))
    return lines


def curve_lines(rows: list[Row]) -> list[str]:
    """Return the lines of train.tsv, one per step.

    An objective that is not trained stays empty; `rd` is the pair loss of MTB and CP.
    """
    names = ("loss", "ed", "rd", "mlm", "learning_rate", "gradient_norm")
    counts = ("rd_positives", "rd_negatives")
    lines = ["\t".join(("step", *names, *counts))]
    for number, row in enumerate(rows):
        values = [f"{row[name]:.6g}" if name in row else "" for name in names]
        values += [str(int(row[name])) for name in counts]
        lines.append("\t".join([str(number), *values]))
    return lines
