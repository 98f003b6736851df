"""Random numbers by counter: any value of the world can be computed without the ones before it."""

import random
from math import gcd

_MASK = (1 << 64) - 1


def mix(*keys: int) -> int:
    """Return 64 well mixed bits that depend on the keys alone."""
    state = 0x243F6A8885A308D3
    for key in keys:
        state = ((state ^ (key & _MASK)) * 0xBF58476D1CE4E5B9) & _MASK
        state ^= state >> 29
    state = (state * 0x94D049BB133111EB) & _MASK
    return state ^ (state >> 31)


def chance(*keys: int) -> float:
    """Return a number in [0, 1) that depends on the keys alone."""
    return mix(*keys) / (1 << 64)


def stream(*keys: int) -> random.Random:
    """Return a generator that depends on the keys alone."""
    return random.Random(mix(*keys))


def permute(number: int, size: int, seed: int) -> int:
    """Return the place of `number` in a permutation of 0..size-1 chosen by `seed`."""
    factor = mix(seed, 1) % size
    while gcd(factor, size) != 1:
        factor += 1
    return (number * factor + mix(seed, 2)) % size
