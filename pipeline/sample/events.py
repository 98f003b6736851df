"""Wars, battles, treaties, elections, cups; families, genera and species; and all of a block."""

import itertools

from pipeline.sample.world import Block, Entity

_EPITHETS = """
alba nigra montana palustris vulgaris gracilis robusta maritima viridis aurea minor major
sylvestris rubra elegans pumila borealis australis lacustris petraea nivalis fragilis
"""
EPITHETS = tuple(_EPITHETS.split())
GENUS_ENDINGS = ("ella", "odon", "anthus", "ia", "opsis", "ornis")


def name_events(block: Block) -> None:
    """Create the events of a block."""
    rng, pick, counts, kinds = block.rng, block.pick, block.world.counts, block.kinds
    country, cities = kinds["country"][0], block.towns()
    for k in range(counts["war"]):
        words = pick(kinds["region"]).name.split()
        place = words[words[0] in ("Upper", "Lower")]
        name = f"War of the {place} Succession" if k % 2 else f"{country.adjective} Civil War"
        block.make("war", name, year=1840 + 40 * k + rng.randrange(30)).article = "the"
    for city in rng.sample(cities, min(counts["battle"], len(cities))):
        form = "Siege of {0}" if rng.random() < 0.3 else "Battle of {0}"
        battle = block.make("battle", form.format(city.name))
        battle.article = "the"
        battle.noun = battle.name.split(" ", 1)[0].lower()
    for city in rng.sample(cities, min(counts["treaty"], len(cities))):
        treaty = block.make("treaty", f"Treaty of {city.name}")
        treaty.article = "the"
    start = 1946 + rng.randrange(4)
    for k in range(counts["election"]):
        year = start + 4 * k
        vote = block.make("election", f"{year} {country.adjective} general election", year=year)
        vote.article = "the"
    start = 1950 + rng.randrange(30)
    for k in range(counts["cup"]):
        cup = block.make("cup", f"{start + k} {country.adjective} Cup", year=start + k)
        cup.article, cup.aliases = "the", (f"{country.adjective} Cup {start + k}",)


def settle_events(block: Block) -> None:
    """Add where and when events took place and who took part in them."""
    rng, kinds = block.rng, block.kinds
    country, people = kinds["country"][0], kinds["person"]
    near = [
        block.world.places(block.world.neighbour(block.number, step)).kinds["country"][0]
        for step in (-1, 1)
    ]
    generals = [p for p in people if p.role == "general"] or people
    for k, war in enumerate(kinds["war"]):
        block.add(war, 17, country)
        block.both(war, 710, country, 1344)
        block.add(war, 710, near[k % 2])
    for k, battle in enumerate(kinds["battle"]):
        war = kinds["war"][k % len(kinds["war"])]
        battle.year = war.year + rng.randrange(6)
        block.both(war, 527, battle, 361)
        place = next(c for c in kinds["city"] if battle.name.endswith(f" {c.name}"))
        block.add(battle, 276, place, battle.year)
        block.add(battle, 17, country)
        for general in rng.sample(generals, min(2, len(generals))):
            block.add(battle, 710, general)
            if rng.random() < 0.5:
                block.add(general, 1344, battle)
            block.add(general, 607, war)
    for k, treaty in enumerate(kinds["treaty"]):
        treaty.year = kinds["war"][k % len(kinds["war"])].year + 6
        place = next(c for c in kinds["city"] if treaty.name.endswith(f" {c.name}"))
        block.add(treaty, 276, place, treaty.year)
        block.add(treaty, 1891, country)
        block.add(treaty, 1891, near[k % 2])
    _votes_and_cups(block, country, people)


def _votes_and_cups(block: Block, country: Entity, people: list[Entity]) -> None:
    rng, pick, kinds = block.rng, block.pick, block.kinds
    politicians = [p for p in people if p.role == "politician"] or people
    for kind in ("election", "cup"):
        events = kinds[kind]
        for one, other in itertools.pairwise(events):
            block.both(other, 155, one, 156)
    for vote in kinds["election"]:
        block.add(vote, 17, country)
        block.add(vote, 1001, country)
        rivals = rng.sample(politicians, min(3, len(politicians)))
        for rival in rivals:
            block.add(vote, 726, rival)
        block.add(vote, 991, rivals[0])
    for cup in kinds["cup"]:
        block.add(cup, 17, country)
        block.add(cup, 276, pick(kinds["stadium"]))
        block.add(cup, 664, pick(kinds["league"]))
        clubs = rng.sample(kinds["club"], min(3, len(kinds["club"])))
        for club in clubs:
            block.add(cup, 1923, club)
        block.add(cup, 1346, clubs[0])


def name_species(block: Block) -> None:
    """Create families, genera and species."""
    rng, counts, kinds = block.rng, block.world.counts, block.kinds
    stems = [city.name for city in rng.sample(block.towns(), len(block.towns()))]

    def latin(k: int, ending: str) -> str:
        return stems[k % len(stems)].rstrip("aeiou") + ending

    for k in range(counts["family"]):
        block.make("family", latin(k, "idae"))
    for k in range(counts["genus"]):
        block.make("genus", latin(k + 2, GENUS_ENDINGS[k % len(GENUS_ENDINGS)]))
    genera = kinds["genus"]
    for k in range(counts["species"]):
        genus = genera[k % len(genera)]
        name = f"{genus.name} {EPITHETS[(k * 5 + block.number) % len(EPITHETS)]}"
        species = block.make("species", name, year=1850 + rng.randrange(120))
        initial, epithet = name[0], name.split(" ")[1]
        species.short = f"{initial}. {epithet}"
        species.aliases = (species.short,)


def settle_species(block: Block) -> None:
    """Add the parents of taxa, where they live and who found them."""
    pick, kinds = block.pick, block.kinds
    finders = [p for p in kinds["person"] if p.role == "botanist"] or kinds["person"]
    for k, genus in enumerate(kinds["genus"]):
        block.add(genus, 171, kinds["family"][k % len(kinds["family"])])
        block.add(genus, 138, pick(finders))
    for k, species in enumerate(kinds["species"]):
        block.add(species, 171, kinds["genus"][k % len(kinds["genus"])])
        place = pick(kinds["region"] + kinds["island"] + kinds["range"])
        block.add(species, 183, place)
        finder = pick(finders)
        species.year = finder.year + 30
        block.add(species, 61, finder, species.year)
