"""The stage `evaluate` on the files of a small run: what it writes, and that it writes it twice."""

import csv
import json

import pytest

from pipeline.errors import InputError
from pipeline.io import write_json
from pipeline.sample.benchmarks import write_benchmarks
from pipeline.sample.config import WorldConfig
from stages.evaluate import STAGES, main
from tests.tiny_training import write_tiny_bert

PARAMS = """
evaluate:
  tsne_relations: 3
  tsne_documents: 6
  tsne_points: 40
  tsne_perplexity: 5.0
  tsne_max_tokens: 128
  seed: 1
finetune:
  tasks: [docred]
  encoders: [base, erica]
  percents: [10]
  seeds: [42]
  docred: {anything: 1}
"""


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoders")
    write_tiny_bert(folder / "base")
    write_tiny_bert(folder / "erica", hidden=16)
    params = {"objectives": ["ed"], "tau": 0.05, "batch_size": 8}
    write_json(folder / "erica" / "provenance.json", {"params": params})
    return folder


@pytest.fixture
def project(tmp_path, monkeypatch, encoders):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(PARAMS)
    reports = tmp_path / "data/reports"
    (reports / "finetune").mkdir(parents=True)
    (tmp_path / "data/encoders").symlink_to(encoders)
    for encoder, f1 in (("base", 20.0), ("erica", 25.5)):
        scores = {"f1": f1, "ign_f1": f1 - 1}
        zero = dict.fromkeys(scores, 0.0)
        write_json(
            reports / "finetune" / f"docred-{encoder}-10.json",
            {
                "seeds": {"s42": {"dev": scores, "test": scores}},
                "mean": {"dev": scores, "test": scores},
                "std": {"dev": zero, "test": zero},
            },
        )
    for stage in STAGES:
        write_json(reports / f"{stage}.json", {"documents": {"in": 3, "out": 2, "short": 1}})
    statistics = {"tokens_per_document": {"here": 180.0, "paper": 186.9}}
    write_json(reports / "annotate.json", {"statistics": statistics})
    write_json(reports / "train.json", {"steps": 2, "heldout": {}})
    (reports / "train.tsv").write_text("step\tloss\ted\n0\t3\t3\n1\t2\t2\n")
    details = {"wikipedia": [{"file": "a.xml"}], "encoder": [{"source": "local folder"}]}
    write_json(reports / "fetch.json", {"details": details})
    return tmp_path


def output(folder):
    files = [p for p in (folder / "data").rglob("*") if p.is_file() and "encoders" not in p.parts]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def test_writes_metrics_table_figure_and_page_the_same_twice(project, capsys):
    world = WorldConfig(seed=1, pages=100, items=600)
    write_benchmarks(project / "data/fetch/benchmarks", world, ["docred"])
    main()
    first = output(project)
    metrics = json.loads(first["data/reports/metrics.json"])
    assert metrics["docred"]["erica"]["p10"]["f1"] == 25.5
    assert set(metrics["silhouette"]["relation"]) == {"base", "erica"}
    points = list(csv.DictReader(first["data/reports/tsne.csv"].decode().splitlines()))
    assert {(p["kind"], p["encoder"]) for p in points} == {
        (kind, encoder) for kind in ("entity", "relation") for encoder in ("base", "erica")
    }
    assert 60 < len(points) <= 4 * 40
    assert "| DocRED | 10 % | F1 | 20.0 | **25.5** | 47.1 | 50.8 |" in (
        first["data/evaluate/table.md"].decode()
    )
    page = first["data/evaluate/report.html"].decode()
    assert "+5.5" in page
    assert page.count("<circle") == len(points)
    assert str(project) not in page
    assert "25.5" in capsys.readouterr().out
    main()
    assert output(project) == first


def test_without_docred_files_there_is_no_figure(project):
    main()
    assert output(project)["data/reports/tsne.csv"] == b"x,y,label,kind,encoder\n"


def test_missing_run_leaves_the_earlier_output(project):
    main()
    before = output(project)
    text = PARAMS.replace("percents: [10]", "percents: [10, 100]")
    (project / "params.yaml").write_text(text)
    with pytest.raises(InputError, match=r"docred-base-100.json: not there; run `dvc repro fine"):
        main()
    assert output(project) == before
