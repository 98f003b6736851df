"""The result table: benchmark x fraction x metric, one column per encoder, the paper's beside."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.reporting.paper import BASE, ERICA, describe_benchmark, paper_score


class Score(NamedTuple):
    """Mean and standard deviation over seeds, in percent."""

    mean: float
    std: float
    seeds: int


# task, encoder, percent -> metric -> score
Results = Mapping[tuple[str, str, int], Mapping[str, Score]]


@dataclass(frozen=True, slots=True)
class Row:
    """One metric of one benchmark at one fraction of its training set."""

    benchmark: str
    percent: int
    metric: str
    scores: list[Score | None]  # by encoder
    paper_base: float | None
    paper_erica: float | None

    @property
    def best(self) -> int:
        """Index of the encoder with the highest mean, -1 if there are fewer than two."""
        means = [score.mean if score else float("-inf") for score in self.scores]
        return means.index(max(means)) if sum(s is not None for s in self.scores) > 1 else -1


def make_rows(
    results: Results, tasks: Sequence[str], encoders: Sequence[str], percents: Sequence[int]
) -> list[Row]:
    """Return the rows of the table, benchmarks and fractions in the order given."""
    rows = []
    for task in tasks:
        shown = describe_benchmark(task)
        for percent in percents:
            found = [results.get((task, encoder, percent), {}) for encoder in encoders]
            for metric in shown.metrics:
                scores = [one.get(metric.name) for one in found]
                if any(scores):
                    rows.append(
                        Row(
                            benchmark=shown.title,
                            percent=percent,
                            metric=metric.label,
                            scores=scores,
                            paper_base=paper_score(task, percent, metric, BASE),
                            paper_erica=paper_score(task, percent, metric, ERICA),
                        )
                    )
    return rows


def format_score(score: Score | None) -> str:
    """Write "50.8 ± 0.3"; without a deviation where there was one seed."""
    if score is None:
        return "–"
    return f"{score.mean:.1f} ± {score.std:.1f}" if score.seeds > 1 else f"{score.mean:.1f}"


def format_figure(value: float | None) -> str:
    """Write a figure of the paper."""
    return "–" if value is None else f"{value:.1f}"


def format_markdown(rows: Sequence[Row], encoders: Sequence[str], *, seeds: int) -> str:
    """Return the table in Markdown, the best of each row in bold."""
    head = ["benchmark", "train", "metric", *encoders, "paper: BERT", "paper: ERICA"]
    lines = [
        f"Test scores in percent: mean and standard deviation over {seeds} seeds. The paper's",
        "figures are for BERT-base and its own corpus; they are shown for orientation.",
        "",
        f"| {' | '.join(head)} |",
        "|" + "---|" * 3 + "---:|" * (len(head) - 3),
    ]
    for row in rows:
        cells = [format_score(score) for score in row.scores]
        if row.best >= 0:
            cells[row.best] = f"**{cells[row.best]}**"
        figures = [format_figure(row.paper_base), format_figure(row.paper_erica)]
        line = [row.benchmark, f"{row.percent} %", row.metric, *cells, *figures]
        lines.append(f"| {' | '.join(line)} |")
    return "\n".join(lines) + "\n"


def print_table(rows: Sequence[Row], encoders: Sequence[str]) -> None:
    """Print the table on stdout, in colour on a terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Test scores (mean ± standard deviation)")
    for name in ("benchmark", "train", "metric"):
        table.add_column(name, no_wrap=True)
    for name in (*encoders, "paper: BERT", "paper: ERICA"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        cells = [format_score(score) for score in row.scores]
        if row.best >= 0:
            cells[row.best] = f"[bold]{cells[row.best]}[/bold]"
        figures = (format_figure(row.paper_base), format_figure(row.paper_erica))
        table.add_row(row.benchmark, f"{row.percent} %", row.metric, *cells, *figures)
    # wide enough for every column where the output is a file and has no width of its own
    Console(width=None if sys.stdout.isatty() else 120).print(table)
