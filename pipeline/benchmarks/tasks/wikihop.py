"""WikiHop: candidates by mean pooling over their occurrences, a classifier (paper 4.5 and A.3).

The documents are one long sequence, read in windows that overlap and that all begin with the
query. A candidate is the mean over its occurrences in all windows (Eq. 1); each occurrence counts
once, in the window that shows most around it. Marker tokens stand before each document and, in the
masked setting, for each ___MASK7___.

Q questions of a batch, B windows, T tokens, H hidden size, C candidates of the largest question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from typing_extensions import override

from pipeline.benchmarks.encoding import Ints, TextEncoder
from pipeline.benchmarks.metrics.wikihop import score_wikihop
from pipeline.benchmarks.readers.wikihop import Question, read_wikihop
from pipeline.benchmarks.tasks.base import Example, Inputs, Task, TaskConfig, collate_inputs
from pipeline.benchmarks.tasks.wikihop_documents import (
    Documents,
    count_masks,
    tokenize_masked,
    tokenize_standard,
)
from pipeline.config import require
from pipeline.io import write_json
from pipeline.model.pooling import pool_entities
from pipeline.model.ragged import expand, owners
from pipeline.progress import Counts

_CHUNK = 64  # questions tokenised in one call: bounds the memory of offsets
_ABSENT = -1e4  # logit of a candidate that no window shows, as in the published code


@dataclass(frozen=True, kw_only=True, slots=True)
class WikihopConfig(TaskConfig):
    """Numbers of WikiHop, in tokens."""

    masked: bool
    max_windows: int
    overlap: int  # of two neighbouring windows

    def __post_init__(self) -> None:
        """Refuse windows that do not advance."""
        TaskConfig.__post_init__(self)
        require(self.max_windows > 0, f"max_windows: must be above 0, got {self.max_windows}")
        half = self.max_tokens // 2
        require(
            0 <= self.overlap < half,
            f"overlap: must be in [0, max_tokens / 2 = {half}), got {self.overlap}",
        )


@dataclass(slots=True)
class WikihopExample(Example):
    """A question: `ids` are its windows one after the other; where its candidates occur."""

    windows: list[Example]
    token_window: Ints  # of each token that lies in an occurrence
    token_position: Ints  # in its window
    token_mention: Ints
    mention_candidate: Ints
    num_candidates: int
    answer: int  # -1: no window shows it


@dataclass(frozen=True, slots=True)
class WikihopBatch:
    """A batch of questions; candidate c of question q has the number q * C + c."""

    inputs: Inputs
    token_index_S: torch.Tensor
    token_mention_S: torch.Tensor
    mention_candidate_M: torch.Tensor
    present_QC: torch.Tensor
    answer_Q: torch.Tensor


class WikihopTask(Task[Question, WikihopExample, WikihopBatch, int, dict[str, str]]):
    """WikiHop in one of its settings."""

    selection = "accuracy"

    def __init__(self, config: WikihopConfig, folder: Path) -> None:
        """Read the benchmark's folder."""
        super().__init__(config, read_wikihop(folder, masked=config.masked))
        self.max_windows, self.overlap = config.max_windows, config.overlap
        self.masked = config.masked
        self.num_markers = 1  # before a document
        if config.masked:
            self.num_markers += count_masks((*self.splits.train, *self.splits.dev))

    @override
    def identify(self, record: Question) -> str:
        return record.id

    @override
    def encode(
        self, records: Sequence[Question], text: TextEncoder
    ) -> tuple[list[WikihopExample], Counts]:
        counts = dict.fromkeys(
            (
                "candidates",
                "candidates_not_in_text",
                "candidates_outside_windows",
                "answers_not_in_text",
                "answers_outside_windows",
            ),
            0,
        )
        examples = []
        tokenize = tokenize_masked if self.masked else tokenize_standard
        for first in range(0, len(records), _CHUNK):
            chunk = records[first : first + _CHUNK]
            queries = text.tokenize([record.query.replace("_", " ") for record in chunk])
            documents = tokenize(chunk, text)
            for index, record in enumerate(chunk):
                example = self._example(
                    first + index, record, queries[index].ids, documents[index], text
                )
                examples.append(example)
                answer = record.candidates.index(record.answer)
                in_text = len(set(documents[index].candidate.tolist()))
                in_windows = len(set(example.mention_candidate.tolist()))
                counts["candidates"] += len(record.candidates)
                counts["candidates_not_in_text"] += len(record.candidates) - in_text
                counts["candidates_outside_windows"] += in_text - in_windows
                if answer not in documents[index].candidate:
                    counts["answers_not_in_text"] += 1
                elif example.answer < 0:
                    counts["answers_outside_windows"] += 1
        windows = sum(len(example.windows) for example in examples)
        return examples, {"questions": len(records), "windows": windows} | counts

    def _example(
        self, index: int, record: Question, query: Ints, documents: Documents, text: TextEncoder
    ) -> WikihopExample:
        query = query[: text.max_tokens // 4]
        room = text.room(first=len(query))
        total = len(documents.ids)
        step = max(room - self.overlap, room // 2, 1)  # an encoder may read less than max_tokens
        number = min(1 + max(0, -(-(total - room) // step)), self.max_windows)
        starts = np.arange(number) * step
        framed = [text.frame_pair(query, documents.ids[start : start + room]) for start in starts]
        ids = np.concatenate([window for window, _ in framed])
        ends = np.cumsum([len(window) for window, _ in framed])
        windows = [
            Example(index, ids[end - len(window) : end], second)
            for end, (window, second) in zip(ends.tolist(), framed, strict=True)
        ]
        # tokens around each occurrence in each window; below 0 where it is not inside
        around = np.minimum(
            documents.start[:, None] - starts,
            np.minimum(starts + room, total) - documents.end[:, None],
        )
        best = np.argmax(around, axis=1)
        shown = np.flatnonzero(around.max(axis=1) >= 0)
        window, length = best[shown], (documents.end - documents.start)[shown]
        position = framed[0][1] + documents.start[shown] - starts[window]
        candidate = documents.candidate[shown]
        answer = record.candidates.index(record.answer)
        return WikihopExample(
            record=index,
            ids=ids,
            second=framed[0][1],
            windows=windows,
            token_window=np.repeat(window, length),
            token_position=expand(position, length),
            token_mention=owners(length),
            mention_candidate=candidate,
            num_candidates=len(record.candidates),
            answer=answer if answer in candidate else -1,
        )

    @override
    def make_head(self, width: int) -> nn.Module:
        return nn.Linear(width, 1)

    @override
    def collate(self, examples: Sequence[WikihopExample], text: TextEncoder) -> WikihopBatch:
        inputs = collate_inputs([w for example in examples for w in example.windows], text)
        T = inputs.ids_BT.shape[1]
        C = max(example.num_candidates for example in examples)
        row = np.cumsum([0] + [len(example.windows) for example in examples])
        mention = np.cumsum([0] + [len(example.mention_candidate) for example in examples])
        candidates = np.concatenate([e.mention_candidate + q * C for q, e in enumerate(examples)])
        present = np.bincount(candidates, minlength=len(examples) * C) > 0

        def join(parts: list[Ints]) -> torch.Tensor:
            return torch.from_numpy(np.concatenate(parts))

        return WikihopBatch(
            inputs=inputs,
            token_index_S=join(
                [(row[q] + e.token_window) * T + e.token_position for q, e in enumerate(examples)]
            ),
            token_mention_S=join([e.token_mention + mention[q] for q, e in enumerate(examples)]),
            mention_candidate_M=torch.from_numpy(candidates),
            present_QC=torch.from_numpy(present).view(len(examples), C),
            answer_Q=torch.tensor([example.answer for example in examples]),
        )

    @override
    def inputs(self, batch: WikihopBatch) -> Inputs:
        return batch.inputs

    def _logits(
        self, head: nn.Module, states_BTH: torch.Tensor, batch: WikihopBatch
    ) -> torch.Tensor:
        """Return [Q, C]; candidates that no window shows are far below the others."""
        candidate_NH = pool_entities(
            states_BTH.flatten(0, 1),
            batch.token_index_S,
            batch.token_mention_S,
            batch.mention_candidate_M,
            batch.present_QC.numel(),
        )
        logits_QC: torch.Tensor = head(candidate_NH).float().view(batch.present_QC.shape)
        return logits_QC.masked_fill(~batch.present_QC, _ABSENT)

    @override
    def loss(self, head: nn.Module, states_BTH: torch.Tensor, batch: WikihopBatch) -> torch.Tensor:
        """Return the mean over the questions whose answer is in a window."""
        logits_QC = self._logits(head, states_BTH, batch)
        total = F.cross_entropy(logits_QC, batch.answer_Q, ignore_index=-1, reduction="sum")
        return total / (batch.answer_Q >= 0).sum().clamp(min=1)

    @override
    def outputs(self, head: nn.Module, states_BTH: torch.Tensor, batch: WikihopBatch) -> list[int]:
        best: list[int] = self._logits(head, states_BTH, batch).argmax(dim=1).tolist()
        return best

    @override
    def decode(
        self,
        records: Sequence[Question],
        examples: Sequence[WikihopExample],
        outputs: Sequence[int],
        threshold: float,
    ) -> dict[str, str]:
        rows = [(records[e.record], best) for e, best in zip(examples, outputs, strict=True)]
        return {record.id: record.candidates[best] for record, best in rows}

    @override
    def score(
        self, records: Sequence[Question], predictions: Mapping[str, str]
    ) -> dict[str, float]:
        return score_wikihop({record.id: record.answer for record in records}, predictions)

    @override
    def write(self, predictions: Mapping[str, str], folder: Path) -> None:
        write_json(folder / "predictions.json", predictions)
