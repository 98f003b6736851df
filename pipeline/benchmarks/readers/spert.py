"""Joint NER and RE: CoNLL04 and ADE in the form of SpERT (Eberts and Ulges 2019)."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pipeline.benchmarks.readers.files import decode_json, find_file, has_file, refuse
from pipeline.benchmarks.split import Splits
from pipeline.triples.leakage import HeldOutPair

CONLL04_TYPES, ADE_TYPES = "conll04_types.json", "ade_types.json"
_FOLD = re.compile(r"ade_split_(\d+)_(?:train|test)\.json")


class Entity(msgspec.Struct, frozen=True):
    """A typed span of tokens [start, end)."""

    type: str
    start: int
    end: int


class Relation(msgspec.Struct, frozen=True):
    """A typed pair of entities, by their index in the sentence."""

    type: str
    head: int
    tail: int


class Sentence(msgspec.Struct, frozen=True):
    """Tokens with their entities and relations, gold or predicted."""

    tokens: list[str]
    entities: list[Entity]
    relations: list[Relation]
    number: int = msgspec.field(name="orig_id", default=0)


class Type(msgspec.Struct, frozen=True):
    """How a type is written out; `symmetric` relations hold both ways."""

    verbose: str = ""
    symmetric: bool = False


class Types(msgspec.Struct, frozen=True):
    """The types of entities and of relations, in the order of the file."""

    entities: dict[str, Type]
    relations: dict[str, Type]


def read_conll04(folder: Path) -> Splits[Sentence]:
    """Read CoNLL04 as split by Gupta et al. (2016).

    Raises:
        InputError: A file is missing, is not of this form, or contradicts itself.
    """
    types = read_types(folder)
    train, dev, test = (
        read_sentences(find_file(folder, f"conll04_{part}.json"), types)
        for part in ("train", "dev", "test")
    )
    return Splits(train, dev, test)


def read_ade(folder: Path, fold: int) -> Splits[Sentence]:
    """Read one fold of ADE. It has no dev set: SpERT trains on the other nine tenths.

    Raises:
        InputError: A file is missing, is not of this form, or contradicts itself.
    """
    types = read_types(folder)
    train, test = (
        read_sentences(find_file(folder, f"ade_split_{fold}_{part}.json"), types)
        for part in ("train", "test")
    )
    return Splits(train, [], test)


def find_folds(folder: Path) -> list[int]:
    """Return the numbers of ADE's folds in `folder`; officially 0 to 9."""
    names = [_FOLD.fullmatch(path.name) for path in folder.iterdir()]
    return sorted({int(found[1]) for found in names if found})


def read_types(folder: Path) -> Types:
    """Read the types of CoNLL04 or ADE, whichever `folder` holds."""
    return decode_json(find_file(folder, CONLL04_TYPES, ADE_TYPES), Types)


def read_sentences(path: Path, types: Types) -> list[Sentence]:
    """Read one file and check every index and type in it."""
    sentences = decode_json(path, list[Sentence])
    for number, sentence in enumerate(sentences):
        if fault := _find_fault(sentence, types):
            refuse(path, f" record {number} (orig_id {sentence.number})", fault)
    return sentences


def held_out_pairs(folder: Path) -> Iterator[HeldOutPair]:
    """Yield the arguments of the relations: CoNLL04's dev and test, or ADE's test folds."""
    types = read_types(folder)
    if has_file(folder, CONLL04_TYPES):
        names = ["conll04_dev.json", "conll04_test.json"]
    else:
        names = [f"ade_split_{fold}_test.json" for fold in find_folds(folder)]
    for name in names:
        for sentence in read_sentences(find_file(folder, name), types):
            for relation in sentence.relations:
                head, tail = (
                    " ".join(sentence.tokens[entity.start : entity.end])
                    for entity in (
                        sentence.entities[relation.head],
                        sentence.entities[relation.tail],
                    )
                )
                yield HeldOutPair(head, tail)


def _find_fault(sentence: Sentence, types: Types) -> str | None:
    for index, entity in enumerate(sentence.entities):
        if not 0 <= entity.start < entity.end <= len(sentence.tokens):
            return f"entity {index}: {[entity.start, entity.end]} is outside of the sentence"
        if entity.type not in types.entities:
            return f"entity {index}: unknown type {entity.type!r}"
    number = len(sentence.entities)
    for index, relation in enumerate(sentence.relations):
        if not (0 <= relation.head < number > relation.tail >= 0):
            return f"relation {index}: there is no entity {max(relation.head, relation.tail)}"
        if relation.type not in types.relations:
            return f"relation {index}: unknown type {relation.type!r}"
    return None
