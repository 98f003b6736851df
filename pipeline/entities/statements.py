"""Statements of Wikidata's JSON, in the usual shape and in all that occur.

There is one `Value` for all kinds of objects, without a tag, which would stand behind what it
describes. What `Value` refuses is looked into by `tighten`.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

KINDS = {"item": ("Q", 2**32 - 1), "property": ("P", 2**16 - 1)}  # the highest that is stored
MOST_DIGITS = 20  # of ids; Python reads 4,300 at most
RANKS = {"deprecated": 0, "normal": 1, "preferred": 2}


class Value(
    msgspec.Struct,
    frozen=True,
    gc=False,
    rename={"kind": "entity-type", "number": "numeric-id"},
):
    """A value that is an object: an entity, a text with its language, a date, a quantity."""

    kind: str | None = None
    number: Annotated[int, msgspec.Meta(gt=0, lt=2**32)] = 0
    id: str | None = None
    text: str | None = None
    language: str | None = None


class Data(msgspec.Struct, frozen=True, gc=False):
    """What a statement says, if it is a value."""

    value: Value | str = ""


class Snak(msgspec.Struct, frozen=True, gc=False):
    """A value; "no value" and "unknown value" are as good as an empty text."""

    datavalue: Data = Data()


class Statement(msgspec.Struct, frozen=True, gc=False):
    """A claim with its rank."""

    mainsnak: Snak
    rank: Literal["deprecated", "normal", "preferred"]


class LooseData(msgspec.Struct, gc=False):
    """A value of any kind, not looked into yet."""

    value: msgspec.Raw = msgspec.Raw()


class LooseSnak(msgspec.Struct, gc=False):
    """A value of any kind, or none."""

    datavalue: LooseData | list[Any] | None = None


class LooseStatement(msgspec.Struct, gc=False):
    """A claim as it may be in old dumps and in what other tools write."""

    mainsnak: LooseSnak
    rank: str = "normal"


def tighten(statement: LooseStatement) -> Statement:
    """Return the claim in the usual shape; ranks that are unknown count as deprecated."""
    data = statement.mainsnak.datavalue
    value = _read_value(data.value) if isinstance(data, LooseData) else ""
    rank: Any = statement.rank if statement.rank in RANKS else "deprecated"
    return Statement(Snak(Data(value)), rank)


def _read_value(data: msgspec.Raw) -> Value | str:
    """Return what is usable of a value, an empty text if it is no object, or not JSON."""
    try:
        fields = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    if not isinstance(fields, dict):
        return ""
    number = fields.get("numeric-id")
    texts = [fields.get(name) for name in ("entity-type", "id", "text", "language")]
    kind, name, text, language = [text if isinstance(text, str) else None for text in texts]
    return Value(
        kind=kind,
        number=number if type(number) is int and 0 < number < 2**32 else 0,
        id=name,
        text=text,
        language=language,
    )


def read_items(values: Iterable[Value | str]) -> list[int]:
    """Return the numbers of the items that values are, 0 for all others."""
    return [read_number(value, "item") for value in values]


def read_number(value: Value | str, kind: str) -> int:
    """Return the number of the item or property that a value is, 0 if it is none.

    Dumps of 2014 have no `id`, and the documentation of Wikibase promises only it.
    """
    if isinstance(value, str) or value.kind not in (None, kind):
        return 0
    if value.kind is None or not value.number:
        return read_id(value.id, kind)
    return value.number if value.number <= KINDS[kind][1] else 0


def read_id(name: str | None, kind: str) -> int:
    """Return the number of the id of an item or property, 0 if it is none."""
    prefix, most = KINDS[kind]
    if not name or name[0] != prefix or not name.isascii() or not (digits := name[1:]).isdigit():
        return 0
    if len(digits) > MOST_DIGITS:
        return 0
    number = int(digits)
    return number if number <= most else 0
