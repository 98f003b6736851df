"""Countries, regions, cities, rivers, lakes, mountains: first their names, then their facts."""

from pipeline.sample.kinds import CONTINENTS
from pipeline.sample.names import NUMBERS_PER_BLOCK, place_name
from pipeline.sample.world import Block, Entity, country_of, shared_entity

REGION_FORMS = ("{0} Province", "{0} County", "Upper {0}", "{0} District", "Lower {0}")


def name_places(block: Block) -> None:
    """Create the places of a block."""
    number, rng, counts = block.number, block.rng, block.world.counts
    country = country_of(block.world, number)
    country.year = 1800 + rng.randrange(130)
    block.kinds["country"].append(country)
    stems = iter([place_name(number, k, block.world.seed) for k in range(NUMBERS_PER_BLOCK)])
    form = REGION_FORMS[number % len(REGION_FORMS)]
    for k in range(counts["region"]):
        block.make("region", form.format(next(stems)), year=1700 + rng.randrange(200) + k)
    for k in range(counts["city"]):
        noun = "city" if 2 * k < counts["city"] else "town"
        city = block.make("city", next(stems), noun=noun, year=1100 + rng.randrange(700))
        city.aliases = (f"City of {city.name}",) if noun == "city" else ()
    # The last one is called as a city of the next country: two titles for one name.
    namesake = block.kinds["city"][-1]
    next_country = block.world.neighbour(number, 1)
    namesake.name = place_name(next_country, counts["region"] + 3, block.world.seed)
    namesake.short, namesake.title = namesake.name, f"{namesake.name}, {country.name}"
    for _ in range(counts["river"]):
        stem = next(stems)
        river = block.make("river", f"River {stem}" if number % 2 else f"{stem} River")
        river.article, river.short, river.aliases = "the", stem, (stem,)
    for kind, form in (
        ("lake", "Lake {0}"),
        ("mountain", "Mount {0}"),
        ("range", "{0} Mountains"),
        ("island", "{0} Island"),
    ):
        for _ in range(counts[kind]):
            place = block.make(kind, form.format(next(stems)))
            place.article = "the" if kind == "range" else ""
    for k in range(counts["language"]):
        stem = block.kinds["city"][-k].name.rstrip("aeiou")
        language = block.make("language", f"{stem}ish" if k else country.adjective)
        language.title = f"{language.name} language"
        language.aliases = (language.title,)
    old = block.make("realm", f"Kingdom of {country.name}", year=1400 + rng.randrange(300))
    old.article = "the"


def settle(block: Block) -> None:
    """Add the facts between places; takes over the places named before."""
    world, number, rng = block.world, block.number, block.rng
    kinds = block.kinds
    for kind, entities in world.places(number).kinds.items():
        kinds[kind].extend(entities)
    (country,), regions, cities = kinds["country"], kinds["region"], kinds["city"]
    rivers, mountains, lakes = kinds["river"], kinds["mountain"], kinds["lake"]
    near = [world.places(world.neighbour(number, step)) for step in (-1, 1)]
    capital = cities[0]
    block.both(country, 36, capital, 1376)
    for language in kinds["language"][:2]:
        block.add(country, 37, language)
        block.add(language, 17, country)
    for other in near:
        block.add(country, 47, other.kinds["country"][0])
        block.add(country, 530, other.kinds["country"][0])
    block.add(country, 30, shared_entity(CONTINENTS[(number // 3) % len(CONTINENTS)]))
    old = kinds["realm"][0]
    block.both(country, 1365, old, 1366, country.year)
    block.add(old, 36, cities[1 % len(cities)])
    for k, region in enumerate(regions):
        block.add(region, 17, country)
        block.both(country, 150, region, 131)
        if len(regions) > 1:
            block.add(region, 47, regions[(k + 1) % len(regions)])
            block.add(region, 47, regions[(k - 1) % len(regions)])
    for k, city in enumerate(cities):
        region = regions[k % len(regions)]
        if rng.random() < 0.6:
            block.add(city, 17, country)
        block.both(region, 150, city, 131)
        if k < len(regions):
            block.both(region, 36, city, 1376)
        water = block.pick(rivers if rng.random() < 0.7 else lakes)
        block.add(city, 206, water)
        # block 2n is twinned with 2n+1, city by city
        twin = world.first + ((number - world.first) ^ 1)
        if k % 2 == 0 and twin < world.first + world.count and twin != number:
            block.add(city, 190, world.places(twin).kinds["city"][k])
    _natural_places(block, country, regions)
    for mountain in mountains[:1]:
        block.add(country, 610, mountain)


def _natural_places(block: Block, country: Entity, regions: list[Entity]) -> None:
    kinds, rng = block.kinds, block.rng
    rivers, mountains, ranges = kinds["river"], kinds["mountain"], kinds["range"]
    for k, river in enumerate(rivers):
        block.add(river, 205, country)
        block.add(river, 131, block.pick(regions))
        block.add(river, 885, block.pick(mountains))
        if k == 0 or rng.random() < 0.3:
            block.add(river, 403, block.pick(kinds["lake"]))
        else:
            block.both(river, 403, rivers[rng.randrange(k)], 974)
    for k, mountain in enumerate(mountains):
        block.add(mountain, 17, country)
        block.add(mountain, 131, block.pick(regions))
        block.add(mountain, 4552, ranges[k % len(ranges)])
    for k, peaks in enumerate(ranges):
        block.add(peaks, 17, country)
        block.add(peaks, 610, mountains[k % len(mountains)])
    for place in kinds["lake"] + kinds["island"]:
        block.add(place, 17, country)
        block.add(place, 131, block.pick(regions))
    for island in kinds["island"]:
        block.add(island, 206, block.pick(kinds["lake"]))
