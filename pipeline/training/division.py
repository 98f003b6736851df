"""Which documents of a step make which micro-batch."""

import itertools

from pipeline.model.ragged import Ints


def divide(num_docs: int, size: int) -> tuple[tuple[int, int], ...]:
    """Return the ranges of micro-batches of `size` documents."""
    return tuple((first, min(first + size, num_docs)) for first in range(0, num_docs, size))


def share_positions(length_D: Ints, size: int) -> tuple[tuple[int, int], ...]:
    """Return ranges of micro-batches of `size` documents on average, each about as large.

    A micro-batch is as large as the rectangle of its documents, padding and all; the largest one is
    as small as can be.
    """
    lengths, number = length_D.tolist(), -(-len(length_D) // size)
    low, high = max(lengths), len(lengths) * max(lengths)
    while low < high:
        middle = (low + high) // 2
        if len(_fill(lengths, middle)) > number:
            low = middle + 1
        else:
            high = middle
    ends = _fill(lengths, low)
    while len(ends) < number:  # processes take turns: as many as without sharing
        starts = [0, *ends[:-1]]
        most = max(range(len(ends)), key=lambda place: ends[place] - starts[place])
        ends.insert(most, (starts[most] + ends[most]) // 2)
    return tuple(itertools.pairwise([0, *ends]))


def _fill(lengths: list[int], limit: int) -> list[int]:
    """Return where rectangles end of which none is larger than `limit`, as few as can be."""
    ends = []
    first = longest = 0
    for place, length in enumerate(lengths):
        longest = max(longest, length)
        if (place + 1 - first) * longest > limit:
            ends.append(place)
            first, longest = place, length
    return [*ends, len(lengths)]
