"""Which of overlapping mentions stay: the hyperlink, else the longest, else the first."""

from collections import Counter
from collections.abc import Mapping
from typing import get_args

from pipeline.entities.evidence import Mention, Reason, Sense

_KEPT = {reason: f"mentions_{reason}" for reason in get_args(Reason)}
Placed = tuple[tuple[int, int], Sense]  # a span and what it means


def choose_mentions(
    spans: Mapping[tuple[int, int], Sense],
    labels: Mapping[int, str],
    counts: Counter[str],
    *,
    drop_unlinked: bool,
) -> list[Mention]:
    """Return the mentions of a document, by start, never overlapping.

    Args:
        spans: What was found where.
        labels: The tagger's label of what ends at a place.
        counts: How many stay, by reason, is added here.
        drop_unlinked: Leave out those without an item, once they have displaced others.
    """
    kept: list[Placed] = []
    crowd: list[Placed] = []  # spans that overlap
    reach = 0
    for span in sorted(spans):
        start, end = span
        if start < reach:
            crowd.append((span, spans[span]))
            reach = max(reach, end)
            continue
        kept += _thin(crowd, counts)
        crowd, reach = [(span, spans[span])], end
    kept += _thin(crowd, counts)
    mentions = []
    for (start, end), sense in kept:
        reason = sense[1]
        if drop_unlinked and reason == "unlinked":
            counts["mentions_unlinked_dropped"] += 1
            continue
        counts[_KEPT[reason]] += 1
        mentions.append(Mention._make((start, end, *sense, labels.get(end, ""))))
    return mentions


def _thin(crowd: list[Placed], counts: Counter[str]) -> list[Placed]:
    if len(crowd) < 2:
        return crowd
    stay: list[Placed] = []
    for placed in sorted(crowd, key=_rank):
        start, end = placed[0]
        if all(end <= first or last <= start for (first, last), _ in stay):
            stay.append(placed)
    counts["mentions_overlapped"] += len(crowd) - len(stay)  # two touch, so one goes
    stay.sort()
    return stay


def _rank(placed: Placed) -> tuple[bool, int, int]:
    (start, end), sense = placed
    return sense.reason != "link", start - end, start
