"""Model FLOPs utilisation of pre-training on a GPU, and whether loading the data is hidden.

    python -m benchmarks.pretrain_gpu --documents 256 --micro-batch 256

A random BERT (12 layers of 768 unless said), random documents with the paper's statistics, bf16,
fused AdamW. Each way runs in a process of its own:

    resident   the micro-batches of some steps lie on the device; nothing is drawn or moved
               (only where a step is one micro-batch)
    real       each step is drawn from memory-mapped shards by a thread ahead, and moved
    compiled   as real, with ERICA_COMPILE=1

Model FLOPs count what the mathematics needs and nothing else: real tokens without padding,
attention over a document's own length, logits of hidden tokens only, forward and twice that
backward; a second forward pass of GradCache counts as nothing.
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

from benchmarks.pretrain import ROOT, VOCABULARY, build_model, write_documents

WAYS = ("resident", "real", "compiled")
PEAK_TFLOPS = 989.0  # dense bf16 of H100 and H200 SXM, NVIDIA's data sheet


def count_flops(step, hidden: int, layers: int) -> float:
    """Return the model FLOPs of one step, forward and backward."""
    flops = 0.0
    for sheet in step.sheets:
        lengths = np.diff(sheet.views.token_offset).astype(np.float64)
        weights = layers * 12 * hidden**2  # queries, keys, values, output, two of the feed-forward
        flops += 6 * weights * lengths.sum()
        flops += 12 * layers * hidden * (lengths**2).sum()  # scores and weighted sums
        flops += 6 * (hidden**2 + hidden * VOCABULARY) * len(sheet.chosen_K)
    return flops


def measure(options) -> dict[str, float]:
    """Time one way in this process."""
    import torch

    from pipeline.config import read_section
    from pipeline.model.encoder import SpecialTokens, compile_blocks
    from pipeline.training.ahead import Ahead
    from pipeline.training.config import TrainConfig
    from pipeline.training.corpus import Corpus, Relations
    from pipeline.training.objective import Objective
    from pipeline.training.optimizer import build_optimizer
    from pipeline.training.runtime import Runtime
    from pipeline.training.sampler import StepSampler

    folder = Path(options.folder)
    runtime = Runtime.start("bf16", 0)
    model = build_model(options).to(runtime.device)
    if options.way == "compiled":
        compile_blocks(model)
    params = read_section(ROOT / "params.yaml", "train", TrainConfig)
    config = dataclasses.replace(
        params,
        shared_encoding=options.shared,
        batch_size=options.documents,
        micro_batch_size=options.micro_batch,
        max_length=512,
    )
    special = SpecialTokens(start=101, separator=102, padding=0, mask=103)
    sampler = StepSampler(
        Corpus.open(folder / "train", folder / f"flat_{options.way}"),
        Relations.read(folder / "relations.parquet"),
        config,
        special=special,
        vocabulary=np.arange(1_000, VOCABULARY),
        markers=np.zeros((0, 2), np.int64),
    )
    objective = Objective(model, config, special, runtime)
    optimizer = build_optimizer(model, config.optimizer)
    is_cuda = runtime.device.type == "cuda"

    def wait() -> None:
        if is_cuda:
            torch.cuda.synchronize()

    def update(batches) -> None:
        for place, batch in enumerate(batches):
            runtime.reseed(0, place)
            with runtime.autocast():
                total = objective(batch).total
            total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    model.train()
    numbers = range(options.warmup, options.warmup + options.steps)
    drawn = [sampler(number) for number in numbers]
    flops = sum(count_flops(step, options.hidden, options.layers) for step in drawn)
    tokens = sum(len(sheet.views.token_T) for step in drawn for sheet in step.sheets)
    positions = 0
    with Ahead(sampler) as ahead:
        for number in range(options.warmup):
            batches = objective.prepare(number, ahead(number))
            positions = sum(i.numel() for b in batches for r in b.readings for i, _ in r.blocks)
            used = sum(r.num_tokens for b in batches for r in b.readings)
            update(batches)
        padding = 1 - used / positions
        resident = []
        if options.way == "resident":
            resident = [objective.prepare(n, step) for n, step in zip(numbers, drawn, strict=True)]
        wait()
        start = time.perf_counter()
        for place, number in enumerate(numbers):
            update(resident[place] if resident else objective.prepare(number, ahead(number)))
        wait()
        seconds = time.perf_counter() - start
    return {
        "step_ms": 1e3 * seconds / options.steps,
        "tokens_per_s": tokens / seconds,
        "model_tflops": flops / seconds / 1e12,
        "mfu_percent": 100 * flops / seconds / 1e12 / options.peak,
        "padding_percent": 100 * padding,
        "peak_gb": torch.cuda.max_memory_allocated() / 1e9 if is_cuda else float("nan"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--hidden", type=int, default=768)
    parser.add_argument("--head", type=int, default=64, help="size of an attention head")
    parser.add_argument("--documents", type=int, default=256, help="of an optimiser step")
    parser.add_argument("--micro-batch", type=int, default=256, help="documents in memory at once")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--shared", action="store_true", help="RD reads ED's states")
    parser.add_argument("--warmup", type=int, default=4, help="steps before the timed ones")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--peak", type=float, default=PEAK_TFLOPS, help="TFLOP/s of the GPU")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options)))
        return
    ways = options.ways.split(",")
    if options.micro_batch < options.documents and "resident" in ways:
        ways.remove("resident")  # GradCache's first pass would stay outside the time
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        write_documents(Path(folder), max(1_024, 2 * options.documents))
        for way in ways:
            command = [sys.executable, "-m", "benchmarks.pretrain_gpu", *sys.argv[1:]]
            command += ["--way", way, "--folder", folder]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            results[way] = json.loads(done.stdout.splitlines()[-1])
            shown = "  ".join(f"{k} {v:.4g}" for k, v in results[way].items())
            print(f"{way:9s} {shown}", flush=True)
    if "real" in results and "resident" in results:
        ratio = results["real"]["step_ms"] / results["resident"]["step_ms"]
        print(f"step with real data / resident data: {ratio:.3f}")


if __name__ == "__main__":
    main()
