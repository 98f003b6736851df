"""WikiHop's documents as one sequence of tokens, and where the candidates occur in it."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from pipeline.benchmarks.encoding import Ints, TextEncoder
from pipeline.benchmarks.readers.wikihop import Question, find_occurrences

_MASK = re.compile(r"___MASK(\d+)___")


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a question; occurrence i of a candidate is [start, end) in `ids`."""

    ids: Ints
    start: Ints
    end: Ints
    candidate: Ints


def count_masks(questions: Iterable[Question]) -> int:
    """Return one more than the highest number of a mask in documents and candidates."""
    numbers = (
        int(number)
        for question in questions
        for text in (*question.supports, *question.candidates)
        for number in _MASK.findall(text)
    )
    return max(numbers, default=-1) + 1


def tokenize_standard(questions: Sequence[Question], text: TextEncoder) -> list[Documents]:
    """Tokenise documents, the first marker before each; match candidates in their characters."""
    tokens = iter(text.tokenize([support for q in questions for support in q.supports]))
    documents = []
    for question in questions:
        found = [next(tokens) for _ in question.supports]
        # where each document starts in the joined text, and behind its marker in the tokens
        characters = [0, *accumulate(len(support) + 1 for support in question.supports)]
        places = [1, *(1 + end for end in accumulate(len(part.ids) + 1 for part in found))]
        spans = []
        occurrences = find_occurrences(question.candidates, "\n".join(question.supports))
        for candidate, pairs in enumerate(occurrences):
            for start, end in pairs:
                number = bisect_right(characters, start) - 1
                origin = characters[number]
                first, last = found[number].find((start - origin, end - origin))
                if first < last:
                    spans.append((places[number] + first, places[number] + last, candidate))
        start_M, end_M, candidate_M = np.array(spans, np.int64).reshape(-1, 3).T
        marker = np.array([text.first_marker])
        ids = np.concatenate([part for row in found for part in (marker, row.ids)])
        documents.append(Documents(ids, start_M, end_M, candidate_M))
    return documents


def tokenize_masked(questions: Sequence[Question], text: TextEncoder) -> list[Documents]:
    """Tokenise what stands between the masks; mask number k is marker 1 + k."""
    # alternately a text and the number of the mask behind it
    pieces = [[_MASK.split(support) for support in q.supports] for q in questions]
    tokens = iter(text.tokenize([part for q in pieces for s in q for part in s[::2]]))
    documents = []
    for question, supports in zip(questions, pieces, strict=True):
        parts = []
        for support in supports:
            parts += [np.array([text.first_marker]), next(tokens).ids]
            for number in support[1::2]:
                parts += [np.array([text.first_marker + 1 + int(number)]), next(tokens).ids]
        ids = np.concatenate(parts)
        masks = [_MASK.fullmatch(candidate) for candidate in question.candidates]
        order = {text.first_marker + 1 + int(m[1]): c for c, m in enumerate(masks) if m}
        place = np.flatnonzero(np.isin(ids, list(order)))
        candidate = np.array([order[marker] for marker in ids[place].tolist()], np.int64)
        documents.append(Documents(ids, place, place + 1, candidate))
    return documents
