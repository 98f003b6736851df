"""Templates that carry words of the sentence they stand in, and what they show.

All others are taken out. `parse.templates` in params.yaml adds to the table, in the notation of
patterns.py: $1 is the first positional argument, $name a named one, {a|b} the first alternative
whose arguments are all there; "" takes the template out.
"""

import re
from collections.abc import Callable, Mapping

from pipeline.wiki.dates import render_as_of, render_date, render_dates
from pipeline.wiki.patterns import PATTERNS
from pipeline.wiki.quantities import render_convert, render_fraction, render_value

Arguments = dict[str, str]  # positional ones under "1", "2", ...

_VARIABLE = re.compile(r"\$(\w+)")
_CHOICE = re.compile(r"\{([^{}]*)\}")


def split_arguments(body: str) -> Arguments:
    """Split a template's body at `|` outside of links; the name is left out."""
    arguments: Arguments = {}
    position, held = 0, ""
    for piece in body.split("|")[1:]:
        part = f"{held}|{piece}" if held else piece
        if part.count("[[") > part.count("]]"):
            held = part
            continue
        held = ""
        name, equals, value = part.partition("=")
        if equals and "[[" not in name:
            arguments[name.strip()] = value.strip()
        else:
            position += 1
            arguments[str(position)] = part.strip()
    if held:
        arguments[str(position + 1)] = held.strip()
    return arguments


def fill(pattern: str, arguments: Mapping[str, str]) -> str:
    """Replace the variables and choices of a pattern; a missing argument is empty."""

    def choose(match: re.Match[str]) -> str:
        for alternative in match[1].split("|"):
            names = _VARIABLE.findall(alternative)
            if all(arguments.get(name) for name in names):
                return alternative
        return ""

    chosen = _CHOICE.sub(choose, pattern)
    return _VARIABLE.sub(lambda match: arguments.get(match[1], ""), chosen)


def _last(arguments: Arguments) -> str:
    """The last positional argument: {{transl|ar|ALA|text}}, {{lang|fr|text}}."""
    numbers = [int(name) for name in arguments if name.isdigit()]
    return arguments[str(max(numbers))] if numbers else ""


def _nihongo(arguments: Arguments) -> str:
    """English first, then kanji and romaji in brackets."""
    inner = [arguments.get(key, "") for key in ("2", "3", "4")]
    shown = ", ".join(part for part in inner if part)
    english = arguments.get("1", "")
    return f"{english} ({shown})" if english and shown else english or shown


def _interlanguage(arguments: Arguments) -> str:
    """{{ill|Title|de|Titel|lt=label}}: a link to an article that may not exist yet."""
    title = arguments.get("1", "")
    label = arguments.get("lt") or arguments.get("display") or title
    return f"[[{title}|{label}]]" if title and "[" not in title else label


def _ship(arguments: Arguments) -> str:
    """{{ship|HMS|Victory||2}} links to the ship."""
    prefix, name, number = (arguments.get(key, "") for key in ("1", "2", "3"))
    shown = f"{prefix} ''{name}''".strip()
    title = f"{prefix} {name} ({number})" if number else f"{prefix} {name}"
    return f"[[{title.strip()}|{shown}]]" if name else ""


def _prefixed_ship(prefix: str) -> Callable[[Arguments], str]:
    return lambda arguments: _ship(
        {"1": prefix, "2": arguments.get("1", ""), "3": arguments.get("2", "")}
    )


def _flag(arguments: Arguments) -> str:
    """{{flag|France}}: the picture goes, the name stays a link."""
    name = arguments.get("name") or arguments.get("1", "")
    return f"[[{name}]]" if name and "[" not in name else name


def _joined(separator: str) -> Callable[[Arguments], str]:
    def render(arguments: Arguments) -> str:
        numbers = sorted(int(name) for name in arguments if name.isdigit())
        return separator.join(arguments[str(number)] for number in numbers)

    return render


def _marriage(arguments: Arguments) -> str:
    years = "\u2013".join(arguments[key] for key in ("2", "3") if arguments.get(key))
    return f"{arguments.get('1', '')} (m. {years})" if years else arguments.get("1", "")


FUNCTIONS: dict[str, Callable[[Arguments], str]] = {
    "convert": render_convert,
    "cvt": render_convert,
    "val": render_value,
    "frac": render_fraction,
    "sfrac": render_fraction,
    "fraction": render_fraction,
    "as of": render_as_of,
    "asof": render_as_of,
    "start date": render_date,
    "end date": render_date,
    "start date and age": render_date,
    "birth date": render_date,
    "birth date and age": render_date,
    "birth-date": render_date,
    "dob": render_date,
    "bda": render_date,
    "death date": render_date,
    "death date and age": render_date,
    "death-date": render_date,
    "film date": render_date,
    "date": render_date,
    "dts": render_date,
    "oldstyledate": render_dates,
    "old style date": render_dates,
    "lang": _last,
    "transl": _last,
    "transliteration": _last,
    "nihongo": _nihongo,
    "ill": _interlanguage,
    "interlanguage link": _interlanguage,
    "illm": _interlanguage,
    "link-interwiki": _interlanguage,
    "ship": _ship,
    "uss": _prefixed_ship("USS"),
    "hms": _prefixed_ship("HMS"),
    "ss": _prefixed_ship("SS"),
    "rms": _prefixed_ship("RMS"),
    "flag": _flag,
    "flagcountry": _flag,
    "flagu": _flag,
    "chem": _joined(""),
    "chem2": _joined(""),
    "hlist": _joined(", "),
    "marriage": _marriage,
}


class Templates:
    """The table in use: built-in templates and those of params.yaml, which come first."""

    def __init__(self, added: Mapping[str, str]) -> None:
        own = {name.replace("_", " ").strip().lower(): text for name, text in added.items()}
        self.patterns = {**PATTERNS, **own}
        self.functions = {name: f for name, f in FUNCTIONS.items() if name not in own}

    def __contains__(self, name: object) -> bool:
        return (
            name in self.patterns
            or name in self.functions
            or (isinstance(name, str) and name.startswith("lang-"))
        )

    def render(self, name: str, body: str) -> str | None:
        """Return the wikitext that the template `name` shows; None or "": nothing."""
        arguments = split_arguments(body)
        if pattern := self.patterns.get(name):
            return fill(pattern, arguments)
        if function := self.functions.get(name):
            return function(arguments)
        if name.startswith("lang-"):  # "French: ''mot''" on the page; the words are enough
            return fill(PATTERNS["zh" if name == "lang-zh" else "nowrap"], arguments)
        return None
