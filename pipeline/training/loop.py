"""The training loop, one for pre-training and fine-tuning.

Batch t is a function of (seed, t), and so are dropout and the learning rate: a run that continues
from a checkpoint of step t does what an unbroken run does, bit for bit on a CPU.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import torch
from torch import nn

from pipeline.scratch import reach
from pipeline.training.optimizer import OptimizerConfig, build_optimizer, schedule
from pipeline.training.runtime import Runtime
from pipeline.training.sharding import clip_gradients, sum_gradients

B = TypeVar("B")

TRIM_STEPS = 16  # between two returns of freed memory: the pages come back zeroed, by faults

Row = dict[str, float]  # what one step reports: "loss", its parts, learning_rate, gradient_norm


@dataclass(frozen=True, slots=True)
class Losses:
    """A micro-batch's share of the step's loss: the step minimises the sum over micro-batches.

    With one micro-batch per step that is just the loss. `parts` are reported, not minimised.
    """

    total: torch.Tensor
    parts: Mapping[str, torch.Tensor] = field(default_factory=dict)


class NonFiniteLossError(ArithmeticError):
    """The loss of a step is not a number; the weights are still those before the step."""

    def __init__(self, step: int, value: float) -> None:
        super().__init__(f"the loss of step {step} is {value}")
        self.step, self.value = step, value


class Checkpoints(Protocol):
    """What `fit` asks of a store of checkpoints (pipeline/training/checkpoints.py)."""

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> list[Row]:
        """Load the newest state; return the rows of the steps already done."""

    def step_done(
        self, model: nn.Module, optimizer: torch.optim.Optimizer, rows: list[Row]
    ) -> None:
        """Save if it is time to; may end the process."""

    def save(self, model: nn.Module, optimizer: torch.optim.Optimizer, rows: list[Row]) -> None:
        """Save now."""


def fit(
    model: nn.Module,
    *,
    num_steps: int,
    micro_batches: Callable[[int], Sequence[B]],
    loss: Callable[[B], Losses],
    config: OptimizerConfig,
    runtime: Runtime,
    on_step: Callable[[int, Row], None] | None = None,
    checkpoints: Checkpoints | None = None,
    optimizer: Callable[[nn.Module, OptimizerConfig], torch.optim.Optimizer] = build_optimizer,
) -> list[Row]:
    """Train `model` (already on the runtime's device) for `num_steps`; return one row per step.

    Args:
        model: Left in training mode.
        num_steps: Optimiser steps of the whole run, those of restored checkpoints included.
        micro_batches: The micro-batches of step t (0, 1, ...), a function of t alone. It is
            free to run the model without gradient first, as GradCache does.
        loss: A micro-batch's share of the step's loss; runs under the runtime's autocast.
        config: The optimiser.
        runtime: Device, precision, seed.
        on_step: Called after step t with its row: progress, evaluation on a development set.
        checkpoints: Where to continue from and save to.
        optimizer: Builds the optimiser; AdamW by default.

    Raises:
        NonFiniteLossError: After a checkpoint of the weights before that step.
    """
    stepper = optimizer(model, config)
    rows = checkpoints.restore(model, stepper) if checkpoints else []
    for step in range(len(rows), num_steps):
        model.train()
        stepper.zero_grad(set_to_none=True)
        names, values = _backward(micro_batches(step), loss, step, runtime)
        sum_gradients(model, runtime)
        norm = clip_gradients(model, config.max_gradient_norm, runtime)
        # The only place of a step that waits for the device.
        numbers = torch.cat([values, norm.to(values).reshape(1)]).tolist()
        sums = dict(zip((*names, "gradient_norm"), numbers, strict=True))
        if not math.isfinite(sums["loss"]):
            if checkpoints:
                checkpoints.save(model, stepper, rows)
            raise NonFiniteLossError(step, sums["loss"])
        rate = config.learning_rate * schedule(step, num_steps, config)
        for group in stepper.param_groups:
            group["lr"] = rate
        stepper.step()
        rows.append(sums | {"learning_rate": rate})
        reach("train.step")
        if on_step:
            on_step(step, rows[-1])
        if checkpoints:
            checkpoints.step_done(model, stepper, rows)
    return rows


def _backward(
    batches: Sequence[B], loss: Callable[[B], Losses], step: int, runtime: Runtime
) -> tuple[tuple[str, ...], torch.Tensor]:
    """Accumulate the gradients of all micro-batches; return the sums of their losses."""
    sums: dict[str, torch.Tensor] = {}
    for number, batch in enumerate(batches):
        runtime.reseed(step, number)
        with runtime.autocast():
            losses = loss(batch)
        losses.total.backward()
        # Who divides a step is short of memory. Ten micro-batches of 64 documents, MiniLM's shape:
        # 5.3 GB, 6.7 if freed memory went back after every fourth; 2 % more processor time.
        if step % TRIM_STEPS == 0 or len(batches) > 1:
            runtime.trim_memory()
        for name, value in {"loss": losses.total, **losses.parts}.items():
            value = value.detach().to(torch.float64)
            sums[name] = sums[name] + value if name in sums else value
    return tuple(sums), runtime.sum_over_processes(torch.stack(list(sums.values())))
