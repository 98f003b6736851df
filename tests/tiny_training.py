"""A tiny random BERT and random documents, in the formats that pre-training reads."""

from pathlib import Path

import numpy as np

from pipeline.io import write_shard
from pipeline.records.encoded import ENCODED, RELATIONS

WORDS = 180
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
RELATION_NAMES = ["capital of", "born in", "member of", "made by", "part of", "father"]


def write_tiny_bert(folder: Path, *, hidden: int = 32, layers: int = 2, positions: int = 128):
    """Write a random BERT with its tokenizer; the vocabulary is w0, w1, ... and relation words."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

    names = sorted({word for name in RELATION_NAMES for word in name.split()})
    words = SPECIAL + [f"w{i}" for i in range(WORDS)] + names
    backend = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        model_max_length=positions,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=4,
        intermediate_size=2 * hidden,
        max_position_embeddings=positions,
    )
    BertForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def random_document(generator: np.random.Generator, number: int, *, longest: int = 60):
    """Return one row of ENCODED: non-overlapping mentions, multi-label pairs, any length."""
    length = int(generator.integers(12, longest))
    entities = int(generator.integers(2, 7))
    mentions, place = [], 0
    while True:
        start = place + int(generator.integers(0, 4))
        end = start + int(generator.integers(1, 4))
        if end > length:
            break
        mentions.append((start, end))
        place = end
    chosen = generator.integers(0, entities, len(mentions))
    order: dict[int, int] = {}
    for entity in chosen.tolist():
        order.setdefault(entity, len(order))
    numbers = [order[e] for e in chosen.tolist()]
    count = len(order)
    triples = sorted(
        {
            (int(h), int(t), int(r))
            for h, t, r in zip(
                generator.integers(0, count, 3 * count),
                generator.integers(0, count, 3 * count),
                generator.integers(0, len(RELATION_NAMES), 3 * count),
                strict=True,
            )
            if h != t
        }
    )

    free = sorted(
        {(h, t) for h in range(count) for t in range(count) if h != t}
        - {(h, t) for h, t, _ in triples}
    )
    ignored = free[:: 1 + number % 3]
    intra = {(h, t): bool((h * 7 + t * 3 + number) % 2) for h, t, _ in triples}
    return {
        "doc_id": f"{number}-0",
        "page_id": number,
        "input_ids": generator.integers(5, 5 + WORDS, length).tolist(),
        "mention_start": [m[0] for m in mentions],
        "mention_end": [m[1] for m in mentions],
        "mention_entity": numbers,
        "mention_sentence": [m[0] // 12 for m in mentions],
        "entity_item": [None if e % 3 == 2 else 10 * number + e for e in range(count)],
        "head": [h for h, _, _ in triples],
        "tail": [t for _, t, _ in triples],
        "relation": [r for _, _, r in triples],
        "intra": [intra[h, t] for h, t, _ in triples],
        "ignored_head": [h for h, _ in ignored],
        "ignored_tail": [t for _, t in ignored],
    }


def write_tiny_shards(folder: Path, base: Path, *, documents: int = 24, seed: int = 0, rows=None):
    """Write data/shard with a training part of two files and a held-out part.

    `rows` are documents to train on, instead of random ones.
    """
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    generator = np.random.default_rng(seed)
    if rows:
        documents = len(rows)
    rows = list(rows or []) + [
        random_document(generator, n) for n in range(0 if rows else documents + 6)
    ]
    half = documents // 2
    write_shard(folder / "train" / "shard_00000.parquet", rows[:half], ENCODED)
    write_shard(folder / "train" / "shard_00001.parquet", rows[half:documents], ENCODED)
    write_shard(folder / "heldout" / "shard_00000.parquet", rows[documents:], ENCODED)
    relations = [
        {
            "relation": number,
            "property": number + 1,
            "name": name,
            "name_ids": tokenizer(name, add_special_tokens=False)["input_ids"],
            "count": 1,
        }
        for number, name in enumerate(RELATION_NAMES)
    ]
    write_shard(folder / "relations.parquet", relations, RELATIONS)


def tiny_params(**changes):
    """Return the section `train` for a tiny run, as plain values."""
    return {
        "profile": "paper",
        "objective_family": "erica",
        "objectives": ["ed", "rd", "mlm"],
        "loss_weights": {"ed": 1.0, "rd": 1.0, "mlm": 1.0},
        "tau": 0.05,
        "ed_other_tails": "exclude",
        "rd_pairs": "both",
        "rd_negatives": 64,
        "no_relation_pairs": 32,
        "contrast_scope": "global",
        "mlm_probability": 0.15,
        "mask_mentions": True,
        "entity_encoding": "mean_pool",
        "entity_masking": 0.0,
        "shared_encoding": False,
        "batch_size": 12,
        "micro_batch_size": 12,
        "num_steps": 12,
        "max_length": 128,
        "learning_rate": 1e-3,
        "weight_decay": 1e-5,
        "warmup_fraction": 0.2,
        "max_gradient_norm": 1.0,
        "dropout": 0.0,
        "precision": "fp32",
        "seed": 42,
        "heldout_triples": 400,
        "heldout_steps": 5,
    } | changes


def tiny_config(**changes):
    """Return the section `train` for a tiny run, as the stage uses it."""
    from pipeline.config import decode
    from pipeline.training.config import TrainConfig
    from pipeline.training.released import fix_parameters

    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in changes.items()}
    return fix_parameters(decode(tiny_params(**plain), TrainConfig, "train"))
