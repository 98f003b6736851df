"""Wikidata's JSON dump: decode entities with a typed decoder that skips what is not needed.

One entity per line, wherever it comes from: dump files with or without brackets, trailing commas
and a last line, single entities, answers of the API (`{"entities": ...}`). Empty maps appear as
`[]`. Of dump files only what `ItemScanner` refuses comes here: properties and unusual lines.
"""

import types
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from pipeline.entities.statements import KINDS, LooseStatement, Statement, read_id, tighten
from pipeline.progress import Counts, add_counts

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Numbered = list[tuple[int, Any]]  # numbers of ids with their entities
REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
MAPS = ("labels", "aliases", "sitelinks", "claims")
NoMap = Annotated[list[Any], msgspec.Meta(max_length=0)]  # `[]`, an empty map
PREFIXES = {"Q": "item", "P": "property", "L": "lexeme"}


class Term(msgspec.Struct, gc=False):
    """A label or alias in one language."""

    value: str


class Sitelink(msgspec.Struct, gc=False):
    """An item's page in one wiki."""

    title: str


class Entity(msgspec.Struct, gc=False, kw_only=True):
    """What the index takes of an item or a property; `_make_entity` adds the maps."""

    id: str
    type: Literal["item", "property"]
    datatype: str = ""
    redirect: None = None
    missing: None = None


class LooseEntity(msgspec.Struct, gc=False, kw_only=True):
    """What it takes of any JSON object, be it an entity or not."""

    id: str | None = None
    type: str | None = None
    datatype: str = ""
    redirect: Any = None
    missing: Any = None


class BrokenLineError(Exception):
    """A line is not JSON; `line` is its number in the text, from 1 on."""

    line = 0


class EntityDecoder:
    """Decodes lines to entities with the names of one language and the sitelink of one wiki.

    Labels and aliases of the language "mul" are valid in all languages: they are read too, as
    `labels.mul` and `aliases.mul` beside `labels.own` and `aliases.own`.

    Most entities have the same shape, which one decoder reads fast. A line that it refuses goes to
    a second one that knows the shapes of old dumps too. Maps that are empty may be `[]` or None.
    """

    def __init__(self, *, language: str, wiki: str) -> None:
        entity = _make_entity(language, wiki, Entity, Statement, NoMap)
        loose = _make_entity(language, wiki, LooseEntity, LooseStatement, list[Any])
        by_id = types.GenericAlias(dict, (str, loose))
        answer: Any = msgspec.defstruct("Answer", [("entities", by_id)])
        self._decode: Any = msgspec.json.Decoder(entity).decode
        self._decode_loose: Any = msgspec.json.Decoder(loose).decode
        self._decode_loose_list: Any = msgspec.json.Decoder(types.GenericAlias(list, loose)).decode
        self._decode_answer: Any = msgspec.json.Decoder(answer).decode

    def decode_lines(self, text: bytes, counts: Counts) -> tuple[Numbered, Numbered]:
        """Return the items and the properties of whole lines, each with the number of its id.

        Other JSON is counted under `skipped_`: `null`, `redirect`, `missing`, `lexeme`, `other`
        (media, schemas) and `malformed` (not the shape of an entity).

        Raises:
            BrokenLineError: A line is not JSON.
        """
        found: dict[str, Numbered] = {"item": [], "property": []}
        for at, line in enumerate(text.removesuffix(b"\n").split(b"\n"), 1):
            try:
                entities = self._decode_line(line)
            except BrokenLineError as error:
                error.line = at
                raise
            for entity in entities:
                kind, number = _classify(entity)
                if number:
                    found[kind].append((number, entity))
                else:
                    add_counts(counts, {f"skipped_{kind}": 1})
        return found["item"], found["property"]

    def _decode_line(self, line: bytes) -> Sequence[Any]:
        try:
            return (self._decode(line.removesuffix(b"\r").removesuffix(b",")),)
        except REFUSED:
            return self._decode_odd(line)

    def _decode_odd(self, line: bytes) -> Sequence[Any]:
        """Decode a line that is not one entity of the usual shape with perhaps a comma behind."""
        body = line.strip(b" \t\r,").removeprefix(BYTE_ORDER_MARK)
        if body.startswith(b"[") != body.endswith(b"]"):  # a bracket around the whole file
            body = body.removeprefix(b"[").removesuffix(b"]").strip(b" \t\r,")
        if not body:
            return ()
        if body == b"null":
            return (None,)
        try:
            if body.startswith(b"["):
                entities = self._decode_loose_list(body)
            else:
                entities = [self._decode_loose(body)]
                if entities[0].id is None and b'"entities"' in body:
                    entities = self._decode_answer(body).entities.values()
        except msgspec.ValidationError:
            return (LooseEntity(),)
        except REFUSED as error:
            raise BrokenLineError(str(error)) from None
        for entity in entities:
            for field in MAPS:
                if isinstance(getattr(entity, field), list):
                    setattr(entity, field, None)
            if entity.claims:
                entity.claims = {
                    name: [tighten(statement) for statement in statements]
                    for name, statements in entity.claims.items()
                }
        return list(entities)


def _make_entity(language: str, wiki: str, base: Any, statement: Any, no_map: Any) -> Any:
    """Return a kind of entity with the maps by language and wiki, and statements of a type.

    `no_map` is what may stand in the place of a map.
    """
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
            ("labels", by_language("Labels", Term | None) | no_map | None, None),
            ("aliases", by_language("Aliases", list[Term] | None) | no_map | None, None),
            ("sitelinks", sitelinks | no_map | None, None),
            ("claims", claims | no_map | None, None),
        ],
        bases=(base,),
        kw_only=True,
        gc=False,
    )


def _classify(entity: Any) -> tuple[str, int]:
    """Return an entity's kind and, of items and properties, the number of the id, else 0."""
    if entity is None:
        return "null", 0
    if entity.redirect is not None:
        return "redirect", 0
    if entity.missing is not None:
        return "missing", 0
    kind = entity.type or PREFIXES.get((entity.id or "")[:1], "malformed")
    if kind not in KINDS:
        return kind if kind in ("lexeme", "malformed") else "other", 0
    number = read_id(entity.id, kind)
    return (kind, number) if number else ("malformed", 0)
