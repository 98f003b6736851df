"""Kinds of entities, how many a block of 500 has of each, and the items that all blocks share."""

from dataclasses import dataclass

ITEM_BASE = 1_000_000_000  # first item number of the invented entities
KIND_STEP = 10_000_000
SHARED_BASE = 990_000_000  # first item number of classes, occupations, genres


@dataclass(frozen=True, slots=True)
class Kind:
    """What entities of a kind are called in text, how many a block has, how DocRED types them."""

    number: int
    name: str
    noun: str
    share: int  # per block of 500 items
    ner: str  # PER, LOC, ORG or MISC
    description: str


_KINDS = """
country | country | 1 | LOC | sovereign state
realm | former kingdom | 1 | LOC | former state
region | region | 5 | LOC | first-level administrative division
city | city | 26 | LOC | city
river | river | 8 | LOC | river
lake | lake | 3 | LOC | lake
mountain | mountain | 7 | LOC | mountain
range | mountain range | 2 | LOC | mountain range
island | island | 3 | LOC | island
language | language | 2 | MISC | language
person | person | 180 | PER | human
company | company | 20 | ORG | business
publisher | publishing house | 3 | ORG | publishing company
label | record label | 3 | ORG | record label
studio | film studio | 3 | ORG | film production company
newspaper | newspaper | 4 | ORG | daily newspaper
university | university | 6 | ORG | university
society | learned society | 2 | ORG | learned society
club | football club | 10 | ORG | association football club
league | league | 1 | ORG | association football league
party | political party | 3 | ORG | political party
parliament | parliament | 1 | ORG | national legislature
army | military branch | 2 | ORG | military branch
band | band | 8 | ORG | musical group
stadium | stadium | 8 | LOC | association football stadium
building | museum | 6 | LOC | museum
book | novel | 24 | MISC | literary work
series | book series | 3 | MISC | book series
film | film | 22 | MISC | film
album | album | 14 | MISC | studio album
song | song | 10 | MISC | song
character | character | 8 | PER | fictional character
product | car | 8 | MISC | automobile model
award | award | 3 | MISC | award
war | war | 2 | MISC | war
battle | battle | 8 | MISC | battle
treaty | treaty | 2 | MISC | peace treaty
election | election | 6 | MISC | general election
cup | tournament | 6 | MISC | association football cup season
family | family | 2 | MISC | biological family
genus | genus | 6 | MISC | genus
species | species | 20 | MISC | species
"""


def _read() -> dict[str, Kind]:
    kinds = {}
    for number, line in enumerate(_KINDS.strip().splitlines()):
        name, noun, share, ner, description = (field.strip() for field in line.split("|"))
        kinds[name] = Kind(number, name, noun, int(share), ner, description)
    return kinds


KINDS = _read()

OCCUPATIONS = (
    "novelist",
    "film director",
    "actor",
    "singer",
    "composer",
    "politician",
    "footballer",
    "botanist",
    "historian",
    "entrepreneur",
    "general",
    "architect",
)
GENRES = (
    "folk rock",
    "jazz fusion",
    "chamber pop",
    "historical fiction",
    "crime fiction",
    "drama film",
    "comedy film",
    "science fiction",
)
CONTINENTS = ("Auremia", "Meridora", "Septenta")
INDUSTRIES = ("shipbuilding", "brewing", "textile industry", "automotive industry", "banking")
CLASSES = {"LOC": "geographic location", "ORG": "organization", "MISC": "work", "PER": "agent"}
OTHERS = ("human", "association football", "symmetric constraint")

_SHARED = (*OCCUPATIONS, *GENRES, *CONTINENTS, *INDUSTRIES, *CLASSES.values(), *OTHERS)
SHARED_ITEMS = {name: SHARED_BASE + number for number, name in enumerate(_SHARED)} | {
    kind.description: SHARED_BASE + 1000 + kind.number
    for kind in KINDS.values()
    if kind.name != "person"
}
SHARED_ITEMS["symmetric constraint"] = 21510862  # Wikidata's own item: readers look for it
PARENTS = {kind.description: CLASSES[kind.ner] for kind in KINDS.values()}
