import json
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tokenizers import write_byte_level, write_minilm, write_word_pieces

from pipeline.documents.encode import (
    ShardConfig,
    align_spans,
    check_length,
    encode_document,
    load_tokenizer,
)
from pipeline.errors import InputError
from pipeline.progress import nest

KINDS = {
    "minilm": write_minilm,
    "cased": write_word_pieces,
    "bytes": write_byte_level,
    "untrimmed": lambda folder: write_byte_level(folder, trim=False),
}


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoders")
    return {name: load_tokenizer(write(folder / name)) for name, write in KINDS.items()}


def test_tokenizer_neither_cuts_nor_pads(tokenizers):
    assert len(tokenizers["minilm"].encode("a " * 1000, add_special_tokens=False).ids) == 1000
    assert len(tokenizers["minilm"].encode("a", add_special_tokens=False).ids) == 1


WORDS = [
    "Ada",
    "Lovelace's",
    "São Paulo",
    "U.S.",
    "(1990s)",
    "naïve",
    "é",
    "\U0001f600",
    "東京",
    "a-b",
]
TEXTS = st.lists(st.sampled_from([*WORDS, " ", "  ", "\n", ", ", ". "]), min_size=1, max_size=25)


def fold(text):
    """What an uncased tokenizer keeps of a text."""
    apart = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in apart if not unicodedata.combining(c) and not c.isspace())


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(parts=TEXTS, data=st.data())
def test_token_span_covers_the_mention_and_no_other_word(tokenizers, kind, parts, data):
    text = "".join(parts)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    encoding = tokenizers[kind].encode(text, add_special_tokens=False)
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    ((first, stop),) = align_spans(offsets, np.array([[start, end]])).tolist()
    if first == stop:
        assert not text[start:end].strip()
        return
    covered = text[offsets[first, 0] : offsets[stop - 1, 1]]
    assert text[start:end].strip() in covered
    # brute force: the tokens that overlap the span, and only those
    overlapping = [
        i for i, (a, b) in enumerate(encoding.offsets) if a < end and b > start and a < b
    ]
    assert set(overlapping) <= set(range(first, stop))
    assert all(
        i in overlapping or a == b for i, (a, b) in enumerate(encoding.offsets) if first <= i < stop
    )
    if kind != "minilm":
        return
    decoded = "".join(t.removeprefix("##") for t in encoding.tokens[first:stop] if t != "[UNK]")
    if "[UNK]" not in encoding.tokens[first:stop]:
        assert fold(text[start:end]) in fold(decoded)


def test_mention_at_the_last_token_survives(tokenizers):
    text = "He lived in Rome"
    encoding = tokenizers["minilm"].encode(text, add_special_tokens=False)
    spans = align_spans(np.array(encoding.offsets), np.array([[12, 16]]))
    assert spans.tolist() == [[3, 4]]


def make_row(mentions, triples, items, ignored=()):
    """A document of one-letter tokens: mention (position, entity, sentence) covers one of them."""
    return {
        "doc_id": "1-0",
        "page_id": 1,
        "entities": [{"item": item} for item in items],
        "mentions": [
            {"start": 2 * at, "end": 2 * at + 1, "entity": entity, "sentence": sentence}
            for at, entity, sentence in mentions
        ],
        "triples": [
            {"head": head, "tail": tail, "property": number, "intra": True}
            for head, tail, number in triples
        ],
        "ignored": [{"head": head, "tail": tail} for head, tail in ignored],
    }


def encode_letters(document, length, max_tokens):
    return encode_document(
        list(range(length)), [(2 * i, 2 * i + 1) for i in range(length)], document, max_tokens
    )


def test_what_lies_beyond_max_tokens_is_left_out_whole():
    document = make_row(
        [(0, 0, 0), (1, 1, 1), (2, 2, 2), (8, 1, 0), (9, 3, 0)],
        [(0, 1, 17), (0, 3, 17), (2, 1, 19)],
        [10, 11, None, 13],
    )
    row, counts = encode_letters(document, 10, 5)
    assert row["input_ids"] == [0, 1, 2, 3, 4]
    assert row["mention_start"] == [0, 1, 2]
    assert row["mention_end"] == [1, 2, 3]
    assert row["entity_item"] == [10, 11, None]
    assert list(zip(row["head"], row["tail"], row["relation"], strict=True)) == [
        (0, 1, 17),
        (2, 1, 19),
    ]
    assert row["intra"] == [False, False]  # the sentence they shared lies beyond
    assert counts["mentions.beyond_max_tokens"] == 2
    assert counts["entities.without_mention"] == counts["triples.without_entity"] == 1
    assert counts["tokens.cut"] == 5


def test_entities_are_numbered_by_first_remaining_mention():
    mentions = [(0, 1, 0), (1, 0, 0), (2, 1, 0), (15, 2, 0)]
    document = make_row(mentions, [(0, 1, 17)], [10, 11, 12], [(1, 0), (0, 2)])
    row, _ = encode_letters(document, 16, 15)
    assert row["entity_item"] == [11, 10]
    assert row["mention_entity"] == [0, 1, 0]
    assert (row["head"], row["tail"], row["intra"]) == ([1], [0], [True])
    assert (row["ignored_head"], row["ignored_tail"]) == ([0], [1])


def test_document_without_triples_is_dropped():
    document = make_row([(0, 0, 0), (9, 1, 0)], [(0, 1, 17)], [10, 11])
    row, counts = encode_letters(document, 10, 5)
    assert row is None
    assert counts["documents.no_triples"] == counts["mentions.of_dropped"] == 1


@settings(deadline=None)
@given(st.data(), st.integers(1, 12), st.integers(1, 14))
def test_counts_add_up(data, length, max_tokens):
    number = data.draw(st.integers(1, 4))
    entity = st.integers(0, number - 1)
    mentions = data.draw(
        st.lists(st.tuples(st.integers(0, length), entity, st.integers(0, 2)), max_size=8)
    )
    triples = data.draw(st.lists(st.tuples(entity, entity, st.just(17)), max_size=5, unique=True))
    document = make_row(sorted(mentions), triples, range(number))
    row, counts = encode_letters(document, length, max_tokens)
    row = row or {"input_ids": [], "mention_start": [], "entity_item": [], "relation": []}
    outs = {
        "tokens": "input_ids",
        "mentions": "mention_start",
        "entities": "entity_item",
        "triples": "relation",
    }
    for kind, column in outs.items():
        group = nest(counts)[kind]
        assert group.pop("in") == sum(group.values()) + len(row[column])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "not found; the encoder needs a fast tokenizer"),
        ("{", "not a tokenizer: .*dvc repro"),
    ],
)
def test_missing_or_damaged_tokenizer_is_one_line(tmp_path, content, message):
    if content:
        (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(InputError, match=rf"tokenizer\.json: {message}"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize("model_type", ["bert", "roberta"])
def test_length_must_fit_the_positions(tmp_path, model_type):
    positions = {"bert": 512, "roberta": 514}[model_type]
    config = {"model_type": model_type, "max_position_embeddings": positions, "pad_token_id": 1}
    (tmp_path / "config.json").write_text(json.dumps(config))
    check_length(510, tmp_path)
    with pytest.raises(InputError, match=r"shard\.max_tokens: .*at most 510, got 511"):
        check_length(511, tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_tokens": 3}, "max_tokens: must be at least 16, got 3"),
        ({"held_out_fraction": 1.0}, r"held_out_fraction: must be in \[0, 1\), got 1.0"),
        ({"documents_per_shard": 0}, "documents_per_shard: must be at least 1"),
    ],
)
def test_impossible_values_are_named(changes, message):
    values = {"max_tokens": 510, "held_out_fraction": 0.1, "documents_per_shard": 8, "seed": 1}
    with pytest.raises(ValueError, match=message):
        ShardConfig(**values | changes)
