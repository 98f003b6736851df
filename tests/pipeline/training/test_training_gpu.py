"""What only a CUDA device can show: precision, memory, packed rows, a killed run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from pipeline.io import read_json
from pipeline.model.discrimination import relation_discrimination_gradient
from pipeline.model.encoder import load_masked_lm, special_tokens
from pipeline.training.batches import Layout
from pipeline.training.corpus import Corpus, Relations
from pipeline.training.layout import choose_layout
from pipeline.training.objective import Objective
from pipeline.training.pretrain import NO_MARKERS, plain_vocabulary
from pipeline.training.runtime import Runtime
from pipeline.training.sampler import StepSampler
from tests.tiny_training import tiny_config, tiny_params, write_tiny_bert, write_tiny_shards

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]
ROOT = Path(__file__).parents[3]
POOL = 2048 * 13  # entities of a step of the paper


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_tiny_bert(folder / "base")
    write_tiny_shards(folder / "shard", folder / "base", documents=48)
    return folder


def losses(world, folder, precision, *, packed=True, **changes):
    """Return the losses of the first steps of training on the GPU, and the gradient of step 0."""
    from pipeline.training.loop import fit

    config = tiny_config(precision=precision, batch_size=24, **changes)
    runtime = Runtime(device=torch.device("cuda", 0), precision=precision, seed=1)
    model, tokenizer = load_masked_lm(world / "base", seed=0, dropout=0.0)
    special = special_tokens(tokenizer)
    layout = choose_layout(model, config, runtime)
    assert (layout.kind == "row") == (precision == "bf16")
    norm = model.base_model.embeddings.LayerNorm
    with runtime.autocast():
        answer = norm(torch.ones(1, *norm.normalized_shape, device="cuda"))
    assert answer.dtype == (torch.bfloat16 if precision == "bf16" else torch.float32)
    if not packed:
        layout = Layout("rectangles", unit=8)
    corpus = Corpus.open(world / "shard" / "train", folder / "flat")
    sampler = StepSampler(
        corpus,
        Relations.read(world / "shard" / "relations.parquet"),
        config,
        special=special,
        vocabulary=plain_vocabulary(tokenizer),
        markers=NO_MARKERS,
    )
    objective = Objective(model, config, special, runtime, layout=layout)
    rows = fit(
        model,
        num_steps=config.num_steps,
        micro_batches=lambda number: objective.prepare(number, sampler(number)),
        loss=objective,
        config=config.optimizer,
        runtime=runtime,
    )
    return [row["loss"] for row in rows]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("micro_batch_size", [24, 8])
def test_bf16_follows_fp32(world, tmp_path, packed, micro_batch_size):
    changes = {"num_steps": 20, "micro_batch_size": micro_batch_size}
    exact = losses(world, tmp_path, "fp32", **changes)
    rough = losses(world, tmp_path, "bf16", packed=packed, **changes)
    assert exact[-1] < exact[0]
    assert rough == pytest.approx(exact, rel=0.03)


def test_a_packed_row_trains_as_rectangles_do(world, tmp_path):
    packed = losses(world, tmp_path, "bf16", num_steps=5)
    padded = losses(world, tmp_path, "bf16", packed=False, num_steps=5)
    assert packed == pytest.approx(padded, rel=0.02)


def test_contrast_of_2048_documents_stays_small():
    """80,000 pairs and 64 negatives of 10,000 anchors: written out at once they are 4 GB."""
    generator = torch.Generator("cuda").manual_seed(0)

    def draw(*size):
        return torch.randint(0, size[0], size[1:], generator=generator, device="cuda")

    entity_EH = torch.randn(POOL, 768, generator=generator, device="cuda")
    pairs, anchors = 80_000, 10_000
    tensors = (
        draw(POOL, pairs),
        draw(POOL, pairs),
        draw(pairs, anchors),
        draw(pairs, anchors),
        draw(pairs, anchors, 64),
    )
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    loss, gradient_EH = relation_discrimination_gradient(entity_EH, *tensors, 0.05)
    assert torch.isfinite(loss)
    assert gradient_EH.abs().sum() > 0
    assert torch.cuda.max_memory_allocated() - before < 1.5e9


def write_project(folder, world):
    import json

    (folder / "data" / "encoders").mkdir(parents=True)
    (folder / "data" / "shard").symlink_to(world / "shard")
    (folder / "data" / "encoders" / "base").symlink_to(world / "base")
    params = tiny_params(num_steps=8, batch_size=12, micro_batch_size=4, precision="bf16")
    # JSON is YAML.
    (folder / "params.yaml").write_text(json.dumps({"train": params | {"dropout": 0.1}}))


def run_stage(folder, **environment):
    settings = {
        "ERICA_DEVICE": "cuda",
        "ERICA_CHECKPOINT_STEPS": "2",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.run(
        [sys.executable, "-m", "stages.train"],
        cwd=folder,
        env=os.environ | settings | environment,
        capture_output=True,
        text=True,
        timeout=250,
    )


def test_a_killed_run_continues_on_the_gpu(world, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        write_project(folder, world)
    done = run_stage(whole)
    assert done.returncode == 0, done.stderr
    broken = run_stage(killed, ERICA_FAIL_AT="train.checkpoint.written:1")
    assert broken.returncode == -signal.SIGKILL, broken.stderr
    again = run_stage(killed)
    assert again.returncode == 0, again.stderr
    assert "continuing after step 2" in again.stderr
    curves = [
        (folder / "data/reports/train.tsv").read_text().splitlines() for folder in (whole, killed)
    ]
    assert [line.split("\t")[0] for line in curves[1]] == ["step", *map(str, range(8))]
    finals = [read_json(folder / "data/reports/train.json")["final"] for folder in (whole, killed)]
    assert finals[1] == pytest.approx(finals[0], rel=0.02)
