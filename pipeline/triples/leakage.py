"""Entity pairs that benchmarks test, kept out of the pre-training triples (paper 4.1).

Each benchmark's reader lists the pairs of its development and test sets. Two names are the same if
they normalise to the same string; a pair is held out in both directions.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from pipeline.config import require
from pipeline.progress import Counts
from pipeline.records.triples import HELD_OUT

Benchmark = Literal[
    "docred",
    "semeval",
    "tacred",
    "conll04",
    "ade",
    "wikihop",
    "squad",
    "triviaqa",
    "naturalquestions",
]

_DELETED = re.compile(r"[.'’ʼ`´]")  # U.S. = US, O'Brien = OBrien
_BETWEEN_WORDS = re.compile(r"[\W_]+")  # Saint-Denis = Saint Denis
# the same for ASCII: what is no letter or digit becomes a blank
_DELETED_ASCII = b".'`"
_BLANKED_ASCII = bytes(byte if chr(byte).isalnum() else ord(" ") for byte in range(128)).ljust(256)
_ARTICLES = ("the ", "a ", "an ")


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldoutConfig:
    """Parameters of `heldout`: the benchmarks whose pairs are left out of pre-training."""

    benchmarks: tuple[Benchmark, ...]

    def __post_init__(self) -> None:
        twice = len(set(self.benchmarks)) < len(self.benchmarks)
        require(not twice, f"benchmarks: must differ, got {', '.join(self.benchmarks)}")


@dataclass(frozen=True, slots=True)
class HeldOutPair:
    """Two entities that a test item relates: names as written, Wikidata items where given."""

    head: str
    tail: str
    head_item: int | None = None
    tail_item: int | None = None


def normalise_name(name: str) -> str:
    """Return the form under which names are compared.

    Case, accents, compatibility forms, punctuation, runs of blanks and a leading article do not
    count. A name that consists of nothing else is compared by its case-folded characters.
    """
    folded = name.upper().casefold()  # upper first: it unites more letters than casefold alone
    if folded.isascii() and folded.isalnum():
        return folded  # most names of one word
    if not folded.isascii():
        apart = unicodedata.normalize(
            "NFKD", unicodedata.normalize("NFKD", name).upper().casefold()
        )
        folded = "".join(mark for mark in apart if not unicodedata.combining(mark))
    if folded.isascii():  # twice as fast as by expressions
        words = folded.encode().translate(_BLANKED_ASCII, _DELETED_ASCII).decode()
    else:
        words = _BETWEEN_WORDS.sub(" ", _DELETED.sub("", folded))
    words = " ".join(words.split())
    if words.startswith(_ARTICLES):
        _, _, words = words.partition(" ")
    return words or folded.strip()


def collect_pairs(
    sources: Iterable[tuple[str, Iterable[HeldOutPair]]],
) -> tuple[pa.Table, dict[str, Counts]]:
    """Return the pairs of all benchmarks as `HELD_OUT`, sorted and unique, and counts of each.

    `pairs_in` = `pairs_out` + `duplicates` + `empty_name` + `same_name`.
    """
    keys: dict[str, str] = {}
    rows: set[tuple[Any, ...]] = set()
    counts: dict[str, Counts] = {}
    for benchmark, pairs in sources:
        before = len(rows)
        count: Counts = {"pairs_in": 0, "duplicates": 0, "empty_name": 0, "same_name": 0}
        for pair in pairs:
            head, tail = (
                keys.get(name) or keys.setdefault(name, normalise_name(name))
                for name in (pair.head, pair.tail)
            )
            count["pairs_in"] += 1
            if not head or not tail:
                count["empty_name"] += 1
            elif head == tail:
                count["same_name"] += 1
            elif (row := (benchmark, head, tail, pair.head_item, pair.tail_item)) in rows:
                count["duplicates"] += 1
            else:
                rows.add(row)
        counts[benchmark] = {**count, "pairs_out": len(rows) - before}
    ordered = sorted(rows, key=lambda row: (*row[:3], row[3] or 0, row[4] or 0))
    fields = ("benchmark", "head", "tail", "head_item", "tail_item")
    table = [dict(zip(fields, row, strict=True)) for row in ordered]
    return pa.Table.from_pylist(table, schema=HELD_OUT), counts
