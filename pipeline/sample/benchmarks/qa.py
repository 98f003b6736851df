"""Questions about texts: SQuAD 1.1 json and the MRQA form of TriviaQA and NaturalQuestions."""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.sample.benchmarks.docred import tokenize
from pipeline.sample.benchmarks.worlds import draw_topics, open_world, write_text
from pipeline.sample.counter import stream
from pipeline.sample.phrases import find_phrases
from pipeline.sample.prose import Sentence
from pipeline.sample.world import Block, Entity

SQUAD_SIZES = {"train": 300, "dev": 100}  # questions
MRQA_SIZES = {"train": 150, "dev": 60}
PER_PASSAGE = 4

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a passage and where the passage answers it, [start, end) in characters."""

    question: str
    answer: str
    start: int
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with questions."""

    title: str
    context: str
    asked: tuple[Asked, ...]


def make_passage(block: Block, topic: Entity, *, words: int) -> Passage:
    """Return a text about a topic with up to four questions, each with one answer in it."""
    rng = stream(block.world.seed, 74, topic.item, block.number)
    sentences = write_text(block, topic, words=words)
    context = " ".join(sentence.text for sentence in sentences)
    # A question whose relation has several tails in the text would have several answers.
    answers: dict[tuple[int, int], set[int]] = {}
    for sentence in sentences:
        for fact in sentence.facts:
            answers.setdefault((fact.head.item, fact.relation), set()).add(fact.tail.item)
    asked = []
    start = 0
    for sentence in sentences:
        for fact in sentence.facts:
            phrases = find_phrases(fact.relation, fact.head.kind.name)
            place = _find_name(sentence, fact.tail)
            if phrases is None or not phrases.questions or place is None:
                continue
            if len(answers.pop((fact.head.item, fact.relation), ())) != 1:
                continue
            pieces = phrases.questions[rng.randrange(len(phrases.questions))]
            question = _fill("".join(map(str, pieces)), fact.head, fact.tail)
            offset, name = place
            aliases = (fact.tail.name, *fact.tail.aliases)
            asked.append(Asked(question, name, start + offset, aliases))
        start += len(sentence.text) + 1
    rng.shuffle(asked)
    return Passage(topic.title, context, tuple(asked[:PER_PASSAGE]))


def _find_name(sentence: Sentence, entity: Entity) -> tuple[int, str] | None:
    offset = 0
    for segment in sentence.segments:
        if segment.entity is not None and segment.named and segment.entity.item == entity.item:
            return offset, segment.text
        offset += len(segment.text)
    return None


def _fill(text: str, head: Entity, tail: Entity) -> str:
    name = f"{head.article} {head.name}".strip()
    return text.replace("{h}", name).replace("{hn}", head.noun).replace("{tn}", tail.noun)


def make_passages(seed: int, part: str, questions: int, words: int) -> Iterator[Passage]:
    """Yield passages until there are `questions` questions."""
    world = open_world(seed, part)
    for block, topic in draw_topics(world, part, questions):
        passage = make_passage(block, topic, words=words)
        asked = passage.asked[:questions]
        if asked:
            yield Passage(passage.title, passage.context, asked)
        questions -= len(asked)
        if not questions:
            return


def write_squad(folder: Path, seed: int) -> None:
    """Write `train-v1.1.json` and `dev-v1.1.json`; dev questions have three (equal) answers."""
    for name, size in SQUAD_SIZES.items():
        data = []
        for number, passage in enumerate(make_passages(seed, f"squad/{name}", size, 110)):
            times = 3 if name == "dev" else 1
            rows = [
                {
                    "id": f"{name}-{number}-{place}",
                    "question": asked.question,
                    "answers": [{"text": asked.answer, "answer_start": asked.start}] * times,
                }
                for place, asked in enumerate(passage.asked)
            ]
            paragraph = {"context": passage.context, "qas": rows}
            title = passage.title.replace(" ", "_")
            data.append({"title": title, "paragraphs": [paragraph]})
        value = {"data": data, "version": "1.1"}
        (folder / f"{name}-v1.1.json").write_text(json.dumps(value), "utf-8")


def write_triviaqa(folder: Path, seed: int) -> None:
    """Write `train.jsonl.gz` and `dev.jsonl.gz`: two texts a context, aliases as answers."""
    _write_mrqa(folder, seed, "triviaqa", "TriviaQA-web", lower=False)


def write_naturalquestions(folder: Path, seed: int) -> None:
    """Write `train.jsonl.gz` and `dev.jsonl.gz`: questions as typed into a search box."""
    _write_mrqa(folder, seed, "naturalquestions", "NaturalQuestionsShort", lower=True)


def _write_mrqa(folder: Path, seed: int, part: str, dataset: str, *, lower: bool) -> None:
    passages = list(make_passages(seed, part, sum(MRQA_SIZES.values()), 90 if lower else 120))
    cut, total = 0, 0
    while total < MRQA_SIZES["train"]:
        total += len(passages[cut].asked)
        cut += 1
    for split, chosen in (("train", passages[:cut]), ("dev", passages[cut:])):
        lines: list[Json] = [{"header": {"dataset": dataset, "split": split}}]
        lines += [
            _mrqa_line(passage, f"{part}-{split}-{number}", lower=lower)
            for number, passage in enumerate(chosen)
        ]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        data = packer.compress(text.encode()) + packer.flush()
        (folder / f"{split}.jsonl.gz").write_bytes(data)


def _mrqa_line(passage: Passage, name: str, *, lower: bool) -> Json:
    tokens = _offsets(passage.context)
    rows = []
    for place, asked in enumerate(passage.asked):
        question = asked.question.lower().rstrip("?") if lower else asked.question
        spans = _occurrences(passage.context, asked.answer) if not lower else [asked.start]
        answers = [asked.answer] if lower else list(dict.fromkeys((asked.answer, *asked.aliases)))
        ends = [start + len(asked.answer) - 1 for start in spans]  # inclusive, as in MRQA
        detected = {
            "text": asked.answer,
            "char_spans": [list(pair) for pair in zip(spans, ends, strict=True)],
            "token_spans": [
                [
                    max(k for k, (_, offset) in enumerate(tokens) if offset <= start),
                    max(k for k, (_, offset) in enumerate(tokens) if offset <= end),
                ]
                for start, end in zip(spans, ends, strict=True)
            ],
        }
        rows.append(
            {
                "qid": f"{name}-{place}",
                "id": f"{name}-{place}",
                "question": question,
                "question_tokens": _offsets(question),
                "answers": answers,
                "detected_answers": [detected],
            }
        )
    return {"id": "", "context": passage.context, "qas": rows, "context_tokens": tokens}


def _offsets(text: str) -> list[tuple[str, int]]:
    offsets = []
    position = 0
    for token in tokenize(text):
        position = text.index(token, position)
        offsets.append((token, position))
        position += len(token)
    return offsets


def _occurrences(text: str, name: str) -> list[int]:
    return [found.start() for found in re.finditer(rf"\b{re.escape(name)}\b", text)]
