"""DocRED (Yao et al. 2019) and Re-DocRED: documents with entities, mentions and facts."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pipeline.benchmarks.readers.files import decode_json, find_file, refuse
from pipeline.benchmarks.split import Splits
from pipeline.triples.leakage import HeldOutPair

TRAIN = ("train_annotated.json", "train_revised.json")
DEV = ("dev.json", "dev_revised.json")
TEST = ("test.json", "test_revised.json")


class Mention(msgspec.Struct, frozen=True):
    """A mention: tokens [start, end) = `span` of sentence number `sentence`."""

    name: str
    span: tuple[int, int] = msgspec.field(name="pos")
    sentence: int = msgspec.field(name="sent_id")
    type: str = ""


class Fact(msgspec.Struct, frozen=True):
    """A labelled relation; head and tail index the document's entities."""

    relation: str = msgspec.field(name="r")
    head: int = msgspec.field(name="h")
    tail: int = msgspec.field(name="t")
    evidence: list[int] = []


class Document(msgspec.Struct, frozen=True):
    """A document: sentences of tokens, entities with their mentions, facts (None: unlabelled)."""

    title: str
    sentences: list[list[str]] = msgspec.field(name="sents")
    entities: list[list[Mention]] = msgspec.field(name="vertexSet")
    facts: list[Fact] | None = msgspec.field(name="labels", default=None)


def read_docred(folder: Path) -> Splits[Document]:
    """Read the three sets. The official test set has no labels.

    Raises:
        InputError: A file is missing, is not of this form, or contradicts itself.
    """
    train, dev, test = (read_documents(find_file(folder, *names)) for names in (TRAIN, DEV, TEST))
    for names, documents in ((TRAIN, train), (DEV, dev)):
        for number, document in enumerate(documents):
            if document.facts is None:
                refuse(find_file(folder, *names), f" record {number}", "no labels")
    return Splits(train, dev, test)


def read_documents(path: Path) -> list[Document]:
    """Read one file and check every index in it."""
    documents = decode_json(path, list[Document])
    for number, document in enumerate(documents):
        if fault := _find_fault(document):
            refuse(path, f" record {number} ('{document.title}')", fault)
    return documents


def read_relations(folder: Path) -> dict[str, str]:
    """Return the names of the relations by property, in the order of their numbers."""
    names = decode_json(find_file(folder, "rel_info.json"), dict[str, str])
    return dict(sorted(names.items(), key=lambda item: (len(item[0]), item[0])))


def held_out_pairs(folder: Path) -> Iterator[HeldOutPair]:
    """Yield the pairs of the dev and test documents under every pair of their names.

    Where a document is labelled these are the pairs of its facts, otherwise all ordered pairs.
    """
    for names in (DEV, TEST):
        for document in read_documents(find_file(folder, *names)):
            for head, tail in sorted(_pairs(document)):
                for head_name in sorted({mention.name for mention in document.entities[head]}):
                    for tail_name in sorted({mention.name for mention in document.entities[tail]}):
                        yield HeldOutPair(head_name, tail_name)


def _pairs(document: Document) -> set[tuple[int, int]]:
    if document.facts is not None:
        return {(fact.head, fact.tail) for fact in document.facts}
    number = len(document.entities)
    return {(head, tail) for head in range(number) for tail in range(number) if head != tail}


def _find_fault(document: Document) -> str | None:
    for index, mentions in enumerate(document.entities):
        if not mentions:
            return f"entity {index} has no mention"
        for mention in mentions:
            if not 0 <= mention.sentence < len(document.sentences):
                return f"entity {index}: there is no sentence {mention.sentence}"
            start, end = mention.span
            if not 0 <= start < end <= len(document.sentences[mention.sentence]):
                return f"entity {index}: pos {[start, end]} is outside of its sentence"
    for index, fact in enumerate(document.facts or ()):
        if not (0 <= fact.head < len(document.entities) > fact.tail >= 0):
            return f"label {index}: there is no entity {max(fact.head, fact.tail)}"
    return None
