"""Texts in windows that overlap, as a token classifier reads them, and the words in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# Tokens that two windows share, half a window at most: each word has 64 of context, or the text's
# end.
OVERLAP = 128


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a text as the model reads it.

    `ids` [T] has the special tokens; `token` [W] are the positions of the words' first pieces, and
    `start` and `end` [W] their characters. `judged` [W] says which words are judged here and not in
    a neighbouring window. `before` is the character behind the last word that begins before the
    window, 0 if there is none.
    """

    text: int
    ids: Ints
    token: Ints
    start: Ints
    end: Ints
    judged: npt.NDArray[np.bool_]
    before: int


def cut_windows(tokenizer: Any, texts: Sequence[str], max_tokens: int) -> list[Window]:
    """Return the windows of all texts, in order; a text without words has none."""
    prefix, suffix = special_ids(tokenizer)
    room = max_tokens - len(prefix) - len(suffix)
    overlap = min(OVERLAP, room // 2)
    rows = tokenizer(
        list(texts),
        add_special_tokens=False,
        return_offsets_mapping=True,
        return_attention_mask=False,
        return_token_type_ids=False,
        verbose=False,
    )
    windows = []
    for text, ids in enumerate(rows["input_ids"]):
        words = np.array([-1 if w is None else w for w in rows.word_ids(text)], np.int64)
        offsets = np.array(rows["offset_mapping"][text], np.int64).reshape(-1, 2)
        first = np.flatnonzero(np.diff(words, prepend=-1))
        if not len(first):
            continue
        last = np.append(first[1:], len(ids)) - 1
        starts = range(0, max(len(ids) - overlap, 1), room - overlap)
        for number, begin in enumerate(starts):
            end = min(begin + room, len(ids))
            inside = (begin <= first) & (first < end)
            # half of what two windows share belongs to each
            low = begin + overlap // 2 if number else 0
            high = end - (overlap - overlap // 2) if end < len(ids) else len(ids)
            token = first[inside]
            earlier = int((first < begin).sum())  # words
            windows.append(
                Window(
                    text=text,
                    ids=np.concatenate([prefix, np.array(ids[begin:end], np.int64), suffix]),
                    token=token - begin + len(prefix),
                    start=offsets[token, 0],
                    end=offsets[last[inside], 1],
                    judged=(low <= token) & (token < high),
                    before=int(offsets[last[earlier - 1], 1]) if earlier else 0,
                )
            )
    return windows


def special_ids(tokenizer: Any) -> tuple[Ints, Ints]:
    """Return the special tokens that stand before and behind a text."""
    row = tokenizer("a", return_special_tokens_mask=True)
    ids, special = np.array(row["input_ids"], np.int64), np.array(row["special_tokens_mask"], bool)
    inner = np.flatnonzero(~special)
    return ids[: inner[0]], ids[inner[-1] + 1 :]
