"""What annotation needs of the Wikidata index and of the benchmarks, cut down to one corpus.

The index of the full dump is scanned once, here; a worker then joins its shards with a small
database that holds only claims between items of the corpus, and the held-out pairs.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.database import connect, explain_limits, limit_memory
from pipeline.errors import InputError
from pipeline.io import atomic_file, read_table
from pipeline.records.linked import LINKED
from pipeline.records.triples import HELD_OUT
from pipeline.settings import memory_limit_gb, num_workers
from pipeline.structs import name_fields
from pipeline.triples.leakage import normalise_name

BATCH = 100_000  # names at a time: a corpus has tens of millions
MANY_ITEMS = 10_000_000  # 40 MB
SHARE_GB = 0.05  # what the joins of one shard need at least


def read_queries() -> dict[str, str]:
    """Return the queries of annotate.sql by name."""
    text = Path(__file__).with_name("annotate.sql").read_text("utf-8")
    parts = (part.partition("\n") for part in text.split("-- name: ")[1:])
    return {name.strip(): query for name, _, query in parts}


def build_corpus(
    path: Path,
    *,
    linked: Sequence[Path],
    index: Path,
    held_out: Path,
    all_ranks: bool,
    complete: bool,
) -> None:
    """Write the database `path` that `annotate_shard` reads; nothing if it is there already.

    Tables: `claims(head, property, tail, stated)`; `keys(key, name)`, the normalised names that a
    benchmark has; `held_out_keys(head, tail)` and `held_out_items(head, tail)`, its pairs in both
    directions; `item_keys(item, key)`.

    Args:
        path: The database to write, in the scratch folder.
        linked: All shards of `data/link`.
        index: The Wikidata index.
        held_out: The held-out pairs.
        all_ranks: Take all claims but the deprecated ones, not only those of the best rank.
        complete: Add the reverse of claims whose property is symmetric or has an inverse.

    Raises:
        InputError: One of the files is missing, damaged or of another version.
    """
    if path.exists():
        return
    if not index.is_file():
        raise InputError(f"{index}: not found; run `dvc repro`")
    queries = read_queries()
    pairs = read_table(held_out, HELD_OUT)
    items = pa.table({"item": pa.array(_list_items(linked), pa.uint32())})
    spill = path.with_name("duckdb")
    with (
        explain_limits(spill),
        atomic_file(path) as temporary,
        contextlib.closing(connect(temporary, spill=spill)) as connection,
    ):
        try:
            connection.execute(f"attach '{index}' as wikidata (read_only)")
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise InputError(f"{index}: not a usable index ({reason}); run `dvc repro`") from None
        connection.register("corpus_items", items)
        connection.register("held_out", pairs)
        connection.execute(queries["claims"], {"all_ranks": all_ranks, "complete": complete})
        for name in ("keys", "held_out_keys", "held_out_items"):
            connection.execute(queries[name])
        keys = dict(connection.sql("select name, key from keys").fetchall())
        names = connection.sql(queries["names_of_items"]).to_arrow_reader(BATCH)
        connection.register("named", _match_names(names, keys))
        connection.execute(queries["item_keys"])


@contextlib.contextmanager
def open_corpus(path: Path) -> Iterator[Any]:
    """Open the database in a worker: read-only, one thread, its share of the memory."""
    spill = path.with_name(f"duckdb_{os.getpid()}")
    share = max(memory_limit_gb() / num_workers(), SHARE_GB)
    with (
        explain_limits(spill),
        contextlib.closing(connect(path, spill=spill, read_only=True)) as connection,
    ):
        connection.execute(f"set threads = 1; set memory_limit = '{limit_memory(share)}'")
        yield connection


def _list_items(linked: Sequence[Path]) -> Any:
    """Return the items of all shards, each once, ascending."""
    found = [np.empty(0, np.uint32)]
    for shard in linked:
        column = read_table(shard, LINKED, name_fields("entities", "item"))["entities"]
        entities = column.combine_chunks()
        items = pc.drop_null(pc.unique(pc.struct_field(entities.flatten(), "item")))
        found.append(items.to_numpy(zero_copy_only=False))
        if sum(map(len, found[1:])) > MANY_ITEMS:
            found = [np.unique(np.concatenate(found))]
    return np.unique(np.concatenate(found))


def _match_names(names: pa.RecordBatchReader, keys: dict[str, int]) -> pa.Table:
    """Return the items and keys of those names that are, normalised, in `keys`."""
    items, found = [], []
    for batch in names:
        for item, name in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            key = keys.get(normalise_name(name))
            if key is not None:
                items.append(item)
                found.append(key)
    return pa.table({"item": pa.array(items, pa.uint32()), "key": pa.array(found, pa.int32())})
