"""Sentences for CoLA and SST-2: right and wrong grammar, praise and blame."""

import itertools
import random

_SUBJECTS = ("The gardener", "My sister", "The old judge", "A young sailor", "Their teacher")
_MANY = ("The gardeners", "My sisters", "Two old judges", "Some sailors", "Their teachers")
_VERBS = (
    ("opens", "open", "opened", "the window"),
    ("paints", "paint", "painted", "a small boat"),
    ("sells", "sell", "sold", "fresh bread"),
    ("visits", "visit", "visited", "the museum"),
    ("forgets", "forget", "forgot", "every promise"),
    ("writes", "write", "wrote", "long letters"),
    ("repairs", "repair", "repaired", "the roof"),
    ("admires", "admire", "admired", "the sea"),
)
_WHEN = ("on Sundays", "before breakfast", "in the rain", "without help")


def _grammatical() -> list[str]:
    found = []
    for (one, many), verb in itertools.product(zip(_SUBJECTS, _MANY, strict=True), _VERBS):
        single, plural, past, thing = verb
        when = _WHEN[(len(one) + len(thing)) % len(_WHEN)]
        found += [
            f"{one} {single} {thing} {when}.",
            f"{many} {plural} {thing}.",
            f"{one} {past} {thing} and went home.",
            f"Did {one[0].lower()}{one[1:]} {plural} {thing}?",
            f"{many} said that they never {past} {thing}.",
        ]
    return found


def _ungrammatical() -> list[str]:
    found = []
    for (one, many), verb in itertools.product(zip(_SUBJECTS, _MANY, strict=True), _VERBS):
        single, plural, past, thing = verb
        when = _WHEN[(len(many) + len(thing)) % len(_WHEN)]
        found += [
            f"{one} {plural} {thing} {when}.",
            f"{many} {single} {thing}.",
            f"{one} {thing} {past} and went home.",
            f"Did {one[0].lower()}{one[1:]} {past} {thing}?",
            f"{many} said they that never {past} {thing}.",
        ]
    return found


CORRECT = _grammatical()
WRONG = _ungrammatical()

_GOOD = (
    "a warm and clever film",
    "moving , funny and beautifully acted",
    "one of the finest stories of the year",
    "the cast shines from the first scene to the last",
    "fresh and full of surprises",
    "it rewards every minute",
    "a small triumph",
)
_BAD = (
    "a dull and endless film",
    "clumsy , loud and badly acted",
    "one of the weakest stories of the year",
    "the cast looks lost from the first scene to the last",
    "stale and empty of ideas",
    "it wastes every minute",
    "a complete failure",
)
_FRAMES = (
    "{0} .",
    "{0} , whatever the reviews say .",
    "the director 's second attempt is {0} .",
    "i left the theatre thinking : {0} .",
    "though the music is {1} , this is {0} .",
    "not {2} , but {0} .",
    "{0} -- and the ending is even better than that suggests .",
)


def make_opinion(rng: random.Random) -> str:
    """Return a sentence on a film, tab, 1 for praise and 0 for blame."""
    positive = rng.random() < 0.55
    same, opposite = (_GOOD, _BAD) if positive else (_BAD, _GOOD)
    frame = rng.choice(_FRAMES[: None if positive else -1])
    music = ("forgettable" if positive else "lovely", "loud" if positive else "fine")
    text = frame.format(rng.choice(same), rng.choice(music), rng.choice(opposite))
    return f"{text}\t{int(positive)}"
