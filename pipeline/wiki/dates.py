"""What date templates show."""

from collections.abc import Mapping

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def render_date(arguments: Mapping[str, str]) -> str:
    """{{birth date|1912|6|23|df=y}}: 23 June 1912, or June 23, 1912 without `df`."""
    parts = [arguments.get(key, "") for key in ("1", "2", "3")]
    year, month, day = parts
    if not year.isdigit():
        return " ".join(part for part in parts[:1] if part)
    name = _month(month)
    if not name:
        return year
    if not day.isdigit():
        return f"{name} {year}"
    number = int(day)
    if arguments.get("df", "").lower() in ("y", "yes", "1", "true"):
        return f"{number} {name} {year}"
    return f"{name} {number}, {year}"


def render_dates(arguments: Mapping[str, str]) -> str:
    """{{OldStyleDate|23 June|1912|10 June}}: the date in both calendars."""
    new, year, old = (arguments.get(key, "") for key in ("1", "2", "3"))
    shown = f"{new} {year}".strip()
    return f"{shown} [O.S. {old}]".replace("[", "(").replace("]", ")") if old else shown


def render_as_of(arguments: Mapping[str, str]) -> str:
    """{{as of|2010|5}}: As of May 2010; `lc` makes it lower case, `alt` replaces it."""
    if alternative := arguments.get("alt"):
        return alternative
    year, month, day = (arguments.get(key, "") for key in ("1", "2", "3"))
    words = "since" if arguments.get("since") else "as of"
    if arguments.get("lc", "").lower() not in ("y", "yes", "on", "1", "true"):
        words = words[0].upper() + words[1:]
    date = " ".join(part for part in (day.lstrip("0"), _month(month), year) if part)
    return f"{words} {date}"


def _month(value: str) -> str:
    if value.isdigit():
        return MONTHS[int(value) - 1] if 1 <= int(value) <= 12 else ""
    for name in MONTHS:
        if len(value) >= 3 and name.lower().startswith(value.lower().rstrip(".")):
            return name
    return ""
