"""What templates of numbers and units show.

{{convert}} shows the value as it was given and its unit; the converted value in brackets is left
out, because it repeats the same fact and would need a table of all units.
"""

import re
from collections.abc import Mapping

_NUMBER = re.compile(r"[-\u2212+]?[\d,. ]*\d(?:\s*[/\u2044]\s*\d+)?(?:e[-+]?\d+)?$", re.IGNORECASE)

# between two numbers of a range
_BETWEEN = {
    "-": "\u2013",
    "\u2013": "\u2013",
    "to": " to ",
    "and": " and ",
    "&": " and ",
    "or": " or ",
    "by": " by ",
    "x": " by ",
    "\u00d7": " by ",
    "xx": " by ",
    "+/-": " \u00b1 ",
    "\u00b1": " \u00b1 ",
    "to about": " to about ",
    "and(-)": " and ",
    "to(-)": " to ",
}

_UNITS = {
    "km": ("kilometre", "kilometres"),
    "m": ("metre", "metres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "foot": ("foot", "feet"),
    "in": ("inch", "inches"),
    "yd": ("yard", "yards"),
    "nmi": ("nautical mile", "nautical miles"),
    "km2": ("square kilometre", "square kilometres"),
    "m2": ("square metre", "square metres"),
    "sqkm": ("square kilometre", "square kilometres"),
    "sqm": ("square metre", "square metres"),
    "sqmi": ("square mile", "square miles"),
    "mi2": ("square mile", "square miles"),
    "sqft": ("square foot", "square feet"),
    "ft2": ("square foot", "square feet"),
    "acre": ("acre", "acres"),
    "ha": ("hectare", "hectares"),
    "m3": ("cubic metre", "cubic metres"),
    "km3": ("cubic kilometre", "cubic kilometres"),
    "cuft": ("cubic foot", "cubic feet"),
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "t": ("tonne", "tonnes"),
    "lb": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "st": ("stone", "stone"),
    "l": ("litre", "litres"),
    "km/h": ("kilometre per hour", "kilometres per hour"),
    "mph": ("mile per hour", "miles per hour"),
    "kn": ("knot", "knots"),
    "hp": ("horsepower", "horsepower"),
    "kw": ("kilowatt", "kilowatts"),
    "mw": ("megawatt", "megawatts"),
    "ly": ("light-year", "light-years"),
    "c": ("\u00b0C", "\u00b0C"),
    "f": ("\u00b0F", "\u00b0F"),
    "k": ("K", "K"),
}


def render_convert(arguments: Mapping[str, str]) -> str:
    """{{convert|5|to|10|km|mi}}: 5 to 10 kilometres."""
    values = [arguments[key] for key in sorted((k for k in arguments if k.isdigit()), key=int)]
    shown, position, last = "", 0, ""
    while position < len(values) and _NUMBER.match(values[position]):
        last = values[position]
        shown += last
        position += 1
        if position < len(values) and (words := _BETWEEN.get(values[position])):
            shown += words
            position += 1
    if not last:
        return " ".join(values[:2])
    unit = values[position] if position < len(values) else ""
    shown = f"{shown.rstrip()} {_unit(unit, last, arguments)}".strip()
    rest = values[position + 1 :]
    if len(rest) >= 2 and _NUMBER.match(rest[0]) and rest[1].lower() in _UNITS:
        shown += f" {rest[0]} {_unit(rest[1], rest[0], arguments)}"  # 5 ft 10 in
    return shown


def _unit(name: str, value: str, arguments: Mapping[str, str]) -> str:
    singular, plural = _UNITS.get(name.lower(), (name, name))
    if arguments.get("abbr") in ("on", "in", "values"):
        return name.replace("2", "\u00b2").replace("3", "\u00b3")
    unit = singular if value in ("1", "-1") or arguments.get("adj") in ("on", "mid") else plural
    if arguments.get("sp") in ("us", "en-us"):
        unit = unit.replace("metre", "meter").replace("litre", "liter")
    return unit


def render_value(arguments: Mapping[str, str]) -> str:
    """{{val|1.5|0.1|e=3|u=km}}: the number, its uncertainty, power of ten and unit."""
    shown = arguments.get("1", "")
    if error := arguments.get("2", ""):
        shown += f" \u00b1 {error}"
    if power := arguments.get("e", ""):
        shown += f"\u00d710^{power}"
    unit = arguments.get("u") or arguments.get("ul") or ""
    return f"{arguments.get('p', '')}{shown} {unit}".strip()


def render_fraction(arguments: Mapping[str, str]) -> str:
    """{{frac|2|1|3}}: 2 1/3; {{frac|1|3}}: 1/3; {{frac|3}}: 1/3."""
    parts = [arguments[key] for key in ("1", "2", "3") if arguments.get(key)]
    if len(parts) == 3:
        return f"{parts[0]} {parts[1]}/{parts[2]}"
    return "/".join(parts) if len(parts) == 2 else f"1/{parts[0]}" if parts else ""
