"""TACRED (Zhang et al. 2017), and the labels of TACREV and Re-TACRED.

The sentences come from the LDC (LDC2018T24) and cannot be fetched; the two relabellings are public
lists of sentence ids. TACREV (Alt et al. 2020) replaces labels of dev and test; Re-TACRED (Stoica
et al. 2021) relabels all three sets and leaves out sentences.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.benchmarks.readers.files import decode_json, find_file, has_file, refuse
from pipeline.benchmarks.split import Splits
from pipeline.errors import InputError
from pipeline.triples.leakage import HeldOutPair

Labelling = Literal["tacred", "tacrev", "re-tacred"]
NO_RELATION = "no_relation"

ARCHIVE = "data/json"  # the folder inside the LDC's archive
_PARTS = ("train", "dev", "test")
_LABEL = re.compile(rf"{NO_RELATION}|(?:per|org):[a-z_/]+")
# The Penn Treebank's names of brackets, which no encoder has seen as words.
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with subject (head) and object (tail), [start, end) in characters."""

    id: str
    text: str
    head: tuple[int, int]
    tail: tuple[int, int]
    label: str


def read_tacred(folder: Path, labelling: Labelling = "tacred") -> Splits[Sentence]:
    """Read the three sets with the labels of one of the three publications.

    Args:
        folder: train.json, dev.json and test.json as the LDC ships them. For TACREV also
            dev_patch.json and test_patch.json (or patch/...), for Re-TACRED
            train_id2label.json and its two siblings (or Re-TACRED/...), from their repositories.
        labelling: Whose labels.

    Raises:
        InputError: A file is missing, is not of this form, or contradicts itself.
    """
    train, dev, test = (_relabel(folder, part, labelling) for part in _PARTS)
    return Splits(train, dev, test)


def relation_names(splits: Splits[Sentence]) -> list[str]:
    """Return the labels that occur, no_relation first; 42 in TACRED, 40 in Re-TACRED."""
    names = {s.label for part in (splits.train, splits.dev, splits.test) for s in part}
    return [NO_RELATION, *sorted(names - {NO_RELATION})]


def held_out_pairs(folder: Path) -> Iterator[HeldOutPair]:
    """Yield subject and object of the dev and test sentences, related or not."""
    for part in ("dev", "test"):
        for sentence in read_sentences(_find(folder, part)):
            head, tail = (sentence.text[slice(*span)] for span in (sentence.head, sentence.tail))
            yield HeldOutPair(head, tail)


class _Row(msgspec.Struct):
    id: str
    token: list[str]
    subj_start: int
    subj_end: int  # inclusive, like obj_end
    obj_start: int
    obj_end: int
    relation: str


class _Patched(msgspec.Struct):
    id: str
    relation: str


def read_sentences(path: Path) -> list[Sentence]:
    """Read one file in the LDC's form; brackets are written as such."""
    sentences = []
    for number, row in enumerate(decode_json(path, list[_Row])):
        words = [_BRACKETS.get(word, word) for word in row.token]
        head, tail = (
            _characters(path, f" record {number} ({row.id})", name, words, start, end + 1)
            for name, start, end in (
                ("subj", row.subj_start, row.subj_end),
                ("obj", row.obj_start, row.obj_end),
            )
        )
        if not _LABEL.fullmatch(row.relation):
            refuse(path, f" record {number} ({row.id})", f"unknown relation {row.relation!r}")
        sentences.append(Sentence(row.id, " ".join(words), head, tail, row.relation))
    return sentences


def _characters(
    path: Path, place: str, name: str, words: list[str], start: int, end: int
) -> tuple[int, int]:
    """Return the characters of words [start, end) in the words joined by spaces."""
    if not 0 <= start < end <= len(words):
        refuse(
            path, place, f"{name}_start {start}, {name}_end {end - 1} is outside of the sentence"
        )
    first = sum(len(word) + 1 for word in words[:start])
    return first, first + len(" ".join(words[start:end]))


def _relabel(folder: Path, part: str, labelling: Labelling) -> list[Sentence]:
    path = _find(folder, part)
    sentences = read_sentences(path)
    if labelling == "re-tacred":
        name = f"{part}_id2label.json"
        patch = find_file(folder, name, f"Re-TACRED/{name}")
        labels = decode_json(patch, dict[str, str])
    elif labelling == "tacrev" and part != "train":
        patch = find_file(folder, f"{part}_patch.json", f"patch/{part}_patch.json")
        labels = {row.id: row.relation for row in decode_json(patch, list[_Patched])}
    else:
        return sentences
    _check(patch, labels, sentences, path)
    return [
        replace(sentence, label=labels.get(sentence.id, sentence.label))
        for sentence in sentences
        if labelling != "re-tacred" or sentence.id in labels
    ]


def _check(
    patch: Path, labels: Mapping[str, str], sentences: Sequence[Sentence], path: Path
) -> None:
    known = {sentence.id for sentence in sentences}
    for name, label in labels.items():
        if name not in known:
            refuse(patch, f" id {name}", f"{path.name} has no such sentence")
        if not _LABEL.fullmatch(label):
            refuse(patch, f" id {name}", f"unknown relation {label!r}")


def _find(folder: Path, part: str) -> Path:
    """Return one of the LDC's files; if any of the three is missing, say what to do, once."""
    missing = [
        f"{name}.json"
        for name in _PARTS
        if not has_file(folder, f"{name}.json", f"{ARCHIVE}/{name}.json")
    ]
    if missing:
        raise InputError(
            f"{folder}: {', '.join(missing)} not there; TACRED needs a licence: get LDC2018T24 "
            "from the LDC and put train.json, dev.json and test.json there"
        )
    return find_file(folder, f"{part}.json", f"{ARCHIVE}/{part}.json")
