"""GLUE: the state of the first token ([CLS]), a dense layer, classes or a score (appendix B).

B examples, T tokens, H hidden size, L classes (one output for STS-B's score).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from typing_extensions import override

from pipeline.benchmarks.encoding import Ints, TextEncoder
from pipeline.benchmarks.metrics.glue import score_glue
from pipeline.benchmarks.readers.glue import GlueTask, Row, class_names, read_glue
from pipeline.benchmarks.tasks.base import Example, Inputs, Task, TaskConfig, collate_inputs
from pipeline.progress import Counts

# As the paper's Table 9, but for CoLA: its "accuracy" is Matthews' correlation.
_SELECTION: dict[GlueTask, str] = {
    "CoLA": "matthews",
    "MRPC": "f1",
    "QQP": "f1",
    "STS-B": "spearman",
}
_FILES = {"dev_matched": "MNLI-m", "dev_mismatched": "MNLI-mm"}


@dataclass(slots=True)
class GlueExample(Example):
    """A sentence or a pair, with the number of its class or its score."""

    label: float


@dataclass(frozen=True, slots=True)
class GlueBatch:
    """A batch of sentences or pairs."""

    inputs: Inputs
    label_B: torch.Tensor


class GlueBenchmark(Task[Row, GlueExample, GlueBatch, float, list[float]]):
    """One of the eight tasks. Predictions are labels in the order of the records."""

    def __init__(self, config: TaskConfig, folder: Path, name: GlueTask) -> None:
        """Read the folder of the task `name`."""
        super().__init__(config, read_glue(folder, name))
        self.name, self.classes, self.dropout = name, class_names(name), config.dropout
        self.selection = _SELECTION.get(name, "accuracy")

    @override
    def identify(self, record: Row) -> str:
        return f"{record.portion}/{record.number}"

    @override
    def stratum(self, record: Row) -> float:
        return record.label if self.classes else 0.0

    @override
    def encode(self, records: Sequence[Row], text: TextEncoder) -> tuple[list[GlueExample], Counts]:
        first = text.tokenize([record.first for record in records])
        second = text.tokenize([record.second or "" for record in records])
        examples, cut = [], 0
        for index, record in enumerate(records):
            ids, pair = first[index].ids, second[index].ids
            if record.second is None:
                cut += len(ids) > text.room()
                framed = text.frame(ids[: text.room()])
                examples.append(GlueExample(index, framed, len(framed), record.label))
                continue
            room = text.room(first=0)
            cut += len(ids) + len(pair) > room
            ids, pair = cut_longer(ids, pair, room)
            framed, place = text.frame_pair(ids, pair)
            examples.append(GlueExample(index, framed, place, record.label))
        return examples, {"rows": len(records), "rows_cut": cut}

    @override
    def make_head(self, width: int) -> nn.Module:
        return nn.Sequential(
            nn.Dropout(self.dropout),
            nn.Linear(width, width),
            nn.Tanh(),
            nn.Dropout(self.dropout),
            nn.Linear(width, len(self.classes) if self.classes else 1),
        )

    @override
    def collate(self, examples: Sequence[GlueExample], text: TextEncoder) -> GlueBatch:
        labels = torch.tensor([example.label for example in examples])
        return GlueBatch(collate_inputs(examples, text), labels)

    @override
    def inputs(self, batch: GlueBatch) -> Inputs:
        return batch.inputs

    @override
    def loss(self, head: nn.Module, states_BTH: torch.Tensor, batch: GlueBatch) -> torch.Tensor:
        """Return the mean cross-entropy, or the mean squared error of the score."""
        logits_BL = head(states_BTH[:, 0]).float()
        if self.classes:
            return F.cross_entropy(logits_BL, batch.label_B.long())
        return F.mse_loss(logits_BL[:, 0], batch.label_B)

    @override
    def outputs(self, head: nn.Module, states_BTH: torch.Tensor, batch: GlueBatch) -> list[float]:
        logits_BL = head(states_BTH[:, 0]).float()
        label_B = logits_BL.argmax(dim=1).float() if self.classes else logits_BL[:, 0]
        labels: list[float] = label_B.tolist()
        return labels

    @override
    def decode(
        self,
        records: Sequence[Row],
        examples: Sequence[GlueExample],
        outputs: Sequence[float],
        threshold: float,
    ) -> list[float]:
        return list(outputs)

    @override
    def score(self, records: Sequence[Row], predictions: Sequence[float]) -> dict[str, float]:
        """Return the task's metrics; those of MNLI's second dev set end in _mismatched.

        A correlation with constant predictions, which is no number, counts as 0.
        """
        scores = {}
        for portion in dict.fromkeys(record.portion for record in records):
            rows = [
                (record.label, label)
                for record, label in zip(records, predictions, strict=True)
                if record.portion == portion
            ]
            gold, predicted = zip(*rows, strict=True)
            suffix = "_mismatched" if portion.endswith("mismatched") else ""
            for metric, value in score_glue(self.name, gold, predicted).items():
                scores[metric + suffix] = 0.0 if math.isnan(value) else value
        return scores

    @override
    def write(self, predictions: Sequence[float], folder: Path) -> None:
        """Write a tsv of row number and label for each dev set, as the official server has it."""
        files: dict[str, list[str]] = {}
        for record, label in zip(self.splits.test, predictions, strict=True):
            name = self.classes[int(label)] if self.classes else f"{label:.3f}"
            lines = files.setdefault(_FILES.get(record.portion, self.name), [])
            lines.append(f"{record.number}\t{name}\n")
        for file, lines in files.items():
            (folder / f"{file}.tsv").write_text("index\tprediction\n" + "".join(lines), "utf-8")


def cut_longer(first: Ints, second: Ints, room: int) -> tuple[Ints, Ints]:
    """Cut two texts to `room` tokens in all, token by token from the longer one."""
    excess = len(first) + len(second) - room
    if excess <= 0:
        return first, second
    shorter = min(len(first), len(second))
    if shorter <= room // 2:
        keep = room - shorter
        return first[:keep], second[:keep]
    return first[: room - room // 2], second[: room // 2]
