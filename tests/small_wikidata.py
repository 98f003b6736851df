"""A Wikidata of a few invented entities, as lines of a JSON dump."""

import json


def term(value, language="en"):
    return {language: {"language": language, "value": value}}


def entity_value(name):
    kind = {"Q": "item", "P": "property"}[name[0]]
    value = {"entity-type": kind, "numeric-id": int(name[1:]), "id": name}
    return {"type": "wikibase-entityid", "value": value}


def text_value(text, language="en"):
    return {"type": "monolingualtext", "value": {"text": text, "language": language}}


def statement(value, rank="normal", **snak):
    data = entity_value(value) if isinstance(value, str) else value
    mainsnak = {"snaktype": "value", "datatype": "wikibase-item", **snak}
    if data is not None:
        mainsnak["datavalue"] = data
    return {"mainsnak": mainsnak, "type": "statement", "rank": rank, "references": []}


def item(number, label=None, *, aliases=(), page=None, claims=None, **more):
    """Return an item; `claims` maps "P17" to names of items or whole statements."""
    return {
        "type": "item",
        "id": f"Q{number}",
        "labels": term(label) if label else {},
        "descriptions": {},
        "aliases": {"en": [{"language": "en", "value": alias} for alias in aliases]},
        "claims": {
            name: [value if isinstance(value, dict) else statement(value) for value in values]
            for name, values in (claims or {}).items()
        },
        "sitelinks": {"enwiki": {"site": "enwiki", "title": page, "badges": []}} if page else {},
        **more,
    }


def prop(number, label=None, *, aliases=(), datatype="wikibase-item", claims=None):
    entity = item(number, label, aliases=aliases, claims=claims)
    del entity["sitelinks"]
    return {**entity, "type": "property", "id": f"P{number}", "datatype": datatype}


def dump(entities):
    """Return a dump in the official form: brackets, one entity per line, commas between."""
    lines = [json.dumps(entity, separators=(",", ":")) for entity in entities]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()
