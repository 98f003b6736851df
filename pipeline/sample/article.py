"""What an article says: a lead and sections, each a list of paragraphs of sentences."""

import random
from dataclasses import dataclass

from pipeline.sample.counter import stream
from pipeline.sample.definitions import DEFINITIONS
from pipeline.sample.phrases import Template, find_phrases
from pipeline.sample.prose import Prose, Sentence
from pipeline.sample.remarks import DISTRACTORS, FILLERS, SORT_OF
from pipeline.sample.world import Block, Entity, Fact, shared_entity

Paragraph = list[Sentence]


@dataclass(frozen=True, slots=True)
class Article:
    """A topic, the paragraphs of its lead, and sections with a heading each."""

    topic: Entity
    lead: list[Paragraph]
    sections: list[tuple[str, list[Paragraph]]]


HEADINGS = {
    "person": ("Early life", "Career", "Legacy", "Personal life"),
    "place": ("History", "Geography", "Economy", "Culture"),
    "nature": ("Geography", "History", "Wildlife"),
    "body": ("History", "Organisation", "Reception"),
    "work": ("Background", "Content", "Reception", "Aftermath"),
    "event": ("Background", "Course", "Aftermath"),
    "thing": ("History", "Design"),
    "taxon": ("Description", "Distribution", "Taxonomy"),
}


FACTS = 0.36  # of the sentences of a paragraph; the rest has no names
STRAY = 0.32  # sentences about things that have nothing to do with each other
FOLLOWED = 0.25  # facts about the topic that are followed by one about the other entity


class Writer:
    """Writes about one topic until enough is said."""

    def __init__(self, block: Block, rng: random.Random, topic: Entity) -> None:
        self.block, self.rng, self.topic = block, rng, topic
        self.prose = Prose(block, rng, topic)
        self.said: set[tuple[int, int]] = set()
        self.filled: set[Template] = set()
        self.facts = self._plan()

    def _plan(self) -> list[Fact]:
        """Return the facts about the topic, no more than three of one sort, in random order."""
        groups: dict[tuple[int, bool], list[Fact]] = {}
        for facts, out in ((self.block.out, True), (self.block.into, False)):
            for fact in facts.get(self.topic.item, ()):
                if find_phrases(fact.relation, fact.head.kind.name):
                    groups.setdefault((fact.relation, out), []).append(fact)
        plan = []
        for group in groups.values():
            self.rng.shuffle(group)
            plan += group[:3]
        self.rng.shuffle(plan)
        return plan

    def define(self) -> Sentence:
        """Return the first sentence of the article."""
        rng, topic, prose = self.rng, self.topic, self.prose
        definitions = DEFINITIONS.get(topic.kind.name, ())
        start = rng.randrange(len(definitions)) if definitions else 0
        for template in definitions[start:] + definitions[:start]:
            tails = {
                piece: self._tail(int(piece[2:-1].rstrip("a")))
                for piece in template
                if isinstance(piece, str) and piece.startswith("{P")
            }
            if all(tails.values()):
                break
        else:
            prose.introduce(topic)
            prose.add(" is a ")
            prose.add(topic.noun)
            return prose.close(topic)
        for piece in template:
            if not isinstance(piece, str) or piece[0] != "{":
                prose.add(piece if isinstance(piece, str) else prose.pick(piece))
            elif piece == "{h}":
                prose.introduce(topic)
            elif fact := tails.get(piece):
                prose.state(fact)
                self._mark(fact)
                if piece.endswith("a}") and fact.tail.adjective:
                    prose.add_demonym(fact.tail)
                else:
                    prose.introduce(fact.tail)
            elif piece == "{role}":
                prose.name_shared(shared_entity(topic.role), topic.noun)
            elif piece == "{genre}" and (fact := self._tail(136)):
                prose.name_shared(fact.tail, fact.tail.name)
            else:
                prose.add(self._attribute(piece[1:-1]))
        return prose.close(topic)

    def _tail(self, relation: int) -> Fact | None:
        facts = [f for f in self.block.out.get(self.topic.item, ()) if f.relation == relation]
        return self.prose.pick(facts) if facts else None

    def _attribute(self, name: str) -> str:
        topic = self.topic
        if name == "born":
            return f"{topic.year}–{topic.end}" if topic.end else f"born {topic.year}"
        if name == "genre":
            return "popular"
        return str(topic.year) if name == "year" else topic.noun

    def _mark(self, fact: Fact) -> bool:
        """Note a pair of entities as said; false if it was."""
        pair = (fact.head.item, fact.tail.item)
        if pair in self.said:
            return False
        self.said.update((pair, pair[::-1]))
        return True

    def next_fact(self) -> list[Sentence]:
        """Return a sentence about the topic, or two: the second about what the first led to."""
        while self.facts:
            fact = self.facts.pop()
            if not self._mark(fact):
                continue
            sentence = self.prose.say(fact)
            if sentence is None:
                continue
            other = fact.tail if fact.head.item == self.topic.item else fact.head
            if self.rng.random() < FOLLOWED:
                return [sentence, *self._follow(other)]
            return [sentence]
        return self.distract()

    def _follow(self, entity: Entity) -> list[Sentence]:
        facts = [
            fact
            for fact in self.block.out.get(entity.item, ())
            if fact.tail.kind.name != "country"
            and (fact.head.item, fact.tail.item) not in self.said
            and find_phrases(fact.relation, entity.kind.name)
        ]
        if not facts:
            return []
        fact = self.prose.pick(facts)
        self._mark(fact)
        sentence = self.prose.say(fact)
        return [sentence] if sentence else []

    def distract(self) -> list[Sentence]:
        """Return a sentence about two entities that no fact connects."""
        rng, prose = self.rng, self.prose
        for _ in range(8):
            one = self.topic if rng.random() < 0.5 else prose.pick(list(prose.known.values()))
            other = self._stranger()
            sorts = (SORT_OF.get(one.kind.name, ""), SORT_OF.get(other.kind.name, ""))
            if sorts in DISTRACTORS:
                slots = {"a": one, "b": other}
            elif sorts[::-1] in DISTRACTORS:
                slots, sorts = {"a": other, "b": one}, sorts[::-1]
            else:
                continue
            if one.item == other.item or self.block.related(one, other):
                continue
            year = 1870 + rng.randrange(140)
            return [prose.write(prose.pick(DISTRACTORS[sorts]), slots, year)]
        return []

    def _stranger(self) -> Entity:
        """Return any thing, of a neighbouring country more often than of this one."""
        block = self.block
        draw = self.rng.random()
        if draw < 0.7:
            world = block.world
            block = world.block(world.neighbour(block.number, -1 if draw < 0.35 else 1))
        return self.prose.pick(block.kinds[self.prose.pick(STRANGERS)])

    def fill(self) -> list[Sentence]:
        """Return a sentence without names."""
        sort = SORT_OF[self.topic.kind.name]
        template = self.prose.pick(FILLERS[sort])
        for _ in range(4):
            if template not in self.filled:
                break
            template = self.prose.pick(FILLERS[sort])
        self.filled.add(template)
        self.prose.add("".join(map(self._number, template)))
        return [self.prose.close(self.topic)]

    def _number(self, piece: str | tuple[str, ...]) -> str:
        if isinstance(piece, tuple):
            return self.prose.pick(piece)
        if piece == "{y}":
            return str(1850 + self.rng.randrange(165))
        return str(12 + self.rng.randrange(80)) if piece == "{n}" else piece

    def paragraph(self, words: int, first: Paragraph) -> Paragraph:
        """Return a paragraph of at least `words` words."""
        paragraph = list(first)
        count = sum(sentence.words() for sentence in paragraph)
        while count < words:
            draw = self.rng.random()
            if draw < FACTS:
                new = self.next_fact()
            elif draw < FACTS + STRAY:
                new = self.distract()
            else:
                new = self.fill()
            paragraph += new
            count += sum(sentence.words() for sentence in new)
        self.prose.forget()
        return paragraph


STRANGERS = (
    *("person", "person", "person", "city", "city", "city", "company", "university", "newspaper"),
    *("book", "film", "album", "club", "band", "battle", "war", "species", "island", "river"),
)


def write_article(block: Block, topic: Entity, *, words: int, sections: int) -> Article:
    """Return the article of a topic: a lead of about `words` words and some sections.

    The text depends on the seed, the topic and these numbers only.
    """
    rng = stream(block.world.seed, 21, topic.item, block.number)
    writer = Writer(block, rng, topic)
    parts = 1 if words < 160 else 2
    lead = [writer.paragraph(words // parts, [writer.define()])]
    lead += [writer.paragraph(words // parts, []) for _ in range(parts - 1)]
    headings = HEADINGS[SORT_OF[topic.kind.name]]
    return Article(
        topic,
        lead,
        [
            (heading, [writer.paragraph(30 + rng.randrange(50), [])])
            for heading in headings[:sections]
        ],
    )


def plain(paragraph: Paragraph) -> str:
    """Return a paragraph as plain text."""
    return " ".join(sentence.text for sentence in paragraph)
