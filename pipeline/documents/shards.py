"""Number the relations of the corpus and pack its encoded documents into shards for training."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.database import connect
from pipeline.documents.encode import COUNTERS, PARTS, load_tokenizer
from pipeline.errors import InputError
from pipeline.io import read_table, shard_name, write_table
from pipeline.progress import Counts, add_counts, nest
from pipeline.records.encoded import ENCODED, RELATIONS
from pipeline.records.triples import TRIPLES
from pipeline.reporting.statistics import describe_corpus

NUM_PROPERTIES = 1 << 16
TRIPLE_COLUMNS = ("head", "tail", "relation", "intra")

Ints = npt.NDArray[np.int64]


def read_relation_names(index: Path, spill: Path) -> dict[int, str]:
    """Return the names of the properties in the Wikidata index, those that have one."""
    connection = connect(index, spill=spill, read_only=True)
    try:
        rows = connection.execute("select property, name from properties where name is not null")
        return dict(rows.fetchall())
    finally:
        connection.close()


def list_relations(counts: Counts, names: dict[int, str], encoder: Path) -> pa.Table:
    """Return the relations of the train part as `RELATIONS`, by property number.

    Args:
        counts: Of `encode_shard`: `train.P17` is the number of triples with P17.
        names: Names by property number; a property without one is called "P17".
        encoder: The encoder's folder, whose tokenizer turns the names into tokens.
    """
    tokenizer = load_tokenizer(encoder)
    rows: list[dict[str, Any]] = []
    for number, count in sorted(read_relation_counts(counts, "train").items()):
        name = names.get(number) or f"P{number}"
        rows.append(
            {
                "relation": len(rows),
                "property": number,
                "name": name,
                "name_ids": tokenizer.encode(name, add_special_tokens=False).ids,
                "count": count,
            }
        )
    return pa.Table.from_pylist(rows, schema=RELATIONS)


def read_relation_counts(counts: Counts, part: str) -> dict[int, int]:
    """Return the triples per property number of one part."""
    start = f"{part}.P"
    return {int(k.removeprefix(start)): n for k, n in counts.items() if k.startswith(start)}


def pack(encoded: Path, out: Path, relations: pa.Table, documents_per_shard: int) -> Counts:
    """Write `out/train/` and `out/heldout/` in shards of equal size, relations numbered.

    A triple of the held-out part whose relation the train part lacks is left out, and a document
    with no other triple. A part without documents is one empty shard.

    Args:
        encoded: Folder of `train/` and `heldout/` as `encode_shard` writes them.
        out: The folder to write.
        relations: `RELATIONS`.
        documents_per_shard: Documents of each shard but the last.
    """
    number_of = np.full(NUM_PROPERTIES, -1, np.int64)
    number_of[relations["property"].to_numpy()] = relations["relation"].to_numpy()
    counts: Counts = {"documents.unseen_relation": 0, "triples.unseen_relation": 0}
    for part in PARTS:
        shards = sorted((encoded / part).glob("shard_*.parquet"))
        totals: Counts = {}
        tables = (_number_relations(read_table(s, ENCODED), number_of, counts) for s in shards)
        for number, table in enumerate(_regroup(tables, documents_per_shard)):
            add_counts(totals, measure(table))
            write_table(out / part / shard_name(number), table)
        add_counts(counts, {f"{part}.{name}": total for name, total in totals.items()})
        add_counts(counts, {f"{name}.out": total for name, total in totals.items()})
    return counts


def measure(table: pa.Table) -> Counts:
    """Return how many documents, tokens, mentions, entities and triples `ENCODED` rows hold."""
    lists = {
        "tokens": "input_ids",
        "mentions": "mention_start",
        "entities": "entity_item",
        "triples": "relation",
    }
    sizes = {name: pc.sum(pc.list_value_length(table[c])).as_py() for name, c in lists.items()}
    return {"documents": table.num_rows, **{name: size or 0 for name, size in sizes.items()}}


def _number_relations(table: pa.Table, number_of: Ints, counts: Counts) -> pa.Table:
    """Replace property numbers by `number_of` them, and leave out triples where that is -1."""
    relations = table["relation"].combine_chunks()
    numbers = number_of[relations.flatten().to_numpy()]
    known = numbers >= 0
    document = np.asarray(pc.list_parent_indices(relations))
    sizes = np.bincount(document[known], minlength=table.num_rows)
    offsets = pa.array(np.concatenate([[0], np.cumsum(sizes)]), pa.int32())
    for name in TRIPLE_COLUMNS:
        flat = pa.array(numbers) if name == "relation" else table[name].combine_chunks().flatten()
        kind = ENCODED.field(name).type
        values = flat.filter(pa.array(known)).cast(kind.value_type)
        column = pa.ListArray.from_arrays(offsets, values).cast(kind)
        table = table.set_column(table.schema.get_field_index(name), ENCODED.field(name), column)
    dropped = measure(table.filter(pa.array(sizes == 0)))
    add_counts(
        counts,
        {
            "triples.unseen_relation": int(np.count_nonzero(~known)),
            "documents.unseen_relation": dropped.pop("documents"),
            **{f"{name}.of_dropped": size for name, size in dropped.items() if name != "triples"},
        },
    )
    return table.filter(pa.array(sizes > 0))


def _regroup(tables: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
    """Yield the rows of `tables` in tables of `size` rows; one without rows if there are none."""
    waiting = ENCODED.empty_table()
    written = False
    for table in tables:
        waiting = pa.concat_tables([waiting, table])
        while waiting.num_rows >= size:
            yield waiting.slice(0, size).combine_chunks()
            waiting, written = waiting.slice(size), True
    if waiting.num_rows or not written:
        yield waiting.combine_chunks()


def check_not_empty(counts: Counts, drops: Counts) -> None:
    """Check that the train part has a document.

    Args:
        counts: The sum of those of `encode_shard`.
        drops: How many documents `annotate` dropped for each reason.

    Raises:
        InputError: It has none; the message says where the documents went.
    """
    if read_relation_counts(counts, "train"):
        return
    reasons = {f"annotate {reason}": number for reason, number in drops.items() if reason}
    reasons["shard no_triples"] = counts["documents.no_triples"]
    reasons["held out"] = counts["documents.in"] - counts["documents.no_triples"]
    listed = ", ".join(f"{reason} {number}" for reason, number in reasons.items() if number)
    raise InputError(
        f"shard: no document is left to train on ({listed}); lower annotate.min_triples or "
        "shard.held_out_fraction, raise shard.max_tokens, or give more pages"
    )


def count_drops(annotated: Sequence[Path]) -> Counts:
    """Return how many documents `annotate` dropped for each reason; "" counts the kept ones."""
    counts: Counts = {}
    for shard in annotated:
        add_counts(counts, Counter(read_table(shard, TRIPLES, ["drop"])["drop"].to_pylist()))
    return dict(sorted(counts.items()))


def report(encoded: Counts, packed: Counts, relations: pa.Table) -> dict[str, Any]:
    """Return the counts of both steps, and the corpus statistics in tokens beside the paper's."""
    counts = {name: n for name, n in encoded.items() if name in COUNTERS}
    add_counts(counts, packed)
    unnamed = pc.equal(
        relations["name"],
        pc.binary_join_element_wise("P", relations["property"].cast(pa.string()), ""),
    )
    return {
        **nest(counts),
        "relations": relations.num_rows,
        "relations_without_name": pc.sum(unnamed).as_py() or 0,
        "statistics": describe_corpus(
            documents=counts["documents.out"],
            tokens=counts["tokens.out"],
            entities=counts["entities.out"],
            mentions=counts["mentions.out"],
            triples=counts["triples.out"],
            relations=relations.num_rows,
        ),
    }
