"""DocRED: entities by mean pooling (Eq. 1), a bilinear layer on each pair, many labels.

Paper 4.3 and A.1. The threshold is the best on dev and is applied to test. Pairs with an entity
beyond the length limit cannot be predicted: their facts stay in the denominator of recall and are
counted as `facts_outside_window`.

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

from pipeline.benchmarks.encoding import Ints, TextEncoder, join_words
from pipeline.benchmarks.metrics.docred import (
    PredictedFact,
    choose_threshold,
    named_facts,
    score_docred,
)
from pipeline.benchmarks.readers.docred import Document, read_docred, read_relations
from pipeline.benchmarks.tasks.base import Example, Inputs, Task, TaskConfig, collate_inputs
from pipeline.config import require
from pipeline.io import write_json
from pipeline.model.pooling import pool_entities
from pipeline.progress import Counts


@dataclass(frozen=True, kw_only=True, slots=True)
class DocredConfig(TaskConfig):
    """Numbers of DocRED; `width` is the size of an entity before the bilinear layer."""

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


Scores = npt.NDArray[np.float32]  # [pairs, R] of one document


class PairHead(nn.Module):
    """Logits of each relation for each pair: head^T W_r tail + b_r over projected entities."""

    def __init__(self, hidden: int, width: int, num_relations: int) -> None:
        super().__init__()
        self.head = nn.Linear(hidden, width)
        self.tail = nn.Linear(hidden, width)
        self.bilinear = nn.Linear(width, num_relations * width, bias=False)
        # a relation holds in about one of 1,000 pairs: from there on losses are small at once
        self.bias = nn.Parameter(torch.full((num_relations,), -6.0))

    def forward(self, entity_BEH: torch.Tensor, pair_P: torch.Tensor) -> torch.Tensor:
        """Return logits [P, R] in float32."""
        B, E, _ = entity_BEH.shape
        head_BEK, tail_BEK = torch.tanh(self.head(entity_BEH)), torch.tanh(self.tail(entity_BEH))
        left_BXK = self.bilinear(head_BEK).view(B, -1, head_BEK.shape[-1])  # X = E * R
        logits_BXE = left_BXK @ tail_BEK.transpose(1, 2)
        logits_BEER = logits_BXE.view(B, E, -1, E).transpose(2, 3)
        logits_PR = logits_BEER.reshape(B * E * E, -1).index_select(0, pair_P)
        biased_PR: torch.Tensor = logits_PR.float() + self.bias
        return biased_PR


class DocredTask(Task[Document, DocredExample, DocredBatch, Scores, list[PredictedFact]]):
    """Document-level relation extraction."""

    def __init__(self, config: DocredConfig, folder: Path) -> None:
        """Read the benchmark's folder."""
        super().__init__(config, read_docred(folder))
        self.width = config.width
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
        room = text.room()
        num_facts = 0
        for index, record in enumerate(records):
            first_word = np.cumsum([0, *map(len, record.sentences)])
            starts = words[index][1]
            spans, owners = [], []
            for entity, mentions in enumerate(record.entities):
                for mention in mentions:
                    first, last = (int(first_word[mention.sentence]) + w for w in mention.span)
                    span = tokens[index].find((int(starts[first]), int(starts[last]) - 1))
                    if span[1] <= room:
                        spans.append(span)
                        owners.append(entity)
            ids = text.frame(tokens[index].ids[:room])
            examples.append(self._example(index, record, ids, spans, owners, text.prefix))
            num_facts += len(_facts(record))
        shown = sum(len(example.fact) for example in examples)
        counts = {"facts": num_facts, "facts_outside_window": num_facts - shown}
        return examples, {"documents": len(records)} | counts

    def _example(
        self,
        index: int,
        record: Document,
        ids: Ints,
        spans: list[tuple[int, int]],
        owners: list[int],
        prefix: int,
    ) -> DocredExample:
        number = len(record.entities)
        shown = sorted(set(owners))
        pair = np.array([h * number + t for h in shown for t in shown if h != t], np.int64)
        place = {int(p): i for i, p in enumerate(pair)}
        facts = [(h * number + t, self.number[r]) for h, t, r in _facts(record)]
        kept = sorted((place[p], r) for p, r in facts if p in place)
        ranges = [np.arange(start, end) + prefix for start, end in spans]
        return DocredExample(
            record=index,
            ids=ids,
            second=len(ids),
            token_index=np.concatenate(ranges) if ranges else np.zeros(0, np.int64),
            token_mention=np.repeat(np.arange(len(spans)), [end - start for start, end in spans]),
            mention_entity=np.array(owners, np.int64),
            num_entities=number,
            pair=pair,
            fact=np.array(kept, np.int64).reshape(-1, 2),
        )

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
