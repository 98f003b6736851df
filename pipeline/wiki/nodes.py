"""The same as the scan of strip.py, by mwparserfromhell: for pages where the scan is not sure."""

from collections.abc import Collection
from typing import Any

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

from pipeline.wiki.strip import (
    DROPPED,
    FORMULAS,
    OPAQUE,
    escape_markup,
    render_formula,
    template_name,
)
from pipeline.wiki.templates import Templates


def parse(text: str) -> Any:
    """Parse wikitext; quotes are left to tidy.py, because here they may not cross a line's end."""
    return mwparserfromhell.parse(text, skip_style_tags=True)


class NodeStripper:
    """Strips a parsed page: templates are rendered or dropped, and all that is no prose goes."""

    def __init__(self, file_names: Collection[str], templates: Templates) -> None:
        self._files, self._templates = frozenset(file_names), templates

    def strip(self, text: str) -> str:
        """Return the stripped wikitext of a page whose comments were removed."""
        return self.strip_nodes(parse(text).nodes)

    def strip_nodes(self, nodes: Any) -> str:
        """Return the stripped wikitext of some nodes."""
        return "".join([self._strip_node(node) for node in nodes])

    def _strip_node(self, node: Any) -> str:
        if isinstance(node, Text):
            return str(node)
        if isinstance(node, Template):
            return self._strip_template(node)
        if isinstance(node, Wikilink):
            title = str(node.title)
            prefix, colon, _ = title.partition(":")
            if colon and prefix.strip(" _").replace("_", " ").lower() in self._files:
                return DROPPED
            text = "" if node.text is None else "|" + self.strip_nodes(node.text.nodes)
            return f"[[{title}{text}]]"
        if isinstance(node, Tag):
            return self._strip_tag(node)
        if isinstance(node, ExternalLink):
            if not node.brackets:
                return str(node.url)
            title = "" if node.title is None else " " + self.strip_nodes(node.title.nodes)
            return f"[{node.url}{title}]"
        if isinstance(node, Heading):
            signs = "=" * node.level
            return f"{signs}{self.strip_nodes(node.title.nodes)}{signs}"
        return "" if isinstance(node, Argument) else str(node)

    def _strip_template(self, node: Any) -> str:
        name = template_name(str(node.name))
        if name not in self._templates:
            return DROPPED
        parts = [name]
        for parameter in node.params:
            value = self.strip_nodes(parameter.value.nodes)
            parts.append(f"{parameter.name}={value}" if parameter.showkey else value)
        rendered = self._templates.render(name, "|".join(parts))
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
        return f"{opening}>{self.strip_nodes(node.contents.nodes)}</{name}>"
