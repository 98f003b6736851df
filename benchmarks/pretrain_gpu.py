"""Pre-training on one GPU: model FLOPs utilisation, data loading hidden or not, memory.

    python benchmarks/pretrain_gpu.py --documents 256 --compile

A random BERT of the given shape in bf16 autocast, trained by the loop of `stages.train` on shards
of random documents with the paper's statistics. Each row is a process of its own:

    rectangles   padded rectangles of similar length, SDPA with masks
    packed       one row without padding, FlashAttention
    shared       packed, RD reads ED's states: one reading of each document
    mlm          packed, plain MLM on one reading
    grad_cache   packed, batch of --batch documents in micro-batches, global contrast scope

`mfu` counts 6 * (weights of the encoder's matrices) per real token, 12 * layers * hidden * length
per token for attention, and the head at the predicted tokens only; GradCache's first pass is not
counted. It is divided by the dense bf16 peak (989 TFLOP/s for H100 and H200 SXM). `data` is the
step time with documents read from the shards, drawn and collated while the step before is
computed, over that with batches that lie on the device already.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.pretrain import VOCABULARY, build_model, write_documents  # noqa: E402  # found by sys.path

ROWS = ("rectangles", "packed", "shared", "mlm", "grad_cache")
HELD = 3  # batches that lie on the device


def measure(options) -> dict[str, float]:
    """Measure one row in this process."""
    import torch

    from pipeline.config import read_section
    from pipeline.model.encoder import (
        SpecialTokens,
        compile_blocks,
        first_position,
        round_norms,
    )
    from pipeline.model.packing import pack_attention
    from pipeline.training.ahead import Ahead
    from pipeline.training.batches import RECTANGLES, Layout
    from pipeline.training.config import TrainConfig
    from pipeline.training.corpus import Corpus, Relations
    from pipeline.training.loop import fit
    from pipeline.training.objective import Objective
    from pipeline.training.runtime import Runtime
    from pipeline.training.sampler import StepSampler

    folder = Path(options.folder)
    runtime = Runtime.start(options.precision, 0)
    cuda = runtime.device.type == "cuda"
    model = build_model(options)
    layout = RECTANGLES
    if options.row != "rectangles":
        assert pack_attention(model)
        round_norms(model)
        layout = Layout("row", first_position=first_position(model), longest=512)
    model.to(runtime.device)
    if options.compile:
        compile_blocks(model)
    special = SpecialTokens(start=101, separator=102, padding=0, mask=103)
    cached = options.row == "grad_cache"
    changes = {
        "profile": "paper",
        "objective_family": "erica",
        "objectives": ("mlm",) if options.row == "mlm" else ("ed", "rd", "mlm"),
        "shared_encoding": options.row == "shared",
        "contrast_scope": "global",
        "batch_size": options.batch if cached else options.documents,
        "micro_batch_size": options.documents,
        "max_length": 512,
        "dropout": options.dropout,
        "learning_rate": 1e-5,
    }
    params = read_section(ROOT / "params.yaml", "train", TrainConfig)
    config = dataclasses.replace(params, **changes)
    corpus = Corpus.open(folder / "train", folder / f"flat_{options.row}")
    relations = Relations.read(folder / "relations.parquet")
    vocabulary = np.arange(1_000, VOCABULARY)
    none = np.zeros((0, 2), np.int64)
    sampler = StepSampler(
        corpus, relations, config, special=special, vocabulary=vocabulary, markers=none
    )
    objective = Objective(model, config, special, runtime, layout=layout)
    steps = options.steps

    def timed(draw) -> tuple[float, float]:
        """Return seconds a step, and its real tokens, of `fit`; the first steps warm up."""
        ends: list[float] = []
        tokens: list[int] = []

        def micro_batches(number):
            collated = draw(number)
            tokens.append(sum(len(sheet.views.token_T) for sheet in collated.step.sheets))
            return objective.prepare(number, collated)

        def on_step(_number, _row):
            if cuda:
                torch.cuda.synchronize()
            ends.append(time.perf_counter())

        fit(
            model,
            num_steps=options.warmup + steps,
            micro_batches=micro_batches,
            loss=objective,
            config=config.optimizer,
            runtime=runtime,
            on_step=on_step,
        )
        seconds = (ends[-1] - ends[options.warmup - 1]) / steps
        return seconds, sum(tokens[options.warmup :]) / steps

    held = [objective_on_device(objective, objective.collate(sampler(n))) for n in range(HELD)]
    synthetic, tokens_held = timed(lambda number: held[number % HELD])
    held.clear()
    steps_in_all = options.warmup + steps
    with Ahead(
        lambda number: objective.collate(sampler(number)), steps_in_all, runtime.device
    ) as ahead:
        real, tokens = timed(ahead)
    started = time.perf_counter()
    objective.collate(sampler(0))
    drawing = time.perf_counter() - started
    flops = count_flops(model, options, sampler(0))
    result = {
        "step_ms": 1e3 * real,
        "tokens_per_s": tokens / real,
        "model_tflops": flops * tokens / real / 1e12,
        "mfu": flops * tokens / real / 1e12 / options.peak,
        "mfu_held": flops * tokens_held / synthetic / 1e12 / options.peak,
        "data": (real / tokens) / (synthetic / tokens_held),
        "draw_ms": 1e3 * drawing,
    }
    if cuda:
        result["peak_gb"] = torch.cuda.max_memory_allocated() / 1e9
    if options.profile:
        show_kernels(objective, sampler, runtime)
    return result


def objective_on_device(objective, collated):
    """Return the collated step with every tensor on the device."""
    from pipeline.training.objective import Collated, on_device

    device = objective.runtime.device
    return Collated(collated.step, *on_device(collated, device))


def count_flops(model, options, step) -> float:
    """Return model FLOPs per real token, forward and backward."""
    encoder = sum(p.numel() for p in model.base_model.encoder.parameters() if p.ndim > 1)
    lengths = np.concatenate([np.diff(sheet.views.token_offset) for sheet in step.sheets])
    attention = 12 * options.layers * options.hidden * (lengths**2).sum() / lengths.sum()
    chosen = sum(len(sheet.chosen_K) for sheet in step.sheets) / lengths.sum()
    head = 6 * chosen * options.hidden * (VOCABULARY + options.hidden)
    return 6 * encoder + attention + head


def show_kernels(objective, sampler, runtime) -> None:
    """Print the kernels that take most of a step."""
    import torch
    from torch.profiler import ProfilerActivity, profile

    activities = [ProfilerActivity.CPU]
    if runtime.device.type == "cuda":
        activities.append(ProfilerActivity.CUDA)
    collated = objective.collate(sampler(1))
    if runtime.device.type == "cuda":
        torch.cuda.synchronize()
    with profile(activities=activities) as profiler:
        for batch in objective.prepare(1, collated):
            with runtime.autocast():
                total = objective(batch).total
            total.backward()
        if runtime.device.type == "cuda":
            torch.cuda.synchronize()
    cuda = runtime.device.type == "cuda"

    def spent(row) -> float:
        return (row.self_device_time_total if cuda else row.self_cpu_time_total) / 1e3

    rows = [row for row in profiler.key_averages() if not cuda or row.device_type.name == "CUDA"]
    rows.sort(key=spent, reverse=True)
    print(f"{sum(map(spent, rows)):9.2f} ms  in all", file=sys.stderr)
    for row in rows[:40]:
        print(f"{spent(row):9.2f} ms  {row.count:5d} times  {row.key[:90]}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--hidden", type=int, default=768)
    parser.add_argument("--head", type=int, default=64, help="size of an attention head")
    parser.add_argument("--documents", type=int, default=256, help="of a micro-batch")
    parser.add_argument("--batch", type=int, default=2048, help="documents, for grad_cache")
    parser.add_argument("--corpus", type=int, default=8192, help="documents to draw from")
    parser.add_argument("--warmup", type=int, default=4)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="bf16")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--profile", action="store_true", help="kernels of a step, on stderr")
    parser.add_argument("--peak", type=float, default=989.0, help="dense bf16 TFLOP/s")
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--row", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.row:
        print(json.dumps(measure(options)))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_documents(Path(folder), options.corpus)
        for row in options.rows.split(","):
            command = [sys.executable, *sys.argv, "--row", row, "--folder", folder]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
            if done.returncode:
                print(f"{row:11s} failed with {done.returncode}", flush=True)
                continue
            result = json.loads(done.stdout.splitlines()[-1])
            shown = "  ".join(f"{k} {v:.4g}" for k, v in result.items())
            print(f"{row:11s} {shown}", flush=True)


if __name__ == "__main__":
    main()
