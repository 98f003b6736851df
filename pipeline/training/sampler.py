"""Batch t as a function of (seed, t): which documents, prompts, pairs and hidden tokens.

Everything random about a step is drawn here, for the whole step, with one generator. Micro-batches
and processes only divide the result, so that they change neither what is learnt nor a draw.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.errors import InputError
from pipeline.model.encoder import SpecialTokens
from pipeline.model.masking import mask_tokens
from pipeline.model.ragged import Bools, Ints, owners
from pipeline.training.batches import Sheet
from pipeline.training.config import TrainConfig
from pipeline.training.corpus import Corpus, Documents, Relations
from pipeline.training.division import divide, share_positions
from pipeline.training.entities import blank_entities, insert_markers, protect_mentions
from pipeline.training.pairs import Pairs, Triples, choose_pairs, unlabelled_pairs
from pipeline.training.questions import (
    Questions,
    answerable,
    choose_triples,
    list_candidates,
    write_prompts,
)
from pipeline.training.released import choose_released_pairs
from pipeline.training.views import Prompts, Views, build_views


@dataclass(frozen=True, slots=True)
class Matches:
    """MTB: view v of the first sheet and view v of the last one show the same entities, or not."""

    label_V: Ints


@dataclass(frozen=True, slots=True)
class Step:
    """All documents of one optimiser step, shortest first, one view of each per sheet.

    `sheets[0]` is what relation discrimination reads, `sheets[-1]` what entity discrimination
    reads; with one objective or shared encoding they are the same sheet. `pairs` has one element
    per contrast group; its entities are those of `sheets[0]`.
    """

    row_D: Ints
    sheets: tuple[Sheet, ...]
    questions: Questions | None
    pairs: tuple[Pairs, ...]
    micro_batches: tuple[tuple[int, int], ...]  # first and last (exclusive) view of each
    matches: Matches | None = None

    @property
    def num_questions(self) -> int:
        """Anchors of entity discrimination in the step."""
        return len(self.questions.view_A) if self.questions else 0

    @property
    def num_anchors(self) -> int:
        """Anchors of relation discrimination in the step."""
        return sum(len(pairs.anchor_A) for pairs in self.pairs)

    @property
    def num_negatives(self) -> int:
        """Negatives of all these anchors."""
        return sum(int((pairs.negative_AK >= 0).sum()) for pairs in self.pairs)

    @property
    def hidden_by_sheet(self) -> tuple[int, ...]:
        """What each sheet's sum over tokens to predict is divided by.

        The tokens of all sheets together, which are two readings of the same documents; the
        sheet's own for MTB, whose two sentences have a loss each.
        """
        counts = tuple(len(sheet.chosen_K) for sheet in self.sheets)
        return counts if self.matches else (sum(counts),) * len(counts)


class StepSampler:
    """Draws the steps of a run."""

    def __init__(
        self,
        corpus: Corpus,
        relations: Relations,
        config: TrainConfig,
        *,
        special: SpecialTokens,
        vocabulary: Ints,
        markers: Ints,
        world_size: int = 1,
    ) -> None:
        self.corpus, self.relations, self.config = corpus, relations, config
        needed = config.batch_size
        if config.profile == "released" and self._asks_both:
            needed *= 2
        if len(corpus) < needed:
            raise InputError(
                f"train.batch_size: {needed} is more than the {len(corpus)} documents "
                "of data/shard/train; lower it or give more pages"
            )
        self.special, self.vocabulary, self.world_size = special, vocabulary, world_size
        self.markers = markers
        self._permutation = lru_cache(maxsize=2)(self._permute)

    def _permute(self, epoch: int) -> Ints:
        generator = np.random.default_rng([self.config.seed, 0, epoch])
        return generator.permutation(len(self.corpus))

    def rows(self, step: int) -> tuple[Ints, ...]:
        """Return the documents of a step, shortest first; each epoch is a new permutation.

        One array, which every sheet shows; or one per sheet (profile `released`: the documents of
        RD, then as many others of ED).
        """
        sheets = 2 if self.config.profile == "released" and self._asks_both else 1
        size = self.config.batch_size * sheets
        slots = np.arange(step * size, (step + 1) * size)
        epochs, places = slots // len(self.corpus), slots % len(self.corpus)
        parts = [self._permutation(int(e))[places[epochs == e]] for e in np.unique(epochs)]
        lengths = self.corpus.lengths
        return tuple(
            rows[np.argsort(lengths[rows], kind="stable")]
            for rows in np.split(np.concatenate(parts), sheets)
        )

    @property
    def _asks_both(self) -> bool:
        return {"ed", "rd"} <= set(self.config.objectives)

    def __call__(self, step: int) -> Step:
        """Draw step t."""
        config, generator = self.config, np.random.default_rng([self.config.seed, 1, step])
        rows = self.rows(step)
        shows = [self.show(self.corpus.gather(row_D), generator) for row_D in rows]
        sheets: list[Sheet] = []
        questions, pairs = None, list[Pairs]()
        if "ed" not in config.objectives or (self._asks_both and not config.shared_encoding):
            docs, shown = shows[0]
            sheets.append(self._hide(self._view(shown, Prompts.none(len(docs))), generator))
        if "ed" in config.objectives:
            questions, views = self._ask(*shows[-1], generator)
            sheets.append(self._hide(views, generator))
        ranges = self._divide(np.sum([np.diff(s.views.token_offset) for s in sheets], axis=0))
        if "rd" in config.objectives:
            docs, views = shows[0][0], sheets[0].views
            triples, view_R = kept_triples(docs, views)
            ignored = ignored_pairs(docs, views)
            pairs = [
                self._pairs(views, triples, view_R, ignored, group_V, generator)
                for group_V in self._groups(ranges)
            ]
        return Step(np.concatenate(rows), tuple(sheets), questions, tuple(pairs), ranges)

    def _divide(self, tokens_D: Ints) -> tuple[tuple[int, int], ...]:
        """Return the documents of each micro-batch: as many positions each, prompts and all.

        As many documents each would cost the memory of the longest ones: 42.7 GB where a random
        micro-batch of 192 takes 30.6 (BERT-base, H200). Where RD contrasts a part of the step, the
        parts are to be equal, and the size is kept.
        """
        size, scope = self.config.micro_batch_size, self.config.contrast_scope
        if scope == "micro_batch" or (scope == "process" and self.world_size > 1):
            return divide(len(tokens_D), size)
        return share_positions(tokens_D, size)

    def _ask(
        self, docs: Documents, shown: Documents, generator: np.random.Generator
    ) -> tuple[Questions, Views]:
        config = self.config
        askable_R, first_R = answerable(docs, shown, self.relations, max_length=config.max_length)
        triple_D = choose_triples(docs, askable_R, generator)
        prompts = write_prompts(docs, self.relations, triple_D, first_R, special=self.special)
        views = self._view(shown, prompts)
        return list_candidates(docs, views, triple_D, config.ed_other_tails), views

    def show(self, docs: Documents, generator: np.random.Generator) -> tuple[Documents, Documents]:
        """Return the documents that prompts quote, and the same as the encoder reads them."""
        if self.config.entity_masking > 0:
            docs = blank_entities(docs, self.config.entity_masking, self.special.mask, generator)
        shown = docs if self.config.mask_mentions else protect_mentions(docs)
        if len(self.markers):
            shown = insert_markers(shown, self.markers, generator)
        return docs, shown

    def _view(self, docs: Documents, prompts: Prompts) -> Views:
        return build_views(
            docs,
            np.arange(len(docs)),
            prompts,
            special=self.special,
            max_length=self.config.max_length,
            mask_prompts=self.config.profile == "released",
        )

    def _hide(self, views: Views, generator: np.random.Generator) -> Sheet:
        if "mlm" not in self.config.objectives:
            return Sheet(views, views.token_T, np.zeros(0, np.int64))
        input_T, chosen_K = mask_tokens(
            views.token_T,
            views.maskable_T,
            probability=self.config.mlm_probability,
            mask_id=self.special.mask,
            vocabulary=self.vocabulary,
            generator=generator,
        )
        return Sheet(views, input_T, chosen_K)

    def _groups(self, ranges: tuple[tuple[int, int], ...]) -> list[Bools]:
        """Return which documents are contrasted with one another, one mask per group."""
        size = {
            "global": 1,
            "process": min(self.world_size, len(ranges)),
            "micro_batch": len(ranges),
        }[self.config.contrast_scope]
        group_D = np.concatenate(
            [np.full(last - first, n % size) for n, (first, last) in enumerate(ranges)]
        )
        return [group_D == number for number in range(size)]

    def _pairs(
        self,
        views: Views,
        triples: Triples,
        view_R: Ints,
        ignored: tuple[Ints, Ints],
        group_V: Bools,
        generator: np.random.Generator,
    ) -> Pairs:
        mine_R = group_V[view_R]
        own = Triples(
            triples.head_R[mine_R],
            triples.tail_R[mine_R],
            triples.relation_R[mine_R],
            triples.intra_R[mine_R],
        )
        kept_E = views.kept_E & group_V[owners(np.diff(views.entity_offset))]
        unlabelled = unlabelled_pairs(
            views.entity_offset,
            kept_E,
            (
                np.concatenate([triples.head_R, ignored[0]]),
                np.concatenate([triples.tail_R, ignored[1]]),
            ),
            limit=self.config.no_relation_pairs,
            generator=generator,
        )
        negatives = self.config.rd_negatives
        if self.config.profile == "released":
            return choose_released_pairs(own, unlabelled, negatives=negatives, generator=generator)
        return choose_pairs(
            own,
            unlabelled,
            rd_pairs=self.config.rd_pairs,
            negatives=negatives,
            generator=generator,
        )


def kept_triples(docs: Documents, views: Views) -> tuple[Triples, Ints]:
    """Return the tuples whose entities both have a mention in their view, and their views.

    Entities are numbered as in `views`, one view per document in the documents' order.
    """
    doc_R = owners(np.diff(docs.triple_offset))
    shift_R = views.entity_offset[doc_R] - docs.entity_offset[doc_R]
    head_R, tail_R = docs.head_R + shift_R, docs.tail_R + shift_R
    kept_R = views.kept_E[head_R] & views.kept_E[tail_R] & (head_R != tail_R)
    triples = Triples(head_R[kept_R], tail_R[kept_R], docs.relation_R[kept_R], docs.intra_R[kept_R])
    return triples, doc_R[kept_R]


def ignored_pairs(docs: Documents, views: Views) -> tuple[Ints, Ints]:
    """Return the pairs that are neither labelled nor no_relation, numbered as in `views`."""
    doc_I = owners(np.diff(docs.ignored_offset))
    shift_I = views.entity_offset[doc_I] - docs.entity_offset[doc_I]
    return docs.ignored_head_I + shift_I, docs.ignored_tail_I + shift_I
