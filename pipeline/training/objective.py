"""The loss of a step, micro-batch by micro-batch (paper Eq. 4), at the memory of one of them.

Relation discrimination contrasts pairs of the whole step. With several micro-batches or processes
the representations are computed first without a graph, the gradient of the loss for each of them
is taken, and the second pass injects it (GradCache, Gao et al. 2021): the result is the gradient
of one big batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from pipeline.model.discrimination import (
    entity_discrimination,
    relation_discrimination_gradient,
)
from pipeline.model.encoder import SpecialTokens
from pipeline.model.masking import masked_lm_loss
from pipeline.training.batches import (
    RECTANGLES,
    Layout,
    Reading,
    encode_reading,
    pool_reading,
    question_tensors,
    read_views,
)
from pipeline.training.config import TrainConfig
from pipeline.training.loop import Losses
from pipeline.training.pairs import Pairs
from pipeline.training.runtime import Runtime
from pipeline.training.sampler import Step

PairTensors = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass(slots=True)
class MicroBatch:
    """One micro-batch, with the numbers that its sums are divided by."""

    first: int  # document of the step
    last: int
    group: int
    readings: list[Reading]
    questions: tuple[torch.Tensor, torch.Tensor] | None
    step: Step
    pairs: PairTensors | None = None  # of its contrast group, if that is this micro-batch alone
    rd_loss: torch.Tensor | None = None  # this micro-batch's share of the step's, a number
    rd_gradient_EH: torch.Tensor | None = None  # of the step's RD loss for its entities


@dataclass(slots=True)
class Collated:
    """A step as tensors on the CPU: this process's micro-batches and the contrast groups."""

    step: Step
    batches: list[MicroBatch]
    pairs: list[PairTensors]  # of all groups, if several micro-batches share one

    def pin_memory(self) -> "Collated":
        """Return the step in pinned memory (torch's DataLoader asks for it by this name)."""
        pin = torch.Tensor.pin_memory
        batches = [_each(batch, pin) for batch in self.batches]
        return Collated(self.step, batches, [_each_pair(tensors, pin) for tensors in self.pairs])


class Objective:
    """Computes the losses of the steps of a run."""

    def __init__(
        self,
        model: nn.Module,
        config: TrainConfig,
        special: SpecialTokens,
        runtime: Runtime,
        *,
        layout: Layout = RECTANGLES,
    ) -> None:
        self.model, self.config, self.special, self.runtime = model, config, special, runtime
        self.layout = layout

    def prepare(self, number: int, drawn: Step | Collated) -> Sequence[MicroBatch]:
        """Return this process's micro-batches of step `number`, RD's gradients in place."""
        collated = drawn if isinstance(drawn, Collated) else self.collate(drawn)
        batches, pairs = on_device(collated, self.runtime.device)
        if pairs:
            self._cache(number, collated.step, batches, pairs)
        return batches

    def __call__(self, batch: MicroBatch) -> Losses:
        """Return a micro-batch's share of the step's losses."""
        step, weights = batch.step, self.config.loss_weights
        parts: dict[str, torch.Tensor] = {}
        states = [encode_reading(self.model, reading) for reading in batch.readings]
        with torch.autocast(self.runtime.device.type, enabled=False):
            if batch.questions:
                entity_EH = pool_reading(states[-1], batch.readings[-1])
                summed = entity_discrimination(
                    entity_EH, *batch.questions, self.config.tau, positive_twice=self._released
                )
                parts["ed"] = summed * self._share(
                    len(batch.questions[0]), step.num_questions, step
                )
            if step.pairs:
                parts["rd"] = self._relation_loss(batch, pool_reading(states[0], batch.readings[0]))
            if step.matches:
                parts["rd"] = self._match_loss(batch, states)
        if any(step.hidden_by_sheet):
            parts["mlm"] = self._mlm_loss(batch, states)
        total = sum(
            (getattr(weights, name) * value for name, value in parts.items()),
            torch.zeros((), device=self.runtime.device),
        )
        return Losses(total, parts)

    @property
    def _released(self) -> bool:
        return self.config.profile == "released"

    def _share(self, in_batch: int, in_step: int, step: Step) -> float:
        """Return what one of the summed terms counts: a mean over the whole step.

        The published code averages each micro-batch by itself, and then the micro-batches.
        """
        if self._released:
            return 1.0 / max(in_batch, 1) / len(step.micro_batches)
        return 1.0 / max(in_step, 1)

    def _mlm_loss(self, batch: MicroBatch, states: list[torch.Tensor]) -> torch.Tensor:
        total = torch.zeros((), device=self.runtime.device)
        counts = batch.step.hidden_by_sheet
        for states_NH, reading, count in zip(states, batch.readings, counts, strict=True):
            place_K, label_K = reading.mlm_position_K, reading.mlm_label_K
            share = self._share(len(place_K), count, batch.step)
            total = total + share * masked_lm_loss(self.model, states_NH, place_K, label_K)
        return total

    def _match_loss(self, batch: MicroBatch, states: list[torch.Tensor]) -> torch.Tensor:
        """Return MTB's share: do the two sentences mention the same entities?"""
        assert batch.step.matches
        label_V = batch.step.matches.label_V
        left_V2H, right_V2H = (
            pool_reading(states_NH, reading).view(batch.last - batch.first, -1)
            for states_NH, reading in zip(states, batch.readings, strict=True)
        )
        wanted_V = torch.as_tensor(label_V[batch.first : batch.last], device=self.runtime.device)
        score_V = (left_V2H * right_V2H).sum(dim=1)
        summed = F.binary_cross_entropy_with_logits(score_V, wanted_V.float(), reduction="sum")
        return summed / len(label_V)

    def _relation_loss(self, batch: MicroBatch, entity_EH: torch.Tensor) -> torch.Tensor:
        """Return RD's share with the gradient of the whole contrast group."""
        if batch.rd_gradient_EH is None:
            assert batch.pairs is not None
            loss, gradient_EH = self._contrast(batch.step, batch.pairs, entity_EH)
        else:
            assert batch.rd_loss is not None
            loss, gradient_EH = batch.rd_loss, batch.rd_gradient_EH
        return loss + ((entity_EH - entity_EH.detach()) * gradient_EH).sum()

    def _contrast(
        self, step: Step, pairs: PairTensors, entity_EH: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the loss of a group and its gradient for the entities."""
        loss, gradient_EH = relation_discrimination_gradient(entity_EH, *pairs, self.config.tau)
        scale = self._share(len(pairs[2]), step.num_anchors, step)
        return loss * scale, gradient_EH * scale

    def _is_direct(self, step: Step) -> bool:
        """Whether each contrast group lies in one micro-batch, so that one pass is enough."""
        return len(step.pairs) == len(step.micro_batches)

    def collate(self, step: Step) -> Collated:
        """Return the tensors of this process's part of a step; needs neither model nor device."""
        direct = self._is_direct(step)
        batches = []
        mine = range(self.runtime.rank, len(step.micro_batches), self.runtime.world_size)
        for number in mine:
            first, last = step.micro_batches[number]
            readings = [
                read_views(sheet, first, last, padding=self.special.padding, layout=self.layout)
                for sheet in step.sheets
            ]
            questions = step.questions and question_tensors(
                step.questions, step.sheets[-1].views, first, last
            )
            group = number % len(step.pairs) if step.pairs else 0
            batch = MicroBatch(first, last, group, readings, questions or None, step)
            if step.pairs and direct:
                entity = step.sheets[0].views.entity_offset[first]
                batch.pairs = _pair_tensors(step.pairs[group], int(entity))
            batches.append(batch)
        pairs = [] if direct else [_pair_tensors(pairs, 0) for pairs in step.pairs]
        return Collated(step, batches, pairs)

    def _cache(
        self, number: int, step: Step, batches: list[MicroBatch], pairs: list[PairTensors]
    ) -> None:
        """Fill in RD's gradients: first pass over the micro-batches, without a graph."""
        offset = step.sheets[0].views.entity_offset
        parts = []
        with torch.no_grad():
            for place, batch in enumerate(batches):
                self.runtime.reseed(number, place)  # the dropout of the second pass
                with self.runtime.autocast():
                    states_NH = encode_reading(self.model, batch.readings[0])
                parts.append(pool_reading(states_NH, batch.readings[0]))
        width = self._hidden_size()
        pool_EH = torch.zeros(int(offset[-1]), width, device=self.runtime.device)
        for batch, part in zip(batches, parts, strict=True):
            pool_EH[offset[batch.first] : offset[batch.last]] = part
        if self.config.contrast_scope == "global":
            pool_EH = self.runtime.sum_over_processes(pool_EH)
        for group, tensors in enumerate(pairs):
            members = [batch for batch in batches if batch.group == group]
            if not members:
                continue
            loss, gradient_EH = self._contrast(step, tensors, pool_EH)
            sharers = len(members) * (
                self.runtime.world_size if self.config.contrast_scope == "global" else 1
            )
            for batch in members:
                batch.rd_loss = loss / sharers
                batch.rd_gradient_EH = gradient_EH[offset[batch.first] : offset[batch.last]]
        # Beside what this pass left, 1.5 GB at 512 documents, the second would have its own peak.
        self.runtime.trim_memory()

    def _hidden_size(self) -> int:
        size: int = self.model.config.hidden_size  # type: ignore[union-attr, assignment]  # HF
        return size


def on_device(
    collated: Collated, device: torch.device
) -> tuple[list[MicroBatch], list[PairTensors]]:
    """Return the micro-batches and the contrast groups of a step on `device`."""

    def move(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.to(device, non_blocking=True)

    batches = [_each(batch, move) for batch in collated.batches]
    return batches, [_each_pair(tensors, move) for tensors in collated.pairs]


def _pair_tensors(pairs: Pairs, first: int) -> PairTensors:
    """Return what `relation_discrimination` takes; row 0 of its entities is entity `first`."""
    return (
        torch.from_numpy(pairs.head_P - first),
        torch.from_numpy(pairs.tail_P - first),
        torch.from_numpy(pairs.anchor_A),
        torch.from_numpy(pairs.positive_A),
        torch.from_numpy(pairs.negative_AK),
    )


def _each_pair(tensors: PairTensors, change: Callable[[torch.Tensor], torch.Tensor]) -> PairTensors:
    head_P, tail_P, anchor_A, positive_A, negative_AK = (change(tensor) for tensor in tensors)
    return head_P, tail_P, anchor_A, positive_A, negative_AK


def _each(batch: MicroBatch, change: Callable[[torch.Tensor], torch.Tensor]) -> MicroBatch:
    """Return a micro-batch with `change` done to every tensor."""
    head_and_candidates = batch.questions
    return MicroBatch(
        batch.first,
        batch.last,
        batch.group,
        [reading.each(change) for reading in batch.readings],
        head_and_candidates and (change(head_and_candidates[0]), change(head_and_candidates[1])),
        batch.step,
        batch.pairs and _each_pair(batch.pairs, change),
    )
