"""Extractive QA: classifiers of start and end over question and passage (paper 4.5 and A.3).

As BERT does (Devlin et al. 2018): a long passage is read in windows that start every `stride`
tokens; a token counts where it has most context. A window without answer is trained to point at
the first token. The best span of at most `max_answer` tokens over all windows is the answer, cut
out of the passage by its characters.

B windows, T tokens, H hidden size, A answers of a window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from typing_extensions import override

from pipeline.benchmarks.batching import pad
from pipeline.benchmarks.encoding import Ints, Span, TextEncoder, Tokens
from pipeline.benchmarks.metrics.qa import score_qa
from pipeline.benchmarks.readers.qa import Question, read_qa
from pipeline.benchmarks.tasks.base import Example, Inputs, Task, TaskConfig, collate_inputs
from pipeline.config import require
from pipeline.io import write_json
from pipeline.progress import Counts


@dataclass(frozen=True, kw_only=True, slots=True)
class QaConfig(TaskConfig):
    """Numbers of extractive QA, in tokens."""

    max_question: int
    max_answer: int
    stride: int  # between the starts of two windows
    halves_seed: int  # splits the official dev set into dev and test

    def __post_init__(self) -> None:
        """Refuse windows that leave gaps or have no room."""
        TaskConfig.__post_init__(self)
        for name in ("max_question", "max_answer", "stride"):
            require(getattr(self, name) > 0, f"{name}: must be above 0, got {getattr(self, name)}")
        room = self.max_tokens - self.max_question - 4  # RoBERTa has 4 special tokens
        require(
            self.stride <= room,
            f"stride: must be at most max_tokens - max_question - 4 = {room}, got {self.stride}",
        )


@dataclass(slots=True)
class Window(Example):
    """A question with a part of its passage, which begins at position `second`."""

    passage: Tokens
    begin: int  # the window shows the passage's tokens from here
    owned: npt.NDArray[np.bool_]  # tokens of it that have most context in this window
    answer: Ints  # [A, 2]: first and last position of each answer in the window

    def characters(self, first: int, last: int) -> slice:
        """Return the characters of positions `first` to `last` in the passage."""
        shift = self.begin - self.second
        return slice(int(self.passage.start[first + shift]), int(self.passage.end[last + shift]))


@dataclass(frozen=True, slots=True)
class WindowBatch:
    """A batch of windows; answers are padded with -1."""

    inputs: Inputs
    start_allowed_BT: torch.Tensor
    end_allowed_BT: torch.Tensor
    answer_BA2: torch.Tensor


@dataclass(frozen=True, slots=True)
class SpanScore:
    """The best span of a window: start + end logit, first and last position."""

    score: float
    first: int
    last: int


class QaTask(Task[Question, Window, WindowBatch, SpanScore, dict[str, str]]):
    """SQuAD, TriviaQA and NaturalQuestions."""

    def __init__(self, config: QaConfig, folder: Path) -> None:
        """Read the benchmark's folder."""
        super().__init__(config, read_qa(folder, config.halves_seed))
        self.stride, self.max_answer = config.stride, config.max_answer
        self.max_question = config.max_question

    @override
    def identify(self, record: Question) -> str:
        return record.id

    @override
    def encode(self, records: Sequence[Question], text: TextEncoder) -> tuple[list[Window], Counts]:
        contexts = list(dict.fromkeys(record.context for record in records))
        passages = dict(zip(contexts, text.tokenize(contexts), strict=True))
        questions = text.tokenize([record.text for record in records])
        windows = []
        counts = {"questions": len(records), "questions_cut": 0, "answers_outside_windows": 0}
        for index, (record, question) in enumerate(zip(records, questions, strict=True)):
            own = self._windows(index, question.ids, passages[record.context], record.spans, text)
            counts["questions_cut"] += len(question.ids) > self.max_question
            counts["answers_outside_windows"] += not any(len(window.answer) for window in own)
            windows += own
        return windows, counts | {"windows": len(windows)}

    def _windows(
        self,
        index: int,
        question: Ints,
        passage: Tokens,
        spans: Sequence[Span],
        text: TextEncoder,
    ) -> list[Window]:
        question = question[: self.max_question]
        room = text.room(first=len(question))
        total = len(passage.ids)
        starts = [0]
        while starts[-1] + room < total:
            starts.append(starts[-1] + self.stride)
        ends = [min(start + room, total) for start in starts]
        owner = best_window(starts, ends, total)
        found = [passage.find(span) for span in spans]
        windows = []
        for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
            ids, second = text.frame_pair(question, passage.ids[start:end])
            answer = [
                (first - start + second, last - 1 - start + second)
                for first, last in found
                if start <= first < last <= end
            ]
            windows.append(
                Window(
                    record=index,
                    ids=ids,
                    second=second,
                    passage=passage,
                    begin=start,
                    owned=owner[start:end] == number,
                    answer=np.array(answer, np.int64).reshape(-1, 2),
                )
            )
        return windows

    @override
    def make_head(self, width: int) -> nn.Module:
        return nn.Linear(width, 2)

    @override
    def collate(self, examples: Sequence[Window], text: TextEncoder) -> WindowBatch:
        inputs = collate_inputs(examples, text)
        allowed_BT = np.zeros((2, *inputs.ids_BT.shape), np.bool_)
        for b, window in enumerate(examples):
            shown = slice(window.second, window.second + len(window.owned))
            allowed_BT[0, b, shown] = window.owned
            allowed_BT[1, b, shown] = True
        targets = [w.answer if len(w.answer) else np.zeros((1, 2), np.int64) for w in examples]
        answer_BA2 = np.stack([pad([t[:, side] for t in targets], -1) for side in (0, 1)], axis=-1)
        return WindowBatch(
            inputs=inputs,
            start_allowed_BT=torch.from_numpy(allowed_BT[0]),
            end_allowed_BT=torch.from_numpy(allowed_BT[1]),
            answer_BA2=torch.from_numpy(answer_BA2),
        )

    @override
    def inputs(self, batch: WindowBatch) -> Inputs:
        return batch.inputs

    @override
    def loss(self, head: nn.Module, states_BTH: torch.Tensor, batch: WindowBatch) -> torch.Tensor:
        """Return the cross-entropy of start and end, each the mean over a window's answers."""
        padding_BT1 = batch.inputs.mask_BT[..., None] == 0
        logits_BT2: torch.Tensor = head(states_BTH).float().masked_fill(padding_BT1, -torch.inf)
        known_BA = batch.answer_BA2[..., 0] >= 0
        log_BA2 = logits_BT2.log_softmax(dim=1).gather(1, batch.answer_BA2.clamp(min=0))
        mean_B2 = (log_BA2 * known_BA[..., None]).sum(1) / known_BA.sum(1, keepdim=True)
        return -mean_B2.mean()

    @override
    def outputs(
        self, head: nn.Module, states_BTH: torch.Tensor, batch: WindowBatch
    ) -> list[SpanScore]:
        logits_BT2 = head(states_BTH).float()
        score_B, first_B, last_B = best_spans(
            logits_BT2[..., 0].masked_fill(~batch.start_allowed_BT, -torch.inf),
            logits_BT2[..., 1].masked_fill(~batch.end_allowed_BT, -torch.inf),
            self.max_answer,
        )
        rows = zip(score_B.tolist(), first_B.tolist(), last_B.tolist(), strict=True)
        return [SpanScore(*row) for row in rows]

    @override
    def decode(
        self,
        records: Sequence[Question],
        examples: Sequence[Window],
        outputs: Sequence[SpanScore],
        threshold: float,
    ) -> dict[str, str]:
        best: dict[int, tuple[Window, SpanScore]] = {}
        for window, span in zip(examples, outputs, strict=True):
            if window.record not in best or span.score > best[window.record][1].score:
                best[window.record] = window, span
        answers = {}
        for index, (window, span) in best.items():
            record = records[index]
            found = np.isfinite(span.score)  # not in a passage without tokens
            characters = window.characters(span.first, span.last) if found else slice(0)
            answers[record.id] = record.context[characters]
        return answers

    @override
    def score(
        self, records: Sequence[Question], predictions: Mapping[str, str]
    ) -> dict[str, float]:
        return score_qa({record.id: record.answers for record in records}, predictions)

    @override
    def write(self, predictions: Mapping[str, str], folder: Path) -> None:
        write_json(folder / "predictions.json", predictions)


def best_window(starts: Sequence[int], ends: Sequence[int], total: int) -> Ints:
    """Return for each token the window in which it has most context on its poorer side."""
    place = np.arange(total)
    context = [
        np.where(
            (place >= start) & (place < end),
            np.minimum(place - start, end - 1 - place) + 0.01 * (end - start),
            -1.0,
        )
        for start, end in zip(starts, ends, strict=True)
    ]
    return np.argmax(np.stack(context), axis=0) if total else np.zeros(0, np.int64)


def best_spans(
    start_BT: torch.Tensor, end_BT: torch.Tensor, max_answer: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return score, first and last position of the best span of at most `max_answer` tokens."""
    T = start_BT.shape[1]
    band = min(max_answer, T)
    padded = nn.functional.pad(end_BT, (0, band - 1), value=-torch.inf)
    span_BTD = start_BT[..., None] + padded.unfold(1, band, 1)  # D tokens longer than one
    score_B, flat_B = span_BTD.flatten(1).max(dim=1)
    first_B = flat_B // band
    return score_B, first_B, first_B + flat_B % band
