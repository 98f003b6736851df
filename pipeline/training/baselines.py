"""Steps of the baselines that the paper compares with, on the same shards (paper 4.3, footnote 10).

CP (Peng et al. 2020): sentences of one relation attract each other, NT-Xent over the sentences of
a contrast group. MTB (Soares et al. 2019): do two sentences mention the same two entities? Binary
cross-entropy of a dot product; negatives share exactly one entity. In both a mention is replaced
by a blank with probability 0.7, and a pair is represented by the states of its start markers.
Everything is drawn anew in each epoch; MTB's negatives are drawn when they are needed, never
listed.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.errors import InputError
from pipeline.model.encoder import SpecialTokens
from pipeline.model.masking import mask_tokens
from pipeline.model.ragged import Ints, draw_from_each, expand, offsets
from pipeline.training.batches import Sheet
from pipeline.training.config import TrainConfig
from pipeline.training.corpus import Corpus
from pipeline.training.division import divide
from pipeline.training.pairs import Pairs
from pipeline.training.sampler import Matches, Step
from pipeline.training.sentences import Instances, sentence_views

BLANK = 0.7  # probability, both papers
MAX_SENTENCES = 8  # of one entity pair (published code of CP)
TRIES = 16  # to find a sentence that shares exactly one entity


@dataclass(frozen=True, slots=True)
class SentenceText:
    """What turns instances into what the encoder reads."""

    corpus: Corpus
    marker: Ints
    special: SpecialTokens
    vocabulary: Ints
    probability: float  # of hiding a token

    def show(self, instances: Instances, generator: np.random.Generator) -> Sheet:
        """Return one view per instance, some mentions blanked, some tokens hidden."""
        docs = self.corpus.gather(instances.row)
        blank_V2 = generator.random((len(instances), 2)) < BLANK
        views = sentence_views(docs, instances, blank_V2, marker=self.marker, special=self.special)
        input_T, chosen_K = mask_tokens(
            views.token_T,
            views.maskable_T,
            probability=self.probability,
            mask_id=self.special.mask,
            vocabulary=self.vocabulary,
            generator=generator,
        )
        return Sheet(views, input_T, chosen_K)


class CpSampler:
    """Steps of CP: `batch_size` pairs of sentences of one relation each.

    Within a contrast group every other sentence of the relation is a positive and every sentence
    of another relation a negative.
    """

    def __init__(self, instances: Instances, text: SentenceText, config: TrainConfig) -> None:
        labelled = instances.take(np.flatnonzero(instances.relation >= 0))
        count = np.bincount(labelled.relation, minlength=1)[labelled.relation]
        self.instances = labelled.take(np.flatnonzero(count >= 2))
        self.text, self.config = text, config
        pairs = np.bincount(self.instances.relation, minlength=1) // 2
        self.num_pairs = int(pairs.sum())
        _check_enough(self.num_pairs, config, "pairs of sentences that share a relation")
        self._pairing = lru_cache(maxsize=2)(self._pair)

    def _pair(self, epoch: int) -> Ints:
        """Return [pairs, 2] sentences: each relation's are shuffled and paired disjointly."""
        generator = np.random.default_rng([self.config.seed, 0, epoch])
        relation = self.instances.relation
        order = np.lexsort((generator.random(len(relation)), relation))
        count = np.bincount(relation)
        first = expand(offsets(count)[:-1], count // 2 * 2)
        return generator.permutation(order[first].reshape(-1, 2))

    def rows(self, step: int) -> tuple[Ints, ...]:
        """Return the documents of a step."""
        return (self.instances.row[self._choose(step)],)

    def _choose(self, step: int) -> Ints:
        size = self.config.batch_size
        slots = np.arange(step * size, (step + 1) * size)
        epochs, places = slots // self.num_pairs, slots % self.num_pairs
        parts = [self._pairing(int(e))[places[epochs == e]] for e in np.unique(epochs)]
        return np.concatenate(parts).ravel()

    def __call__(self, step: int) -> Step:
        """Draw step t."""
        generator = np.random.default_rng([self.config.seed, 1, step])
        chosen = self.instances.take(self._choose(step))
        sheet = self.text.show(chosen, generator)
        ranges = divide(len(chosen), 2 * self.config.micro_batch_size)
        if self.config.contrast_scope == "micro_batch":
            groups = [np.arange(first, last) for first, last in ranges]
        else:
            groups = [np.arange(len(chosen))]
        pairs = tuple(_contrast(group, chosen.relation[group], len(chosen)) for group in groups)
        return Step(chosen.row, (sheet,), None, pairs, ranges)


def _contrast(group_G: Ints, relation_G: Ints, num_views: int) -> Pairs:
    """Return every ordered pair of one relation, against all sentences of other relations."""
    same_GG = relation_G[:, None] == relation_G[None, :]
    anchor_A, positive_A = np.nonzero(same_GG & ~np.eye(len(group_G), dtype=np.bool_))
    order_GG = np.argsort(same_GG, axis=1, kind="stable")
    others_G = (~same_GG).sum(axis=1)
    table_GK = np.where(
        np.arange(int(others_G.max(initial=0))) < others_G[:, None],
        group_G[order_GG[:, : int(others_G.max(initial=0))]],
        -1,
    )
    every = np.arange(num_views)
    return Pairs(
        2 * every, 2 * every + 1, group_G[anchor_A], group_G[positive_A], table_GK[anchor_A]
    )


class MtbSampler:
    """Steps of MTB: `batch_size` pairs of sentences, half with the same two entities."""

    def __init__(self, instances: Instances, text: SentenceText, config: TrainConfig) -> None:
        linked = (instances.head_item >= 0) & (instances.tail_item >= 0)
        code = np.stack(
            [instances.row, instances.start, instances.head_start, instances.tail_start]
        )
        _, once = np.unique(code, axis=1, return_index=True)  # not once per relation
        instances = instances.take(once[linked[once]])
        _, pair = np.unique(
            np.stack([instances.head_item, instances.tail_item]), axis=1, return_inverse=True
        )
        several = np.bincount(pair, minlength=1)[pair] >= 2
        self.instances = instances.take(np.flatnonzero(several))
        self.pair = np.unique(pair[several], return_inverse=True)[1]
        self.text, self.config = text, config
        self.count = np.minimum(np.bincount(self.pair, minlength=1), MAX_SENTENCES)
        self.matches = offsets(self.count * (self.count - 1) // 2)
        _check_enough(int(self.matches[-1]), config, "pairs of sentences with the same entities")
        self._by_head = np.argsort(self.instances.head_item, kind="stable")
        self._by_tail = np.argsort(self.instances.tail_item, kind="stable")
        self._shuffled = lru_cache(maxsize=2)(self._shuffle)

    def _shuffle(self, epoch: int) -> Ints:
        """Return the sentences by entity pair, in random order within each."""
        generator = np.random.default_rng([self.config.seed, 0, epoch])
        return np.lexsort((generator.random(len(self.pair)), self.pair))

    def rows(self, step: int) -> tuple[Ints, ...]:
        """Return the documents of a step, those of the left sentences and of the right ones."""
        left, right, _ = self._choose(step, np.random.default_rng([self.config.seed, 1, step]))
        return self.instances.row[left], self.instances.row[right]

    def _choose(self, step: int, generator: np.random.Generator) -> tuple[Ints, Ints, Ints]:
        half = (self.config.batch_size + 1) // 2
        epoch = step * half // int(self.matches[-1])
        left, right = self._draw_matches(self._shuffled(epoch), half, generator)
        first, second = self._draw_others(self.config.batch_size - half, generator)
        label = np.concatenate([np.ones(len(left), np.int64), np.zeros(len(first), np.int64)])
        order = generator.permutation(len(label))
        return np.append(left, first)[order], np.append(right, second)[order], label[order]

    def _draw_matches(
        self, shuffled: Ints, number: int, generator: np.random.Generator
    ) -> tuple[Ints, Ints]:
        """Return pairs of sentences with the same entities, uniform over all such pairs."""
        draw = generator.integers(0, self.matches[-1], number)
        group = np.searchsorted(self.matches, draw, side="right") - 1
        place = draw - self.matches[group]
        high = ((1 + np.sqrt(1 + 8 * place)) / 2).astype(np.int64)  # pairs (low, high), low < high
        high -= high * (high - 1) // 2 > place
        low = place - high * (high - 1) // 2
        start = offsets(np.bincount(self.pair, minlength=1))[group]
        return shuffled[start + low], shuffled[start + high]

    def _draw_others(self, number: int, generator: np.random.Generator) -> tuple[Ints, Ints]:
        """Return pairs of sentences that share exactly one entity; some may be missing."""
        first = generator.integers(0, len(self.pair), number)
        second = np.full(number, -1, np.int64)
        for _ in range(TRIES):
            open_ = np.flatnonzero(second < 0)
            if not len(open_):
                break
            mine = generator.integers(0, len(self.pair), len(open_))
            by_head = generator.random(len(open_)) < 0.5
            other = np.where(
                by_head,
                _same_value(self.instances.head_item, self._by_head, mine, generator),
                _same_value(self.instances.tail_item, self._by_tail, mine, generator),
            )
            good = self.pair[other] != self.pair[mine]
            first[open_[good]], second[open_[good]] = mine[good], other[good]
        return first[second >= 0], second[second >= 0]

    def __call__(self, step: int) -> Step:
        """Draw step t."""
        generator = np.random.default_rng([self.config.seed, 1, step])
        left, right, label = self._choose(step, generator)
        sheets = tuple(
            self.text.show(self.instances.take(side), generator) for side in (left, right)
        )
        rows = np.concatenate([self.instances.row[left], self.instances.row[right]])
        ranges = divide(len(label), self.config.micro_batch_size)
        return Step(rows, sheets, None, (), ranges, matches=Matches(label))


def _same_value(value: Ints, order: Ints, index: Ints, generator: np.random.Generator) -> Ints:
    """Return for each index a uniform one with the same value; `order` sorts the values."""
    low = np.searchsorted(value[order], value[index], side="left")
    high = np.searchsorted(value[order], value[index], side="right")
    drawn: Ints = order[low + draw_from_each(high - low, generator)]
    return drawn


def _check_enough(number: int, config: TrainConfig, what: str) -> None:
    if number < config.batch_size:
        raise InputError(
            f"train.objective_family: {config.objective_family} needs at least train.batch_size = "
            f"{config.batch_size} {what}; data/shard/train has {number}"
        )
