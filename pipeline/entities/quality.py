"""How good linking is: hyperlinks are hidden from it, and it must find their items again.

Editors of Wikipedia made the hyperlinks, so they are a free gold standard (in an excerpt without
most sitelinks less so: there many targets are resolved by label or alias, candidates.sql). What a
hidden hyperlink taught the anchor statistics is taken back first, with all other hyperlinks of its
page.
"""

import zlib
from collections import Counter
from collections.abc import Sequence

from pipeline.entities.evidence import Candidate, LinkConfig, Lookup, Span
from pipeline.entities.names import trim
from pipeline.entities.page import NO_PAGE, page_of
from pipeline.entities.resolve import link_document
from pipeline.entities.tagged import TaggedDocument
from pipeline.entities.types import LITERALS
from pipeline.progress import Counts

LINK_WEIGHT = 1000  # of one hyperlink in the table `names` (candidates.sql)
BOUNDS = (0.0, 0.5, 0.7, 0.9)  # lower bounds of confidence in the report
ENOUGH = 0.8  # coverage at which accuracy is reported too


def is_sampled(doc_id: str, fraction: float) -> bool:
    """Say whether a document's page is among the `fraction` that is measured, always the same."""
    return zlib.crc32(page_of(doc_id).encode()) < fraction * 2**32


def measure_page(
    documents: Sequence[TaggedDocument], lookup: Lookup, config: LinkConfig, counts: Counts
) -> None:
    """Hide the hyperlinks of all documents of a page, link them, and count what is found again.

    Counted under `hidden_` are `links` to an item of the index, those `found` (with any item) and
    those `right`, both by confidence, and the links to pages without an item
    (`outside`) that were given one (`outside_found`). Those by confidence are `found_57` and
    `right_57` for 0.57 and more, below 0.58.
    """
    known = _forget(documents, lookup)
    for document in documents:
        gold = {}
        for start, end, title in document.links:
            target = lookup.targets.get(title)
            if target is None or target.item:
                gold[trim(document.text, start, end)] = target.item if target else 0
        tagged = _hide(gold, document.tagged)
        mentions = link_document(
            document.text, document.title, [], tagged, NO_PAGE, known, config, Counter()
        )
        predicted = {
            (start, end): (key, confidence)
            for start, end, key, _, confidence, _ in zip(*mentions, strict=True)
            if isinstance(key, int)
        }
        for span, item in gold.items():
            found, confidence = predicted.get(span, (0, 0.0))
            if not item:
                _count(counts, "outside")
                if found:
                    _count(counts, "outside_found")
                continue
            _count(counts, "links")
            if found:
                hundredths = int(confidence * 100 + 1e-9)  # 0.29 * 100 is below 29
                _count(counts, f"found_{hundredths}")
                if found == item:
                    _count(counts, f"right_{hundredths}")


def summarize(counts: Counts) -> dict[str, float]:
    """Take the counters of `measure_page` out of `counts`; return accuracy and coverage.

    Coverage is the part of the hidden hyperlinks that were linked, accuracy the part of those that
    got the right item; `_0.5` those of a confidence of 0.5 and more. `confidence_at_80` is the
    highest lower bound that covers 80 %, `accuracy_at_80` the accuracy there. All are 0 where there
    was nothing to measure, or too little is covered.
    """
    found = {name: counts.pop(name) for name in list(counts) if name.startswith("hidden_")}
    result: dict[str, float] = {"links": found.get("hidden_links", 0)}
    linked = right = 0
    at: dict[int, tuple[float, float]] = {}  # lower bound in hundredths: accuracy, coverage
    for bound in range(100, -1, -1):
        linked += found.get(f"hidden_found_{bound}", 0)
        right += found.get(f"hidden_right_{bound}", 0)
        at[bound] = round(right / max(linked, 1), 4), round(linked / max(result["links"], 1), 4)
    for lowest in BOUNDS:
        suffix = f"_{lowest}" if lowest else ""
        result[f"accuracy{suffix}"], result[f"coverage{suffix}"] = at[round(lowest * 100)]
    enough = next((bound for bound, (_, coverage) in at.items() if coverage >= ENOUGH), None)
    result["confidence_at_80"] = 0.0 if enough is None else enough / 100
    result["accuracy_at_80"] = 0.0 if enough is None else at[enough][0]
    outside = found.get("hidden_outside", 0)
    result["outside"] = outside
    result["outside_linked"] = round(found.get("hidden_outside_found", 0) / max(outside, 1), 4)
    return result


def _forget(documents: Sequence[TaggedDocument], lookup: Lookup) -> Lookup:
    """Return the lookup without what the hyperlinks of these documents contributed."""
    seen: Counter[tuple[str, int]] = Counter()
    for document in documents:
        for start, end, title in document.links:
            target = lookup.targets.get(title)
            seen[document.text[start:end], target.item if target else 0] += 1
    names, rests = dict(lookup.names), dict(lookup.rests)
    for (surface, item), number in seen.items():
        if item:
            reduced = [_reduce(candidate, item, number) for candidate in names.get(surface, [])]
            names[surface] = [candidate for candidate in reduced if candidate[1] > 0]
        elif surface in rests:
            rests[surface] = max(rests[surface] - LINK_WEIGHT * number, 0)
    return Lookup(targets=lookup.targets, names=names, rests=rests)


def _reduce(candidate: Candidate, item: int, number: int) -> Candidate:
    if candidate[0] != item:
        return candidate
    return (item, candidate[1] - LINK_WEIGHT * number, candidate[2])


def _hide(gold: dict[tuple[int, int], int], tagged: Sequence[Span]) -> list[Span]:
    """Return the tagged names, with the hidden hyperlinks in place of those that overlap them.

    A hyperlink gets the label of the tagged name that ends with it: the same head noun.
    """
    labels = {end: label for _, end, label in tagged if label not in LITERALS}
    spans = [(start, end, labels.get(end, "")) for start, end in gold]
    free = [
        span for span in tagged if not any(span[0] < end and start < span[1] for start, end in gold)
    ]
    return sorted(spans + free)


def _count(counts: Counts, name: str) -> None:
    counts[f"hidden_{name}"] = counts.get(f"hidden_{name}", 0) + 1
