"""Fine-tune one encoder on one benchmark with a fraction of its training set (paper 4.3-4.5).

Training is that of pipeline/training/loop.py. The weights of the best dev evaluation are tested.
"""

import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from torch import nn

from pipeline.benchmarks.batching import BatchPlan, evaluation_batches
from pipeline.benchmarks.encoding import TextEncoder
from pipeline.benchmarks.tasks.base import Example, Inputs, Task, move
from pipeline.errors import InputError
from pipeline.io import write_json
from pipeline.model.encoder import load_encoder, num_positions
from pipeline.progress import Counts, Progress
from pipeline.training.checkpoints import open_store
from pipeline.training.loop import Losses, Row, fit
from pipeline.training.runtime import Runtime

R = TypeVar("R")
E = TypeVar("E", bound=Example)
P = TypeVar("P")
Metrics = dict[str, float]

NEW_EMBEDDING_STD = 0.02  # of markers, as BERT initialises its own


@dataclass(frozen=True, slots=True)
class Result(Generic[P]):
    """What one run gives. `test` is empty where the test set is unlabelled."""

    dev: Metrics
    test: Metrics
    threshold: float
    best_epoch: int
    curve: list[Metrics]  # dev metric by epoch
    counts: dict[str, Counts]
    split: list[str]  # ids of the training records
    predictions: P

    def summary(self) -> dict[str, Any]:
        """Return the numbers, rounded so that the last bits of a sum do not matter."""
        return {
            "dev": _round(self.dev),
            "test": _round(self.test),
            "threshold": round(self.threshold, 4),
            "best_epoch": self.best_epoch,
            "counts": self.counts,
            "curve": [_round(row) for row in self.curve],
        }


class FineTuned(nn.Module):
    """An encoder with a task's head."""

    def __init__(self, encoder: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head

    def forward(self, inputs: Inputs) -> torch.Tensor:
        """Return the states of the last layer, [B, T, H]."""
        arguments = {"input_ids": inputs.ids_BT, "attention_mask": inputs.mask_BT}
        config: Any = self.encoder.config
        if getattr(config, "type_vocab_size", 0) > 1:
            arguments["token_type_ids"] = inputs.types_BT
        states_BTH: torch.Tensor = self.encoder(**arguments).last_hidden_state
        return states_BTH


class Finetuner(Generic[R, E, P]):
    """One benchmark and one encoder; dev and test are encoded once for all seeds."""

    def __init__(self, task: Task[R, E, Any, Any, P], encoder: Path) -> None:
        """Take a task and the folder of an encoder.

        Raises:
            InputError: The folder holds no encoder, or the encoder reads fewer tokens.
        """
        self.task, self.folder = task, encoder
        model, tokenizer = load_encoder(encoder, dropout=task.config.dropout)
        longest = task.config.max_tokens
        self.text = TextEncoder(
            tokenizer,
            max_tokens=min(longest, num_positions(model, otherwise=longest)),
            vocabulary=_embeddings(model).num_embeddings,
        )
        self.dev, dev_counts = task.encode(task.splits.dev, self.text)
        self.test, test_counts = task.encode(task.splits.test, self.text)
        self.counts = {"dev": dev_counts, "test": test_counts}

    def run(self, percent: int, seed: int, checkpoints: Path | None = None) -> Result[P]:
        """Train on `percent` % drawn by `seed`; test what was best on dev, or last without dev.

        If a folder for `checkpoints` is given, continues from the newest one there, and answers
        SIGTERM by writing one and ending the process.

        Raises:
            InputError: The fraction holds nothing to train on.
        """
        task, config = self.task, self.task.config
        records = task.draw(percent, seed)
        train, train_counts = task.encode(records, self.text)
        if not train:
            raise InputError(f"{self.folder}: nothing to train on at {percent} %")
        schedule = config.schedule(percent)
        runtime = Runtime.start(config.precision, seed)
        model = self._build(runtime)
        lengths = np.array([len(example.ids) for example in train])
        plan = BatchPlan(lengths, schedule.batch_size, epochs=schedule.epochs, seed=seed)

        def micro_batches(step: int) -> Sequence[Any]:
            batch = task.collate([train[i] for i in plan.draw(step)], self.text)
            return [move(batch, runtime.device)]

        def loss(batch: Any) -> Losses:
            return Losses(task.loss(model.head, model(task.inputs(batch)), batch))

        best = _Best(model)
        label = f"{self.folder.name} {percent} % seed {seed}"
        store = open_store(checkpoints, runtime, best)
        with store or nullcontext(), Progress(label, plan.num_steps, "steps") as progress:

            def on_step(step: int, row: Row) -> None:
                epoch, number = divmod(step + 1, plan.steps_per_epoch)
                last = step + 1 == plan.num_steps
                if not self.dev:
                    if last:
                        best.keep(epoch, {}, 0.0)
                elif number == 0 and (epoch % schedule.evaluate_every == 0 or last):
                    best.offer(epoch, *self._evaluate_dev(model, runtime), task.selection)
                progress.advance(step + 1 - progress.done, note=f"loss {row['loss']:.3f}")

            fit(
                model,
                num_steps=plan.num_steps,
                micro_batches=micro_batches,
                loss=loss,
                config=config.optimizer,
                runtime=runtime,
                on_step=on_step,
                checkpoints=store,
            )
        best.restore()
        predictions = self._predict(model, runtime, task.splits.test, self.test, best.threshold)
        return Result(
            dev=best.metrics,
            test=task.score(task.splits.test, predictions),
            threshold=best.threshold,
            best_epoch=best.epoch,
            curve=best.curve,
            counts={"train": train_counts} | self.counts,
            split=[task.identify(record) for record in records],
            predictions=predictions,
        )

    def _build(self, runtime: Runtime) -> FineTuned:
        """Return the encoder with a new head and embeddings of markers, all set by the seed."""
        encoder, _ = load_encoder(self.folder, dropout=self.task.config.dropout)
        runtime.reseed(0)
        if self.task.num_markers:
            _add_embeddings(encoder, self.task.num_markers)
        hf_encoder: Any = encoder
        model = FineTuned(encoder, self.task.make_head(hf_encoder.config.hidden_size))
        return model.to(runtime.device)

    def _outputs(self, model: FineTuned, runtime: Runtime, examples: Sequence[E]) -> list[Any]:
        """Return the task's outputs in the order of `examples`."""
        outputs: list[Any] = [None] * len(examples)
        model.eval()
        with torch.inference_mode(), runtime.autocast():
            for indices in evaluation_batches(np.array([len(e.ids) for e in examples])):
                batch = self.task.collate([examples[i] for i in indices], self.text)
                batch = move(batch, runtime.device)
                states_BTH = model(self.task.inputs(batch))
                found = self.task.outputs(model.head, states_BTH, batch)
                for index, output in zip(indices.tolist(), found, strict=True):
                    outputs[index] = output
        return outputs

    def _evaluate_dev(self, model: FineTuned, runtime: Runtime) -> tuple[Metrics, float]:
        records = self.task.splits.dev
        outputs = self._outputs(model, runtime, self.dev)
        threshold = self.task.choose_threshold(records, self.dev, outputs)
        predictions = self.task.decode(records, self.dev, outputs, threshold)
        return self.task.score(records, predictions), threshold

    def _predict(
        self,
        model: FineTuned,
        runtime: Runtime,
        records: Sequence[R],
        examples: Sequence[E],
        threshold: float,
    ) -> P:
        outputs = self._outputs(model, runtime, examples)
        return self.task.decode(records, examples, outputs, threshold)


class _Best:
    """The weights of the best dev evaluation so far; of equal ones the first."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.metrics: Metrics = {}
        self.threshold, self.epoch = 0.0, 0
        self.curve: list[Metrics] = []
        self._value = float("-inf")
        self._state: dict[str, torch.Tensor] = {}

    def offer(self, epoch: int, metrics: Metrics, threshold: float, selection: str) -> None:
        """Keep the model's weights if they are better than those kept."""
        self.curve.append({"epoch": epoch, selection: metrics[selection]})
        value = metrics[selection] if math.isfinite(metrics[selection]) else float("-inf")
        if not self._state or value > self._value:
            self._value = value
            self.keep(epoch, metrics, threshold)

    def keep(self, epoch: int, metrics: Metrics, threshold: float) -> None:
        """Keep the model's weights."""
        self.metrics, self.threshold, self.epoch = metrics, threshold, epoch
        self._state = {k: v.detach().clone() for k, v in self.model.state_dict().items()}

    def restore(self) -> None:
        """Put the kept weights back."""
        self.model.load_state_dict(self._state)

    def state_dict(self) -> dict[str, Any]:
        """Return all of it, for a checkpoint."""
        return {
            "metrics": _plain(self.metrics),
            "threshold": float(self.threshold),
            "epoch": self.epoch,
            "curve": list(map(_plain, self.curve)),
            "value": float(self._value),
            "weights": self._state,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take what `state_dict` gave."""
        self.metrics, self.threshold, self.epoch = (
            state[name] for name in ("metrics", "threshold", "epoch")
        )
        self.curve, self._value, self._state = state["curve"], state["value"], state["weights"]


def write_result(task: Task[R, Any, Any, Any, P], result: Result[P], folder: Path) -> None:
    """Write metrics.json, split.json and the predictions for test in the official format."""
    folder.mkdir(parents=True, exist_ok=True)
    task.write(result.predictions, folder)
    write_json(folder / "split.json", result.split)
    write_json(folder / "metrics.json", result.summary())


def _plain(metrics: Metrics) -> Metrics:
    """Return numbers of Python's types: a checkpoint that is read safely holds no others."""
    return {k: v.item() if isinstance(v, np.generic) else v for k, v in metrics.items()}


def _round(metrics: Metrics) -> Metrics:
    return {name: round(value, 4) for name, value in metrics.items()}


def _embeddings(encoder: nn.Module) -> nn.Embedding:
    hf_encoder: Any = encoder
    embeddings: nn.Embedding = hf_encoder.get_input_embeddings()
    return embeddings


def _add_embeddings(encoder: nn.Module, number: int) -> None:
    """Append rows to the input embeddings: the mean of all, with noise so that they differ."""
    hf_encoder: Any = encoder
    old = _embeddings(encoder).weight.detach()
    hf_encoder.resize_token_embeddings(len(old) + number, mean_resizing=False)
    new = torch.randn(number, old.shape[1]) * NEW_EMBEDDING_STD + old.mean(dim=0)
    with torch.no_grad():
        _embeddings(encoder).weight[-number:] = new
