"""Statements of Wikidata's JSON, in the shape that is fast to read and in all that occur.

A `Statement` has the same attributes whatever its value is, so that one pass in C, without a
question asked, collects them: `statement.mainsnak.datavalue.value.item` is the number of the item
that it names, 0 where it names none. To mypy a field must not take the place of a class attribute;
to msgspec it may, and a class attribute costs no decoding: hence the ignored checks below.
"""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

RANKS = {"deprecated": 0, "normal": 1, "preferred": 2}

ItemNumber = Annotated[int, msgspec.Meta(gt=0, lt=2**32)]
PropertyNumber = Annotated[int, msgspec.Meta(gt=0, lt=2**16)]


class EntityValue(msgspec.Struct, frozen=True, gc=False, tag_field="entity-type", tag="lexeme"):
    """An entity as value, of a kind that the index leaves out."""

    item: ClassVar[int] = 0
    property: ClassVar[int] = 0


class ItemValue(EntityValue, frozen=True, gc=False, tag="item", rename={"item": "numeric-id"}):
    """An item as value."""

    item: ItemNumber  # type: ignore[misc]  # in the place of a class attribute


class PropertyValue(
    EntityValue, frozen=True, gc=False, tag="property", rename={"property": "numeric-id"}
):
    """A property as value."""

    property: PropertyNumber  # type: ignore[misc]  # in the place of a class attribute


class StringData(msgspec.Struct, frozen=True, gc=False, tag="string"):
    """A value that is no entity: its text is skipped."""

    value: ClassVar[EntityValue] = EntityValue()


class TimeData(StringData, frozen=True, gc=False, tag="time"):
    """A date."""


class QuantityData(StringData, frozen=True, gc=False, tag="quantity"):
    """A number with a unit."""


class CoordinateData(StringData, frozen=True, gc=False, tag="globecoordinate"):
    """A place on a globe."""


class TextValue(msgspec.Struct, frozen=True, gc=False):
    """A text with its language, as value: "Finnish" in "en"."""

    item: ClassVar[int] = 0
    property: ClassVar[int] = 0
    text: str
    language: str


class TextData(StringData, frozen=True, gc=False, tag="monolingualtext"):
    """A text with its language."""

    value: TextValue  # type: ignore[misc,assignment]  # the same, and of another type


class EntityData(msgspec.Struct, frozen=True, gc=False, tag="wikibase-entityid"):
    """A value that is an entity."""

    value: ItemValue | PropertyValue | EntityValue


class Snak(msgspec.Struct, frozen=True, gc=False):
    """A value; "no value" and "unknown value" are as good as a text."""

    datavalue: EntityData | StringData | TimeData | QuantityData | CoordinateData | TextData = (
        StringData()
    )


class Statement(msgspec.Struct, frozen=True, gc=False):
    """A claim with its rank."""

    mainsnak: Snak
    rank: Literal["deprecated", "normal", "preferred"]


class LooseValue(msgspec.Struct, gc=False, rename={"kind": "entity-type", "number": "numeric-id"}):
    """A value that is an object of any kind."""

    kind: str | None = None
    id: str | None = None
    number: ItemNumber | None = None
    text: str | None = None
    language: str | None = None


class LooseData(msgspec.Struct, gc=False):
    """A value of any kind."""

    value: LooseValue | str | float | list[Any] | bool | None = None


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
    value = data.value if isinstance(data, LooseData) else None
    known: EntityData | TextData | None = None
    if isinstance(value, LooseValue):
        prefix, number = _read_id(value)
        if prefix == "Q" and 0 < number < 2**32:
            known = EntityData(ItemValue(number))
        elif prefix == "P" and 0 < number < 2**16:
            known = EntityData(PropertyValue(number))
        elif value.text is not None and value.language is not None:
            known = TextData(TextValue(value.text, value.language))
    snak = Snak(known) if known else Snak()
    rank: Any = statement.rank if statement.rank in RANKS else "deprecated"
    return Statement(snak, rank)


def _read_id(value: LooseValue) -> tuple[str, int]:
    """Return prefix and number: dumps of 2014 have no `id`, the documentation promises only it."""
    prefixes = {"item": "Q", "property": "P", None: (value.id or "?")[0]}
    prefix = prefixes.get(value.kind, "?")
    digits = (value.id or "")[1:]
    if value.number is not None and value.kind is not None:
        return prefix, value.number
    fits = (value.id or "?")[0] == prefix and digits.isascii() and digits.isdigit()
    return prefix, int(digits) if fits else 0
