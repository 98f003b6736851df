"""Wikidata's JSON dump: decode entities with a typed decoder that skips what is not needed.

One entity per line, wherever it comes from: dump files with or without brackets, trailing commas
and a last line, single entities, answers of the API (`{"entities": ...}`). Empty maps appear as
`[]`. Of an entity of 27 kB some 2 kB become Python objects: the names in one language, the sitelink
of one wiki and the values of statements.
"""

import types
from collections.abc import Sequence
from typing import Any

import msgspec

from pipeline.entities.statements import LooseStatement, Statement, tighten
from pipeline.progress import Counts, add_counts

COMMA = ord(",")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
KINDS = {"item": ("Q", 2**32 - 1), "property": ("P", 2**16 - 1)}  # the highest that is stored
Numbered = list[tuple[int, Any]]  # numbers of ids with their entities
PREFIXES = {"Q": "item", "P": "property", "L": "lexeme"}


class Term(msgspec.Struct, gc=False):
    """A label or alias in one language."""

    value: str


class Sitelink(msgspec.Struct, gc=False):
    """An item's page in one wiki."""

    title: str


class Entity(msgspec.Struct, gc=False):
    """What the index takes of an entity; the maps are added by `EntityDecoder`."""

    id: str | None = None
    type: str | None = None
    datatype: str = ""
    redirect: str | None = None
    missing: Any = msgspec.UNSET


class BrokenLineError(Exception):
    """A line is not JSON."""


class EntityDecoder:
    """Decodes lines to entities with the names of one language and the sitelink of one wiki.

    Labels and aliases of the language "mul" are valid in all languages: they are read too, as
    `labels.mul` and `aliases.mul` beside `labels.own` and `aliases.own`. `line` is the number of
    lines seen.

    Almost all entities have the same shape, which one decoder reads fast; what it refuses, a
    second one reads that knows the shapes of old dumps too.
    """

    def __init__(self, *, language: str, wiki: str) -> None:
        self.line = 0
        entity = _make_entity(language, wiki, Statement)
        loose = _make_entity(language, wiki, LooseStatement)
        by_id = types.GenericAlias(dict, (str, loose))
        answer: Any = msgspec.defstruct("Answer", [("entities", by_id)])
        self._decode: Any = msgspec.json.Decoder(entity).decode
        self._decode_loose: Any = msgspec.json.Decoder(loose).decode
        self._decode_list: Any = msgspec.json.Decoder(types.GenericAlias(list, loose)).decode
        self._decode_answer: Any = msgspec.json.Decoder(answer).decode

    def decode_lines(self, text: bytes, counts: Counts) -> tuple[Numbered, Numbered]:
        """Return the items and the properties of whole lines, each with the number of its id.

        Other JSON is counted under `skipped_`: `null`, `redirect`, `missing`, `lexeme`, `other`
        (media, schemas) and `malformed` (not the shape of an entity).

        Raises:
            BrokenLineError: A line is not JSON.
        """
        decode, view = self._decode, memoryview(text)
        items: Numbered = []
        properties: Numbered = []
        start, size, line = 0, len(text), self.line
        while start < size:
            line += 1
            end = text.find(b"\n", start)
            end = end if end >= 0 else size
            stop = end - 1 if text[end - 1] == COMMA else end
            try:
                entity = decode(view[start:stop])
            except (msgspec.DecodeError, UnicodeDecodeError):
                entity = None
            number = read_id(entity.id, "item") if entity and entity.type == "item" else 0
            if number:
                items.append((number, entity))
            else:
                self.line = line
                for entity in self._decode_odd(text[start:end]):
                    kind, number = _classify(entity)
                    if number:
                        (items if kind == "item" else properties).append((number, entity))
                    else:
                        add_counts(counts, {f"skipped_{kind}": 1})
            start = end + 1
        self.line = line
        return items, properties

    def _decode_odd(self, line: bytes) -> Sequence[Any]:
        """Decode a line that is not one item of the usual shape with perhaps a comma behind."""
        body = line.strip(b" \t\r,").removeprefix(BYTE_ORDER_MARK)
        if body.startswith(b"[") != body.endswith(b"]"):  # a bracket around the whole file
            body = body.removeprefix(b"[").removesuffix(b"]").strip(b" \t\r,")
        if not body:
            return ()
        if body == b"null":
            return (None,)
        try:
            if body.startswith(b"["):
                entities = self._decode_list(body)
            else:
                entities = [self._decode_loose(body)]
                if entities[0].id is None and b'"entities"' in body:
                    entities = self._decode_answer(body).entities.values()
        except msgspec.ValidationError:
            return (Entity(),)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BrokenLineError(str(error)) from None
        for entity in entities:
            if isinstance(entity.claims, dict):
                entity.claims = {
                    name: [tighten(statement) for statement in statements]
                    for name, statements in entity.claims.items()
                }
        return list(entities)


def _make_entity(language: str, wiki: str, statement: Any) -> Any:
    """Return an `Entity` with the maps by language and wiki, and statements of a type."""
    names = {"own": language, "mul": "mul" if language != "mul" else ""}

    def by_language(name: str, kind: Any) -> Any:
        fields = [("own", kind, None), ("mul", kind, None)]
        return msgspec.defstruct(name, fields, rename=names, gc=False)

    sitelinks = msgspec.defstruct(
        "Sitelinks", [("own", Sitelink | None, None)], rename={"own": wiki}, gc=False
    )
    claims = types.GenericAlias(dict, (str, types.GenericAlias(list, statement)))
    return msgspec.defstruct(
        "DumpEntity",
        [
            ("labels", by_language("Labels", Term | None) | list[Any] | None, None),
            ("aliases", by_language("Aliases", list[Term] | None) | list[Any] | None, None),
            ("sitelinks", sitelinks | list[Any] | None, None),
            ("claims", claims | list[Any] | None, None),
        ],
        bases=(Entity,),
        gc=False,
    )


def _classify(entity: Any) -> tuple[str, int]:
    """Return an entity's kind and, of items and properties, the number of the id, else 0."""
    if entity is None:
        return "null", 0
    if entity.redirect is not None:
        return "redirect", 0
    if entity.missing is not msgspec.UNSET:
        return "missing", 0
    kind = entity.type or PREFIXES.get((entity.id or "")[:1], "malformed")
    if kind not in KINDS:
        return kind if kind in ("lexeme", "malformed") else "other", 0
    number = read_id(entity.id, kind)
    return (kind, number) if number else ("malformed", 0)


def read_id(name: str | None, kind: str) -> int:
    """Return the number of the id of an item or property, 0 if it is none."""
    prefix, most = KINDS[kind]
    if not name or name[0] != prefix or not name[1:].isdecimal():
        return 0
    number = int(name[1:])
    return number if number <= most else 0
