"""Wikidata's JSON dump: decode entities with a typed decoder that skips what is not needed.

One entity per line, wherever it comes from: dump files with or without brackets, trailing commas
and a last line, single entities, answers of the API (`{"entities": ...}`). Empty maps appear as
`[]`. Of an entity of 27 kB some 2 kB become Python objects: the names in one language, the sitelink
of one wiki and the values of statements.
"""

import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec

from pipeline.progress import Counts, add_counts

COMMA = ord(",")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
KINDS = {"item": 2**32 - 1, "property": 2**16 - 1}  # with the highest number that is stored
PREFIXES = {"Q": "item", "P": "property", "L": "lexeme"}


class Term(msgspec.Struct, gc=False):
    """A label or alias in one language."""

    value: str


class Sitelink(msgspec.Struct, gc=False):
    """An item's page in one wiki."""

    title: str


class Value(msgspec.Struct, gc=False, rename={"kind": "entity-type", "number": "numeric-id"}):
    """A value that is an object. Items of old dumps have no `id`; times and quantities neither."""

    kind: str | None = None
    id: str | None = None
    number: Annotated[int, msgspec.Meta(gt=0, le=2**32 - 1)] | None = None


class Data(msgspec.Struct, gc=False):
    """The envelope of a value."""

    value: Value | str | float | list[Any] | bool | None = None


class Snak(msgspec.Struct, gc=False):
    """A value, or "no value" or "unknown value": then without data."""

    datavalue: Data | list[Any] | None = None


class Statement(msgspec.Struct, gc=False):
    """A claim with its rank."""

    mainsnak: Snak
    rank: str = "normal"


class Entity(msgspec.Struct, gc=False):
    """What the index takes of an entity; `EntityDecoder` adds labels, aliases and sitelinks."""

    id: str | None = None
    type: str | None = None
    datatype: str = ""
    redirect: str | None = None
    missing: Any = msgspec.UNSET
    claims: dict[str, list[Statement]] | list[Any] | None = None


class BrokenLineError(Exception):
    """A line is not JSON."""


class EntityDecoder:
    """Decodes lines to entities with the names of one language and the sitelink of one wiki.

    Labels and aliases of the language "mul" are valid in all languages: they are read too, as
    `labels.mul` and `aliases.mul` beside `labels.own` and `aliases.own`. `line` is the number of
    lines seen.
    """

    def __init__(self, *, language: str, wiki: str) -> None:
        self.line = 0
        names = {"own": language, "mul": "mul" if language != "mul" else ""}

        def by_language(name: str, kind: Any) -> Any:
            fields = [("own", kind, None), ("mul", kind, None)]
            return msgspec.defstruct(name, fields, rename=names, gc=False)

        labels = by_language("Labels", Term | None)
        aliases = by_language("Aliases", list[Term] | None)
        sitelinks = msgspec.defstruct(
            "Sitelinks", [("own", Sitelink | None, None)], rename={"own": wiki}, gc=False
        )
        entity: Any = msgspec.defstruct(
            "DumpEntity",
            [
                ("labels", labels | list[Any] | None, None),
                ("aliases", aliases | list[Any] | None, None),
                ("sitelinks", sitelinks | list[Any] | None, None),
            ],
            bases=(Entity,),
            gc=False,
        )
        by_id = types.GenericAlias(dict, (str, entity))
        answer: Any = msgspec.defstruct("Answer", [("entities", by_id)])
        self._decode: Any = msgspec.json.Decoder(entity).decode
        self._decode_list: Any = msgspec.json.Decoder(types.GenericAlias(list, entity)).decode
        self._decode_answer: Any = msgspec.json.Decoder(answer).decode

    def decode_lines(self, text: bytes, counts: Counts) -> Iterator[tuple[bool, int, Any]]:
        """Yield (is it an item, the number of its id, the entity) for items and properties.

        Other JSON is counted under `skipped_`: `null`, `redirect`, `missing`, `lexeme`, `other`
        (media, schemas) and `malformed` (not the shape of an entity).

        Raises:
            BrokenLineError: A line is not JSON.
        """
        decode, view = self._decode, memoryview(text)
        start, size = 0, len(text)
        while start < size:
            self.line += 1
            end = text.find(b"\n", start)
            end = end if end >= 0 else size
            stop = end - 1 if text[end - 1] == COMMA else end
            try:
                entity = decode(view[start:stop])
            except (msgspec.DecodeError, UnicodeDecodeError):
                entity = None
            odd = entity is None or entity.id is None
            for found in self._decode_odd(text[start:end]) if odd else (entity,):
                kind, number = _classify(found)
                if kind in KINDS:
                    yield kind == "item", number, found
                else:
                    add_counts(counts, {f"skipped_{kind}": 1})
            start = end + 1

    def _decode_odd(self, line: bytes) -> Sequence[Any]:
        """Decode a line that is not one entity with perhaps a comma behind it."""
        body = line.strip(b" \t\r,").removeprefix(BYTE_ORDER_MARK)
        if body.startswith(b"[") != body.endswith(b"]"):  # a bracket around the whole file
            body = body.removeprefix(b"[").removesuffix(b"]").strip(b" \t\r,")
        if not body:
            return ()
        if body == b"null":
            return (None,)
        try:
            if body.startswith(b"["):
                return list(self._decode_list(body))
            entity = self._decode(body)
            if entity.id is None and b'"entities"' in body:
                return list(self._decode_answer(body).entities.values())
            return (entity,)
        except msgspec.ValidationError:
            return (Entity(),)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BrokenLineError(str(error)) from None


def _classify(entity: Any) -> tuple[str, int]:
    """Return the kind of an entity and, of items and properties, the number of the id."""
    if entity is None:
        return "null", 0
    if entity.redirect is not None:
        return "redirect", 0
    if entity.missing is not msgspec.UNSET:
        return "missing", 0
    name = entity.id or ""
    kind = entity.type or PREFIXES.get(name[:1], "malformed")
    if kind not in KINDS:
        return kind if kind in ("lexeme", "malformed") else "other", 0
    digits = name[1:]
    number = int(digits) if digits.isascii() and digits.isdigit() else 0
    fits = 0 < number <= KINDS[kind] and PREFIXES.get(name[0]) == kind
    return (kind, number) if fits else ("malformed", 0)
