"""The published code's deviations from the paper that change numbers (`train.profile: released`).

So that a user can reproduce what was really run; docs/paper_map.md lists each with its place. The
parameters below are fixed by the profile, whatever params.yaml says.
"""

import dataclasses
from typing import Any

import numpy as np
import torch
from torch import nn

from pipeline.model.ragged import Bools, Ints, offsets
from pipeline.training.config import TrainConfig
from pipeline.training.optimizer import OptimizerConfig, parameter_groups
from pipeline.training.pairs import Pairs, Triples, draw_negatives


def fix_parameters(config: TrainConfig) -> TrainConfig:
    """Return the config with what the profile and the objective family fix."""
    if config.objective_family == "mlm":
        config = dataclasses.replace(config, objectives=("mlm",), shared_encoding=False)
    if config.profile == "paper":
        return config
    return dataclasses.replace(
        config,
        ed_other_tails="keep",
        rd_pairs="both",
        contrast_scope="micro_batch",
        mask_mentions=False,
        shared_encoding=False,
    )


def choose_released_pairs(
    triples: Triples,
    unlabelled: tuple[Ints, Ints],
    *,
    negatives: int,
    generator: np.random.Generator,
) -> Pairs:
    """Draw positives and negatives as the published code does.

    The pool has one entry per pair and relation. Entries of one relation are shuffled and paired
    disjointly, both being anchors; single and cross are mixed. Negatives have another relation id,
    be it of the same pair. Entries of one document with the same head or the same tail are neither
    positive nor negative to one another.
    """
    head_P = np.concatenate([triples.head_R, unlabelled[0]])
    tail_P = np.concatenate([triples.tail_R, unlabelled[1]])
    none = np.full(len(unlabelled[0]), -1, np.int64)
    relation_P = np.concatenate([triples.relation_R, none])
    labelled = len(triples.head_R)
    order = np.lexsort((generator.random(labelled), triples.relation_R))
    count = np.bincount(triples.relation_R)
    rank = np.arange(labelled) - np.repeat(offsets(count)[:-1], count)
    size = count[triples.relation_R[order]]
    paired = np.flatnonzero((rank ^ 1) < size)
    anchor_A, positive_A = order[paired], order[paired + 1 - 2 * (rank[paired] & 1)]
    apart = (head_P[anchor_A] != head_P[positive_A]) & (tail_P[anchor_A] != tail_P[positive_A])
    anchor_A, positive_A = anchor_A[apart], positive_A[apart]

    def usable(seen_AW: Ints) -> Bools:
        other: Bools = relation_P[seen_AW] != relation_P[anchor_A][:, None]
        other &= head_P[seen_AW] != head_P[anchor_A][:, None]
        other &= tail_P[seen_AW] != tail_P[anchor_A][:, None]
        return other

    negative_AK = draw_negatives(len(anchor_A), len(head_P), usable, negatives, generator)
    return Pairs(head_P, tail_P, anchor_A, positive_A, negative_AK)


class UncorrectedAdamW(torch.optim.Optimizer):
    """AdamW whose moments start at zero and are not corrected for it (`correct_bias=False`)."""

    def __init__(self, groups: list[dict[str, Any]], *, learning_rate: float) -> None:
        super().__init__(groups, {"lr": learning_rate, "betas": (0.9, 0.999), "eps": 1e-8})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002  # torch's
        """Take one step."""
        for group in self.param_groups:
            rate, (first, second) = group["lr"], group["betas"]
            trained = [p for p in group["params"] if p.grad is not None]
            for parameter in trained:
                state = self.state[parameter]
                if not state:
                    state["mean"] = torch.zeros_like(parameter)
                    state["square"] = torch.zeros_like(parameter)
                state["mean"].lerp_(parameter.grad, 1 - first)
                state["square"].mul_(second).addcmul_(
                    parameter.grad, parameter.grad, value=1 - second
                )
                below = state["square"].sqrt().add_(group["eps"])
                parameter.addcdiv_(state["mean"], below, value=-rate)
                parameter.mul_(1 - rate * group["weight_decay"])


def build_released_optimizer(model: nn.Module, config: OptimizerConfig) -> torch.optim.Optimizer:
    """Return the published code's optimiser; `fit` takes it in the place of AdamW."""
    groups = parameter_groups(model, config)
    return UncorrectedAdamW(groups, learning_rate=config.learning_rate)
