"""Entity representations (paper 3.2, Eq. 1): mean over tokens, then mean over mentions.

B documents, T tokens, N = B * T, H hidden size, S tokens inside mentions, M mentions, E entities
of the whole batch.
"""

import torch


def pool_entities(
    states_NH: torch.Tensor,
    token_index_S: torch.Tensor,
    token_mention_S: torch.Tensor,
    mention_entity_M: torch.Tensor,
    num_entities: int,
) -> torch.Tensor:
    """Return the representation of each entity as one weighted segment sum.

    A token counts 1 / (tokens of its mention * mentions of its entity), so that the sum is the
    mean over mentions of the means over tokens. Mentions without tokens (cut off at the length
    limit) count nowhere; an entity without any token gets zeros.

    Args:
        states_NH: States of the last layer, batch and time flattened.
        token_index_S: Row of `states_NH` of each token that lies in a mention.
        token_mention_S: Mention of each of these tokens.
        mention_entity_M: Entity of each mention, numbered over the batch.
        num_entities: E.

    Returns:
        entity_EH in float32, whatever the precision of the states.
    """
    weight_S = token_weights(token_mention_S, mention_entity_M, num_entities)
    token_entity_S = mention_entity_M[token_mention_S]
    return weighted_sum(states_NH, token_index_S, token_entity_S, weight_S, num_entities)


def token_weights(
    token_mention_S: torch.Tensor, mention_entity_M: torch.Tensor, num_entities: int
) -> torch.Tensor:
    """Return the share of each token in its entity's representation, float32 [S]."""
    # index_add, not bincount and not a mask as index: both make the host wait for a GPU
    ones_S = torch.ones_like(token_mention_S, dtype=torch.float32)
    tokens_M = ones_S.new_zeros(len(mention_entity_M)).index_add(0, token_mention_S, ones_S)
    seen_M = (tokens_M > 0).to(torch.float32)
    mentions_E = seen_M.new_zeros(num_entities).index_add(0, mention_entity_M, seen_M)
    return 1.0 / (tokens_M[token_mention_S] * mentions_E[mention_entity_M[token_mention_S]])


def weighted_sum(
    states_NH: torch.Tensor,
    token_index_S: torch.Tensor,
    token_segment_S: torch.Tensor,
    weight_S: torch.Tensor,
    num_segments: int,
) -> torch.Tensor:
    """Return sum over tokens of weight * state, per segment, in float32."""
    token_SH = states_NH.index_select(0, token_index_S).to(torch.float32) * weight_S[:, None]
    segment_H = token_SH.new_zeros(num_segments, token_SH.shape[1])
    return segment_H.index_add(0, token_segment_S, token_SH)
