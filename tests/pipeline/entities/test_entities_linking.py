import pyarrow as pa
import pytest
from small_linking import make_rows, write_corpus

from pipeline.entities.evidence import Mention
from pipeline.entities.linking import Rows
from pipeline.entities.tagged import TaggedDocument, read_tagged
from pipeline.errors import InputError
from pipeline.records.linked import LINKED


def test_linking_reads_documents_with_their_names(tmp_path):
    write_corpus(tmp_path, shard_size=5)
    shard = "shard_00000.parquet"
    found = read_tagged(tmp_path / "data/parse" / shard, tmp_path / "data/ner" / shard)
    documents, mentions = make_rows()
    for document, row, names in zip(found, documents, mentions, strict=True):
        assert (document.doc_id, document.title, document.text) == (
            row["doc_id"],
            row["title"],
            row["text"],
        )
        assert document.links == [tuple(link.values()) for link in row["links"]]
        assert document.tagged == [tuple(name.values()) for name in names["mentions"]]
        assert document.sentences == [span["start"] for span in names["sentences"]]


def test_linking_refuses_names_of_other_documents(tmp_path):
    write_corpus(tmp_path, shard_size=2)
    with pytest.raises(InputError, match=r"shard_00001\.parquet: made from other documents"):
        read_tagged(
            tmp_path / "data/parse/shard_00000.parquet", tmp_path / "data/ner/shard_00001.parquet"
        )


def test_linking_numbers_entities_by_first_mention():
    rows = Rows()
    document = TaggedDocument("1-0", "T", "Oda met Ada. Oda left.", [], [], [0, 13])
    rows.add(
        document,
        [
            Mention(0, 3, 2, "link", 1.0, ""),
            Mention(8, 11, "Ada", "unlinked", 0.0, "PERSON"),
            Mention(13, 16, 2, "repeat", 0.5, "GPE"),
        ],
    )
    rows.add(TaggedDocument("2-0", "T", "", [], [], []), [])
    table = rows.to_table()
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
    labels = ["", "ORG", "GPE", "GPE", "ORG"]
    mentions = [Mention(at, at + 1, 2, "name", 0.5, label) for at, label in enumerate(labels)]
    rows.add(TaggedDocument("1-0", "T", "abcde", [], [], [0]), mentions)
    assert rows.to_table().to_pylist()[0]["entities"][0]["label"] == "ORG"


def test_linking_an_empty_shard_is_a_table():
    assert Rows().to_table().num_rows == 0
    assert isinstance(Rows().to_table(), pa.Table)


@pytest.mark.parametrize("sentences", [[], [4], [0, 8]])
def test_linking_puts_what_stands_before_all_sentences_in_the_first(sentences):
    rows = Rows()
    document = TaggedDocument("1-0", "T", "Oda left.", [], [], sentences)
    rows.add(document, [Mention(0, 3, 2, "name", 0.5, "GPE")])
    (row,) = rows.to_table().to_pylist()
    assert [mention["sentence"] for mention in row["mentions"]] == [0]
