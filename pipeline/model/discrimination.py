"""Entity discrimination (paper Eq. 2) and relation discrimination (Eq. 3).

Both push one positive above others by cosine / tau. Everything is float32: at tau = 0.05 a bf16
cosine near 1 has steps of 0.08 in the logit. The functions return sums; the caller divides by the
number of anchors of the optimiser step (docs/decisions/0010-losses-are-means.md).

E entities, H hidden size, A anchors, C candidates, P pairs, K negatives.
"""

import torch
import torch.nn.functional as F

GATHER_ABOVE = 32  # pool pairs per negative from which gathering beats one product with the pool
CHUNK_FLOATS = 1 << 25  # of the largest intermediate of one chunk of anchors: 128 MiB


def entity_discrimination(
    entity_EH: torch.Tensor,
    head_A: torch.Tensor,
    candidate_AC: torch.Tensor,
    tau: float,
    *,
    positive_twice: bool = False,
) -> torch.Tensor:
    """Return the sum over anchors of -log softmax of the true tail (Eq. 2).

    Args:
        entity_EH: Entity representations, float32.
        head_A: Row of the head.
        candidate_AC: Rows of the candidates: the true tail first, then the other entities of the
            document without the head; -1 is padding.
        tau: Temperature.
        positive_twice: Count the true tail twice in the denominator, as the published code does:
            its loss never falls below log 2.
    """
    logits_AC = candidate_logits(entity_EH, head_A, candidate_AC, tau)
    options_AC = torch.cat([logits_AC, logits_AC[:, :1]], dim=1) if positive_twice else logits_AC
    return (torch.logsumexp(options_AC, dim=1) - logits_AC[:, 0]).sum()


def candidate_logits(
    entity_EH: torch.Tensor, head_A: torch.Tensor, candidate_AC: torch.Tensor, tau: float
) -> torch.Tensor:
    """Return cos(head, candidate) / tau, -inf at padding."""
    unit_EH = F.normalize(entity_EH, dim=1)
    cosine_AC = torch.einsum("ah,ach->ac", unit_EH[head_A], unit_EH[candidate_AC.clamp(min=0)])
    return (cosine_AC / tau).masked_fill(candidate_AC < 0, -torch.inf)


def relation_discrimination(
    entity_EH: torch.Tensor,
    head_P: torch.Tensor,
    tail_P: torch.Tensor,
    anchor_A: torch.Tensor,
    positive_A: torch.Tensor,
    negative_AK: torch.Tensor,
    tau: float,
) -> torch.Tensor:
    """Return the sum over anchors of -log(e^p / (e^p + sum of e^n)) (Eq. 3).

    A pair is represented by [head; tail] (paper 3.2).

    Args:
        entity_EH: Entity representations, float32.
        head_P: Row of the head of each pair of the pool.
        tail_P: Row of the tail.
        anchor_A: Pair of each anchor.
        positive_A: A pair with the anchor's relation.
        negative_AK: Pairs that share no relation with the anchor; -1 is padding.
        tau: Temperature.
    """
    option_AO = torch.cat([positive_A[:, None], negative_AK], dim=1)
    if _is_wide(len(head_P), option_AO.shape[1]):
        cosine_AO = _gathered_cosines(entity_EH, head_P, tail_P, anchor_A, option_AO)
    else:
        unit_P2H = F.normalize(torch.cat([entity_EH[head_P], entity_EH[tail_P]], dim=1), dim=1)
        cosine_AO = (unit_P2H[anchor_A] @ unit_P2H.T).gather(1, option_AO.clamp(min=0))
    logits_AO = (cosine_AO / tau).masked_fill(option_AO < 0, -torch.inf)
    return (torch.logsumexp(logits_AO, dim=1) - logits_AO[:, 0]).sum()


def relation_discrimination_gradient(
    entity_EH: torch.Tensor,
    head_P: torch.Tensor,
    tail_P: torch.Tensor,
    anchor_A: torch.Tensor,
    positive_A: torch.Tensor,
    negative_AK: torch.Tensor,
    tau: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the loss of `relation_discrimination` and its gradient for `entity_EH`.

    Anchors go through in chunks, so that memory is bounded whatever the pool. Neither result is
    attached to a graph.
    """
    leaf_EH = entity_EH.detach().requires_grad_()
    options = negative_AK.shape[1] + 1
    wide = _is_wide(len(head_P), options)
    floats = options * entity_EH.shape[1] if wide else max(len(head_P), 1)
    size = max(CHUNK_FLOATS // floats, 1)
    total = entity_EH.new_zeros(())
    with torch.enable_grad():
        for start in range(0, len(anchor_A), size):
            part = slice(start, start + size)
            loss = relation_discrimination(
                leaf_EH, head_P, tail_P, anchor_A[part], positive_A[part], negative_AK[part], tau
            )
            loss.backward()
            total += loss.detach()
    gradient_EH = leaf_EH.grad if leaf_EH.grad is not None else torch.zeros_like(entity_EH)
    return total, gradient_EH


def _is_wide(pool: int, options: int) -> bool:
    return pool > GATHER_ABOVE * options


def _gathered_cosines(
    entity_EH: torch.Tensor,
    head_P: torch.Tensor,
    tail_P: torch.Tensor,
    anchor_A: torch.Tensor,
    option_AO: torch.Tensor,
) -> torch.Tensor:
    """Return the cosines of anchors and options without ever writing out the pool."""
    square_E = entity_EH.square().sum(dim=1)
    norm_P = (square_E[head_P] + square_E[tail_P]).clamp(min=1e-24).sqrt()
    pair_AO = option_AO.clamp(min=0)
    dot_AO = sum(
        torch.einsum("ah,aoh->ao", entity_EH[side_P[anchor_A]], entity_EH[side_P[pair_AO]])
        for side_P in (head_P, tail_P)
    )
    cosine_AO: torch.Tensor = dot_AO / (norm_P[anchor_A][:, None] * norm_P[pair_AO])
    return cosine_AO
