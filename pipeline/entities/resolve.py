"""Entities of one document: its hyperlinks, its title and its names, each mention with a reason.

A mention's evidence, strongest first:

    link      a hyperlink
    title     a name that the page's title gives
    repeat    a name that a hyperlink, or another mention, of the document has settled
    alias     another name of an item that the document has already
    surname   the end of the name of a person of the document
    acronym   the initials of a name of the document
    name      what the name means most often (anchor statistics, how well known the items are)
    unlinked  a name that none of these explains: an entity without an item
    literal   a date, number or quantity, where they are kept

One name has one meaning in a document: where hyperlinks give it two, the last one before decides.
"""

from bisect import bisect_left
from collections.abc import Sequence

from pipeline.entities.evidence import (
    ACRONYM,
    AMBIGUOUS_SURNAME,
    CONFIDENCE,
    PRESENT,
    SURNAME,
    LinkConfig,
    Lookup,
    Mention,
    Sense,
)
from pipeline.entities.names import (
    acronyms,
    find_words,
    is_acronym,
    skip_article,
    surnames,
    title_forms,
    trim,
)
from pipeline.entities.types import LITERALS, PERSON, agrees
from pipeline.progress import Counts


def link_document(
    text: str,
    title: str,
    links: Sequence[tuple[int, int, str]],
    tagged: Sequence[tuple[int, int, str]],
    lookup: Lookup,
    config: LinkConfig,
    counts: Counts,
) -> list[Mention]:
    """Return the mentions of a document, by start, never overlapping.

    Args:
        text: The document.
        title: Title of its page.
        links: Hyperlinks: start, end and target title.
        tagged: Named entities: start, end and label.
        lookup: What the titles and names mean in this corpus.
        config: What is kept.
        counts: What became of each hyperlink and tagged name is added here.
    """
    document = _Document(text, lookup, config, counts)
    literals = document.read_literals(tagged)
    document.read_links(links, literals)
    document.read_title(title)
    document.read_tagged(tagged)
    if config.repeats == "all":
        document.find_repeats(literals)
    return document.choose()


class _Document:
    """Evidence collected for one document."""

    def __init__(self, text: str, lookup: Lookup, config: LinkConfig, counts: Counts) -> None:
        self.text, self.lookup, self.config, self.counts = text, lookup, config, counts
        self.spans: dict[tuple[int, int], Sense] = {}
        self.labels: dict[int, str] = {}  # by end: the head of a name is its last word
        self.senses: dict[str, Sense] = {}
        self.items: set[int] = set()
        self.linked_at: dict[str, list[tuple[int, Sense]]] = {}
        self.surnames: dict[str, Sense] = {}
        self.acronyms: dict[str, Sense] = {}
        self.unknown: set[str] = set()  # texts of hyperlinks to what the index does not have
        self.taken = bytearray(len(text))  # 1 where a hyperlink is

    def count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def read_literals(self, tagged: Sequence[tuple[int, int, str]]) -> bytearray:
        """Return a map of the text with 1 where a date, number or quantity is."""
        places = bytearray(len(self.text))
        for start, end, label in tagged:
            if label in LITERALS:
                places[start:end] = b"\1" * (end - start)
        return places

    def read_links(self, links: Sequence[tuple[int, int, str]], literals: bytearray) -> None:
        """Take hyperlinks to pages with an item; their texts settle what the names mean."""
        for start, end, title in links:
            surface, target = self.text[start:end], self.lookup.targets.get(title)
            if target is None:
                self.count("links_without_item")
                self.unknown.add(surface)
            elif not target.item:
                self.count("links_ambiguous")
            elif 0 not in literals[start:end] and any(map(str.isdigit, surface)):
                self.count("links_literal")  # a year or a day that has a page
            else:
                self.count("links_linked")
                certainty = "link" if target.by_sitelink else "label"
                self.spans[start, end] = Sense(target.item, "link", CONFIDENCE[certainty])
                self.taken[start:end] = b"\1" * (end - start)
                sense = Sense(
                    target.item, "repeat", min(CONFIDENCE[certainty], CONFIDENCE["repeat"])
                )
                self.linked_at.setdefault(surface, []).append((start, sense))
                self.settle(surface, sense, is_person=bool(target.types & PERSON))

    def read_title(self, title: str) -> None:
        """Settle the names that the title gives to the page's item, unless hyperlinks did."""
        target = self.lookup.targets.get(title)
        if target is None or not target.item:
            return
        for form in title_forms(title, target.label):
            self.settle(form, Sense(target.item, "title", CONFIDENCE["title"]))
            if target.types & PERSON:
                for end in surnames(form):
                    self.senses.setdefault(end, Sense(target.item, "surname", SURNAME))

    def settle(self, name: str, sense: Sense, *, is_person: bool = False) -> None:
        """Let a name mean something from here on, and what it is shortened to."""
        self.senses.setdefault(name, sense)
        if isinstance(sense.key, int):
            self.items.add(sense.key)
        if " " not in name:
            return
        if is_person:
            for end in surnames(name):
                known = self.surnames.get(end)
                sure = SURNAME if known is None or known.key == sense.key else AMBIGUOUS_SURNAME
                key = known.key if known else sense.key
                reason = "surname" if isinstance(key, int) else "unlinked"
                self.surnames[end] = Sense(key, reason, min(sure, sense.confidence))
        elif isinstance(sense.key, int):
            for letters in acronyms(name):
                self.acronyms.setdefault(letters, Sense(sense.key, "acronym", ACRONYM))

    def read_tagged(self, tagged: Sequence[tuple[int, int, str]]) -> None:
        """Decide what the names mean that the tagger saw, long ones first."""
        groups: dict[str, list[tuple[int, int, str]]] = {}
        for start, end, label in tagged:
            if label in LITERALS:
                self.count("tagged_literal")
                if self.config.literals == "keep" and self.taken.find(1, start, end) < 0:
                    self.spans[start, end] = Sense(self.text[start:end], "literal", 0.0)
                    self.labels[end] = label
                continue
            start, end = trim(self.text, start, end)
            if start == end:
                self.count("tagged_empty")
                continue
            self.labels.setdefault(end, label)
            if self.taken.find(1, start, end) >= 0:
                self.count("tagged_hyperlink")
                continue
            surface = self.text[start:end]
            if surface not in self.senses and surface not in self.lookup.names:
                surface = skip_article(surface)
                start = end - len(surface)
            groups.setdefault(surface, []).append((start, end, label))
        for surface in sorted(groups, key=lambda name: (-name.count(" "), groups[name][0][0])):
            label = groups[surface][0][2]
            sense = self.senses.get(surface) or self.decide(surface, label)
            self.settle(surface, sense, is_person=label == "PERSON")
            for start, end, _ in groups[surface]:
                self.spans.setdefault((start, end), self.sense_at(surface, start))
                self.count(f"tagged_{sense.reason}")

    def decide(self, surface: str, label: str) -> Sense:
        """Return what a name means that no hyperlink and no title has settled."""
        if surface in self.unknown:
            return Sense(surface, "unlinked", 0.0)
        candidates = self.lookup.names.get(surface, ())
        weighed = [
            (weight * self.factor(label, item, types), -item) for item, weight, types in candidates
        ]
        weight, item = max(weighed, default=(0.0, 0))
        share = weight / (sum(pair[0] for pair in weighed) + self.lookup.rests.get(surface, 1))
        if -item in self.items and share >= self.config.min_confidence:
            return Sense(-item, "alias", share)
        surname = self.surnames.get(surface)
        if surname and label in ("PERSON", ""):
            return surname
        if is_acronym(surface) and (acronym := self.acronyms.get(surface.replace(".", ""))):
            return acronym
        if share >= self.config.min_confidence:
            return Sense(-item, "name", share)
        return surname or Sense(surface, "unlinked", 0.0)

    def factor(self, label: str, item: int, types: int) -> float:
        """Return how much more an item is expected here than by its name alone."""
        agreement = 1.0 if agrees(label, types) else self.config.type_penalty
        return agreement * (PRESENT if item in self.items else 1.0)

    def sense_at(self, surface: str, start: int) -> Sense:
        """Return what a name means at a place: as in the last hyperlink before, else the first."""
        linked = self.linked_at.get(surface)
        if linked is None:
            return self.senses[surface]
        before = bisect_left(linked, start, key=lambda place: place[0])
        return linked[max(before - 1, 0)][1]

    def find_repeats(self, literals: bytearray) -> None:
        """Add the places where a settled name stands and neither hyperlink nor tag is."""
        for name in filter(_is_distinct, self.senses):
            for start in find_words(self.text, name):
                end = start + len(name)
                if 1 in self.taken[start:end] or 1 in literals[start:end]:
                    continue
                sense = self.sense_at(name, start)
                reason = sense.reason if sense.reason in ("title", "unlinked") else "repeat"
                self.spans.setdefault((start, end), sense._replace(reason=reason))

    def choose(self) -> list[Mention]:
        """Return the mentions: of overlapping ones the hyperlink, else the longest, the first."""
        free = bytearray(len(self.text))
        mentions = []
        spans = [
            (sense.reason != "link", start - end, start, end, sense)
            for (start, end), sense in self.spans.items()
        ]
        for _, _, start, end, sense in sorted(spans):
            if 1 in free[start:end]:
                self.count("mentions_overlapped")
                continue
            free[start:end] = b"\1" * (end - start)
            if sense.reason == "unlinked" and self.config.unlinked == "drop":
                self.count("mentions_unlinked_dropped")
                continue
            self.count(f"mentions_{sense.reason}")
            mentions.append(Mention(start, end, *sense, self.labels.get(end, "")))
        return sorted(mentions)


def _is_distinct(name: str) -> bool:
    """Say whether a name is worth looking for: "in" and "1945" stand everywhere."""
    return len(name) > 1 and not name.isdigit() and (len(name) > 3 or not name.islower())
