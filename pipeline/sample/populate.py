"""A whole block: all its entities, then all its facts, then the titles of its articles."""

from pipeline.sample.events import (
    name_events,
    name_species,
    settle_events,
    settle_species,
)
from pipeline.sample.geography import settle
from pipeline.sample.names import ADJECTIVES, NOUNS, PATTERNS
from pipeline.sample.organisations import name_organisations, settle_organisations
from pipeline.sample.people import name_people, settle_people
from pipeline.sample.works import name_works, settle_works
from pipeline.sample.world import Block

WORK_KINDS = ("book", "film", "album", "song", "series")


def populate(block: Block) -> None:
    """Fill an empty block."""
    settle(block)
    name_people(block)
    name_organisations(block)
    name_works(block)
    name_events(block)
    name_species(block)
    settle_people(block)
    settle_organisations(block)
    settle_works(block)
    settle_events(block)
    settle_species(block)
    give_titles(block)


def give_titles(block: Block) -> None:
    """Give each entity a title that no other entity of the world has.

    The first bearer of a name keeps it, as the main topic; others get the kind of thing in
    brackets: Kragoslund (novelist), Kragoslund (Jorerian film).
    """
    country = block.kinds["country"][0]
    titles = len(ADJECTIVES) * len(NOUNS) * len(PATTERNS)
    repeated = abs(block.number) * 211 >= titles  # other blocks have works of the same title
    taken: set[str] = set()
    for entity in block.all():
        title = entity.title
        if title in taken or (repeated and entity.kind.name in WORK_KINDS):
            noun = entity.noun
            title = f"{entity.name} ({noun})"
            if repeated:
                title = f"{entity.name} ({country.adjective} {noun})"
            if title in taken:
                title = f"{entity.name} ({noun}, {entity.year or entity.number})"
            if title in taken:
                title = f"{entity.name} ({noun} {entity.number})"
        taken.add(title)
        entity.title = title
