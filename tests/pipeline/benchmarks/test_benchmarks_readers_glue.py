"""GLUE: headers, quotes, a BOM, QQP's broken rows, what is refused, official sizes."""

import re

import pytest

from pipeline.benchmarks.readers.glue import Row, class_names, read_glue, read_rows
from pipeline.errors import InputError


def write(folder, name, *rows, start="", end="\n"):
    path = folder / name
    path.write_bytes((start + "".join("\t".join(row) + end for row in rows)).encode())
    return path


def test_cola_has_no_header(tmp_path):
    path = write(tmp_path, "dev.tsv", ["gj04", "1", "", "We sail."], ["gj04", "0", "*", "Sail we."])
    assert read_rows(path, "CoLA") == [
        Row(0, "We sail.", None, 1.0, "dev"),
        Row(1, "Sail we.", None, 0.0, "dev"),
    ]


def test_mrpc_starts_with_a_byte_order_mark_and_quotes_nothing(tmp_path):
    header = ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"]
    row = ["1", "7", "8", '" Sail , he said .', "He said to sail ."]
    path = write(tmp_path, "train.tsv", header, row, start="\ufeff", end="\r\n")
    assert read_rows(path, "MRPC") == [Row(0, row[3], row[4], 1.0, "train")]


def test_mnli_dev_is_both_portions(tmp_path):
    header = ["index", "sentence1", "sentence2", "label1", "gold_label"]
    row = ["0", "It floats.", "It sinks.", "neutral", "contradiction"]
    for name in ("train", "dev_matched"):
        write(tmp_path, f"{name}.tsv", header, row)
    assert [r.portion for r in read_glue(tmp_path, "MNLI").dev] == ["dev_matched"]
    write(tmp_path, "dev_mismatched.tsv", header, row, row)
    splits = read_glue(tmp_path, "MNLI")
    assert [r.portion for r in splits.test] == ["dev_matched"] + ["dev_mismatched"] * 2
    assert class_names("MNLI")[int(splits.dev[0].label)] == "contradiction"


def test_stsb_has_scores(tmp_path):
    header = ["index", "sentence1", "sentence2", "score"]
    path = write(tmp_path, "dev.tsv", header, ["0", "A.", "B.", "3.750"])
    assert read_rows(path, "STS-B")[0].label == 3.75
    assert class_names("STS-B") is None


def test_rows_that_qqp_breaks_are_left_out_as_long_as_they_are_few(tmp_path):
    header = ["id", "qid1", "qid2", "question1", "question2", "is_duplicate"]
    rows = [[str(n), "1", "2", "Why?", "Why not?", "0"] for n in range(2_000)]
    pieces = [["9", "1", "2", "Why"], ["", "Why not?", "0"]]
    path = write(tmp_path, "train.tsv", header, *rows, *pieces)
    assert len(read_rows(path, "QQP")) == 2_000
    path = write(tmp_path, "train.tsv", header, *rows[:500], *pieces)
    with pytest.raises(InputError, match=re.escape("train.tsv:502: expected 6 columns, got 4")):
        read_rows(path, "QQP")


@pytest.mark.parametrize(
    ("task", "rows", "reason"),
    [
        ("SST-2", [["sentence", "label"], ["good", "2"]], ":2: expected the label to be one of 0"),
        ("SST-2", [["sentence", "label"], ["good"]], ":2: expected 2 columns, got 1"),
        ("SST-2", [["index", "sentence"], ["0", "good"]], ":1: expected a column 'label'"),
        ("CoLA", [["gj04", "1", ""]], ":1: expected 4 columns, got 3"),
        ("STS-B", [["sentence1", "sentence2", "score"], ["a", "b", "x"]], ":2: expected a score"),
        ("STS-B", [["sentence1", "sentence2", "score"], ["a", "b", "5.1"]], "from 0 to 5, got 5.1"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path, task, rows, reason):
    with pytest.raises(InputError, match=re.escape(reason)):
        read_rows(write(tmp_path, "train.tsv", *rows), task)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"expected the file dev_matched\.tsv"):
        read_glue(tmp_path, "MNLI")


@pytest.mark.real
@pytest.mark.parametrize(
    ("task", "train", "dev"),
    [
        ("CoLA", 8_551, 1_043),
        ("SST-2", 67_349, 872),
        ("MRPC", 3_668, 408),
        ("STS-B", 5_749, 1_500),
        ("RTE", 2_490, 277),
        ("QNLI", 9_999, 5_463),  # the slice has a part of the training rows
        ("MNLI", 8_999, 1_000),  # a part, and training rows as dev_matched
    ],
)
def test_official_sizes(shared, task, train, dev):
    splits = read_glue(shared / "data" / "benchmarks" / "glue" / task, task)
    assert (len(splits.train), len(splits.dev)) == (train, dev)
    names = class_names(task)
    if names:
        assert {row.label for row in splits.train} == set(range(len(names)))
