"""Titles, namespaces and link targets of one wiki.

A title is written as in all artefacts: spaces instead of underscores, the first letter upper-case,
no #fragment, entities and %XX decoded.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.wiki.languages import CANONICAL_NAMESPACES, INTERWIKI, LANGUAGES, REDIRECT_WORDS

FILE, CATEGORY = 6, 14

ARTICLE = 0  # a link to an article: the text is shown and has a target
SHOWN = 1  # to another namespace or wiki, to a section, or malformed: only the text is shown
HIDDEN = 2  # a file, a category or the same page in another language: nothing is shown

_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_SPACES = re.compile(r"[\s_\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# left-to-right marks and the like, which MediaWiki drops from titles
_INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e\u00ad\u200b\ufeff]")
_IMPOSSIBLE = re.compile(r"[\[\]{}|<>\x00-\x1f\x7f\ufffd]")
_REDIRECT = re.compile(
    rf"\s*#\s*(?:{'|'.join(REDIRECT_WORDS)})\s*:?\s*\[\[([^\[\]|{{}}\n]+)(?:\|[^\[\]]*)?\]\]",
    re.IGNORECASE,
)
# Nearly nine of ten link targets: nothing to decode, no namespace, no section; only the first
# letter may be small.
is_plain = re.compile(r"[A-Za-z0-9'(),.!-]+(?: [A-Za-z0-9'(),.!-]+)*").fullmatch
_PARENTHESES = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")
# letters that after ]] belong to the link: small ones of the Latin and Cyrillic wikis
TRAIL = "a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u045f"


def normalize_title(raw: str) -> str:
    """Return a link target or page name in the form of all artefacts; "" if nothing is left."""
    if "&" in raw:
        raw = html.unescape(raw)
    if "%" in raw and _PERCENT.search(raw):
        raw = unquote(raw)
    title = raw.partition("#")[0]
    if not title.isascii():
        title = unicodedata.normalize("NFC", _INVISIBLE.sub("", title))
    title = _SPACES.sub(" ", title).strip()
    return _upper_first(title)


def _upper_first(title: str) -> str:
    first = title[:1].upper()
    # "\u00df".upper() is two letters; MediaWiki leaves such a letter as it is
    return first + title[1:] if len(first) == 1 else title


def shorten_title(raw: str) -> str:
    """Return what the pipe trick shows for `[[raw|]]`: without namespace, brackets and comma."""
    shown = raw.strip().lstrip(":")
    head, colon, rest = shown.partition(":")
    if colon and rest and not head.endswith(" "):
        shown = rest
    without = _PARENTHESES.sub("", shown)
    if without != shown:
        return without
    return re.sub(r",\s.*$", "", shown) or shown


def read_redirect(wikitext: str) -> str | None:
    """Return the raw target if the page's text is a redirect, else None."""
    match = _REDIRECT.match(wikitext[:1_000].lstrip("\ufeff"))
    return match.group(1) if match else None


@dataclass(frozen=True, slots=True)
class Site:
    """What the head of a dump says about its wiki, completed by what all wikis share.

    Attributes:
        namespaces: Number of each namespace by its lower-case name.
    """

    namespaces: dict[str, int]

    @classmethod
    def from_names(cls, names: dict[str, int]) -> "Site":
        """Return the site whose dump declares the namespaces `names`."""
        declared = {name.lower().replace("_", " "): number for name, number in names.items()}
        return cls({**CANONICAL_NAMESPACES, **declared})

    def namespace_of(self, title: str) -> int:
        """Return the namespace of a page by the prefix of its title."""
        prefix, colon, _ = title.partition(":")
        if not colon:
            return 0
        return self.namespaces.get(prefix.replace("_", " ").strip().lower(), 0)

    def resolve(self, target: str) -> tuple[int, str]:
        """Say what a link does: (ARTICLE, title), (SHOWN, "") or (HIDDEN, "")."""
        if is_plain(target):
            return ARTICLE, target[0].upper() + target[1:]
        title = normalize_title(target)
        forced = title.startswith(":")
        title = _upper_first(title.lstrip(": "))
        if not title or _IMPOSSIBLE.search(title):
            return SHOWN, ""
        prefix, colon, rest = title.partition(":")
        if colon:
            name = prefix.strip().lower()
            number = self.namespaces.get(name)
            if number == 0:
                return ARTICLE, _upper_first(rest.strip())
            if number in (FILE, CATEGORY):
                return (SHOWN if forced else HIDDEN), ""
            if number is not None or name in INTERWIKI:
                return SHOWN, ""
            if name in LANGUAGES:
                return (SHOWN if forced else HIDDEN), ""
        return ARTICLE, title
