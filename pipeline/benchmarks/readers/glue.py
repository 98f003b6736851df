"""GLUE (Wang et al. 2018): the official tsv files, which quote nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pipeline.benchmarks.readers.files import find_file, has_file, read_lines, refuse
from pipeline.benchmarks.split import Splits

GlueTask = Literal["CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE"]
TASKS: tuple[GlueTask, ...] = get_args(GlueTask)

_ENTAILMENT = ("entailment", "not_entailment")
_BINARY = ("0", "1")


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a task by the name in the header; without `labels` the label is a number."""

    first: str
    second: str | None
    label: str
    labels: tuple[str, ...] | None
    header: tuple[str, ...] = ()  # where the files have none


_COLUMNS: dict[GlueTask, _Columns] = {
    "CoLA": _Columns(
        "sentence", None, "label", _BINARY, header=("source", "label", "star", "sentence")
    ),
    "SST-2": _Columns("sentence", None, "label", _BINARY),
    "MRPC": _Columns("#1 String", "#2 String", "Quality", _BINARY),
    "STS-B": _Columns("sentence1", "sentence2", "score", None),
    "QQP": _Columns("question1", "question2", "is_duplicate", _BINARY),
    "MNLI": _Columns(
        "sentence1", "sentence2", "gold_label", ("contradiction", "entailment", "neutral")
    ),
    "QNLI": _Columns("question", "sentence", "label", _ENTAILMENT),
    "RTE": _Columns("sentence1", "sentence2", "label", _ENTAILMENT),
}

# QQP's official train.tsv breaks some rows inside a question (nyu-mll/GLUE-baselines, issue 5);
# every public reader leaves the pieces out. More than this share is another fault.
_BROKEN_SHARE = 0.001
_MAX_SCORE = 5.0  # STS-B


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence or a pair; `label` is the number of its class or STS-B's score from 0 to 5.

    `portion` is the name of its file without .tsv: MNLI has dev_matched and dev_mismatched.
    """

    number: int
    first: str
    second: str | None
    label: float
    portion: str


def class_names(task: GlueTask) -> tuple[str, ...] | None:
    """Return the classes in the order of their numbers; None for a score."""
    return _COLUMNS[task].labels


def read_glue(folder: Path, task: GlueTask) -> Splits[Row]:
    """Read the training and dev sets. The test set is hidden: dev, which papers report, is both.

    Args:
        folder: The folder of this task, with train.tsv and dev.tsv. MNLI has dev_matched.tsv and,
            if it is there, dev_mismatched.tsv; dev holds both.
        task: The task's official name.

    Raises:
        InputError: A file is missing or not of this form.
    """
    names = ["dev.tsv"]
    if task == "MNLI":
        names = ["dev_matched.tsv"]
        names += ["dev_mismatched.tsv"] if has_file(folder, "dev_mismatched.tsv") else []
    dev = [row for name in names for row in read_rows(find_file(folder, name), task)]
    return Splits(read_rows(find_file(folder, "train.tsv"), task), dev, dev)


def read_rows(path: Path, task: GlueTask) -> list[Row]:
    """Read one tsv file; every row must have the columns of the header and a known label."""
    columns = _COLUMNS[task]
    lines = read_lines(path)
    header = columns.header or tuple(lines[0].split("\t"))
    wanted = [columns.first, columns.label, *([columns.second] if columns.second else [])]
    for name in wanted:
        if name not in header:
            refuse(path, "1", f"expected a column {name!r}")
    place = {name: header.index(name) for name in wanted}
    rows: list[Row] = []
    for line, cells in _split(path, task, lines, len(header), skip=not columns.header):
        rows.append(
            Row(
                number=len(rows),
                first=cells[place[columns.first]],
                second=cells[place[columns.second]] if columns.second else None,
                label=_read_label(path, line, cells[place[columns.label]], columns),
                portion=path.stem,
            )
        )
    return rows


def _split(
    path: Path, task: GlueTask, lines: list[str], width: int, *, skip: bool
) -> Iterator[tuple[int, list[str]]]:
    """Yield line number (from 1) and cells of the rows that have `width` cells."""
    broken = 0
    for line, text in enumerate(lines[skip:], 1 + skip):
        cells = text.split("\t")
        if len(cells) == width:
            yield line, cells
            continue
        broken += 1
        if task != "QQP" or broken > _BROKEN_SHARE * len(lines):
            refuse(path, str(line), f"expected {width} columns, got {len(cells)}")


def _read_label(path: Path, line: int, text: str, columns: _Columns) -> float:
    if columns.labels:
        if text not in columns.labels:
            expected = ", ".join(columns.labels)
            refuse(path, str(line), f"expected the label to be one of {expected}, got {text!r}")
        return float(columns.labels.index(text))
    try:
        score = float(text)
    except ValueError:
        refuse(path, str(line), f"expected a score, got {text!r}")
    if not 0.0 <= score <= _MAX_SCORE:
        refuse(path, str(line), f"expected a score from 0 to 5, got {text}")
    return score
