"""FIGER: a mention by mean pooling (Eq. 1), one linear layer, many types (paper 4.4 and A.2).

A sentence that is too long is cut around its mention. Where the tokenizer leaves nothing of a
mention, it is counted and gets no type.

B mentions of a batch, one a row, T tokens, H hidden size, K types.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import nn
from typing_extensions import override

from pipeline.benchmarks.encoding import Ints, Span, TextEncoder
from pipeline.benchmarks.metrics.figer import choose_types, score_types
from pipeline.benchmarks.readers.figer import Mention, read_figer, read_types
from pipeline.benchmarks.tasks.base import Example, Inputs, Task, TaskConfig, collate_inputs
from pipeline.io import write_json
from pipeline.model.pooling import pool_entities
from pipeline.model.ragged import expand, owners
from pipeline.progress import Counts

_CHUNK = 4_096  # mentions tokenised in one call: bounds the memory of offsets

Logits = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class FigerConfig(TaskConfig):
    """Numbers of entity typing."""

    always_one: bool  # also the best type where no logit is above 0, as ERNIE's evaluation


@dataclass(slots=True)
class MentionExample(Example):
    """A sentence with one mention: its positions in `ids`, the numbers of its types."""

    mention: Span
    types: Ints


@dataclass(frozen=True, slots=True)
class MentionBatch:
    """A batch of mentions."""

    inputs: Inputs
    token_index_S: torch.Tensor
    token_mention_S: torch.Tensor
    label_BK: torch.Tensor


class FigerTask(Task[Mention, MentionExample, MentionBatch, Logits, list[list[str]]]):
    """Entity typing. The strict accuracy on dev chooses the epoch, as in the published code."""

    selection = "accuracy"

    def __init__(self, config: FigerConfig, folder: Path) -> None:
        """Read the benchmark's folder."""
        super().__init__(config, read_figer(folder))
        self.types = read_types(folder, self.splits.train)
        self.number = {name: index for index, name in enumerate(self.types)}
        self.dropout, self.always_one = config.dropout, config.always_one

    @override
    def identify(self, record: Mention) -> str:
        return str(record.number)

    @override
    def encode(
        self, records: Sequence[Mention], text: TextEncoder
    ) -> tuple[list[MentionExample], Counts]:
        examples: list[MentionExample] = []
        counts = {"mentions": len(records), "sentences_cut": 0, "mentions_without_tokens": 0}
        for first in range(0, len(records), _CHUNK):
            chunk = records[first : first + _CHUNK]
            sentences = list(dict.fromkeys(record.text for record in chunk))
            tokens = dict(zip(sentences, text.tokenize(sentences), strict=True))
            for record in chunk:
                ids, found = tokens[record.text].ids, tokens[record.text].find(record.span)
                counts["mentions_without_tokens"] += found[0] == found[1]
                counts["sentences_cut"] += len(ids) > text.room()
                start, end = cut_around(found, len(ids), text.room())
                framed = text.frame(ids[start:end])
                place = found[0] - start, min(found[1], end) - start
                types = [self.number[name] for name in record.types if name in self.number]
                examples.append(
                    MentionExample(
                        record=len(examples),
                        ids=framed,
                        second=len(framed),
                        mention=(place[0] + text.prefix, place[1] + text.prefix),
                        types=np.array(types, np.int64),
                    )
                )
        return examples, counts

    @override
    def make_head(self, width: int) -> nn.Module:
        return nn.Sequential(
            nn.Dropout(self.dropout), nn.Linear(width, len(self.types), bias=False)
        )

    @override
    def collate(self, examples: Sequence[MentionExample], text: TextEncoder) -> MentionBatch:
        inputs = collate_inputs(examples, text)
        span_B2 = np.array([example.mention for example in examples], np.int64)
        length_B = span_B2[:, 1] - span_B2[:, 0]
        start_B = span_B2[:, 0] + np.arange(len(examples)) * inputs.ids_BT.shape[1]
        label_BK = torch.zeros(len(examples), len(self.types))
        row = np.repeat(np.arange(len(examples)), [len(example.types) for example in examples])
        column = np.concatenate([example.types for example in examples])
        label_BK[torch.from_numpy(row), torch.from_numpy(column)] = 1.0
        return MentionBatch(
            inputs=inputs,
            token_index_S=torch.from_numpy(expand(start_B, length_B)),
            token_mention_S=torch.from_numpy(owners(length_B)),
            label_BK=label_BK,
        )

    @override
    def inputs(self, batch: MentionBatch) -> Inputs:
        return batch.inputs

    def _logits(
        self, head: nn.Module, states_BTH: torch.Tensor, batch: MentionBatch
    ) -> torch.Tensor:
        B = len(states_BTH)
        mention_BH = pool_entities(
            states_BTH.flatten(0, 1),
            batch.token_index_S,
            batch.token_mention_S,
            torch.arange(B, device=states_BTH.device),
            B,
        )
        logits_BK: torch.Tensor = head(mention_BH)
        return logits_BK.float()

    @override
    def loss(self, head: nn.Module, states_BTH: torch.Tensor, batch: MentionBatch) -> torch.Tensor:
        """Return the binary cross-entropy, mean over mentions and types."""
        return F.binary_cross_entropy_with_logits(
            self._logits(head, states_BTH, batch), batch.label_BK
        )

    @override
    def outputs(
        self, head: nn.Module, states_BTH: torch.Tensor, batch: MentionBatch
    ) -> list[Logits]:
        return list(cast(Logits, self._logits(head, states_BTH, batch).cpu().numpy()))

    @override
    def decode(
        self,
        records: Sequence[Mention],
        examples: Sequence[MentionExample],
        outputs: Sequence[Logits],
        threshold: float,
    ) -> list[list[str]]:
        logits_MK = np.stack(outputs) if outputs else np.zeros((0, len(self.types)), np.float32)
        chosen = choose_types(logits_MK, always_one=self.always_one)
        return [[self.types[number] for number in row] for row in chosen]

    @override
    def score(
        self, records: Sequence[Mention], predictions: Sequence[Sequence[str]]
    ) -> dict[str, float]:
        """Return the metrics; a gold type that no model can choose stays in the gold."""
        number = dict(self.number)
        gold = [
            [number.setdefault(name, len(number)) for name in record.types] for record in records
        ]
        return score_types(gold, [[self.number[name] for name in row] for row in predictions])

    @override
    def write(self, predictions: Sequence[Sequence[str]], folder: Path) -> None:
        """Write the types of each mention, in the order of the test file."""
        write_json(folder / "predictions.json", predictions)


def cut_around(span: Span, length: int, room: int) -> Span:
    """Return at most `room` of `length` tokens with `span` in the middle, or its beginning."""
    if length <= room:
        return 0, length
    before = max(room - (span[1] - span[0]), 0) // 2
    start = min(max(span[0] - before, 0), length - room)
    return start, start + room
