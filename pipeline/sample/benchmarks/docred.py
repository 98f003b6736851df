"""DocRED's format: documents in tokens, entities with all their mentions, facts with evidence."""

import json
import re
from pathlib import Path
from typing import Any

from pipeline.sample.benchmarks.worlds import draw_topics, open_world, write_text
from pipeline.sample.counter import chance
from pipeline.sample.prose import Sentence
from pipeline.sample.relations import ATTRIBUTES, RELATIONS
from pipeline.sample.world import Block, Entity

SIZES = {"train_annotated": 200, "dev": 60, "test": 60}
PARTS = {"train_annotated": "docred/train", "dev": "docred/dev", "test": "docred/test"}
REPEATED = 0.15  # dev and test documents about the countries of the training set (Ign F1)

# The relations of DocRED that the world has most of; the numbers are Wikidata's.
LABELS = (
    *(6, 17, 19, 20, 22, 25, 26, 27, 36, 40, 50, 54, 57, 69, 86, 102, 108, 112, 118, 123, 127),
    *(131, 150, 155, 156, 159, 161, 162, 166, 171, 175, 176, 206, 264, 276, 361, 463, 495, 527),
    *(551, 569, 570, 607, 674, 710, 740, 749, 840, 1344, 1376, 3373),
)
_TOKEN = re.compile(r"\w+|[^\w\s]")
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")

Json = dict[str, Any]


def tokenize(text: str) -> list[str]:
    """Cut text into words and punctuation marks."""
    return _TOKEN.findall(text)


class _Document:
    """Collects tokens, mentions and facts of one document."""

    def __init__(self, block: Block, topic: Entity) -> None:
        self.block, self.topic = block, topic
        self.sents: list[list[str]] = []
        self.vertices: dict[int | str, list[Json]] = {}
        self.entities: dict[int, Entity] = {}
        self.stated: dict[frozenset[int], set[int]] = {}  # pair -> sentences that state a fact

    def add(self, sentence: Sentence) -> None:
        number = len(self.sents)
        tokens: list[str] = []
        for segment in sentence.segments:
            new = tokenize(segment.text)
            entity = segment.entity
            if entity is not None and segment.named and entity.kind.name != "shared":
                self.entities[entity.item] = entity
                self._mention(entity.item, new, number, len(tokens), entity.kind.ner)
            else:
                for place, token in enumerate(new, len(tokens)):
                    if _YEAR.fullmatch(token):
                        self._mention(token, [token], number, place, "TIME")
            tokens += new
        self.sents.append(tokens)
        for fact in sentence.facts:
            pair = frozenset((fact.head.item, fact.tail.item))
            self.stated.setdefault(pair, set()).add(number)

    def _mention(self, key: int | str, tokens: list[str], sent: int, start: int, ner: str) -> None:
        mention = {
            "name": " ".join(tokens),
            "pos": [start, start + len(tokens)],
            "sent_id": sent,
            "type": ner,
        }
        self.vertices.setdefault(key, []).append(mention)

    def evidence(self, head: int, tail: int) -> list[int] | None:
        """Return the sentences that support a fact: one that states it, or a chain of two."""
        direct = self.stated.get(frozenset((head, tail)))
        if direct:
            return sorted(direct)[:1]
        for middle in self.entities:
            one = self.stated.get(frozenset((head, middle)))
            other = self.stated.get(frozenset((middle, tail)))
            if one and other:
                return sorted({min(one), min(other)})
        return None

    def labels(self) -> list[Json]:
        """Return the facts of the world that the text supports."""
        index = {key: place for place, key in enumerate(self.vertices)}
        found = []
        for item in self.entities:
            for fact in self.block.out.get(item, ()):
                if fact.relation not in LABELS or fact.tail.item not in self.entities:
                    continue
                evidence = self.evidence(item, fact.tail.item)
                if evidence is not None:
                    label = {"r": f"P{fact.relation}", "h": index[item]}
                    found.append(label | {"t": index[fact.tail.item], "evidence": evidence})
        for relation, year in ((569, self.topic.year), (570, self.topic.end)):
            if self.topic.kind.name == "person" and str(year) in self.sents[0]:
                label = {"r": f"P{relation}", "h": index[self.topic.item], "t": index[str(year)]}
                found.append(label | {"evidence": [0]})
        return sorted(found, key=lambda label: (label["h"], label["t"], int(label["r"][1:])))

    def as_json(self) -> Json:
        """Return the document in DocRED's form."""
        return {
            "title": self.topic.title,
            "vertexSet": list(self.vertices.values()),
            "labels": self.labels(),
            "sents": self.sents,
        }


def make_document(block: Block, topic: Entity, *, words: int) -> Json:
    """Return one document about a topic."""
    document = _Document(block, topic)
    for sentence in write_text(block, topic, words=words):
        document.add(sentence)
    return document.as_json()


def write_docred(folder: Path, seed: int) -> None:
    """Write `train_annotated.json`, `dev.json`, `test.json` (with labels) and `rel_info.json`."""
    for name, size in SIZES.items():
        own = size if name == "train_annotated" else round(size * (1 - REPEATED))
        documents = []
        for part, number, skip in ((PARTS[name], own, 0), ("docred/train", size - own, size)):
            world = open_world(seed, part)
            topics = draw_topics(world, part, 2 * number + skip if skip else number)
            for place, (block, topic) in enumerate(topics):
                # Behind the topics of the training set, other ones for dev than for test.
                if skip and (place % 2 == (name == "dev") or place < skip):
                    continue
                words = 100 + int(70 * chance(seed, 73, topic.item, block.number))
                documents.append(make_document(block, topic, words=words))
        (folder / f"{name}.json").write_text(json.dumps(documents), "utf-8")
    names = {f"P{n}": (RELATIONS.get(n) or ATTRIBUTES[n]).name for n in sorted(LABELS)}
    (folder / "rel_info.json").write_text(json.dumps(names), "utf-8")
