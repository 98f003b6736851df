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
But "German" is a language too, where the words around it speak of one.
"""

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from pipeline.entities.evidence import (
    LINK,
    LINK_BY_LABEL,
    REPEAT,
    SURNAME,
    TITLE,
    LinkConfig,
    Lookup,
    Mentions,
    Reason,
    Sense,
    Span,
)
from pipeline.entities.languages import AGAINST, means_language
from pipeline.entities.names import (
    find_core,
    find_words,
    has_digit,
    is_distinct,
    skip_article,
    surnames,
    title_forms,
)
from pipeline.entities.overlaps import choose_mentions
from pipeline.entities.page import Page
from pipeline.entities.senses import Senses
from pipeline.entities.types import LANGUAGE, LITERALS, PERSON

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
        self.text, self.lookup, self.config, self.counts = text, lookup, config, counts
        self.senses = Senses(page, lookup, config)
        self.spans: dict[tuple[int, int], Sense] = {}
        self.labels: dict[int, str] = {}  # by end: the head of a name is its last word
        self.placed: dict[str, int] = {}  # by name: its places whose meaning is decided
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
        senses = self.senses
        for start, end, title in links:
            surface, target = self.text[start:end], self.lookup.targets.get(title)
            if target is None:
                self.counts["links_without_item"] += 1
                senses.unknown.add(surface)
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
                self.placed[surface] = self.placed.get(surface, 0) + 1
                senses.settle_link(surface, start, sense, target.types)

    def read_title(self, title: str) -> None:
        """Settle the names that the title gives to the page's item, unless hyperlinks did."""
        target = self.lookup.targets.get(title)
        if target is None or not target.item:
            return
        is_person = bool(target.types & PERSON)
        sense = Sense(target.item, "title", TITLE)
        for form in title_forms(title, target.label):
            self.senses.settle(form, sense, is_person=is_person)
            if target.types == LANGUAGE:
                self.senses.languages.setdefault(form, sense)
            for end in surnames(form) if is_person else ():
                self.senses.by_name.setdefault(end, Sense(target.item, "surname", SURNAME))

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
        senses, names, spans, placed = self.senses, self.lookup.names, self.spans, self.placed
        settled = senses.by_name
        has_links = 1 in linked
        groups: dict[str, list[Span]] = {}
        languages: dict[str, list[Span]] = {}
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
            if surface not in names and surface not in settled:
                surface = skip_article(surface)
                start = end - len(surface)
            own = groups
            if label in AGAINST and self.is_language_at(surface, start, end, label):
                own = languages
            if surface in own:
                own[surface].append((start, end, label))
            else:
                own[surface] = [(start, end, label)]
        for surface, group in languages.items():
            for start, end, _ in group:
                sense = spans.setdefault((start, end), senses.of_language(surface, start))
            placed[surface] = placed.get(surface, 0) + len(group)
            counts[_TAGGED[sense.reason]] += len(group)
        for surface in sorted(groups, key=_count_blanks, reverse=True):  # of as many, the first
            group = groups[surface]
            label = group[0][2]
            people = senses.of_people(surface) if label == "NORP" else None
            sense = people or settled.get(surface) or senses.decide(surface, label)
            senses.settle(surface, sense, is_person=label == "PERSON")
            if surface in senses.linked_at and not people:
                for start, end, _ in group:
                    spans.setdefault((start, end), senses.at(surface, start))
            else:
                for start, end, _ in group:
                    spans.setdefault((start, end), sense)
            placed[surface] = placed.get(surface, 0) + len(group)
            counts[_TAGGED[sense[1]]] += len(group)

    def is_language_at(self, surface: str, start: int, end: int, label: str) -> bool:
        """Say whether a name that a language shares with a people stands for the language here."""
        senses = self.senses
        if not senses.names_both(surface):
            return False
        settled = surface in senses.by_name and surface not in senses.languages
        sure = label == "LANGUAGE" and not settled
        return sure or means_language(self.text, start, end)

    def find_repeats(self) -> None:
        """Add the places where a settled name stands and neither hyperlink nor tag is."""
        text, linked, literal, placed = self.text, self.linked, self.literal, self.placed
        languages = self.senses.languages
        for name in self.senses.by_name:
            # of seven names in eight all places are known
            if text.count(name) <= placed.get(name, 0) or not is_distinct(name):
                continue
            for start in find_words(text, name):
                end = start + len(name)
                if (start, end) in self.spans or 1 in linked[start:end] or 1 in literal[start:end]:
                    continue
                if name in languages and means_language(text, start, end):
                    key, reason, confidence = self.senses.of_language(name, start)
                else:
                    key, reason, confidence = self.senses.at(name, start)
                if reason not in ("title", "unlinked"):
                    reason = "repeat"
                self.spans[start, end] = Sense(key, reason, confidence)


def _count_blanks(name: str) -> int:
    return name.count(" ")
