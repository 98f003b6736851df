"""Batches of examples of similar length: padding costs time, and time is what training takes."""

from collections.abc import Sequence

import numpy as np

from pipeline.benchmarks.encoding import Ints

POOL = 16  # batches whose examples are sorted by length together; 1 would be a plain shuffle
EVALUATION_TOKENS = 8_192  # padded tokens of an evaluation batch


def epoch_batches(lengths: Ints, batch_size: int, *, seed: int, epoch: int) -> list[Ints]:
    """Return the indices of each batch of an epoch, a function of seed and epoch alone.

    Every example occurs once. Within pools of 16 batches examples are sorted by length; the order
    of the batches is random.
    """
    random = np.random.Generator(np.random.PCG64([seed, epoch]))
    order = random.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), POOL * batch_size):
        pool = order[start : start + POOL * batch_size]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[i : i + batch_size] for i in range(0, len(pool), batch_size)]
    return [batches[index] for index in random.permutation(len(batches))]


def evaluation_batches(lengths: Ints) -> list[Ints]:
    """Return batches of at most 8,192 padded tokens (or one example), longest first."""
    order = np.argsort(-lengths, kind="stable")
    batches, start = [], 0
    while start < len(order):
        size = max(1, EVALUATION_TOKENS // int(lengths[order[start]]))
        batches.append(order[start : start + size])
        start += size
    return batches


class BatchPlan:
    """Which examples each optimiser step of a fine-tuning trains on, one batch a step.

    `num_steps` are the steps of all epochs.
    """

    def __init__(self, lengths: Ints, batch_size: int, *, epochs: int, seed: int) -> None:
        self.steps_per_epoch = -(-len(lengths) // batch_size)
        self.num_steps = self.steps_per_epoch * epochs
        self._lengths, self._batch_size, self._seed = lengths, batch_size, seed
        self._epoch, self._batches = -1, list[Ints]()

    def draw(self, step: int) -> Ints:
        """Return the indices of a step's examples, a function of seed and step alone."""
        epoch, number = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._batches = epoch_batches(
                self._lengths, self._batch_size, seed=self._seed, epoch=epoch
            )
            self._epoch = epoch
        return self._batches[number]


def pad(rows: Sequence[Ints], value: int) -> Ints:
    """Return rows of different length as one array [B, T], filled up with `value`."""
    width = max(map(len, rows), default=0)
    padded = np.full((len(rows), width), value, np.int64)
    for row, values in zip(padded, rows, strict=True):
        row[: len(values)] = values
    return padded
