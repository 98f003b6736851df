"""What only a CUDA device shows: bf16 beside float32, memory of a whole step's pairs, resuming."""

import json
import os
import signal
import subprocess
import sys

import pytest
import torch
from ruamel.yaml import YAML

from pipeline.model.discrimination import relation_discrimination_gradient
from pipeline.training.pretrain import pretrain
from tests.stages.forking import ROOT
from tests.tiny_training import (
    tiny_config,
    tiny_params,
    write_tiny_bert,
    write_tiny_shards,
)

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    write_tiny_bert(folder / "encoders" / "base")
    write_tiny_shards(folder / "shard", folder / "encoders" / "base", documents=24)
    return folder


def losses(inputs, scratch, monkeypatch, device, **changes):
    monkeypatch.setenv("ERICA_DEVICE", device)
    outcome = pretrain(
        tiny_config(num_steps=20, **changes),
        base=inputs / "encoders" / "base",
        shards=inputs / "shard",
        scratch=scratch,
        output=scratch / "out",
    )
    return torch.tensor([row["loss"] for row in outcome.rows])


@pytest.mark.parametrize("compiled", ["0", "1"])
def test_losses_of_the_gpu_stay_in_a_band_around_those_of_the_cpu(
    inputs, tmp_path, monkeypatch, compiled
):
    wanted = losses(inputs, tmp_path / "cpu", monkeypatch, "cpu")
    monkeypatch.setenv("ERICA_COMPILE", compiled)
    exact = losses(inputs, tmp_path / "cuda", monkeypatch, "cuda")
    half = losses(inputs, tmp_path / "bf16", monkeypatch, "cuda", precision="bf16")
    assert ((exact - wanted).abs() / wanted).max() < 1e-3
    off = (half - wanted) / wanted
    assert off.abs().max() < 0.05
    assert off.mean().abs() < 0.01  # rounding errs to both sides


def test_micro_batches_of_a_step_give_the_losses_of_one_batch(inputs, tmp_path, monkeypatch):
    whole = losses(inputs, tmp_path / "whole", monkeypatch, "cuda")
    parts = losses(inputs, tmp_path / "parts", monkeypatch, "cuda", micro_batch_size=3)
    torch.testing.assert_close(parts, whole, rtol=1e-3, atol=1e-3)


def test_pairs_of_2048_documents_need_less_than_two_gigabytes():
    """40 pairs a document, 8 anchors, 64 negatives, states of 768: the paper's batch."""
    documents, entities, pairs, hidden = 2_048, 13, 40, 768
    generator = torch.Generator(device="cuda").manual_seed(0)

    def draw(high, *shape):
        return torch.randint(high, shape, generator=generator, device="cuda")

    entity_EH = torch.randn(documents * entities, hidden, generator=generator, device="cuda")
    pool, anchors = documents * pairs, documents * 8
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    loss, gradient_EH = relation_discrimination_gradient(
        entity_EH,
        draw(len(entity_EH), pool),
        draw(len(entity_EH), pool),
        draw(pool, anchors),
        draw(pool, anchors),
        draw(pool, anchors, 64),
        0.05,
    )
    assert bool(torch.isfinite(loss))
    assert gradient_EH.shape == entity_EH.shape
    assert torch.cuda.max_memory_allocated() - before < 2e9


def run_stage(folder, **environment):
    command = [sys.executable, "-m", "stages.train"]
    settings = {"PYTHONPATH": str(ROOT), "ERICA_DEVICE": "cuda", "ERICA_CHECKPOINT_STEPS": "2"}
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | settings | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.crash
def test_killed_and_continued_on_a_gpu(inputs, tmp_path):
    curves = []
    for name, point in (("unbroken", ""), ("killed", "train.step:5")):
        folder = tmp_path / name
        (folder / "data" / "encoders").mkdir(parents=True)
        (folder / "data" / "shard").symlink_to(inputs / "shard")
        (folder / "data" / "encoders" / "base").symlink_to(inputs / "encoders" / "base")
        YAML().dump({"train": tiny_params(num_steps=8)}, folder / "params.yaml")
        if point:
            assert run_stage(folder, ERICA_FAIL_AT=point).returncode == -signal.SIGKILL
        done = run_stage(folder)
        assert done.returncode == 0, done.stderr
        assert bool(point) == ("continuing after step" in done.stderr)
        report = json.loads((folder / "data/reports/train.json").read_text())
        lines = (folder / "data/reports/train.tsv").read_text().splitlines()[1:]
        assert [int(line.split("\t")[0]) for line in lines] == list(range(report["steps"]))
        curves.append(torch.tensor([float(line.split("\t")[1]) for line in lines]))
    torch.testing.assert_close(curves[1], curves[0], rtol=1e-3, atol=1e-3)
