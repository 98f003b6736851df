"""Sentence-level relation extraction: SemEval-2010 Task 8 and TACRED (paper 4.3 and A.1).

Marker tokens stand around head and tail. The representation of the pair is that of pre-training:
the means of the tokens between the markers (Eq. 1), concatenated; `marker_start` takes the states
of the two opening markers instead, as MTB and CP are pre-trained (Soares et al. 2019).

B sentences, T tokens, H hidden size, L labels.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from typing_extensions import override

from pipeline.benchmarks.encoding import Ints, Span, TextEncoder, Tokens, mark_spans
from pipeline.benchmarks.metrics.semeval import score_semeval
from pipeline.benchmarks.readers.semeval import LABELS, Sentence, read_semeval
from pipeline.benchmarks.tasks.base import Example, Inputs, Task, TaskConfig, collate_inputs
from pipeline.model.pooling import pool_entities
from pipeline.progress import Counts

Representation = Literal["mean_pool", "marker_start"]
MARKERS = 4  # [head], [/head], [tail], [/tail]


@dataclass(frozen=True, kw_only=True, slots=True)
class SentenceRelationConfig(TaskConfig):
    """Numbers of sentence-level relation extraction."""

    representation: Representation


@dataclass(slots=True)
class PairExample(Example):
    """A sentence with markers: the positions that head and tail are pooled from, the label."""

    head: Span
    tail: Span
    label: int


@dataclass(frozen=True, slots=True)
class PairBatch:
    """A batch of sentences; mention 2b is the head of sentence b, 2b + 1 its tail."""

    inputs: Inputs
    token_index_S: torch.Tensor
    token_mention_S: torch.Tensor
    label_B: torch.Tensor


R = TypeVar("R")


class SentenceRelationTask(Task[R, PairExample, PairBatch, int, dict[str, str]], Generic[R]):
    """What SemEval and TACRED share. Subclasses give text, spans and label of a record."""

    num_markers = MARKERS
    labels: Sequence[str]
    representation: Representation

    @abstractmethod
    def view(self, record: R) -> tuple[str, Span, Span, str]:
        """Return text, characters of head and of tail, and label of a record."""

    @override
    def stratum(self, record: R) -> str:
        return self.view(record)[3]

    @override
    def encode(self, records: Sequence[R], text: TextEncoder) -> tuple[list[PairExample], Counts]:
        views = [self.view(record) for record in records]
        number = {label: index for index, label in enumerate(self.labels)}
        examples, cut = [], 0
        for index, (tokens, (_, head, tail, label)) in enumerate(
            zip(text.tokenize([view[0] for view in views]), views, strict=True)
        ):
            spans = _not_empty(tokens, head), _not_empty(tokens, tail)
            ids, (head, tail), outside = insert_markers(
                tokens.ids, spans, room=text.room(), first_marker=text.first_marker
            )
            cut += outside
            ids = text.frame(ids)
            head, tail = ((start + text.prefix, end + text.prefix) for start, end in (head, tail))
            if self.representation == "marker_start":
                head, tail = ((start - 1, start) for start, _ in (head, tail))
            examples.append(PairExample(index, ids, len(ids), head, tail, number[label]))
        return examples, {"sentences": len(records), "entities_outside_window": cut}

    @override
    def make_head(self, width: int) -> nn.Module:
        return nn.Linear(2 * width, len(self.labels))

    @override
    def collate(self, examples: Sequence[PairExample], text: TextEncoder) -> PairBatch:
        inputs = collate_inputs(examples, text)
        T = inputs.ids_BT.shape[1]
        spans = [
            (b * T + start, b * T + end)
            for b, example in enumerate(examples)
            for start, end in (example.head, example.tail)
        ]
        index = np.concatenate([np.arange(start, end) for start, end in spans])
        mention = np.repeat(np.arange(len(spans)), [end - start for start, end in spans])
        return PairBatch(
            inputs=inputs,
            token_index_S=torch.from_numpy(index),
            token_mention_S=torch.from_numpy(mention),
            label_B=torch.tensor([example.label for example in examples]),
        )

    @override
    def inputs(self, batch: PairBatch) -> Inputs:
        return batch.inputs

    def _logits(self, head: nn.Module, states_BTH: torch.Tensor, batch: PairBatch) -> torch.Tensor:
        number = 2 * len(states_BTH)
        mention_entity_M = torch.arange(number, device=states_BTH.device)
        entity_EH = pool_entities(
            states_BTH.flatten(0, 1),
            batch.token_index_S,
            batch.token_mention_S,
            mention_entity_M,
            number,
        )
        logits_BL: torch.Tensor = head(entity_EH.view(len(states_BTH), -1))
        return logits_BL.float()

    @override
    def loss(self, head: nn.Module, states_BTH: torch.Tensor, batch: PairBatch) -> torch.Tensor:
        return F.cross_entropy(self._logits(head, states_BTH, batch), batch.label_B)

    @override
    def outputs(self, head: nn.Module, states_BTH: torch.Tensor, batch: PairBatch) -> list[int]:
        best: list[int] = self._logits(head, states_BTH, batch).argmax(dim=1).tolist()
        return best

    @override
    def decode(
        self,
        records: Sequence[R],
        examples: Sequence[PairExample],
        outputs: Sequence[int],
        threshold: float,
    ) -> dict[str, str]:
        return {
            self.identify(records[example.record]): self.labels[label]
            for example, label in zip(examples, outputs, strict=True)
        }


def _not_empty(tokens: Tokens, characters: Span) -> Span:
    """Return the tokens of an entity; the nearest one where the tokenizer drops its characters."""
    start, end = tokens.find(characters)
    return (start, end) if start < end else (max(start - 1, 0), min(max(start, 1), len(tokens.ids)))


def insert_markers(
    ids: Ints, spans: tuple[Span, Span], *, room: int, first_marker: int
) -> tuple[Ints, tuple[Span, Span], int]:
    """Put markers around head and tail, and cut the text to `room` tokens around them.

    Args:
        ids: The sentence without special tokens.
        spans: Head and tail in tokens; they may touch, nest or be empty.
        room: Tokens that fit, the four markers included.
        first_marker: Id of the first marker; the others follow.

    Returns:
        The new ids, the tokens between the markers of head and of tail, and how many of the two
        did not fit in whole. At least one token of each is kept, if only its marker.
    """
    markers = np.arange(first_marker, first_marker + MARKERS).reshape(2, 2)
    marked, position_M2 = mark_spans(ids, np.array(spans), markers)
    first, last = int(position_M2.min()), int(position_M2.max())
    cut = 0 if last < room else min(first, last + 1 - room)
    kept = marked[cut : cut + room]
    between = []
    for opening, closing in (position_M2 - cut).tolist():
        begin = min(opening, len(kept) - 2) + 1
        between.append((begin, max(begin + 1, min(closing, len(kept)))))
    outside = int((position_M2[:, 1] - cut >= len(kept)).sum())
    return kept, (between[0], between[1]), outside


class SemevalTask(SentenceRelationTask[Sentence]):
    """SemEval-2010 Task 8; the official macro F1 chooses the epoch."""

    labels = LABELS

    def __init__(self, config: SentenceRelationConfig, folder: Path) -> None:
        """Read the benchmark's folder."""
        super().__init__(config, read_semeval(folder))
        self.representation = config.representation

    @override
    def identify(self, record: Sentence) -> str:
        return str(record.number)

    @override
    def view(self, record: Sentence) -> tuple[str, Span, Span, str]:
        return record.text, record.head, record.tail, record.label

    @override
    def score(
        self, records: Sequence[Sentence], predictions: Mapping[str, str]
    ) -> dict[str, float]:
        gold = {record.number: record.label for record in records}
        return score_semeval(gold, {int(number): label for number, label in predictions.items()})

    @override
    def write(self, predictions: Mapping[str, str], folder: Path) -> None:
        lines = [f"{number}\t{label}\n" for number, label in predictions.items()]
        (folder / "proposed_answers.txt").write_text("".join(lines), "utf-8")
