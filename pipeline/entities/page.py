"""What the hyperlinks of a whole page say about the names in each of its documents.

Wikipedia links the first mention on a page. Where a page is several documents (paragraphs or
windows), the others depend on it: "Rivera" in the fifth is who "Diego Rivera" was in the first.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.entities.evidence import Lookup
from pipeline.entities.languages import names_both
from pipeline.entities.names import ends_of
from pipeline.entities.tagged import TaggedDocument
from pipeline.entities.types import LANGUAGE, PERSON


@dataclass(frozen=True, slots=True)
class Page:
    """Texts of hyperlinks and the items they lead to; of persons also by each end of the name."""

    senses: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)  # also what names a people elsewhere
    persons_by_end: dict[str, list[int]] = field(default_factory=dict)
    items: frozenset[int] = frozenset()


NO_PAGE = Page()


def page_of(doc_id: str) -> str:
    """Return the part of a document's id that all documents of its page have."""
    return doc_id.rpartition("-")[0]


def read_pages(documents: Sequence[TaggedDocument], lookup: Lookup) -> dict[str, Page]:
    """Return the pages that are several of these documents.

    All documents of a page must be among them; `parse` never parts a page between shards.
    """
    pages: dict[str, list[TaggedDocument]] = {}
    for document in documents:
        pages.setdefault(page_of(document.doc_id), []).append(document)
    return {name: _read_page(parts, lookup) for name, parts in pages.items() if len(parts) > 1}


def _read_page(documents: Sequence[TaggedDocument], lookup: Lookup) -> Page:
    found: Counter[tuple[str, int]] = Counter()
    types: dict[int, int] = {}
    for document in documents:
        for start, end, title in document.links:
            target = lookup.targets.get(title)
            if target and target.item:
                found[document.text[start:end], target.item] += 1
                types[target.item] = target.types
    # of several items the most frequent, then the lowest: whatever the order of the documents
    ordered = sorted(found, key=lambda pair: (found[pair], -pair[1], pair[0]))
    senses, languages = {}, {}
    for text, item in ordered:
        if types[item] == LANGUAGE:
            languages[text] = item
        if types[item] != LANGUAGE or not names_both(lookup.names.get(text, ())):
            senses[text] = item
    persons_by_end: dict[str, list[int]] = {}
    for text, item in senses.items():
        for ending in ends_of(text) if types[item] & PERSON else ():
            persons_by_end.setdefault(ending, []).append(item)
    return Page(
        senses=senses,
        languages=languages,
        persons_by_end=persons_by_end,
        items=frozenset(types),
    )
