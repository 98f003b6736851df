"""SemEval-2010 Task 8: sentences with two marked nominals, nine directed relations and Other.

A template of a relation has its first argument as `{1}` and its second as `{2}`: which of them is
e1 depends on their order in the sentence, so that both directions occur. `{m}` is a phrase that
says nothing about the relation. The last template of a relation and the last nouns of both lists
are kept for the test set, where they stand beside the known ones.
"""

import random
from pathlib import Path

from pipeline.sample.benchmarks.semeval_text import MODIFIERS, RELATIONS, Relation
from pipeline.sample.counter import stream

SIZES = {"TRAIN_FILE": 400, "TEST_FILE_FULL": 150}
OTHER_SHARE = 0.17  # as in the official training set: 1,410 of 8,000
FIRST_NUMBER = {"TRAIN_FILE": 1, "TEST_FILE_FULL": 8001}
NEW_TEMPLATES, NEW_NOUNS = 2, 4  # only in the test set


def make_sentence(relation: Relation, rng: random.Random, *, test: bool) -> tuple[str, str]:
    """Return a sentence with its two nominals marked, and its label."""
    new = 0 if test else NEW_NOUNS
    template = rng.choice(relation.templates[: None if test else -NEW_TEMPLATES])
    arguments = {
        "1": rng.choice(relation.first[: len(relation.first) - new]),
        "2": rng.choice(relation.second[: len(relation.second) - new]),
    }
    forward = template.index("{1}") < template.index("{2}")
    text = template
    for tag, name in zip(("e1", "e2"), "12" if forward else "21", strict=True):
        text = text.replace(f"{{{name}}}", f"<{tag}>{arguments[name]}</{tag}>")
    modifier = rng.choice(MODIFIERS)
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

    The two have no sentence in common. The training set has all 19 labels at least twice.
    """
    seen: set[str] = set()
    for name, size in SIZES.items():
        rng = stream(seed, 75, len(name))
        test = name.startswith("TEST")
        lines: list[str] = []
        number = FIRST_NUMBER[name]
        while len(lines) < 4 * size:
            other = rng.random() < OTHER_SHARE
            relation = RELATIONS[-1] if other else rng.choice(RELATIONS[:-1])
            text, label = make_sentence(relation, rng, test=test)
            if text in seen:
                continue
            seen.add(text)
            lines += [f'{number}\t"{text}"', label, "Comment:", ""]
            number += 1
        (folder / f"{name}.TXT").write_bytes(("\r\n".join(lines) + "\r\n").encode())
