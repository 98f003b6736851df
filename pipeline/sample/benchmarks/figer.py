"""FIGER: mentions with fine types; noisy labels from the world to train on, careful ones to test.

As in the original, the labels of the training set are all types of the entity, whatever the
sentence is about; those of dev and test are only what the sentence tells.
"""

import json
from pathlib import Path
from typing import Any

from pipeline.sample.benchmarks.sentences import Named, Tagged, draw_sentences
from pipeline.sample.counter import stream

SIZES = {"train": 400, "dev": 80, "test": 120}  # sentences

ROLES = {
    "novelist": "/person/author",
    "film director": "/person/director",
    "actor": "/person/actor",
    "singer": "/person/musician",
    "composer": "/person/musician",
    "politician": "/person/politician",
    "footballer": "/person/athlete",
    "general": "/person/soldier",
    "architect": "/person/architect",
}
KINDS = {
    "country": "/location /location/country",
    "realm": "/location /location/country",
    "region": "/location /location/province",
    "city": "/location /location/city",
    "river": "/location /location/body_of_water",
    "lake": "/location /location/body_of_water",
    "mountain": "/location /geography/mountain",
    "range": "/location /geography/mountain",
    "island": "/location /geography/island",
    "language": "/language",
    "person": "/person",
    "character": "/person",
    "company": "/organization /organization/company",
    "publisher": "/organization /organization/company",
    "label": "/organization /organization/company",
    "studio": "/organization /organization/company",
    "newspaper": "/organization /newspaper",
    "university": "/organization /organization/educational_institution",
    "society": "/organization",
    "club": "/organization /organization/sports_team",
    "league": "/organization /organization/sports_league",
    "party": "/organization /government/political_party",
    "parliament": "/organization /government/government",
    "army": "/organization /military",
    "band": "/organization /music",
    "stadium": "/location /building /building/sports_facility",
    "building": "/location /building",
    "book": "/art /written_work",
    "series": "/art /written_work",
    "film": "/art /art/film",
    "album": "/art /music",
    "song": "/art /music",
    "product": "/product /product/car",
    "award": "/award",
    "war": "/event /event/military_conflict",
    "battle": "/event /event/military_conflict",
    "treaty": "/law",
    "election": "/event /event/election",
    "cup": "/event /event/sports_event",
    "family": "/living_thing",
    "genus": "/living_thing",
    "species": "/living_thing",
}
# What a fact tells about a person: property, whether the person is its tail.
TOLD = {
    (50, True): "/person/author",
    (800, False): "",
    (57, True): "/person/director",
    (161, True): "/person/actor",
    (86, True): "/person/musician",
    (175, True): "/person/musician",
    (527, True): "/person/musician",
    (54, False): "/person/athlete",
    (286, True): "/person/coach",
    (84, True): "/person/architect",
    (102, False): "/person/politician",
    (6, True): "/person/politician",
    (35, True): "/person/politician",
    (991, True): "/person/politician",
    (726, True): "/person/politician",
    (241, False): "/person/soldier",
    (607, False): "/person/soldier",
}
FREEBASE = {
    "/people/person": "/person",
    "/location/location": "/location",
    "/organization/organization": "/organization",
}


def label_mention(sentence: Tagged, named: Named, *, careful: bool) -> list[str]:
    """Return the types of a mention: what the sentence tells, or all that the world knows."""
    entity = named.entity
    labels = KINDS[entity.kind.name].split()
    if entity.kind.name == "person" and not careful:
        if entity.role in ROLES:
            labels.append(ROLES[entity.role])
    elif entity.kind.name == "person":
        told = {
            TOLD.get((fact.relation, is_tail), "")
            for fact in sentence.facts
            for is_tail, one in ((False, fact.head), (True, fact.tail))
            if one.item == entity.item
        }
        if entity.role in ROLES and entity.noun in " ".join(sentence.tokens):
            told.add(ROLES[entity.role])
        labels += sorted(told - {""})
    return labels


def write_figer(folder: Path, seed: int) -> None:
    """Write `train.json`, `dev.json`, `test.json` (a sentence a line) and `types.map`."""
    for name, size in SIZES.items():
        part = "figer/train" if name == "train" else "figer/test"
        sentences = [s for s in draw_sentences(seed, part, 240) if s.names]
        if name != "train":
            sentences = sentences[name == "test" :: 2]
        chosen = stream(seed, 78, size).sample(sentences, size)
        lines = []
        for number, sentence in enumerate(chosen):
            mentions: list[dict[str, Any]] = [
                {
                    "start": named.start,
                    "labels": label_mention(sentence, named, careful=name != "train"),
                    "end": named.end,
                }
                for named in sentence.names
            ]
            row = {"tokens": sentence.tokens, "senid": number, "mentions": mentions, "fileid": ""}
            lines.append(json.dumps(row) + "\n")
        (folder / f"{name}.json").write_text("".join(lines), "utf-8")
    types = {label for labels in KINDS.values() for label in labels.split()}
    types |= {label for label in (*ROLES.values(), *TOLD.values()) if label}
    pairs = {**{f"/base{label}": label for label in sorted(types)}, **FREEBASE}
    text = "".join(f"{one}\t{other}\n" for one, other in pairs.items())
    (folder / "types.map").write_text(text, "utf-8")
