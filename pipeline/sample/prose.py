"""Sentences about facts, with the mentions marked: names, surnames, pronouns, "the city"."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from pipeline.sample.phrases import Template, find_phrases
from pipeline.sample.remarks import BEFORE, BEHIND
from pipeline.sample.world import Block, Entity, Fact

T = TypeVar("T")

# subject, possessive, object
PRONOUNS = {"m": ("he", "his", "him"), "f": ("she", "her", "her"), "n": ("it", "its", "it")}
REMARKS = 0.45  # sentences with a remark in front or behind that says nothing
DATED = 0.3  # facts with a year that are said with it
APPOSITIONS = 0.16  # first mentions with a fact behind a comma
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
        self._bearers: dict[str, set[int]] = {}  # short name -> items
        self._focus: Entity | None = None  # what the last sentence was about
        self._before: list[Entity] = []  # named in the last sentence
        self._now: list[Entity] = []  # named in the sentence in hand
        self._segments: list[Segment] = []
        self._facts: list[Fact] = []

    def forget(self) -> None:
        """Begin a new paragraph: no pronoun leads back over it."""
        self._focus = None
        self._before = []

    def say(self, fact: Fact) -> Sentence | None:
        """Return a sentence that states a fact; None if no phrase fits."""
        phrases = find_phrases(fact.relation, fact.head.kind.name)
        if phrases is None:
            return None
        templates = phrases.sentences
        if fact.year and phrases.dated and self.rng.random() < DATED:
            templates = phrases.dated
        self._facts.append(fact)
        return self.write(self.pick(templates), {"h": fact.head, "t": fact.tail}, fact.year)

    def write(self, template: Template, slots: dict[str, Entity], year: int = 0) -> Sentence:
        """Return the sentence that a template makes with these entities, perhaps with a remark."""
        draw = self.rng.random()
        if draw < REMARKS / 2:
            self._remark(self.pick(BEFORE))
        subject: Entity | None = None
        last = len(template) - 1
        for place, piece in enumerate(template):
            if isinstance(piece, tuple) or piece[0] != "{":
                text = piece if isinstance(piece, str) else self.pick(piece)
                self.add(text[0].lower() + text[1:] if place == 0 else text)
            elif piece == "{y}":
                self.add(str(year))
            elif piece in ("{hn}", "{tn}"):
                self.add(slots[piece[1]].noun)
            else:
                entity = slots[piece[1]]
                possessive = piece.endswith("'s}")
                self._mention(entity, first=place == 0, possessive=possessive, end=place == last)
                subject = entity if place == 0 else subject
        if draw > 1 - REMARKS / 2 and self._segments[-1].text != ",":
            self._remark(self.pick(BEHIND))
        return self.close(subject)

    def _remark(self, template: Template) -> None:
        for piece in template:
            self.add(str(1850 + int(self.rng.random() * 165)) if piece == "{y}" else str(piece))

    def close(self, focus: Entity | None) -> Sentence:
        """Finish the sentence in hand, which was about `focus`."""
        segments, facts = self._segments, self._facts
        self._segments, self._facts = [], []
        self._focus, self._before, self._now = focus, self._now, []
        for place in range(len(segments) - 1, 0, -1):
            if segments[place].text[0] == "," and segments[place - 1].text == ",":
                del segments[place - 1]
        if segments[-1].text == ",":
            del segments[-1]
        for place in range(len(segments) - 1):
            text = segments[place].text
            if text.endswith(" a ") and segments[place + 1].text[0] in "aeioAEIO":
                segments[place] = segments[place]._replace(text=f"{text[:-1]}n ")
        first = segments[0]
        if not first.named:
            segments[0] = first._replace(text=first.text[0].upper() + first.text[1:])
        segments.append(Segment("."))
        return Sentence(segments, facts)

    def _mention(self, entity: Entity, *, first: bool, possessive: bool, end: bool) -> None:
        if entity.item not in self.known:
            self.introduce(entity, possessive=possessive)
            if not possessive and entity is not self.topic and self.rng.random() < APPOSITIONS:
                self._append_apposition(entity)
            return
        draw = self.rng.random()
        if draw < 0.6 and self._is_clear(entity):
            case = 1 if possessive else 0 if first else 2
            if case == 2 and not (end and entity.kind.name == "person"):
                self._append_name(entity, self._later_name(entity), possessive)
            else:
                self._segments.append(Segment(PRONOUNS[entity.gender][case], entity))
        elif draw < 0.85 and first and self._is_only(entity):
            name = f"the {entity.noun}" + "'s" * possessive
            self._segments.append(Segment(name, entity))
        else:
            self._append_name(entity, self._later_name(entity), possessive)

    def _is_clear(self, entity: Entity) -> bool:
        """Tell whether a pronoun would be understood."""
        rivals = (self._before if self._focus is None else []) + self._now
        if any(one.gender == entity.gender and one is not entity for one in rivals):
            return False
        if self._focus is None:
            return entity is self.topic and entity.gender != "n" and bool(self._before)
        return self._focus.item == entity.item

    def _is_only(self, entity: Entity) -> bool:
        """Tell whether "the city" would be understood: just named, no other city about."""
        near = [*self._before, *self._now]
        if any(one.noun == entity.noun and one.item != entity.item for one in near):
            return False
        if entity.kind.name in ("person", "language"):
            return False
        return entity is self.topic or any(one.item == entity.item for one in self._before)

    def _later_name(self, entity: Entity) -> str:
        """Return how an entity is called that was named before."""
        if len(self._bearers[entity.short]) == 1:
            return entity.short if self.rng.random() < 0.8 else entity.name
        given = entity.name.split(" ", 1)[0]
        if entity.kind.name == "person" and len(self._bearers[given]) == 1:
            return given  # relatives share the surname
        return entity.name

    def introduce(self, entity: Entity, *, possessive: bool = False) -> None:
        """Name an entity in full, for the first time."""
        kind = entity.kind.name
        titled = kind == "person" or kind in WORKS or kind == "product"
        if titled and entity is not self.topic and self.rng.random() < 0.3:
            self.add(f"the {entity.noun} ")
        self._append_name(entity, entity.name, possessive)

    def _append_name(self, entity: Entity, name: str, possessive: bool) -> None:
        if entity.article and (name == entity.name or entity.kind.name == "river"):
            before = self._segments[-1].text if self._segments else ""
            if not before.endswith("the "):
                self.add(f"{entity.article} ")
        self._segments.append(Segment(name, entity, named=True))
        if possessive:
            self.add("'" if name.endswith("s") else "'s")
        self.know(entity)

    def know(self, entity: Entity) -> None:
        """Remember that an entity has been named."""
        self._now.append(entity)
        if entity.item not in self.known:
            self.known[entity.item] = entity
            for name in {entity.short, entity.name.split(" ", 1)[0]}:
                self._bearers.setdefault(name, set()).add(entity.item)

    def add_demonym(self, country: Entity) -> None:
        """Append the adjective of a country, as a mention of it."""
        self._segments.append(Segment(country.adjective, country, named=True))
        self.know(country)

    def name_shared(self, entity: Entity, text: str) -> None:
        """Append an occupation or a genre."""
        self._segments.append(Segment(text, entity, named=True))

    def add(self, text: str) -> None:
        """Append plain text to the sentence in hand."""
        self._segments.append(Segment(text))

    def state(self, fact: Fact) -> None:
        """Note that the sentence in hand states a fact."""
        self._facts.append(fact)

    def _append_apposition(self, entity: Entity) -> None:
        choices = []
        for fact in self.block.out.get(entity.item, ()):
            phrases = find_phrases(fact.relation, entity.kind.name)
            if phrases and phrases.appositions and fact.tail.item != self.topic.item:
                choices.append((fact, phrases.appositions))
        if not choices:
            return
        fact, appositions = self.pick(choices)
        if any(one.item == fact.tail.item for one in self._now):
            return
        self._facts.append(fact)
        for piece in self.pick(appositions):
            if isinstance(piece, tuple):
                self.add(self.pick(piece))
            elif piece == "{t}" and fact.tail.item in self.known:
                self._append_name(fact.tail, fact.tail.name, False)
            elif piece == "{t}":
                self.introduce(fact.tail)
            else:
                nouns = {"{hn}": entity.noun, "{tn}": fact.tail.noun}
                self.add(nouns.get(piece, piece))
        self.add(",")

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return values[int(self.rng.random() * len(values))]
