"""What fine-tuning costs beyond the encoder: one epoch against forward and backward alone.

    .venv/bin/python -m benchmarks.finetune --task docred --files FOLDER --encoder FOLDER

Runs the same padded batches in turn (a) through the encoder alone, with the mean of its states as
loss, (b) with collating, head and the task's loss, and (c) as `finetune` does, with clipping and
the optimiser's steps, whose cost does not depend on the tokens. Rounds are interleaved and the best
of each counts, because other work on the machine slows them by turns. Prints seconds of CPU, tokens
per second, the ratios to (a) and the share of padding.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pipeline.benchmarks.batching import epoch_batches
from pipeline.benchmarks.catalogue import BENCHMARKS
from pipeline.benchmarks.finetune import Finetuner
from pipeline.benchmarks.tasks.base import move
from pipeline.config import read_section
from pipeline.training.loop import Losses, fit
from pipeline.training.runtime import Runtime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=BENCHMARKS, default="docred")
    parser.add_argument("--files", type=Path, required=True, help="the benchmark's folder")
    parser.add_argument("--encoder", type=Path, required=True, help="a Hugging Face folder")
    parser.add_argument("--percent", type=int, choices=(1, 10, 100), default=100)
    parser.add_argument("--steps", type=int, default=10, help="batches of the measured part")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    benchmark = BENCHMARKS[options.task]
    config = read_section(Path("params.yaml"), f"finetune.{options.task}", benchmark.config)
    task = benchmark.open(config, options.files)
    task.splits.dev.clear()  # only training is measured
    task.splits.test.clear()
    finetuner = Finetuner(task, options.encoder)
    runtime = Runtime.start(config.precision, 42)
    model = finetuner._build(runtime).train()  # dropout costs all three ways alike
    examples, _ = task.encode(task.draw(options.percent, 42), finetuner.text)
    lengths = np.array([len(example.ids) for example in examples])
    size = config.schedule(options.percent).batch_size
    batches = epoch_batches(lengths, size, seed=42, epoch=0)[: options.steps]

    def load(step: int) -> Any:
        return move(
            task.collate([examples[i] for i in batches[step]], finetuner.text), runtime.device
        )

    def run_encoder() -> None:
        for batch in prepared:
            model.zero_grad(set_to_none=True)
            with runtime.autocast():
                loss = model(task.inputs(batch)).float().mean()
            loss.backward()

    def run_task() -> None:
        for step in range(len(batches)):
            batch = load(step)
            model.zero_grad(set_to_none=True)
            with runtime.autocast():
                loss = task.loss(model.head, model(task.inputs(batch)), batch)
            loss.backward()

    def run_finetuning() -> None:
        fit(
            model,
            num_steps=len(batches),
            micro_batches=lambda step: [load(step)],
            loss=lambda batch: Losses(task.loss(model.head, model(task.inputs(batch)), batch)),
            config=config.optimizer,
            runtime=runtime,
        )

    prepared = [load(step) for step in range(len(batches))]
    tokens = sum(int(task.inputs(batch).mask_BT.sum()) for batch in prepared)
    padded = sum(task.inputs(batch).mask_BT.numel() for batch in prepared)
    print(f"{options.task}: {len(batches)} batches of {size}, {tokens} tokens")
    print(f"padding:         {padded / tokens - 1:.1%}")
    encoder, *others = measure([run_encoder, run_task, run_finetuning], options.rounds)
    names = ("encoder alone", "with the task", "with optimiser")
    for name, seconds in zip(names, (encoder, *others), strict=True):
        speed = f"{seconds:.2f} s, {tokens / seconds:.0f} tokens/s, {seconds / encoder:.2f}x"
        print(f"{name + ':':<16} {speed}")


def measure(runs: list[Callable[[], None]], rounds: int) -> list[float]:
    """Return the least time of each run; CPU time, or wall time where a GPU computes."""
    clock = time.perf_counter if torch.cuda.is_available() else time.process_time
    best = [float("inf")] * len(runs)
    for _ in range(rounds):
        for number, run in enumerate(runs):
            start = clock()
            run()
            best[number] = min(best[number], clock() - start)
    return best


if __name__ == "__main__":
    main()
