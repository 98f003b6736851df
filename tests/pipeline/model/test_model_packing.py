"""Packed sequences give the states and gradients of single ones, or the model is left alone."""

import pytest
import torch
import transformers

from pipeline.model.encoder import first_position, round_norms
from pipeline.model.packing import Packed, encode_packed, pack_attention

LENGTHS = (3, 40, 1, 17)
IDS = torch.arange(5, 65).view(2, 30)
SMALL = {"vocab_size": 120, "num_attention_heads": 4, "intermediate_size": 64}
SPECIAL = {f"{name}_token_id": 1 for name in ("pad", "bos", "eos", "cls", "sep")}
WIDE = {"hidden_size": 32, "num_hidden_layers": 2}
CONFIGS = {
    "bert": transformers.BertConfig(**SMALL, **WIDE),
    "roberta": transformers.RobertaConfig(**SMALL, **WIDE, max_position_embeddings=514),
    "distilbert": transformers.DistilBertConfig(
        vocab_size=120, dim=32, n_layers=2, n_heads=4, hidden_dim=64
    ),
    "electra": transformers.ElectraConfig(**SMALL, **WIDE),
}
OTHERS = {
    "mpnet": transformers.MPNetConfig(**SMALL, **WIDE),  # attention biases by distance
    "modernbert": transformers.ModernBertConfig(
        **SMALL, **SPECIAL, hidden_size=32, num_hidden_layers=4
    ),
}


def build(config):
    torch.manual_seed(0)
    return transformers.AutoModelForMaskedLM.from_config(config).eval()


@pytest.mark.parametrize("name", CONFIGS)
def test_packed_sequences_do_not_see_one_another(name):
    model = build(CONFIGS[name])
    generator = torch.Generator().manual_seed(1)
    ids = [torch.randint(5, 120, (n,), generator=generator) for n in LENGTHS]
    alone = torch.cat([model.base_model(i[None]).last_hidden_state[0] for i in ids])
    weight = torch.randn(alone.shape, generator=generator)
    (alone * weight).sum().backward()
    wanted = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    assert pack_attention(model)
    model.zero_grad()
    first = first_position(model)
    packed = Packed(
        torch.cat(ids)[None],
        torch.cat([torch.arange(first, first + n) for n in LENGTHS])[None],
        torch.tensor([0, *LENGTHS]).cumsum(0).to(torch.int32),
        64,
    )
    states = encode_packed(model, packed)
    (states * weight).sum().backward()
    torch.testing.assert_close(states, alone, atol=1e-5, rtol=1e-5)
    for parameter, gradient in wanted.items():
        found = model.get_parameter(parameter).grad
        torch.testing.assert_close(found, gradient, atol=1e-4, rtol=1e-4)
    padded = model.base_model(  # rectangles go on working, for the held-out measurement
        torch.cat([ids[0], torch.ones(2, dtype=torch.long)])[None],
        attention_mask=torch.tensor([[1, 1, 1, 0, 0]]),
    ).last_hidden_state[0, :3]
    torch.testing.assert_close(padded, alone[:3], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", OTHERS)
def test_models_with_attention_of_their_own_stay_as_they_are(name):
    model = build(OTHERS[name])
    before = model.config._attn_implementation
    assert not pack_attention(model)
    assert model.config._attn_implementation == before


def test_packing_is_no_property_of_the_saved_encoder(tmp_path):
    model = build(CONFIGS["bert"])
    pack_attention(model)
    model.save_pretrained(tmp_path)
    loaded = transformers.AutoModelForMaskedLM.from_pretrained(tmp_path)
    assert loaded.config._attn_implementation == "sdpa"


def test_norms_answer_in_bf16_under_autocast_only():
    model = build(CONFIGS["bert"])
    exact = model.base_model(IDS).last_hidden_state
    round_norms(model)
    assert torch.equal(model.base_model(IDS).last_hidden_state, exact)
    with torch.autocast("cpu", torch.bfloat16):
        rough = model.base_model(IDS).last_hidden_state
        loss = model(input_ids=IDS, labels=IDS).loss
    assert rough.dtype == torch.bfloat16
    assert (rough - exact).norm() < 0.02 * exact.norm()
    loss.backward()
    norm = model.base_model.embeddings.LayerNorm
    assert norm.weight.grad.dtype == torch.float32
    assert norm.weight.grad.abs().sum() > 0
