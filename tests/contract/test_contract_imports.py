"""The one-way import rule: stages on top, the library below, data side and learning side apart."""

import os
import subprocess
import sys

import pytest
from imports import ROOT, imported_names, python_files, string_constants

DATA_SIDE = [
    "pipeline/wiki",
    "pipeline/entities",
    "pipeline/triples",
    "pipeline/quality",
    "pipeline/documents",
    "pipeline/sample",
    "pipeline/fetch",
    "pipeline/records",
    "pipeline/benchmarks/readers",
    "pipeline/benchmarks/metrics",
]
LEARNING_SIDE = [
    "pipeline/model",
    "pipeline/training",
    "pipeline/benchmarks/tasks",
]
HEAVY = {
    "torch",
    "transformers",
    "spacy",
    "sklearn",
    "pyarrow",
    "duckdb",
    "mwparserfromhell",
    "numpy",
    "requests",
    "rich",
}
STAGES = [p for p in python_files("stages") if p.name not in ("__init__.py", "command.py")]


def roots(path):
    return {name.split(".")[0] for name in imported_names(path)}


def test_pipeline_imports_no_stage_and_no_command_line():
    for path in python_files("pipeline"):
        assert not roots(path) & {"stages", "typer", "dvc"}, path
        assert "params.yaml" not in string_constants(path), path


def test_stages_import_no_other_stage():
    for path in STAGES:
        others = {name for name in imported_names(path) if name.startswith("stages.")}
        allowed = {name for name in others if name.startswith("stages.command")}
        assert others == allowed, path


@pytest.mark.parametrize("folder", DATA_SIDE)
def test_data_side_imports_no_torch(folder):
    for path in python_files(folder):
        forbidden = {"torch", "accelerate"} | ({"transformers"} if "fetch" not in folder else set())
        assert not roots(path) & forbidden, path
        for learning in LEARNING_SIDE:
            name = learning.replace("/", ".")
            assert not any(i.startswith(name) for i in imported_names(path)), path


@pytest.mark.parametrize("folder", LEARNING_SIDE)
def test_learning_side_imports_no_dump_tool(folder):
    for path in python_files(folder):
        assert not roots(path) & {"spacy", "duckdb", "mwparserfromhell"}, path


def test_stage_files_are_thin():
    for path in STAGES:
        assert len((ROOT / path).read_text("utf-8").splitlines()) <= 130, path
    for path in python_files("pipeline"):
        assert len((ROOT / path).read_text("utf-8").splitlines()) <= 330, path


def test_only_stages_know_data_paths():
    for path in python_files("pipeline"):
        text = (ROOT / path).read_text("utf-8")
        assert 'Path("data/' not in text, path


@pytest.mark.parametrize("path", STAGES, ids=lambda p: p.stem)
def test_help_imports_nothing_heavy(path):
    """`--help` answers in 0.3 s because it imports next to nothing; the set is what is asserted."""
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['{path.stem}', '--help']\n"
        "try:\n"
        f"    runpy.run_module('stages.{path.stem}', run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        f"print('HEAVY', sorted(set(sys.modules) & {HEAVY!r}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "HEAVY []" in done.stdout, done.stdout
    assert "Usage" in done.stdout
