"""Templates that carry words of the sentence they stand in, and what they show.

All others are taken out. `parse.templates` in params.yaml adds to the table, in the notation of
`PATTERNS`: $1 is the first positional argument, $name a named one, {a|b} the first alternative
whose arguments are all there; "" takes the template out.
"""

import re
from collections.abc import Callable, Mapping

from pipeline.wiki.dates import render_as_of, render_date, render_dates
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


PATTERNS = {
    "nowrap": "$1",
    "nobr": "$1",
    "nobreak": "$1",
    "nbsp": " ",
    "space": " ",
    "spaces": " ",
    "thinsp": " ",
    "ndash": "\u2013",
    "en dash": "\u2013",
    "mdash": "\u2014",
    "em dash": "\u2014",
    "snd": " \u2013 ",
    "spnd": " \u2013 ",
    "spaced ndash": " \u2013 ",
    "spaced en dash": " \u2013 ",
    "dash": " \u2013 ",
    "'": "'",
    "'s": "'s",
    "!": "|",
    "=": "=",
    "dot": " \u00b7 ",
    "middot": " \u00b7 ",
    "bull": " \u2022 ",
    "small": "$1",
    "smaller": "$1",
    "big": "$1",
    "larger": "$1",
    "resize": "{$2|$1}",
    "sub": "$1",
    "sup": "$1",
    "sc": "$1",
    "smallcaps": "$1",
    "em": "$1",
    "strong": "$1",
    "bold": "$1",
    "italic": "$1",
    "var": "$1",
    "mvar": "$1",
    "math": "$1",
    "abbr": "$1",
    "tooltip": "$1",
    "hover title": "{$2|$1}",
    "definition": "$1",
    "linktext": "$1",
    "visible anchor": "$1",
    "vanchor": "$1",
    "not a typo": "$1",
    "not typo": "$1",
    "typo": "$1",
    "sic": "$1$2",
    "as written": "$1",
    "proper name": "$1",
    "noitalic": "$1",
    "noitalics": "$1",
    "unbulleted": "$1",
    "script": "$2",
    "unicode": "$1",
    "okina": "\u02bb",
    "lang-rtl": "$2",
    "rtl-lang": "$2",
    "script/arabic": "$1",
    "script/hebrew": "$1",
    "hebrew": "$1",
    "grc": "$1",
    "polytonic": "$1",
    "iast": "$1",
    "zh": "{$c|$t|$s|$1}",
    "korean": "{$hangul|$1}",
    "nihongo2": "$1",
    "nihongo3": "{$1 ($2, $3)|$1 ($2)|$1}",
    "c.": "c. {$1\u2013$2|$1}",
    "circa": "c. {$1\u2013$2|$1}",
    "ca": "c. {$1\u2013$2|$1}",
    "floruit": "fl. $1",
    "fl.": "fl. $1",
    "reign": "r. {$1\u2013$2|$1}",
    "r.": "r. {$1\u2013$2|$1}",
    "n\u00e9e": "n\u00e9e $1",
    "nee": "n\u00e9e $1",
    "n\u00e9": "n\u00e9 $1",
    "isbn": "ISBN $1",
    "us$": "US${$1}",
    "us dollar": "US$ $1",
    "usd": "US$$1",
    "a$": "A$$1",
    "c$": "C$$1",
    "gbp": "\u00a3$1",
    "pound sterling": "\u00a3$1",
    "euro": "\u20ac$1",
    "eur": "\u20ac$1",
    "inr": "\u20b9$1",
    "indian rupee": "\u20b9$1",
    "yen": "\u00a5$1",
    "jpy": "\u00a5$1",
    "number": "$1",
    "formatnum": "$1",
    "nts": "$1",
    "music": "",
    "quote": "$1",
    "blockquote": "$1",
    "cquote": "$1",
    "quotation": "$1",
    "bquote": "$1",
    "quote box": "",
}

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
            return arguments.get("1", "")
        return None
