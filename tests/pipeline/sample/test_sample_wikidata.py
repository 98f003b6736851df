import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

Entities = list[dict[str, Any]]


def _claims(entities: Entities) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (entity["id"], name, claim)
        for entity in entities
        for name, claims in entity["claims"].items()
        for claim in claims
    ]


def test_lines_have_the_form_of_the_dump(sample_folder: Path) -> None:
    with gzip.open(sample_folder / "sample-wikidata.json.gz", "rt", encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    assert lines[0] == "["
    assert lines[-1] == "]"
    assert all(line.endswith(",") for line in lines[1:-2])
    assert not lines[-2].endswith(",")
    for line in lines[1:-1]:
        json.loads(line.rstrip(","))


def test_there_are_about_3000_items_and_100_properties(entities: Entities) -> None:
    types = Counter(entity["type"] for entity in entities)
    assert 2_900 <= types["item"] <= 3_000
    assert types["property"] >= 100
    assert len({entity["id"] for entity in entities}) == len(entities)
    invented = [int(entity["id"][1:]) for entity in entities if entity["type"] == "item"]
    assert all(990_000_000 <= number < 2**32 or number == 21510862 for number in invented)


def test_claims_lead_to_items_that_are_there(entities: Entities) -> None:
    known = {entity["id"] for entity in entities}
    relations = set()
    for subject, name, claim in _claims(entities):
        snak = claim["mainsnak"]
        assert snak["property"] == name
        assert claim["id"].startswith(f"{subject}$")
        if snak["snaktype"] == "value" and snak["datatype"].startswith("wikibase-"):
            assert snak["datavalue"]["value"]["id"] in known
            relations.add(name)
        else:
            assert ("datavalue" in snak) == (snak["snaktype"] == "value")
    assert len(relations) >= 60


def test_claims_are_of_all_ranks_types_and_snaks(entities: Entities) -> None:
    claims = [claim for _, _, claim in _claims(entities)]
    ranks = Counter(claim["rank"] for claim in claims)
    assert ranks["normal"] > 0.9 * len(claims)
    assert ranks["preferred"] > 100
    assert ranks["deprecated"] > 50
    assert {claim["mainsnak"]["snaktype"] for claim in claims} == {"value", "somevalue", "novalue"}
    types = {claim["mainsnak"]["datatype"] for claim in claims}
    expected = {"wikibase-item", "time", "quantity", "string", "external-id", "wikibase-property"}
    assert types == expected
    assert len({claim["id"] for claim in claims}) == len(claims)


def test_every_item_of_the_world_is_an_instance_of_something(entities: Entities) -> None:
    classes = set()
    for entity in entities:
        if entity["type"] == "item" and int(entity["id"][1:]) >= 1_000_000_000:
            assert len(entity["claims"]["P31"]) == 1
            value = entity["claims"]["P31"][0]["mainsnak"]["datavalue"]["value"]
            classes.add(value["id"])
    assert len(classes) >= 35
    by_id = {entity["id"]: entity for entity in entities}
    assert sum("P279" in by_id[name]["claims"] for name in classes) >= 30


def test_properties_name_their_inverse_and_symmetry(entities: Entities) -> None:
    by_id = {entity["id"]: entity for entity in entities}
    capital = by_id["P36"]["claims"]["P1696"][0]["mainsnak"]["datavalue"]["value"]
    assert capital["id"] == "P1376"
    spouse = by_id["P26"]["claims"]["P2302"][0]["mainsnak"]["datavalue"]["value"]
    assert spouse["id"] == "Q21510862"
    assert by_id["P19"]["labels"]["en"]["value"] == "place of birth"
    assert by_id["P569"]["datatype"] == "time"


def test_sitelinks_are_unique_and_miss_some_items(entities: Entities) -> None:
    titles = [e["sitelinks"]["enwiki"]["title"] for e in entities if e.get("sitelinks")]
    assert len(set(titles)) == len(titles)
    assert 0.8 < len(titles) / 3_000 < 0.95
