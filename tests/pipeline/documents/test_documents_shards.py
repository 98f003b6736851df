import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tokenizers import write_minilm
from small_world import write_index

from pipeline.documents.encode import load_tokenizer
from pipeline.documents.shards import check_not_empty, list_relations, pack, read_relation_names
from pipeline.errors import InputError
from pipeline.io import list_shards, read_rows, write_shard
from pipeline.records.encoded import ENCODED, RELATIONS


def make_row(number, facts):
    return {
        "doc_id": f"{number}-0",
        "page_id": number,
        "input_ids": list(range(number + 3)),
        "mention_start": [0, 1],
        "mention_end": [1, 3],
        "mention_entity": [0, 1],
        "mention_sentence": [0, 0],
        "entity_item": [number, None],
        "head": [head for head, _, _ in facts],
        "tail": [tail for _, _, tail in facts],
        "relation": [relation for _, relation, _ in facts],
        "intra": [True for _ in facts],
        "ignored_head": [1],
        "ignored_tail": [0],
    }


def make_relations(numbers):
    rows = [
        {"relation": i, "property": number, "name": f"r{number}", "name_ids": [i], "count": 1}
        for i, number in enumerate(numbers)
    ]
    return pa.Table.from_pylist(rows, schema=RELATIONS)


def write_encoded(folder, train, heldout):
    """Write shards as `encode_shard` does: lists of rows of each part."""
    for part, shards in (("train", train), ("heldout", heldout)):
        for number, rows in enumerate(shards):
            write_shard(folder / part / f"shard_{number:05d}.parquet", rows, ENCODED)


def read_part(folder):
    return [row for shard in list_shards(folder) for row in read_rows(shard, ENCODED)]


FACTS = st.lists(
    st.tuples(st.just(0), st.sampled_from([17, 19, 22, 900]), st.just(1)), min_size=1, max_size=4
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(FACTS, max_size=5), min_size=1, max_size=3),
    st.lists(FACTS, max_size=4),
    st.integers(1, 6),
)
def test_pack_keeps_every_row_with_a_known_relation(train, heldout, size):
    numbers = iter(range(100))
    train = [[make_row(next(numbers), facts) for facts in shard] for shard in train]
    heldout = [make_row(next(numbers), facts) for facts in heldout]
    known = sorted({n for shard in train for row in shard for n in row["relation"]})
    with tempfile.TemporaryDirectory() as folder:
        encoded, out = Path(folder) / "encoded", Path(folder) / "out"
        write_encoded(encoded, train, [heldout])
        counts = pack(encoded, out, make_relations(known), size)
        packed = {part: read_part(out / part) for part in ("train", "heldout")}
        sizes = [len(read_rows(shard, ENCODED)) for shard in list_shards(out / "train")]
    expected = [
        {**row, "relation": [known.index(n) for n in row["relation"]]}
        for shard in train
        for row in shard
    ]
    assert packed["train"] == expected
    assert sizes[:-1] == [size] * (len(sizes) - 1)
    assert sizes[-1] <= size
    for row in heldout:
        kept = [known.index(n) for n in row["relation"] if n in known]
        written = [w["relation"] for w in packed["heldout"] if w["doc_id"] == row["doc_id"]]
        assert written == ([kept] if kept else [])
    rows = [*expected, *heldout]
    assert counts["documents.out"] + counts["documents.unseen_relation"] == len(rows)
    assert counts["triples.out"] + counts["triples.unseen_relation"] == sum(
        len(r["head"]) for r in rows
    )
    assert counts["tokens.out"] + counts["tokens.of_dropped"] == sum(
        len(r["input_ids"]) for r in rows
    )
    assert counts["entities.out"] + counts["entities.of_dropped"] == 2 * len(rows)


def test_relations_are_numbered_by_property_and_named_in_tokens(tmp_path):
    encoder = write_minilm(tmp_path / "encoder")
    write_index(
        tmp_path / "i.duckdb",
        properties=[(17, "country", "wikibase-item", None, False), (22, None, "x", None, False)],
    )
    names = read_relation_names(tmp_path / "i.duckdb", tmp_path / "spill")
    assert names == {17: "country"}
    counts = {"train.P22": 2, "train.P17": 5, "heldout.P19": 9, "documents.in": 3}
    rows = list_relations(counts, names, encoder).to_pylist()
    assert [(r["relation"], r["property"], r["name"], r["count"]) for r in rows] == [
        (0, 17, "country", 5),
        (1, 22, "P22", 2),
    ]
    tokenizer = load_tokenizer(encoder)
    assert [tokenizer.decode(r["name_ids"]) for r in rows] == ["country", "p22"]


def test_empty_train_part_is_an_error_that_says_where_documents_went():
    counts = {"documents.in": 3, "documents.no_triples": 2, "heldout.P17": 1}
    check_not_empty({**counts, "train.P17": 1}, {})
    expected = r"\(annotate few_triples 7, shard no_triples 2, held out 1\); lower annotate"
    with pytest.raises(InputError, match=expected):
        check_not_empty(counts, {"": 3, "few_triples": 7})
