"""Anchor statistics: how often a surface links to a title, over every link of every article.

They are read from the page's source by one regular expression, not from documents: links in
tables, captions, references and infoboxes tell as much about what a name means, and reading them
so costs 1 % of parsing them.
"""

import html
import re
from collections import Counter

from pipeline.wiki.titles import ARTICLE, TRAIL, Site, is_plain, shorten_title

# target, label with its |, trail
_LINK = re.compile(rf"\[\[([^\[\]|{{}}<>\n]+)(\|[^\[\]{{}}<>|\n]*)?\]\]([{TRAIL}]*)")
LONGEST_SURFACE = 200  # characters; longer ones are no names

RawAnchors = Counter[tuple[str, str, str]]
Anchors = dict[tuple[str, str], int]


def count_links(source: str, counts: RawAnchors) -> None:
    """Add the links of a page's source, which may still have the XML's entities, to `counts`."""
    counts.update(_LINK.findall(source))


def read_anchors(counts: RawAnchors, site: Site) -> Anchors:
    """Return the number of links by surface and target title."""
    anchors: Anchors = {}
    resolve = site.resolve
    for (target, label, trail), number in counts.items():
        if not label and is_plain(target) and "''" not in target:  # six of ten
            key = target + trail, target[0].upper() + target[1:]
            if len(key[0]) <= LONGEST_SURFACE:
                anchors[key] = anchors.get(key, 0) + number
            continue
        if "&" in target:
            target = html.unescape(target)  # the XML's escape; the wikitext's own is undone later
        kind, title = resolve(target)
        if kind != ARTICLE:
            continue
        if label == "|":
            surface = shorten_title(target) + trail
        else:
            surface = (label[1:] or target.lstrip(":").replace("_", " ")) + trail
        if "&" in surface or "''" in surface:
            surface = re.sub("''+", "", html.unescape(html.unescape(surface)))
        surface = surface.strip()
        if "  " in surface or not surface.isprintable():
            surface = " ".join(surface.split())
        if 0 < len(surface) <= LONGEST_SURFACE:
            key = surface, title
            anchors[key] = anchors.get(key, 0) + number
    return anchors
