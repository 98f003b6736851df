"""Single sentences in tokens with their named entities, for the sentence-level benchmarks."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.sample.benchmarks.docred import tokenize
from pipeline.sample.benchmarks.worlds import draw_topics, open_world, write_text
from pipeline.sample.counter import stream
from pipeline.sample.prose import Prose, Sentence
from pipeline.sample.world import Block, Entity, Fact


@dataclass(frozen=True, slots=True)
class Named:
    """A named entity, tokens [start, end)."""

    entity: Entity
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence in tokens, its named entities and the facts it states."""

    block: Block
    tokens: tuple[str, ...]
    names: tuple[Named, ...]
    facts: tuple[Fact, ...]

    def relation(self, head: Entity, tail: Entity) -> int:
        """Return the property of a fact that the sentence states about two entities, or 0."""
        for fact in self.facts:
            if fact.head.item == head.item and fact.tail.item == tail.item:
                return fact.relation
        return 0


def tag(block: Block, sentence: Sentence) -> Tagged:
    """Cut a sentence into tokens."""
    tokens: list[str] = []
    names = []
    for segment in sentence.segments:
        new = tokenize(segment.text)
        entity = segment.entity
        if entity is not None and segment.named and entity.kind.name != "shared":
            names.append(Named(entity, len(tokens), len(tokens) + len(new)))
        tokens += new
    return Tagged(block, tuple(tokens), tuple(names), tuple(sentence.facts))


def draw_sentences(seed: int, part: str, topics: int) -> Iterator[Tagged]:
    """Yield the sentences of texts about some topics, without pronouns for what they name."""
    world = open_world(seed, part)
    for block, topic in draw_topics(world, part, topics):
        for sentence in write_text(block, topic, words=120):
            yield tag(block, sentence)


def state_fact(block: Block, fact: Fact, salt: int) -> Sentence | None:
    """Return a sentence that stands alone and states a fact; None if the fact is never said."""
    rng = stream(block.world.seed, 76, fact.head.item, fact.tail.item, salt)
    return Prose(block, rng, fact.head).say(fact)
