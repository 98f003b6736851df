from pathlib import Path

import pytest
from small_tokenizers import write_byte_level, write_minilm
from small_world import make_document, write_corpus, write_index

from pipeline.documents.encode import load_tokenizer
from pipeline.errors import InputError
from pipeline.io import list_shards, read_json, read_rows, read_table, write_shard
from pipeline.records.encoded import ENCODED, RELATIONS
from pipeline.records.triples import TRIPLES
from stages.shard import main

ROOT = Path(__file__).resolve().parents[2]
PARAMS = """
shard:
  max_tokens: {max_tokens}
  held_out_fraction: 0.3
  documents_per_shard: 8
  seed: 42
"""
STORY = [
    [("Ada Lovelace", 0, 1), "lives in", ("Rome", 1, 2)],
    [("Italy", 2, 3), "pays", ("Zoë", 3, None), "and", ("Ada", 0, 1)],
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERICA_WORKERS", "1")
    make_project(tmp_path)
    return tmp_path


def make_project(folder, shards=3):
    """12 pages of two documents each; every fifth document is dropped by `annotate`."""
    folder.mkdir(exist_ok=True)
    write_params(folder, 510)
    documents = [make_document(f"{i // 2}-{i % 2}", STORY, page_id=i // 2) for i in range(24)]
    size = 24 // shards
    parts = [documents[i : i + size] for i in range(0, 24, size)]
    write_corpus(folder / "data", parts)
    for number, part in enumerate(parts):
        rows = [make_triples(row["doc_id"]) for row, _ in part]
        write_shard(folder / f"data/annotate/shard_{number:05d}.parquet", rows, TRIPLES)
    write_index(
        folder / "data/index/wikidata.duckdb",
        properties=[(17, "country", "wikibase-item", None, False)],
    )
    write_minilm(folder / "data/encoders/base")


def make_triples(doc_id):
    page, number = map(int, doc_id.split("-"))
    if (2 * page + number) % 5 == 0:
        return {"doc_id": doc_id, "drop": "few_entities", "triples": [], "ignored": []}
    facts = [(0, 1, 551, True), (1, 2, 17, False)]
    triples = [
        dict(zip(("head", "tail", "property", "intra"), fact, strict=True)) for fact in facts
    ]
    return {"doc_id": doc_id, "drop": "", "triples": triples, "ignored": [{"head": 2, "tail": 0}]}


def write_params(folder, max_tokens):
    (folder / "params.yaml").write_text(PARAMS.format(max_tokens=max_tokens), "utf-8")


def output(folder):
    report = folder / "data/reports/shard.json"
    files = [report, *sorted(p for p in (folder / "data/shard").rglob("*") if p.is_file())]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def read_part(name):
    return [
        r for shard in list_shards(Path("data/shard") / name) for r in read_rows(shard, ENCODED)
    ]


@pytest.mark.parametrize("write_encoder", [write_minilm, write_byte_level])
def test_shard_writes_both_parts_and_the_relations(project, write_encoder):
    tokenizer = load_tokenizer(write_encoder(Path("data/encoders/base")))
    main()
    train, heldout = read_part("train"), read_part("heldout")
    assert len(train) + len(heldout) == 19
    assert not {row["page_id"] for row in train} & {row["page_id"] for row in heldout}
    assert len(read_rows(Path("data/shard/train/shard_00000.parquet"), ENCODED)) == 8
    row = train[0]
    surfaces = [
        tokenizer.decode(row["input_ids"][start:end]).strip().lower()
        for start, end in zip(row["mention_start"], row["mention_end"], strict=True)
    ]
    names = ["ada lovelace", "rome", "italy", "zoë", "ada"]
    assert surfaces[:3] + surfaces[4:] == names[:3] + names[4:]
    assert row["entity_item"] == [1, 2, 3, None]
    relations = read_table(Path("data/shard/relations.parquet"), RELATIONS)
    assert relations["name"].to_pylist() == ["country", "P551"]
    assert relations["count"].to_pylist() == [len(train)] * 2
    assert list(zip(row["head"], row["relation"], row["tail"], row["intra"], strict=True)) == [
        (0, 1, 1, True),
        (1, 0, 2, False),
    ]
    assert (row["ignored_head"], row["ignored_tail"]) == ([2], [0])
    report = read_json(Path("data/reports/shard.json"))
    assert report["documents"]["in"] == report["documents"]["out"] == 19
    assert report["train"]["documents"] == len(train)
    assert report["relations_without_name"] == 1
    assert report["statistics"]["entities_per_document"] == {"here": 4.0, "paper": 12.9}


def test_result_does_not_depend_on_the_input_shards(project, monkeypatch):
    main()
    whole = output(project)
    other = project / "other"
    make_project(other, shards=2)
    monkeypatch.chdir(other)
    main()
    assert output(other) == whole


def test_errors_are_one_line_and_leave_the_previous_output_alone(project):
    main()
    before = output(project)
    write_params(project, 1000)
    with pytest.raises(InputError, match=r"shard\.max_tokens: the encoder has 512 positions"):
        main()
    write_params(project, 510)
    for number in range(3):
        rows = read_rows(Path(f"data/annotate/shard_{number:05d}.parquet"), TRIPLES)
        dropped = [{**row, "drop": "few_triples", "triples": [], "ignored": []} for row in rows]
        write_shard(Path(f"data/annotate/shard_{number:05d}.parquet"), dropped, TRIPLES)
    with pytest.raises(
        InputError, match=r"no document is left to train on \(annotate few_triples 24\)"
    ):
        main()
    assert output(project) == before
