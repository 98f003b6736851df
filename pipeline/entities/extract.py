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
from pipeline.entities.wikidata import BrokenLineError, Data, EntityDecoder, Statement, Value
from pipeline.errors import InputError
from pipeline.progress import Counts, add_counts

ENTITY_TYPES = {"Q": "item", "P": "property"}
_RANK = operator.itemgetter(1)
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
RANKS = {"normal": 1, "preferred": 2}
FLUSH_ROWS = 250_000  # of a table, held in memory by a worker: some 40 MB


@dataclass(frozen=True, slots=True)
class ExtractTask:
    """One range of a dump and the folder for its tables."""

    part: Range
    out: Path
    language: str
    wiki: str


def extract(task: ExtractTask) -> Counts:
    """Write the tables of one range to `task.out`; return the counts.

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
                behind = f" after byte {task.part.start}" if task.part.start else ""
                raise InputError(
                    f"{task.part.path}:line {decoder.line}{behind}: not JSON ({error}); expected "
                    "one Wikidata entity per line; fetch the file again"
                ) from None
            for table, columns in rows.columns.items():
                if len(columns[0]) >= FLUSH_ROWS:
                    writer.write(table, columns)
        for table, columns in rows.columns.items():
            writer.write(table, columns)
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
        self.columns: dict[str, list[list[Any]]] = {
            name: [[] for _ in schema] for name, schema in TABLES.items()
        }

    def add_item(self, item: int, entity: Any) -> None:
        """Add an item with its names, its page and its claims."""
        label, aliases = _read_names(entity)
        self._add("items", item, label)
        for alias in aliases:
            self._add("aliases", item, alias)
        page = getattr(entity.sitelinks, "own", None)  # `[]` has none
        if page is not None:
            self._add("sitelinks", item, page.title.replace("_", " "))
        if isinstance(entity.claims, dict):
            self._add_claims(item, entity.claims)

    def add_property(self, number: int, entity: Any) -> None:
        """Add a property with its names, datatype, inverse and whether it is symmetric."""
        label, aliases = _read_names(entity)
        claims = entity.claims if isinstance(entity.claims, dict) else {}
        inverse = next(_read_targets(claims, INVERSE, "P"), None)
        symmetric = SYMMETRIC in _read_targets(claims, CONSTRAINT, "Q")
        name = label or f"P{number}"
        self._add("properties", number, name, entity.datatype, inverse, symmetric)
        for alias in aliases:
            self._add("property_aliases", number, alias)

    def _add(self, table: str, *values: Any) -> None:
        self.counts[table] += 1
        for column, value in zip(self.columns[table], values, strict=True):
            column.append(value)

    def _add_claims(self, item: int, claims: dict[str, list[Statement]]) -> None:
        # The hot loop: 1.5 billion statements in the full dump, mostly one per item and property.
        heads, properties, tails, ranks, bests = self.columns["claims"]
        before, num_statements, num_items, deprecated = len(heads), 0, 0, 0
        for name, statements in claims.items():
            num_statements += len(statements)
            found: list[tuple[int, int]] = []
            for statement in statements:
                data = statement.mainsnak.datavalue
                if not isinstance(data, Data) or not isinstance(data.value, Value):
                    continue
                tail = _read_number(data.value, "Q")
                if tail is None:
                    continue
                num_items += 1
                if statement.rank in RANKS:
                    found.append((tail, RANKS[statement.rank]))
                else:
                    deprecated += 1
            if not found:
                continue
            top = found[0][1]
            if len(statements) > 1:
                found = list(dict(sorted(found, key=_RANK)).items())
                top = max([RANKS.get(statement.rank, 0) for statement in statements])
            number = int(name[1:])
            for tail, rank in found:
                heads.append(item)
                properties.append(number)
                tails.append(tail)
                ranks.append(rank)
                # Wikidata's "truthy" claims: of a property the preferred ones, else the normal ones
                bests.append(rank == top)
        counts = self.counts
        counts["claims"] += len(heads) - before
        counts["statements"] += num_statements
        counts["statements_without_item"] += num_statements - num_items
        counts["statements_deprecated"] += deprecated
        counts["statements_repeated"] += num_items - deprecated - (len(heads) - before)


def _read_names(entity: Any) -> tuple[str | None, list[str]]:
    """Return the label and the other names, each once."""
    labels = [getattr(entity.labels, language, None) for language in ("own", "mul")]
    lists = [getattr(entity.aliases, language, None) for language in ("own", "mul")]
    label, *others = [term.value for term in labels if term] or [None]
    others += [term.value for terms in lists if terms for term in terms]
    return label, [name for name in dict.fromkeys(others) if name and name != label]


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
    if isinstance(value.id, str) and value.id[:1] == prefix and value.id[1:].isdigit():
        return int(value.id[1:])
    return None
