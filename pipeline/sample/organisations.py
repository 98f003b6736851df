"""Companies, universities, clubs, parties, bands and the buildings they use."""

from pipeline.sample.kinds import GENRES, INDUSTRIES
from pipeline.sample.names import surname
from pipeline.sample.world import Block, Entity, shared_entity

COMPANY_FORMS = (
    "{0} Motors",
    "{0} Industries",
    "Bank of {1}",
    "{0} Brewery",
    "{0} Group",
    "{0} Shipyards",
    "{1} Textiles",
    "{0} & Sons",
)
CLUB_FORMS = ("{0} United", "{0} Rovers", "FC {0}", "{0} Athletic", "{0} Wanderers")
PARTIES = ("{0} Labour Party", "{0} Liberal Party", "{0} Conservative Party", "{0} Green Party")
SOCIETIES = ("Royal Society of {0}", "{1} Academy of Sciences", "{1} Historical Society")
BANDS = ("The {0}s", "{0}", "The {0} Sisters", "{0} Quartet")
BUILDINGS = ("{0} Museum", "{0} Library", "{0} Palace", "{0} Theatre")
PAPERS = ("{0} Gazette", "{0} Herald", "{0} Tribune", "{0} Observer")


def name_organisations(block: Block) -> None:
    """Create the organisations of a block; their names come from its cities and families."""
    rng, pick, counts, kinds = block.rng, block.pick, block.world.counts, block.kinds
    country, cities = kinds["country"][0], block.towns()

    def family() -> str:
        return surname(block.number, rng.randrange(64), block.world.seed)

    seen: set[str] = set()

    def found(kind: str, form: str, noun: str = "") -> Entity:
        while True:
            city = pick(cities)
            name = form.format(family(), city.name)
            if name not in seen:
                break
        seen.add(name)
        return block.make(kind, name, noun=noun, year=1850 + rng.randrange(140))

    for k in range(counts["company"]):
        company = found("company", COMPANY_FORMS[k % len(COMPANY_FORMS)])
        company.noun = "bank" if "Bank" in company.name else "company"
        company.short = company.name.rsplit(" ", 1)[0] if "Bank" not in company.name else "the bank"
        company.short = company.name if company.short == "the bank" else company.short
    for _ in range(counts["publisher"]):
        found("publisher", "{0} Press")
    for _ in range(counts["label"]):
        found("label", "{0} Records")
    for _ in range(counts["studio"]):
        found("studio", "{0} Pictures")
    for k in range(counts["newspaper"]):
        paper = found("newspaper", PAPERS[k % len(PAPERS)].replace("{0}", "{1}"))
        paper.article = "the"
    for k in range(counts["university"]):
        form = "University of {1}" if k % 2 == 0 else "{1} University"
        school = found("university", form)
        school.article = "the" if k % 2 == 0 else ""
        school.aliases = (f"{school.name.replace('University of ', '')} Univ.",)
    for k in range(counts["club"]):
        city = cities[k % len(cities)]
        club = block.make("club", CLUB_FORMS[k % len(CLUB_FORMS)].format(city.name), year=1880 + k)
        club.aliases = (f"{club.name} F.C.",)
    for k in range(counts["society"]):
        society = block.make(
            "society", SOCIETIES[k % 3].format(country.name, country.adjective), year=1790 + 31 * k
        )
        society.article = "the"
    for k in range(counts["party"]):
        party = block.make("party", PARTIES[k % 4].format(country.adjective), year=1890 + 17 * k)
        party.article = "the"
    for k in range(counts["league"]):
        block.make("league", f"{country.adjective} {('Premier League', 'Second League')[k % 2]}")
        block.kinds["league"][-1].article = "the"
    block.make("parliament", f"Parliament of {country.name}").article = "the"
    for k in range(counts["army"]):
        force = block.make("army", f"{country.adjective} {('Army', 'Navy')[k % 2]}")
        force.article = "the"
    rivers = kinds["river"]
    for k in range(counts["band"]):
        stem = rivers[k % len(rivers)].short if k % 4 == 1 else family()
        band = block.make("band", BANDS[k % 4].format(stem), year=1955 + rng.randrange(50))
        band.noun = "band"
    for k in range(counts["stadium"]):
        city = cities[k % len(cities)]
        name = f"{city.name} Stadium" if k % 2 else f"{family()} Park"
        block.make("stadium", name, noun="stadium", year=1900 + rng.randrange(100))
    for k in range(counts["building"]):
        form = BUILDINGS[k % 4]
        noun = form.split()[-1].lower()
        block.make("building", form.format(family()), noun=noun, year=1780 + rng.randrange(200))


def settle_organisations(block: Block) -> None:
    """Add where organisations are, who founded, leads and owns them."""
    rng, pick, kinds = block.rng, block.pick, block.kinds
    country, cities, people = kinds["country"][0], kinds["city"], kinds["person"]
    owners = [p for p in people if p.role == "entrepreneur"] or people
    politicians = [p for p in people if p.role == "politician"] or people
    scholars = [p for p in people if p.role in ("botanist", "historian")] or people
    for kind in ("company", "publisher", "label", "studio", "newspaper", "university", "club"):
        for body in kinds[kind]:
            home = next((c for c in cities if c.name in body.name), None) or pick(cities)
            if rng.random() < 0.4:
                block.add(body, 17, country)
            if kind in ("university", "club"):
                block.add(body, 131, home)
            block.add(body, 159, home)
            if kind != "newspaper" and rng.random() < 0.7:
                founder = pick(scholars if kind == "university" else owners)
                block.add(body, 112, founder, body.year)
    companies = kinds["company"]
    for k, company in enumerate(companies):
        block.add(company, 452, shared_entity(INDUSTRIES[k % len(INDUSTRIES)]))
        block.add(company, 169, pick(owners), company.year + 30)
        if rng.random() < 0.5:
            block.add(company, 740, pick(cities), company.year)
        if k and rng.random() < 0.4:
            block.both(company, 749, companies[rng.randrange(k)], 355)
    for paper in kinds["newspaper"] + kinds["publisher"] + kinds["label"] + kinds["studio"]:
        owner = pick(companies if rng.random() < 0.6 else owners)
        block.add(paper, 127, owner)
        if rng.random() < 0.4:
            block.add(owner, 1830, paper)
    for paper in kinds["newspaper"]:
        block.add(paper, 407, pick(kinds["language"]))
    for society in kinds["society"]:
        block.add(society, 17, country)
        block.add(society, 159, pick(cities))
        block.add(society, 488, pick(scholars))
    for party in kinds["party"]:
        block.add(party, 17, country)
        block.add(party, 159, pick(cities))
        block.add(party, 112, pick(politicians), party.year)
        block.add(party, 488, pick(politicians))
    for force in kinds["army"] + kinds["league"]:
        block.add(force, 17, country)
    _sport_and_music(block)
    _offices(block, politicians)


def _sport_and_music(block: Block) -> None:
    rng, pick, kinds = block.rng, block.pick, block.kinds
    country, cities, people = kinds["country"][0], kinds["city"], kinds["person"]
    players = [p for p in people if p.role == "footballer"] or people
    architects = [p for p in people if p.role == "architect"] or people
    for k, club in enumerate(kinds["club"]):
        block.add(club, 118, pick(kinds["league"]))
        block.add(club, 641, shared_entity("association football"))
        block.add(club, 286, pick(players), club.year + 70)
        if k < len(kinds["stadium"]):
            block.both(club, 115, kinds["stadium"][k], 466, club.year + 20)
    for building in kinds["stadium"] + kinds["building"]:
        named = next((c for c in cities if c.name in building.name), None)
        if rng.random() < 0.4:
            block.add(building, 17, country)
        block.add(building, 131, named or pick(cities))
        block.add(building, 84, pick(architects), building.year)
        if rng.random() < 0.6:
            owner = pick(kinds["company"])
            block.add(building, 137, owner) if rng.random() < 0.5 else block.both(
                building, 127, owner, 1830
            )
        if building.kind.name == "building":
            block.add(building, 138, pick(people))
            if rng.random() < 0.4:
                block.add(building, 706, pick(kinds["island"]))
    for band in kinds["band"]:
        if rng.random() < 0.5:
            block.add(band, 495, country)
        block.add(band, 740, pick(cities), band.year)
        block.add(band, 264, pick(kinds["label"]))
        block.add(band, 136, shared_entity(GENRES[rng.randrange(3)]))


def _offices(block: Block, politicians: list[Entity]) -> None:
    pick, kinds = block.pick, block.kinds
    country = kinds["country"][0]
    block.add(country, 35, pick(politicians))
    block.add(country, 6, pick(politicians))
    block.add(country, 194, kinds["parliament"][0])
    block.add(kinds["parliament"][0], 1001, country)
    for place in kinds["region"] + kinds["city"]:
        if block.rng.random() < 0.6:
            block.add(place, 6, pick(politicians))
