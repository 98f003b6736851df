import json

import pytest

from pipeline.benchmarks.readers.docred import (
    held_out_pairs,
    read_docred,
    read_documents,
    read_relations,
)
from pipeline.errors import InputError
from pipeline.triples.leakage import HeldOutPair


def change(path, function):
    value = json.loads(path.read_text("utf-8"))
    function(value)
    path.write_text(json.dumps(value), "utf-8")


def test_sets_and_relations_are_read(docred_folder):
    splits = read_docred(docred_folder)
    assert (len(splits.train), len(splits.dev), len(splits.test)) == (20, 6, 6)
    document = splits.dev[0]
    assert document.entities[1][1].sentence == 1
    assert [fact.relation for fact in document.facts] == ["P19", "P17", "P27"]
    assert list(read_relations(docred_folder)) == ["P17", "P19", "P27"]


def test_the_official_test_set_has_no_labels(docred_folder):
    change(docred_folder / "test.json", lambda docs: [d.pop("labels") for d in docs])
    assert read_docred(docred_folder).test[0].facts is None
    change(docred_folder / "dev.json", lambda docs: docs[3].pop("labels"))
    with pytest.raises(InputError, match=r"dev\.json: record 3: no labels"):
        read_docred(docred_folder)


def test_re_docred_names_are_accepted(docred_folder):
    for name, other in (("train_annotated", "train"), ("dev", "dev"), ("test", "test")):
        (docred_folder / f"{name}.json").rename(docred_folder / f"{other}_revised.json")
    assert len(read_docred(docred_folder).train) == 20


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (lambda d: d[2].pop("sents"), "record 2: Object missing required field 'sents'"),
        (lambda d: d[1]["vertexSet"][0][0].update(pos=[0, "2"]), r"record 1: Expected 'int'"),
        (lambda d: d[1]["vertexSet"][0][0].update(pos=[0, 9]), r"record 1 .* outside of its sent"),
        (lambda d: d[1]["vertexSet"][0][0].update(sent_id=2), "there is no sentence 2"),
        (lambda d: d[0]["labels"][0].update(t=3), "record 0 .* label 0: there is no entity 3"),
        (lambda d: d[0]["vertexSet"].append([]), "entity 3 has no mention"),
    ],
)
def test_wrong_files_are_refused_with_the_record(docred_folder, fault, message):
    change(docred_folder / "dev.json", fault)
    with pytest.raises(InputError, match=rf"dev\.json: {message}|dev\.json.*{message}"):
        read_docred(docred_folder)


def test_partial_and_missing_files_are_refused(docred_folder):
    path = docred_folder / "dev.json"
    text = json.dumps(json.loads(path.read_text("utf-8")), indent=1)
    path.write_text(text[: len(text) // 2], "utf-8")
    with pytest.raises(InputError, match=r"dev\.json:\d+: the JSON ends too early"):
        read_documents(path)
    path.write_text(text.replace('"title"', "title", 1), "utf-8")
    with pytest.raises(InputError, match=r"dev\.json:3: not valid JSON"):
        read_documents(path)
    path.write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        read_documents(path)
    path.unlink()
    with pytest.raises(InputError, match=r"expected the file dev\.json or dev_revised\.json"):
        read_docred(docred_folder)


def test_held_out_pairs_are_facts_where_labelled_and_all_pairs_where_not(docred_folder):
    change(docred_folder / "dev.json", lambda docs: docs.__delitem__(slice(1, None)))
    change(docred_folder / "test.json", lambda docs: docs.__delitem__(slice(None)))
    document = read_docred(docred_folder).dev[0]
    person, place, country = (entity[0].name for entity in document.entities)
    expected = [HeldOutPair(person, place), HeldOutPair(person, country)]
    assert list(held_out_pairs(docred_folder)) == [*expected, HeldOutPair(place, country)]
    change(docred_folder / "test.json", lambda docs: docs.append(strip(document)))
    assert len(list(held_out_pairs(docred_folder))) == 3 + 6


def strip(document):
    mentions = [
        [{"name": m.name, "pos": m.span, "sent_id": m.sentence} for m in entity]
        for entity in document.entities
    ]
    return {"title": "t", "sents": document.sentences, "vertexSet": mentions}


@pytest.mark.real
def test_official_counts(shared):
    folder = shared / "data" / "benchmarks" / "docred"
    documents = read_documents(folder / "re_docred_dev.json")
    assert len(documents) == 500
    assert sum(len(document.facts) for document in documents) == 17_284
    unlabelled = read_documents(folder / "docred_test_unlabelled.json")
    assert len(unlabelled) == 1_000
    assert all(document.facts is None for document in unlabelled)
    assert len(read_relations(folder)) == 96
