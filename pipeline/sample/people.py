"""People: families that share a name, born and living in the cities of their country."""

from pipeline.sample.kinds import OCCUPATIONS
from pipeline.sample.names import NUMBERS_PER_BLOCK, culture_of, surname
from pipeline.sample.world import Block, Entity, shared_entity

# How many of each occupation among 20 people.
WEIGHTS = (2, 1, 2, 2, 1, 3, 3, 2, 1, 2, 1, 1)
ROLES = tuple(
    name for name, weight in zip(OCCUPATIONS, WEIGHTS, strict=True) for _ in range(weight)
)
MONONYM = 17
NOUNS = {"general": "general", "entrepreneur": "businessman"}


def name_people(block: Block) -> None:
    """Create the people of a block, family by family: father, mother and one to three children."""
    rng, culture, count = block.rng, culture_of(block.number), block.world.counts["person"]
    cities = block.kinds["city"]
    family = 0
    while len(block.kinds["person"]) < count:
        name = surname(block.number, family % NUMBERS_PER_BLOCK, block.world.seed)
        if family in (3, 11):  # a family that bears the name of a town
            name = cities[-1 - family % 5].name
        family += 1
        birth = 1830 + rng.randrange(110)
        size = min(2 + 1 + rng.randrange(2), count - len(block.kinds["person"]))
        for place in range(size):
            man = place == 0 or (place > 1 and rng.random() < 0.5)
            first = block.pick(culture.men if man else culture.women)
            if place == 2 and rng.random() < 0.08:
                last = block.kinds["person"][-2]
                first = last.name.split(" ", 1)[0]  # named after a parent
                man = last.gender == "m"
            year = birth + rng.randrange(6) if place < 2 else birth + 24 + 3 * place
            person = block.make("person", f"{first} {name}", year=year)
            person.gender = "m" if man else "f"
            person.short = name
            person.role = ROLES[(person.number * 7 + block.number) % len(ROLES)]
            person.noun = NOUNS.get(person.role, person.role)
            if person.role == "entrepreneur" and not man:
                person.noun = "businesswoman"
            if person.number == MONONYM:  # a singer who goes by the name of a town
                person.name = person.short = person.title = cities[-3].name
                person.role = person.noun = "singer"
            person.end = year + 45 + rng.randrange(45)
            person.end = person.end if person.end < 2015 else 0
            person.aliases = (f"{first[0]}. {name}",)
        _relate(block, block.kinds["person"][-size:])


def _relate(block: Block, family: list[Entity]) -> None:
    parents, children = family[:2], family[2:]
    if len(parents) == 2:
        block.both(parents[0], 26, parents[1], 26, parents[0].year + 23)
        parents[1].aliases += (f"{parents[1].name.split(' ')[0]} {parents[0].short}-Orr",)
    for child in children:
        for parent, relation in zip(parents, (22, 25), strict=False):
            block.both(child, relation, parent, 40)
        for other in children:
            block.add(child, 3373, other)


def settle_people(block: Block) -> None:
    """Add where people were born, lived, studied and died, and what they did there."""
    rng, pick, kinds = block.rng, block.pick, block.kinds
    country = kinds["country"][0]
    cities = kinds["city"]
    abroad = block.world.places(block.world.neighbour(block.number, 1)).kinds["city"]
    for person in kinds["person"]:
        birth = pick(cities)
        block.add(person, 19, birth, person.year)
        if rng.random() < 0.45:
            block.add(person, 27, country)
        block.add(person, 106, shared_entity(person.role))
        if person.end:
            death = pick(abroad) if rng.random() < 0.15 else pick(cities)
            block.add(person, 20, death, person.end)
        if rng.random() < 0.5:
            block.add(person, 551, pick(cities))
        if rng.random() < 0.4:
            block.add(person, 1412, kinds["language"][0 if rng.random() < 0.7 else -1])
        if person.role not in ("footballer", "general"):
            block.add(person, 69, pick(kinds["university"]), person.year + 22)
        _career(block, person)


def _career(block: Block, person: Entity) -> None:
    rng, pick, kinds = block.rng, block.pick, block.kinds
    role, year = person.role, person.year
    if role == "politician":
        block.add(person, 102, pick(kinds["party"]), year + 25)
    elif role == "footballer":
        for club in rng.sample(kinds["club"], min(2, len(kinds["club"]))):
            block.add(person, 54, club, year + 20)
    elif role in ("botanist", "historian"):
        block.add(person, 108, pick(kinds["university"]), year + 30)
        peers = [p for p in kinds["person"] if p.role == role and p.year < year - 15]
        if peers:
            teacher = pick(peers)
            block.both(person, 184, teacher, 185) if rng.random() < 0.6 else block.both(
                person, 1066, teacher, 802
            )
        if rng.random() < 0.5:
            block.add(person, 463, pick(kinds["society"]), year + 40)
    elif role == "entrepreneur":
        block.add(person, 108, pick(kinds["company"]), year + 28)
    elif role == "general":
        block.add(person, 241, pick(kinds["army"]), year + 19)
        block.add(person, 607, pick(kinds["war"]), year + 30)
    elif role == "singer":
        block.both(pick(kinds["band"]), 527, person, 463, year + 22)
    if role in ("novelist", "composer", "film director"):
        peers = [p for p in kinds["person"] if p.role == role and p.year < year - 8]
        if peers:
            block.add(person, 737, pick(peers))
        if rng.random() < 0.5:
            block.add(person, 937, pick(kinds["city"]))
    if role not in ("entrepreneur", "general") and rng.random() < 0.35:
        block.add(person, 166, pick(kinds["award"]), year + 45)
