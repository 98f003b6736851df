"""TACRED's json: sentences with a subject and an object, 41 relations and no_relation."""

import json
from pathlib import Path
from typing import Any

from pipeline.sample.benchmarks.sentences import Named, Tagged, draw_sentences
from pipeline.sample.counter import stream

SIZES = {"train": 300, "dev": 100, "test": 150}
NO_RELATION = 0.6  # of the sentences; 0.795 in TACRED

PERSON = {
    19: "per:city_of_birth",
    20: "per:city_of_death",
    22: "per:parents",
    25: "per:parents",
    26: "per:spouse",
    27: "per:origin",
    40: "per:children",
    69: "per:schools_attended",
    108: "per:employee_of",
    551: "per:cities_of_residence",
    3373: "per:siblings",
}
ORGANISATION = {
    17: "org:country_of_headquarters",
    112: "org:founded_by",
    127: "org:shareholders",
    159: "org:city_of_headquarters",
    169: "org:top_members/employees",
    355: "org:subsidiaries",
    463: "org:member_of",
    488: "org:top_members/employees",
    527: "org:members",
    749: "org:parents",
}
TYPES = {"PER": "PERSON", "ORG": "ORGANIZATION", "LOC": "LOCATION", "MISC": "MISC"}

Json = dict[str, Any]


def _type(named: Named) -> str:
    kind = named.entity.kind.name
    return {"city": "CITY", "country": "COUNTRY"}.get(kind, TYPES[named.entity.kind.ner])


def label_pair(sentence: Tagged, subject: Named, other: Named) -> str | None:
    """Return the label of a pair; None if the sentence says something that TACRED has no name for.

    A pair that the world connects by a fact which the sentence does not state is left out, too:
    annotators would not agree on it.
    """
    relations = PERSON if subject.entity.kind.ner == "PER" else ORGANISATION
    relation = sentence.relation(subject.entity, other.entity)
    if relation:
        return relations.get(relation)
    related = sentence.block.related(subject.entity, other.entity)
    return None if related else "no_relation"


def write_tacred(folder: Path, seed: int) -> None:
    """Write `train.json`, `dev.json` and `test.json`. The parses in them are flat: no one reads."""
    for name, size in SIZES.items():
        part = "tacred/train" if name == "train" else "tacred/test"
        rng = stream(seed, 77, len(name), size)
        rows: dict[bool, list[Json]] = {True: [], False: []}
        sentences = list(draw_sentences(seed, part, 240))
        if name != "train":  # dev and test share their countries, not their sentences
            sentences = sentences[name == "test" :: 2]
        for sentence in sentences:
            pairs = [
                (subject, other)
                for subject in sentence.names
                for other in sentence.names
                if subject.entity.item != other.entity.item
                and subject.entity.kind.ner in ("PER", "ORG")
            ]
            rng.shuffle(pairs)
            for subject, other in pairs[:2]:
                label = label_pair(sentence, subject, other)
                if label is not None:
                    row = _row(sentence, subject, other, label)
                    rows[label == "no_relation"].append(row)
        none = round(size * NO_RELATION)
        chosen = rng.sample(rows[True], none) + rng.sample(rows[False], size - none)
        rng.shuffle(chosen)
        for number, row in enumerate(chosen):
            row["id"] = f"{name}-{number:05d}"
        (folder / f"{name}.json").write_text(json.dumps(chosen), "utf-8")


def _row(sentence: Tagged, subject: Named, other: Named, label: str) -> Json:
    tokens = sentence.tokens
    ner = ["O"] * len(tokens)
    for named in sentence.names:
        ner[named.start : named.end] = [_type(named)] * (named.end - named.start)
    return {
        "id": "",
        "docid": f"sample_{subject.entity.item}",
        "relation": label,
        "token": list(tokens),
        "subj_start": subject.start,
        "subj_end": subject.end - 1,  # inclusive, as in TACRED
        "obj_start": other.start,
        "obj_end": other.end - 1,
        "subj_type": _type(subject),
        "obj_type": _type(other),
        "stanford_pos": ["NNP" if tag != "O" else "NN" for tag in ner],
        "stanford_ner": ner,
        "stanford_head": list(range(len(tokens))),
        "stanford_deprel": ["ROOT"] + ["dep"] * (len(tokens) - 1),
    }
