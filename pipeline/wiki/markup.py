"""Wikitext -> paragraphs of clean text in which hyperlinks are marked.

Three steps: take out what is no prose (`Stripper`, or mwparserfromhell where the scan is not sure),
split lines into paragraphs, and read the inline markup of each paragraph. A paragraph with nothing
but plain links is read by one regular expression; any other goes to mwparserfromhell.

In the marked text a link is OPEN, its surface, CLOSE; its target is the next one of the list.
Every later clean-up moves the marks with the text, so that spans are exact by construction.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mwparserfromhell.nodes import (
    Argument,
    ExternalLink,
    Heading,
    Tag,
    Template,
    Text,
    Wikilink,
)

from pipeline.wiki.blocks import TAG, remove_tags
from pipeline.wiki.guard import call_in_child
from pipeline.wiki.nodes import NodeStripper, parse
from pipeline.wiki.strip import DROPPED, Stripper, remove_comments
from pipeline.wiki.templates import Templates
from pipeline.wiki.titles import ARTICLE, FILE, HIDDEN, TRAIL, Site, shorten_title

OPEN, CLOSE = "\x02", "\x03"  # XML allows no such characters

# the parser's worst case is quadratic: half a second on so many characters
QUICK_CHARACTERS = 5_000

_MARKS = re.compile("[\x02-\x05]")
_PLAIN_LINK = re.compile(
    rf"\[\[([^\[\]{{}}|<>\n\x02-\x04]+)(?:\|([^\[\]{{}}<>|]*))?\]\]([{TRAIL}]*)|[\[\]<{{}}|]"
)
_TRAIL = re.compile(f"[{TRAIL}]+")


@dataclass(frozen=True, slots=True)
class Marked:
    """Text with marked links, and their targets in order."""

    text: str
    targets: list[str]


class Markup:
    """Reads the wikitext of one wiki."""

    def __init__(self, site: Site, templates: Mapping[str, str], page_seconds: float) -> None:
        self.site, self.page_seconds = site, page_seconds
        table = Templates(templates)
        files = [name for name, number in site.namespaces.items() if number == FILE]
        self._stripper = Stripper(files, table, table.render)
        self._nodes = NodeStripper(files, table)

    def strip(self, wikitext: str, *, fully: bool = False) -> str:
        """Return the wikitext without what is no prose: links, quotes and lines are left.

        Args:
            wikitext: A page's text.
            fully: Leave it all to mwparserfromhell; the scan must give the same.
        """
        if any(mark in wikitext for mark in (OPEN, CLOSE, DROPPED, TAG)):
            wikitext = _MARKS.sub("", wikitext)  # never in XML
        text = remove_comments(wikitext)
        stripped = None if fully else self._stripper.strip(text)
        if stripped is None:
            stripped = call_in_child(lambda: self._nodes.strip(text), self.page_seconds)
        return remove_tags(stripped)

    def read_links(self, source: str) -> Marked:
        """Return a block's text with its links marked; other inline markup but quotes is gone."""
        if "[" not in source and "<" not in source and "{" not in source:
            return Marked(source, [])
        out: list[str] = []
        targets: list[str] = []
        position = 0
        for match in _PLAIN_LINK.finditer(source):
            target, label, trail = match.groups()
            if target is None:
                if len(source) <= QUICK_CHARACTERS:
                    return self.read_nodes(source)
                return call_in_child(lambda: self.read_nodes(source), self.page_seconds)
            out.append(source[position : match.start()])
            position = match.end()
            self._add_link(target, label, trail, out, targets)
        out.append(source[position:])
        return Marked("".join(out), targets)

    def _add_link(
        self, target: str, label: str | None, trail: str, out: list[str], targets: list[str]
    ) -> None:
        kind, title = self.site.resolve(target)
        if kind == HIDDEN:
            out.append(trail)
            return
        if label is None:
            label = target.strip().lstrip(":").replace("_", " ")
        elif not label.strip():
            label = shorten_title(target)
        if kind == ARTICLE:
            out.append(f"{OPEN}{label}{trail}{CLOSE}")
            targets.append(title)
        else:
            out.append(label + trail)

    def read_nodes(self, source: str) -> Marked:
        """As `read_links`, by mwparserfromhell: nested links, addresses in brackets, leftovers."""
        out: list[str] = []
        targets: list[str] = []
        self._read_nodes(parse(source).nodes, out, targets)
        return Marked("".join(out), targets)

    def _read_nodes(self, nodes: Any, out: list[str], targets: list[str]) -> None:
        for index, node in enumerate(nodes):
            if isinstance(node, Text):
                text = str(node)
                if index and isinstance(nodes[index - 1], Wikilink):
                    trail = _TRAIL.match(text)
                    text = text[trail.end() :] if trail else text
                out.append(text)
            elif isinstance(node, Wikilink):
                following = nodes[index + 1] if index + 1 < len(nodes) else None
                trail = _TRAIL.match(str(following)) if isinstance(following, Text) else None
                self._read_wikilink(node, trail[0] if trail else "", out, targets)
            elif isinstance(node, ExternalLink):
                if node.title is not None:
                    self._read_nodes(node.title.nodes, out, targets)
                elif not node.brackets:
                    out.append(str(node.url))
            elif isinstance(node, Tag):
                if node.wiki_markup and str(node.tag) != "table":
                    out.append(
                        str(node.wiki_markup)
                    )  # a list's sign, but here not at a line's start
                elif node.contents is not None:
                    self._read_nodes(node.contents.nodes, out, targets)
            elif isinstance(node, Heading):  # none of MediaWiki's: text follows on the line
                signs = "=" * node.level
                out.append(signs)
                self._read_nodes(node.title.nodes, out, targets)
                out.append(signs)
            elif not isinstance(node, (Template, Argument)):
                out.append(str(node))

    def _read_wikilink(self, node: Any, trail: str, out: list[str], targets: list[str]) -> None:
        target = str(node.title)
        if node.text is None:
            self._add_link(target, None, trail, out, targets)
            return
        inner: list[str] = []
        inner_targets: list[str] = []
        self._read_nodes(node.text.nodes, inner, inner_targets)
        if inner_targets and self.site.resolve(target)[0] != HIDDEN:
            # links do not nest: MediaWiki makes the inner one
            out.extend([*inner, trail])
            targets.extend(inner_targets)
        else:
            self._add_link(target, "".join(inner), trail, out, targets)
