"""Annotated documents drawn at random, to be read and judged by people."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.io import check_aligned, read_table
from pipeline.records.documents import DOCUMENTS
from pipeline.records.linked import LINKED
from pipeline.records.triples import TRIPLES


@dataclass(frozen=True, slots=True)
class AnnotatedDocument:
    """A kept document: its page, its entities that have an item, by name, and its triples."""

    doc_id: str
    title: str
    entities: list[tuple[int, str]]  # the number of Q42, its first mention
    triples: list[tuple[int, int, int]]  # the numbers of Q42, P17 and Q145

    def format(self) -> str:
        """Return the document in three lines."""
        entities = "; ".join(f"Q{item} {name}" for item, name in self.entities)
        triples = "; ".join(f"Q{head} P{relation} Q{tail}" for head, relation, tail in self.triples)
        return f"{self.doc_id} {self.title}\n  {entities}\n  {triples}"


def draw_documents(
    shards: Sequence[str], number: int, *, seed: int, parsed: Path, linked: Path, annotated: Path
) -> list[AnnotatedDocument]:
    """Draw kept documents, each as likely as any other; the same for the same seed.

    Args:
        shards: File names of the shards, which the three folders share.
        number: How many documents, if there are so many.
        seed: Of the draw.
        parsed: Documents.
        linked: Their entities.
        annotated: Their triples.

    Raises:
        InputError: A shard is missing or damaged, or they are not about the same documents.
    """
    kept = [
        (shard, row)
        for shard in shards
        for row, drop in enumerate(
            read_table(annotated / shard, TRIPLES, ["drop"])["drop"].to_pylist()
        )
        if not drop
    ]
    chosen = sorted(random.Random(seed).sample(kept, min(number, len(kept))))
    found = []
    for shard in dict.fromkeys(shard for shard, _ in chosen):
        rows = [row for name, row in chosen if name == shard]
        texts = read_table(parsed / shard, DOCUMENTS, ["doc_id", "title"])
        entities = read_table(linked / shard, LINKED, ["doc_id", "entities"])
        triples = read_table(annotated / shard, TRIPLES, ["doc_id", "triples"])
        for path, table in ((linked / shard, entities), (annotated / shard, triples)):
            check_aligned(path, table, texts)
        for text, link, facts in zip(
            *(table.take(rows).to_pylist() for table in (texts, entities, triples)), strict=True
        ):
            items = [entity["item"] for entity in link["entities"]]
            found.append(
                AnnotatedDocument(
                    doc_id=text["doc_id"],
                    title=text["title"],
                    entities=[(e["item"], e["name"]) for e in link["entities"] if e["item"]],
                    triples=[
                        (items[fact["head"]], fact["property"], items[fact["tail"]])
                        for fact in facts["triples"]
                    ],
                )
            )
    return found
