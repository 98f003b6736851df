"""Sentences about facts, with the mentions marked: names, surnames, pronouns, "the city"."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from pipeline.sample.phrases import Template, find_phrases
from pipeline.sample.world import Block, Entity, Fact

T = TypeVar("T")

PRONOUNS = {"m": ("he", "his"), "f": ("she", "her"), "n": ("it", "its")}
WORKS = frozenset(("book", "film", "album", "song", "series", "newspaper"))


class Segment(NamedTuple):
    """A piece of a sentence. `named` is false for pronouns and for "the city"."""

    text: str
    entity: Entity | None = None
    named: bool = False


@dataclass(slots=True)
class Sentence:
    """Segments that make up a sentence with its full stop, and the facts it states."""

    segments: list[Segment]
    facts: list[Fact] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(segment.text for segment in self.segments)

    def words(self) -> int:
        """Return the number of words."""
        return len(self.text.split())


class Prose:
    """Writes the sentences of one text; remembers what was mentioned and what is talked about."""

    def __init__(self, block: Block, rng: random.Random, topic: Entity) -> None:
        self.block, self.rng, self.topic = block, rng, topic
        self.known: dict[int, Entity] = {}  # named so far, by item
        self._surnames: dict[str, set[int]] = {}
        self._focus: Entity | None = None  # subject of the last sentence
        self._recent: Entity | None = None  # last thing named in the last sentence
        self._segments: list[Segment] = []
        self._facts: list[Fact] = []

    def forget(self) -> None:
        """Begin a new paragraph: no pronoun leads back over it."""
        self._focus = self._recent = None

    def say(self, fact: Fact) -> Sentence | None:
        """Return a sentence that states a fact; None if no phrase fits."""
        phrases = find_phrases(fact.relation, fact.head.kind.name)
        if phrases is None:
            return None
        templates = phrases.sentences
        if fact.year and phrases.dated and self.rng.random() < 0.3:
            templates = phrases.dated
        self._facts.append(fact)
        return self.write(self.pick(templates), {"h": fact.head, "t": fact.tail}, fact.year)

    def write(self, template: Template, slots: dict[str, Entity], year: int = 0) -> Sentence:
        """Return the sentence that a template makes with these entities."""
        subject: Entity | None = None
        last = len(template) - 1
        for place, piece in enumerate(template):
            if isinstance(piece, tuple):
                self._segments.append(Segment(self.pick(piece)))
            elif piece[0] != "{":
                self._segments.append(Segment(piece))
            elif piece == "{y}":
                self._segments.append(Segment(str(year)))
            elif piece[1:-1] in slots:
                entity = slots[piece[1:-1]]
                self._mention(entity, subject=place == 0, end=place == last)
                subject = entity if place == 0 else subject
            elif piece.endswith("'s}"):
                entity = slots[piece[1:-3]]
                self._mention(entity, subject=place == 0, possessive=True)
                subject = entity if place == 0 else subject
            else:
                self._segments.append(Segment(slots[piece[1:-2]].noun))
        self._focus = subject
        return self._finish()

    def _finish(self) -> Sentence:
        segments, facts = self._segments, self._facts
        self._segments, self._facts = [], []
        for place in range(len(segments) - 1, 0, -1):
            if segments[place].text[0] == "," and segments[place - 1].text == ",":
                del segments[place - 1]
        first = segments[0]
        if not first.named:
            segments[0] = first._replace(text=first.text[0].upper() + first.text[1:])
        segments.append(Segment("."))
        return Sentence(segments, facts)

    def _mention(
        self, entity: Entity, *, subject: bool, possessive: bool = False, end: bool = False
    ) -> None:
        rng, append = self.rng, self._segments.append
        if entity.item not in self.known:
            self.introduce(entity, possessive=possessive)
            if not possessive and entity is not self.topic and rng.random() < 0.25:
                self._append_apposition(entity, end)
            return
        draw = rng.random()
        if subject and self._focus is not None and self._focus.item == entity.item and draw < 0.75:
            if draw < 0.5 or entity.kind.name == "person":
                append(Segment(PRONOUNS[entity.gender][possessive], entity))
            else:
                append(Segment(f"the {entity.noun}" + "'s" * possessive, entity))
            return
        if (
            subject
            and self._recent is not None
            and self._recent.item == entity.item
            and entity.kind.name != "person"
            and draw < 0.6
        ):
            append(Segment(f"the {entity.noun}" + "'s" * possessive, entity))
            return
        name = entity.name
        if draw < 0.8 and len(self._surnames[entity.short]) == 1:
            name = entity.short
        self._append_name(entity, name, possessive)

    def introduce(self, entity: Entity, *, possessive: bool = False) -> None:
        """Name an entity in full, for the first time."""
        kind = entity.kind.name
        titled = kind == "person" or kind in WORKS or kind == "product"
        if titled and entity is not self.topic and self.rng.random() < 0.3:
            self._segments.append(Segment(f"the {entity.noun} "))
        self._append_name(entity, entity.name, possessive)

    def _append_name(self, entity: Entity, name: str, possessive: bool) -> None:
        if entity.article and (name == entity.name or entity.kind.name == "river"):
            before = self._segments[-1].text if self._segments else ""
            if not before.endswith("the "):
                self._segments.append(Segment(f"{entity.article} "))
        self._segments.append(Segment(name, entity, named=True))
        if possessive:
            self._segments.append(Segment("'" if name.endswith("s") else "'s"))
        self.know(entity)
        self._recent = entity

    def know(self, entity: Entity) -> None:
        """Remember that an entity has been named."""
        self.known[entity.item] = entity
        self._surnames.setdefault(entity.short, set()).add(entity.item)

    def add_demonym(self, country: Entity) -> None:
        """Append the adjective of a country, as a mention of it."""
        self._segments.append(Segment(country.adjective, country, named=True))
        self.know(country)

    def add(self, text: str) -> None:
        """Append plain text to the sentence in hand."""
        self._segments.append(Segment(text))

    def state(self, fact: Fact) -> None:
        """Note that the sentence in hand states a fact."""
        self._facts.append(fact)

    def close(self, focus: Entity | None) -> Sentence:
        """Finish the sentence in hand, which was about `focus`."""
        self._focus = focus
        return self._finish()

    def _append_apposition(self, entity: Entity, end: bool) -> None:
        choices = []
        for fact in self.block.out.get(entity.item, ()):
            phrases = find_phrases(fact.relation, entity.kind.name)
            if phrases and phrases.appositions and fact.tail.item != self.topic.item:
                choices.append((fact, phrases.appositions))
        if not choices:
            return
        fact, appositions = self.pick(choices)
        if fact.tail.item in self.known and self.rng.random() < 0.7:
            return
        self._facts.append(fact)
        for piece in self.pick(appositions):
            if isinstance(piece, tuple):
                self._segments.append(Segment(self.pick(piece)))
            elif piece == "{t}":
                tail = fact.tail
                if tail.item in self.known:
                    self._append_name(tail, tail.name, False)
                else:
                    self.introduce(tail)
            elif piece == "{hn}":
                self._segments.append(Segment(entity.noun))
            elif piece == "{tn}":
                self._segments.append(Segment(fact.tail.noun))
            else:
                self._segments.append(Segment(piece))
        if not end:
            self._segments.append(Segment(","))

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return values[int(self.rng.random() * len(values))]
