"""WikiHop: both settings, both layouts, what is refused, where candidates occur."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.benchmarks.readers.wikihop import (
    Question,
    find_occurrences,
    held_out_pairs,
    read_questions,
    read_wikihop,
)
from pipeline.errors import InputError
from pipeline.triples.leakage import HeldOutPair

RECORD = {
    "id": "WH_dev_0",
    "query": "country lake orta",
    "answer": "italy",
    "candidates": ["italy", "monaco"],
    "supports": ["Orta lies in Italy.", "Monaco is small."],
}


def write(folder, name, records):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(records), "utf-8")
    return path


def test_standard_and_masked_sets_lie_in_the_folder_or_in_the_archive(tmp_path):
    write(tmp_path, "train.json", [RECORD, RECORD])
    write(tmp_path, "dev.json", [RECORD])
    masked = RECORD | {"candidates": ["___MASK1___"], "answer": "___MASK1___"}
    for part in ("train", "dev"):
        write(tmp_path, f"qangaroo_v1.1/wikihop/{part}.masked.json", [masked])
    splits = read_wikihop(tmp_path, masked=False)
    assert (len(splits.train), len(splits.dev), len(splits.test)) == (2, 1, 1)
    assert splits.dev[0].subject == "lake orta"
    assert read_wikihop(tmp_path, masked=True).train[0].answer == "___MASK1___"


def test_held_out_pairs_are_the_subject_with_each_candidate(tmp_path):
    write(tmp_path, "dev.json", [RECORD])
    assert list(held_out_pairs(tmp_path)) == [
        HeldOutPair("lake orta", "italy"),
        HeldOutPair("lake orta", "monaco"),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"answer": "france"}, "the answer 'france' is not among the candidates"),
        ({"query": "country"}, "not a relation and a subject"),
        ({"supports": []}, "no supporting document"),
        ({"candidates": ["italy", ""]}, "an empty candidate"),
        ({"candidates": "italy"}, "record 1: Expected 'array', got 'str' at candidates"),
    ],
)
def test_a_wrong_record_is_refused_with_its_number(tmp_path, change, reason):
    path = write(tmp_path, "dev.json", [RECORD, RECORD | change])
    with pytest.raises(InputError, match=re.escape(reason)) as error:
        read_questions(path)
    assert "dev.json: record 1" in str(error.value)


def test_a_cut_file_is_refused_with_its_line(tmp_path):
    path = write(tmp_path, "dev.json", [RECORD])
    path.write_text(path.read_text("utf-8")[:-20], "utf-8")
    with pytest.raises(InputError, match=r"dev\.json:1: "):
        read_questions(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"train\.masked\.json or qangaroo_v1\.1"):
        read_wikihop(tmp_path, masked=True)


def test_candidates_match_whole_words_in_any_case():
    text = "Niger and NIGERIA; in Niger, San İgnacio too"
    assert [text[s:e] for s, e in find_occurrences(["niger"], text)[0]] == ["Niger", "Niger"]
    assert find_occurrences(["too"], text)[0] == [(len(text) - 3, len(text))]
    assert find_occurrences(["___MASK1___"], "x ___MASK11___ ___MASK1___.")[0] == [(15, 26)]
    assert find_occurrences(["a b", "b"], "A b") == [[(0, 3)], [(2, 3)]]


@given(st.text("aAb. İ", max_size=12), st.text("ab ", min_size=1, max_size=3))
def test_occurrences_are_those_of_a_search_at_every_place(text, name):
    def whole(place):
        return not (0 < place < len(text) and text[place - 1 : place + 1].isalnum())

    expected = [
        (i, i + len(name))
        for i in range(len(text) - len(name) + 1)
        if all(low == high.lower() for low, high in zip(name, text[i:], strict=False))
        and whole(i)
        and whole(i + len(name))
    ]
    assert find_occurrences([name], text) == [expected]


@pytest.mark.real
def test_official_records_and_the_answers_they_show(shared):
    folder = shared / "data" / "benchmarks" / "wikihop"
    masked = read_wikihop(folder, masked=True)
    assert (len(masked.train), len(masked.dev)) == (5, 5)
    assert len(read_wikihop(folder, masked=False).train) == 5
    parts = [read_questions(folder / f"{part}.salvaged.json") for part in ("train", "dev")]
    assert [len(part) for part in parts] == [22, 28]
    questions: list[Question] = [*parts[0], *parts[1], *masked.train, *masked.dev]
    for question in questions:
        text = "\n".join(question.supports)
        assert find_occurrences([question.answer], text)[0], question.id
