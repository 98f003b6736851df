import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.encoder import load_masked_lm, save_masked_lm
from pipeline.training.entities import (
    add_markers,
    blank_entities,
    insert_markers,
    protect_mentions,
)
from tests.pipeline.training.test_training_views import draw_rows, open_rows
from tests.tiny_training import write_tiny_bert

MARKERS = np.arange(1_000, 1_200).reshape(100, 2)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_markers_stand_around_all_mentions_with_one_pair_per_entity(tmp_path_factory, seed):
    rows = draw_rows(seed)
    docs = open_rows(rows, tmp_path_factory.mktemp("corpus")).gather(np.arange(len(rows)))
    shown = insert_markers(docs, MARKERS, np.random.default_rng(seed))
    for number, row in enumerate(rows):
        tokens = shown.token_T[slice(*shown.token_offset[number : number + 2])].tolist()
        assert [t for t in tokens if t < 1_000] == row["input_ids"]
        own = slice(*shown.mention_offset[number : number + 2])
        pairs = {}
        for place, limit, entity, start, end in zip(
            shown.mention_start_M[own],
            shown.mention_limit_M[own],
            row["mention_entity"],
            row["mention_start"],
            row["mention_end"],
            strict=True,
        ):
            inside = row["input_ids"][start:end]
            opening, closing = tokens[place], tokens[limit - 1]
            assert tokens[place + 1 : limit - 1] == inside
            assert closing == opening + 1
            assert pairs.setdefault(entity, opening) == opening
        assert len(set(pairs.values())) == len(pairs)
        assert len(tokens) == len(row["input_ids"]) + 2 * len(row["mention_start"])
    assert not shown.maskable_T[shown.token_T >= 1_000].any()


def test_marker_tokens_are_saved_and_found_again(tmp_path):
    write_tiny_bert(tmp_path / "base")
    model, tokenizer = load_masked_lm(tmp_path / "base", seed=0)
    ids = add_markers(model, tokenizer, seed=0)
    assert ids.shape == (100, 2)
    assert model.get_input_embeddings().num_embeddings == len(tokenizer)
    save_masked_lm(model, tokenizer, tmp_path / "out", source=tmp_path / "base")
    loaded, tokens = load_masked_lm(tmp_path / "out", seed=1)
    before = loaded.get_input_embeddings().weight.detach().clone()
    assert (add_markers(loaded, tokens, seed=1) == ids).all()
    assert torch.equal(loaded.get_input_embeddings().weight, before)
    assert tokens.tokenize("[S1] w3 [E1]") == ["[S1]", "w3", "[E1]"]


def test_blanked_entities_lose_all_their_mentions(tmp_path):
    rows = draw_rows(2, number=30)
    docs = open_rows(rows, tmp_path).gather(np.arange(len(rows)))
    shown = blank_entities(docs, 0.5, 4, np.random.default_rng(0))
    blanked = []
    for number, row in enumerate(rows):
        tokens = shown.token_T[slice(*shown.token_offset[number : number + 2])]
        seen = {}
        for start, end, entity in zip(
            row["mention_start"], row["mention_end"], row["mention_entity"], strict=True
        ):
            gone = (tokens[start:end] == 4).all()
            assert gone or tokens[start:end].tolist() == row["input_ids"][start:end]
            assert seen.setdefault(entity, gone) == gone
        blanked += seen.values()
    assert 0.35 < np.mean(blanked) < 0.65


def test_protected_mentions_leave_the_rest_maskable(tmp_path):
    rows = draw_rows(5)
    docs = open_rows(rows, tmp_path).gather(np.arange(len(rows)))
    maskable = protect_mentions(docs).maskable_T
    inside = sum(
        e - s for r in rows for s, e in zip(r["mention_start"], r["mention_end"], strict=True)
    )
    assert (~maskable).sum() == inside
