"""Books, films, albums, songs, characters, cars and prizes."""

from pipeline.sample.kinds import GENRES
from pipeline.sample.names import surname, work_title
from pipeline.sample.world import Block, Entity, shared_entity


def name_works(block: Block) -> None:
    """Create the works of a block."""
    rng, pick, counts, kinds = block.rng, block.pick, block.world.counts, block.kinds
    number = iter(range(1000))

    def title() -> str:
        return work_title(block.number, next(number), block.world.seed)

    for kind, first, years in (
        ("book", 1880, 130),
        ("film", 1930, 85),
        ("album", 1960, 60),
        ("song", 1960, 60),
    ):
        for k in range(counts[kind]):
            called = title()
            if k % 12 == 5:  # a namesake: of a city, or of a book
                called = pick(block.towns() if kind != "film" else kinds["book"]).name
            block.make(kind, called, year=first + rng.randrange(years))
    for _ in range(counts["series"]):
        series = block.make("series", f"{title()} Cycle", year=1900 + rng.randrange(90))
        series.article = "" if series.name.startswith(("The", "A ")) else "the"
    for _ in range(counts["character"]):
        given = pick(kinds["person"]).name.split(" ", 1)[0]
        family = surname(block.number, rng.randrange(64), block.world.seed)
        hero = block.make("character", f"{given} {family}")
        hero.short = given
    makers = [company for company in kinds["company"] if company.noun != "bank"]
    for k in range(counts["product"]):
        maker = makers[(k // 2) % len(makers)]
        stem = pick(block.towns()).name[:5].rstrip("aeiou")
        car = block.make("product", f"{maker.short.split(' ')[0]} {stem}a", noun="car")
        car.year = 1950 + rng.randrange(60)
    for k in range(counts["award"]):
        form = ("{0} Prize", "{0} Medal", "Order of {1}")[k % 3]
        named = form.format(pick(kinds["person"]).short, kinds["country"][0].name)
        block.make("award", named, noun="prize").article = "the"


def _by_role(block: Block, *roles: str) -> list[Entity]:
    people = block.kinds["person"]
    return [person for person in people if person.role in roles] or people


def settle_works(block: Block) -> None:
    """Add who made the works and what they are about."""
    rng, pick, kinds = block.rng, block.pick, block.kinds
    country, cities = kinds["country"][0], kinds["city"]
    writers, actors = _by_role(block, "novelist"), _by_role(block, "actor")
    for k, book in enumerate(kinds["book"]):
        author = pick(writers)
        book.year = author.year + 25 + rng.randrange(30)
        block.add(book, 50, author, book.year)
        if block.tail(author, 800) is None:
            block.add(author, 800, book)
        block.add(book, 123, pick(kinds["publisher"]), book.year)
        block.add(book, 407, pick(kinds["language"]))
        block.add(book, 136, shared_entity(GENRES[3 + rng.randrange(2)]))
        if rng.random() < 0.6:
            block.add(book, 840, pick(cities))
        if k % 3 == 0:
            block.add(book, 179, kinds["series"][(k // 3) % len(kinds["series"])])
            if k >= 3:
                block.both(book, 155, kinds["book"][k - 3], 156)
    for k, hero in enumerate(kinds["character"]):
        book = kinds["book"][(k * 5) % len(kinds["book"])]
        block.both(book, 674, hero, 1441)
        if creator := block.tail(book, 50):
            block.add(hero, 170, creator)
    for series in kinds["series"]:
        block.add(series, 50, pick(writers))
        block.add(series, 495, country)
    for film in kinds["film"]:
        director = pick(_by_role(block, "film director"))
        film.year = max(1925 + rng.randrange(20), director.year + 28 + rng.randrange(30))
        block.add(film, 57, director, film.year)
        block.add(film, 58, director if rng.random() < 0.3 else pick(writers))
        block.add(film, 86, pick(_by_role(block, "composer")))
        for actor in rng.sample(actors, min(2, len(actors))):
            block.add(film, 161, actor)
        if rng.random() < 0.6:
            block.add(film, 162, pick(_by_role(block, "entrepreneur")))
        block.add(film, 272, pick(kinds["studio"]), film.year)
        if rng.random() < 0.5:
            block.add(film, 495, country)
        block.add(film, 136, shared_entity(GENRES[5 + rng.randrange(2)]))
        if rng.random() < 0.5:
            block.add(film, 840, pick(cities))
        if rng.random() < 0.4:
            block.both(film, 144, pick(kinds["book"]), 4969)
        if rng.random() < 0.2:
            block.add(film, 166, pick(kinds["award"]), film.year)
    _music(block)
    for car in kinds["product"]:
        maker = next(c for c in kinds["company"] if c.name.startswith(car.name.split(" ")[0]))
        block.add(car, 176, maker, car.year)
        block.add(car, 178, pick(_by_role(block, "entrepreneur", "architect")), car.year)
        block.add(car, 138, pick(cities))
    for award in kinds["award"]:
        block.add(award, 17, country)
        block.add(award, 138, pick(kinds["person"]))
        block.add(award, 664, pick(kinds["society"]))


def _music(block: Block) -> None:
    rng, pick, kinds = block.rng, block.pick, block.kinds
    bands, albums = kinds["band"], kinds["album"]
    last: dict[int, Entity] = {}
    for album in sorted(albums, key=lambda album: album.year):
        band = pick(bands)
        block.add(album, 175, band, album.year)
        label = block.tail(band, 264)
        block.add(album, 264, label or pick(kinds["label"]), album.year)
        block.add(album, 162, pick(_by_role(block, "singer", "composer")))
        if band.item in last:
            block.both(album, 155, last[band.item], 156)
        last[band.item] = album
    for song in kinds["song"]:
        album = pick(albums)
        song.year = album.year
        block.both(album, 527, song, 361)
        if performer := block.tail(album, 175):
            block.add(song, 175, performer, song.year)
        block.add(song, 676, pick(_by_role(block, "singer", "novelist")))
        if rng.random() < 0.5:
            block.add(song, 86, pick(_by_role(block, "composer")))
