"""One unit of a dump -> one shard of documents, and its pages, redirects and anchors."""

import sys
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.io import write_table
from pipeline.progress import Counts
from pipeline.records.documents import ANCHORS, DOCUMENTS, LINK, PAGES, REDIRECTS
from pipeline.structs import nest_rows
from pipeline.wiki.anchors import RawAnchors, count_links, read_anchors
from pipeline.wiki.disambiguation import is_disambiguation
from pipeline.wiki.documents import ParseConfig, count_words, cut_lead, read_documents
from pipeline.wiki.duplicates import drop_duplicates
from pipeline.wiki.guard import time_limit
from pipeline.wiki.markup import Markup
from pipeline.wiki.merge import merge_sides
from pipeline.wiki.pages import Page, read_page, slice_pages, unescape_xml
from pipeline.wiki.streams import read_chunks
from pipeline.wiki.tidy import Text
from pipeline.wiki.titles import ARTICLE, normalize_title, read_redirect
from pipeline.wiki.units import Unit

SIDES = {"pages": PAGES, "redirects": REDIRECTS, "anchors": ANCHORS}


@dataclass(frozen=True, kw_only=True, slots=True)
class ParseTask:
    """What a worker needs: the unit, the parameters, and where its files go."""

    unit: Unit
    config: ParseConfig
    shard: Path
    sides: dict[str, Path]  # one file for each of SIDES


@dataclass(slots=True)
class Harvest:
    """What was read of a unit so far."""

    documents: list[tuple[str, int, str, Text]] = field(default_factory=list)
    pages: list[tuple[int, str, bool]] = field(default_factory=list)
    redirects: list[tuple[str, str]] = field(default_factory=list)
    seen: set[int | str] = field(default_factory=set)
    links: RawAnchors = field(default_factory=Counter)
    counts: Counts = field(default_factory=dict)

    def count(self, name: str, number: int = 1) -> None:
        """Add to a counter."""
        self.counts[name] = self.counts.get(name, 0) + number


def parse_unit(task: ParseTask) -> Counts:
    """Parse one unit, write its shard and its side files, and return what was counted.

    Raises:
        InputError: The dump is damaged.
    """
    markup = Markup(task.unit.site, task.config.templates, task.config.page_seconds)
    harvest = Harvest()
    piece = task.unit.piece
    for data in slice_pages(piece, read_chunks(piece)):
        harvest.count("pages.in")
        reason = parse_page(data, markup, task.config, harvest)
        harvest.count(f"pages.{reason or 'out'}")
    write_table(task.shard, _documents_table(harvest.documents))
    anchors = read_anchors(harvest.links, markup.site)
    harvest.count("links.anchors", sum(anchors.values()))
    columns: dict[str, Sequence[Sequence[Any]]] = {
        "pages": _transpose(harvest.pages),
        "redirects": _transpose(harvest.redirects),
        "anchors": [*_transpose(anchors), list(anchors.values())],
    }
    for name, schema in SIDES.items():
        write_table(task.sides[name], _table(columns[name], schema))
    return harvest.counts


def parse_page(data: bytes, markup: Markup, config: ParseConfig, harvest: Harvest) -> str | None:
    """Read one page into `harvest`; return why it gives no documents, None if it may give some."""
    page = read_page(data)
    if page is None:
        return "damaged"
    site = markup.site
    namespace = site.namespace_of(page.title) if page.namespace is None else page.namespace
    if namespace != 0:
        return "namespace"
    title = normalize_title(page.title)
    if (target := _redirect_target(page)) is not None:
        kind, target_title = site.resolve(target)
        if kind == ARTICLE and target_title != title:
            harvest.redirects.append((title, target_title))
        return "redirect"
    if page.model != "wikitext":
        return "model"
    if not page.text:
        return "empty"
    try:
        source = page.text.decode("utf-8")
    except UnicodeDecodeError:
        return "damaged"
    disambiguation = is_disambiguation(title, source)
    if page.page_id in harvest.seen or title in harvest.seen:
        return "duplicate"
    harvest.seen.update((page.page_id, title))
    harvest.pages.append((page.page_id, title, disambiguation))
    if disambiguation:
        return "disambiguation"
    wikitext = unescape_xml(cut_lead(source) if config.documents == "lead" else source)
    try:
        with time_limit(config.page_seconds):
            texts = read_documents(markup, wikitext, config)
    except Exception as error:  # no page may end the work of hours
        sys.stderr.write(f"parse: page {page.page_id} ({title}) is left out: {error!r}\n")
        return "poison"
    count_links(source, harvest.links)
    for number, text in enumerate(texts):
        harvest.count("documents.in")
        words = count_words(text.text)
        if words < config.min_words:
            harvest.count("documents.short")
            continue
        harvest.count("documents.out")
        harvest.count("words", words)
        harvest.count("links.documents", len(text.links))
        harvest.documents.append((f"{page.page_id}-{number}", page.page_id, title, text))
    return None


def _redirect_target(page: Page) -> str | None:
    if page.redirect:
        return page.redirect
    head = (page.text or b"")[:2_000].decode("utf-8", "ignore")
    if "#" not in head[:200]:
        return None if page.redirect is None else ""
    return read_redirect(unescape_xml(head)) or page.redirect


def finish(tasks: Sequence[ParseTask], out: Path) -> Counts:
    """Put the shards and the joined side files of all units into the folder `out`.

    Returns:
        What changes in the counts of the units, and the rows of the joined files.
    """
    counts = drop_duplicates(
        [task.shard for task in tasks], [task.sides["pages"] for task in tasks], out
    )
    for name, schema in SIDES.items():
        files = [task.sides[name] for task in tasks]
        rows = merge_sides(name, files, schema, out / f"{name}.parquet")
        counts[f"tables.{name}"] = rows
    return counts


def _documents_table(documents: Sequence[tuple[str, int, str, Text]]) -> pa.Table:
    links = [link for *_, text in documents for link in text.links]
    offsets = [0]
    for *_, text in documents:
        offsets.append(offsets[-1] + len(text.links))
    spans = [
        [link.start for link in links],
        [link.end for link in links],
        [link.target for link in links],
    ]
    columns = [
        pa.array([row[0] for row in documents], pa.string()),
        pa.array([row[1] for row in documents], pa.int64()),
        pa.array([row[2] for row in documents], pa.string()),
        pa.array([row[3].text for row in documents], pa.string()),
        nest_rows(offsets, spans, LINK),
    ]
    return pa.Table.from_arrays(columns, schema=DOCUMENTS)


def _transpose(rows: Collection[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
    return list(zip(*rows, strict=True))


def _table(columns: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    if len(columns) < len(schema):  # no rows
        return schema.empty_table()
    arrays = [pa.array(column, type_) for column, type_ in zip(columns, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
