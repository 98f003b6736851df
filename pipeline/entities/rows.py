"""Entities to columns: what `extract` has collected of the index's tables so far.

Statements are collected in passes over all of a block, almost all of them in C, because a Python
function would need a microsecond for each of the 1.5 billion in the full dump. What is stored of
them is chosen when they are written, of hundreds of blocks at once: numpy takes as long to begin as
for a thousand rows.
"""

import itertools
import operator
import types
from collections.abc import Collection, Iterable, Iterator
from typing import Any

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

# What is collected for claims: tail and rank of each statement; size and property of each group (an
# item's statements with one property); of each item the number of its groups, and itself.
STATEMENT_TYPES = (np.int64, np.int8, np.int32, np.int32, np.int32, np.int64)

NOTHING = types.SimpleNamespace(own=None, mul=None)  # what is in the place of a map that is empty

Claims = dict[str, list[Statement]]

_value_of = operator.attrgetter("mainsnak.datavalue.value")
_text_of = operator.attrgetter("value")
_rank_of = operator.attrgetter("rank")


class Rows:
    """Columns under construction, in the order of `TABLES`; demonyms are those of one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.counts: Counts = dict.fromkeys(COUNTERS, 0)
        self._columns: dict[str, list[list[Any]]] = {}  # of claims, statements: arrays of blocks
        self._sizes: Counts = {}
        self._properties = _PropertyNumbers()
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

    def add_items(self, items: Numbered) -> None:
        """Add items with their names, their pages and their claims."""
        numbers, labels = self._columns["items"]
        named, names = self._columns["aliases"]
        linked, pages = self._columns["sitelinks"]
        owners = [number for number, _ in items]
        numbers += owners
        for number, entity in items:
            label, aliases = _read_names(entity)
            labels.append(label)
            if aliases:
                named += [number] * len(aliases)
                names += aliases
            page = (entity.sitelinks or NOTHING).own
            if page:
                linked.append(number)
                pages.append(page.title.replace("_", " "))
        self._sizes |= {"items": len(numbers), "aliases": len(named), "sitelinks": len(linked)}
        self._add_claims(owners, [entity.claims or {} for _, entity in items])
        self._add_demonyms([entry for entry in items if DEMONYM in (entry[1].claims or ())])

    def add_properties(self, properties: Numbered) -> None:
        """Add properties with their names, datatypes, inverses and whether they are symmetric."""
        rows = self._columns["properties"]
        named, names = self._columns["property_aliases"]
        for number, entity in properties:
            label, aliases = _read_names(entity)
            claims = entity.claims or {}
            inverses = [read_number(value, "property") for value in _read_values(claims, INVERSE)]
            symmetric = SYMMETRIC in read_items(_read_values(claims, CONSTRAINT))
            inverse = next(filter(None, inverses), None)
            row = (number, label or f"P{number}", entity.datatype, inverse, symmetric)
            for column, value in zip(rows, row, strict=True):
                column.append(value)
            named += [number] * len(aliases)
            names += aliases
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

    def _add_claims(self, owners: list[int], claims: list[Claims]) -> None:
        groups = list(itertools.chain.from_iterable(map(dict.values, claims)))
        statements = list(itertools.chain.from_iterable(groups))
        names = itertools.chain.from_iterable(claims)
        for column, values, kind in zip(
            self._columns["claims"],
            (
                read_items(map(_value_of, statements)),
                _read_ranks(statements),
                map(len, groups),
                map(self._properties.__getitem__, names),
                map(len, claims),
                owners,
            ),
            STATEMENT_TYPES,
            strict=True,
        ):
            column.append(np.fromiter(values, kind))
        self._sizes["claims"] += len(statements)

    def _choose_claims(self) -> list[Any]:
        """Return the columns of `claims`: of the statements collected, what is stored of them."""
        columns = map(np.concatenate, self._columns["claims"])
        tails, ranks, sizes, properties, numbers, owners = columns
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


def _read_ranks(statements: list[Statement]) -> Iterable[int]:
    """Return the ranks as numbers; in most blocks all are "normal", which is seen at once."""
    ranks = list(map(_rank_of, statements))
    if ranks.count("normal") == len(ranks):
        return itertools.repeat(RANKS["normal"], len(ranks))
    return map(RANKS.__getitem__, ranks)


class _PropertyNumbers(dict[str, int]):
    """Numbers of properties by id, 0 for what is no id; each is read once."""

    def __missing__(self, name: str) -> int:
        self[name] = read_id(name, "property")
        return self[name]


def _read_names(entity: Any) -> tuple[str | None, Collection[str]]:
    """Return the label and the other names, each once."""
    labels, aliases = entity.labels or NOTHING, entity.aliases or NOTHING
    own, mul = labels.own, labels.mul
    label = own.value if own else mul.value if mul else None
    first, second = aliases.own, aliases.mul
    if not (first or second or (own and mul)):
        return label, ()
    terms = [*first, *second] if first and second else first or second or []
    if own and mul:
        terms = [mul, *terms]
    names = dict.fromkeys(map(_text_of, terms))
    names.pop("", None)
    names.pop(label, None)
    return label, names


def _read_values(claims: Claims, name: str) -> Iterator[Value | str]:
    """Yield the values of a property, but for deprecated ones."""
    for statement in claims.get(name, ()):
        if RANKS[statement.rank]:
            yield _value_of(statement)
