"""CoNLL04 and ADE: official counts, folds, what is refused, held-out pairs."""

import json
import re

import pytest

from pipeline.benchmarks.readers.spert import (
    find_folds,
    held_out_pairs,
    read_ade,
    read_conll04,
    read_sentences,
    read_types,
)
from pipeline.errors import InputError
from pipeline.triples.leakage import HeldOutPair

TYPES = {
    "entities": {"Loc": {"short": "Loc", "verbose": "Location"}, "Peop": {"short": "Peop"}},
    "relations": {"Live_In": {"short": "Live", "verbose": "Live in", "symmetric": False}},
}
RECORD = {
    "tokens": ["Ada", "Byron", "lived", "in", "Ockham", "."],
    "entities": [
        {"type": "Peop", "start": 0, "end": 2},
        {"type": "Loc", "start": 4, "end": 5},
    ],
    "relations": [{"type": "Live_In", "head": 0, "tail": 1}],
    "orig_id": 7,
}


def write(folder, name, value):
    (folder / name).write_text(json.dumps(value), "utf-8")
    return folder / name


def test_conll04_has_three_sets(tmp_path):
    write(tmp_path, "conll04_types.json", TYPES)
    for part, number in (("train", 3), ("dev", 1), ("test", 2)):
        write(tmp_path, f"conll04_{part}.json", [RECORD] * number)
    splits = read_conll04(tmp_path)
    assert [len(s) for s in (splits.train, splits.dev, splits.test)] == [3, 1, 2]
    assert splits.dev[0].number == 7
    assert list(held_out_pairs(tmp_path)) == [HeldOutPair("Ada Byron", "Ockham")] * 3


def test_ade_has_folds_without_a_dev_set(tmp_path):
    write(tmp_path, "ade_types.json", TYPES)
    for fold in (0, 3):
        write(tmp_path, f"ade_split_{fold}_train.json", [RECORD] * 2)
        write(tmp_path, f"ade_split_{fold}_test.json", [RECORD])
    assert find_folds(tmp_path) == [0, 3]
    splits = read_ade(tmp_path, 3)
    assert [len(s) for s in (splits.train, splits.dev, splits.test)] == [2, 0, 1]
    assert len(list(held_out_pairs(tmp_path))) == 2
    with pytest.raises(InputError, match=r"expected the file ade_split_1_train\.json"):
        read_ade(tmp_path, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"entities": [{"type": "Loc", "start": 4, "end": 7}]}, "entity 0: [4, 7] is outside"),
        ({"entities": [{"type": "Org", "start": 4, "end": 5}]}, "entity 0: unknown type 'Org'"),
        ({"relations": [{"type": "Live_In", "head": 0, "tail": 2}]}, "there is no entity 2"),
        ({"relations": [{"type": "Kill", "head": 0, "tail": 1}]}, "unknown type 'Kill'"),
        ({"relations": [{"type": "Kill", "head": 0}]}, "missing required field 'tail'"),
    ],
)
def test_a_wrong_record_is_refused_with_its_number(tmp_path, change, reason):
    write(tmp_path, "conll04_types.json", TYPES)
    path = write(tmp_path, "conll04_dev.json", [RECORD, RECORD | change])
    with pytest.raises(InputError, match=re.escape(reason)) as error:
        read_sentences(path, read_types(tmp_path))
    assert "conll04_dev.json: record 1" in str(error.value)


@pytest.mark.real
def test_official_counts_of_conll04(shared):
    folder = shared / "data" / "benchmarks" / "conll04"
    splits = read_conll04(folder)
    assert [len(s) for s in (splits.train, splits.dev, splits.test)] == [922, 231, 288]
    relations = sum(len(s.relations) for s in (*splits.dev, *splits.test))
    assert len(list(held_out_pairs(folder))) == relations
    types = read_types(folder)
    assert (len(types.entities), len(types.relations)) == (4, 5)


@pytest.mark.real
def test_official_counts_of_ade(shared):
    folder = shared / "data" / "benchmarks" / "ade"
    assert find_folds(folder) == list(range(10))
    test = [sentence for fold in range(10) for sentence in read_ade(folder, fold).test]
    assert len(test) == len({sentence.number for sentence in test}) == 4_272
    assert sum(len(sentence.entities) for sentence in test) == 10_839
    assert sum(len(sentence.relations) for sentence in test) == 6_821
    fold = read_ade(folder, 9)
    assert (len(fold.train), len(fold.test)) == (3_843, 429)
    assert not {s.number for s in fold.train} & {s.number for s in fold.test}
