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
from typing import Any, Literal

import mwparserfromhell
from mwparserfromhell.nodes import (
    Argument,
    ExternalLink,
    Heading,
    Tag,
    Template,
    Text,
    Wikilink,
)

from pipeline.wiki.guard import call_in_child
from pipeline.wiki.strip import (
    DROPPED,
    FORMULAS,
    OPAQUE,
    Stripper,
    escape_markup,
    remove_comments,
    render_formula,
    template_name,
)
from pipeline.wiki.templates import Templates
from pipeline.wiki.titles import ARTICLE, FILE, HIDDEN, Site, shorten_title

OPEN, CLOSE = "\x02", "\x03"  # XML allows no such characters
TAG = "\x05"  # an inline tag stood here: quotes on its two sides are not one run

# the parser's worst case is quadratic: half a second on so many characters
QUICK_CHARACTERS = 5_000

Kind = Literal["paragraph", "heading", "item"]

_MARKS = re.compile("[\x02-\x05]")
_HIDDEN = re.compile(
    r"<(span|div)\b[^<>]*display:\s*none[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL
)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|center|blockquote|poem|hr|ul|ol|dl|table|tr|caption|h[1-6])\b[^<>]*>",
    re.IGNORECASE,
)
_ITEM_TAG = re.compile(r"<(?:li|dt|dd)\b[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^<>]*>|</br\s*>", re.IGNORECASE)
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|li|dt|dd|mark|q|rb|rp|rt|"
    r"rtc|ruby|s|samp|small|span|strike|strong|sub|sup|td|th|time|tt|u|var|wbr|noinclude|"
    r"onlyinclude|nowiki|noindex|lang|ref|references)\b[^<>]*>",
    re.IGNORECASE,
)
_SWITCH = re.compile(r"__[A-Z]+__")
_HEADING = re.compile(r"(={1,6})(.+?)\1[\s\x04]*$")
_PLAIN_LINK = re.compile(
    r"\[\[([^\[\]{}|<>\n\x02-\x04]+)(?:\|([^\[\]{}<>|]*))?\]\]([a-z]*)|[\[\]<{}|]"
)
_TRAIL = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or list item, with its inline markup still in place."""

    kind: Kind
    source: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Text with marked links, and their targets in order."""

    text: str
    targets: list[str]


class Markup:
    """Reads the wikitext of one wiki."""

    def __init__(self, site: Site, templates: Mapping[str, str], page_seconds: float) -> None:
        self.site, self.page_seconds = site, page_seconds
        self.templates = Templates(templates)
        names = [name for name, number in site.namespaces.items() if number == FILE]
        self._files = frozenset(names)
        self._stripper = Stripper(names, self.templates, self.templates.render)

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
            seconds = self.page_seconds
            stripped = call_in_child(lambda: self._strip_nodes(_parse(text).nodes), seconds)
        return _remove_tags(stripped)

    def _strip_nodes(self, nodes: Any) -> str:
        return "".join([self._strip_node(node) for node in nodes])

    def _strip_node(self, node: Any) -> str:
        if isinstance(node, Text):
            return str(node)
        if isinstance(node, Template):
            return self._strip_template(node)
        if isinstance(node, Wikilink):
            title = str(node.title)
            if title.partition(":")[0].strip(" _").replace("_", " ").lower() in self._files:
                return DROPPED
            text = "" if node.text is None else "|" + self._strip_nodes(node.text.nodes)
            return f"[[{title}{text}]]"
        if isinstance(node, Tag):
            return self._strip_tag(node)
        if isinstance(node, ExternalLink):
            if not node.brackets:
                return str(node.url)
            title = "" if node.title is None else " " + self._strip_nodes(node.title.nodes)
            return f"[{node.url}{title}]"
        if isinstance(node, Heading):
            signs = "=" * node.level
            return f"{signs}{self._strip_nodes(node.title.nodes)}{signs}"
        return "" if isinstance(node, Argument) else str(node)

    def _strip_template(self, node: Any) -> str:
        name = template_name(str(node.name))
        if name not in self.templates:
            return DROPPED
        parts = [name]
        for parameter in node.params:
            value = self._strip_nodes(parameter.value.nodes)
            parts.append(f"{parameter.name}={value}" if parameter.showkey else value)
        rendered = self.templates.render(name, "|".join(parts))
        return DROPPED if rendered is None else rendered

    def _strip_tag(self, node: Any) -> str:
        name = str(node.tag).strip().lower()
        if node.wiki_markup and name != "table":
            return str(node.wiki_markup)  # of a list or a rule
        if name == "nowiki":
            return escape_markup(str(node.contents))
        if name in FORMULAS:
            return render_formula(str(node.contents))
        if name in OPAQUE or name == "table":
            return ""
        if node.contents is None:
            return str(node)
        opening = str(node).partition(">")[0]
        return f"{opening}>{self._strip_nodes(node.contents.nodes)}</{name}>"

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
        self._read_nodes(_parse(source).nodes, out, targets)
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
                if node.contents is not None:
                    self._read_nodes(node.contents.nodes, out, targets)
            elif isinstance(node, Heading):
                self._read_nodes(node.title.nodes, out, targets)
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


def _parse(text: str) -> Any:
    # quotes are left to tidy.py: mwparserfromhell gives up on those that cross a line's end
    return mwparserfromhell.parse(text, skip_style_tags=True)


def _remove_tags(text: str) -> str:
    if "<" in text:
        text = _HIDDEN.sub("", text)
        text = _BREAK.sub(" ", text)
        text = _ITEM_TAG.sub("\n* ", text)
        text = _BLOCK_TAG.sub("\n\n", text)
        text = _INLINE_TAG.sub(TAG, text)
    return _SWITCH.sub("", text) if "__" in text else text


def split_blocks(stripped: str) -> list[Block]:
    """Split stripped wikitext into paragraphs, headings and list items."""
    blocks: list[Block] = []
    lines: list[str] = []

    def close() -> None:
        if lines:
            blocks.append(Block("paragraph", "\n".join(lines)))
            lines.clear()

    for line in stripped.split("\n"):
        shown = line.strip(" \t\x04")
        if not shown or shown.startswith(("----", "|", "{|")):
            close()
        elif shown[0] == "=" and (heading := _HEADING.match(shown)):
            close()
            blocks.append(Block("heading", heading[2].strip()))
        elif line[0] in "*#:;":
            close()
            blocks.append(Block("item", line.lstrip("*#:; ")))
        else:
            lines.append(line)
    close()
    return blocks
