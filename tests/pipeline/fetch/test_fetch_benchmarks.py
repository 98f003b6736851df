"""Benchmark folders in the official layout, in others, and incomplete ones."""

import gzip
import json

import pytest

from pipeline.errors import InputError
from pipeline.fetch.benchmarks import BENCHMARKS, Part, fetch_benchmarks


def write(folder, text="x\n", *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_official_names_are_copied(tmp_path):
    given = tmp_path / "given"
    write(given, "[]", "docred/train_annotated.json", "docred/dev.json", "docred/test.json")
    write(given, "{}", "docred/rel_info.json", "docred/unknown.json")
    write(given, "a\tb\n", "glue/RTE/train.tsv", "glue/RTE/dev.tsv")
    files = fetch_benchmarks(given, tmp_path / "out")
    assert [f.file for f in files] == [
        "docred/train_annotated.json",
        "docred/dev.json",
        "docred/test.json",
        "docred/rel_info.json",
        "glue/RTE/train.tsv",
        "glue/RTE/dev.tsv",
    ]
    assert (tmp_path / "out" / "glue/RTE/dev.tsv").read_text() == "a\tb\n"
    assert not (tmp_path / "out" / "docred/unknown.json").exists()
    assert files[0].licence == "MIT"


def test_extra_files_come_along(tmp_path):
    write(tmp_path / "given", "[]", "wikihop/train.json", "wikihop/dev.json")
    write(tmp_path / "given", "[]", "wikihop/dev.masked.json")
    files = fetch_benchmarks(tmp_path / "given", tmp_path / "out")
    assert {f.file for f in files} == {
        "wikihop/train.json",
        "wikihop/dev.json",
        "wikihop/dev.masked.json",
    }


def test_parts_cover_a_file_without_overlap(tmp_path):
    write(tmp_path / "given", json.dumps(list(range(50))), "docred/re_docred_dev.json")
    write(tmp_path / "given", "{}", "docred/rel_info.json")
    files = fetch_benchmarks(tmp_path / "given", tmp_path / "out")
    parts = [
        json.loads((tmp_path / "out/docred" / name).read_text())
        for name in ("train_annotated.json", "dev.json", "test.json")
    ]
    assert [len(part) for part in parts] == [40, 5, 5]
    assert [n for part in parts for n in part] == list(range(50))
    assert files[0].source == "local file, records from 0% to 80% of re_docred_dev.json"


def test_mrqa_part_keeps_the_header_and_the_same_bytes_each_time(tmp_path):
    lines = [json.dumps({"header": {}})] + [json.dumps({"n": n}) for n in range(10)]
    path = tmp_path / "given" / "mrqa" / "NaturalQuestions.dev.2655.jsonl.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress("\n".join(lines).encode() + b"\n"))
    first = fetch_benchmarks(tmp_path / "given", tmp_path / "out")
    assert fetch_benchmarks(tmp_path / "given", tmp_path / "again") == first
    out = tmp_path / "out" / "naturalquestions"
    assert gzip.decompress((out / "train.jsonl.gz").read_bytes()).decode().split() == [
        w for line in lines[:9] for w in line.split()
    ]
    assert gzip.decompress((out / "dev.jsonl.gz").read_bytes()).count(b"\n") == 3


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["docred/dev.json"], r"docred: train_annotated.json, test.json, rel_info.json not there"),
        (["tacred/train.json"], "dev.json, test.json not there.*LDC2018T24"),
        (["other/file"], "no benchmark in it; expected folders docred, semeval"),
    ],
)
def test_incomplete_folders(tmp_path, names, message):
    write(tmp_path / "given", "[]", *names)
    with pytest.raises(InputError, match=message):
        fetch_benchmarks(tmp_path / "given", tmp_path / "out")


def test_missing_folder_and_damaged_file(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        fetch_benchmarks(tmp_path / "none", tmp_path / "out")
    write(tmp_path / "given", "[1, 2", "docred/re_docred_dev.json")
    write(tmp_path / "given", "{}", "docred/rel_info.json")
    with pytest.raises(InputError, match=r"re_docred_dev.json: damaged"):
        fetch_benchmarks(tmp_path / "given", tmp_path / "out")
    write(tmp_path / "given", "", "docred/re_docred_dev.json")
    with pytest.raises(InputError, match=r"re_docred_dev.json: empty"):
        fetch_benchmarks(tmp_path / "given", tmp_path / "out")


def test_every_layout_of_a_benchmark_gives_names_of_the_first_or_of_mrqa():
    for benchmark in BENCHMARKS.values():
        first, *others = benchmark.layouts
        for layout in others:
            assert set(layout) in (set(first), {"train.jsonl.gz", "dev.jsonl.gz"})
            for place in layout.values():
                assert not isinstance(place, Part) or 0 <= place.start < place.end <= 1


@pytest.mark.real
def test_real_folder(shared, tmp_path):
    files = {f.file: f for f in fetch_benchmarks(shared / "data/benchmarks", tmp_path / "out")}
    benchmarks = {name.partition("/")[0] for name in files}
    assert benchmarks == {
        *("docred", "semeval", "squad", "triviaqa", "naturalquestions", "figer", "wikihop"),
        *("conll04", "ade", "glue"),
    }
    assert len([name for name in files if name.startswith("ade/")]) == 21
    documents = json.loads((tmp_path / "out/docred/train_annotated.json").read_text())
    assert len(documents) == 400
    assert "figer/types.map" in files
    assert "wikihop/train.masked.json" in files
