"""WikiHop, standard and masked: the answer takes two documents, one names what joins them."""

import json
import random
import re
from pathlib import Path
from typing import Any

from pipeline.sample.benchmarks.sentences import state_fact
from pipeline.sample.benchmarks.worlds import open_world
from pipeline.sample.counter import stream
from pipeline.sample.world import Block, Entity, Fact

SIZES = {"train": 200, "dev": 80}
CANDIDATES = 6

# Name of the query, kind of the subject, property to the middle, property on to the answer.
CHAINS = (
    ("located_in_the_administrative_territorial_entity", "university", 131, 131),
    ("located_in_the_administrative_territorial_entity", "club", 131, 131),
    ("located_in_the_administrative_territorial_entity", "stadium", 131, 131),
    ("located_in_the_administrative_territorial_entity", "company", 159, 131),
    ("record_label", "album", 175, 264),
    ("record_label", "song", 175, 264),
    ("performer", "song", 361, 175),
    ("parent_taxon", "species", 171, 171),
    ("conflict", "battle", 710, 241),
    ("league", "stadium", 466, 118),
    ("place_of_birth", "book", 50, 19),
    ("place_of_birth", "film", 57, 19),
    ("educated_at", "film", 86, 69),
    ("employer", "species", 61, 108),
)

Json = dict[str, Any]


def _fact(block: Block, head: Entity, relation: int) -> Fact | None:
    for fact in block.out.get(head.item, ()):
        if fact.relation == relation:
            return fact
    return None


def _document(block: Block, about: Entity, first: Fact, rng: random.Random) -> str:
    """Return a few sentences about an entity, one of them the fact."""
    facts = [fact for fact in block.out[about.item] if fact.tail.item != first.tail.item]
    facts = [first, *rng.sample(facts, min(2, len(facts)))]
    rng.shuffle(facts)
    sentences = [state_fact(block, fact, rng.randrange(1 << 30)) for fact in facts]
    return " ".join(sentence.text for sentence in sentences if sentence)


def make_question(block: Block, rng: random.Random) -> Json | None:
    """Return a question whose answer takes a chain of two documents; None if the draw fails."""
    query, kind, first, second = rng.choice(CHAINS)
    subject = rng.choice(block.kinds[kind])
    one = _fact(block, subject, first)
    two = _fact(block, one.tail, second) if one else None
    if one is None or two is None:
        return None
    supports = [_document(block, subject, one, rng), _document(block, one.tail, two, rng)]
    candidates = {two.tail.name}
    peers = [entity for entity in block.kinds[one.tail.kind.name] if entity is not one.tail]
    for peer in rng.sample(peers, min(len(peers), 3 * CANDIDATES)):
        other = _fact(block, peer, second)
        if other and other.tail.name not in candidates and len(candidates) < CANDIDATES:
            candidates.add(other.tail.name)
            supports.append(_document(block, peer, other, rng))
    answer = two.tail.name
    if answer in supports[0]:  # one hop would do
        return None
    text = "\n".join(supports)
    # Names that contain each other could not be told apart in the masked form.
    nested = any(a != b and a.lower() in b.lower() for a in candidates for b in candidates)
    if len(candidates) < 2 or nested or any(name not in text for name in candidates):
        return None
    rng.shuffle(supports)
    return {
        "query": f"{query} {subject.name.lower()}",
        "answer": answer.lower(),
        "candidates": sorted(name.lower() for name in candidates),
        "supports": supports,
    }


def mask(question: Json, rng: random.Random) -> Json:
    """Return the masked form: each candidate is an id, the same in all documents."""
    numbers = rng.sample(range(100), len(question["candidates"]))
    ids = {
        name: f"___MASK{number}___"
        for name, number in zip(question["candidates"], numbers, strict=True)
    }
    pattern = re.compile(
        "|".join(rf"\b{re.escape(name)}\b" for name in sorted(ids, key=len, reverse=True)),
        re.IGNORECASE,
    )
    supports = [pattern.sub(lambda m: ids[m[0].lower()], text) for text in question["supports"]]
    return question | {
        "answer": ids[question["answer"]],
        "candidates": sorted(ids.values()),
        "supports": supports,
    }


def write_wikihop(folder: Path, seed: int) -> None:
    """Write `train.json`, `dev.json` and their masked forms."""
    for name, size in SIZES.items():
        world = open_world(seed, f"wikihop/{name}")
        rng = stream(seed, 79, size)
        questions: dict[str, Json] = {}
        for index in range(world.count):
            block = world.block(world.first + index)
            wanted = -(-size * (index + 1) // world.count)
            while len(questions) < min(wanted, size):
                question = make_question(block, rng)
                if question:
                    questions.setdefault(question["query"], question)
        rows = [
            {"id": f"WH_{name}_{number}"} | question
            for number, question in enumerate(questions.values())
        ]
        (folder / f"{name}.json").write_text(json.dumps(rows), "utf-8")
        masked = [mask(row, rng) for row in rows]
        (folder / f"{name}.masked.json").write_text(json.dumps(masked), "utf-8")
