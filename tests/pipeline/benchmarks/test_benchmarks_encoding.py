import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.benchmarks.encoding import TextEncoder, join_words

text = st.text(st.sampled_from("ab é.-\t中1 "), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def encoder(tiny_encoder):
    from pipeline.model.encoder import load_encoder

    _, tokenizer = load_encoder(tiny_encoder)
    return TextEncoder(tokenizer, max_tokens=32, vocabulary=500)


def test_frame_is_what_the_tokenizer_makes(encoder):
    first, second = encoder.tokenize(["ada bela", "the city"])
    row = encoder.tokenizer("ada bela", "the city", return_token_type_ids=True)
    ids, place = encoder.frame_pair(first.ids, second.ids)
    assert ids.tolist() == row["input_ids"]
    assert place == row["token_type_ids"].index(1) == 4
    assert encoder.frame(first.ids).tolist() == encoder.tokenizer("ada bela")["input_ids"]
    assert len(encoder.frame(np.zeros(encoder.room(), np.int64))) == 32
    filled = encoder.frame_pair(first.ids, np.zeros(encoder.room(first=2), np.int64))
    assert len(filled[0]) == 32


@settings(max_examples=80, deadline=None)
@given(text, st.data())
def test_tokens_of_characters_are_those_that_overlap(encoder, written, data):
    (tokens,) = encoder.tokenize([written])
    start = data.draw(st.integers(0, len(written) - 1))
    end = data.draw(st.integers(start + 1, len(written)))
    expected = [
        index
        for index, (first, last) in enumerate(zip(tokens.start, tokens.end, strict=True))
        if first < end and last > start
    ]
    assert list(range(*tokens.find((start, end)))) == expected


@given(st.lists(st.text("abc", min_size=1, max_size=4), max_size=8))
def test_joined_words_are_found_by_their_starts(words):
    joined, start = join_words(words)
    assert [joined[start[i] : start[i + 1] - 1] for i in range(len(words))] == words
