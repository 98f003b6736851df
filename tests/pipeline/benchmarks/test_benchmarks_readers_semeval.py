import json
from collections import Counter

import pytest

from pipeline.benchmarks.readers.semeval import (
    LABELS,
    held_out_pairs,
    read_official,
    read_semeval,
)
from pipeline.errors import InputError

BLOCKS = (
    '1\t"The <e1>child</e1> sat in the <e2>red cradle</e2> and said "no"."\r\n'
    "Other\r\nComment: a child\r\n\r\n"
    '2\t"<e1>Heat</e1> from <e2>fire</e2>"\r\nCause-Effect(e2,e1)\r\nComment:\r\n\r\n'
)


def test_sentences_keep_their_text_without_tags(tmp_path):
    path = tmp_path / "TRAIN_FILE.TXT"
    path.write_bytes(BLOCKS.encode())
    first, second = read_official(path)
    assert first.text == 'The child sat in the red cradle and said "no".'
    assert first.text[slice(*first.head)] == "child"
    assert first.text[slice(*first.tail)] == "red cradle"
    assert (second.number, second.label) == (2, "Cause-Effect(e2,e1)")
    assert second.text[slice(*second.head)] == "Heat"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("</e1> from", " from", r":5: expected number, tab"),
        ("Cause-Effect(e2,e1)", "Cause-Effect(e2, e1)", r":6: expected one of the 19 relations"),
        ("2\t", "two\t", r":5: expected number, tab"),
        ("\r\nCause-Effect(e2,e1)\r\nComment:\r\n\r\n", "", r":6: expected one of the 19"),
    ],
)
def test_wrong_files_are_refused_with_the_line(tmp_path, old, new, message):
    path = tmp_path / "TRAIN_FILE.TXT"
    path.write_bytes(BLOCKS.replace(old, new).encode())
    with pytest.raises(InputError, match=message):
        read_official(path)


def test_text_that_is_not_utf_8_is_refused_with_the_line(tmp_path):
    path = tmp_path / "TRAIN_FILE.TXT"
    path.write_bytes(BLOCKS.encode() + b"3\t\xff\n")
    with pytest.raises(InputError, match=":9: not UTF-8"):
        read_official(path)


def test_dev_is_a_seeded_stratified_part_of_train(semeval_folder):
    splits = read_semeval(semeval_folder)
    assert (len(splits.train), len(splits.dev), len(splits.test)) == (48, 12, 12)
    assert Counter(s.label for s in splits.dev).most_common(1)[0][1] == 4
    assert {s.number for s in splits.train}.isdisjoint(s.number for s in splits.dev)
    assert read_semeval(semeval_folder) == splits


def test_released_form_and_fractions_are_used_as_they_are(tmp_path):
    row = {
        "token": ["the", "big", "box", "holds", "ink"],
        "h": {"name": "big box", "pos": [1, 3]},
        "t": {"name": "ink", "pos": [4, 5]},
        "relation": "Content-Container(e2,e1)",
    }
    for name in ("train.txt", "dev.txt", "test.txt", "train_0.1.txt"):
        (tmp_path / name).write_text(json.dumps(row) + "\n", "utf-8")
    splits = read_semeval(tmp_path)
    (sentence,) = splits.released[10]
    assert sentence.text[slice(*sentence.head)] == "big box"
    assert sentence.text[slice(*sentence.tail)] == "ink"
    row["t"]["pos"] = [5, 6]
    (tmp_path / "dev.txt").write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(InputError, match=r"dev\.txt:1: pos \[5, 6\] is outside"):
        read_semeval(tmp_path)


def test_held_out_pairs_are_those_of_dev_and_test(semeval_folder):
    pairs = list(held_out_pairs(semeval_folder))
    assert len(pairs) == 24
    assert pairs[0].head in "ada bela cora dora emil"


def test_missing_file_names_the_folder_and_the_file(tmp_path):
    with pytest.raises(InputError, match=r"expected the file TRAIN_FILE\.TXT"):
        read_semeval(tmp_path)


@pytest.mark.real
def test_official_counts(shared):
    folder = shared / "data" / "benchmarks" / "semeval"
    official = read_semeval(folder / "official")
    assert len(official.train) + len(official.dev) == 8_000
    assert len(official.test) == 2_717
    assert {s.label for s in official.train} == set(LABELS)
    released = read_semeval(folder / "jsonl")
    assert (len(released.train), len(released.dev), len(released.test)) == (6_507, 1_493, 2_717)
    assert {percent: len(part) for percent, part in released.released.items()} == {1: 73, 10: 660}
    texts = Counter(s.label for s in official.test)
    assert texts == Counter(s.label for s in released.test)
