"""TACRED with the labels of its three publications, as the other sentence-level benchmark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from pipeline.benchmarks.encoding import Span
from pipeline.benchmarks.metrics.tacred import score_tacred
from pipeline.benchmarks.readers.tacred import Labelling, Sentence, read_tacred, relation_names
from pipeline.benchmarks.tasks.sentence_relation import (
    SentenceRelationConfig,
    SentenceRelationTask,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TacredConfig(SentenceRelationConfig):
    """Numbers of TACRED, and whose labels."""

    labelling: Labelling


class TacredTask(SentenceRelationTask[Sentence]):
    """TACRED; the micro F1 without no_relation chooses the epoch."""

    def __init__(self, config: TacredConfig, folder: Path) -> None:
        """Read the benchmark's folder."""
        super().__init__(config, read_tacred(folder, config.labelling))
        self.labels = relation_names(self.splits)
        self.representation = config.representation

    @override
    def identify(self, record: Sentence) -> str:
        return record.id

    @override
    def view(self, record: Sentence) -> tuple[str, Span, Span, str]:
        return record.text, record.head, record.tail, record.label

    @override
    def score(
        self, records: Sequence[Sentence], predictions: Mapping[str, str]
    ) -> dict[str, float]:
        gold = [record.label for record in records]
        return score_tacred(gold, [predictions[record.id] for record in records])

    @override
    def write(self, predictions: Mapping[str, str], folder: Path) -> None:
        """Write one relation a line in the order of the test file, as the official scorer reads."""
        (folder / "predictions.txt").write_text(
            "".join(f"{predictions[record.id]}\n" for record in self.splits.test), "utf-8"
        )
