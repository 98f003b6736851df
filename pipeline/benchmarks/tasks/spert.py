"""Joint NER and RE on CoNLL04 and ADE: spans of words, classified, then their pairs (appendix D).

As SpERT does (Eberts and Ulges 2019): a span is the maximum over its tokens, an embedding of its
length in tokens and the state of the first token; a pair is both spans and the maximum over what
stands between them. Training samples negative spans and negative pairs of gold entities.

B sentences, T tokens, H hidden size, N spans, P pairs, K entity types with "none", R relations.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from typing_extensions import override

from pipeline.benchmarks.encoding import Ints, TextEncoder, join_words
from pipeline.benchmarks.metrics.spert import score_spert
from pipeline.benchmarks.readers.spert import (
    Entity,
    Relation,
    Sentence,
    Types,
    read_ade,
    read_conll04,
    read_types,
)
from pipeline.benchmarks.split import Splits
from pipeline.benchmarks.tasks.base import Inputs, Task, TaskConfig, collate_inputs
from pipeline.benchmarks.tasks.spans import SpanHead, SpanMaxima, pair_up, pick_lowest
from pipeline.benchmarks.tasks.spert_examples import SpertExample, make_example
from pipeline.config import require
from pipeline.io import write_json
from pipeline.progress import Counts

MAX_ENTITIES = 25  # predicted entities of a sentence that are kept, the surest; gold has 24 at most
_PAIRS = 16_384  # pairs classified at once in evaluation: bounds the memory


@dataclass(frozen=True, kw_only=True, slots=True)
class SpertConfig(TaskConfig):
    """Numbers of the joint model; spans are measured in words."""

    max_span: int
    size_width: int  # of the embedding of a span's length
    head_dropout: float
    negative_entities: int  # of a sentence, at most
    negative_relations: int
    relation_threshold: float
    no_overlapping: bool  # leave overlapping entities out of the score (SpERT's option for ADE)

    def __post_init__(self) -> None:
        """Refuse a model without spans."""
        TaskConfig.__post_init__(self)
        for name in ("max_span", "size_width", "negative_entities", "negative_relations"):
            require(getattr(self, name) > 0, f"{name}: must be above 0, got {getattr(self, name)}")
        for name in ("head_dropout", "relation_threshold"):
            value = getattr(self, name)
            require(0 <= value < 1, f"{name}: must be in [0, 1), got {value}")


@dataclass(frozen=True, kw_only=True, slots=True)
class AdeConfig(SpertConfig):
    """Numbers of ADE: which of the ten folds are the test set, one after the other."""

    folds: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse folds that cannot be."""
        SpertConfig.__post_init__(self)
        folds = list(self.folds)
        require(len(folds) > 0, "folds: must name at least one")
        require(min(folds) >= 0 and len(set(folds)) == len(folds), f"folds: cannot be {folds}")

    @override
    def parts(self) -> dict[str, "AdeConfig"]:
        return {f"fold{fold}": dataclasses.replace(self, folds=(fold,)) for fold in self.folds}


@dataclass(frozen=True, slots=True)
class SpertBatch:
    """A batch of sentences; spans and pairs are numbered over the batch."""

    inputs: Inputs
    row_N: torch.Tensor
    token_N2: torch.Tensor
    type_N: torch.Tensor
    is_candidate_N: torch.Tensor
    word_N2: torch.Tensor
    pair_P2: torch.Tensor
    label_PR: torch.Tensor


class SpertTask(Task[Sentence, SpertExample, SpertBatch, Sentence, list[Sentence]]):
    """A joint task in SpERT's form. Predictions are sentences, as the metric takes them."""

    selection = "rel_nec_micro_f1"

    def __init__(self, config: SpertConfig, splits: Splits[Sentence], types: Types) -> None:
        """Take the records and their types."""
        super().__init__(config, splits)
        self.numbers, self.types = config, types
        self.entity_types, self.relation_types = list(types.entities), list(types.relations)

    @override
    def identify(self, record: Sentence) -> str:
        return str(record.number)

    @override
    def encode(
        self, records: Sequence[Sentence], text: TextEncoder
    ) -> tuple[list[SpertExample], Counts]:
        words = [join_words(record.tokens) for record in records]
        tokens = text.tokenize([joined for joined, _ in words])
        counts = dict.fromkeys(
            ("entities", "entities_outside_spans", "relations", "relations_outside_window"), 0
        )
        examples = []
        for index, record in enumerate(records):
            example = make_example(
                index,
                record,
                self.types,
                tokens=tokens[index],
                word_start=words[index][1],
                text=text,
                max_span=self.numbers.max_span,
            )
            examples.append(example)
            counts["entities"] += len(record.entities)
            reached = np.count_nonzero(example.type[: example.num_candidates])
            counts["entities_outside_spans"] += len(record.entities) - int(reached)
            counts["relations"] += len(record.relations)
            counts["relations_outside_window"] += len(record.relations) - len(example.fact)
        return examples, {"sentences": len(records)} | counts

    @override
    def make_head(self, width: int) -> nn.Module:
        numbers = self.numbers
        entities, relations = 1 + len(self.entity_types), len(self.relation_types)
        return SpanHead(width, numbers.size_width, entities, relations, numbers.head_dropout)

    @override
    def collate(self, examples: Sequence[SpertExample], text: TextEncoder) -> SpertBatch:
        spans = np.cumsum([0] + [len(example.words) for example in examples])
        pairs = np.cumsum([0] + [len(example.pair) for example in examples])
        label_PR = torch.zeros(int(pairs[-1]), len(self.relation_types))
        facts = np.concatenate([e.fact + np.array([pairs[b], 0]) for b, e in enumerate(examples)])
        label_PR[torch.from_numpy(facts[:, 0]), torch.from_numpy(facts[:, 1])] = 1.0

        def join(parts: list[Ints]) -> torch.Tensor:
            return torch.from_numpy(np.concatenate(parts))

        return SpertBatch(
            inputs=collate_inputs(examples, text),
            row_N=join([np.full(len(e.words), b) for b, e in enumerate(examples)]),
            token_N2=join([example.tokens for example in examples]),
            type_N=join([example.type for example in examples]),
            is_candidate_N=join([np.arange(len(e.words)) - e.num_candidates for e in examples]) < 0,
            word_N2=join([example.words for example in examples]),
            pair_P2=join([e.pair + spans[b] for b, e in enumerate(examples)]),
            label_PR=label_PR,
        )

    @override
    def inputs(self, batch: SpertBatch) -> Inputs:
        return batch.inputs

    @override
    def loss(self, head: Any, states_BTH: torch.Tensor, batch: SpertBatch) -> torch.Tensor:
        """Return the mean cross-entropy of spans plus the mean binary one of pairs."""
        maxima = SpanMaxima(states_BTH)
        is_entity_N = batch.type_N > 0
        key_N = torch.rand(len(is_entity_N), device=states_BTH.device)
        limit = self.numbers.negative_entities
        chosen_N = is_entity_N | pick_lowest(batch.row_N, key_N, ~is_entity_N, limit)
        row_N = batch.row_N[chosen_N]
        span_NS = head.represent(maxima, row_N, batch.token_N2[chosen_N])
        logits_NK = head.classify_spans(states_BTH[row_N, 0], span_NS)
        loss = F.cross_entropy(logits_NK, batch.type_N[chosen_N], reduction="sum")
        loss = loss / max(len(logits_NK), 1)

        row_P = batch.row_N[batch.pair_P2[:, 0]]
        is_fact_P = batch.label_PR.any(dim=1)
        key_P = torch.rand(len(row_P), device=states_BTH.device)
        limit = self.numbers.negative_relations
        chosen_P = is_fact_P | pick_lowest(row_P, key_P, ~is_fact_P, limit)
        pair_P2, label_PR = batch.pair_P2[chosen_P], batch.label_PR[chosen_P]
        # the spans of pairs are gold, so all of them were chosen
        place_N = torch.cumsum(chosen_N, dim=0) - 1
        logits_PR = head.classify_pairs(
            maxima, row_P[chosen_P], batch.token_N2[pair_P2], span_NS[place_N[pair_P2]]
        )
        total = F.binary_cross_entropy_with_logits(logits_PR, label_PR, reduction="sum")
        return loss + total / max(label_PR.numel(), 1)

    @override
    def outputs(self, head: Any, states_BTH: torch.Tensor, batch: SpertBatch) -> list[Sentence]:
        """Return the entities of each sentence and the relations between them, without tokens."""
        maxima = SpanMaxima(states_BTH)
        span_NS = head.represent(maxima, batch.row_N, batch.token_N2)
        probability_NK = head.classify_spans(states_BTH[batch.row_N, 0], span_NS).softmax(dim=1)
        surest_N, type_N = probability_NK.max(dim=1)
        allowed_N = batch.is_candidate_N & (type_N > 0)
        entity_E = pick_lowest(batch.row_N, -surest_N, allowed_N, MAX_ENTITIES).nonzero()[:, 0]
        row_E = batch.row_N[entity_E]
        head_P, tail_P = pair_up(row_E)
        facts = []
        for part_P2 in torch.stack([head_P, tail_P], dim=1).split(_PAIRS):
            span_P2 = entity_E[part_P2]
            row_P = row_E[part_P2[:, 0]]
            logits_PR = head.classify_pairs(
                maxima, row_P, batch.token_N2[span_P2], span_NS[span_P2]
            )
            pair_F, relation_F = (logits_PR.sigmoid() >= self.numbers.relation_threshold).nonzero(
                as_tuple=True
            )
            facts += torch.cat([part_P2[pair_F], relation_F[:, None]], dim=1).tolist()
        return self._assemble(
            len(states_BTH),
            row_E.tolist(),
            torch.cat([batch.word_N2[entity_E], type_N[entity_E, None]], dim=1).tolist(),
            facts,
        )

    def _assemble(
        self, number: int, rows: list[int], spans: list[list[int]], facts: list[list[int]]
    ) -> list[Sentence]:
        sentences = [Sentence([], [], []) for _ in range(number)]
        place = []
        for row, (start, end, kind) in zip(rows, spans, strict=True):
            place.append(len(sentences[row].entities))
            sentences[row].entities.append(Entity(self.entity_types[kind - 1], start, end))
        for head, tail, relation in facts:
            name = self.relation_types[relation]
            sentences[rows[head]].relations.append(Relation(name, place[head], place[tail]))
        return sentences

    @override
    def decode(
        self,
        records: Sequence[Sentence],
        examples: Sequence[SpertExample],
        outputs: Sequence[Sentence],
        threshold: float,
    ) -> list[Sentence]:
        rows = [(records[e.record], found) for e, found in zip(examples, outputs, strict=True)]
        return [
            Sentence(record.tokens, found.entities, found.relations, record.number)
            for record, found in rows
        ]

    @override
    def score(self, records: Sequence[Sentence], predictions: list[Sentence]) -> dict[str, float]:
        return score_spert(records, predictions, no_overlapping=self.numbers.no_overlapping)

    @override
    def write(self, predictions: list[Sentence], folder: Path) -> None:
        write_json(folder / "predictions.json", msgspec.to_builtins(predictions))


class Conll04Task(SpertTask):
    """CoNLL04 as split by Gupta et al. (2016)."""

    def __init__(self, config: SpertConfig, folder: Path) -> None:
        """Read the benchmark's folder."""
        super().__init__(config, read_conll04(folder), read_types(folder))


class AdeTask(SpertTask):
    """The first of the config's folds. There is no dev set: the last epoch is tested (SpERT)."""

    def __init__(self, config: AdeConfig, folder: Path) -> None:
        """Read the benchmark's folder."""
        super().__init__(config, read_ade(folder, config.folds[0]), read_types(folder))
