import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.io import read_json, read_rows, write_shard
from pipeline.records.documents import DOCUMENTS
from pipeline.records.mentions import MENTIONS
from stages.ner import main

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    "Marie Curie worked in Paris. She won the Nobel Prize in 1903.",
    "The Danube flows through Vienna, Bratislava and Budapest.",
    "",
    "IBM hired Grace Hopper. John von Neumann taught in Princeton, New Jersey.",
    "Nothing of note: he came at 5 p.m. She left.",
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERICA_WORKERS", "1")
    make_project(tmp_path)
    return tmp_path


def make_project(folder):
    folder.mkdir(exist_ok=True)
    (folder / "params.yaml").write_text(
        "ner:\n  model: en_core_web_sm\n  sentences: sentencizer\n", "utf-8"
    )
    for number in range(3):
        rows = [
            {"doc_id": f"{number}-{i}", "page_id": i, "title": "T", "text": text, "links": []}
            for i, text in enumerate(TEXTS * (number + 1))
        ]
        write_shard(folder / f"data/parse/shard_{number:05d}.parquet", rows, DOCUMENTS)


def output(folder):
    return {
        path.name: path.read_bytes()
        for path in sorted((folder / "data").rglob("*"))
        if path.is_file()
    }


def test_ner_writes_aligned_shards_and_a_report(project):
    main()
    for shard in sorted(Path("data/parse").iterdir()):
        mentions = read_rows(Path("data/ner") / shard.name, MENTIONS)
        assert [m["doc_id"] for m in mentions] == [d["doc_id"] for d in read_rows(shard, DOCUMENTS)]
    report = read_json(Path("data/reports/ner.json"))
    assert report["documents"] == {"in": 30, "out": 30}
    assert report["labels"]["PERSON"] >= 6
    assert not list(Path(".scratch").rglob("*.parquet"))


def test_unknown_model_leaves_the_previous_output_alone(project):
    write_shard(Path("data/ner/shard_00000.parquet"), [], MENTIONS)
    before = output(project)
    params = Path("params.yaml").read_text().replace("en_core_web_sm", "xx_nope_sm")
    Path("params.yaml").write_text(params)
    done = subprocess.run(
        [sys.executable, "-m", "stages.ner"],
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ner.model: no spaCy model 'xx_nope_sm'")
    assert output(project) == before


def test_a_token_classifier_finds_the_names_and_the_sentencizer_the_sentences(project, monkeypatch):
    from tiny_training import write_tiny_bert

    from pipeline.benchmarks.tagger import NamedText, TaggerConfig, save_tagger, train_tagger
    from pipeline.training.optimizer import OptimizerConfig

    write_tiny_bert(project / "base", hidden=32, layers=1)
    optimizer = OptimizerConfig(
        learning_rate=1e-2, weight_decay=0.0, warmup_fraction=0.1, max_gradient_norm=1.0
    )
    config = TaggerConfig(
        epochs=30, further=(), batch_size=2, optimizer=optimizer, precision="fp32", dropout=0.0,
        max_tokens=256, seed=0,
    )  # fmt: skip
    texts = [
        NamedText("w4 w1 w2 w5. w6 w3 w7.", [(3, 8, "PER"), (16, 18, "NUM")]),
        NamedText("w1 w2 w8 w9. w5 w10 w3.", [(0, 5, "PER"), (20, 22, "NUM")]),
    ]
    tagger, _ = train_tagger(config, project / "base", texts)
    save_tagger(tagger, project / "tagger")
    for shard in Path("data/parse").iterdir():
        rows = [
            {"doc_id": str(i), "page_id": i, "title": "T", "text": text.text, "links": []}
            for i, text in enumerate([*texts, NamedText("", [])])
        ]
        write_shard(shard, rows, DOCUMENTS)
    params = Path("params.yaml").read_text("utf-8").replace("en_core_web_sm", "tagger")
    Path("params.yaml").write_text(params, "utf-8")
    main()
    (first, second, empty) = read_rows(Path("data/ner/shard_00000.parquet"), MENTIONS)
    assert first["sentences"] == [{"start": 0, "end": 13}, {"start": 13, "end": 22}]
    assert first["mentions"] == [
        {"start": 3, "end": 8, "label": "PERSON"},  # as linking names it
        {"start": 16, "end": 18, "label": "CARDINAL"},
    ]
    assert [m["start"] for m in second["mentions"]] == [0, 20]
    assert empty["mentions"] == empty["sentences"] == []
