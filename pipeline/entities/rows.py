"""Entities to columns: what `extract` has collected of the index's tables so far.

What is stored of the statements is chosen when they are written, of hundreds of blocks at once:
numpy takes as long to begin as for a thousand rows.
"""

import types
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.entities.parts import TABLES, PartWriter
from pipeline.entities.statements import (
    RANKS,
    Statement,
    Value,
    read_id,
    read_items,
    read_number,
)
from pipeline.entities.wikidata import Numbered
from pipeline.progress import Counts

if TYPE_CHECKING:  # it imports numba (see `extract`)
    from pipeline.entities.items import Items, Names

DEMONYM = "P1549"
INVERSE = "P1696"  # inverse property
CONSTRAINT = "P2302"  # property constraint
SYMMETRIC = 21510862  # symmetric constraint
COUNTERS = (
    *TABLES,
    "statements",
    "statements_without_item",
    "statements_deprecated",
    "statements_repeated",
)

# What is collected for claims: tail and rank of each statement; property and size of each group (an
# item's statements with one property); of each item the number of its groups, and itself.
STATEMENT_TYPES = (np.int64, np.int8, np.int32, np.int32, np.int32, np.int64)

NOTHING = types.SimpleNamespace(own=None, mul=None)  # what is in the place of a map that is empty

Claims = dict[str, list[Statement]]


class Rows:
    """Columns under construction, in the order of `TABLES`; demonyms are those of one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.counts: Counts = dict.fromkeys(COUNTERS, 0)
        self._columns: dict[str, list[list[Any]]] = {}  # of claims, statements: arrays of blocks
        self._sizes: Counts = {}
        for table in TABLES:
            self._clear(table)

    def flush(self, writer: PartWriter, *, at_least: int) -> None:
        """Write the tables that have at least so many rows, and forget them."""
        for table, number in self._sizes.items():
            if number < max(at_least, 1):
                continue
            columns = self._choose_claims() if table == "claims" else self._columns[table]
            writer.write(table, columns)
            self.counts[table] += len(columns[0])
            self._clear(table)

    def _clear(self, table: str) -> None:
        kinds: Iterable[Any] = STATEMENT_TYPES if table == "claims" else TABLES[table]
        self._columns[table] = [[] for _ in kinds]
        self._sizes[table] = 0

    def add_items(self, items: "Items") -> None:
        """Add what was scanned: items with their names, their pages and their claims."""
        (tails, ranks), (properties, sizes) = items.statements_S2.T, items.groups_G2.T
        owners, numbers = items.items_I2.T
        self._add_names(owners.tolist(), items.names)
        self._add_claims(tails, ranks, properties, sizes, numbers, owners)

    def add_entities(self, entities: Numbered) -> None:
        """Add what was decoded: the same, and demonyms."""
        owners = [number for number, _ in entities]
        claims = [entity.claims or {} for _, entity in entities]
        groups = [group for of_item in claims for group in of_item.items()]
        statements = [statement for _, of_group in groups for statement in of_group]
        self._add_names(owners, [_read_names(entity) for _, entity in entities])
        self._add_claims(
            read_items(statement.mainsnak.datavalue.value for statement in statements),
            [RANKS[statement.rank] for statement in statements],
            [read_id(name, "property") for name, _ in groups],
            [len(of_group) for _, of_group in groups],
            [len(of_item) for of_item in claims],
            owners,
        )
        self._add_demonyms([entry for entry in entities if DEMONYM in (entry[1].claims or ())])

    def add_properties(self, properties: Numbered) -> None:
        """Add properties with their names, datatypes, inverses and whether they are symmetric."""
        rows = self._columns["properties"]
        named, texts = self._columns["property_aliases"]
        for number, entity in properties:
            label, names, _ = _read_names(entity)
            aliases, claims = _choose_aliases(label, names), entity.claims or {}
            inverses = [read_number(value, "property") for value in _read_values(claims, INVERSE)]
            symmetric = SYMMETRIC in read_items(_read_values(claims, CONSTRAINT))
            inverse = next(filter(None, inverses), None)
            row = (number, label or f"P{number}", entity.datatype, inverse, symmetric)
            for column, value in zip(rows, row, strict=True):
                column.append(value)
            named += [number] * len(aliases)
            texts += aliases
        self._sizes |= {"properties": len(rows[0]), "property_aliases": len(named)}

    def _add_demonyms(self, items: Numbered) -> None:
        named, names = self._columns["demonyms"]
        for item, entity in items:
            texts = [
                value.text
                for value in _read_values(entity.claims, DEMONYM)
                if isinstance(value, Value) and value.language == self._language and value.text
            ]
            for text in dict.fromkeys(texts):
                named.append(item)
                names.append(text)
        self._sizes["demonyms"] = len(named)

    def _add_names(self, owners: list[int], names: "list[Names]") -> None:
        numbers, labels = self._columns["items"]
        named, aliases = self._columns["aliases"]
        linked, pages = self._columns["sitelinks"]
        numbers += owners
        for number, (label, others, page) in zip(owners, names, strict=True):
            labels.append(label)
            if others:
                if len(others) > 1 or others[0] in (label, ""):
                    others = _choose_aliases(label, others)
                named += [number] * len(others)
                aliases += others
            if page is not None:
                linked.append(number)
                pages.append(page.replace("_", " "))
        self._sizes |= {"items": len(numbers), "aliases": len(named), "sitelinks": len(linked)}

    def _add_claims(self, *columns: Any) -> None:
        for chunks, values, kind in zip(
            self._columns["claims"], columns, STATEMENT_TYPES, strict=True
        ):
            chunks.append(np.ascontiguousarray(values, kind))
        self._sizes["claims"] += len(columns[0])

    def _choose_claims(self) -> list[Any]:
        """Return the columns of `claims`: of the statements collected, what is stored of them."""
        columns = map(np.concatenate, self._columns["claims"])
        tails, ranks, properties, sizes, numbers, owners = columns
        group, items = np.repeat(np.arange(len(sizes)), sizes), np.repeat(owners, numbers)
        # Wikidata's "truthy" claims: of a group the preferred ones, if there are none the normal
        # ones; a preferred "no value" counts
        top = np.zeros(len(sizes), ranks.dtype)
        np.maximum.at(top, group, ranks)
        deprecated = (tails > 0) & (ranks == 0)
        kept = (tails > 0) & (ranks > 0) & (properties[group] > 0)
        # one claim where several statements name the same tail, with the highest rank: it comes
        # first of those that are equal but for the last two bits
        keys = np.sort((group << 34 | tails << 2 | (3 - ranks))[kept])
        keys = keys[np.flatnonzero(np.diff(keys >> 2, prepend=-1))]
        group, tails, ranks = keys >> 34, keys >> 2 & 0xFFFFFFFF, 3 - (keys & 3)
        num_kept, num_deprecated = int(kept.sum()), int(deprecated.sum())
        self.counts["statements"] += len(kept)
        self.counts["statements_without_item"] += len(kept) - num_kept - num_deprecated
        self.counts["statements_deprecated"] += num_deprecated
        self.counts["statements_repeated"] += num_kept - len(keys)
        rows = items[group], properties[group], tails, ranks, ranks == top[group]
        fields = zip(rows, TABLES["claims"], strict=True)
        return [values.astype(field.type.to_pandas_dtype()) for values, field in fields]


def _read_names(entity: Any) -> "Names":
    """Return label, aliases and page; a second label, of all languages, is an alias."""
    labels, aliases = entity.labels or NOTHING, entity.aliases or NOTHING
    terms = [label for label in (labels.own, labels.mul) if label]
    others = [*terms[1:], *(aliases.own or ()), *(aliases.mul or ())]
    page = (entity.sitelinks or NOTHING).own
    return (
        terms[0].value if terms else None,
        [term.value for term in others],
        page.title if page else None,
    )


def _choose_aliases(label: str | None, aliases: list[str]) -> list[str]:
    """Return the names that are neither empty nor the label, each once."""
    return [name for name in dict.fromkeys(aliases) if name and name != label]


def _read_values(claims: Claims, name: str) -> Iterator[Value | str]:
    """Yield the values of a property, but for deprecated ones."""
    for statement in claims.get(name, ()):
        if RANKS[statement.rank]:
            yield statement.mainsnak.datavalue.value
