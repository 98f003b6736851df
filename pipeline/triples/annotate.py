"""Distant supervision: the relations between the entities of a document, from Wikidata (paper 4.1).

All claims between two entities of a document become triples, unless a benchmark tests the pair.
Inverse and symmetric relations are annotated where Wikidata states them; nothing is inferred.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from pipeline.config import require
from pipeline.documents.sampling import draw
from pipeline.errors import InputError
from pipeline.io import check_aligned, read_table, write_shard
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
    "kept.triples_intra",
)

Triple = dict[str, Any]  # doc, head, tail, property, intra, leaked


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnotateConfig:
    """Parameters of `annotate`: which claims count, and which documents are kept."""

    claims: Literal["best", "all"]
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
    documents = read_table(task.documents, DOCUMENTS, ["doc_id", "text"])
    linked = read_table(task.linked, LINKED)
    check_aligned(task.linked, linked, documents)
    texts: list[str] = documents["text"].to_pylist()
    with open_corpus(task.corpus) as connection:
        found = find_triples(connection, linked, texts)
    by_document: list[list[Triple]] = [[] for _ in texts]
    leaked: set[tuple[int, int, int]] = set()
    for triple in found:
        if triple["leaked"]:
            leaked.add((triple["doc"], triple["head"], triple["tail"]))
        else:
            by_document[triple["doc"]].append(triple)
    counts = dict.fromkeys(COUNTERS, 0)
    counts["triples.in"] = len(found)
    counts["triples.leaked"] = sum(triple["leaked"] for triple in found)
    counts["pairs.leaked"] = len(leaked)
    rows = []
    for text, document, triples in zip(texts, linked.to_pylist(), by_document, strict=True):
        row, part = keep_or_drop(document, triples, task.config)
        rows.append(row)
        add_counts(counts, part)
        if not row["drop"]:
            add_counts(counts, {"kept.words": len(text.split())})
    write_shard(task.out, rows, TRIPLES)
    return counts


def find_triples(connection: Any, linked: pa.Table, texts: list[str]) -> list[Triple]:
    """Return all claims between entities of one document, by document, head, tail and property.

    Args:
        connection: The database of `build_corpus`.
        linked: Rows of `LINKED`.
        texts: The text of each row.
    """
    queries = read_queries()
    connection.register(
        "linked", linked.append_column("doc", pa.array(range(len(texts)), pa.int32()))
    )
    for name in ("entities", "mentions", "candidates"):
        connection.execute(queries[name])
    related = connection.sql(queries["related_mentions"]).to_arrow_table()
    keys: dict[str, str] = {}
    names = []
    for doc, start, end in zip(
        *(related[c].to_pylist() for c in ("doc", "start_char", "end_char")), strict=True
    ):
        surface = texts[doc][start:end]
        names.append(keys.get(surface) or keys.setdefault(surface, normalise_name(surface)))
    connection.register("surfaces", related.append_column("name", pa.array(names, pa.string())))
    for name in ("entity_names", "leaked", "together"):
        connection.execute(queries[name])
    triples: list[Triple] = connection.sql(queries["triples"]).to_arrow_table().to_pylist()
    return triples


def keep_or_drop(
    document: dict[str, Any], triples: list[Triple], config: AnnotateConfig
) -> tuple[dict[str, Any], Counts]:
    """Apply the filters of paper 4.1 and the fractions of Figures 4 and 5 to one document.

    An entity counts for the filters if it has an item, as all entities of the paper have. Relations
    are sampled after the filters: the curve of Figure 4 then compares the same documents.

    Returns:
        A row of `TRIPLES`, and counts.
    """
    num_entities = sum(entity["item"] is not None for entity in document["entities"])
    sampled = [
        triple
        for triple in triples
        if config.relation_fraction == 1
        or draw(config.seed, f"P{triple['property']}") < config.relation_fraction
    ]
    drop = ""
    if draw(config.seed, document["doc_id"]) >= config.document_fraction:
        drop = "not_sampled"
    elif num_entities < config.min_entities:
        drop = "few_entities"
    elif config.max_entities is not None and num_entities > config.max_entities:
        drop = "many_entities"
    elif len(triples) < config.min_triples:
        drop = "few_triples"
    elif config.max_triples is not None and len(triples) > config.max_triples:
        drop = "many_triples"
    elif not sampled:
        drop = "no_sampled_relation"
    row = {"doc_id": document["doc_id"], "drop": drop, "triples": [] if drop else sampled}
    if drop:
        return row, {"documents.in": 1, f"documents.{drop}": 1, "triples.of_dropped": len(triples)}
    return row, {
        "documents.in": 1,
        "documents.out": 1,
        "triples.out": len(sampled),
        "triples.not_sampled": len(triples) - len(sampled),
        "kept.triples_intra": sum(triple["intra"] for triple in sampled),
        "kept.entities": len(document["entities"]),
        "kept.entities_with_item": num_entities,
        "kept.mentions": len(document["mentions"]),
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
