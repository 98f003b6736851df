"""What every benchmark is to the code that fine-tunes: read, split, encode, head, decode, score.

B examples of a batch, T tokens, H hidden size.
"""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import nn
from typing_extensions import Self

from pipeline.benchmarks.batching import pad
from pipeline.benchmarks.encoding import Ints, TextEncoder
from pipeline.benchmarks.split import Splits, draw
from pipeline.config import require
from pipeline.progress import Counts
from pipeline.training.optimizer import OptimizerConfig
from pipeline.training.runtime import Precision


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """How long to train on one fraction of the training set."""

    batch_size: int
    epochs: int
    evaluate_every: int  # epochs between two evaluations on dev

    def __post_init__(self) -> None:
        """Refuse numbers that train nothing."""
        for name in ("batch_size", "epochs", "evaluate_every"):
            require(getattr(self, name) > 0, f"{name}: must be above 0, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskConfig:
    """The numbers that every benchmark has."""

    percent_1: Schedule
    percent_10: Schedule
    percent_100: Schedule
    optimizer: OptimizerConfig
    precision: Precision
    dropout: float  # every dropout probability of the encoder
    max_tokens: int  # longest input, special tokens included

    def __post_init__(self) -> None:
        """Refuse what no encoder takes."""
        require(0 <= self.dropout < 1, f"dropout: must be in [0, 1), got {self.dropout}")
        require(self.max_tokens >= 16, f"max_tokens: must be at least 16, got {self.max_tokens}")

    def schedule(self, percent: int) -> Schedule:
        """Return the schedule of a fraction: 1, 10 or 100 %."""
        return {1: self.percent_1, 10: self.percent_10, 100: self.percent_100}[percent]

    def parts(self) -> dict[str, Self]:
        """Return the runs that one result is the mean of, by name; most have one."""
        return {"": self}


@dataclass(slots=True)
class Example:
    """One model input; a record may have several. `second` is where a second text begins."""

    record: int
    ids: Ints
    second: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the encoder reads, padded to the longest example of the batch."""

    ids_BT: torch.Tensor
    mask_BT: torch.Tensor
    types_BT: torch.Tensor


R = TypeVar("R")  # record, as read from the official file
E = TypeVar("E", bound=Example)
B = TypeVar("B")  # batch: a dataclass of tensors and Inputs
A = TypeVar("A")  # what the model answers to one example
P = TypeVar("P")  # predictions in the form of the metric


class Task(ABC, Generic[R, E, B, A, P]):
    """One benchmark. Subclasses hold their config and the labels that they read."""

    selection: str = "f1"  # the dev metric that chooses the epoch
    num_markers: int = 0

    def __init__(self, config: TaskConfig, splits: Splits[R]) -> None:
        """Take the configuration and the records."""
        self.config, self.splits = config, splits

    @abstractmethod
    def identify(self, record: R) -> str:
        """Return the record's official id."""

    def stratum(self, record: R) -> Hashable:  # noqa: ARG002  # for those that are stratified
        """Return what a fraction is stratified by."""
        return ""

    def draw(self, percent: int, seed: int) -> list[R]:
        """Return a fraction of the training set: the released one if there is, else a seeded."""
        if percent in self.splits.released:
            return self.splits.released[percent]
        train = self.splits.train
        strata = [self.stratum(record) for record in train]
        return [train[index] for index in draw(strata, percent / 100, seed)]

    @abstractmethod
    def encode(self, records: Sequence[R], text: TextEncoder) -> tuple[list[E], Counts]:
        """Return the model inputs, and counts of what there was and what did not fit."""

    @abstractmethod
    def make_head(self, width: int) -> nn.Module:
        """Return the layers on top of an encoder with hidden size `width`."""

    @abstractmethod
    def collate(self, examples: Sequence[E], text: TextEncoder) -> B:
        """Return a batch, padded."""

    @abstractmethod
    def inputs(self, batch: B) -> Inputs:
        """Return the encoder's part of a batch."""

    @abstractmethod
    def loss(self, head: nn.Module, states_BTH: torch.Tensor, batch: B) -> torch.Tensor:
        """Return the mean loss of a batch."""

    @abstractmethod
    def outputs(self, head: nn.Module, states_BTH: torch.Tensor, batch: B) -> list[A]:
        """Return what the model says about each example, on the CPU."""

    def choose_threshold(
        self,
        records: Sequence[R],  # noqa: ARG002  # for tasks that have a threshold
        examples: Sequence[E],  # noqa: ARG002  # the same
        outputs: Sequence[A],  # noqa: ARG002  # the same
    ) -> float:
        """Return the decision threshold that is best on these (dev) records."""
        return 0.0

    @abstractmethod
    def decode(
        self, records: Sequence[R], examples: Sequence[E], outputs: Sequence[A], threshold: float
    ) -> P:
        """Return the predictions for `records` in the form that the metric and the file have."""

    @abstractmethod
    def score(self, records: Sequence[R], predictions: P) -> dict[str, float]:
        """Return the official metrics in percent; empty if the records have no labels."""

    @abstractmethod
    def write(self, predictions: P, folder: Path) -> None:
        """Write the predictions in the official submission format."""


def collate_inputs(examples: Sequence[Example], text: TextEncoder) -> Inputs:
    """Pad the ids of examples; the mask is 1 at tokens, types are the tokenizer's segments."""
    ids_BT = torch.from_numpy(pad([example.ids for example in examples], text.padding))
    length_B1 = torch.tensor([[len(example.ids)] for example in examples])
    second_B1 = torch.tensor([[example.second] for example in examples])
    place_1T = torch.arange(ids_BT.shape[1])[None]
    mask_BT = place_1T < length_B1
    types_BT = (mask_BT & (place_1T >= second_B1)).long() * text.second_type
    return Inputs(ids_BT, mask_BT.long(), types_BT)


def move(batch: Any, device: torch.device) -> Any:
    """Return a batch with its tensors, and those of the dataclasses in it, on `device`."""
    if isinstance(batch, torch.Tensor):
        return batch.to(device, non_blocking=True)
    if not dataclasses.is_dataclass(batch) or isinstance(batch, type):
        return batch
    fields = {f.name: move(getattr(batch, f.name), device) for f in dataclasses.fields(batch)}
    return dataclasses.replace(batch, **fields)
