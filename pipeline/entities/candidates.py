"""What the names and titles of a corpus may mean: two small tables made from index and dump.

First every shard tells which names it has (`survey_shard`). Then one query set reduces Wikidata's
hundreds of millions of names to those (`build_candidates`). Then every shard looks all of its names
up at once (`look_up`), where a query per mention would take 10,000 times as long.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.database import connect, explain_limits
from pipeline.entities.evidence import Candidate, LinkConfig, Lookup, Target
from pipeline.entities.names import find_core, skip_article
from pipeline.entities.quality import is_sampled
from pipeline.entities.search import (
    BATCH,
    KEYED,
    count_rows,
    key_names,
    read_placed,
    search,
    search_names,
    write_sorted,
)
from pipeline.entities.types import LITERALS, ROOTS
from pipeline.errors import InputError
from pipeline.io import atomic_file, check_aligned, read_table
from pipeline.progress import Counts
from pipeline.records.documents import DOCUMENTS
from pipeline.records.mentions import MENTIONS

PARSED = ("pages", "redirects", "anchors")
TABLES = {  # what a shard searches: candidates.sql says what is in them
    "titles": pa.schema(KEYED),
    "surfaces": pa.schema(KEYED),
    "targets": pa.schema(
        [
            pa.field("place", pa.uint32()),  # of the title in `titles`
            pa.field("item", pa.uint32()),
            pa.field("by_sitelink", pa.bool_()),
            pa.field("types", pa.uint8()),
            pa.field("label", pa.string()),
        ]
    ),
    "names": pa.schema(
        [
            pa.field("place", pa.uint32()),  # of the name in `surfaces`
            pa.field("item", pa.uint32()),
            pa.field("weight", pa.int64()),
            pa.field("types", pa.uint8()),
            pa.field("rest", pa.int64()),
        ]
    ),
}
SQL = Path(__file__).with_name("candidates.sql")


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """One shard of documents and of mentions, and the folder for its names and titles."""

    documents: Path
    mentions: Path
    out: Path
    hidden_fraction: float


def survey_shard(task: SurveyTask) -> Counts:
    """Write the distinct names and titles of a shard, in all their forms.

    Names are what the tagger saw, and the hyperlinks that will be hidden (quality.py). Columns are
    read as they lie: rows of Python would take three times as long.
    """
    documents = read_table(task.documents, DOCUMENTS, ["doc_id", "title", "text", "links"])
    tagged = read_table(task.mentions, MENTIONS, ["doc_id", "mentions"])
    check_aligned(task.mentions, tagged, documents)
    texts = documents["text"].to_pylist()
    links, mentions = documents["links"].combine_chunks(), tagged["mentions"].combine_chunks()
    doc_ids = documents["doc_id"].to_pylist()
    sampled = pa.array([is_sampled(doc_id, task.hidden_fraction) for doc_id in doc_ids], pa.bool_())
    hidden = sampled.take(pc.list_parent_indices(links))
    literal = pc.is_in(mentions.flatten().field("label"), value_set=pa.array(sorted(LITERALS)))
    surfaces = _read_surfaces(texts, links, hidden)
    surfaces |= _read_surfaces(texts, mentions, pc.invert(literal))
    names = set()
    for surface in surfaces:
        first, last = find_core(surface)
        names.add(surface[first:last])
    names.discard("")
    names.update([skip_article(name) for name in names])
    titles = {*documents["title"].to_pylist(), *links.flatten().field("target").to_pylist()}
    task.out.mkdir(parents=True, exist_ok=True)
    for kind, values in (("surfaces", names), ("titles", titles)):
        with atomic_file(task.out / f"{kind}.parquet") as path:
            pq.write_table(key_names(values), path, compression="lz4", use_dictionary=False)
    return {}


def _read_surfaces(texts: list[str], spans: Any, wanted: Any) -> set[str]:
    """Return the texts of the `wanted` of all spans of a list column."""
    rows = pc.list_parent_indices(spans).filter(wanted).to_pylist()
    starts, ends = (
        spans.flatten().field(name).filter(wanted).to_pylist() for name in ("start", "end")
    )
    return {texts[row][start:end] for row, start, end in zip(rows, starts, ends, strict=True)}


def build_candidates(
    path: Path, *, index: Path, parsed: Path, surveys: Path, config: LinkConfig, spill: Path
) -> Counts:
    """Write what titles and names may mean to a folder, if it is not there.

    Args:
        path: The folder: one file for each of `TABLES`.
        index: The Wikidata index.
        parsed: Folder with pages.parquet, redirects.parquet and anchors.parquet.
        surveys: Folder of folders that `survey_shard` wrote.
        config: Classes that are left out, candidates per name.
        spill: Folder for what exceeds the memory limit.

    Raises:
        InputError: An input is missing or unreadable.
    """
    for file in (index, *(parsed / f"{name}.parquet" for name in PARSED)):
        if not file.exists():
            raise InputError(f"{file}: not found; run `dvc repro`")
    files = {name: path / f"{name}.arrow" for name in TABLES}
    if all(file.exists() for file in files.values()):  # a run was killed later, or an array job
        return _sizes(files)
    with explain_limits(spill), connect(None, spill=spill) as connection:
        connection.execute(f"ATTACH {_quote(index)} AS wikidata (READ_ONLY)")
        for name in PARSED:
            source = f"read_parquet({_quote(parsed / f'{name}.parquet')})"
            connection.execute(f"CREATE TEMP VIEW {name} AS FROM {source}")
        for name, column in (("surfaces", "name"), ("titles", "title")):
            source = f"read_parquet({_quote(surveys / '*' / f'{name}.parquet')})"
            rows = connection.sql(f"SELECT DISTINCT key, name FROM {source} ORDER BY key, name")
            write_sorted(files[name], rows.to_arrow_reader(BATCH), TABLES[name])
            connection.register("placed", read_placed(files[name]))
            connection.execute(
                f"CREATE TEMP TABLE {name} AS SELECT place, name AS {column} FROM placed"
            )
        classes = pa.table({"class": pa.array(config.excluded_classes, pa.uint32())})
        roots = {
            "class": pa.array(ROOTS, pa.uint32()),
            "type": pa.array(ROOTS.values(), pa.uint8()),
        }
        connection.register("excluded_classes", classes)
        connection.register("type_roots", pa.table(roots))
        connection.execute("SET VARIABLE max_candidates = ?", [config.max_candidates])
        connection.execute(SQL.read_text("utf-8"))
        for name in ("targets", "names"):
            rows = connection.sql(f"FROM {name} ORDER BY place, item").to_arrow_reader(BATCH)
            write_sorted(files[name], rows, TABLES[name])
    return _sizes(files)


def _sizes(files: dict[str, Path]) -> Counts:
    return {"targets": count_rows(files["targets"]), "candidates": count_rows(files["names"])}


def look_up(candidates: Path, survey: Path) -> Lookup:
    """Return what the names and titles of a shard mean.

    Args:
        candidates: The folder that `build_candidates` wrote.
        survey: The folder that `survey_shard` wrote for the shard.
    """
    targets = _search(candidates, "titles", "targets", survey)
    columns = _search(candidates, "surfaces", "names", survey)
    names: dict[str, list[Candidate]] = {}
    rests: dict[str, int] = {}
    for name, item, weight, types, rest in zip(*columns, strict=True):
        names.setdefault(name, []).append((item, weight, types))
        rests[name] = rest
    return Lookup(
        targets={title: Target(*row) for title, *row in zip(*targets, strict=True)},
        names=names,
        rests=rests,
    )


def _search(candidates: Path, kind: str, table: str, survey: Path) -> list[list[Any]]:
    """Return the columns of the rows about the names of a survey, these first."""
    wanted = pq.read_table(survey / f"{kind}.parquet")
    known, places = search_names(candidates / f"{kind}.arrow", wanted)
    order = np.argsort(places)
    rows, owners, _ = search(
        candidates / f"{table}.arrow", "place", places[order].astype(np.uint32)
    )
    names = known["name"].take(pa.array(order[owners]))
    return [names.to_pylist(), *(column.to_pylist() for column in rows.columns[1:])]


def _quote(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
