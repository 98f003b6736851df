"""Texts as token ids of one encoder: special tokens, markers, spans of characters in tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Span = tuple[int, int]  # [start, end)

CHUNK = 1_024  # texts tokenised in one call: their offsets are Python objects, 20 times the arrays


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, without special tokens, and the characters that each covers."""

    ids: Ints
    start: Ints
    end: Ints

    def find(self, characters: Span) -> Span:
        """Return the tokens that overlap `characters` (not empty); empty if none does."""
        first, last = self.find_all(np.array([characters]))[0].tolist()
        return first, last

    def find_all(self, characters_M2: Ints) -> Ints:
        """Return the tokens that overlap each of many spans of characters, [M, 2]."""
        first_M = np.searchsorted(self.end, characters_M2[:, 0], side="right")
        last_M = np.searchsorted(self.start, characters_M2[:, 1], side="left")
        return np.stack([first_M, np.maximum(first_M, last_M)], axis=1)


class TextEncoder:
    """Makes model inputs from texts for one encoder.

    Special tokens come from the tokenizer itself, so that any architecture works. Markers are
    tokens that no text contains: they get ids behind the vocabulary, and the fine-tuned model
    gets as many new embeddings.
    """

    def __init__(self, tokenizer: Any, *, max_tokens: int, vocabulary: int) -> None:
        """Take a fast tokenizer, the longest input, and the number of embeddings."""
        self.tokenizer, self.max_tokens = tokenizer, max_tokens
        self.first_marker = vocabulary
        self.padding: int = tokenizer.pad_token_id
        row = tokenizer("a", "b", return_special_tokens_mask=True, return_token_type_ids=True)
        special = np.array(row["special_tokens_mask"], bool)
        first, second = np.flatnonzero(~special)
        ids = np.array(row["input_ids"], np.int64)
        self._start, self._middle, self._end = (
            ids[:first],
            ids[first + 1 : second],
            ids[second + 1 :],
        )
        self.second_type = int(row["token_type_ids"][second])

    def find_markers(self, names: Sequence[str]) -> Ints:
        """Return the ids of markers: the tokenizer's own (of pre-training), or new ones."""
        vocabulary = self.tokenizer.get_vocab()
        if all(name in vocabulary for name in names):
            return np.array([vocabulary[name] for name in names], np.int64)
        return np.arange(self.first_marker, self.first_marker + len(names))

    @property
    def prefix(self) -> int:
        """Number of special tokens before a text."""
        return len(self._start)

    def room(self, *, first: int | None = None) -> int:
        """Return how many tokens of a text fit, alone or behind a first text of that length."""
        taken = len(self._start) + len(self._end)
        return self.max_tokens - taken - (0 if first is None else first + len(self._middle))

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """Tokenise texts without special tokens and uncut."""
        tokens = []
        for begin in range(0, len(texts), CHUNK):
            rows = self.tokenizer(
                list(texts[begin : begin + CHUNK]),
                add_special_tokens=False,
                return_attention_mask=False,
                return_token_type_ids=False,
                return_offsets_mapping=True,
                verbose=False,
            )
            for ids, offsets in zip(rows["input_ids"], rows["offset_mapping"], strict=True):
                start_end = np.array(offsets, np.int64).reshape(-1, 2)
                tokens.append(Tokens(np.array(ids, np.int64), start_end[:, 0], start_end[:, 1]))
        return tokens

    def frame(self, ids: Ints) -> Ints:
        """Put the special tokens around one text."""
        return np.concatenate([self._start, ids, self._end])

    def frame_pair(self, first: Ints, second: Ints) -> tuple[Ints, int]:
        """Put the special tokens around two texts; return the second's first position, too."""
        ids = np.concatenate([self._start, first, self._middle, second, self._end])
        return ids, len(self._start) + len(first) + len(self._middle)


def mark_spans(ids: Ints, span_M2: Ints, marker_M2: Ints) -> tuple[Ints, Ints]:
    """Insert a marker before and behind each span of tokens.

    At one place ends stand before starts, inner ends before outer ones and outer starts before
    inner ones, so that spans which nest or touch keep their nesting.

    Args:
        ids: The tokens.
        span_M2: Spans [start, end), none empty, in any order.
        marker_M2: Ids of the opening and the closing marker of each.

    Returns:
        The new tokens, and the positions of the markers in them [M, 2].
    """
    place = span_M2.T.ravel()
    is_start = np.repeat([True, False], len(span_M2))
    order = np.lexsort((-span_M2[:, ::-1].T.ravel(), is_start, place))
    position = np.empty_like(place)
    position[order] = place[order] + np.arange(len(place))
    marked = np.insert(ids, place[order], marker_M2.T.ravel()[order])
    return marked, position.reshape(2, -1).T


def join_words(words: Sequence[str]) -> tuple[str, Ints]:
    """Join words by spaces; return the text and the first character of each word.

    Word i covers characters [start[i], start[i + 1] - 1).
    """
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    return " ".join(words), np.concatenate([[0], np.cumsum(lengths + 1)]).astype(np.int64)
