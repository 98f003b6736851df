"""Anchor statistics: how often a surface links to a title, over every link of every article.

They are read from the page's source by one regular expression, not from documents: links in
tables, captions, references and infoboxes tell as much about what a name means, and reading them
so costs 1 % of parsing them.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable

from pipeline.wiki.titles import ARTICLE, Site, shorten_title

# target, label, trail
_LINK = re.compile(r"\[\[([^\[\]|{}<>\n]+)(?:\|([^\[\]{}<>|\n]*))?\]\]([a-z]*)")
LONGEST_SURFACE = 200  # characters; longer ones are no names

RawAnchors = Counter[tuple[str, str, str]]


def count_links(source: str, counts: RawAnchors) -> None:
    """Add the links of a page's source, which may still have the XML's entities, to `counts`."""
    counts.update(_LINK.findall(source))


def read_anchors(counts: RawAnchors, site: Site) -> Counter[tuple[str, str]]:
    """Return the number of links by surface and target title."""
    anchors: Counter[tuple[str, str]] = Counter()
    for (target, label, trail), number in counts.items():
        target = html.unescape(target) if "&" in target else target
        kind, title = site.resolve(target)
        if kind != ARTICLE:
            continue
        surface = label or target.lstrip(":").replace("_", " ")
        if not surface.strip():
            surface = shorten_title(target)
        surface = clean_surface(surface + trail)
        if surface and len(surface) <= LONGEST_SURFACE:
            anchors[surface, title] += number
    return anchors


def clean_surface(surface: str) -> str:
    """Return a link's label as it is shown."""
    if "&" in surface:
        surface = html.unescape(html.unescape(surface))
    if "''" in surface:
        surface = re.sub("''+", "", surface)
    return " ".join(surface.split())


def sort_anchors(anchors: Counter[tuple[str, str]]) -> Iterable[tuple[str, str, int]]:
    """Return surface, target and count in order."""
    return ((surface, target, number) for (surface, target), number in sorted(anchors.items()))
