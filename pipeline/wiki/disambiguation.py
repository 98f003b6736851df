"""Pages that only list what a name may mean."""

import re

_TITLE = re.compile(
    r"\((?:disambiguation|Begriffskl\u00e4rung|homonymie|desambiguaci\u00f3n)\)$", re.IGNORECASE
)
# the templates that make a page a disambiguation page; only their first letter may vary in case,
# which keeps the search at 2 GB/s
_NAMES = (
    r"[Dd](?:ab|isamb|isam)|[Hh]ndis|[Gg]eodis|[Nn]umberdis|[Mm]athdab|[Rr]oaddis|[Ss]chooldis"
    r"|[Hh]ospitaldis|[Ss]hipindex|[Bb]egriffskl\u00e4rung|[Hh]omonymie|[Dd]esambiguaci\u00f3n"
    r"|[Dd]esambigua\u00e7\u00e3o|[Dd]isambigua|[Dd]oorverwijspagina"
    r"|[Ss]trona ujednoznaczniaj\u0105ca|[\u041d\u043d]\u0435\u043e\u0434\u043d\u043e\u0437"
    r"\u043d\u0430\u0447\u043d\u043e\u0441\u0442\u044c"
)
_TEMPLATE = re.compile(rf"\{{\{{\s*(?:{_NAMES})\s*(?:\||\}}\}})")
# any other template with the word in its name, but for inline notes
_DISAMBIGUATION = re.compile(
    r"\{\{[^{}|\n]*\bdisambig(?:uation)?\b(?!\s+(?:needed|link|page))[^{}|\n)]*(?:\||\}\})",
    re.IGNORECASE,
)
# hatnotes point to such a page from an article
_HATNOTE = re.compile(
    r"\{\{\s*(?:other|for|about|redirect|see|two|confus|distinguish)", re.IGNORECASE
)


_BEGINNING, _END = 2_000, 8_000  # characters in which the template stands


def is_disambiguation(title: str, source: str) -> bool:
    """Say whether a page is a disambiguation page, by its title or one of its templates."""
    if len(source) > _BEGINNING + _END:
        source = f"{source[:_BEGINNING]}\n{source[-_END:]}"
    if _TITLE.search(title) or "__DISAMBIG__" in source or _TEMPLATE.search(source):
        return True
    return "isambig" in source.lower() and any(
        not _HATNOTE.match(match[0]) for match in _DISAMBIGUATION.finditer(source)
    )
