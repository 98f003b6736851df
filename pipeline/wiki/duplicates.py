"""Pages that occur twice, as where several dumps of one wiki are given: the first one counts."""

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.database import connect, explain_limits
from pipeline.io import read_table, write_table
from pipeline.progress import Counts, add_counts
from pipeline.records.documents import DOCUMENTS
from pipeline.wiki.documents import count_words

# pages with the title or the number of an earlier one, in the order of the units
QUERY = """
    SELECT filename, page_id, disambiguation
    FROM read_parquet(?, filename = true, file_row_number = true)
    QUALIFY row_number() OVER (PARTITION BY title ORDER BY filename, file_row_number) > 1
        OR row_number() OVER (PARTITION BY page_id ORDER BY filename, file_row_number) > 1
    ORDER BY filename, page_id
"""


def drop_duplicates(shards: Sequence[Path], pages: Sequence[Path], out: Path) -> Counts:
    """Move shards to the folder `out`, without the documents of pages that an earlier unit has.

    A shard that loses something is written anew and its original stays, so that a run after a kill
    finds the same.

    Args:
        shards: Documents of each unit.
        pages: Pages of each unit, in the same order, with no page twice in one of them.
        out: The folder to fill.

    Returns:
        What changes in the counts of the units.
    """
    repeated: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    spill = out.parent / "duckdb"
    with explain_limits(spill), connect(None, spill=spill) as connection:
        rows = connection.execute(QUERY, [[str(path) for path in pages]]).fetchall()
    for file, page_id, disambiguation in rows:
        repeated[file].append((page_id, disambiguation))
    counts: Counts = {}
    out.mkdir(parents=True, exist_ok=True)
    for shard, side in zip(shards, pages, strict=True):
        if found := repeated.get(str(side)):
            add_counts(counts, _filter(shard, [page_id for page_id, _ in found], out / shard.name))
            articles = sum(not disambiguation for _, disambiguation in found)
            add_counts(counts, {"pages.duplicate": articles, "pages.out": -articles})
        elif shard.exists():
            os.replace(shard, out / shard.name)
    return counts


def _filter(shard: Path, page_ids: Sequence[int], target: Path) -> Counts:
    table = read_table(shard, DOCUMENTS)
    dropped = pc.is_in(table["page_id"], pa.array(page_ids, pa.int64()))
    write_table(target, table.filter(pc.invert(dropped)))
    lost = table.filter(dropped)
    return {
        "documents.duplicate": lost.num_rows,
        "documents.out": -lost.num_rows,
        "words": -sum(count_words(text) for text in lost["text"].to_pylist()),
        "links.documents": -sum(len(links) for links in lost["links"].to_pylist()),
    }
