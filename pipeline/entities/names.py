"""Names in text: where they begin and end, and the shorter forms that a text goes on with."""

import re

_LEADING = re.compile(r"[\s\"'“”‘’«»(\[]+|(?:the|a|an)(?:\s+|$)")
_TRAILING = re.compile(r"(?:['’]s|['’]|[\s\"“”‘’«»)\],;:])+$")
_ARTICLE = re.compile(r"(?:The|A|An)\s+")
_PARENTHESES = re.compile(r"\s+\([^()]*\)$")
_CAPITALS = re.compile(r"[A-Z](?:\.?[A-Z]){1,5}\.?")
_PARTICLES = frozenset(
    ("de", "da", "di", "du", "del", "der", "den", "des", "la", "le", "van", "von")
)
MIN_SURNAME = 3  # characters: shorter last words are "Jr", "II"


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the name in a span, as `find_core` finds it; it may be empty."""
    first, last = find_core(text[start:end])
    return start + first, start + last


def find_core(surface: str) -> tuple[int, int]:
    """Return where in a surface the name begins and ends, perhaps at the same place.

    Quotes, brackets, a small "the" in front and "'s" behind are no part of it, nor is what stands
    behind a bracket that is not closed.
    """
    start, end = 0, len(surface)
    # nine of ten names: no pattern begins with a capital or ends with a letter or digit but "s"
    if (
        surface[:1].isupper()
        and surface[-1].isalnum()
        and surface[-1] != "s"
        and "(" not in surface
    ):
        return start, end
    if "(" in surface and ")" not in surface:
        end = surface.index("(")
    if tail := _TRAILING.search(surface, 0, end):
        end = tail.start()
    while start < end and (lead := _LEADING.match(surface, start, end)):
        start = lead.end()
    return start, end


def skip_article(surface: str) -> str:
    """Return the surface without a capital "The": of "The Beatles" the text may make either."""
    if not surface.startswith(("T", "A")):
        return surface
    article = _ARTICLE.match(surface)
    return surface[article.end() :] if article else surface


def title_forms(title: str, label: str) -> list[str]:
    """Return the names that a page's title gives: without brackets, before the comma, the label.

    Titles begin with a capital letter. Where the item's label does not, the name is a common noun,
    and stands in the text as the label has it.
    """
    plain = _PARENTHESES.sub("", title)
    forms = [plain, label]
    if label[:1].islower():
        forms.append(plain[:1].lower() + plain[1:])
    head, comma, rest = plain.partition(", ")
    if comma and ", " not in rest:  # "Paris, Texas", "Davis, Jr.", but no list
        forms.append(head)
    return [form for form in dict.fromkeys(forms) if len(form) > 1]


def ends_of(name: str) -> list[str]:
    """Return what follows each blank of a name."""
    ends = []
    while name := name.partition(" ")[2]:
        ends.append(name)
    return ends


def surnames(name: str) -> list[str]:
    """Return the ends of a person's name that stand for it: "van Gogh" and "Gogh"."""
    words = name.split()
    ends = [" ".join(words[first:]) for first in range(1, len(words))]
    return [end for end in ends if len(end) >= MIN_SURNAME and starts_surname(end)]


def starts_surname(end: str) -> bool:
    """Say whether the end of a name begins as a surname does: "van Gogh", not "the Great"."""
    return end[0].isupper() or end.partition(" ")[0] in _PARTICLES


def is_acronym(surface: str) -> bool:
    """Say whether a name is made of capital letters: "NATO", "U.S."."""
    return surface.isupper() and _CAPITALS.fullmatch(surface) is not None


def acronyms(name: str) -> list[str]:
    """Return the acronyms of a name of several words, with small words and without."""
    words = re.findall(r"[^\W\d_]+", name)
    capitals = "".join(word[0] for word in words if word[0].isupper())
    every = "".join(word[0].upper() for word in words)
    return [letters for letters in dict.fromkeys((capitals, every)) if len(letters) > 1]


def find_words(text: str, name: str) -> list[int]:
    """Return where `name` stands in `text` as whole words."""
    found = []
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        inside = (at > 0 and text[at - 1].isalnum()) or (end < len(text) and text[end].isalnum())
        if not inside:
            found.append(at)
        at = text.find(name, end if not inside else at + 1)
    return found


def is_distinct(name: str) -> bool:
    """Say whether a name is worth looking for: "in" and "1945" stand everywhere."""
    return len(name) > 1 and not name.isdigit() and (len(name) > 3 or not name.islower())


def has_digit(name: str) -> bool:
    """Say whether a digit is part of a name."""
    return not name.isalpha() and any(map(str.isdigit, name))
