"""Entities of one document: its hyperlinks, its title and its names, each mention with a reason.

A mention's evidence, strongest first:

    link      a hyperlink
    title     a name that the page's title gives
    page      the text of a hyperlink in another document of the page
    repeat    a name that a hyperlink, or another mention, of the document has settled
    alias     another name of an item that the document has already
    surname   the end of the name of a person of the document
    acronym   the initials of a name of the document
    name      what the name means most often (anchor statistics, how well known the items are)
    unlinked  a name that none of these explains: an entity without an item
    literal   a date, number or quantity, where they are kept

One name has one meaning in a document: where hyperlinks give it two, the last one before decides.
"""

import operator
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import get_args

from pipeline.entities.evidence import (
    ACRONYM,
    AMBIGUOUS_SURNAME,
    LINK,
    LINK_BY_LABEL,
    PAGE,
    PRESENT,
    REPEAT,
    SURNAME,
    TITLE,
    Candidate,
    LinkConfig,
    Lookup,
    Mentions,
    Reason,
    Sense,
    Span,
)
from pipeline.entities.names import (
    MIN_SURNAME,
    acronyms,
    ends_of,
    find_core,
    find_words,
    has_digit,
    is_acronym,
    is_distinct,
    skip_article,
    starts_surname,
    surnames,
    title_forms,
)
from pipeline.entities.overlaps import choose_mentions
from pipeline.entities.page import Page
from pipeline.entities.types import AGREEING, LITERALS, PERSON

_first = operator.itemgetter(0)
_TAGGED = {reason: f"tagged_{reason}" for reason in get_args(Reason)}


def link_document(
    text: str,
    title: str,
    links: Sequence[Span],
    tagged: Sequence[Span],
    page: Page,
    lookup: Lookup,
    config: LinkConfig,
    counts: Counter[str],
) -> Mentions:
    """Return the mentions of a document.

    Args:
        text: The document.
        title: Title of its page.
        links: Hyperlinks: start, end and target title.
        tagged: Named entities: start, end and label.
        page: What the hyperlinks of the page's other documents say.
        lookup: What the titles and names mean in this corpus.
        config: What is kept.
        counts: What became of each hyperlink and tagged name is added here.
    """
    document = _Document(text, page, lookup, config, counts)
    document.part_tagged(tagged)
    document.read_links(links)
    document.read_title(title)
    document.read_values()
    document.read_things()
    if config.repeats == "all":
        document.find_repeats()
    drop = config.unlinked == "drop"
    return choose_mentions(document.spans, document.labels, counts, drop_unlinked=drop)


class _Document:
    """Evidence collected for one document."""

    def __init__(
        self, text: str, page: Page, lookup: Lookup, config: LinkConfig, counts: Counter[str]
    ) -> None:
        self.text, self.page, self.lookup = text, page, lookup
        self.config, self.counts = config, counts
        self.spans: dict[tuple[int, int], Sense] = {}
        self.labels: dict[int, str] = {}  # by end: the head of a name is its last word
        self.senses: dict[str, Sense] = {}
        self.items = set(page.items)
        self.linked_at: dict[str, list[tuple[int, Sense]]] = {}
        self.persons: set[str] = set()  # names of several words
        self.persons_by_end: dict[str, list[Sense]] = {}  # "van Gogh" and "Gogh"
        self.phrases: dict[str, Sense] = {}  # names of several words of other things with an item
        self.placed: dict[str, int] = {}  # by name: its places whose meaning is decided
        self.unknown: set[str] = set()  # texts of hyperlinks to what the index does not have
        self.values: list[Span] = []  # what the tagger saw: dates, numbers and quantities,
        self.things: list[Span] = []  # and what has a name
        self.linked = bytearray(len(text))  # 1 where a hyperlink is
        self.literal = bytearray(len(text))  # 1 where a date, number or quantity is

    def part_tagged(self, tagged: Sequence[Span]) -> None:
        """Part dates, numbers and quantities from names, and mark where they are."""
        for span in tagged:
            start, end, label = span
            if label in LITERALS:
                self.values.append(span)
                self.literal[start:end] = b"\1" * (end - start)
            else:
                self.things.append(span)

    def read_links(self, links: Sequence[Span]) -> None:
        """Take hyperlinks to pages with an item; their texts settle what the names mean."""
        for start, end, title in links:
            surface, target = self.text[start:end], self.lookup.targets.get(title)
            if target is None:
                self.counts["links_without_item"] += 1
                self.unknown.add(surface)
            elif not target.item:
                self.counts["links_ambiguous"] += 1
            elif 0 not in self.literal[start:end] and has_digit(surface):
                self.counts["links_literal"] += 1  # a year or a day that has a page
            else:
                self.counts["links_linked"] += 1
                certainty = LINK if target.by_sitelink else LINK_BY_LABEL
                self.spans[start, end] = Sense(target.item, "link", certainty)
                self.linked[start:end] = b"\1" * (end - start)
                sense = Sense(target.item, "repeat", min(certainty, REPEAT))
                self.linked_at.setdefault(surface, []).append((start, sense))
                self.placed[surface] = self.placed.get(surface, 0) + 1
                self.settle(surface, sense, is_person=bool(target.types & PERSON))

    def read_title(self, title: str) -> None:
        """Settle the names that the title gives to the page's item, unless hyperlinks did."""
        target = self.lookup.targets.get(title)
        if target is None or not target.item:
            return
        is_person = bool(target.types & PERSON)
        for form in title_forms(title, target.label):
            self.settle(form, Sense(target.item, "title", TITLE), is_person=is_person)
            for end in surnames(form) if is_person else ():
                self.senses.setdefault(end, Sense(target.item, "surname", SURNAME))

    def settle(self, name: str, sense: Sense, *, is_person: bool) -> None:
        """Let a name mean something from here on."""
        self.senses.setdefault(name, sense)
        key = sense.key
        if isinstance(key, int):
            self.items.add(key)
        if " " not in name:
            return
        if is_person and name not in self.persons:
            self.persons.add(name)
            for end in ends_of(name):
                self.persons_by_end.setdefault(end, []).append(sense)
        elif isinstance(key, int) and not is_person:
            self.phrases.setdefault(name, sense)

    def read_values(self) -> None:
        """Take dates, numbers and quantities, where they are kept."""
        if self.values:
            self.counts["tagged_literal"] += len(self.values)
        if self.config.literals == "keep":
            for start, end, label in self.values:
                if self.linked.find(1, start, end) < 0:
                    self.spans[start, end] = Sense(self.text[start:end], "literal", 0.0)
                    self.labels[end] = label

    def read_things(self) -> None:
        """Decide what the names mean that the tagger saw, long ones first."""
        text, counts, linked, labels = self.text, self.counts, self.linked, self.labels
        senses, names, spans = self.senses, self.lookup.names, self.spans
        has_links = 1 in linked
        groups: dict[str, list[Span]] = {}
        for start, end, label in self.things:
            surface = text[start:end]
            first, last = find_core(surface)
            if first == last:
                counts["tagged_empty"] += 1
                continue
            if last - first < end - start:
                start, end, surface = start + first, start + last, surface[first:last]
            labels.setdefault(end, label)
            if has_links and linked.find(1, start, end) >= 0:
                counts["tagged_hyperlink"] += 1
                continue
            if surface not in names and surface not in senses:
                surface = skip_article(surface)
                start = end - len(surface)
            if surface in groups:
                groups[surface].append((start, end, label))
            else:
                groups[surface] = [(start, end, label)]
        for surface in sorted(groups, key=_count_blanks, reverse=True):  # of as many, the first
            group = groups[surface]
            label = group[0][2]
            sense = senses.get(surface)
            if sense is None:
                sense = self.decide(surface, label)
            self.settle(surface, sense, is_person=label == "PERSON")
            if surface in self.linked_at:
                for start, end, _ in group:
                    spans.setdefault((start, end), self.sense_at(surface, start))
            else:
                for start, end, _ in group:
                    spans.setdefault((start, end), sense)
            self.placed[surface] = self.placed.get(surface, 0) + len(group)
            counts[_TAGGED[sense[1]]] += len(group)

    def decide(self, surface: str, label: str) -> Sense:
        """Return what a name means that no hyperlink and no title has settled."""
        page, is_person, item = self.page, label in ("PERSON", ""), 0
        if surface in self.unknown:
            return Sense(surface, "unlinked", 0.0)
        if surface in page.senses:
            return Sense(page.senses[surface], "page", PAGE)
        if candidates := self.lookup.names.get(surface):
            found, share = self.weigh(surface, label, candidates)
            item = found if share >= self.config.min_confidence else 0
            if item in self.items:
                return Sense(item, "alias", share)
        ends_person = surface in self.persons_by_end or surface in page.persons_by_end
        if ends_person and is_person and (surname := self.find_person(surface)):
            return surname
        if is_acronym(surface) and (phrase := self.find_phrase(surface)):
            return phrase
        if item:
            return Sense(item, "name", share)
        surname = self.find_person(surface) if ends_person and not is_person else None
        return surname or Sense(surface, "unlinked", 0.0)

    def weigh(self, surface: str, label: str, candidates: Sequence[Candidate]) -> tuple[int, float]:
        """Return the item that a name means most probably here, and its share of the weight."""
        expected, items = AGREEING.get(label, 0), self.items
        best, total, found = 0.0, float(self.lookup.rests.get(surface, 0)), 0
        for item, number, types in candidates:
            weight = float(number)
            if expected and types and not expected & types:
                weight *= self.config.type_penalty
            if item in items:
                weight *= PRESENT
            total += weight
            if weight > best:
                best, found = weight, item
        return found, best / total if total else 0.0

    def find_person(self, surname: str) -> Sense | None:
        """Return the first person of the document whose name ends so; less sure if of several."""
        found = self.persons_by_end.get(surname)
        if not found and surname in self.page.persons_by_end:
            found = [Sense(item, "page", PAGE) for item in self.page.persons_by_end[surname]]
        if not found or len(surname) < MIN_SURNAME or not starts_surname(surname):
            return None
        key, _, confidence = found[0]
        sure = SURNAME if all(sense.key == key for sense in found) else AMBIGUOUS_SURNAME
        return Sense(key, "surname" if isinstance(key, int) else "unlinked", min(sure, confidence))

    def find_phrase(self, acronym: str) -> Sense | None:
        """Return the first name of the document with these initials."""
        letters = acronym.replace(".", "")
        keys = (sense.key for name, sense in self.phrases.items() if letters in acronyms(name))
        key = next(keys, None)
        return Sense(key, "acronym", ACRONYM) if key else None

    def sense_at(self, surface: str, start: int) -> Sense:
        """Return what a name means at a place: as in the last hyperlink before, else the first."""
        linked = self.linked_at.get(surface)
        if linked is None:
            return self.senses[surface]
        before = bisect_left(linked, start, key=_first)
        return linked[max(before - 1, 0)][1]

    def find_repeats(self) -> None:
        """Add the places where a settled name stands and neither hyperlink nor tag is."""
        text, linked, literal, placed = self.text, self.linked, self.literal, self.placed
        for name in self.senses:
            # of seven names in eight all places are known
            if text.count(name) <= placed.get(name, 0) or not is_distinct(name):
                continue
            for start in find_words(text, name):
                end = start + len(name)
                if (start, end) in self.spans or 1 in linked[start:end] or 1 in literal[start:end]:
                    continue
                key, reason, confidence = self.sense_at(name, start)
                if reason not in ("title", "unlinked"):
                    reason = "repeat"
                self.spans[start, end] = Sense(key, reason, confidence)


def _count_blanks(name: str) -> int:
    return name.count(" ")
