"""Countries of their own for every benchmark, and texts about them.

The blocks have numbers below 0, where no encyclopedia reaches: no name of a person, a place or an
organisation occurs in both, so no entity pair of a benchmark is in the pre-training text.
"""

from collections.abc import Iterator

from pipeline.sample.article import Writer
from pipeline.sample.counter import stream
from pipeline.sample.prose import Sentence
from pipeline.sample.world import Block, Entity, World

POPULATION = 490

# Blocks of each part, counted down from -1. At most 96 altogether (names.RESERVED_BLOCKS).
_PARTS = {
    "docred/train": 8,
    "docred/dev": 4,
    "docred/test": 4,
    "squad/train": 8,
    "squad/dev": 4,
    "triviaqa": 6,
    "naturalquestions": 6,
    "tacred/train": 4,
    "tacred/test": 4,
    "figer/train": 4,
    "figer/test": 4,
    "wikihop/train": 6,
    "wikihop/dev": 4,
    "conll04/train": 4,
    "conll04/test": 4,
    "glue": 6,
}


def open_world(seed: int, part: str) -> World:
    """Return the world of a part of a benchmark."""
    before = 0
    for name, count in _PARTS.items():
        before += count
        if name == part:
            return World(seed, -before, count, POPULATION)
    raise KeyError(part)


def draw_topics(world: World, part: str, number: int) -> Iterator[tuple[Block, Entity]]:
    """Yield topics for `number` texts: from all blocks, of all kinds, none twice."""
    per_block = -(-number // world.count)
    for place in range(number):
        index, turn = divmod(place, per_block)
        block = world.block(world.first + index)
        if turn == 0:
            rng = stream(world.seed, 71, block.number, len(part))
            entities = [entity for entity in block.all() if block.out.get(entity.item)]
            people = rng.sample(block.kinds["person"], len(entities) // 4)
            others = [entity for entity in entities if entity.kind.name != "person"]
            pool = [*people, *others]
            rng.shuffle(pool)
        yield block, pool[turn]


def write_text(block: Block, topic: Entity, *, words: int) -> list[Sentence]:
    """Return a paragraph of at least `words` words about a topic."""
    rng = stream(block.world.seed, 72, topic.item, block.number)
    writer = Writer(block, rng, topic)
    return writer.paragraph(words, [writer.define()])
