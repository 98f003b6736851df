"""Distant supervision: the relations between the entities of a document, from Wikidata (paper 4.1).

All claims between two entities of a document become triples, unless a benchmark tests the pair.
The reverse of a claim counts where Wikidata states it; `reverse: completed` also infers it from the
property, which may be symmetric (P47, shares border with) or have an inverse (P36 and P1376).
"""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.io import check_aligned, read_table, write_table
from pipeline.memory import pause_garbage_collection
from pipeline.progress import Counts
from pipeline.records.documents import DOCUMENTS
from pipeline.records.linked import LINKED
from pipeline.records.triples import PAIR, TRIPLE, TRIPLES
from pipeline.structs import name_fields, nest_rows
from pipeline.triples.corpus import open_corpus, read_queries
from pipeline.triples.filters import (
    AnnotateConfig,
    Triples,
    choose_documents,
    count_triples,
    sample_relations,
)
from pipeline.triples.leakage import normalise_name

LINKED_COLUMNS = [
    "doc_id",
    *name_fields("entities", "item"),
    *name_fields("mentions", "start", "end", "entity", "sentence"),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnotateTask:
    """One shard: its documents and entities, the database of `build_corpus`, and its output."""

    documents: Path
    linked: Path
    corpus: Path
    out: Path
    config: AnnotateConfig


def annotate_shard(task: AnnotateTask) -> Counts:
    """Write the triples of one shard; return its counts."""
    with pause_garbage_collection():
        return _annotate_shard(task)


def _annotate_shard(task: AnnotateTask) -> Counts:
    documents = read_table(task.documents, DOCUMENTS, ["doc_id", "text"])
    linked = read_table(task.linked, LINKED, LINKED_COLUMNS)
    check_aligned(task.linked, linked, documents)
    texts: list[str] = documents["text"].to_pylist()
    with open_corpus(task.corpus) as connection:
        triples, ignored = find_triples(connection, linked, texts)
    items = _count_items(linked)
    sampled = sample_relations(triples, task.config)
    drops = choose_documents(linked["doc_id"], items, triples, sampled, task.config)
    kept = drops == ""
    written = sampled & kept[triples.doc]
    counts = count_triples(triples, sampled, drops)
    counts["kept.words"] = sum(len(text.split()) for text in itertools.compress(texts, kept))
    counts["kept.entities_with_item"] = int(items[kept].sum())
    for name in ("entities", "mentions"):
        sizes = pc.list_value_length(linked[name]).to_numpy()
        counts[f"kept.{name}"] = int(sizes[kept].sum())
    ignored = ignored.filter(pa.array(kept[ignored["doc"].to_numpy()]))
    counts["kept.pairs_ignored"] = len(ignored)
    columns = [
        linked["doc_id"],
        pa.array(drops.tolist(), pa.string()),
        _nest(triples.table.filter(pa.array(written)), TRIPLE, len(texts)),
        _nest(ignored, PAIR, len(texts)),
    ]
    write_table(task.out, pa.Table.from_arrays(columns, schema=TRIPLES))
    return counts


def _nest(rows: pa.Table, kind: Any, num_documents: int) -> pa.ListArray:
    """Return rows that are sorted by document as a list for each document."""
    sizes = np.bincount(rows["doc"], minlength=num_documents)
    columns = [rows[field.name].combine_chunks() for field in kind]
    return nest_rows(np.cumsum([0, *sizes]), columns, kind)


def _count_items(linked: pa.Table) -> npt.NDArray[np.int64]:
    entities = linked["entities"].combine_chunks()
    has_item = entities.flatten().field("item").is_valid()
    documents = pc.list_parent_indices(entities).filter(has_item)
    return np.bincount(documents.to_numpy(), minlength=len(linked))


def find_triples(connection: Any, linked: pa.Table, texts: list[str]) -> tuple[Triples, pa.Table]:
    """Find the claims between the entities of each document, and the pairs that a benchmark tests.

    Args:
        connection: The database of `build_corpus`.
        linked: Rows of `LINKED`.
        texts: The text of each row.

    Returns:
        The triples, leaked ones marked, by document, head, tail and property; and the ordered pairs
        to ignore (`doc`, `head`, `tail`), in that order.
    """
    queries = read_queries()
    documents = pa.array(range(len(texts)), pa.int32())
    connection.register("linked", linked.append_column("doc", documents))
    connection.register(
        "mention_keys", _find_keys(connection, queries["surface_keys"], linked, texts)
    )
    for name in ("entities", "mentions", "candidates", "entity_keys", "leaked", "together"):
        connection.execute(queries[name])
    triples = connection.sql(queries["triples"]).to_arrow_table()
    return Triples(triples), connection.sql(queries["ignored"]).to_arrow_table()


def _find_keys(connection: Any, query: str, linked: pa.Table, texts: list[str]) -> pa.Table:
    """Return document, entity number and key of each mention whose name a benchmark has."""
    mentions = linked["mentions"].combine_chunks()
    documents = pc.list_parent_indices(mentions)
    flat = mentions.flatten()
    columns = (documents, flat.field("start"), flat.field("end"))
    surfaces = [
        texts[document][start:end]
        for document, start, end in zip(*(c.to_pylist() for c in columns), strict=True)
    ]
    distinct = list(dict.fromkeys(surfaces))
    names = [distinct, list(map(normalise_name, distinct))]
    schema = pa.schema([("surface", pa.string()), ("name", pa.string())])
    connection.register("surfaces", pa.table(names, schema=schema))
    found = dict(connection.execute(query).fetchall())
    keys = pa.array([found.get(surface) for surface in surfaces], pa.int32())
    table = pa.table(
        {"doc": documents.cast(pa.int32()), "number": flat.field("entity"), "key": keys}
    )
    return table.filter(keys.is_valid())
