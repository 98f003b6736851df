"""Is the objective being learnt? ED accuracy and RD retrieval on documents of held-out pages.

The text is unmasked. A question of entity discrimination has one true tail among the entities of
its document; relation retrieval asks whether the nearest pair of another document shares a
relation. Both are measured in the same way on any encoder, trained with any objective.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from pipeline.model.discrimination import candidate_logits
from pipeline.model.encoder import SpecialTokens
from pipeline.model.ragged import Ints, owners
from pipeline.training.batches import (
    Sheet,
    encode_reading,
    pool_reading,
    question_tensors,
    read_views,
)
from pipeline.training.config import TrainConfig
from pipeline.training.corpus import Corpus, Documents, Relations
from pipeline.training.entities import insert_markers
from pipeline.training.questions import answerable, list_candidates, write_prompts
from pipeline.training.runtime import Runtime
from pipeline.training.sampler import kept_triples
from pipeline.training.views import Prompts, Views, build_views

SCORES = ("ed_accuracy", "ed_mean_rank", "rd_retrieval")  # measured while a run goes on
VIEWS = 32  # encoded at once


@dataclass(frozen=True, kw_only=True, slots=True)
class Discrimination:
    """Scores of one encoder. Chance is what a random order of the candidates would score."""

    ed_questions: int
    ed_accuracy: float
    ed_chance: float
    ed_mean_rank: float
    rd_pairs: int
    rd_retrieval: float
    rd_chance: float


class HeldOut:
    """The questions about held-out documents: the same ones before and after training."""

    def __init__(
        self,
        corpus: Corpus,
        relations: Relations,
        config: TrainConfig,
        *,
        special: SpecialTokens,
        runtime: Runtime,
        markers: Ints,
    ) -> None:
        self.config, self.special, self.runtime = config, special, runtime
        generator = np.random.default_rng([config.seed, 2])
        rows = generator.permutation(len(corpus))[: config.heldout_triples]
        self.docs = docs = corpus.gather(np.sort(rows))
        shown = insert_markers(docs, markers, generator) if len(markers) else docs
        askable_R, first_R = answerable(docs, shown, relations, max_length=config.max_length)
        triple_V = np.flatnonzero(askable_R)
        if len(triple_V) > config.heldout_triples:
            triple_V = np.sort(generator.permutation(triple_V)[: config.heldout_triples])
        doc_V = owners(np.diff(docs.triple_offset))[triple_V]
        prompts = write_prompts(docs, relations, triple_V, first_R, special=special)
        self.asked = self._view(shown, doc_V, prompts)
        self.questions = list_candidates(docs, self.asked, triple_V, "exclude")
        self.plain = self._view(shown, np.arange(len(docs)), Prompts.none(len(docs)))

    def _view(self, docs: Documents, doc_V: Ints, prompts: Prompts) -> Views:
        return build_views(
            docs, doc_V, prompts, special=self.special, max_length=self.config.max_length
        )

    def measure(self, model: nn.Module) -> Discrimination:
        """Score an encoder; leaves it in evaluation mode."""
        model.eval()
        with torch.no_grad():
            rank_A, options_A = self._rank_tails(model)
            hit_P, chance_P = self._retrieve(model)
        return Discrimination(
            ed_questions=len(rank_A),
            ed_accuracy=_mean((rank_A == 1).astype(np.float64)),
            ed_chance=_mean(1.0 / options_A),
            ed_mean_rank=_mean(rank_A),
            rd_pairs=len(hit_P),
            rd_retrieval=_mean(hit_P),
            rd_chance=_mean(chance_P),
        )

    def _rank_tails(self, model: nn.Module) -> tuple[np.ndarray, np.ndarray]:
        ranks, options = [np.zeros(0)], [np.zeros(0)]
        device = self.runtime.device
        for first, last in _spans(len(self.asked)):
            entity_EH = self._encode(model, self.asked, first, last)
            head_A, candidate_AC = (
                indices.to(device)
                for indices in question_tensors(self.questions, self.asked, first, last)
            )
            logits_AC = candidate_logits(entity_EH, head_A, candidate_AC, self.config.tau)
            above_A = (logits_AC > logits_AC[:, :1]).sum(dim=1)
            ranks.append(1.0 + above_A.cpu().numpy())
            options.append((candidate_AC >= 0).sum(dim=1).cpu().numpy())
        return np.concatenate(ranks), np.concatenate(options)

    def _retrieve(self, model: nn.Module) -> tuple[np.ndarray, np.ndarray]:
        """Return for each pair that could succeed whether it did, and its chance."""
        entity_EH = torch.cat(
            [self._encode(model, self.plain, *span) for span in _spans(len(self.plain))]
        )
        triples, _ = kept_triples(self.docs, self.plain)
        size = max(len(entity_EH), 1)
        code_P, pair_R = np.unique(triples.head_R * size + triples.tail_R, return_inverse=True)
        head_P, tail_P = code_P // size, code_P % size
        doc_P = torch.as_tensor(
            np.searchsorted(self.plain.entity_offset, head_P, side="right"), device=entity_EH.device
        )
        relation_PR = torch.zeros(
            len(code_P), int(triples.relation_R.max(initial=0)) + 1, device=entity_EH.device
        )
        relation_PR[torch.as_tensor(pair_R), torch.as_tensor(triples.relation_R)] = 1.0
        other_PP = doc_P[:, None] != doc_P[None, :]
        match_PP = (relation_PR @ relation_PR.T > 0) & other_PP
        pair_P2H = torch.cat([entity_EH[head_P], entity_EH[tail_P]], dim=1)
        unit_P2H = F.normalize(pair_P2H, dim=1)
        near_PP = (unit_P2H @ unit_P2H.T).masked_fill(~other_PP, -torch.inf)
        if near_PP.shape[0] == 0:
            return np.zeros(0), np.zeros(0)
        hit_P = match_PP.gather(1, near_PP.argmax(dim=1, keepdim=True))[:, 0].double()
        chance_P = match_PP.sum(dim=1).double() / other_PP.sum(dim=1).clamp(min=1)
        possible_P = match_PP.any(dim=1)
        return hit_P[possible_P].cpu().numpy(), chance_P[possible_P].cpu().numpy()

    def _encode(self, model: nn.Module, views: Views, first: int, last: int) -> torch.Tensor:
        sheet = Sheet(views, views.token_T, np.zeros(0, np.int64))
        reading = read_views(sheet, first, last, padding=self.special.padding).each(
            lambda tensor: tensor.to(self.runtime.device)
        )
        with self.runtime.autocast():
            states_NH = encode_reading(model, reading)
        return pool_reading(states_NH, reading)


def _spans(number: int) -> list[tuple[int, int]]:
    return [(first, min(first + VIEWS, number)) for first in range(0, number, VIEWS)]


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0
