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

from pipeline.errors import InputError
from pipeline.io import atomic_file, read_table
from pipeline.records.linked import LINKED
from pipeline.records.triples import HELD_OUT
from pipeline.settings import memory_limit_gb, num_workers
from pipeline.triples.leakage import normalise_name


def read_queries() -> dict[str, str]:
    """Return the queries of annotate.sql by name."""
    text = Path(__file__).with_name("annotate.sql").read_text("utf-8")
    parts = (part.partition("\n") for part in text.split("-- name: ")[1:])
    return {name.strip(): query for name, _, query in parts}


def build_corpus(
    path: Path, *, linked: Sequence[Path], index: Path, held_out: Path, all_ranks: bool
) -> None:
    """Write the database `path` that `annotate_shard` reads; nothing if it is there already.

    Tables: `claims(head, property, tail)`, `held_out_names(head, tail)` and
    `held_out_items(head, tail)` in both directions, `item_names(item, name)`.

    Args:
        path: The database to write, in the scratch folder.
        linked: All shards of `data/link`.
        index: The Wikidata index.
        held_out: The held-out pairs.
        all_ranks: Take all claims but the deprecated ones, not only those of the best rank.

    Raises:
        InputError: One of the files is missing, damaged or of another version.
    """
    if path.exists():
        return
    if not index.is_file():
        raise InputError(f"{index}: not found; run `dvc repro` for the stage `index`")
    queries = read_queries()
    pairs = read_table(held_out, HELD_OUT)
    items = pa.table({"item": pa.array(_list_items(linked), pa.uint32())})
    with atomic_file(path) as temporary, _connect(temporary, threads=num_workers()) as connection:
        try:
            connection.execute(f"attach '{index}' as wikidata (read_only)")
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise InputError(f"{index}: does not open: {reason}; run `dvc repro`") from None
        connection.register("items", items)
        connection.register("held_out", pairs)
        connection.execute(queries["claims"], {"all_ranks": all_ranks})
        connection.execute(queries["held_out_names"])
        connection.execute(queries["held_out_items"])
        names = connection.sql(queries["names_of_related_items"]).to_arrow_table()
        keys = [normalise_name(name) for name in names["name"].to_pylist()]
        connection.register("named", pa.table({"item": names["item"], "name": keys}))
        connection.execute(queries["item_names"])


@contextlib.contextmanager
def open_corpus(path: Path) -> Iterator[Any]:
    """Open the database for one worker: read-only, one thread, its share of the memory."""
    with _connect(path, threads=1, read_only=True) as connection:
        yield connection


@contextlib.contextmanager
def _connect(path: Path, *, threads: int, read_only: bool = False) -> Iterator[Any]:
    share = num_workers() if read_only else 1
    config = {
        "threads": threads,
        "memory_limit": f"{memory_limit_gb() / share:.1f}GB",
        "temp_directory": str(path.parent / f"duckdb_{os.getpid()}"),
        "preserve_insertion_order": True,
    }
    with contextlib.closing(
        duckdb.connect(str(path), read_only=read_only, config=config)
    ) as connection:
        yield connection


def _list_items(linked: Sequence[Path]) -> Any:
    found = []
    for shard in linked:
        entities = read_table(shard, LINKED, ["entities"])["entities"].combine_chunks()
        items = pc.drop_null(pc.unique(pc.struct_field(entities.flatten(), "item")))
        found.append(items.to_numpy(zero_copy_only=False))
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.uint32)
