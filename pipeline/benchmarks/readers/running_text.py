"""Documents that people have annotated, as running text: what the pipeline would get as a page.

DocRED's files hold tokens. Joined by blanks they are no text ("Alger 's term , notable"), and both
tagger and dictionaries miss what stands there; here they are set as they are in print.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.benchmarks.readers.docred import Document
from pipeline.entities.evidence import Span

_CLOSING = frozenset(",.;:!?)]}%'’”°…") | {
    "'s",
    "’s",
    "n't",
    "n’t",
    "'re",
    "'ve",
    "'ll",
    "'d",
    "'m",
}
_OPENING = frozenset("([{$£€#“‘")
_JOINING = frozenset("-/")  # "two - year" is "two-year"
_QUOTES = frozenset("\"'")


@dataclass(frozen=True, slots=True)
class HumanDocument:
    """Text of a document, and what people found in it.

    `entities` are lists of mentions: start, end (characters) and DocRED's type. `facts` are head
    and tail (numbers of entities) and the number of the property; None: not annotated.
    """

    title: str
    text: str
    entities: list[list[Span]]
    facts: set[tuple[int, int, int]] | None


def set_in_print(document: Document) -> HumanDocument:
    """Return a document of DocRED as running text, every mention with its characters."""
    text, places = _join(document.sentences)
    entities = []
    for mentions in document.entities:
        spans: dict[tuple[int, int], str] = {}
        for mention in mentions:
            words = places[mention.sentence][slice(*mention.span)]
            spans.setdefault((words[0][0], words[-1][1]), mention.type)
        entities.append([(start, end, kind) for (start, end), kind in sorted(spans.items())])
    facts = document.facts
    return HumanDocument(
        title=document.title,
        text=text,
        entities=entities,
        facts=None
        if facts is None
        else {(fact.head, fact.tail, int(fact.relation.removeprefix("P"))) for fact in facts},
    )


def _join(sentences: Sequence[Sequence[str]]) -> tuple[str, list[list[tuple[int, int]]]]:
    """Return the text, and first and last character + 1 of each token of each sentence."""
    parts: list[str] = []
    places: list[list[tuple[int, int]]] = []
    at = 0
    for sentence in sentences:
        open_quotes: set[str] = set()
        tight = True  # no blank before the next token
        row = []
        if at:
            parts.append(" ")
            at += 1
        for number, token in enumerate(sentence):
            word = token.strip() or "\N{NO-BREAK SPACE}"
            closes = word in _CLOSING
            if word == "'" and word not in open_quotes and sentence[number - 1][-1:] == "s":
                closes = number > 0  # "the Odas' tour"
            elif word in _QUOTES:
                closes = word in open_quotes
                open_quotes ^= {word}
            joins = word in _JOINING and 0 < number < len(sentence) - 1
            if not (tight or closes or joins):
                parts.append(" ")
                at += 1
            row.append((at, at + len(word)))
            parts.append(word)
            at += len(word)
            tight = joins or word in _OPENING or (word in _QUOTES and not closes)
        places.append(row)
    return "".join(parts), places
