"""Which of overlapping mentions stay: the hyperlink, else the longest, else the first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import repeat

from pipeline.entities.evidence import NO_MENTIONS, Mentions, Sense

Place = tuple[int, int]  # start, end


def choose_mentions(
    spans: Mapping[Place, Sense],
    labels: Mapping[int, str],
    counts: Counter[str],
    *,
    drop_unlinked: bool,
) -> Mentions:
    """Return the mentions of a document.

    Args:
        spans: What was found where.
        labels: The tagger's label of what ends at a place.
        counts: How many go, because others overlap them or because they have no item.
        drop_unlinked: Leave out those without an item, once they have displaced others.
    """
    kept = sorted(spans)
    reach = 0
    for start, end in kept:
        if start < reach:
            kept = _thin_all(kept, spans, counts)
            break
        reach = end
    if drop_unlinked:
        linked = [place for place in kept if spans[place].reason != "unlinked"]
        counts["mentions_unlinked_dropped"] += len(kept) - len(linked)
        kept = linked
    if not kept:
        return NO_MENTIONS
    starts, ends = zip(*kept, strict=True)
    keys, reasons, confidences = zip(*map(spans.__getitem__, kept), strict=True)
    return Mentions(
        starts, ends, keys, reasons, confidences, list(map(labels.get, ends, repeat("")))
    )


def _thin_all(
    places: Sequence[Place], spans: Mapping[Place, Sense], counts: Counter[str]
) -> list[Place]:
    """Return the places without those that a better one overlaps."""
    kept: list[Place] = []
    crowd: list[Place] = []  # places of which each overlaps one before
    reach = 0
    for place in places:
        if place[0] >= reach:
            kept += _thin(crowd, spans)
            crowd = []
        crowd.append(place)
        reach = max(reach, place[1])
    kept += _thin(crowd, spans)
    counts["mentions_overlapped"] += len(places) - len(kept)
    return kept


def _thin(crowd: list[Place], spans: Mapping[Place, Sense]) -> list[Place]:
    if len(crowd) < 2:
        return crowd
    ranked = sorted(crowd, key=lambda place: _rank(place, spans[place]))
    if len(crowd) == 2:  # most crowds
        return ranked[:1]
    stay: list[Place] = []
    for start, end in ranked:
        if all(end <= first or last <= start for first, last in stay):
            stay.append((start, end))
    return sorted(stay)


def _rank(place: Place, sense: Sense) -> tuple[bool, int, int]:
    start, end = place
    return sense.reason != "link", start - end, start
