"""Which documents and relations stay: the filters of paper 4.1, the fractions of Figures 4 and 5.

Relations are sampled after the filters: the curve of Figure 4 then compares the same documents. All
of a shard's documents are filtered at once, as columns.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.config import require
from pipeline.documents.sampling import draw
from pipeline.errors import InputError
from pipeline.progress import Counts

DROPS = (  # of several the first
    "not_sampled",
    "few_entities",
    "many_entities",
    "few_triples",
    "many_triples",
    "no_sampled_relation",
)

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


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


class Triples:
    """The triples of a shard, sorted by document, head, tail and property: a column each.

    `stated`: Wikidata has the claim itself. `intra`: some sentence mentions both. `leaked`: a
    benchmark tests the pair.
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.doc, self.head, self.tail, self.property = (
            table[name].to_numpy() for name in ("doc", "head", "tail", "property")
        )
        self.stated, self.intra, self.leaked = (
            table[name].to_numpy() for name in ("stated", "intra", "leaked")
        )


def sample_relations(triples: Triples, config: AnnotateConfig) -> Mask:
    """Return which triples may be used: not leaked, and of a sampled relation (Figure 4)."""
    allowed: Mask = ~triples.leaked
    if config.relation_fraction == 1:
        return allowed
    numbers, relation = np.unique(triples.property, return_inverse=True)
    draws = np.array([draw(config.seed, f"P{number}") for number in numbers.tolist()])
    is_sampled: Mask = draws < config.relation_fraction
    return allowed & is_sampled[relation]


def choose_documents(
    doc_ids: pa.ChunkedArray,
    num_entities: Numbers,
    triples: Triples,
    sampled: Mask,
    config: AnnotateConfig,
) -> npt.NDArray[np.str_]:
    """Return why each document is dropped, "" if it is kept.

    Args:
        doc_ids: Name the documents in the draw of `document_fraction`.
        num_entities: How many of their entities have an item, as all entities of the paper have.
        triples: Their triples.
        sampled: Of the triples those that may be used.
        config: The filters.
    """
    number = len(num_entities)
    num_triples = np.bincount(triples.doc[~triples.leaked], minlength=number)
    num_sampled = np.bincount(triples.doc[sampled], minlength=number)
    outside = np.zeros(number, np.bool_)
    if config.document_fraction < 1:
        draws = [draw(config.seed, doc_id) for doc_id in doc_ids.to_pylist()]
        outside = np.array(draws) >= config.document_fraction
    max_entities, max_triples = (
        np.inf if limit is None else limit for limit in (config.max_entities, config.max_triples)
    )
    reasons = [
        outside,
        num_entities < config.min_entities,
        num_entities > max_entities,
        num_triples < config.min_triples,
        num_triples > max_triples,
        num_sampled == 0,
    ]
    return np.select(reasons, DROPS, "")


def count_triples(triples: Triples, sampled: Mask, drops: npt.NDArray[np.str_]) -> Counts:
    """Return the counts of documents and triples: in both groups `in` is `out` and all reasons."""
    kept = drops == ""
    dropped = Counter(drops.tolist())
    stays = kept[triples.doc]
    allowed, written = ~triples.leaked, sampled & stays
    leaked = np.flatnonzero(triples.leaked)
    ends = [column[leaked] for column in (triples.doc, triples.head, triples.tail)]
    new_pair = np.any([np.diff(column, prepend=-1) != 0 for column in ends], axis=0)
    relations, sizes = np.unique(triples.property[written], return_counts=True)
    return {
        "documents.in": len(drops),
        "documents.out": int(kept.sum()),
        **{f"documents.{reason}": dropped[reason] for reason in DROPS},
        "triples.in": len(allowed),
        "triples.out": int(written.sum()),
        "triples.leaked": len(leaked),
        "triples.of_dropped": int((allowed & ~stays).sum()),
        "triples.not_sampled": int((allowed & ~sampled & stays).sum()),
        "pairs.leaked": int(new_pair.sum()),
        "kept.triples_intra": int(triples.intra[written].sum()),
        "kept.triples_completed": int((~triples.stated)[written].sum()),
        **{
            f"relation.P{relation}": int(size)
            for relation, size in zip(relations, sizes, strict=True)
        },
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
