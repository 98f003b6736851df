"""A linear scan that takes out of wikitext what never shows as prose, and renders inline templates.

Templates, tables, references, galleries, files and comments cost mwparserfromhell three quarters
of its time. Here they go in one pass from left to right. Where that is not certain to give what
the full parse gives (something left open, a closer too many, triple braces), the answer is None
and the caller takes `NodeStripper` (pipeline/wiki/nodes.py).

`{|` opens and `|}` closes a table at the beginning of a line only: counting braces anywhere breaks
pages with a `|}` in a template's last line or a set in a formula.
"""

import re
from collections.abc import Callable, Container, Iterable

DROPPED = "\x04"  # stands where something was taken out; XML allows no such character

Render = Callable[[str, str], str | None]  # name and body of a template -> what it shows

# the content of these is no prose; all but math, chem and hiero are also no part of a sentence
FORMULAS = ("math", "chem", "ce", "hiero", "score")
OPAQUE = (
    *("ref", "references", "gallery", "pre", "syntaxhighlight", "source", "timeline", "imagemap"),
    *("graph", "mapframe", "maplink", "templatedata", "inputbox", "indicator", "categorytree"),
    *("includeonly", "templatestyles", "section", *FORMULAS),
)
_OPENING = rf"<(?P<tag>nowiki|{'|'.join(OPAQUE)})\b[^<>]*>"
_CLOSING = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("nowiki", "table", *OPAQUE)
}
_IN_TEMPLATE = re.compile(rf"\{{\{{+|\}}\}}|{_OPENING}", re.IGNORECASE)
_IN_TABLE = re.compile(rf"\{{\{{+|\{{\||\|\}}|{_OPENING}", re.IGNORECASE)
_IN_FILE = re.compile(rf"\{{\{{+|\[\[|\]\]|\[(?=\w*:?//)|{_OPENING}", re.IGNORECASE)
_IN_HTML_TABLE = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)
_PLAIN_FORMULA = re.compile(r"[A-Za-z0-9 .,:;()\[\]+=<>/*|!'-]{1,40}")
_OPEN_REF = re.compile(r"<ref\b[^<>]*(?<!/)>", re.IGNORECASE)
_NAME = re.compile(r"[^|{}\[\]<>]*")
_MARKUP_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "[]{}'<>|=*#:;_-\n"}
_INDENT = " \t:*#\x04"


class _UnbalancedError(Exception):
    """The page needs the full parse."""


def remove_comments(text: str) -> str:
    """Take out comments; one that fills lines goes with its line end, an open one to the end.

    `<1--` is a misprint that was seen for an opener; MediaWiki shows such a comment.
    """
    text = text.replace("<1--", "<!--")
    start = text.find("<!--")
    if start < 0:
        return text
    out, position = [], 0
    while start >= 0:
        close = text.find("-->", start + 4)
        end = len(text) if close < 0 else close + 3
        before, after = start, end
        while before > position and text[before - 1] in " \t":
            before -= 1
        while after < len(text) and text[after] in " \t":
            after += 1
        if text[before - 1 : before] == "\n" and text[after : after + 1] == "\n":
            start, end = before, after + 1
        out.append(text[position:start])
        position = end
        start = text.find("<!--", position)
    out.append(text[position:])
    return "".join(out)


def template_name(body: str) -> str:
    """Return the name of a template in the form in which they are looked up."""
    name = body.partition("|")[0].replace("_", " ").strip()
    return name[9:].strip().lower() if name[:9].lower() == "template:" else name.lower()


def escape_markup(text: str) -> str:
    """Return text whose signs are shown and do nothing, as in <nowiki>."""
    return text.translate(_MARKUP_SIGNS)


class Stripper:
    """The scan for one wiki: its names for files, and the templates that are rendered."""

    def __init__(self, file_names: Iterable[str], rendered: Container[str], render: Render):
        self.rendered, self.render = rendered, render
        names = "|".join(sorted(re.escape(name).replace(r"\ ", "[ _]") for name in file_names))
        self._token = re.compile(
            rf"\{{\{{+|\}}\}}|\{{\||\[\[[ _]*(?P<file>{names})[ _]*:|{_OPENING}"
            rf"|<(?P<html>table)\b|</(?:{'|'.join(_CLOSING)})\s*>",
            re.IGNORECASE,
        )

    def strip(self, text: str) -> str | None:
        """Return what is left of a page whose comments were removed; None: take the full parse."""
        try:
            return self._strip(text)
        except _UnbalancedError:
            return None

    def _strip(self, text: str) -> str:
        out: list[str] = []
        around: list[list[str]] = []  # what surrounds each open template that will be rendered
        position = 0
        search = self._token.search
        match = search(text)
        while match:
            token, start, end = match[0], match.start(), match.end()
            out.append(text[position:start])
            if token == "{{":
                if template_name(_NAME.match(text, end)[0]) in self.rendered:  # type: ignore[index]  # matches
                    around.append(out)
                    out = []
                else:
                    end = skip_template(text, end)
                    out.append(DROPPED)
            elif token == "}}":
                if not around:
                    raise _UnbalancedError
                body = "".join(out)
                out = around.pop()
                rendered = self.render(template_name(body), body)
                out.append(DROPPED if rendered is None else rendered)
            elif token == "{|":
                if _begins_line(text, start):
                    end = _skip_table(text, end)
                else:
                    out.append(token)
            elif token[0] == "{":
                raise _UnbalancedError  # a parameter, or a template in a template's name
            elif match["file"]:
                end = _skip_file(text, end)
                out.append(DROPPED)
            elif match["html"]:
                end = _skip_html_table(text, start)
            elif match["tag"]:
                name = match["tag"].lower()
                end = _skip_tag(match, text)
                if name == "nowiki":
                    out.append(escape_markup(_inner(text, match.end(), end)))
                elif name in FORMULAS:
                    out.append(render_formula(_inner(text, match.end(), end)))
            position = end
            match = search(text, end)
        if around:
            raise _UnbalancedError
        out.append(text[position:])
        return "".join(out)


def skip_template(text: str, position: int) -> int:
    """Return the end of the template whose name begins at `position`."""
    depth = 1
    while match := _IN_TEMPLATE.search(text, position):
        position = match.end()
        if match[0] == "}}":
            depth -= 1
            if not depth:
                return position
        elif match[0] == "{{":
            depth += 1
        elif match[0][0] == "{":
            break
        else:
            position = _skip_tag(match, text)
    raise _UnbalancedError


def _skip_table(text: str, position: int) -> int:
    depth = 1
    while match := _IN_TABLE.search(text, position):
        token, position = match[0], match.end()
        if token == "{{":
            position = skip_template(text, position)
        elif token == "{|":
            depth += _begins_line(text, match.start())
        elif token == "|}":
            depth -= _begins_line(text, match.start())
            if not depth:
                return position
        elif token[0] == "{":
            break
        else:
            position = _skip_tag(match, text)
    raise _UnbalancedError


def _skip_file(text: str, position: int) -> int:
    depth = 1
    while match := _IN_FILE.search(text, position):
        token, position = match[0], match.end()
        if token == "]]":
            depth -= 1
            if not depth:
                return position
        elif token == "[[":
            depth += 1
        elif token == "[":
            # an address in brackets: its own bracket closes first in `[http://x y]]]`
            close = text.find("]", position)
            if close >= 0 and "\n" not in text[position:close]:
                position = close + 1
        elif token == "{{":
            position = skip_template(text, position)
        elif token[0] == "{":
            break
        else:
            position = _skip_tag(match, text)
    raise _UnbalancedError


def _skip_html_table(text: str, position: int) -> int:
    depth = 0
    while match := _IN_HTML_TABLE.search(text, position):
        position = match.end()
        depth += -1 if match[1] else 1
        if not depth:
            return position
    raise _UnbalancedError


def _skip_tag(match: re.Match[str], text: str) -> int:
    """Return the end of an element with opaque content."""
    if match[0].endswith("/>"):
        return match.end()
    name = match["tag"].lower()
    close = _CLOSING[name].search(text, match.end())
    if not close:
        raise _UnbalancedError
    if name == "ref" and _OPEN_REF.search(text, match.end(), close.start()):
        raise _UnbalancedError
    return close.end()


def _inner(text: str, start: int, end: int) -> str:
    return text[start : max(start, text.rfind("</", start, end))]


def render_formula(source: str) -> str:
    """Return a formula that reads the same without typesetting, as f(x) = 2 does; else a mark."""
    source = " ".join(source.split())
    return escape_markup(source) if _PLAIN_FORMULA.fullmatch(source) else DROPPED


def _begins_line(text: str, position: int) -> bool:
    return not text[text.rfind("\n", 0, position) + 1 : position].strip(_INDENT)
