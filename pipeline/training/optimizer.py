"""AdamW with linear warm-up and linear decay (paper 4.2), for pre-training and fine-tuning."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from pipeline.config import require


@dataclass(frozen=True, kw_only=True, slots=True)
class OptimizerConfig:
    """Numbers of the optimiser; `warmup_fraction` is a share of all steps."""

    learning_rate: float
    weight_decay: float
    warmup_fraction: float
    max_gradient_norm: float

    def __post_init__(self) -> None:
        """Refuse values that cannot train."""
        rate, norm = self.learning_rate, self.max_gradient_norm
        require(rate > 0, f"learning_rate: must be above 0, got {rate}")
        require(self.weight_decay >= 0, f"weight_decay: must be >= 0, got {self.weight_decay}")
        share = self.warmup_fraction
        require(0 <= share <= 1, f"warmup_fraction: must be between 0 and 1, got {share}")
        require(norm > 0, f"max_gradient_norm: must be above 0, got {norm}")


def build_optimizer(model: nn.Module, config: OptimizerConfig) -> torch.optim.Optimizer:
    """Return AdamW over the trainable parameters; biases and norms (vectors) do not decay."""
    groups = parameter_groups(model, config)
    return torch.optim.AdamW(groups, lr=config.learning_rate, eps=1e-8, fused=True)


def parameter_groups(model: nn.Module, config: OptimizerConfig) -> list[dict[str, Any]]:
    """Return the trainable matrices, which decay, and vectors, which do not."""
    groups: dict[tuple[bool, type], list[nn.Parameter]] = {}
    for parameter in model.parameters():
        if parameter.requires_grad:  # fused kernels take no divided and whole tensors together
            groups.setdefault((parameter.ndim <= 1, type(parameter)), []).append(parameter)
    return [
        {"params": parameters, "weight_decay": 0.0 if is_vector else config.weight_decay}
        for (is_vector, _), parameters in sorted(groups.items(), key=lambda item: item[0][0])
    ]


def schedule(step: int, num_steps: int, config: OptimizerConfig) -> float:
    """Return the factor on the learning rate at `step` (0, 1, ...) of `num_steps`.

    It rises linearly from 1/W to 1 over the W warm-up steps and falls linearly to 0, which the
    step after the last one would reach.
    """
    warmup = round(config.warmup_fraction * num_steps)
    if step < warmup:
        return (step + 1) / warmup
    return (num_steps - step) / max(num_steps - warmup, 1)
