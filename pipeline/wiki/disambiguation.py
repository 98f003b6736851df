"""Pages that only list what a name may mean."""

import re

_TITLE = re.compile(
    r"\((?:disambiguation|Begriffskl\u00e4rung|homonymie|desambiguaci\u00f3n)\)$", re.I
)
# the templates that make a page a disambiguation page, by name
_TEMPLATE = re.compile(
    r"\{\{\s*(?:template:)?(?:"
    r"(?:[^{}|\n]*\W)?disambig(?:uation)?(?!\s+(?:needed|link|page\s+short))[^{}|\n)]*"
    r"|dab|disamb|disam|hndis|geodis|numberdis|mathdab|roaddis|schooldis|hospitaldis|shipindex"
    r"|begriffskl\u00e4rung|homonymie|desambiguaci\u00f3n|desambigua\u00e7\u00e3o|disambigua"
    r"|doorverwijspagina|strona\s+ujednoznaczniaj\u0105ca"
    r"|\u043d\u0435\u043e\u0434\u043d\u043e\u0437\u043d\u0430\u0447\u043d\u043e\u0441\u0442\u044c"
    r")\s*(?:\||\}\})",
    re.IGNORECASE,
)
# hatnotes point to such a page from an article
_HATNOTE = re.compile(r"\{\{\s*(?:other|for|about|redirect|see|two|confus|distinguish)", re.I)


def is_disambiguation(title: str, source: str) -> bool:
    """Say whether a page is a disambiguation page, by its title or one of its templates."""
    if _TITLE.search(title) or "__DISAMBIG__" in source:
        return True
    return any(not _HATNOTE.match(match[0]) for match in _TEMPLATE.finditer(source))
