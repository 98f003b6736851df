import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.sample import WorldConfig, write_benchmarks, write_wikidata, write_wikipedia

CONFIG = WorldConfig(seed=42, pages=600, items=3000)


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default sample: dumps, and one folder per benchmark."""
    folder = tmp_path_factory.mktemp("sample")
    write_wikipedia(folder, CONFIG)
    write_wikidata(folder, CONFIG)
    write_benchmarks(folder / "benchmarks", CONFIG)
    return folder


@pytest.fixture(scope="session")
def entities(sample_folder: Path) -> list[dict[str, Any]]:
    """All entities of the Wikidata dump."""
    with gzip.open(sample_folder / "sample-wikidata.json.gz", "rt", encoding="utf-8") as lines:
        loaded: list[dict[str, Any]] = json.load(lines)
    return loaded
