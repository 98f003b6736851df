"""Extractive QA: SQuAD 1.1 json and the MRQA form (Fisch et al. 2019) of all three benchmarks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from pipeline.benchmarks.readers.files import decode_json, decode_lines, find_file, has_file, refuse
from pipeline.benchmarks.split import Splits
from pipeline.triples.leakage import HeldOutPair

MRQA_TRAIN, MRQA_DEV = "train.jsonl.gz", "dev.jsonl.gz"
SQUAD_TRAIN, SQUAD_DEV = "train-v1.1.json", "dev-v1.1.json"

# The paper (4.5): "we randomly split the original dev set into two halves".
HALVES_SEED = 42


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a context.

    `answers` are the gold answers of the metric; `spans` their places [start, end) in the
    characters of `context`, fewer where the file marks fewer. `passage` numbers the contexts.
    """

    id: str
    text: str
    context: str
    passage: int
    title: str
    answers: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def read_qa(folder: Path, halves_seed: int = HALVES_SEED) -> Splits[Question]:
    """Read the training set, and the dev set in two halves by context: dev and test.

    Raises:
        InputError: A file is missing or not of this form.
    """
    dev = read_dev(folder)
    passages = sorted({question.passage for question in dev})
    order = np.random.Generator(np.random.PCG64(halves_seed)).permutation(len(passages))
    first = {passages[index] for index in order[: (len(passages) + 1) // 2].tolist()}
    return Splits(
        read_train(folder),
        [question for question in dev if question.passage in first],
        [question for question in dev if question.passage not in first],
    )


def read_train(folder: Path) -> list[Question]:
    """Read the training set in whichever form it is there."""
    if has_file(folder, MRQA_TRAIN):
        return read_mrqa(folder / MRQA_TRAIN)
    return read_squad(find_file(folder, SQUAD_TRAIN, MRQA_TRAIN))


def read_dev(folder: Path) -> list[Question]:
    """Read the official dev set in whichever form it is there."""
    if has_file(folder, MRQA_DEV):
        return read_mrqa(folder / MRQA_DEV)
    return read_squad(find_file(folder, SQUAD_DEV, MRQA_DEV))


class _Answer(msgspec.Struct):
    text: str
    answer_start: int


class _SquadQuestion(msgspec.Struct):
    id: str
    question: str
    answers: list[_Answer]


class _Paragraph(msgspec.Struct):
    context: str
    qas: list[_SquadQuestion]


class _Article(msgspec.Struct):
    paragraphs: list[_Paragraph]
    title: str = ""


class _Squad(msgspec.Struct):
    data: list[_Article]


def read_squad(path: Path) -> list[Question]:
    """Read SQuAD 1.1 json. An answer that is not where `answer_start` says is a fault."""
    questions = []
    passage = -1
    for number, article in enumerate(decode_json(path, _Squad).data):
        for paragraph in article.paragraphs:
            passage += 1
            for row in paragraph.qas:
                spans = []
                for answer in row.answers:
                    span = answer.answer_start, answer.answer_start + len(answer.text)
                    if span[0] < 0 or paragraph.context[slice(*span)] != answer.text:
                        refuse(
                            path,
                            f" article {number}, question {row.id}",
                            f"the context does not read {answer.text!r} at {span[0]}",
                        )
                    spans.append(span)
                questions.append(
                    Question(
                        id=row.id,
                        text=row.question,
                        context=paragraph.context,
                        passage=passage,
                        title=article.title.replace("_", " "),
                        answers=tuple(answer.text for answer in row.answers),
                        spans=tuple(dict.fromkeys(spans)),
                    )
                )
    return questions


class _Detected(msgspec.Struct):
    char_spans: list[tuple[int, int]]  # both ends inclusive


class _MrqaQuestion(msgspec.Struct):
    qid: str
    question: str
    answers: list[str]
    detected_answers: list[_Detected]


class _MrqaLine(msgspec.Struct):
    context: str
    qas: list[_MrqaQuestion]


def read_mrqa(path: Path) -> list[Question]:
    """Read MRQA's jsonl.gz. The first line is a header; questions are known by `qid`."""
    questions = []
    for number, line in decode_lines(path, _MrqaLine, start=1):
        for row in line.qas:
            spans = [(s, e + 1) for found in row.detected_answers for s, e in found.char_spans]
            for start, end in spans:
                if not 0 <= start < end <= len(line.context):
                    refuse(path, str(number), f"question {row.qid}: span outside of the context")
            questions.append(
                Question(
                    id=row.qid,
                    text=row.question,
                    context=line.context,
                    passage=number,
                    title="",
                    answers=tuple(row.answers),
                    spans=tuple(dict.fromkeys(spans)),
                )
            )
    return questions


_CAPITALS = re.compile(r"[^\W\d_a-z][\w'’.-]*(?:\s+(?:of|the|and|de|[^\W\d_a-z][\w'’.-]*))*")
_OPENERS = frozenset(
    [
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "in",
        "on",
        "at",
        "of",
        "to",
        "for",
        "from",
        "by",
        "with",
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "has",
        "had",
        "can",
        "could",
        "besides",
        "after",
        "before",
        "during",
        "along",
        "according",
    ]
)
_MAX_NGRAM = 5


def held_out_pairs(folder: Path) -> Iterator[HeldOutPair]:
    """Yield each dev question's subjects with each of its answers.

    Subjects are the article's title and the capitalised phrases of the question; a question in
    lower case (NaturalQuestions) gives all its phrases of up to five words, of which `heldout`
    keeps those that name an entity.
    """
    seen = set()
    for question in read_dev(folder):
        subjects = [question.title] if question.title else []
        subjects += find_subjects(question.text)
        for subject in subjects:
            for answer in dict.fromkeys(question.answers):
                if (subject, answer) not in seen:
                    seen.add((subject, answer))
                    yield HeldOutPair(subject, answer)


def find_subjects(question: str) -> list[str]:
    """Return the phrases of a question that may name an entity."""
    words = question.rstrip("?!. ").split()
    if question.lower() == question:
        return [
            " ".join(words[start:end])
            for start in range(len(words))
            for end in range(start + 1, min(start + _MAX_NGRAM, len(words)) + 1)
        ]
    phrases = []
    for phrase in _CAPITALS.findall(" ".join(words)):
        inner = phrase.split()
        while inner and inner[0].lower() in _OPENERS:
            inner = inner[1:]
        while inner and inner[-1].islower():
            inner = inner[:-1]
        phrases.append(" ".join(inner))
    return [phrase for phrase in dict.fromkeys(phrases) if phrase]
