"""Sequences behind one another in one row: no padding, and attention stays within each.

FlashAttention takes the boundaries of the sequences. It runs on CUDA in bf16; the CPU computes the
same with a mask, which is for checks only: there rectangles of similar length are faster.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from pipeline.model.encoder import first_position, num_positions

NAME = "packed"  # of the attention in Hugging Face's table
PROBE = (5, 150, 23)  # lengths; one is longer than the local windows of ModernBERT (64 each side)
EXACT, ROUGH = 1e-4, 0.05  # relative differences allowed in float32 and in bf16


@dataclass(slots=True)
class Packed:
    """Sequences of one row. N tokens, V sequences."""

    input_ids_1N: torch.Tensor
    position_1N: torch.Tensor
    start_V1: torch.Tensor  # int32; where each sequence starts, and N
    longest: int  # no sequence has more tokens; the same number for all batches of a run


def encode_packed(model: nn.Module, packed: Packed) -> torch.Tensor:
    """Return the last layer's states [N, H]; `pack_attention` must have accepted the model."""
    inner: Any = model.base_model
    output = inner(
        input_ids=packed.input_ids_1N,
        position_ids=packed.position_1N,
        cu_seq_lens_q=packed.start_V1,
        cu_seq_lens_k=packed.start_V1,
        max_length_q=packed.longest,
        max_length_k=packed.longest,
    )
    states_NH: torch.Tensor = output.last_hidden_state[0]
    return states_NH


def pack_attention(model: nn.Module) -> bool:
    """Have a model in float32 on the CPU accept packed sequences; return whether it does.

    No architecture is named: three sequences are encoded packed and one by one, and if the states
    differ (positions that cannot be given, attention of its own kind) the model stays as it was.
    """
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, sdpa_mask
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    ALL_ATTENTION_FUNCTIONS.register(NAME, _attend)
    ALL_MASK_ATTENTION_FUNCTIONS.register(NAME, sdpa_mask)
    hf_model: Any = model
    before = hf_model.config._attn_implementation
    try:
        hf_model.set_attn_implementation(NAME)
        same = packs_alike(model, EXACT)
    except (RuntimeError, TypeError, ValueError, IndexError, KeyError):
        same = False
    if not same:
        hf_model.set_attn_implementation(before)
    return same


@torch.no_grad()
def packs_alike(model: nn.Module, tolerance: float) -> bool:
    """Return whether packed sequences have the states of single ones, where the model lies."""
    inner: Any = model.base_model
    device = next(model.parameters()).device
    training = model.training
    model.eval()
    first = first_position(model)
    vocabulary = int(model.get_input_embeddings().num_embeddings)  # type: ignore[operator]  # Module
    longest = num_positions(model, otherwise=max(PROBE))
    lengths = [min(length, longest) for length in PROBE]
    ids = [7 + torch.arange(n, device=device) % (vocabulary - 7) for n in lengths]  # none special
    packed = Packed(
        torch.cat(ids)[None],
        torch.cat([torch.arange(first, first + n, device=device) for n in lengths])[None],
        torch.tensor([0, *lengths], device=device).cumsum(0).to(torch.int32),
        max(lengths),
    )
    try:
        together = encode_packed(model, packed).float()
        outputs = [inner(input_ids=i[None], attention_mask=torch.ones_like(i[None])) for i in ids]
        alone = torch.cat([output.last_hidden_state[0] for output in outputs]).float()
    finally:
        model.train(training)
    return bool((together - alone).norm() <= tolerance * alone.norm())


def _attend(
    module: nn.Module,
    query_BhTd: torch.Tensor,
    key_BhTd: torch.Tensor,
    value_BhTd: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """Hugging Face's interface: [B, heads, T, d] in, [B, T, heads, d] out."""
    start_V1 = options.get("cu_seq_lens_q")
    if start_V1 is None:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        states: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module,
            query_BhTd,
            key_BhTd,
            value_BhTd,
            attention_mask,
            dropout=dropout,
            scaling=scaling,
            **options,
        )
        return states
    if options.get("sliding_window") is not None or query_BhTd.shape[-1] % 8:
        raise ValueError("local attention, or heads that FlashAttention does not take")
    if query_BhTd.device.type == "cpu":
        token_N = torch.arange(query_BhTd.shape[2])
        owner_N = torch.searchsorted(start_V1[1:].to(torch.int64), token_N, right=True)
        same_NN = owner_N[:, None] == owner_N[None, :]
        attended = F.scaled_dot_product_attention(
            query_BhTd, key_BhTd, value_BhTd, same_NN, dropout, scale=scaling
        )
        return attended.transpose(1, 2), None
    query, key, value = (
        states[0].transpose(0, 1).to(value_BhTd.dtype)
        for states in (query_BhTd, key_BhTd, value_BhTd)
    )
    longest = options["max_length_q"]
    result = torch.ops.aten._flash_attention_forward(
        query, key, value, start_V1, start_V1, longest, longest, dropout, False, False,
        scale=scaling,
    )  # fmt: skip
    return result[0][None], None
