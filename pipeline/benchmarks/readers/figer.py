"""FIGER (Ling and Weld 2012): entity mentions with fine types, in the three forms it circulates in.

* AFET (Ren et al. 2016): a line per sentence, mentions [start, end) in tokens.
* ERNIE (Zhang et al. 2019): a list of mentions, [start, end) in characters.
* Ling and Weld's own label file: a line per token, tab, O or B- or I- and the types.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.benchmarks.readers.files import (
    decode_json,
    decode_lines,
    find_file,
    has_file,
    read_lines,
    refuse,
)
from pipeline.benchmarks.split import Splits

TRAIN, DEV, TEST = ("train.json",), ("dev.json",), ("test.json", "exp.label", "aaai/exp.label")
TYPES_MAP = "types.map"  # Freebase type, tab, FIGER type


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention [start, end) in the characters of its sentence, with its types ("/person")."""

    number: int
    text: str
    span: tuple[int, int]
    types: tuple[str, ...]


def read_figer(folder: Path) -> Splits[Mention]:
    """Read the three sets, each in whichever form it is there.

    Raises:
        InputError: A file is missing, is not of this form, or contradicts itself.
    """
    train, dev, test = (read_mentions(find_file(folder, *names)) for names in (TRAIN, DEV, TEST))
    return Splits(train, dev, test)


def read_mentions(path: Path) -> list[Mention]:
    """Read one file; its first character tells the form."""
    with path.open("rb") as file:
        first = file.read(64).lstrip()[:1]
    if first == b"[":
        return _number(_read_characters(path))
    return _number(_read_tokens(path) if first == b"{" else _read_labels(path))


def read_types(folder: Path, train: Iterable[Mention]) -> list[str]:
    """Return the types that a model chooses from: those of the training set and of types.map.

    A gold type beyond them cannot be predicted and stays in the denominator of recall.
    """
    types = {name for mention in train for name in mention.types}
    if has_file(folder, TYPES_MAP):
        path = folder / TYPES_MAP
        for number, line in enumerate(read_lines(path), 1):
            name = line.partition("\t")[2].strip()
            if not name.startswith("/"):
                refuse(path, str(number), "expected a Freebase type, tab, a type like /person")
            types.add(name)
    return sorted(types)


class _TokenMention(msgspec.Struct):
    start: int
    end: int
    labels: list[str]


class _Sentence(msgspec.Struct):
    tokens: list[str]
    mentions: list[_TokenMention]


class _CharacterMention(msgspec.Struct):
    sent: str
    start: int
    end: int
    labels: list[str]


Row = tuple[str, tuple[int, int], Iterable[str]]  # text, characters, types


def _number(rows: Iterable[Row]) -> list[Mention]:
    return [
        Mention(number, text, span, tuple(dict.fromkeys(types)))
        for number, (text, span, types) in enumerate(rows)
    ]


def _read_tokens(path: Path) -> Iterator[Row]:
    for number, sentence in decode_lines(path, _Sentence):
        text = " ".join(sentence.tokens)
        for mention in sentence.mentions:
            if not 0 <= mention.start < mention.end <= len(sentence.tokens):
                where = [mention.start, mention.end]
                refuse(path, str(number), f"the mention {where} is outside of its sentence")
            if not mention.labels:
                refuse(path, str(number), "a mention without labels")
            yield text, _characters(sentence.tokens, mention.start, mention.end), mention.labels


def _read_characters(path: Path) -> Iterator[Row]:
    for number, row in enumerate(decode_json(path, list[_CharacterMention])):
        if row.start == row.end:  # ERNIE's own code leaves these out, too
            continue
        if not 0 <= row.start < row.end <= len(row.sent):
            where = [row.start, row.end]
            refuse(path, f" record {number}", f"the mention {where} is outside of its sentence")
        if not row.labels:
            refuse(path, f" record {number}", "a mention without labels")
        yield row.sent, (row.start, row.end), row.labels


def _read_labels(path: Path) -> Iterator[Row]:
    tokens: list[str] = []
    mentions: list[tuple[int, int, str]] = []
    for number, line in enumerate([*read_lines(path), ""], 1):
        token, _, label = line.partition("\t")
        if not line.strip():
            text = " ".join(tokens)
            for start, end, types in mentions:
                yield text, _characters(tokens, start, end), types.split(",")
            tokens, mentions = [], []
            continue
        place = len(tokens)
        tokens.append(token)
        if label.startswith("B-/"):
            mentions.append((place, place + 1, label[2:]))
        elif label.startswith("I-/") and mentions and mentions[-1][1] == place:
            mentions[-1] = (mentions[-1][0], place + 1, mentions[-1][2])
        elif label != "O":
            refuse(path, str(number), f"expected O, B-/type or, after it, I-/type, got {label!r}")


def _characters(tokens: list[str], start: int, end: int) -> tuple[int, int]:
    """Return the characters of tokens [start, end) in the tokens joined by spaces."""
    first = sum(len(token) + 1 for token in tokens[:start])
    return first, first + len(" ".join(tokens[start:end]))
