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


def test_every_preset_fits_the_configs_of_all_stages(tmp_path):
    from pipeline.benchmarks.catalogue import FinetuneConfig
    from pipeline.benchmarks.tagger import TaggerConfig
    from pipeline.config import read_section
    from pipeline.documents.encode import ShardConfig
    from pipeline.entities.evidence import LinkConfig
    from pipeline.entities.ner import NerConfig
    from pipeline.entities.store import IndexConfig
    from pipeline.fetch.config import FetchConfig
    from pipeline.quality.report import QualityConfig
    from pipeline.reporting.figure6 import EvaluateConfig
    from pipeline.training.config import TrainConfig
    from pipeline.triples.filters import AnnotateConfig
    from pipeline.triples.leakage import HeldoutConfig
    from pipeline.wiki.documents import ParseConfig

    configs = {
        "fetch": FetchConfig,
        "parse": ParseConfig,
        "tagger": TaggerConfig,
        "ner": NerConfig,
        "index": IndexConfig,
        "link": LinkConfig,
        "heldout": HeldoutConfig,
        "annotate": AnnotateConfig,
        "quality": QualityConfig,
        "shard": ShardConfig,
        "train": TrainConfig,
        "finetune": FinetuneConfig,
        "evaluate": EvaluateConfig,
    }
    read = {}
    for name in list_presets(ROOT / "presets"):
        path = tmp_path / f"{name}.yaml"
        path.write_text(compose_preset(ROOT / "presets", name))
        assert set(YAML(typ="safe").load(path)) == set(configs)
        read[name] = {section: read_section(path, section, configs[section]) for section in configs}

    paper = read["enwiki-paper"]
    train = paper["train"]
    assert (train.tau, train.learning_rate, train.weight_decay) == (0.05, 3e-5, 1e-5)
    assert (train.batch_size, train.num_steps, train.warmup_fraction) == (2048, 2500, 0.2)
    assert train.rd_negatives == 64
    assert paper["parse"].min_words == 128
    assert (paper["annotate"].min_entities, paper["annotate"].min_triples) == (4, 4)
    docred = paper["finetune"].docred
    assert [docred.schedule(p).batch_size for p in (1, 10, 100)] == [10, 32, 32]
    assert [docred.schedule(p).epochs for p in (1, 10, 100)] == [400, 400, 200]
    assert [docred.schedule(p).evaluate_every for p in (1, 10, 100)] == [20, 20, 5]
    assert docred.optimizer.learning_rate == 4e-5


@pytest.mark.parametrize("name", list_presets(ROOT / "presets"))
def test_the_command_writes_the_parameters_and_says_so(name, tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from stages.preset import app

    (tmp_path / "presets").symlink_to(ROOT / "presets")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [name])
    assert done.exit_code == 0
    assert f"presets/{name}.yaml" in done.output
    assert (tmp_path / "params.yaml").read_text() == compose_preset(ROOT / "presets", name)
