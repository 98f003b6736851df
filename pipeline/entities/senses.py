"""What the names of one document mean: settled by hyperlinks and title, or decided."""

import operator
from bisect import bisect_left
from collections.abc import Sequence

from pipeline.entities.evidence import (
    ACRONYM,
    AMBIGUOUS_SURNAME,
    PAGE,
    PRESENT,
    SURNAME,
    Candidate,
    LinkConfig,
    Lookup,
    Sense,
)
from pipeline.entities.languages import AGAINST, names_both
from pipeline.entities.names import MIN_SURNAME, acronyms, ends_of, is_acronym, starts_surname
from pipeline.entities.page import Page
from pipeline.entities.types import AGREEING, LANGUAGE, PERSON

_first = operator.itemgetter(0)


class Senses:
    """One meaning for each name, but two for one of a people and its language (languages.py)."""

    def __init__(self, page: Page, lookup: Lookup, config: LinkConfig) -> None:
        self.page, self.lookup, self.config = page, lookup, config
        self.by_name: dict[str, Sense] = {}
        self.languages: dict[str, Sense] = {}  # where the words around speak of a language
        self.linked_at: dict[str, list[tuple[int, Sense]]] = {}  # by name: where hyperlinks begin
        self.links_language: dict[str, bool] = {}  # by name: whether all its hyperlinks lead to one
        self.unknown: set[str] = set()  # texts of hyperlinks to what the index does not have
        self.items = set(page.items)
        self.persons: set[str] = set()  # names of several words
        self.persons_by_end: dict[str, list[Sense]] = {}  # "van Gogh" and "Gogh"
        self.phrases: dict[str, Sense] = {}  # names of several words of other things with an item

    def settle(self, name: str, sense: Sense, *, is_person: bool) -> None:
        """Let a name mean something from here on."""
        self.by_name.setdefault(name, sense)
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

    def settle_link(self, name: str, start: int, sense: Sense, types: int) -> None:
        """Let a name mean what a hyperlink at `start` leads to, an item of these types."""
        self.linked_at.setdefault(name, []).append((start, sense))
        is_language = types == LANGUAGE
        if is_language:
            self.languages.setdefault(name, sense)
        self.links_language[name] = is_language and self.links_language.get(name, True)
        self.settle(name, sense, is_person=bool(types & PERSON))

    def of_language(self, name: str, start: int) -> Sense:
        """Return what a name means at a place where the words around speak of a language."""
        if self.links_language.get(name):
            return self.at(name, start)
        if name not in self.languages:
            if item := self.page.languages.get(name):
                sense = Sense(item, "page", PAGE)
            else:
                sense = self.decide(name, "LANGUAGE", by_page=False)
            self.languages[name] = sense
            if isinstance(sense.key, int):
                self.items.add(sense.key)
        return self.languages[name]

    def of_people(self, name: str) -> Sense | None:
        """Return what is meant where nothing speaks of a language, if a name links to one only."""
        if not self.links_language.get(name) or not self.names_both(name):
            return None
        return self.decide(name, "NORP")

    def names_both(self, name: str) -> bool:
        """Say whether a name that the tagger saw is that of a language and of a people or place."""
        known = self.lookup.both.get(name)
        if known is None:  # asked for every nationality that the tagger sees
            known = self.lookup.both[name] = names_both(self.lookup.names.get(name, ()))
        return known

    def at(self, name: str, start: int) -> Sense:
        """Return what a name means at a place: as in the last hyperlink before, else the first."""
        linked = self.linked_at.get(name)
        if linked is None:
            return self.by_name[name]
        before = bisect_left(linked, start, key=_first)
        return linked[max(before - 1, 0)][1]

    def decide(self, name: str, label: str, *, by_page: bool = True) -> Sense:
        """Return what a name means that no hyperlink and no title of the document has settled.

        `by_page`: as hyperlinks in other documents of the page say, if there are any.
        """
        page, is_person, item = self.page, label in ("PERSON", ""), 0
        if name in self.unknown:
            return Sense(name, "unlinked", 0.0)
        if by_page and name in page.senses:
            return Sense(page.senses[name], "page", PAGE)
        if candidates := self.lookup.names.get(name):
            found, share = self.weigh(name, label, candidates)
            item = found if share >= self.config.min_confidence else 0
            if item in self.items:
                return Sense(item, "alias", share)
        ends_person = name in self.persons_by_end or name in page.persons_by_end
        if ends_person and is_person and (surname := self.find_person(name)):
            return surname
        if is_acronym(name) and (phrase := self.find_phrase(name)):
            return phrase
        if item:
            return Sense(item, "name", share)
        surname = self.find_person(name) if ends_person and not is_person else None
        return surname or Sense(name, "unlinked", 0.0)

    def weigh(self, name: str, label: str, candidates: Sequence[Candidate]) -> tuple[int, float]:
        """Return the item that a name means most probably here, and its share of the weight."""
        expected, items, penalty = AGREEING.get(label, 0), self.items, self.config.type_penalty
        against = AGAINST[label] if label in AGAINST and self.names_both(name) else ()
        best, total, found = 0.0, float(self.lookup.rests.get(name, 0)), 0
        for item, number, types in candidates:
            weight = float(number)
            if expected and types and not expected & types:
                weight *= penalty
            if types in against:  # twice, and that the document has the item says nothing
                weight *= penalty
            elif item in items:
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
