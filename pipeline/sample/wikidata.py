"""A Wikidata JSON entity dump of the world: properties, shared items, then block by block."""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.sample.config import WorldConfig
from pipeline.sample.counter import chance, mix
from pipeline.sample.dump import world_of
from pipeline.sample.kinds import PARENTS, SHARED_BASE, SHARED_ITEMS
from pipeline.sample.pages import choose_topics
from pipeline.sample.parallel import map_in_order
from pipeline.sample.relations import ATTRIBUTES, RELATIONS, Relation
from pipeline.sample.wikitext import has_sitelink
from pipeline.sample.world import Block, Entity, Fact, shared_entity

MISSING = 0.10  # facts that Wikidata does not know: noise of distant supervision
WRONG = 0.01  # facts with a deprecated, wrong value beside them
PREFERRED = 0.02

# Properties whose inverse says the same: Wikidata often states a relation from one side only.
ONE_SIDED = frozenset((40, 150, 156, 185, 355, 466, 802, 974, 1344, 1366, 1376, 1441, 1830, 4969))
ONE_SIDED_MISSING = 0.6

Json = dict[str, Any]


def _texts(value: str) -> Json:
    return {"en": {"language": "en", "value": value}}


def _aliases(values: tuple[str, ...]) -> Json:
    return {"en": [{"language": "en", "value": value} for value in values]} if values else {}


def _item_value(item: int) -> Json:
    return {
        "value": {"entity-type": "item", "numeric-id": item, "id": f"Q{item}"},
        "type": "wikibase-entityid",
    }


def _claim(
    subject: str, relation: int, value: Json | None, *, rank: str = "normal", n: int
) -> Json:
    datatype = (RELATIONS.get(relation) or ATTRIBUTES[relation]).datatype
    snak: Json = {"snaktype": "value", "property": f"P{relation}"}
    if value is None:
        snak["snaktype"] = "somevalue" if n % 2 else "novalue"
    else:
        snak["datavalue"] = value
    snak["datatype"] = datatype
    digits = f"{mix(relation, n, len(subject)):016X}{mix(n, relation):016X}"
    guid = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return {"mainsnak": snak, "type": "statement", "id": f"{subject}${guid}", "rank": rank}


def make_property(number: int, relation: Relation) -> Json:
    """Return a property's entity, with its inverse and the constraint of a symmetric one."""
    name = f"P{number}"
    claims: Json = {}
    if relation.inverse:
        inverse = {"entity-type": "property", "numeric-id": relation.inverse}
        value = {
            "value": inverse | {"id": f"P{relation.inverse}"},
            "type": "wikibase-entityid",
        }
        claim = _claim(name, 1696, value, n=number)
        claim["mainsnak"]["datatype"] = "wikibase-property"
        claims["P1696"] = [claim]
    if relation.symmetric:
        value = _item_value(SHARED_ITEMS["symmetric constraint"])
        claims["P2302"] = [_claim(name, 2302, value, n=number)]
    return {
        "type": "property",
        "datatype": "wikibase-property" if number == 1696 else relation.datatype,
        "id": name,
        "labels": _texts(relation.name),
        "descriptions": _texts(f"{relation.name} of the subject"),
        "aliases": _aliases(relation.aliases),
        "claims": claims,
    }


def _entity(item: int, label: str, description: str, aliases: tuple[str, ...]) -> Json:
    return {
        "type": "item",
        "id": f"Q{item}",
        "labels": _texts(label),
        "descriptions": _texts(description),
        "aliases": _aliases(aliases),
        "claims": {},
        "sitelinks": {},
    }


def make_shared(name: str, item: int) -> Json:
    """Return the entity of a class, an occupation, a genre or the like."""
    made = _entity(item, name, "concept", ())
    if item >= SHARED_BASE:
        title = shared_entity(name).title
        made["sitelinks"] = {"enwiki": {"site": "enwiki", "title": title, "badges": []}}
    parent = PARENTS.get(name)
    if parent:
        claim = _claim(made["id"], 279, _item_value(SHARED_ITEMS[parent]), n=item)
        made["claims"] = {"P279": [claim]}
    return made


def make_item(block: Block, entity: Entity, topics: set[int]) -> Json:
    """Return the entity of a thing with its claims."""
    seed = block.world.seed
    country = block.kinds["country"][0]
    description = f"{entity.noun} in {country.name}" if entity is not country else "country"
    made = _entity(entity.item, entity.name, description, entity.aliases)
    if entity.item in topics or has_sitelink(seed, entity.item):
        made["sitelinks"] = {"enwiki": {"site": "enwiki", "title": entity.title, "badges": []}}
    subject, claims = made["id"], made["claims"]
    name = "human" if entity.kind.name == "person" else entity.kind.description
    claims["P31"] = [_claim(subject, 31, _item_value(SHARED_ITEMS[name]), n=entity.item)]
    for fact in block.out.get(entity.item, ()):
        for claim in _claims_of(block, subject, fact):
            claims.setdefault(f"P{fact.relation}", []).append(claim)
    for number, value in _attributes(entity):
        claims[f"P{number}"] = [_claim(subject, number, value, n=entity.item)]
    if chance(seed, 63, entity.item) < 0.02:
        claims.setdefault("P551", []).append(_claim(subject, 551, None, n=entity.item))
    return made


def knows(seed: int, fact: Fact) -> bool:
    """Tell whether Wikidata has a fact of the world."""
    missing = ONE_SIDED_MISSING if fact.relation in ONE_SIDED else MISSING
    return chance(seed, 61, fact.head.item, fact.relation, fact.tail.item) >= missing


def _claims_of(block: Block, subject: str, fact: Fact) -> Iterator[Json]:
    seed, head, relation, tail = block.world.seed, fact.head.item, fact.relation, fact.tail.item
    if not knows(seed, fact):
        return
    draw = chance(seed, 62, head, relation, tail)
    rank = "preferred" if draw > 1 - PREFERRED else "normal"
    yield _claim(subject, relation, _item_value(tail), rank=rank, n=tail)
    if draw < WRONG and fact.tail.block == block.number and fact.tail.kind.name != "shared":
        wrong = block.kinds[fact.tail.kind.name][0].item
        if wrong != tail:
            yield _claim(subject, relation, _item_value(wrong), rank="deprecated", n=wrong)


def _time(year: int) -> Json:
    value = {
        "time": f"+{year:04}-00-00T00:00:00Z",
        "timezone": 0,
        "before": 0,
        "after": 0,
        "precision": 9,
        "calendarmodel": "http://www.wikidata.org/entity/Q1985727",
    }
    return {"value": value, "type": "time"}


def _attributes(entity: Entity) -> Iterator[tuple[int, Json]]:
    kind = entity.kind.name
    if kind == "person":
        yield 569, _time(entity.year)
        if entity.end:
            yield 570, _time(entity.end)
    elif entity.year:
        works = ("book", "film", "album", "song")
        yield (
            577 if kind in works else 585 if kind in ("battle", "election") else 571,
            _time(entity.year),
        )
    if kind == "city":
        amount = 1_000 + entity.item % 90_000
        yield 1082, {"value": {"amount": f"+{amount}", "unit": "1"}, "type": "quantity"}
    elif kind in ("species", "genus", "family"):
        yield 225, {"value": entity.name, "type": "string"}
    if kind in ("person", "company"):
        yield 227, {"value": f"{entity.item % 10**9}-X", "type": "string"}


def write_wikidata(folder: Path, config: WorldConfig) -> None:
    """Write `sample-wikidata.json.gz`: `[`, one entity a line with a comma behind, `]`.

    A member of the gzip file per block: the bytes depend on the config alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    head = [
        *(make_property(number, relation) for number, relation in sorted(_properties().items())),
        *(make_shared(name, item) for name, item in SHARED_ITEMS.items()),
    ]
    tasks = [(config, number) for number in range(config.num_blocks)]
    with (folder / "sample-wikidata.json.gz").open("wb") as out:
        out.write(_compress("[\n" + _lines(head)))
        for data in map_in_order(_make_member, tasks):
            out.write(data)
        out.write(_compress("\n]\n"))


def _properties() -> dict[int, Relation]:
    return RELATIONS | ATTRIBUTES


def _lines(entities: list[Json]) -> str:
    return ",\n".join(json.dumps(entity, separators=(",", ":")) for entity in entities)


def _make_member(task: tuple[WorldConfig, int]) -> bytes:
    config, number = task
    block = world_of(config).block(number)
    topics = {topic.item for topic in choose_topics(block)}
    return _compress(",\n" + _lines([make_item(block, entity, topics) for entity in block.all()]))


def _compress(text: str) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(text.encode()) + packer.flush()
