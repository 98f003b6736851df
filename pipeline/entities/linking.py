"""Link the hyperlinks and names of documents to Wikidata items, shard by shard (paper 4.1)."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.entities.candidates import look_up
from pipeline.entities.evidence import Key, LinkConfig, Mention
from pipeline.entities.page import NO_PAGE, page_of, read_pages
from pipeline.entities.quality import is_sampled, measure_page
from pipeline.entities.resolve import link_document
from pipeline.entities.store import connect
from pipeline.entities.tagged import TaggedDocument, read_tagged
from pipeline.io import write_table
from pipeline.memory import pause_garbage_collection
from pipeline.progress import Counts
from pipeline.records.linked import ENTITY, LINKED, LINKED_MENTION


@dataclass(frozen=True, slots=True)
class LinkTask:
    """One shard of documents and mentions with its survey, the candidates, the shard to write."""

    documents: Path
    mentions: Path
    survey: Path
    candidates: Path
    out: Path
    spill: Path
    config: LinkConfig


def link_shard(task: LinkTask) -> Counts:
    """Write the entities of one shard, row-aligned; return the counts by reason."""
    with pause_garbage_collection():
        return _link_shard(task)


def _link_shard(task: LinkTask) -> Counts:
    documents = read_tagged(task.documents, task.mentions)
    with connect(task.candidates, spill=task.spill, read_only=True, threads=1) as connection:
        lookup = look_up(connection, task.survey)
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
    write_table(task.out, rows.to_table())
    return dict(counts)


class Rows:
    """The columns of a shard under construction, lists laid end to end."""

    def __init__(self) -> None:
        self.doc_ids: list[str] = []
        self.entity_ends, self.mention_ends = [0], [0]
        self.items: list[int | None] = []
        self.names: list[str] = []
        self.labels: list[str] = []
        self.mentions: list[tuple[int, int, int, int, str, float]] = []

    def add(self, document: TaggedDocument, mentions: list[Mention]) -> None:
        """Add a document: its entities are numbered in the order of their first mentions."""
        numbers: dict[Key, int] = {}
        labels: list[list[str]] = []
        text, sentences = document.text, document.sentences
        for start, end, key, reason, confidence, label in mentions:
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(numbers)
                labels.append([])
                self.items.append(key if isinstance(key, int) else None)
                self.names.append(text[start:end])
            if label:
                labels[number].append(label)
            sentence = bisect_right(sentences, start, 1) - 1
            self.mentions.append((start, end, number, sentence, reason, confidence))
        self.labels += [seen[0] if len(seen) == 1 else _most_frequent(seen) for seen in labels]
        self.doc_ids.append(document.doc_id)
        self.entity_ends.append(len(self.items))
        self.mention_ends.append(len(self.mentions))

    def to_table(self) -> Any:
        """Return the shard as an Arrow table."""
        entities = [self.items, self.names, self.labels]
        mentions = list(zip(*self.mentions, strict=True)) or [()] * len(LINKED_MENTION)
        columns = [
            pa.array(self.doc_ids, pa.string()),
            _nest(self.entity_ends, entities, ENTITY),
            _nest(self.mention_ends, mentions, LINKED_MENTION),
        ]
        return pa.Table.from_arrays(columns, schema=LINKED)


def _most_frequent(labels: list[str]) -> str:
    """Return the most frequent label, of as frequent ones the first; "" of none."""
    return max(labels, key=labels.count, default="")


def _nest(ends: list[int], columns: list[Any], kind: Any) -> Any:
    arrays = [pa.array(values, field.type) for values, field in zip(columns, kind, strict=True)]
    structs = pa.StructArray.from_arrays(arrays, fields=list(kind))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), structs)
