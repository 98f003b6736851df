"""Distant supervision: the relations between the entities of a document, from Wikidata (paper 4.1).

All claims between two entities of a document become triples, unless a benchmark tests the pair.
The reverse of a claim counts where Wikidata states it; `reverse: completed` also infers it from the
property, which may be symmetric (P47, shares border with) or have an inverse (P36 and P1376).
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.config import require
from pipeline.documents.sampling import draw
from pipeline.errors import InputError
from pipeline.io import check_aligned, read_table, write_shard
from pipeline.memory import pause_garbage_collection
from pipeline.progress import Counts, add_counts
from pipeline.records.documents import DOCUMENTS
from pipeline.records.linked import LINKED
from pipeline.records.triples import TRIPLES
from pipeline.triples.corpus import open_corpus, read_queries
from pipeline.triples.leakage import normalise_name

DROPS = (
    "not_sampled",
    "few_entities",
    "many_entities",
    "few_triples",
    "many_triples",
    "no_sampled_relation",
)
COUNTERS = (
    "documents.in",
    "documents.out",
    *(f"documents.{reason}" for reason in DROPS),
    "triples.in",
    "triples.out",
    "triples.leaked",
    "triples.of_dropped",
    "triples.not_sampled",
    "pairs.leaked",
    "kept.words",
    "kept.entities",
    "kept.entities_with_item",
    "kept.mentions",
    "kept.pairs_ignored",
    "kept.triples_intra",
    "kept.triples_completed",
)

Triple = dict[str, Any]  # doc, head, tail, property, stated, intra, leaked
Pair = dict[str, int]  # doc, head, tail


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnotateConfig:
    """Parameters of `annotate`: which claims count, and which documents are kept."""

    claims: Literal["best", "all"]
    reverse: Literal["stated", "completed"]  # of symmetric properties and those with an inverse
    min_entities: int
    min_triples: int
    max_entities: int | None
    max_triples: int | None
    relation_fraction: float
    document_fraction: float
    seed: int

    def __post_init__(self) -> None:
        for kind in ("entities", "triples"):
            low, high = getattr(self, f"min_{kind}"), getattr(self, f"max_{kind}")
            require(low >= 1, f"min_{kind}: must be at least 1, got {low}")
            require(
                high is None or high >= low,
                f"max_{kind}: must be null or at least min_{kind} ({low}), got {high}",
            )
        for name in ("relation_fraction", "document_fraction"):
            value = getattr(self, name)
            require(0 < value <= 1, f"{name}: must be above 0 and at most 1, got {value}")


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnotateTask:
    """One shard: its documents and entities, the database of `build_corpus`, and its output."""

    documents: Path
    linked: Path
    corpus: Path
    out: Path
    config: AnnotateConfig


def annotate_shard(task: AnnotateTask) -> Counts:
    """Write the triples of one shard; return its counts.

    In the groups `documents` and `triples`, `in` is `out` and all reasons together.
    """
    with pause_garbage_collection():
        return _annotate_shard(task)


def _annotate_shard(task: AnnotateTask) -> Counts:
    documents = read_table(task.documents, DOCUMENTS, ["doc_id", "text"])
    linked = read_table(task.linked, LINKED)
    check_aligned(task.linked, linked, documents)
    texts: list[str] = documents["text"].to_pylist()
    with open_corpus(task.corpus) as connection:
        triples, ignored = find_triples(connection, linked, texts)
    counts = dict.fromkeys(COUNTERS, 0)
    rows = []
    items = _count_items(linked)
    for number, doc_id in enumerate(linked["doc_id"].to_pylist()):
        row, part = keep_or_drop(
            doc_id, int(items[number]), triples[number], ignored[number], task.config
        )
        rows.append(row)
        add_counts(counts, part)
    kept = np.array([not row["drop"] for row in rows], np.bool_)
    counts["kept.words"] = sum(
        len(text.split()) for text, stays in zip(texts, kept, strict=True) if stays
    )
    counts["kept.entities_with_item"] = int(items[kept].sum())
    for name in ("entities", "mentions"):
        sizes = pc.list_value_length(linked[name]).to_numpy()
        counts[f"kept.{name}"] = int(sizes[kept].sum())
    write_shard(task.out, rows, TRIPLES)
    return counts


def _count_items(linked: pa.Table) -> npt.NDArray[np.int64]:
    entities = linked["entities"].combine_chunks()
    has_item = entities.flatten().field("item").is_valid()
    documents = pc.list_parent_indices(entities).filter(has_item)
    return np.bincount(documents.to_numpy(), minlength=len(linked))


def find_triples(
    connection: Any, linked: pa.Table, texts: list[str]
) -> tuple[list[list[Triple]], list[list[Pair]]]:
    """Find the claims between the entities of each document, and the pairs that a benchmark tests.

    Args:
        connection: The database of `build_corpus`.
        linked: Rows of `LINKED`.
        texts: The text of each row.

    Returns:
        For each row its triples, leaked ones marked, by head, tail and property; and the ordered
        pairs to ignore, by head and tail.
    """
    queries = read_queries()
    documents = pa.array(range(len(texts)), pa.int32())
    connection.register("linked", linked.append_column("doc", documents))
    connection.register("surfaces", _name_mentions(linked, texts))
    for name in ("entities", "mentions", "candidates", "entity_keys", "leaked", "together"):
        connection.execute(queries[name])
    triples: list[list[Triple]] = [[] for _ in texts]
    for triple in connection.sql(queries["triples"]).to_arrow_table().to_pylist():
        triples[triple["doc"]].append(triple)
    ignored: list[list[Pair]] = [[] for _ in texts]
    for pair in connection.sql(queries["ignored"]).to_arrow_table().to_pylist():
        ignored[pair["doc"]].append(pair)
    return triples, ignored


def _name_mentions(linked: pa.Table, texts: list[str]) -> pa.Table:
    """Return document, entity number and normalised name of every mention."""
    mentions = linked["mentions"].combine_chunks()
    documents = pc.list_parent_indices(mentions)
    flat = mentions.flatten()
    columns = (documents, flat.field("start"), flat.field("end"))
    surfaces = [
        texts[document][start:end]
        for document, start, end in zip(*(c.to_pylist() for c in columns), strict=True)
    ]
    keys = {surface: normalise_name(surface) for surface in set(surfaces)}
    names = [keys[surface] for surface in surfaces]
    return pa.table(
        {
            "doc": documents.cast(pa.int32()),
            "number": flat.field("entity"),
            "name": pa.array(names, pa.string()),
        }
    )


def keep_or_drop(
    doc_id: str,
    num_entities: int,
    triples: list[Triple],
    ignored: list[Pair],
    config: AnnotateConfig,
) -> tuple[dict[str, Any], Counts]:
    """Apply the filters of paper 4.1 and the fractions of Figures 4 and 5 to one document.

    Relations are sampled after the filters: the curve of Figure 4 then compares the same documents.

    Args:
        doc_id: Names the document in the draw of `document_fraction`.
        num_entities: How many of its entities have an item, as all entities of the paper have.
        triples: Its triples, leaked ones marked.
        ignored: Its pairs that a benchmark tests.
        config: The filters.

    Returns:
        A row of `TRIPLES`, and counts.
    """
    allowed = [triple for triple in triples if not triple["leaked"]]
    sampled = [
        triple
        for triple in allowed
        if config.relation_fraction == 1
        or draw(config.seed, f"P{triple['property']}") < config.relation_fraction
    ]
    drop = ""
    if config.document_fraction < 1 and draw(config.seed, doc_id) >= config.document_fraction:
        drop = "not_sampled"
    elif num_entities < config.min_entities:
        drop = "few_entities"
    elif config.max_entities is not None and num_entities > config.max_entities:
        drop = "many_entities"
    elif len(allowed) < config.min_triples:
        drop = "few_triples"
    elif config.max_triples is not None and len(allowed) > config.max_triples:
        drop = "many_triples"
    elif not sampled:
        drop = "no_sampled_relation"
    counts = {
        "documents.in": 1,
        "triples.in": len(triples),
        "triples.leaked": len(triples) - len(allowed),
        "pairs.leaked": len({(t["head"], t["tail"]) for t in triples if t["leaked"]}),
    }
    row = {"doc_id": doc_id, "drop": drop, "triples": sampled, "ignored": ignored}
    if drop:
        counts |= {f"documents.{drop}": 1, "triples.of_dropped": len(allowed)}
        return row | {"triples": [], "ignored": []}, counts
    return row, {
        **counts,
        "documents.out": 1,
        "triples.out": len(sampled),
        "triples.not_sampled": len(allowed) - len(sampled),
        "kept.triples_intra": sum(triple["intra"] for triple in sampled),
        "kept.triples_completed": sum(not triple["stated"] for triple in sampled),
        "kept.pairs_ignored": len(ignored),
        **Counter(f"relation.P{triple['property']}" for triple in sampled),
    }


def check_not_empty(counts: Counts) -> None:
    """Check that some document is kept.

    Raises:
        InputError: None is; the message says which filter dropped how many.
    """
    if counts["documents.out"]:
        return
    dropped = ", ".join(
        f"{reason} {counts[f'documents.{reason}']}"
        for reason in DROPS
        if counts[f"documents.{reason}"]
    )
    raise InputError(
        f"annotate: none of {counts['documents.in']} documents is kept ({dropped or 'no input'}); "
        "lower annotate.min_entities or annotate.min_triples, or give it more pages or more of "
        "Wikidata"
    )
