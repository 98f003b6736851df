import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from small_world import make_document, write_corpus

from pipeline.errors import InputError
from pipeline.io import write_shard
from pipeline.records.triples import TRIPLES
from pipeline.reporting.documents import draw_documents

ROOT = Path(__file__).parents[2]
STORY = [[("Ada", 0, 1), "lives in", ("Rome", 1, 2), "with", ("Zed", 2, None)]]
FACT = {"head": 0, "tail": 1, "property": 551, "intra": True}


@pytest.fixture
def data(tmp_path):
    """Three shards of four documents, the first of each dropped."""
    names = [[f"{shard}-{row}" for row in range(4)] for shard in range(3)]
    write_corpus(tmp_path / "data", [[make_document(name, STORY) for name in n] for n in names])
    for number, shard in enumerate(names):
        rows = [
            {"doc_id": name, "drop": "few_triples" * (not row), "triples": [FACT], "ignored": []}
            for row, name in enumerate(shard)
        ]
        write_shard(tmp_path / f"data/annotate/shard_{number:05d}.parquet", rows, TRIPLES)
    return tmp_path / "data"


def draw(data, number, seed):
    return draw_documents(
        [f"shard_{shard:05d}.parquet" for shard in range(3)],
        number,
        seed=seed,
        parsed=data / "parse",
        linked=data / "link",
        annotated=data / "annotate",
    )


def test_kept_documents_are_drawn_alike_each_at_most_once(data):
    drawn = Counter(document.doc_id for seed in range(300) for document in draw(data, 3, seed))
    assert set(drawn) == {f"{shard}-{row}" for shard in range(3) for row in (1, 2, 3)}
    assert all(60 < number < 140 for number in drawn.values())  # 100 each
    assert draw(data, 3, 5) == draw(data, 3, 5)
    assert len({document.doc_id for document in draw(data, 20, 0)}) == 9


def test_rows_of_different_documents_are_refused(data):
    rows = [{"doc_id": "other", "drop": "", "triples": [FACT], "ignored": []}] * 4
    write_shard(data / "annotate/shard_00001.parquet", rows, TRIPLES)
    with pytest.raises(InputError, match=r"shard_00001\.parquet"):
        draw(data, 20, 0)


def show(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "stages.show", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_show_prints_documents_by_items_and_triples(data):
    result = show(data.parent, "--documents", "1", "--seed", "3")
    assert result.returncode == 0
    first, items, triples = result.stdout.splitlines()
    assert first.endswith(" T")
    assert items == "  Q1 Ada; Q2 Rome"
    assert triples == "  Q1 P551 Q2"


def test_show_without_a_run_is_one_line(tmp_path):
    for arguments in ((), ("--documents", "2")):
        result = show(tmp_path, *arguments)
        assert result.returncode == 2
        assert len(result.stderr.strip().splitlines()) == 1
        assert "dvc repro" in result.stderr
