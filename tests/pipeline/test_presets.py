"""Presets: values change, comments and order stay, nothing unknown slips in."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.errors import InputError
from pipeline.presets import compose_preset, list_presets

ROOT = Path(__file__).resolve().parents[2]

BASE = """\
# head of the file

fetch:   # what comes in
  wikipedia: [sample]     # dumps
  encoder: minilm         # name

# how it learns
train:
  tau: 0.05               # paper 4.2
  optimizer:
    rate: 3.0e-5          # paper 4.2
    warmup: 0.2
  limit: null

last: 1
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sample.yaml").write_text(BASE)
    return tmp_path


def compose(folder, text):
    (folder / "mine.yaml").write_text(text)
    return compose_preset(folder, "mine")


def test_the_complete_file_comes_out_as_it_is(folder):
    assert compose_preset(folder, "sample") == BASE
    assert compose(folder, "# nothing differs\n") == BASE


def test_values_change_and_comments_stay(folder):
    text = compose(folder, "fetch:\n  encoder: bert\ntrain:\n  optimizer: {rate: 0.1}\n")
    assert text == BASE.replace("minilm         #", "bert           #").replace(
        "3.0e-5          #", "0.1             #"
    )


def test_a_comment_of_the_preset_replaces_the_one_behind_the_value(folder):
    text = compose(folder, "train:\n  tau: 0.1   # warmer\n  optimizer:\n    warmup: 0.5  # half\n")
    assert "tau: 0.1                # warmer\n" in text
    assert re.search(r"warmup: 0.5 +# half\n", text)
    assert "paper 4.2\n    warmup" in text
    assert "# how it learns\ntrain:" in text


def test_lists_are_replaced_whole_and_null_stays_null(folder):
    text = compose(folder, "fetch:\n  wikipedia: [a.xml.bz2, b.xml.bz2]\n")
    assert "wikipedia: [a.xml.bz2, b.xml.bz2] # dumps" in text
    assert "limit: null\n" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train:\n  tua: 1\n", r"mine.yaml: train.tua: unknown key"),
        ("trian: 1\n", "trian: unknown key"),
        ("train: [1\n", r"mine.yaml:2: not valid YAML"),
        ("train: 1\n", "train: expected a mapping, got 1"),
        ("train:\n  tau: {a: 1}\n", r"train.tau: expected a value"),
    ],
)
def test_wrong_presets(folder, text, message):
    with pytest.raises(InputError, match=message):
        compose(folder, text)


def test_unknown_name_lists_the_known_ones(folder):
    (folder / "big.yaml").write_text("")
    assert list_presets(folder) == ["sample", "big"]
    with pytest.raises(InputError, match="preset none: not known; there are sample, big"):
        compose_preset(folder, "none")


@pytest.mark.parametrize("name", list_presets(ROOT / "presets"))
def test_shipped_presets_set_only_what_differs(name):
    if name == "sample":
        return
    plain = YAML(typ="safe")
    base = plain.load(ROOT / "presets" / "sample.yaml")
    for section, changes in plain.load(ROOT / "presets" / f"{name}.yaml").items():
        for key, value in changes.items():
            assert base[section][key] != value, (
                f"{name}: {section}.{key} is the same in sample.yaml"
            )
