"""SemEval-2010 Task 8 (Hendrickx et al. 2010): the official text form and the jsonl form."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.benchmarks.readers.files import decode_lines, find_file, has_file, read_lines, refuse
from pipeline.benchmarks.split import Splits, split_off
from pipeline.triples.leakage import HeldOutPair

TRAIN = ("TRAIN_FILE.TXT", "SemEval2010_task8_training/TRAIN_FILE.TXT")
TEST = ("TEST_FILE_FULL.TXT", "SemEval2010_task8_testing_keys/TEST_FILE_FULL.TXT")

RELATIONS = (
    "Cause-Effect",
    "Component-Whole",
    "Content-Container",
    "Entity-Destination",
    "Entity-Origin",
    "Instrument-Agency",
    "Member-Collection",
    "Message-Topic",
    "Product-Producer",
)
LABELS = ("Other", *(f"{r}{d}" for r in RELATIONS for d in ("(e1,e2)", "(e2,e1)")))

# The official release has no development set. Peng et al. (2020) held out 1,493 of the 8,000.
DEV_SHARE = 1_493 / 8_000
DEV_SEED = 42

_SENTENCE = re.compile(r'(\d+)\t"?(.*?)"?\s*$')
_TAGS = re.compile(r"(.*)<e1>(.+)</e1>(.*)<e2>(.+)</e2>(.*)$")  # e1 is always the first


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with two nominals, [start, end) in characters: head is e1, tail is e2."""

    number: int
    text: str
    head: tuple[int, int]
    tail: tuple[int, int]
    label: str


def read_semeval(folder: Path) -> Splits[Sentence]:
    """Read the official files, with a seeded stratified dev set; or the jsonl form as released.

    Raises:
        InputError: A file is missing or not of this form.
    """
    if not has_file(folder, *TRAIN) and has_file(folder, "train.txt"):
        return _read_released(folder)
    train = read_official(find_file(folder, *TRAIN))
    test = read_official(find_file(folder, *TEST))
    labels = [sentence.label for sentence in train]
    train, dev = split_off(train, labels, DEV_SHARE, DEV_SEED)
    return Splits(train, dev, test)


def read_official(path: Path) -> list[Sentence]:
    """Read blocks of a numbered sentence with <e1> and <e2>, its label and a comment."""
    lines = read_lines(path)
    sentences = []
    index = 0
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        found = _SENTENCE.match(lines[index])
        tagged = _TAGS.match(found[2]) if found else None
        if not found or not tagged:
            refuse(path, str(index + 1), 'expected number, tab, "sentence with <e1> and <e2>"')
        label = lines[index + 1].strip() if index + 1 < len(lines) else ""
        if label not in LABELS:
            refuse(path, str(index + 2), f"expected one of the 19 relations, got {label!r}")
        starts = list(itertools.accumulate(map(len, tagged.groups()), initial=0))
        sentences.append(
            Sentence(
                number=int(found[1]),
                text="".join(tagged.groups()),
                head=(starts[1], starts[2]),
                tail=(starts[3], starts[4]),
                label=label,
            )
        )
        while index < len(lines) and lines[index].strip():
            index += 1
    return sentences


def held_out_pairs(folder: Path) -> Iterator[HeldOutPair]:
    """Yield head and tail of the dev and test sentences."""
    splits = read_semeval(folder)
    for sentence in (*splits.dev, *splits.test):
        head, tail = (sentence.text[slice(*span)] for span in (sentence.head, sentence.tail))
        yield HeldOutPair(head, tail)


class _Nominal(msgspec.Struct):
    pos: tuple[int, int]


class _Row(msgspec.Struct):
    token: list[str]
    h: _Nominal
    t: _Nominal
    relation: str


def _read_released(folder: Path) -> Splits[Sentence]:
    train, dev, test = (
        _read_rows(find_file(folder, f"{name}.txt")) for name in ("train", "dev", "test")
    )
    released = {
        percent: _read_rows(folder / name)
        for percent, name in ((1, "train_0.01.txt"), (10, "train_0.1.txt"))
        if has_file(folder, name)
    }
    return Splits(train, dev, test, released)


def _read_rows(path: Path) -> list[Sentence]:
    """Read one JSON object a line: tokens, h and t with [start, end) in tokens, relation."""
    return [
        Sentence(
            number=number,
            text=" ".join(row.token),
            head=_span(path, number, row.token, row.h.pos),
            tail=_span(path, number, row.token, row.t.pos),
            label=row.relation
            if row.relation in LABELS
            else refuse(path, str(number), f"unknown relation {row.relation!r}"),
        )
        for number, row in decode_lines(path, _Row)
    ]


def _span(path: Path, line: int, tokens: list[str], pos: tuple[int, int]) -> tuple[int, int]:
    """Return the characters of tokens [start, end) in the tokens joined by spaces."""
    start, end = pos
    if not 0 <= start < end <= len(tokens):
        refuse(path, str(line), f"pos {[start, end]} is outside of the sentence")
    first = sum(len(token) + 1 for token in tokens[:start])
    return first, first + len(" ".join(tokens[start:end]))
