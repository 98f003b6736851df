"""The result table, the paper's figures beside it, and the metrics file."""

import pytest

from pipeline.errors import InputError
from pipeline.io import write_json
from pipeline.reporting.curves import read_curves
from pipeline.reporting.paper import (
    BENCHMARKS,
    describe_benchmark,
    paper_score,
    read_paper_results,
)
from pipeline.reporting.results import Grid, nest_results, read_results
from pipeline.reporting.table import Score, format_markdown, format_score, make_rows, print_table

GRID = Grid(tasks=("docred",), encoders=("base", "erica"), percents=(10,), seeds=(1, 2))


def write_report(folder, encoder, f1, *, task="docred", percent=10, test=True, seeds=(1, 2)):
    scores = {"f1": f1, "ign_f1": f1 - 1}
    zero = {"f1": 0.25, "ign_f1": 0.5}
    folder.mkdir(exist_ok=True)
    write_json(
        folder / f"{task}-{encoder}-{percent}.json",
        {
            "seeds": {f"s{s}": {"dev": scores, "test": scores if test else {}} for s in seeds},
            "mean": {"dev": {"f1": 1.0, "ign_f1": 0.5}, "test": scores if test else {}},
            "std": {"dev": zero, "test": zero if test else {}},
            "counts": {},
        },
    )


@pytest.mark.parametrize(
    ("task", "percent", "metric", "base", "erica"),
    [  # read off the printed tables
        ("docred", 10, "ign_f1", 44.9, 48.3),
        ("semeval", 1, "micro_f1", 43.6, 47.9),
        ("semeval", 1, "f1", None, None),
        ("squad", 10, "f1", 79.7, 81.8),
        ("squad", 1, "f1", 15.8, 51.3),  # Table 11
        ("naturalquestions", 100, "f1", 78.4, 79.1),
        ("figer", 100, "micro_f1", 72.68, 74.71),
        ("wikihop_masked", 10, "accuracy", 53.1, 58.1),
        ("mnli", 100, "accuracy", 84.0, 84.5),
        ("mnli", 100, "accuracy_mismatched", 84.4, 84.7),
        ("cola", 100, "matthews", 57.2, 57.9),
        ("conll04", 100, "rel_nec_micro_f1", 70.3, 71.5),
        ("figer", 10, "micro_f1", None, None),
    ],
)
def test_paper_figures(task, percent, metric, base, erica):
    (shown,) = [m for m in describe_benchmark(task).metrics if m.name == metric]
    assert paper_score(task, percent, shown, "BERT") == base
    assert paper_score(task, percent, shown, "ERICA_BERT") == erica


def test_every_benchmark_stands_in_a_table_of_the_paper():
    results = read_paper_results()
    for task, rows in BENCHMARKS.items():
        for table, data in rows.tables:
            assert data in results[table], task
        assert any(m.paper for m in rows.metrics)
    figures = [
        value
        for table in results.values()
        for shares in table.values()
        for models in shares.values()
        for metrics in models.values()
        for value in metrics.values()
    ]
    assert len(figures) == 383
    assert all(0 < value < 100 for value in figures)


def test_rows_mark_the_best_and_leave_out_what_was_not_measured():
    results = {
        ("docred", "base", 10): {"f1": Score(40.04, 0.31, 3)},
        ("docred", "erica", 10): {"f1": Score(43.0, 0.2, 3)},
        ("mine", "base", 10): {"f1": Score(1.0, 0.0, 1)},
    }
    rows = make_rows(results, ["docred", "mine"], ["base", "erica"], [10, 100])
    assert [(r.benchmark, r.metric, r.best) for r in rows] == [
        ("DocRED", "F1", 1),
        ("mine", "F1", -1),
    ]
    text = format_markdown(rows, ["base", "erica"], seeds=3)
    assert "| DocRED | 10 % | F1 | 40.0 ± 0.3 | **43.0 ± 0.2** | 47.1 | 50.8 |" in text
    assert "| mine | 10 % | F1 | 1.0 | – | – | – |" in text


def test_score_of_one_seed_has_no_deviation():
    assert format_score(Score(12.34, 0.0, 1)) == "12.3"
    assert format_score(None) == "–"


def test_table_is_printed_in_full_where_there_is_no_terminal(capsys):
    results = {("docred", "base", 10): {"f1": Score(40.04, 0.31, 3)}}
    print_table(make_rows(results, ["docred"], ["base"], [10]), ["base"])
    out = capsys.readouterr().out
    assert "40.0 ± 0.3" in out
    assert "paper: ERICA" in out


def test_grid_is_walked_and_older_reports_are_not_read(tmp_path):
    for encoder, f1 in (("base", 40.0), ("erica", 44.0), ("older", 99.0)):
        write_report(tmp_path, encoder, f1)
    results = read_results(tmp_path, GRID)
    assert set(results) == {("docred", "base", 10), ("docred", "erica", 10)}
    assert results["docred", "erica", 10]["f1"] == Score(44.0, 0.25, 2)
    assert nest_results(results)["docred"]["erica"]["p10"] == {
        "f1": 44.0,
        "f1_std": 0.25,
        "ign_f1": 43.0,
        "ign_f1_std": 0.5,
    }


def test_unlabelled_test_set_gives_dev(tmp_path):
    write_report(tmp_path, "base", 40.0, test=False)
    write_report(tmp_path, "erica", 44.0)
    assert read_results(tmp_path, GRID)["docred", "base", 10]["f1"].mean == 1.0


def test_missing_and_older_reports(tmp_path):
    write_report(tmp_path, "base", 40.0)
    with pytest.raises(InputError, match=r"docred-erica-10.json: not there; run `dvc repro fine"):
        read_results(tmp_path, GRID)
    write_report(tmp_path, "erica", 40.0, seeds=(1,))
    with pytest.raises(InputError, match="made with other seeds"):
        read_results(tmp_path, GRID)


def test_metric_keys_hold_no_dot():
    nested = nest_results({("docred", "v1.5", 1): {"f1": Score(1.0, 0.0, 1)}})
    assert list(nested["docred"]) == ["v1_5"]


def test_curves_of_what_was_trained(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("step\tloss\ted\trd\tmlm\n0\t4\t1\t\t3\n1\t2\t1\t\t1\n")
    curves = read_curves(path)
    assert list(curves) == [
        "Total loss (Eq. 4)",
        "Entity discrimination (Eq. 2)",
        "Masked language modelling",
    ]
    assert curves["Total loss (Eq. 4)"][0].points == [(0.0, 4.0), (1.0, 2.0)]
    path.write_text("step\tloss\n" + "".join(f"{n}\t{n}\n" for n in range(2500)))
    (lines,) = read_curves(path).values()
    assert len(lines[0].points) <= 401
    assert lines[0].points[-1] == (2499.0, 2499.0)
    path.write_text("step\tloss\n")
    with pytest.raises(InputError, match="holds no steps"):
        read_curves(path)
    with pytest.raises(InputError, match="run `dvc repro train`"):
        read_curves(tmp_path / "none.tsv")
