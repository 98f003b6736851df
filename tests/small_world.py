"""A tiny Wikidata index and corpus, in the form of `parse`, `link`, `index` and `heldout`."""

from pathlib import Path

import duckdb

from pipeline.io import write_shard
from pipeline.records.documents import DOCUMENTS
from pipeline.records.linked import LINKED
from pipeline.records.triples import HELD_OUT

INDEX = """
create table items(item uinteger, label varchar);
create table aliases(item uinteger, alias varchar);
create table demonyms(item uinteger, demonym varchar);
create table sitelinks(item uinteger, title varchar);
create table claims(head uinteger, property usmallint, tail uinteger, rank utinyint, best boolean);
create table properties(
  property usmallint, name varchar, datatype varchar, inverse usmallint, "symmetric" boolean
);
create table property_aliases(property usmallint, alias varchar);
"""


def write_index(path, *, items=(), aliases=(), claims=(), properties=()):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("begin")
        connection.execute(INDEX)
        for table, rows in (
            ("items", items),
            ("aliases", aliases),
            ("claims", claims),
            ("properties", properties),
        ):
            if rows:
                marks = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
                values = [value for row in rows for value in row]
                connection.execute(f"insert into {table} values {marks}", values)
        connection.execute("commit")


def make_document(doc_id, sentences, *, page_id=0):
    """Build the rows of one document from sentences of (surface, entity, item) and plain words.

    Entities are numbered by the caller from 0 in order of first mention.
    """
    text, entities, mentions = "", [], []
    for number, sentence in enumerate(sentences):
        for part in sentence:
            text += " " if text else ""
            if isinstance(part, str):
                text += part
                continue
            surface, entity, item = part
            if entity == len(entities):
                entities.append({"item": item, "name": surface, "label": ""})
            mentions.append(
                {
                    "start": len(text),
                    "end": len(text) + len(surface),
                    "entity": entity,
                    "sentence": number,
                    "reason": "link",
                    "confidence": 1.0,
                }
            )
            text += surface
        text += "."
    document = {"doc_id": doc_id, "page_id": page_id, "title": "T", "text": text, "links": []}
    return document, {"doc_id": doc_id, "entities": entities, "mentions": mentions}


def write_corpus(folder: Path, shards):
    """Write lists of `make_document` results as the shards of data/parse and data/link."""
    for number, rows in enumerate(shards):
        name = f"shard_{number:05d}.parquet"
        write_shard(folder / "parse" / name, [row[0] for row in rows], DOCUMENTS)
        write_shard(folder / "link" / name, [row[1] for row in rows], LINKED)


def write_held_out(path, pairs):
    """Write (head, tail, head_item, tail_item) rows; names must be normalised."""
    names = ("head", "tail", "head_item", "tail_item")
    rows = [{"benchmark": "b", **dict(zip(names, pair, strict=True))} for pair in pairs]
    write_shard(path, rows, HELD_OUT)
