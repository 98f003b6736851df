"""Fractions of a training set: seeded, stratified where the original is, nested.

The same seed draws 1 % inside 10 % inside 100 %.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Splits(Generic[R]):
    """The records of a benchmark. `released` holds fractions of `train` published with it."""

    train: list[R]
    dev: list[R]
    test: list[R]
    released: dict[int, list[R]] = field(default_factory=dict)


def draw(
    strata: Sequence[Hashable],
    share: float,
    seed: int,
    *,
    rounding: Callable[[float], int] = math.ceil,
) -> list[int]:
    """Return the indices of a random share of each stratum, in ascending order.

    Args:
        strata: The stratum of each record; all equal for a plain random draw.
        share: From 0 to 1.
        seed: The same seed draws a smaller share inside a larger one.
        rounding: A stratum with n records gives rounding(share * n); up, by default.
    """
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(strata))
    members: dict[Hashable, list[int]] = {}
    for index in order.tolist():
        members.setdefault(strata[index], []).append(index)
    return sorted(
        index
        for indices in members.values()
        for index in indices[: rounding(round(share * len(indices), 9))]
    )


def split_off(
    records: Sequence[R], strata: Sequence[Hashable], share: float, seed: int
) -> tuple[list[R], list[R]]:
    """Return the records that are left and a random share of each stratum, both in order.

    The share is rounded to the nearest number: a stratum of one record stays where it was.
    """
    drawn = set(draw(strata, share, seed, rounding=round))
    left = [record for index, record in enumerate(records) if index not in drawn]
    return left, [record for index, record in enumerate(records) if index in drawn]
