"""Ragged arrays in numpy: many lists of different lengths as one flat array and its offsets."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def offsets(lengths: Ints) -> Ints:
    """Return where each list starts in the flat array, and its end: one more than the lists."""
    total = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=total[1:])
    return total


def expand(starts: Ints, lengths: Ints) -> Ints:
    """Return the concatenation of `arange(start, start + length)` over all lists."""
    ends = np.cumsum(lengths)
    if not len(ends):
        return np.zeros(0, np.int64)
    flat: Ints = np.arange(ends[-1], dtype=np.int64)
    flat += np.repeat(starts - (ends - lengths), lengths)
    return flat


def owners(lengths: Ints) -> Ints:
    """Return for each element of the flat array the number of its list."""
    return np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)


def draw_from_each(counts: Ints, generator: np.random.Generator) -> Ints:
    """Return one uniform index below each count (0 where the count is 0)."""
    draw = (generator.random(len(counts)) * counts).astype(np.int64)
    return np.minimum(draw, np.maximum(counts - 1, 0))
