"""CoNLL04 and ADE in SpERT's json: tokens, typed entities, typed relations between them."""

import json
import random
from pathlib import Path
from typing import Any

from pipeline.sample.benchmarks.docred import tokenize
from pipeline.sample.benchmarks.sentences import Tagged, draw_sentences
from pipeline.sample.benchmarks.worlds import open_world
from pipeline.sample.counter import stream
from pipeline.sample.world import Entity

CONLL04_SIZES = {"train": 250, "dev": 60, "test": 80}
KILLINGS = 0.12  # share of sentences from the templates below
ADE_SIZE, ADE_FOLDS = 240, 2
TEST_SHARE = 0.15

TYPES = {"PER": "Peop", "LOC": "Loc", "ORG": "Org", "MISC": "Other"}
# Property, type of the head, type of the tail -> relation of CoNLL04
RELATIONS = {
    (108, "Peop", "Org"): "Work_For",
    (463, "Peop", "Org"): "Work_For",
    (54, "Peop", "Org"): "Work_For",
    (159, "Org", "Loc"): "OrgBased_In",
    (131, "Org", "Loc"): "OrgBased_In",
    (17, "Org", "Loc"): "OrgBased_In",
    (551, "Peop", "Loc"): "Live_In",
    (19, "Peop", "Loc"): "Live_In",
    (27, "Peop", "Loc"): "Live_In",
    (131, "Loc", "Loc"): "Located_In",
    (17, "Loc", "Loc"): "Located_In",
}
_KILL = (
    "{a} killed {b} in {c} .",
    "{b} was murdered by {a} near {c} .",
    "The court in {c} found {a} guilty of the assassination of {b} .",
    "{b} , who had come from {c} , was shot by {a} in front of a hotel .",
    "{a} confessed that he had poisoned {b} .",
    "The murderer of {b} was {a} , the police said .",
)

_EFFECTS = """
rash | acute hepatitis | headache | severe nausea | kidney failure | fever | dizziness |
visual hallucinations | anaemia | muscle weakness | cardiac arrhythmia | insomnia | seizures |
lung fibrosis | hearing loss | skin necrosis | confusion | hypotension | joint pain | jaundice
"""
EFFECTS = tuple(effect.strip() for effect in _EFFECTS.split("|"))
_STEMS = "vel dor ami tra zan qui per lox mer fen cal bro tin sul ner hyd rif pav"
_ENDINGS = "ine ol mab ide azole ecin il"
STEMS, ENDINGS = _STEMS.split(), _ENDINGS.split()
# {d}, {f} drugs; {e}, {g} effects; which pairs are related stands behind the bar.
_CASES = """
A patient developed {e} after treatment with {d} . | de
{d} - induced {e} is rare but serious . | de
We report a case of {e} and {g} in a woman who took {d} . | de dg
{e} was attributed to {d} , while {f} was well tolerated . | de
After the switch from {d} to {f} the {e} disappeared . | de
Two weeks after {d} was started , {e} occurred . | de
{d} caused {e} , and {f} caused {g} . | de fg
The combination of {d} and {f} led to {e} . | de fe
Withdrawal of {d} resolved the {e} within days . | de
An unusual association of {e} with {d} therapy is described . | de
{e} is a known side effect of {d} but not of {f} . | de
Because of {e} the dose of {d} was halved and {f} was added . | de
"""
CASES = tuple(tuple(line.split(" | ")) for line in _CASES.strip().splitlines())

Json = dict[str, Any]


def _dump(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), "utf-8")


def _verbose(names: dict[str, str]) -> Json:
    return {name: {"short": name, "verbose": text} for name, text in names.items()}


def tag_conll04(sentence: Tagged) -> Json:
    """Return a sentence with CoNLL04's types and relations."""
    entities = [
        {"type": TYPES[named.entity.kind.ner], "start": named.start, "end": named.end}
        for named in sentence.names
    ]
    relations = []
    for head, one in enumerate(sentence.names):
        for tail, other in enumerate(sentence.names):
            relation = sentence.relation(one.entity, other.entity)
            key = (relation, TYPES[one.entity.kind.ner], TYPES[other.entity.kind.ner])
            if key in RELATIONS:
                relations.append({"type": RELATIONS[key], "head": head, "tail": tail})
    return {"tokens": list(sentence.tokens), "entities": entities, "relations": relations}


def _make_killing(people: list[Entity], cities: list[Entity], rng: random.Random) -> Json:
    one, other = rng.sample(people, 2)
    slots = {"{a}": one, "{b}": other, "{c}": rng.choice(cities)}
    tokens: list[str] = []
    entities: list[Json] = []
    place: dict[str, int] = {}
    for word in rng.choice(_KILL).split(" "):
        new = tokenize(slots[word].name) if word in slots else [word]
        if word in slots:
            place[word] = len(entities)
            kind = TYPES[slots[word].kind.ner]
            entities.append({"type": kind, "start": len(tokens), "end": len(tokens) + len(new)})
        tokens += new
    relations = [{"type": "Kill", "head": place["{a}"], "tail": place["{b}"]}]
    return {"tokens": tokens, "entities": entities, "relations": relations}


def write_conll04(folder: Path, seed: int) -> None:
    """Write `conll04_train.json`, `_dev`, `_test` and `conll04_types.json`."""
    number = 0
    for name, size in CONLL04_SIZES.items():
        part = "conll04/train" if name == "train" else "conll04/test"
        rng = stream(seed, 80, size)
        tagged = [tag_conll04(s) for s in draw_sentences(seed, part, 240) if s.names]
        if name != "train":
            tagged = tagged[name == "test" :: 2]
        related = [row for row in tagged if row["relations"]]
        others = [row for row in tagged if not row["relations"]]
        killings = round(size * KILLINGS)
        rest = size - killings
        rows = rng.sample(related, rest * 3 // 4) + rng.sample(others, rest - rest * 3 // 4)
        world = open_world(seed, part)
        kinds = world.block(world.first + (name == "test")).kinds
        men = [person for person in kinds["person"] if person.gender == "m"]
        rows += [_make_killing(men, kinds["city"], rng) for _ in range(killings)]
        rng.shuffle(rows)
        for row in rows:
            row["orig_id"] = number
            number += 1
        _dump(folder / f"conll04_{name}.json", rows)
    entities = {"Loc": "Location", "Org": "Organization", "Peop": "People", "Other": "Other"}
    relations = {name: name.replace("_", " ") for name in sorted({*RELATIONS.values(), "Kill"})}
    types = {"entities": _verbose(entities), "relations": _verbose(relations)}
    for relation in types["relations"].values():
        relation["symmetric"] = False
    _dump(folder / "conll04_types.json", types)


def make_case(rng: random.Random) -> Json:
    """Return a sentence of a case report with drugs and adverse effects."""
    text, pairs = rng.choice(CASES)
    drugs = ["".join(rng.sample(STEMS, 2)) + rng.choice(ENDINGS) for _ in range(2)]
    effects = rng.sample(EFFECTS, 2)
    slots = dict(zip("dfeg", (*drugs, *effects), strict=True))
    tokens: list[str] = []
    entities: list[Json] = []
    place: dict[str, int] = {}
    for word in text.split(" "):
        name = word[1] if word.startswith("{") else ""
        new = slots[name].split(" ") if name else [word]
        if not tokens:
            new = [new[0][0].upper() + new[0][1:], *new[1:]]
        if name and name in pairs:  # ADE tags only what takes part in a relation
            place[name] = len(entities)
            kind = "Drug" if name in "df" else "Adverse-Effect"
            entities.append({"type": kind, "start": len(tokens), "end": len(tokens) + len(new)})
        tokens += new
    relations = [
        {"type": "Adverse-Effect", "head": place[pair[1]], "tail": place[pair[0]]}
        for pair in pairs.split(" ")
    ]
    return {"tokens": tokens, "entities": entities, "relations": relations}


def write_ade(folder: Path, seed: int) -> None:
    """Write two of ADE's folds, `ade_split_0_train.json` and so on, and `ade_types.json`."""
    rng = stream(seed, 81)
    rows = [make_case(rng) | {"orig_id": number} for number in range(ADE_SIZE)]
    cut = round(ADE_SIZE * TEST_SHARE)
    for fold in range(ADE_FOLDS):
        test = rows[fold * cut : (fold + 1) * cut]
        train = rows[: fold * cut] + rows[(fold + 1) * cut :]
        _dump(folder / f"ade_split_{fold}_train.json", train)
        _dump(folder / f"ade_split_{fold}_test.json", test)
    types = {
        "entities": _verbose({"Adverse-Effect": "Adverse-Effect", "Drug": "Drug"}),
        "relations": _verbose({"Adverse-Effect": "Adverse-Effect"}),
    }
    types["relations"]["Adverse-Effect"]["symmetric"] = False
    _dump(folder / "ade_types.json", types)
