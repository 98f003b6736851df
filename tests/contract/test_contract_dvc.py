"""dvc.yaml against the code: DVC looks at no import, so the deps are checked here."""

import re
from pathlib import Path

import pytest
from imports import ROOT, project_closure
from ruamel.yaml import YAML
from write_deps import code_deps

DVC = YAML(typ="safe").load(ROOT / "dvc.yaml")
PARAMS = YAML(typ="safe").load(ROOT / "params.yaml")
STAGES = DVC["stages"]


def names(entries):
    """Return the paths of a list of outs, metrics or plots."""
    return [next(iter(e)) if isinstance(e, dict) else e for e in entries or []]


@pytest.mark.parametrize("name", STAGES)
def test_stage_has_its_file_its_section_and_its_description(name):
    stage = STAGES[name]
    assert stage["desc"]
    assert (ROOT / "stages" / f"{name}.py").is_file()
    assert f"-m stages.{name}" in stage["cmd"]
    assert name in PARAMS


@pytest.mark.parametrize("name", STAGES)
def test_code_deps_are_what_the_stage_imports(name):
    found = [d for d in STAGES[name]["deps"] if not d.startswith("data/")]
    assert found == code_deps(name), "run `make deps`"


@pytest.mark.parametrize("name", STAGES)
def test_deps_cover_the_imports(name):
    deps = [Path(d) for d in STAGES[name]["deps"]]
    for path in project_closure(Path(f"stages/{name}.py")):
        assert any(path == dep or dep in path.parents for dep in deps), f"{name} imports {path}"


@pytest.mark.parametrize("name", STAGES)
def test_params_are_the_sections_that_the_code_loads(name):
    source = (ROOT / "stages" / f"{name}.py").read_text("utf-8")
    loaded = set(re.findall(r'load\(\s*f?"([a-z]+)', source))
    declared = {p.split(".")[0] for p in STAGES[name].get("params", []) if isinstance(p, str)}
    assert loaded == declared


@pytest.mark.parametrize("name", STAGES)
def test_outputs_stay_under_data_and_reports_stay_in_git(name):
    stage = STAGES[name]
    for out in names(stage.get("outs")):
        assert out.startswith("data/")
        assert not out.startswith("data/reports")
    for kind in ("metrics", "plots"):
        for entry in stage.get(kind, []):
            assert isinstance(entry, dict), f"{name}: {entry} needs cache: false"
            (path, settings), *_ = entry.items()
            assert settings["cache"] is False
            assert path.startswith("data/reports/")
    assert "persist" not in str(stage)


def test_every_params_section_belongs_to_a_stage():
    assert set(PARAMS) == set(STAGES)


def test_ignore_files():
    ignored = (ROOT / ".dvcignore").read_text("utf-8").split()
    assert "__pycache__" in ignored
    # what DVC finds ignored it does not list in a .gitignore of its own
    assert {"/data/*", "!/data/reports/"} <= set((ROOT / ".gitignore").read_text("utf-8").split())
