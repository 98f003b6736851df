import json
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.io import read_json, read_rows
from pipeline.records.triples import HELD_OUT
from stages.heldout import main


def write_docred(path, names, facts):
    mentions = [
        [{"name": name, "pos": [0, 1], "sent_id": 0, "type": "PER"} for name in entity]
        for entity in names
    ]
    labels = [{"h": head, "t": tail, "r": "P17", "evidence": [0]} for head, tail in facts]
    document = {"title": "T", "sents": [["x", "y"]], "vertexSet": mentions, "labels": labels}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([document]), "utf-8")


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text("heldout:\n  benchmarks: [docred]\n", "utf-8")
    folder = Path("data/fetch/benchmarks/docred")
    write_docred(folder / "dev.json", [["The Nile", "Nile"], ["Egypt"], ["Cairo"]], [(0, 1)])
    write_docred(folder / "test.json", [["Nile"], ["EGYPT"], ["Giza"]], [(0, 1), (2, 1)])
    return tmp_path


def test_heldout_writes_normalised_pairs_of_dev_and_test(project):
    main()
    rows = read_rows(Path("data/heldout/pairs.parquet"), HELD_OUT)
    assert [(row["benchmark"], row["head"], row["tail"]) for row in rows] == [
        ("docred", "giza", "egypt"),
        ("docred", "nile", "egypt"),
    ]
    report = read_json(Path("data/reports/heldout.json"))
    assert report["docred"]["pairs_in"] == 4
    assert report["docred"]["pairs_out"] == 2


def test_missing_benchmark_file_leaves_the_previous_output_alone(project):
    main()
    before = Path("data/heldout/pairs.parquet").read_bytes()
    Path("data/fetch/benchmarks/docred/test.json").unlink()
    with pytest.raises(InputError, match=r"docred.*test\.json"):
        main()
    assert Path("data/heldout/pairs.parquet").read_bytes() == before


def test_every_benchmark_with_pairs_has_a_reader(project):
    """The sample has all of them in their official files."""
    from typing import get_args

    from pipeline.sample.benchmarks import write_benchmarks
    from pipeline.sample.config import WorldConfig
    from pipeline.triples.leakage import Benchmark

    names = get_args(Benchmark)
    world = WorldConfig(seed=42, pages=600, items=3000)
    write_benchmarks(Path("data/fetch/benchmarks"), world, names)
    Path("params.yaml").write_text(f"heldout:\n  benchmarks: [{', '.join(names)}]\n", "utf-8")
    main()
    report = read_json(Path("data/reports/heldout.json"))
    assert list(report) == list(names)
    assert all(counts["pairs_out"] > 0 for counts in report.values())
