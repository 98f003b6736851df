"""Entities to columns: the rows of the index's tables, one Parquet file per table and range."""

import contextlib
import gc
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.entities.blocks import Range, read_range
from pipeline.entities.parts import TABLES, PartWriter
from pipeline.entities.wikidata import KINDS, BrokenLineError, Data, EntityDecoder, Statement, Value
from pipeline.errors import InputError
from pipeline.progress import Counts, add_counts

ENTITY_TYPES = {"Q": "item", "P": "property"}
COUNTERS = (
    *TABLES,
    "statements",
    "statements_without_item",
    "statements_deprecated",
    "statements_repeated",
)
INVERSE = "P1696"  # inverse property
CONSTRAINT = "P2302"  # property constraint
SYMMETRIC = 21510862  # symmetric constraint
_RANK = operator.itemgetter(1)
RANKS = {"normal": 1, "preferred": 2}
FLUSH_ROWS = 250_000  # of a table, held in memory by a worker: some 40 MB


@dataclass(frozen=True, slots=True)
class ExtractTask:
    """Some lines of a dump and the folder for their tables.

    `dump` and `position` are for messages: the dump file, and where in it the lines start.
    """

    part: Range
    dump: Path
    position: int
    out: Path
    language: str
    wiki: str


def extract(task: ExtractTask) -> Counts:
    """Write the tables of some lines to `task.out`; return the counts.

    Raises:
        InputError: The data is corrupt, or a line is not JSON.
    """
    decoder = EntityDecoder(language=task.language, wiki=task.wiki)
    rows, counts = Rows(), Counts()
    with _no_garbage_collection(), PartWriter(task.out) as writer:
        for lines in read_range(task.part):
            try:
                for is_item, number, entity in decoder.decode_lines(lines, counts):
                    if is_item:
                        rows.add_item(number, entity)
                    else:
                        rows.add_property(number, entity)
            except BrokenLineError as error:
                behind = f" after byte {task.position}" if task.position else ""
                raise InputError(
                    f"{task.dump}:line {decoder.line}{behind}: not JSON ({error}); expected "
                    "one Wikidata entity per line; fetch the file again"
                ) from None
            for table in TABLES:
                if len(rows.columns[table][0]) >= FLUSH_ROWS:
                    rows.flush(table, writer)
        for table in TABLES:
            rows.flush(table, writer)
    add_counts(counts, rows.counts)
    return counts


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Save the 10 % that Python's cycle finder takes: there are no cycles here."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Rows:
    """Columns under construction, in the order of `TABLES`."""

    def __init__(self) -> None:
        self.counts: Counts = dict.fromkeys(COUNTERS, 0)
        self.numbers: dict[str, int] = {}  # of properties, by id
        self.columns: dict[str, list[list[Any]]] = {
            name: [[] for _ in schema] for name, schema in TABLES.items()
        }

    def flush(self, table: str, writer: PartWriter) -> None:
        """Write the rows of a table and forget them."""
        self.counts[table] += len(self.columns[table][0])
        writer.write(table, self.columns[table])

    def add_item(self, item: int, entity: Any) -> None:
        """Add an item with its names, its page and its claims."""
        label, aliases = _read_names(entity)
        items, labels = self.columns["items"]
        items.append(item)
        labels.append(label)
        if aliases:
            owners, names = self.columns["aliases"]
            owners += [item] * len(aliases)
            names += aliases
        page = getattr(entity.sitelinks, "own", None)  # `[]` has none
        if page is not None:
            owners, titles = self.columns["sitelinks"]
            owners.append(item)
            titles.append(page.title.replace("_", " "))
        if isinstance(entity.claims, dict):
            self._add_claims(item, entity.claims)

    def add_property(self, number: int, entity: Any) -> None:
        """Add a property with its names, datatype, inverse and whether it is symmetric."""
        label, aliases = _read_names(entity)
        claims = entity.claims if isinstance(entity.claims, dict) else {}
        inverse = next(_read_targets(claims, INVERSE, "P"), None)
        symmetric = SYMMETRIC in _read_targets(claims, CONSTRAINT, "Q")
        row = (number, label or f"P{number}", entity.datatype, inverse, symmetric)
        for column, value in zip(self.columns["properties"], row, strict=True):
            column.append(value)
        owners, names = self.columns["property_aliases"]
        owners += [number] * len(aliases)
        names += aliases

    def _add_claims(self, item: int, claims: dict[str, list[Statement]]) -> None:
        # The hot loop: 1.5 billion statements in the full dump, mostly one per item and property.
        heads, properties, tails, ranks, bests = self.columns["claims"]
        before, num_items, deprecated = len(heads), 0, 0
        for name, statements in claims.items():
            number = self.numbers.get(name) or self._read_property(name)
            if not number:
                continue
            found: list[tuple[int, int]] = []
            for statement in statements:
                data = statement.mainsnak.datavalue
                value = data.value if isinstance(data, Data) else None
                if not isinstance(value, Value):
                    continue
                tail = value.number if value.kind == "item" else None
                if tail is None and (tail := _read_number(value, "Q")) is None:
                    continue
                num_items += 1
                rank = RANKS.get(statement.rank)
                if rank:
                    found.append((tail, rank))
                else:
                    deprecated += 1
            if not found:
                continue
            top = found[0][1]
            if len(statements) > 1:  # one claim where several name the same tail
                found = list(dict(sorted(found, key=_RANK)).items())
                top = max([RANKS.get(statement.rank, 0) for statement in statements])
            for tail, rank in found:
                heads.append(item)
                properties.append(number)
                tails.append(tail)
                ranks.append(rank)
                # Wikidata's "truthy" claims: of a property the preferred ones, else the normal ones
                bests.append(rank == top)
        counts, num_statements = self.counts, sum(map(len, claims.values()))
        counts["statements"] += num_statements
        counts["statements_without_item"] += num_statements - num_items
        counts["statements_deprecated"] += deprecated
        counts["statements_repeated"] += num_items - deprecated - (len(heads) - before)

    def _read_property(self, name: str) -> int:
        """Return the number of a property's id, 0 if it is none."""
        digits = name[1:]
        fits = name[:1] == "P" and digits.isascii() and digits.isdigit()
        number = int(digits) if fits else 0
        self.numbers[name] = number if number <= KINDS["property"] else 0
        return self.numbers[name]


def _read_names(entity: Any) -> tuple[str | None, list[str]]:
    """Return the label and the other names, each once."""
    labels, aliases, names = entity.labels, entity.aliases, []
    if labels and labels.__class__ is not list:
        names = [term.value for term in (labels.own, labels.mul) if term]
    label = names[0] if names else None
    if aliases and aliases.__class__ is not list:
        names += [term.value for terms in (aliases.own, aliases.mul) if terms for term in terms]
    if len(names) <= 1:
        return label, []
    return label, [name for name in dict.fromkeys(names) if name and name != label]


def _read_targets(
    claims: dict[str, list[Statement]], name: str, prefix: Literal["P", "Q"]
) -> Iterator[int]:
    """Yield the entities that a property's statements name, but for deprecated ones."""
    for statement in claims.get(name, ()):
        data = statement.mainsnak.datavalue
        if statement.rank in RANKS and isinstance(data, Data) and isinstance(data.value, Value):
            number = _read_number(data.value, prefix)
            if number is not None:
                yield number


def _read_number(value: Value, prefix: Literal["P", "Q"]) -> int | None:
    """Return the number of an entity of the kind with this prefix; None if it is another value.

    Dumps of 2014 have `numeric-id` only, later ones both, the documentation promises only `id`.
    """
    if value.kind == ENTITY_TYPES[prefix] and value.number is not None:
        return value.number
    if value.kind not in (None, ENTITY_TYPES[prefix]):
        return None
    name = value.id or ""
    if name[:1] != prefix or not name[1:].isdecimal():
        return None
    number = int(name[1:])
    return number if number <= KINDS[ENTITY_TYPES[prefix]] else None
