"""Link the hyperlinks and names of documents to Wikidata items, shard by shard (paper 4.1)."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.entities.candidates import look_up
from pipeline.entities.evidence import Key, LinkConfig, Mentions
from pipeline.entities.page import NO_PAGE, page_of, read_pages
from pipeline.entities.quality import is_sampled, measure_page
from pipeline.entities.resolve import link_document
from pipeline.entities.tagged import TaggedDocument, read_tagged
from pipeline.io import write_table
from pipeline.memory import pause_garbage_collection
from pipeline.progress import Counts
from pipeline.records.linked import ENTITY, LINKED, LINKED_MENTION
from pipeline.structs import nest_rows


@dataclass(frozen=True, slots=True)
class LinkTask:
    """One shard of documents and mentions with its survey, the candidates, the shard to write."""

    documents: Path
    mentions: Path
    survey: Path
    candidates: Path
    out: Path
    config: LinkConfig


def link_shard(task: LinkTask) -> Counts:
    """Write the entities of one shard, row-aligned; return the counts by reason."""
    with pause_garbage_collection():
        return _link_shard(task)


def _link_shard(task: LinkTask) -> Counts:
    documents, sentences = read_tagged(task.documents, task.mentions)
    lookup = look_up(task.candidates, task.survey)
    counts: Counter[str] = Counter(documents=len(documents))
    rows, pages = Rows(), read_pages(documents, lookup)
    for document in documents:
        counts["links_in"] += len(document.links)
        counts["tagged_in"] += len(document.tagged)
        mentions = link_document(
            document.text,
            document.title,
            document.links,
            document.tagged,
            pages.get(page_of(document.doc_id), NO_PAGE),
            lookup,
            task.config,
            counts,
        )
        rows.add(document, mentions)
    for _, page in groupby(documents, key=lambda document: page_of(document.doc_id)):
        whole = list(page)
        if is_sampled(whole[0].doc_id, task.config.hidden_fraction):
            measure_page(whole, lookup, task.config, counts)
    counts["entities"] = len(rows.items)
    counts["entities_with_item"] = sum(item is not None for item in rows.items)
    counts.update({f"mentions_{name}": n for name, n in Counter(rows.reasons).items()})
    write_table(task.out, rows.to_table(sentences))
    return dict(counts)


class Rows:
    """The columns of a shard under construction, lists laid end to end."""

    def __init__(self) -> None:
        self.doc_ids: list[str] = []
        self.entity_ends, self.mention_ends = [0], [0]
        self.items: list[int | None] = []
        self.names: list[str] = []
        self.labels: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.entities: list[int] = []
        self.reasons: list[str] = []
        self.confidences: list[float] = []

    def add(self, document: TaggedDocument, mentions: Mentions) -> None:
        """Add a document: its entities are numbered in the order of their first mentions."""
        starts, ends, keys, reasons, confidences, labels = mentions
        numbers: dict[Key, int] = {}
        seen: list[list[str]] = []  # labels of each entity
        text = document.text
        for start, end, key, label in zip(starts, ends, keys, labels, strict=True):
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(seen)
                seen.append([])
                self.items.append(key if isinstance(key, int) else None)
                self.names.append(text[start:end])
            if label:
                seen[number].append(label)
            self.entities.append(number)
        self.labels += [own[0] if len(own) == 1 else _most_frequent(own) for own in seen]
        self.starts += starts
        self.ends += ends
        self.reasons += reasons
        self.confidences += confidences
        self.doc_ids.append(document.doc_id)
        self.entity_ends.append(len(self.items))
        self.mention_ends.append(len(self.starts))

    def to_table(self, sentences: pa.ListArray) -> Any:
        """Return the shard as an Arrow table; `sentences` are those of each document."""
        places = _find_sentences(sentences, self.mention_ends, self.starts)
        mentions = [self.starts, self.ends, self.entities, places, self.reasons, self.confidences]
        columns = [
            pa.array(self.doc_ids, pa.string()),
            nest_rows(self.entity_ends, [self.items, self.names, self.labels], ENTITY),
            nest_rows(self.mention_ends, mentions, LINKED_MENTION),
        ]
        return pa.Table.from_arrays(columns, schema=LINKED)


def _find_sentences(sentences: pa.ListArray, mention_ends: list[int], starts: list[int]) -> Any:
    """Return the sentence of each mention: the last that begins there or before, else the first."""
    documents = np.repeat(np.arange(len(sentences)), np.diff(mention_ends))
    begins = sentences.flatten().field("start").to_numpy().astype(np.int64)
    begins |= pc.list_parent_indices(sentences).to_numpy() << 32
    places = np.searchsorted(begins, documents << 32 | np.array(starts, np.int64), side="right")
    before = np.cumsum([0, *sentences.value_lengths().to_pylist()])[documents]
    return np.maximum(places - 1 - before, 0)


def _most_frequent(labels: list[str]) -> str:
    """Return the most frequent label, of as frequent ones the first; "" of none."""
    return max(labels, key=labels.count, default="")
