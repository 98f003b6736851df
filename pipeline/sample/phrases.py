"""Sentences, appositions and questions for every relation that the articles speak about.

Notation of `phrases_*.py`: a line `= 17 city lake` opens property 17 for heads of these kinds (any
kind if none is named). The lines below it are sentences; one that begins with a comma is put behind
the first mention of a head, one that begins with a question mark asks for the tail. `{h}` and `{t}`
are mentions of head and tail, `{h's}` their possessives, `{hn}` and `{tn}` what kind of thing they
are, `{y}` the year. `(a|b)` is a choice.
"""

import re
from dataclasses import dataclass

from pipeline.sample.phrases_organisations import ORGANISATIONS
from pipeline.sample.phrases_people import PEOPLE
from pipeline.sample.phrases_places import PLACES
from pipeline.sample.phrases_works import WORKS

Piece = str | tuple[str, ...]  # "{h}", plain text, or a choice of plain texts
Template = tuple[Piece, ...]

_SPLIT = re.compile(r"(\{[^}]*\}|\([^()]*\|[^()]*\))")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The ways to say one relation for one kind of head."""

    sentences: tuple[Template, ...]
    dated: tuple[Template, ...]  # sentences that need the year
    appositions: tuple[Template, ...]
    questions: tuple[Template, ...]


def parse_template(line: str) -> Template:
    """Cut a line of the notation into pieces."""
    return tuple(
        tuple(piece[1:-1].split("|")) if piece[0] == "(" and "|" in piece else piece
        for piece in _SPLIT.split(line)
        if piece
    )


def _parse(text: str) -> dict[tuple[int, str], Phrases]:
    phrases = {}
    for section in text.strip().split("\n\n"):
        header, *lines = section.splitlines()
        _, number, *kinds = header.split()
        group: dict[str, list[Template]] = {"": [], "y": [], ",": [], "?": []}
        for line in lines:
            mark = line[0] if line[0] in ",?" else "y" if "{y}" in line else ""
            group[mark].append(parse_template(line[2:] if mark == "?" else line))
        made = Phrases(*(tuple(group[mark]) for mark in ("", "y", ",", "?")))
        for kind in kinds or ("",):
            phrases[int(number), kind] = made
    return phrases


PHRASES = {
    key: phrases
    for text in (PLACES, PEOPLE, ORGANISATIONS, WORKS)
    for key, phrases in _parse(text).items()
}


def find_phrases(relation: int, kind: str) -> Phrases | None:
    """Return the phrases of a relation for heads of a kind; None if it is never said."""
    return PHRASES.get((relation, kind)) or PHRASES.get((relation, ""))
