"""DocRED: entities as in pre-training, a bilinear layer on each pair, many labels.

Paper 4.3, 5.4 and A.1. An entity is the mean of its mentions (Eq. 1), or of the start markers
before them. The threshold is the best on dev and is applied to test. Pairs with an entity beyond
the length limit cannot be predicted: their facts stay in the denominator of recall and are counted
as `facts_outside_window`.

B documents, E entities of the largest document, P pairs of the batch, R relations, K width.
"""

import itertools
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

from pipeline.benchmarks.encoding import Ints, TextEncoder, join_words, mark_spans
from pipeline.benchmarks.metrics.docred import (
    PredictedFact,
    choose_threshold,
    named_facts,
    score_docred,
)
from pipeline.benchmarks.readers.docred import Document, read_docred, read_relations
from pipeline.benchmarks.tasks.base import Example, Inputs, Task, TaskConfig, collate_inputs
from pipeline.benchmarks.tasks.pair_head import PairHead
from pipeline.config import require
from pipeline.io import write_json
from pipeline.model.pooling import pool_entities
from pipeline.model.ragged import expand
from pipeline.progress import Counts
from pipeline.training.entities import NUM_MARKERS, EntityEncoding


@dataclass(frozen=True, kw_only=True, slots=True)
class DocredConfig(TaskConfig):
    """Numbers of DocRED; `width` is the size of an entity before the bilinear layer."""

    entity_encoding: EntityEncoding
    width: int

    def __post_init__(self) -> None:
        """Refuse an empty layer."""
        TaskConfig.__post_init__(self)
        require(self.width > 0, f"width: must be above 0, got {self.width}")


@dataclass(slots=True)
class DocredExample(Example):
    """A document: where its mentions are, which pairs can be predicted, which facts hold."""

    token_index: Ints  # position of each token that lies in a mention
    token_mention: Ints
    mention_entity: Ints
    num_entities: int
    pair: Ints  # head * num_entities + tail, of the entities that the window shows
    fact: Ints  # [facts, 2]: index into `pair`, relation


@dataclass(frozen=True, slots=True)
class DocredBatch:
    """A batch of documents; entities and pairs are numbered over the padded batch."""

    inputs: Inputs
    token_index_S: torch.Tensor
    token_mention_S: torch.Tensor
    mention_entity_M: torch.Tensor
    num_entities: int  # E
    pair_P: torch.Tensor  # (document * E + head) * E + tail
    pairs_B: list[int]  # number of pairs of each document
    labels_PR: torch.Tensor


# the pairs that pre-training with entity markers adds (pipeline/training/entities.py)
MARKER_NAMES = tuple(f"[{side}{n}]" for n in range(1, NUM_MARKERS + 1) for side in ("S", "E"))

Scores = npt.NDArray[np.float32]  # [pairs, R] of one document


class DocredTask(Task[Document, DocredExample, DocredBatch, Scores, list[PredictedFact]]):
    """Document-level relation extraction."""

    def __init__(self, config: DocredConfig, folder: Path) -> None:
        """Read the benchmark's folder."""
        super().__init__(config, read_docred(folder))
        self.width = config.width
        self.marked = config.entity_encoding == "entity_marker"
        self.num_markers = len(MARKER_NAMES) if self.marked else 0
        self.relations = list(read_relations(folder))
        self.number = {relation: number for number, relation in enumerate(self.relations)}
        self.train_facts = named_facts(self.splits.train)

    @override
    def identify(self, record: Document) -> str:
        return record.title

    @override
    def encode(
        self, records: Sequence[Document], text: TextEncoder
    ) -> tuple[list[DocredExample], Counts]:
        words = [join_words(list(itertools.chain(*record.sentences))) for record in records]
        tokens = text.tokenize([joined for joined, _ in words])
        examples = []
        for index, (record, own, (_, starts)) in enumerate(
            zip(records, tokens, words, strict=True)
        ):
            first_word = np.cumsum([0, *map(len, record.sentences)])
            word_M2 = np.array(
                [first_word[m.sentence] + m.span for entity in record.entities for m in entity]
            ).reshape(-1, 2)
            span_M2 = own.find_all(starts[word_M2] - [0, 1])  # a word ends before the blank
            owner_M = np.repeat(np.arange(len(record.entities)), list(map(len, record.entities)))
            examples.append(self._example(index, record, own.ids, span_M2, owner_M, text))
        facts = sum(len(_facts(record)) for record in records)
        shown = sum(len(example.fact) for example in examples)
        counts = {"facts": facts, "facts_outside_window": facts - shown}
        return examples, {"documents": len(records)} | counts

    def _example(
        self,
        index: int,
        record: Document,
        ids: Ints,
        span_M2: Ints,
        owner_M: Ints,
        text: TextEncoder,
    ) -> DocredExample:
        """Cut a document to the window and keep what it shows; `span_M2` are all mentions."""
        if self.marked:
            ids, span_M2 = self._mark(index, ids, span_M2, owner_M, text)
        inside_M = (span_M2[:, 1] <= text.room()) & (span_M2[:, 0] < span_M2[:, 1])
        span_M2, owner_M = span_M2[inside_M], owner_M[inside_M]
        number = len(record.entities)
        shown = np.unique(owner_M)
        pair = (shown[:, None] * number + shown)[~np.eye(len(shown), dtype=bool)]
        facts = [(h * number + t, self.number[r]) for h, t, r in _facts(record)]
        fact = np.array(sorted(facts), np.int64).reshape(-1, 2)
        fact = fact[np.isin(fact[:, 0], pair)]
        fact[:, 0] = np.searchsorted(pair, fact[:, 0])
        framed = text.frame(ids[: text.room()])
        return DocredExample(
            record=index,
            ids=framed,
            second=len(framed),
            token_index=expand(span_M2[:, 0], span_M2[:, 1] - span_M2[:, 0]) + text.prefix,
            token_mention=np.repeat(np.arange(len(span_M2)), span_M2[:, 1] - span_M2[:, 0]),
            mention_entity=owner_M,
            num_entities=number,
            pair=pair,
            fact=fact,
        )

    def _mark(
        self, index: int, ids: Ints, span_M2: Ints, owner_M: Ints, text: TextEncoder
    ) -> tuple[Ints, Ints]:
        """Put markers around the mentions, a random pair for each entity; spans become [S]."""
        marker_K2 = text.find_markers(MARKER_NAMES).reshape(-1, 2)
        chosen_K = np.random.Generator(np.random.PCG64(index)).permutation(len(marker_K2))
        marker_M2 = marker_K2[chosen_K[owner_M % len(marker_K2)]]
        marked, position_M2 = mark_spans(ids, span_M2, marker_M2)
        return marked, np.stack([position_M2[:, 0], position_M2[:, 0] + 1], axis=1)

    @override
    def make_head(self, width: int) -> nn.Module:
        return PairHead(width, self.width, len(self.relations))

    @override
    def collate(self, examples: Sequence[DocredExample], text: TextEncoder) -> DocredBatch:
        inputs = collate_inputs(examples, text)
        T = inputs.ids_BT.shape[1]
        E = max(example.num_entities for example in examples)
        mentions = np.cumsum([0] + [len(example.mention_entity) for example in examples])
        pairs = np.cumsum([0] + [len(example.pair) for example in examples])
        labels_PR = torch.zeros(int(pairs[-1]), len(self.relations))
        facts = np.concatenate([e.fact + np.array([pairs[b], 0]) for b, e in enumerate(examples)])
        labels_PR[torch.from_numpy(facts[:, 0]), torch.from_numpy(facts[:, 1])] = 1.0

        def join(parts: list[Ints]) -> torch.Tensor:
            return torch.from_numpy(np.concatenate(parts))

        return DocredBatch(
            inputs=inputs,
            token_index_S=join([e.token_index + b * T for b, e in enumerate(examples)]),
            token_mention_S=join([e.token_mention + mentions[b] for b, e in enumerate(examples)]),
            mention_entity_M=join([e.mention_entity + b * E for b, e in enumerate(examples)]),
            num_entities=E,
            pair_P=join(
                [
                    (b * E + e.pair // e.num_entities) * E + e.pair % e.num_entities
                    for b, e in enumerate(examples)
                ]
            ),
            pairs_B=np.diff(pairs).tolist(),
            labels_PR=labels_PR,
        )

    @override
    def inputs(self, batch: DocredBatch) -> Inputs:
        return batch.inputs

    def _logits(
        self, head: nn.Module, states_BTH: torch.Tensor, batch: DocredBatch
    ) -> torch.Tensor:
        B, E = len(states_BTH), batch.num_entities
        entity_NH = pool_entities(
            states_BTH.flatten(0, 1),
            batch.token_index_S,
            batch.token_mention_S,
            batch.mention_entity_M,
            B * E,
        )
        logits_PR: torch.Tensor = head(entity_NH.view(B, E, -1), batch.pair_P)
        return logits_PR

    @override
    def loss(self, head: nn.Module, states_BTH: torch.Tensor, batch: DocredBatch) -> torch.Tensor:
        logits_PR = self._logits(head, states_BTH, batch)
        total = F.binary_cross_entropy_with_logits(logits_PR, batch.labels_PR, reduction="sum")
        return total / max(len(logits_PR), 1)

    @override
    def outputs(
        self, head: nn.Module, states_BTH: torch.Tensor, batch: DocredBatch
    ) -> list[Scores]:
        logits_PR = self._logits(head, states_BTH, batch).detach().cpu()
        return [cast(Scores, part.numpy()) for part in logits_PR.split(batch.pairs_B)]

    @override
    def choose_threshold(
        self,
        records: Sequence[Document],
        examples: Sequence[DocredExample],
        outputs: Sequence[Scores],
    ) -> float:
        correct = [np.zeros(scores.shape, bool) for scores in outputs]
        for example, marks in zip(examples, correct, strict=True):
            marks[example.fact[:, 0], example.fact[:, 1]] = True
        threshold, _ = choose_threshold(
            np.concatenate([scores.ravel() for scores in outputs]),
            np.concatenate([marks.ravel() for marks in correct]),
            sum(len(_facts(record)) for record in records),
        )
        return threshold

    @override
    def decode(
        self,
        records: Sequence[Document],
        examples: Sequence[DocredExample],
        outputs: Sequence[Scores],
        threshold: float,
    ) -> list[PredictedFact]:
        predictions = []
        for example, scores in zip(examples, outputs, strict=True):
            record = records[example.record]
            for pair, relation in np.argwhere(scores >= threshold).tolist():
                head, tail = divmod(int(example.pair[pair]), example.num_entities)
                name = self.relations[relation]
                predictions.append(PredictedFact(record.title, head, tail, name))
        return predictions

    @override
    def score(
        self, records: Sequence[Document], predictions: list[PredictedFact]
    ) -> dict[str, float]:
        if all(record.facts is None for record in records):
            return {}
        return score_docred(predictions, records, self.train_facts)

    @override
    def write(self, predictions: list[PredictedFact], folder: Path) -> None:
        rows = [
            {"title": p.title, "h_idx": p.head, "t_idx": p.tail, "r": p.relation, "evidence": []}
            for p in predictions
        ]
        write_json(folder / "result.json", rows)


def _facts(record: Document) -> set[tuple[int, int, str]]:
    return {(fact.head, fact.tail, fact.relation) for fact in record.facts or ()}
