"""Annotated documents as a model reads them: tokens, and mentions as spans of tokens.

Text is never rewritten: the tokenizer's offsets say which characters a token covers, and a mention
is the run of tokens that overlap it. That holds for word pieces, cased or not, and for byte-level
pairs, whose tokens may start with the blank before a word.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from pipeline.config import require
from pipeline.documents.sampling import draw
from pipeline.errors import InputError
from pipeline.io import check_aligned, read_json, read_table, write_shard
from pipeline.progress import Counts, add_counts
from pipeline.records.documents import DOCUMENTS
from pipeline.records.encoded import ENCODED
from pipeline.records.linked import LINKED
from pipeline.records.triples import TRIPLES

Row = dict[str, Any]
Ints = npt.NDArray[np.int64]

PARTS = ("train", "heldout")
COUNTERS = (
    "documents.in",
    "documents.no_triples",
    "tokens.in",
    "tokens.cut",
    "tokens.of_dropped",
    "mentions.in",
    "mentions.beyond_max_tokens",
    "mentions.without_tokens",
    "mentions.of_dropped",
    "entities.in",
    "entities.without_mention",
    "entities.of_dropped",
    "triples.in",
    "triples.without_entity",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShardConfig:
    """Parameters of `shard`: length of documents, size of shards, share of the held-out part."""

    max_tokens: int
    held_out_fraction: float
    documents_per_shard: int
    seed: int

    def __post_init__(self) -> None:
        require(self.max_tokens >= 16, f"max_tokens: must be at least 16, got {self.max_tokens}")
        require(
            0 <= self.held_out_fraction < 1,
            f"held_out_fraction: must be in [0, 1), got {self.held_out_fraction}",
        )
        require(
            self.documents_per_shard >= 1,
            f"documents_per_shard: must be at least 1, got {self.documents_per_shard}",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class EncodeTask:
    """One shard: its documents, entities and triples, the encoder's folder, and its output."""

    documents: Path
    linked: Path
    triples: Path
    encoder: Path
    out: Path  # folder of `train/` and `heldout/`
    config: ShardConfig


def load_tokenizer(encoder: Path) -> Any:
    """Return the fast tokenizer of an encoder's folder, cutting and padding nothing.

    Raises:
        InputError: There is no tokenizer.json, or it is damaged.
    """
    import tokenizers

    path = encoder / "tokenizer.json"
    if not path.is_file():
        raise InputError(
            f"{path}: not found; the encoder needs a fast tokenizer (see fetch.encoder)"
        )
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise InputError(f"{path}: not a tokenizer: {error}; run `dvc repro`") from None
    tokenizer.no_truncation()  # MiniLM's file cuts at 128 tokens
    tokenizer.no_padding()
    return tokenizer


def check_length(max_tokens: int, encoder: Path) -> None:
    """Check that `max_tokens` and two special tokens fit the encoder's positions.

    Raises:
        InputError: They do not.
    """
    config = read_json(encoder / "config.json")
    positions = config.get("max_position_embeddings")
    if positions is None:
        return
    if "roberta" in config.get("model_type", ""):  # its first position comes after the padding's
        positions -= config.get("pad_token_id", 1) + 1
    if max_tokens + 2 > positions:
        raise InputError(
            f"shard.max_tokens: the encoder has {positions} positions; set it to at most "
            f"{positions - 2}, got {max_tokens}"
        )


def align_spans(offsets: Ints, spans: Ints) -> Ints:
    """Return the token spans that cover character spans.

    Args:
        offsets: [T, 2] first and last character + 1 of each token, in order.
        spans: [M, 2] characters [start, end).

    Returns:
        [M, 2] tokens [start, end); start = end where no token overlaps.
    """
    start = np.searchsorted(offsets[:, 1], spans[:, 0], side="right")
    end = np.searchsorted(offsets[:, 0], spans[:, 1], side="left")
    return np.stack([start, np.maximum(start, end)], axis=1)


def encode_shard(task: EncodeTask) -> Counts:
    """Write the kept documents of one shard, train and held-out part apart; return the counts.

    `relation` still holds property numbers; `shards.pack` numbers the relations of the corpus. Its
    counts and these add up: of documents, tokens, mentions, entities and triples, what went in is
    what was left out under some name and what `pack` wrote.
    """
    # shards are spread over processes already; set before the library's first use
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    tokenizer = load_tokenizer(task.encoder)
    documents = read_table(task.documents, DOCUMENTS, ["doc_id", "page_id", "text"])
    linked = read_table(task.linked, LINKED)
    triples = read_table(task.triples, TRIPLES)
    check_aligned(task.linked, linked, documents)
    check_aligned(task.triples, triples, documents)
    kept = pc.equal(triples["drop"], "")
    documents, linked, triples = (t.filter(kept) for t in (documents, linked, triples))
    encodings = tokenizer.encode_batch(documents["text"].to_pylist(), add_special_tokens=False)
    rows: dict[str, list[Row]] = {part: [] for part in PARTS}
    counts: Counts = dict.fromkeys(COUNTERS, 0)
    for encoding, page, entities, facts in zip(
        encodings,
        documents.drop_columns(["text"]).to_pylist(),
        linked.to_pylist(),
        triples.to_pylist(),
        strict=True,
    ):
        row, part_counts = encode_document(
            encoding.ids, encoding.offsets, {**page, **entities, **facts}, task.config.max_tokens
        )
        add_counts(counts, part_counts)
        if row is not None:
            held_out = (
                draw(task.config.seed, f"page {row['page_id']}") < task.config.held_out_fraction
            )
            part = PARTS[held_out]
            rows[part].append(row)
            for relation in row["relation"]:
                name = f"{part}.P{relation}"
                counts[name] = counts.get(name, 0) + 1
    for part in PARTS:
        write_shard(task.out / part / task.documents.name, rows[part], ENCODED)
    return counts


def encode_document(
    ids: list[int], offsets: list[tuple[int, int]], document: Row, max_tokens: int
) -> tuple[Row | None, Counts]:
    """Encode one document: a row of `ENCODED` with property numbers, and counts.

    A mention that ends beyond `max_tokens` is left out whole, an entity with its last mention, a
    triple with either of its entities; a document without triples is None.
    """
    mentions, triples = document["mentions"], document["triples"]
    spans = align_spans(
        np.array(offsets, np.int64).reshape(-1, 2),
        np.array([(m["start"], m["end"]) for m in mentions], np.int64).reshape(-1, 2),
    )
    empty = spans[:, 0] == spans[:, 1]
    beyond = ~empty & (spans[:, 1] > max_tokens)
    kept = [
        (start, end, mention["entity"], mention["sentence"])
        for (start, end), mention, left_out in zip(
            spans.tolist(), mentions, (empty | beyond).tolist(), strict=True
        )
        if not left_out
    ]
    number: dict[int, int] = {}  # of the entities that stay, by first mention
    sentences: dict[int, set[int]] = {}
    for _, _, entity, sentence in kept:
        number.setdefault(entity, len(number))
        sentences.setdefault(entity, set()).add(sentence)
    facts = sorted(
        (
            number[t["head"]],
            number[t["tail"]],
            t["property"],
            bool(sentences[t["head"]] & sentences[t["tail"]]),
        )
        for t in triples
        if t["head"] in number and t["tail"] in number
    )
    ignored = sorted(
        (number[pair["head"]], number[pair["tail"]])
        for pair in document["ignored"]
        if pair["head"] in number and pair["tail"] in number
    )
    counts = {
        "documents.in": 1,
        "tokens.in": len(ids),
        "tokens.cut": max(0, len(ids) - max_tokens),
        "mentions.in": len(mentions),
        "mentions.beyond_max_tokens": int(beyond.sum()),
        "mentions.without_tokens": int(empty.sum()),
        "entities.in": len(document["entities"]),
        "entities.without_mention": len(document["entities"]) - len(number),
        "triples.in": len(triples),
        "triples.without_entity": len(triples) - len(facts),
    }
    if not facts:
        counts["documents.no_triples"] = 1
        counts["tokens.of_dropped"] = min(len(ids), max_tokens)
        counts["mentions.of_dropped"] = len(kept)
        counts["entities.of_dropped"] = len(number)
        return None, counts
    row = {
        "doc_id": document["doc_id"],
        "page_id": document["page_id"],
        "input_ids": ids[:max_tokens],
        "mention_start": [start for start, _, _, _ in kept],
        "mention_end": [end for _, end, _, _ in kept],
        "mention_entity": [number[entity] for _, _, entity, _ in kept],
        "mention_sentence": [sentence for _, _, _, sentence in kept],
        "entity_item": [document["entities"][entity]["item"] for entity in number],
        "head": [head for head, _, _, _ in facts],
        "tail": [tail for _, tail, _, _ in facts],
        "relation": [relation for _, _, relation, _ in facts],
        "intra": [intra for _, _, _, intra in facts],
        "ignored_head": [head for head, _ in ignored],
        "ignored_tail": [tail for _, tail in ignored],
    }
    return row, counts
