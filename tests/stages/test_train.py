"""The stage as DVC runs it: whole, killed, terminated, continued, and with bad input."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.stages.forking import ROOT, Forker
from tests.tiny_training import tiny_params, write_tiny_bert, write_tiny_shards

POINTS = [
    "train.step:4",
    "train.checkpoint.start:1",
    "train.checkpoint.written:1",
    "train.checkpoint.renamed:1",
]
SETTINGS = {"ERICA_CHECKPOINT_STEPS": "2", "ERICA_DEVICE": "cpu", "ERICA_LOG_SECONDS": "1"}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    write_tiny_bert(folder / "encoders" / "base")
    write_tiny_shards(folder / "shard", folder / "encoders" / "base", documents=12)
    return folder


@pytest.fixture(scope="module")
def forker():
    process = Forker("pipeline.training.pretrain", "transformers.models.bert.modeling_bert")
    yield process
    process.close()


def prepare(folder, inputs, **changes):
    folder.mkdir(exist_ok=True)
    if not (folder / "data").exists():
        (folder / "data" / "encoders").mkdir(parents=True)
        (folder / "data" / "shard").symlink_to(inputs / "shard")
        (folder / "data" / "encoders" / "base").symlink_to(inputs / "encoders" / "base")
    params = tiny_params(num_steps=8, batch_size=6, micro_batch_size=3) | {"dropout": 0.1}
    YAML().dump({"train": params | changes}, folder / "params.yaml")


def run(forker, folder, **environment):
    return forker.run(folder, "train", **SETTINGS | environment)


def products(folder):
    data = folder / "data"
    files = [*(data / "encoders" / "erica").iterdir(), *(data / "reports").iterdir()]
    return {file.name: file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def unbroken(forker, inputs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    prepare(folder, inputs)
    code, errors = run(forker, folder)
    assert code == 0, errors
    return folder


def test_the_stage_writes_encoder_card_provenance_and_reports(unbroken):
    import transformers

    encoder = unbroken / "data" / "encoders" / "erica"
    model = transformers.AutoModelForMaskedLM.from_pretrained(encoder)
    assert model.config.hidden_size == 32
    transformers.AutoModel.from_pretrained(encoder)
    transformers.AutoTokenizer.from_pretrained(encoder)
    report = json.loads((unbroken / "data/reports/train.json").read_text())
    assert report["steps"] == 8
    assert report["documents"] == 12
    assert 0 <= report["padding"] <= 0.1
    assert set(report["final"]) == {"loss", "ed", "rd", "mlm"}
    for when in ("before", "after"):
        assert 0 <= report["heldout"][when]["ed_accuracy"] <= 1
    lines = (unbroken / "data/reports/train.tsv").read_text().splitlines()
    assert lines[0].split("\t")[:5] == ["step", "loss", "ed", "rd", "mlm"]
    assert [line.split("\t")[0] for line in lines[1:]] == [str(n) for n in range(8)]
    heldout = (unbroken / "data/reports/train_heldout.tsv").read_text().splitlines()
    assert heldout[0].split("\t") == ["step", "ed_accuracy", "ed_mean_rank", "rd_retrieval"]
    assert [line.split("\t")[0] for line in heldout[1:]] == ["0", "5", "8"]
    for line, when in ((heldout[1], "before"), (heldout[3], "after")):
        scores = [report["heldout"][when][name] for name in heldout[0].split("\t")[1:]]
        assert [float(value) for value in line.split("\t")[1:]] == pytest.approx(scores, abs=1e-4)
    assert (report["objective_family"], report["seed"]) == ("erica", 42)
    assert "before" in (encoder / "README.md").read_text()
    provenance = json.loads((encoder / "provenance.json").read_text())
    assert provenance["params"]["tau"] == 0.05
    assert "data/shard/relations.parquet" in provenance["inputs"]
    assert not list((unbroken / ".scratch" / "train").iterdir())


@pytest.mark.crash
@pytest.mark.parametrize("point", POINTS)
def test_killed_and_continued_equals_unbroken_to_the_bit(forker, unbroken, inputs, tmp_path, point):
    prepare(tmp_path, inputs)
    code, _ = run(forker, tmp_path, ERICA_FAIL_AT=point)
    assert code == -signal.SIGKILL
    assert not (tmp_path / "data" / "encoders" / "erica").exists()
    code, errors = run(forker, tmp_path)
    assert code == 0, errors
    assert "continuing after step" in errors
    assert products(tmp_path) == products(unbroken)


@pytest.mark.crash
def test_a_truncated_checkpoint_is_passed_over_and_another_tau_starts_anew(
    forker, unbroken, inputs, tmp_path
):
    prepare(tmp_path, inputs)
    run(forker, tmp_path, ERICA_FAIL_AT="train.step:5")
    newest = sorted(tmp_path.glob(".scratch/train/*/checkpoints/step_*.pt"))[-1]
    newest.write_bytes(newest.read_bytes()[:2_000])
    prepare(tmp_path, inputs, tau=0.1)
    code, errors = run(forker, tmp_path)
    assert code == 0, errors
    assert "continuing" not in errors
    prepare(tmp_path, inputs)
    code, errors = run(forker, tmp_path)
    assert code == 0, errors
    assert "passed over" in errors
    assert "step_00000002.pt: continuing after step 2" in errors
    assert products(tmp_path) == products(unbroken)


@pytest.mark.crash
def test_sigterm_checkpoints_and_a_second_process_is_refused(forker, inputs, tmp_path):
    prepare(tmp_path, inputs, num_steps=100_000)
    pid = forker.start(tmp_path, "train", **SETTINGS | {"ERICA_CHECKPOINT_STEPS": "100000000"})
    log = tmp_path / "stderr"
    until = time.monotonic() + 60
    while "steps" not in (log.read_text() if log.exists() else "") and time.monotonic() < until:
        time.sleep(0.1)
    log.rename(tmp_path / "first")
    code, errors = run(forker, tmp_path)
    assert code == 2
    assert "another process works there" in errors
    drawing = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert drawing  # torchrun and Slurm signal the whole group, and who draws steps is in it
    for process in (*map(int, drawing), pid):
        os.kill(process, signal.SIGTERM)
    assert forker.wait(pid) == 143
    assert "run again to continue" in (tmp_path / "first").read_text()
    assert len(list(tmp_path.glob(".scratch/train/*/checkpoints/step_*.pt"))) == 1


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        ("train.tau: must be above 0", {"tau": 0.0}),
        ("train.batch_size: 500 is more than", {"batch_size": 500}),
        ("train.max_length: 4000 is more than", {"max_length": 4_000}),
        ("the loss of step 1 is nan; documents", {"learning_rate": 1e30}),
    ],
)
def test_bad_input_is_one_line_and_leaves_the_outputs(forker, inputs, tmp_path, place, changes):
    prepare(tmp_path, inputs, **changes)
    old = tmp_path / "data" / "encoders" / "erica"
    old.mkdir()
    (old / "kept").touch()
    code, errors = run(forker, tmp_path)
    assert code == 2, errors
    assert f"error: {place}" in errors or f"error: train: {place}" in errors
    assert "Traceback" not in errors
    assert [file.name for file in old.iterdir()] == ["kept"]


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['train', '--help']\n"
        "import stages.train\n"
        "heavy = {'torch', 'transformers', 'pyarrow', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def run_processes(forker, folder, number, *, code=0, **environment):
    """Run the stage in `number` processes, as torchrun would start them."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port.getsockname()[1])}
    pids = [
        forker.start(
            folder,
            "train",
            **SETTINGS | environment,
            **place,
            WORLD_SIZE=str(number),
            RANK=str(rank),
            LOCAL_RANK=str(rank),
        )
        for rank in range(number)
    ]
    assert [forker.wait(pid) for pid in pids] == [code] * number, (folder / "stderr").read_text()


EIGHT = {"num_steps": 4, "batch_size": 8, "micro_batch_size": 1, "dropout": 0.0}


@pytest.fixture(scope="module")
def alone(forker, inputs, tmp_path_factory):
    """One process and 8 micro-batches a step."""
    folder = tmp_path_factory.mktemp("alone")
    prepare(folder, inputs, **EIGHT)
    run_processes(forker, folder, 1)
    return folder


def assert_same_run(folder, wanted):
    from safetensors.torch import load_file

    curves = [
        [float(line.split("\t")[1]) for line in lines[1:]]
        for lines in (
            (f / "data/reports/train.tsv").read_text().splitlines() for f in (folder, wanted)
        )
    ]
    assert curves[0] == pytest.approx(curves[1], rel=1e-5)
    weights = [load_file(f / "data/encoders/erica/model.safetensors") for f in (folder, wanted)]
    assert weights[0].keys() == weights[1].keys()
    for name, tensor in weights[1].items():
        assert (weights[0][name] - tensor).abs().max() < 1e-5, name


@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
@pytest.mark.parametrize("number", [2, 4])
def test_processes_and_micro_batches_divide_the_same_step(
    forker, inputs, alone, tmp_path, number, parallel
):
    """1 process x 8 micro-batches = 2 x 4 = 4 x 2, weights within 1e-5."""
    prepare(tmp_path, inputs, **EIGHT)
    run_processes(forker, tmp_path, number, ERICA_PARALLEL=parallel)
    assert_same_run(tmp_path, alone)


@pytest.mark.parametrize("after", ["ddp", "fsdp"])
def test_a_divided_run_that_is_killed_continues_divided_or_not(
    forker, inputs, alone, tmp_path, after
):
    prepare(tmp_path, inputs, **EIGHT)
    kill = {"ERICA_PARALLEL": "fsdp", "ERICA_FAIL_AT": "train.step:3"}
    run_processes(forker, tmp_path, 2, code=-signal.SIGKILL, **kill)
    run_processes(forker, tmp_path, 2, ERICA_PARALLEL=after)
    assert "continuing after step 2" in (tmp_path / "stderr").read_text()
    assert_same_run(tmp_path, alone)


def test_divided_layers_need_equal_shares(forker, inputs, tmp_path):
    prepare(tmp_path, inputs, batch_size=6, micro_batch_size=2)
    with pytest.raises(AssertionError, match="do not divide equally over 2 processes"):
        run_processes(forker, tmp_path, 2, ERICA_PARALLEL="fsdp")


def test_more_processes_than_micro_batches_is_one_line(forker, inputs, tmp_path):
    prepare(tmp_path, inputs, batch_size=4, micro_batch_size=4)
    with pytest.raises(AssertionError, match="cannot be divided over 2 processes"):
        run_processes(forker, tmp_path, 2)
