"""TACRED: inclusive spans, brackets, two relabellings, what is refused."""

import json
import re

import pytest

from pipeline.benchmarks.readers.tacred import (
    held_out_pairs,
    read_sentences,
    read_tacred,
    relation_names,
)
from pipeline.errors import InputError
from pipeline.triples.leakage import HeldOutPair


def row(name, relation="per:title", **changes):
    return {
        "id": name,
        "docid": "d",
        "token": ["Ada", "Byron", "-LRB-", "poet", "-RRB-", "."],
        "subj_start": 0,
        "subj_end": 1,
        "obj_start": 3,
        "obj_end": 3,
        "subj_type": "PERSON",
        "obj_type": "TITLE",
        "relation": relation,
    } | changes


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "train.json", [row("a"), row("b", "no_relation")])
    write(tmp_path / "dev.json", [row("c"), row("d", "org:founded_by")])
    write(tmp_path / "test.json", [row("e")])
    return tmp_path


def write(path, value):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value), "utf-8")
    return path


def test_ends_are_inclusive_and_brackets_are_characters(folder):
    sentence = read_tacred(folder).train[0]
    assert sentence.text == "Ada Byron ( poet ) ."
    assert sentence.text[slice(*sentence.head)] == "Ada Byron"
    assert sentence.text[slice(*sentence.tail)] == "poet"
    assert relation_names(read_tacred(folder)) == ["no_relation", "org:founded_by", "per:title"]


def test_the_archive_of_the_ldc_can_be_used_as_it_is(folder):
    (folder / "data" / "json").mkdir(parents=True)
    for part in ("train", "dev", "test"):
        (folder / f"{part}.json").rename(folder / "data" / "json" / f"{part}.json")
    assert len(read_tacred(folder).dev) == 2


def test_tacrev_replaces_labels_of_dev_and_test(folder):
    write(folder / "patch" / "dev_patch.json", [{"id": "d", "relation": "no_relation"}])
    write(folder / "test_patch.json", [])
    splits = read_tacred(folder, "tacrev")
    assert [s.label for s in splits.train] == ["per:title", "no_relation"]
    assert [s.label for s in splits.dev] == ["per:title", "no_relation"]
    assert [s.label for s in splits.test] == ["per:title"]


def test_re_tacred_keeps_the_sentences_that_it_labels(folder):
    for part, labels in (
        ("train", {"b": "per:age", "a": "per:title"}),
        ("dev", {"d": "org:members"}),
        ("test", {}),
    ):
        write(folder / f"{part}_id2label.json", labels)
    splits = read_tacred(folder, "re-tacred")
    assert [s.label for s in splits.train] == ["per:title", "per:age"]
    assert [(s.id, s.label) for s in splits.dev] == [("d", "org:members")]
    assert splits.test == []


def test_held_out_pairs_are_those_of_dev_and_test(folder):
    assert list(held_out_pairs(folder)) == [HeldOutPair("Ada Byron", "poet")] * 3


def test_what_is_missing_is_said_once_with_where_to_get_it(folder):
    (folder / "dev.json").unlink()
    (folder / "test.json").unlink()
    reason = f"{folder}: dev.json, test.json not there; TACRED needs a licence: get LDC2018T24"
    with pytest.raises(InputError, match=re.escape(reason)):
        read_tacred(folder)
    with pytest.raises(InputError, match=re.escape(reason)):
        list(held_out_pairs(folder))


def test_a_relabelling_that_is_not_there_is_named(folder):
    with pytest.raises(InputError, match=r"dev_patch\.json or patch/dev_patch\.json"):
        read_tacred(folder, "tacrev")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"subj_end": 6}, "subj_start 0, subj_end 6 is outside"),
        ({"obj_start": 4}, "obj_start 4, obj_end 3 is outside"),
        ({"relation": "title"}, "unknown relation 'title'"),
        ({"token": "Ada"}, "Expected 'array', got 'str' at token"),
    ],
)
def test_a_wrong_record_is_refused_with_its_number(tmp_path, change, reason):
    path = write(tmp_path / "dev.json", [row("a"), row("b", **change)])
    with pytest.raises(InputError, match=re.escape(reason)) as error:
        read_sentences(path)
    assert "dev.json: record 1" in str(error.value)


@pytest.mark.parametrize(
    ("labels", "reason"),
    [({"x": "per:age"}, "id x: dev.json has no such"), ({"c": "age"}, "id c: unknown relation")],
)
def test_a_relabelling_of_other_sentences_is_refused(folder, labels, reason):
    write(folder / "train_id2label.json", {"a": "per:title"})
    write(folder / "dev_id2label.json", labels)
    with pytest.raises(InputError, match=re.escape(f"dev_id2label.json: {reason}")):
        read_tacred(folder, "re-tacred")
