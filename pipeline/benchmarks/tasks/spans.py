"""Spans of tokens and pairs of them, classified as in SpERT, without a loop over spans.

B sentences, T tokens, H hidden size, S size of a span's representation, N spans of the batch, P
pairs, K entity types with "none", R relations.
"""

import torch
from torch import nn

MAX_LENGTH = 100  # spans of this many tokens and more share an embedding of length


class SpanMaxima:
    """Element-wise maxima of the states over spans, each from two overlapping powers of two."""

    def __init__(self, states_BTH: torch.Tensor) -> None:
        """Compute the maxima over 1, 2, 4, ... tokens from every position."""
        self.shape = states_BTH.shape
        levels = [states_BTH]
        width = 1
        while 2 * width <= self.shape[1]:
            level = levels[-1]
            # the last positions have no such span; no query reads them
            joined = torch.maximum(level[:, :-width], level[:, width:])
            levels.append(torch.cat([joined, level[:, -width:]], dim=1))
            width *= 2
        self._states_RH = torch.stack(levels).flatten(0, 2)

    def pool(self, row_N: torch.Tensor, start_N: torch.Tensor, end_N: torch.Tensor) -> torch.Tensor:
        """Return [N, H]: the maximum over tokens [start, end) of each row; zeros if there is none.

        Half of the gradient of a maximum that both powers of two see comes through each.
        """
        B, T, _ = self.shape
        length_N = (end_N - start_N).clamp(min=1)
        level_N = length_N.to(torch.float64).log2().floor().long()
        left_N = start_N.clamp(max=T - 1)
        right_N = torch.where(end_N > start_N, end_N - (1 << level_N), left_N)
        base_N = (level_N * B + row_N) * T
        pooled_NH = torch.maximum(
            self._states_RH.index_select(0, base_N + left_N),
            self._states_RH.index_select(0, base_N + right_N),
        )
        return pooled_NH * (end_N > start_N)[:, None]


class SpanHead(nn.Module):
    """Classifiers of spans and of pairs of spans."""

    def __init__(self, width: int, sizes: int, entities: int, relations: int, dropout: float):
        super().__init__()
        self.size = nn.Embedding(MAX_LENGTH, sizes)
        self.entity = nn.Linear(2 * width + sizes, entities)
        self.relation = nn.Linear(3 * width + 2 * sizes, relations)
        self.dropout = nn.Dropout(dropout)

    def represent(
        self, maxima: SpanMaxima, row_N: torch.Tensor, token_N2: torch.Tensor
    ) -> torch.Tensor:
        """Return spans [N, H + sizes]: maximum over the tokens, embedding of their number."""
        pooled_NH = maxima.pool(row_N, token_N2[:, 0], token_N2[:, 1])
        length_N = (token_N2[:, 1] - token_N2[:, 0]).clamp(max=MAX_LENGTH - 1)
        return torch.cat([pooled_NH, self.size(length_N).to(pooled_NH.dtype)], dim=1)

    def classify_spans(self, first_NH: torch.Tensor, span_NS: torch.Tensor) -> torch.Tensor:
        """Return logits [N, K]; `first_NH` is the state of each span's sentence."""
        logits_NK: torch.Tensor = self.entity(self.dropout(torch.cat([first_NH, span_NS], dim=1)))
        return logits_NK.float()

    def classify_pairs(
        self,
        maxima: SpanMaxima,
        row_P: torch.Tensor,
        token_P22: torch.Tensor,
        span_P2S: torch.Tensor,
    ) -> torch.Tensor:
        """Return logits [P, R] of pairs of spans, head first."""
        between_PH = maxima.pool(
            row_P, token_P22[:, :, 1].amin(dim=1), token_P22[:, :, 0].amax(dim=1)
        )
        features = torch.cat([between_PH, span_P2S.flatten(1)], dim=1)
        logits_PR: torch.Tensor = self.relation(self.dropout(features))
        return logits_PR.float()


def pick_lowest(
    row_N: torch.Tensor, key_N: torch.Tensor, allowed_N: torch.Tensor, limit: int
) -> torch.Tensor:
    """Return a mask [N] of the `limit` allowed items of each row with the lowest keys."""
    index_M = allowed_N.nonzero()[:, 0]
    order_M = torch.argsort(key_N[index_M], stable=True)
    order_M = order_M[torch.argsort(row_N[index_M][order_M], stable=True)]
    sorted_M = row_N[index_M][order_M]
    rank_M = torch.arange(len(order_M), device=row_N.device) - torch.searchsorted(
        sorted_M, sorted_M
    )
    picked_N = torch.zeros_like(allowed_N)
    picked_N[index_M[order_M[rank_M < limit]]] = True
    return picked_N


def pair_up(row_E: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return heads and tails [P]: all ordered pairs of two items of one row; rows ascend."""
    first_E = torch.searchsorted(row_E, row_E)
    count_E = torch.searchsorted(row_E, row_E, right=True) - first_E
    head_P = torch.repeat_interleave(torch.arange(len(row_E), device=row_E.device), count_E)
    before_E = torch.cumsum(count_E, dim=0) - count_E
    number_P = torch.arange(len(head_P), device=row_E.device) - before_E[head_P]
    tail_P = first_E[head_P] + number_P
    kept_P = head_P != tail_P
    return head_P[kept_P], tail_P[kept_P]
