"""What `link` and `annotate` do once, cutting the whole dump down to a corpus, and then per shard.

    .venv/bin/python -m benchmarks.corpora [--pages 100000 300000 1000000] [--memory 0.5]

The tables are made up, in the proportions of English Wikipedia and Wikidata: to each article 1.5
redirects, six texts of hyperlinks, three documents with 13 entities, 15 items (with a label, two in
five with an alias) and 100 claims; names, targets and tails are skewed as real ones are. The corpus
is all of it. Each step runs in a process of its own under a limit of DuckDB's memory
(ERICA_MEMORY_GB); printed are its processor seconds and the peak of its memory, or that the limit
was too low. Then a shard of 10,000 documents, with 40,000 names and 30,000 titles, asks for what
was cut out: work that each of the shards does should not grow with their number.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.index import read_peak
from pipeline.entities.candidates import build_candidates, look_up
from pipeline.entities.evidence import LinkConfig
from pipeline.entities.parts import TABLES
from pipeline.entities.search import key_names
from pipeline.entities.store import build_index
from pipeline.errors import InputError
from pipeline.io import list_shards, read_table, shard_name, write_table
from pipeline.records.linked import ENTITY, LINKED
from pipeline.records.triples import HELD_OUT
from pipeline.triples.annotate import find_triples
from pipeline.triples.corpus import build_corpus, open_corpus
from pipeline.triples.leakage import normalise_name
from pipeline.wiki.corpus import SIDES

DOCUMENTS, ENTITIES = 30_000, 13  # of a file, of a document
SHARD_DOCUMENTS = 10_000
HELD_OUT_PAIRS = 50_000
LINK = LinkConfig(
    unlinked="keep",
    literals="keep",
    repeats="all",
    min_confidence=0.5,
    max_candidates=8,
    type_penalty=0.1,
    excluded_classes=(4167836,),
    hidden_fraction=0.0,
)

# `skew` puts most draws on few numbers; item i + 1 is that of page i
MACROS = """
CREATE MACRO draw(i, salt) AS hash(i * 16 + salt) / 18446744073709551616.0;
CREATE MACRO skew(i, salt, most) AS floor(most * draw(i, salt) ** 3)::BIGINT;
CREATE MACRO title(i) AS 'Title of page ' || i;
"""
INDEX = {
    "items": "SELECT i + 1, if(i < {n}, title(i), 'label of ' || i) FROM range(15 * {n}) r(i)",
    "aliases": "SELECT 5 * i // 2 + 1, 'alias ' || skew(i, 1, 6 * {n}) FROM range(6 * {n}) r(i)",
    "demonyms": "SELECT i + 1, 'people ' || i FROM range(200) r(i)",
    "sitelinks": "SELECT i + 1, title(i) FROM range({n}) r(i)",
    "claims": "SELECT i // 7 + 1, 1 + skew(i, 2, 900), 1 + skew(i, 3, 15 * {n}), 1, true "
    "FROM range(100 * {n}) r(i)",
    "properties": "SELECT i + 1, 'p', 'wikibase-item', NULL, i % 30 = 0 FROM range(900) r(i)",
    "property_aliases": "SELECT 1, 'alias' FROM range(1)",
}
DUMP = {
    "pages": "SELECT i + 1, title(i), false FROM range({n}) r(i)",
    "redirects": "SELECT 'Redirect ' || i, title(skew(i, 4, {n})) FROM range(3 * {n} // 2) r(i)",
    "anchors": "SELECT 'name ' || skew(i, 5, 3 * {n}), title(skew(i, 6, {n})), 1 "
    "FROM range(6 * {n}) r(i)",
}
SURVEY = {
    "surfaces": "SELECT unnest(['name ' || i, 'name ' || {n} + i, title(i), 'alias ' || i]) "
    "FROM range({n}) r(i)",
    "titles": "SELECT unnest([title(i), 'Redirect ' || i]) FROM range({n}) r(i)",
}

SHARD = {  # some of those names
    table: f"SELECT * FROM ({query}) t(name) ORDER BY md5(name) LIMIT {number}"
    for (table, query), number in zip(SURVEY.items(), (40_000, 30_000), strict=True)
}


def main() -> None:
    """Make the tables, take the steps, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, nargs="*", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--memory", default="0.5", help="DuckDB's limit in GB")
    options = parser.parse_args()
    for number in options.pages:
        with tempfile.TemporaryDirectory() as name:
            os.environ["ERICA_MEMORY_GB"] = "4"
            make_world(Path(name), number)
            os.environ["ERICA_MEMORY_GB"] = options.memory
            for label, step in list_steps(Path(name)).items():
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    found = pool.apply(weigh, (step,))
                limit = f"limit {options.memory} GB"
                print(f"{number:8} pages, {limit}: {label:17} {found}", flush=True)


def make_world(folder: Path, number: int) -> None:
    """Write what `parse` and `index` would leave of a world, and the names of its corpus."""
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        places = {folder / "parts" / "0": (INDEX, TABLES), folder / "parse": (DUMP, SIDES)}
        for place, (queries, schemas) in places.items():
            place.mkdir(parents=True)
            for table, query in queries.items():
                found = connection.sql(query.format(n=number)).to_arrow_reader(1_000_000)
                copy_rows(found, schemas[table], place / f"{table}.parquet")
        for place, queries in ((folder / "surveys" / "0", SURVEY), (folder / "shard", SHARD)):
            place.mkdir(parents=True)
            for table, query in queries.items():
                (names,) = connection.sql(query.format(n=number)).to_arrow_table().columns
                pq.write_table(key_names(names.to_pylist()), place / f"{table}.parquet")
    build_index(folder / "parts", folder / "index.duckdb", folder / "spill")
    random = np.random.default_rng(0)
    for first in range(0, 3 * number, DOCUMENTS):
        write_linked(folder / "link" / shard_name(first // DOCUMENTS), random, number)
    heads, tails = (
        [normalise_name(f"Title of page {page}") for page in pages]
        for pages in random.integers(number, size=(2, HELD_OUT_PAIRS))
    )
    nothing = pa.nulls(HELD_OUT_PAIRS, pa.uint32())
    columns = [["docred"] * HELD_OUT_PAIRS, heads, tails, nothing, nothing]
    write_table(
        folder / "pairs.parquet",
        pa.Table.from_arrays(
            [pa.array(values, field.type) for values, field in zip(columns, HELD_OUT, strict=True)],
            schema=HELD_OUT,
        ),
    )


def copy_rows(rows: pa.RecordBatchReader, schema: pa.Schema, path: Path) -> None:
    """Write the rows of a query to a Parquet file."""
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for batch in rows:
            table = pa.Table.from_batches([batch]).rename_columns(schema.names)
            writer.write_table(table.cast(schema))


def write_linked(path: Path, random: Any, number: int) -> None:
    """Write a shard of documents with the items of their entities."""
    items = (number * random.random(DOCUMENTS * ENTITIES) ** 2).astype(np.uint32) + 1
    empty = pa.array([""] * len(items))
    entities = pa.StructArray.from_arrays([pa.array(items), empty, empty], fields=list(ENTITY))
    offsets = pa.array(np.arange(DOCUMENTS + 1) * ENTITIES, pa.int32())
    mentions = pa.array([[]] * DOCUMENTS, LINKED.field("mentions").type)
    doc_ids = pa.array([str(row) for row in range(DOCUMENTS)])
    columns = [doc_ids, pa.ListArray.from_arrays(offsets, entities), mentions]
    write_table(path, pa.Table.from_arrays(columns, schema=LINKED))


def list_steps(folder: Path) -> dict[str, Callable[[], Any]]:
    """Return the steps by name."""
    index, linked = folder / "index.duckdb", list_shards(folder / "link")
    return {
        "link": partial(
            build_candidates,
            folder / "candidates",
            index=index,
            parsed=folder / "parse",
            surveys=folder / "surveys",
            config=LINK,
            spill=folder / "spill",
        ),
        "annotate": partial(
            build_corpus,
            folder / "corpus.duckdb",
            linked=linked,
            index=index,
            held_out=folder / "pairs.parquet",
            all_ranks=False,
            complete=True,
        ),
        "link, a shard": partial(look_up_names, folder),
        "annotate, a shard": partial(look_up_claims, folder / "corpus.duckdb", linked[0]),
    }


def look_up_names(folder: Path) -> None:
    """Look up the names and titles of a shard, as a worker of `link` does."""
    look_up(folder / "candidates", folder / "shard")


def look_up_claims(corpus: Path, linked: Path) -> None:
    """Look up the claims between the entities of a shard, as a worker of `annotate` does."""
    documents = read_table(linked, LINKED).slice(0, SHARD_DOCUMENTS)
    with open_corpus(corpus) as connection:
        find_triples(connection, documents, [""] * len(documents))


def weigh(step: Callable[[], Any]) -> str:
    """Take a step in this process; return its processor seconds and the peak of memory."""
    start = time.process_time()
    try:
        step()
    except InputError as error:
        return f"not enough, {read_peak():5.0f} MB ({error})"
    return f"{time.process_time() - start:6.2f} s, {read_peak():5.0f} MB"


if __name__ == "__main__":
    main()
