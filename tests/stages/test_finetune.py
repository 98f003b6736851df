"""The stage on a tiny encoder; fixtures of the benchmarks' tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.errors import InputError
from pipeline.io import read_json
from stages.finetune import main
from tests.pipeline.benchmarks.conftest import semeval_folder, tiny_encoder  # noqa: F401  # fixtures

ROOT = Path(__file__).resolve().parents[2]
PARAMS = """
finetune:
  seeds: [1, 2]
  semeval:
    percent_1: {batch_size: 2, epochs: 1, evaluate_every: 1}
    percent_10: {batch_size: 2, epochs: 1, evaluate_every: 1}
    percent_100: {batch_size: 8, epochs: 1, evaluate_every: 1}
    optimizer:
      learning_rate: 1.0e-3
      weight_decay: 0.0
      warmup_fraction: 0.1
      max_gradient_norm: 1.0
    precision: fp32
    dropout: 0.0
    max_tokens: 64
    representation: mean_pool
"""


@pytest.fixture
def project(tmp_path, semeval_folder, tiny_encoder, monkeypatch):  # noqa: F811  # fixture
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMS, "utf-8")
    Path("data/encoders").mkdir(parents=True)
    Path("data/encoders/base").symlink_to(tiny_encoder)
    return tmp_path


def test_each_seed_is_kept_and_summarised(project):
    main(task="semeval", encoder="base", percent=10)
    folder = Path("data/finetune/semeval/base/10")
    assert sorted(path.name for path in folder.iterdir()) == ["s1", "s2"]
    report = read_json(Path("data/reports/finetune/semeval-base-10.json"))
    first = read_json(folder / "s1" / "metrics.json")
    assert report["seeds"]["s1"]["test"] == first["test"]
    assert set(report["mean"]["test"]) >= {"f1", "micro_f1"}
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    main(task="semeval", encoder="base", percent=10)
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert not list(Path(".scratch/finetune-semeval-base-10").iterdir())


@pytest.mark.crash
def test_after_a_kill_finished_seeds_are_not_repeated(project):
    command = ["-m", "stages.finetune", "--task", "semeval", "--encoder", "base", "--percent", "1"]
    environment = dict(os.environ, PYTHONPATH=str(ROOT), ERICA_FAIL_AT="finetune.seed:0")
    killed = subprocess.run([sys.executable, *command], env=environment, check=False)
    assert killed.returncode == -9
    assert not Path("data/finetune").exists()
    (done,) = Path(".scratch/finetune-semeval-base-1").glob("*/out/s1/metrics.json")
    written = done.stat().st_mtime_ns
    main(task="semeval", encoder="base", percent=1)
    kept = Path("data/finetune/semeval/base/1/s1/metrics.json")
    assert kept.stat().st_mtime_ns == written
    assert Path("data/finetune/semeval/base/1/s2/metrics.json").exists()


def products():
    folder = Path("data/finetune/semeval/base/100")
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def unbroken(project):
    """Six epochs, the best of them known only after the last; what one run writes."""
    params = PARAMS.replace("seeds: [1, 2]", "seeds: [1]")
    params = params.replace("batch_size: 8, epochs: 1", "batch_size: 8, epochs: 6")
    Path("params.yaml").write_text(params.replace("dropout: 0.0", "dropout: 0.2"), "utf-8")
    main(task="semeval", encoder="base", percent=100)
    found = products()
    shutil.rmtree("data/finetune")
    return found


COMMAND = [sys.executable, "-m", "stages.finetune", "--task", "semeval", "--encoder", "base"]


@pytest.mark.crash
@pytest.mark.parametrize("point", ["train.step:20", "train.checkpoint.written:13"])
def test_killed_within_a_seed_it_continues_and_gives_the_same(unbroken, capsys, point):
    environment = {"PYTHONPATH": str(ROOT), "ERICA_CHECKPOINT_MINUTES": "0", "ERICA_FAIL_AT": point}
    command = [*COMMAND, "--percent", "100"]
    killed = subprocess.run(command, env=os.environ | environment, check=False)
    assert killed.returncode == -9
    assert not Path("data/finetune").exists()
    main(task="semeval", encoder="base", percent=100)
    assert "continuing after step" in capsys.readouterr().err
    assert products() == unbroken
    assert not list(Path(".scratch/finetune-semeval-base-100").iterdir())


@pytest.mark.crash
def test_sigterm_is_answered_with_a_checkpoint(project):
    long = PARAMS.replace("batch_size: 8, epochs: 1", "batch_size: 8, epochs: 100000")
    Path("params.yaml").write_text(long, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ERICA_LOG_SECONDS": "1"}
    command = [*COMMAND, "--percent", "100"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    assert any("steps" in line for line in process.stderr)  # the first line of progress
    process.terminate()
    _, errors = process.communicate()
    assert process.returncode == 143
    assert "run again to continue" in errors
    saved = Path(".scratch/finetune-semeval-base-100").glob("*/checkpoints/s1/step_*.pt")
    assert len(list(saved)) == 1


def test_wrong_arguments_and_missing_files_are_one_line(project):
    with pytest.raises(InputError, match="--task: expected one of docred"):
        main(task="nothing", encoder="base", percent=10)
    with pytest.raises(InputError, match="--percent: expected 1, 10 or 100, got 5"):
        main(task="semeval", encoder="base", percent=5)
    with pytest.raises(InputError, match="data/encoders/none"):
        main(task="semeval", encoder="none", percent=10)
    Path("data/fetch/benchmarks/semeval/TEST_FILE_FULL.TXT").unlink()
    with pytest.raises(InputError, match=r"expected the file TEST_FILE_FULL\.TXT"):
        main(task="semeval", encoder="base", percent=10)
    assert not Path("data/finetune").exists()


def test_ade_is_the_mean_of_its_folds(tmp_path, tiny_encoder, monkeypatch):  # noqa: F811  # fixture
    from pipeline.sample import WorldConfig
    from pipeline.sample.benchmarks import write_benchmarks

    monkeypatch.chdir(tmp_path)
    yaml = YAML(typ="safe")
    params = yaml.load(ROOT / "presets" / "sample.yaml")["finetune"]
    ade = params["ade"] | {"percent_10": {"batch_size": 4, "epochs": 1, "evaluate_every": 1}}
    ade |= {"max_tokens": 64, "precision": "fp32"}
    yaml.dump({"finetune": {"seeds": [1], "ade": ade}}, Path("params.yaml"))
    world = WorldConfig(seed=1, pages=100, items=500)
    write_benchmarks(tmp_path / "data/fetch/benchmarks", world, ["ade"])
    Path("data/encoders").mkdir(parents=True)
    Path("data/encoders/base").symlink_to(tiny_encoder)
    main(task="ade", encoder="base", percent=10)
    folder = Path("data/finetune/ade/base/10/s1")
    assert sorted(path.name for path in folder.iterdir()) == ["fold0", "fold1"]
    tests = [read_json(folder / fold / "metrics.json")["test"] for fold in ("fold0", "fold1")]
    report = read_json(Path("data/reports/finetune/ade-base-10.json"))
    for name, value in report["mean"]["test"].items():
        assert value == pytest.approx((tests[0][name] + tests[1][name]) / 2, abs=1e-4)
