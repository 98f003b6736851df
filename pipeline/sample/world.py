"""The invented world: blocks of a few hundred entities, each a country and all that is in it.

A block is a pure function of the seed and its number. Facts stay inside a block or lead to places
of the neighbouring ones, which can be named without building them. So any part of a world of any
size is made in constant memory, in any order and by any process.
"""

import random
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from pipeline.sample.counter import stream
from pipeline.sample.kinds import ITEM_BASE, KIND_STEP, KINDS, SHARED_ITEMS, Kind
from pipeline.sample.names import country_name

T = TypeVar("T")

LARGEST = 560  # entities up to which all kinds grow with a block; beyond, only people do
SHARED = Kind(99, "shared", "", 0, "MISC", "")  # classes, occupations, genres: not of any block


@dataclass(slots=True, eq=False)
class Entity:
    """A thing of the world. `item` identifies it; two copies of one entity share it."""

    kind: Kind
    item: int
    name: str
    noun: str  # "the city", "the novelist"
    block: int
    number: int  # within its kind and block
    title: str = ""  # of its article
    short: str = ""  # how it is called later in a text: a surname, "Halbrook" for a company
    gender: str = "n"
    role: str = ""  # a person's occupation
    aliases: tuple[str, ...] = ()
    year: int = 0  # birth, foundation, release
    end: int = 0  # death
    article: str = ""  # "the" in front of the name
    adjective: str = ""  # of a country


class Fact(NamedTuple):
    """Head and tail stand in the relation; `year` is 0 where none belongs to it."""

    head: Entity
    relation: int
    tail: Entity
    year: int = 0


class Block:
    """The entities and facts of one country."""

    def __init__(self, world: "World", number: int, rng: random.Random) -> None:
        self.world = world
        self.number = number
        self.rng = rng
        self.kinds: dict[str, list[Entity]] = {name: [] for name in KINDS}
        self.facts: list[Fact] = []
        self.out: dict[int, list[Fact]] = {}
        self.into: dict[int, list[Fact]] = {}
        self._triples: set[tuple[int, int, int]] = set()

    def make(self, kind: str, name: str, *, noun: str = "", year: int = 0) -> Entity:
        """Add an entity of a kind."""
        made = new_entity(
            self.world, kind, self.number, len(self.kinds[kind]), name, noun=noun, year=year
        )
        self.kinds[kind].append(made)
        return made

    def add(self, head: Entity, relation: int, tail: Entity, year: int = 0) -> None:
        """Add a fact about an entity of this block, once."""
        key = (head.item, relation, tail.item)
        if head.item == tail.item or key in self._triples:
            return
        self._triples.add(key)
        fact = Fact(head, relation, tail, year)
        self.facts.append(fact)
        self.out.setdefault(head.item, []).append(fact)
        self.into.setdefault(tail.item, []).append(fact)

    def both(self, head: Entity, relation: int, tail: Entity, inverse: int, year: int = 0) -> None:
        """Add a fact and its inverse."""
        self.add(head, relation, tail, year)
        self.add(tail, inverse, head, year)

    def tail(self, head: Entity, relation: int) -> Entity | None:
        """Return the first tail of a head and relation."""
        for fact in self.out.get(head.item, ()):
            if fact.relation == relation:
                return fact.tail
        return None

    def related(self, one: Entity, other: Entity) -> bool:
        """Tell whether a fact connects two entities of any block, in any direction."""
        for head, tail in ((one, other), (other, one)):
            home = self if head.block == self.number else self.world.block(head.block)
            if any(fact.tail.item == tail.item for fact in home.out.get(head.item, ())):
                return True
        return False

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return values[int(self.rng.random() * len(values))]

    def towns(self) -> list[Entity]:
        """Return the cities whose name no city of another country has."""
        return self.kinds["city"][:-1]

    def all(self) -> list[Entity]:
        """Return the block's entities, kind by kind."""
        return [entity for entities in self.kinds.values() for entity in entities]


class World:
    """Blocks `first` to `first + count - 1` of the seed's universe, `population` entities each."""

    def __init__(self, seed: int, first: int, count: int, population: int) -> None:
        self.seed, self.first, self.count, self.population = seed, first, count, population
        total = sum(kind.share for kind in KINDS.values())
        scaled = min(population, LARGEST)
        self.counts = {name: max(1, kind.share * scaled // total) for name, kind in KINDS.items()}
        self.counts["person"] += population - sum(self.counts.values())
        self._places: OrderedDict[int, Block] = OrderedDict()
        self._blocks: OrderedDict[int, Block] = OrderedDict()

    def neighbour(self, number: int, step: int) -> int:
        """Return the number of the block `step` further on, around the world."""
        return self.first + (number - self.first + step) % self.count

    def places(self, number: int) -> Block:
        """Return the places of a block, named but without facts."""
        from pipeline.sample.geography import name_places

        if number not in self._places:
            block = Block(self, number, stream(self.seed, 11, number))
            name_places(block)
            self._places[number] = block
            if len(self._places) > 24:
                self._places.popitem(last=False)
        return self._places[number]

    def block(self, number: int) -> Block:
        """Return a block with all its entities and facts."""
        from pipeline.sample.populate import populate

        if number not in self._blocks:
            block = Block(self, number, stream(self.seed, 12, number))
            populate(block)
            self._blocks[number] = block
            if len(self._blocks) > 6:
                self._blocks.popitem(last=False)
        return self._blocks[number]


def new_entity(
    world: World, kind: str, block: int, number: int, name: str, *, noun: str = "", year: int = 0
) -> Entity:
    """Return an entity with the item number that belongs to its kind, block and number."""
    info = KINDS[kind]
    rank = (block - world.first) * (world.counts[kind] + 1) + number
    return Entity(
        kind=info,
        item=ITEM_BASE + info.number * KIND_STEP + rank,
        name=name,
        noun=noun or info.noun,
        block=block,
        number=number,
        title=name,
        short=name,
        year=year,
    )


def country_of(world: World, number: int) -> Entity:
    """Return the country of a block without building anything else."""
    name, adjective = country_name(number, world.seed)
    country = new_entity(world, "country", number, 0, name)
    country.adjective = adjective
    return country


def shared_entity(name: str) -> Entity:
    """Return a thing that all blocks share: an occupation, a genre, a continent."""
    title = name[0].upper() + name[1:]
    return Entity(SHARED, SHARED_ITEMS[name], name, "", 0, 0, title=title, short=name)
