"""Masked language modelling: which tokens are hidden, and logits only where they are.

15 % of the tokens are chosen; of these 80 % become the mask token, 10 % a random token, 10 % stay
(Devlin et al.). With a vocabulary of 30,522 the logits of all positions cost more than a small
encoder; those of the chosen positions cost a seventh of that.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from pipeline.model.ragged import Bools, Ints

MASKED, RANDOM = 0.8, 0.1  # shares of the chosen tokens; the rest stays


def mask_tokens(
    token_T: Ints,
    maskable_T: Bools,
    *,
    probability: float,
    mask_id: int,
    vocabulary: Ints,
    generator: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Return the tokens with some hidden, and the places of the chosen ones.

    Args:
        token_T: Token ids.
        maskable_T: False where a token must stay: special tokens, prompts, markers.
        probability: Each maskable token is chosen with it, independently.
        mask_id: The mask token.
        vocabulary: Ids that a random token is drawn from.
        generator: Three numbers per token are drawn, whatever the tokens are.
    """
    draw_T, kind_T = generator.random(len(token_T)), generator.random(len(token_T))
    random_T = vocabulary[generator.integers(0, len(vocabulary), len(token_T))]
    chosen_T = maskable_T & (draw_T < probability)
    hidden_T = np.where(chosen_T & (kind_T < MASKED), mask_id, token_T)
    replaced_T = chosen_T & (kind_T >= MASKED) & (kind_T < MASKED + RANDOM)
    return np.where(replaced_T, random_T, hidden_T), np.flatnonzero(chosen_T)


class _Given(nn.Module):
    """Stands in for the encoder and returns states that were computed before."""

    def __init__(self, states_1KH: torch.Tensor) -> None:
        super().__init__()
        self.states = states_1KH

    def forward(self, *_: Any, **__: Any) -> Any:
        from transformers.modeling_outputs import BaseModelOutput

        return BaseModelOutput(last_hidden_state=self.states)


def vocabulary_logits(model: nn.Module, states_KH: torch.Tensor) -> torch.Tensor:
    """Return the logits [K, vocabulary] of the model's head at the given states.

    Heads are built and named differently in each architecture, but all of them take the states of
    `base_model`. So the model's own forward runs, with the K states in the encoder's place.
    """
    hf_model: Any = model
    name: str = hf_model.base_model_prefix
    encoder = model._modules[name]
    dummy_1K = torch.zeros(1, len(states_KH), dtype=torch.long, device=states_KH.device)
    model._modules[name] = _Given(states_KH[None])
    try:
        output = hf_model(input_ids=dummy_1K)
    finally:
        model._modules[name] = encoder
    logits_KV: torch.Tensor = output.logits[0]
    return logits_KV


def masked_lm_loss(
    model: nn.Module, states_NH: torch.Tensor, position_K: torch.Tensor, label_K: torch.Tensor
) -> torch.Tensor:
    """Return the summed cross-entropy of the chosen tokens `label_K` at `position_K`, float32."""
    if len(position_K) == 0:
        return states_NH.sum() * 0.0
    logits_KV = vocabulary_logits(model, states_NH.index_select(0, position_K))
    return F.cross_entropy(logits_KV.float(), label_K, reduction="sum")
