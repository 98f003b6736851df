import numpy as np
import torch
import torch.nn.functional as F

from pipeline.model.encoder import encode, load_masked_lm
from pipeline.model.masking import mask_tokens, masked_lm_loss, vocabulary_logits
from tests.tiny_training import write_tiny_bert

MASK, VOCABULARY = 4, np.arange(5, 1_000)


def hide(tokens, maskable, seed=0):
    return mask_tokens(
        tokens,
        maskable,
        probability=0.15,
        mask_id=MASK,
        vocabulary=VOCABULARY,
        generator=np.random.default_rng(seed),
    )


def test_shares_are_15_percent_and_80_10_10():
    tokens = np.full(400_000, 7)
    hidden, chosen = hide(tokens, np.ones(len(tokens), bool))
    assert abs(len(chosen) / len(tokens) - 0.15) < 0.003
    kinds = hidden[chosen]
    assert abs((kinds == MASK).mean() - 0.8) < 0.01
    assert abs((kinds == 7).mean() - 0.1) < 0.01
    assert abs(((kinds != MASK) & (kinds != 7)).mean() - 0.1) < 0.01
    others = np.ones(len(tokens), bool)
    others[chosen] = False
    assert (hidden[others] == 7).all()


def test_protected_tokens_stay_and_do_not_change_the_draws_of_others():
    tokens = np.arange(5, 905)
    every = np.ones(len(tokens), bool)
    some = every.copy()
    some[::3] = False
    _, chosen = hide(tokens, every)
    hidden, fewer = hide(tokens, some)
    assert set(fewer) == {c for c in chosen if some[c]}
    assert (hidden[~some] == tokens[~some]).all()


def test_random_tokens_are_never_special():
    hidden, chosen = hide(np.full(50_000, 7), np.ones(50_000, bool))
    assert set(hidden[chosen]) <= {MASK, *VOCABULARY.tolist()}


def test_logits_at_chosen_positions_are_those_of_the_whole_model(tmp_path):
    write_tiny_bert(tmp_path)
    model, _ = load_masked_lm(tmp_path, seed=0, dropout=0.0)
    ids = torch.randint(5, 100, (3, 11))
    mask = torch.ones_like(ids)
    whole = model(input_ids=ids, attention_mask=mask).logits.flatten(0, 1)
    states = encode(model, ids, mask).flatten(0, 1)
    place, label = torch.tensor([2, 8, 30]), torch.tensor([6, 7, 8])
    assert torch.allclose(vocabulary_logits(model, states[place]), whole[place], atol=1e-6)
    loss = masked_lm_loss(model, states, place, label)
    assert torch.allclose(loss, F.cross_entropy(whole[place], label, reduction="sum"), atol=1e-5)
    assert model.base_model is model.bert  # the encoder is back in its place


def test_nothing_hidden_gives_zero_loss_with_a_graph(tmp_path):
    write_tiny_bert(tmp_path)
    model, _ = load_masked_lm(tmp_path, seed=0, dropout=0.0)
    none = torch.zeros(0, dtype=torch.long)
    states = torch.randn(4, 32, requires_grad=True)
    loss = masked_lm_loss(model, states, none, none)
    loss.backward()
    assert loss.item() == 0.0
