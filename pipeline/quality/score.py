"""Mentions, entities and relations against what people annotated (paper 4.1: 84.7 and 25.4 F1)."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from pipeline.benchmarks.metrics.f1 import Scores, f1
from pipeline.benchmarks.readers.running_text import HumanDocument
from pipeline.entities.names import skip_article, trim

Characters = tuple[int, int]
Fact = tuple[int, int, int]  # head, tail, property
Matches = Mapping[int, Set[int]]  # our entity -> people's entities that it is


class Annotated(NamedTuple):
    """What the pipeline found in a document: mentions of each entity, and facts."""

    entities: list[list[Characters]]
    facts: set[Fact]


class Tally(NamedTuple):
    """How many of ours are people's, too, and how many of theirs are ours, too."""

    right: int
    found: int
    recalled: int
    gold: int

    @property
    def scores(self) -> Scores:
        """Precision, recall and F1 in percent; a ratio with nothing below the line is 0."""
        precision = 100.0 * self.right / max(self.found, 1)
        recall = 100.0 * self.recalled / max(self.gold, 1)
        return Scores(precision, recall, f1(precision, recall))


def total(tallies: Sequence[Tally]) -> Tally:
    """Return the sum over documents: micro averages."""
    return Tally(*map(sum, zip(Tally(0, 0, 0, 0), *tallies, strict=True)))


def count_spans(found: Set[Characters], gold: HumanDocument) -> Tally:
    """Count mentions with exactly the characters of a human one; types are not compared."""
    wanted = {(start, end) for mentions in gold.entities for start, end, _ in mentions}
    right = len(found & wanted)
    return Tally(right, len(found), right, len(wanted))


def count_entities(found: Annotated, gold: HumanDocument) -> Tally:
    """Count entities that `pair_entities` pairs."""
    right = len(pair_entities(found, gold))
    return Tally(right, len(found.entities), right, len(gold.entities))


def match_entities(found: Annotated, gold: HumanDocument) -> dict[int, set[int]]:
    """Return which entities share a mention: ours -> people's, several where people part one.

    To DocRED "Polish" and "Poland" are sometimes two entities, to Wikidata one item.
    """
    matches: dict[int, set[int]] = {}
    for ours, theirs in _share(found, gold):
        matches.setdefault(ours, set()).add(theirs)
    return matches


def pair_entities(found: Annotated, gold: HumanDocument) -> dict[int, set[int]]:
    """Pair entities one to one, those that share most mentions first, then the lower numbers."""
    shared = _share(found, gold)
    pairs: dict[int, set[int]] = {}
    taken: set[int] = set()
    for ours, theirs in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if ours not in pairs and theirs not in taken:
            pairs[ours] = {theirs}
            taken.add(theirs)
    return pairs


def count_facts(
    found: Annotated, gold: HumanDocument, matches: Matches, held: Set[int] | None
) -> Tally:
    """Count facts: one of ours is right if people state that relation between what the ends match.

    Args:
        found: A fact about an entity that matches none is wrong.
        gold: Its facts must be annotated.
        matches: From `match_entities` or `pair_entities`.
        held: Numbers of the entities of `gold` that the index knows: only facts between two of
            them count, and of ours all but those with an end that matches only others. None:
            everything counts.
    """
    wanted = gold.facts or set()
    ours = [
        (matches.get(h, set()), matches.get(t, set()), relation) for h, t, relation in found.facts
    ]
    if held is not None:
        wanted = {fact for fact in wanted if fact[0] in held and fact[1] in held}
        ours = [
            fact for fact in ours if all(not ends or not held.isdisjoint(ends) for ends in fact[:2])
        ]
    stated = [
        {(head, tail, relation) for head in heads for tail in tails} & wanted
        for heads, tails, relation in ours
    ]
    return Tally(
        right=sum(map(bool, stated)),
        found=len(ours),
        recalled=len(set[Fact]().union(*stated)),
        gold=len(wanted),
    )


def _share(found: Annotated, gold: HumanDocument) -> Counter[tuple[int, int]]:
    """Count the mentions that entities share: (ours, people's) -> number.

    Here "the United States" and "United States" are one mention: which entity is meant is asked,
    not where its name begins.
    """
    owners: dict[Characters, set[int]] = {}
    for number, mentions in enumerate(gold.entities):
        for start, end, _ in mentions:
            owners.setdefault(_strip(gold.text, start, end), set()).add(number)
    return Counter(
        (number, owner)
        for number, mentions in enumerate(found.entities)
        for name in {_strip(gold.text, start, end) for start, end in mentions}
        for owner in owners.get(name, ())
    )


def _strip(text: str, start: int, end: int) -> Characters:
    """Return a mention without article, quotes, brackets and "'s"; as it is if nothing is left."""
    first, last = trim(text, start, end)
    first = last - len(skip_article(text[first:last]))
    return (first, last) if first < last else (start, end)
