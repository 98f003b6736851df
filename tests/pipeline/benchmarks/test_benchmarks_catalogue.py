"""Every benchmark by its name, with its section of params.yaml, on the sample's official files."""

import dataclasses
import math
from pathlib import Path
from typing import get_args

import pytest

from pipeline.benchmarks.catalogue import BENCHMARKS, FinetuneConfig, Name, find_benchmark
from pipeline.benchmarks.finetune import Finetuner, write_result
from pipeline.benchmarks.tasks.base import Schedule
from pipeline.config import read_section
from pipeline.errors import InputError
from pipeline.io import read_json
from pipeline.sample.benchmarks import WRITERS, write_benchmarks
from pipeline.sample.config import WorldConfig

PARAMS = Path(__file__).resolve().parents[3] / "params.yaml"
SHORT = {"max_tokens": 64, "overlap": 8, "max_question": 20, "stride": 16, "max_windows": 2}


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    write_benchmarks(folder, WorldConfig(seed=42, pages=600, items=3000), WRITERS)
    return folder


def test_names_sections_and_benchmarks_are_the_same():
    sections = {field.name for field in dataclasses.fields(FinetuneConfig)}
    grid = {"tasks", "encoders", "percents", "seeds"}
    assert set(get_args(Name)) == set(BENCHMARKS) == sections - grid
    read_section(PARAMS, "finetune", FinetuneConfig)
    with pytest.raises(InputError, match=r"--task: expected one of docred, .* got 'glue'"):
        find_benchmark("glue")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_on_the_sample(tiny_encoder, sample, tmp_path, name):
    benchmark = BENCHMARKS[name]
    config = read_section(PARAMS, f"finetune.{name}", benchmark.config)
    short = {field: value for field, value in SHORT.items() if hasattr(config, field)}
    once = Schedule(batch_size=4, epochs=1, evaluate_every=1)
    config = dataclasses.replace(config, percent_1=once, precision="fp32", **short)
    task = benchmark.open(config, sample / benchmark.folder)
    result = Finetuner(task, tiny_encoder).run(1, 7)
    assert result.test
    assert all(math.isfinite(value) for value in result.test.values())
    assert result.split
    write_result(task, result, tmp_path)
    assert read_json(tmp_path / "metrics.json")["test"]
    assert len(list(tmp_path.iterdir())) >= 3
