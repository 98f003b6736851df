import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_linking import make_rows, write_corpus

from pipeline.entities.evidence import NO_MENTIONS, Mentions
from pipeline.entities.linking import Rows
from pipeline.entities.tagged import TaggedDocument, read_tagged
from pipeline.errors import InputError
from pipeline.records.linked import LINKED
from pipeline.records.mentions import MENTIONS


def make_mentions(*rows):
    return Mentions(*zip(*rows, strict=True)) if rows else NO_MENTIONS


def make_sentences(*documents):
    rows = [[{"start": start, "end": start + 1} for start in starts] for starts in documents]
    return pa.array(rows, MENTIONS.field("sentences").type)


def test_linking_reads_documents_with_their_names(tmp_path):
    write_corpus(tmp_path, shard_size=5)
    shard = "shard_00000.parquet"
    found, sentences = read_tagged(tmp_path / "data/parse" / shard, tmp_path / "data/ner" / shard)
    documents, mentions = make_rows()
    assert sentences.to_pylist() == [names["sentences"] for names in mentions]
    for document, row, names in zip(found, documents, mentions, strict=True):
        assert (document.doc_id, document.title, document.text) == (
            row["doc_id"],
            row["title"],
            row["text"],
        )
        assert document.links == [tuple(link.values()) for link in row["links"]]
        assert document.tagged == [tuple(name.values()) for name in names["mentions"]]


def test_linking_refuses_names_of_other_documents(tmp_path):
    write_corpus(tmp_path, shard_size=2)
    with pytest.raises(InputError, match=r"shard_00001\.parquet: made from other documents"):
        read_tagged(
            tmp_path / "data/parse/shard_00000.parquet", tmp_path / "data/ner/shard_00001.parquet"
        )


def test_linking_numbers_entities_by_first_mention():
    rows = Rows()
    document = TaggedDocument("1-0", "T", "Oda met Ada. Oda left.", [], [])
    rows.add(
        document,
        make_mentions(
            (0, 3, 2, "link", 1.0, ""),
            (8, 11, "Ada", "unlinked", 0.0, "PERSON"),
            (13, 16, 2, "repeat", 0.5, "GPE"),
        ),
    )
    rows.add(TaggedDocument("2-0", "T", "", [], []), NO_MENTIONS)
    table = rows.to_table(make_sentences([0, 13], []))
    assert table.schema.equals(LINKED, check_metadata=True)
    first, second = table.to_pylist()
    assert first["entities"] == [
        {"item": 2, "name": "Oda", "label": "GPE"},
        {"item": None, "name": "Ada", "label": "PERSON"},
    ]
    assert [m["entity"] for m in first["mentions"]] == [0, 1, 0]
    assert [m["sentence"] for m in first["mentions"]] == [0, 0, 1]
    assert second == {"doc_id": "2-0", "entities": [], "mentions": []}


def test_linking_of_several_labels_the_most_frequent_then_the_first():
    rows = Rows()
    labels = ["", "ORG", "GPE", "", "", "", "GPE", "ORG"]
    mentions = [(at, at + 1, 2, "name", 0.5, label) for at, label in enumerate(labels)]
    rows.add(TaggedDocument("1-0", "T", "abcdefgh", [], []), make_mentions(*mentions))
    (row,) = rows.to_table(make_sentences([0])).to_pylist()
    assert row["entities"][0]["label"] == "ORG"


def test_linking_an_empty_shard_is_a_table():
    table = Rows().to_table(make_sentences())
    assert table.num_rows == 0
    assert table.schema.equals(LINKED, check_metadata=True)


PLACES = st.lists(st.integers(0, 9), unique=True).map(sorted)


@given(st.lists(st.tuples(PLACES, PLACES), max_size=4))
def test_linking_finds_the_last_sentence_that_begins_before_a_mention_else_the_first(documents):
    rows = Rows()
    for _, starts in documents:
        mentions = [(start, start + 1, 2, "name", 0.5, "GPE") for start in starts]
        rows.add(TaggedDocument("1-0", "T", "0123456789", [], []), make_mentions(*mentions))
    table = rows.to_table(make_sentences(*[begins for begins, _ in documents]))
    for row, (begins, starts) in zip(table.to_pylist(), documents, strict=True):
        before = [sum(begin <= start for begin in begins) for start in starts]
        assert [m["sentence"] for m in row["mentions"]] == [max(number - 1, 0) for number in before]
