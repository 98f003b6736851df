"""SemEval-2010 Task 8: sentences with two marked nominals, nine directed relations and Other.

A template of a relation has its first argument as `{1}` and its second as `{2}`: which of them is
e1 depends on their order in the sentence, so that both directions occur. `{m}` is a phrase that
says nothing about the relation.
"""

import random
from pathlib import Path

from pipeline.sample.counter import stream

SIZES = {"TRAIN_FILE": 400, "TEST_FILE_FULL": 150}
OTHER_SHARE = 0.17  # as in the official training set: 1,410 of 8,000
FIRST_NUMBER = {"TRAIN_FILE": 1, "TEST_FILE_FULL": 8001}

_RELATIONS = """
Cause-Effect
storm drought virus earthquake mistake explosion frost infection leak rumour shortage strike smoke
damage famine fever panic delay fire crash blackout allergy flood quarrel illness headache
The {1} caused a severe {2} {m}
{m} the {1} led to a {2} that nobody had expected
A {2} was triggered by the {1} {m}
The {2} resulted from a {1}
Doctors blamed the {1} for the {2} {m}
The {2} was brought about by a sudden {1}
The {1} left a {2} in its wake {m}

Instrument-Agency
hammer brush scalpel telescope drill shovel camera lens needle saw compass plough microscope
carpenter painter surgeon astronomer mechanic gardener reporter jeweller tailor farmer guide nurse
The {2} used a {1} {m}
{m} the {2} worked with a {1}
The {1} was handled by the {2} {m}
With a {1} the {2} repaired the damage
The {2} reached for the {1} {m}
A {1} lay in the hand of the {2}
The {1} belonged to the tools that the {2} applied

Product-Producer
novel cheese sculpture violin report melody carpet wine software portrait honey statue
writer farmer sculptor luthier committee composer weaver vintner engineer artist beekeeper factory
The {2} made the {1} {m}
{m} the {2} wrote and finished the {1}
The {1} was produced by the {2} {m}
The {1} by the {2} won a prize
The {2} completed a new {1} {m}
A {1} came out of the workshop of the {2}
The {2} created a {1} for the fair

Content-Container
letters apples water coins wine photographs tools sugar jewels sand biscuits medicine
box basket bottle jar suitcase drawer envelope barrel bag chest bucket crate
The {1} were kept in a {2} {m}
The {2} contained {1} {m}
{m} the {2} was full of {1}
There were {1} inside the {2}
She found the {1} in a locked {2}
A {2} filled with {1} stood in the corner
The {1} had been packed in the {2} {m}

Entity-Origin
refugees tradition oil wool visitors tea letter sailors custom noise light signal
village province desert island kingdom harbour seed factory monastery planet valley cellar
The {1} came from a distant {2} {m}
{m} the {1} originated in the {2}
The {1} arrived from the {2} {m}
From the {2} came the {1}
The {1} was derived from a {2}
The {2} is the source of the {1}
The {1} left the {2} before dawn

Entity-Destination
troops parcels tourists money children boats patients cargo witnesses grain ball envoy
island hospital border capital museum harbour warehouse school camp market court embassy
The {1} were sent to the {2} {m}
{m} the {1} moved into the {2}
They carried the {1} into the {2}
The {1} reached the {2} {m}
The {1} were delivered to a {2}
The {2} received the {1} {m}
Into the {2} they brought the {1}

Component-Whole
wheel roof engine handle keyboard sail chapter wing lens door string pedal
car house ship knife computer boat book aircraft camera castle guitar bicycle
The {1} of the {2} was broken {m}
The {2} has a {1} made of steel
{m} the {2} lost its {1}
The {1} is part of the {2}
A {2} comes with a {1} {m}
They replaced the {1} on the {2}
The {2} consists of a frame and a {1}

Member-Collection
wolves soldiers birds players sheep students ships singers bees judges cards actors
pack regiment flock team herd class fleet choir swarm jury deck troupe
The {1} belonged to a {2} {m}
A {2} of {1} crossed the valley
{m} the {2} was made up of {1}
The {1} formed a {2} {m}
One of the {1} left the {2}
The {2} lost two of its {1}
Several {1} joined the {2}

Message-Topic
speech article lecture documentary letter poem report essay sermon novel debate brochure
migration war taxes climate friendship education corruption love trade health fishing reform
The {1} was about {2} {m}
The {1} dealt with {2} {m}
{m} a {1} discussed {2}
{2} was the subject of the {1}
In the {1} the author explains {2}
The {1} describes {2} at length
The {2} were treated in a long {1}

Other
river dog minister stone doctor garden song winter horse teacher window market
mountain chair journalist cloud lawyer wall dance summer cart pupil street crowd
The {1} stood next to the {2} {m}
The {1} looked at the {2} for a while
{m} the {1} passed the {2}
The {1} was older than the {2}
The {1} and the {2} were mentioned {m}
Behind the {1} there was a {2}
The {1} waited for the {2} {m}
Nobody compared the {1} with the {2}
"""

_MODIFIERS = (
    "last year",
    "according to the mayor",
    "in the old town",
    "after a long night",
    "despite the warnings",
    "without any notice",
    "near the bridge",
    "for the first time",
)


class _Relation:
    def __init__(self, section: str) -> None:
        self.name, first, second, *templates = section.splitlines()
        self.first, self.second, self.templates = first.split(), second.split(), templates


RELATIONS = tuple(_Relation(section) for section in _RELATIONS.strip().split("\n\n"))


def make_sentence(relation: _Relation, rng: random.Random) -> tuple[str, str]:
    """Return a sentence with its two nominals marked, and its label."""
    template = rng.choice(relation.templates)
    arguments = {"1": rng.choice(relation.first), "2": rng.choice(relation.second)}
    forward = template.index("{1}") < template.index("{2}")
    order = "12" if forward else "21"
    text = template
    for tag, name in zip(("e1", "e2"), order, strict=True):
        text = text.replace(f"{{{name}}}", f"<{tag}>{arguments[name]}</{tag}>")
    modifier = rng.choice(_MODIFIERS)
    if text.startswith("{m}"):
        text = text.replace("{m}", f"{modifier},", 1)
    text = text.replace(" {m}", f" {modifier}" if rng.random() < 0.7 else "")
    label = relation.name
    if label != "Other":
        label += "(e1,e2)" if forward else "(e2,e1)"
    start = text.index(">") + 1 if text.startswith("<e") else 0
    text = text[:start] + text[start].upper() + text[start + 1 :]
    return _fix_articles(text) + ".", label


def _fix_articles(text: str) -> str:
    words = text.split(" ")
    for place, word in enumerate(words[:-1]):
        following = words[place + 1]
        bare = following.split(">")[1] if following.startswith("<e") else following
        if word in ("a", "A") and bare[0] in "aeiou":
            words[place] = word + "n"
    return " ".join(words)


def write_semeval(folder: Path, seed: int) -> None:
    """Write `TRAIN_FILE.TXT` and `TEST_FILE_FULL.TXT` as officially released, CRLF line ends.

    The two have no sentence in common.
    """
    seen: set[str] = set()
    for name, size in SIZES.items():
        rng = stream(seed, 75, len(name))
        lines: list[str] = []
        number = FIRST_NUMBER[name]
        while len(lines) < 4 * size:
            other = rng.random() < OTHER_SHARE
            relation = RELATIONS[-1] if other else rng.choice(RELATIONS[:-1])
            text, label = make_sentence(relation, rng)
            if text in seen:
                continue
            seen.add(text)
            lines += [f'{number}\t"{text}"', label, "Comment:", ""]
            number += 1
        (folder / f"{name}.TXT").write_bytes(("\r\n".join(lines) + "\r\n").encode())
