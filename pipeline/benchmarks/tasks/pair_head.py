"""A bilinear layer on pairs of entities, for all pairs of a document at once (paper 4.3).

B documents, E entities of the largest document, P pairs of the batch, R relations, K width.
"""

import torch
from torch import nn


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
