import json

import pytest
import torch
import transformers

from pipeline.errors import InputError
from pipeline.model.encoder import (
    encode,
    load_encoder,
    load_masked_lm,
    save_masked_lm,
    special_tokens,
)
from tests.tiny_training import write_tiny_bert


def test_saved_folder_loads_unchanged_with_the_same_states(tmp_path):
    write_tiny_bert(tmp_path / "base")
    model, tokenizer = load_masked_lm(tmp_path / "base", seed=0, dropout=0.0)
    save_masked_lm(model, tokenizer, tmp_path / "out", source=tmp_path / "base")
    ids = torch.randint(5, 100, (2, 9))
    with torch.no_grad():
        model.eval()
        ours = encode(model, ids, torch.ones_like(ids))
        plain = transformers.AutoModel.from_pretrained(tmp_path / "out").eval()
        masked = transformers.AutoModelForMaskedLM.from_pretrained(tmp_path / "out").eval()
        assert torch.equal(plain(input_ids=ids).last_hidden_state, ours)
        assert torch.equal(masked(input_ids=ids).logits, model(input_ids=ids).logits)
    loaded = transformers.AutoTokenizer.from_pretrained(tmp_path / "out")
    assert loaded("w1 w2")["input_ids"] == tokenizer("w1 w2")["input_ids"]


def test_dropout_of_the_run_is_not_saved(tmp_path):
    write_tiny_bert(tmp_path / "base")
    model, tokenizer = load_masked_lm(tmp_path / "base", seed=0, dropout=0.0)
    model.train()
    ids = torch.randint(5, 100, (2, 9))
    assert torch.equal(
        encode(model, ids, torch.ones_like(ids)), encode(model, ids, torch.ones_like(ids))
    )
    save_masked_lm(model, tokenizer, tmp_path / "out", source=tmp_path / "base")
    assert json.loads((tmp_path / "out/config.json").read_text())["hidden_dropout_prob"] == 0.1


def test_a_missing_head_is_made_from_the_seed_and_said(tmp_path, capsys):
    write_tiny_bert(tmp_path / "base")
    model, tokenizer = load_encoder(tmp_path / "base")
    model.save_pretrained(tmp_path / "headless")
    tokenizer.save_pretrained(tmp_path / "headless")
    first, _ = load_masked_lm(tmp_path / "headless", seed=1)
    assert "initialised with seed 1" in capsys.readouterr().err
    again, _ = load_masked_lm(tmp_path / "headless", seed=1)
    other, _ = load_masked_lm(tmp_path / "headless", seed=2)
    name = "cls.predictions.transform.dense.weight"
    assert torch.equal(first.state_dict()[name], again.state_dict()[name])
    assert not torch.equal(first.state_dict()[name], other.state_dict()[name])


@pytest.mark.parametrize("family", ["roberta", "distilbert"])
def test_other_architectures_give_logits_at_positions(tmp_path, family):
    from pipeline.model.masking import vocabulary_logits

    common = {"vocab_size": 50, "max_position_embeddings": 40, "pad_token_id": 0}
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = {
        "roberta": lambda: transformers.RobertaConfig(**common, **sizes, intermediate_size=32),
        "distilbert": lambda: transformers.DistilBertConfig(
            **common, dim=16, n_layers=1, n_heads=2, hidden_dim=32
        ),
    }[family]()
    model = transformers.AutoModelForMaskedLM.from_config(config).eval()
    ids = torch.randint(5, 50, (2, 7))
    whole = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits.flatten(0, 1)
    states = encode(model, ids, torch.ones_like(ids)).flatten(0, 1)
    assert torch.allclose(vocabulary_logits(model, states[3:6]), whole[3:6], atol=1e-6)


def test_special_tokens_come_from_the_tokenizer(tmp_path):
    write_tiny_bert(tmp_path)
    _, tokenizer = load_encoder(tmp_path)
    special = special_tokens(tokenizer)
    assert (special.padding, special.start, special.separator, special.mask) == (0, 2, 3, 4)
    tokenizer.mask_token = None
    with pytest.raises(InputError, match="no mask token"):
        special_tokens(tokenizer)


def test_a_folder_that_is_no_encoder_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r"no config\.json"):
        load_encoder(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "no_such_model"}')
    with pytest.raises(InputError, match=r"config\.json"):
        load_encoder(tmp_path)
    write_tiny_bert(tmp_path / "cut")
    weights = tmp_path / "cut" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(InputError, match="cut"):
        load_encoder(tmp_path / "cut")
