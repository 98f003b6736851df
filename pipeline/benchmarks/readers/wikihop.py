"""WikiHop (Welbl et al. 2018), standard and masked: a query, candidates, supporting documents.

A query is a relation and a subject ("country lake orta"); the answer is one of
the candidates. In the masked setting every candidate is an id like ___MASK7___ in the documents.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from pipeline.benchmarks.readers.files import decode_json, find_file, refuse
from pipeline.benchmarks.split import Splits
from pipeline.triples.leakage import HeldOutPair

OFFICIAL = "qangaroo_v1.1/wikihop"  # the folder inside the official archive


class Question(msgspec.Struct, frozen=True):
    """A question; `answer` is one of `candidates`, which are lower-case, `supports` are not."""

    id: str
    query: str
    candidates: list[str]
    supports: list[str]
    answer: str

    @property
    def subject(self) -> str:
        """Return the entity that the query asks about."""
        return self.query.partition(" ")[2]


def read_wikihop(folder: Path, *, masked: bool) -> Splits[Question]:
    """Read the training and dev sets. The test set is hidden: dev, which papers report, is both.

    Raises:
        InputError: A file is missing, is not of this form, or contradicts itself.
    """
    train, dev = (read_questions(_find(folder, part, masked=masked)) for part in ("train", "dev"))
    return Splits(train, dev, dev)


def read_questions(path: Path) -> list[Question]:
    """Read one file; the answer must be among the candidates and the query name a subject."""
    questions = decode_json(path, list[Question])
    for number, question in enumerate(questions):
        if fault := _find_fault(question):
            refuse(path, f" record {number} ({question.id})", fault)
    return questions


def find_occurrences(candidates: Sequence[str], text: str) -> list[list[tuple[int, int]]]:
    """Return where each candidate occurs in `text`, [start, end) in characters.

    Candidates have no offsets, so they are matched exactly (paper A.3) but for case, as whole
    words. An occurrence may lie inside one of another candidate.
    """
    lowered = _lower(text)
    found = []
    for candidate in candidates:
        name = _lower(candidate)
        spans = []
        start = lowered.find(name)
        while start >= 0:
            end = start + len(name)
            if not _cuts_word(lowered, start) and not _cuts_word(lowered, end):
                spans.append((start, end))
            start = lowered.find(name, start + 1)
        found.append(spans)
    return found


def held_out_pairs(folder: Path) -> Iterator[HeldOutPair]:
    """Yield the subject of each dev query with each of its candidates."""
    for question in read_questions(_find(folder, "dev", masked=False)):
        for candidate in question.candidates:
            yield HeldOutPair(question.subject, candidate)


def _find(folder: Path, part: str, *, masked: bool) -> Path:
    name = f"{part}.masked.json" if masked else f"{part}.json"
    return find_file(folder, name, f"{OFFICIAL}/{name}")


def _find_fault(question: Question) -> str | None:
    if not question.subject:
        return f"the query {question.query!r} is not a relation and a subject"
    if not question.supports:
        return "no supporting document"
    if not all(question.candidates):
        return "an empty candidate"
    if question.answer not in question.candidates:
        return f"the answer {question.answer!r} is not among the candidates"
    return None


def _lower(text: str) -> str:
    """Lower-case without changing the length, so that offsets hold in the original."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def _cuts_word(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()
