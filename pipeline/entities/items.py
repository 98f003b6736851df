"""Items of a dump's lines as tables and names: the compiled scan, and what it needs around it."""

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from pipeline.entities import scan
from pipeline.entities.json_bytes import to_bytes
from pipeline.entities.scan_claims import LARGEST_PROPERTY

END = b"\0"  # behind the text (see `json_bytes`)
Table = np.ndarray[Any, Any]
Names = tuple[str | None, list[str], str | None]
_read_names = msgspec.json.Decoder(list[Names]).decode


@dataclass(frozen=True, slots=True)
class Items:
    """The items of some lines, and those that are for `EntityDecoder`; the tables of `scan_items`.

    `names` are each item's label, aliases (among them may be the label, or an empty text) and page.
    """

    names: list[Names]
    statements_S2: Table
    groups_G2: Table
    items_I2: Table
    refused_R2: Table


class ItemScanner:
    """Scans lines for items with the names of one language and the sitelink of one wiki.

    Labels and aliases of the language "mul" are valid in all languages.
    """

    def __init__(self, *, language: str, wiki: str) -> None:
        self._language, self._mul, self._wiki = map(to_bytes, (language, "mul", wiki))
        self._seen = np.zeros(LARGEST_PROPERTY + 1, np.int64)
        self._tables, self._names = _make_room(0)

    def scan(self, text: bytes) -> Items:
        """Return the items of whole lines."""
        if len(text) > len(self._names):
            self._tables, self._names = _make_room(len(text))
        counts = np.zeros(len(scan.COUNTED), np.int64)
        padded = np.frombuffer(text + END, np.uint8)
        statements, groups, items, refused = self._tables
        scan.scan_items(
            padded,
            len(text),
            self._language,
            self._mul,
            self._wiki,
            statements,
            groups,
            items,
            refused,
            self._names,
            self._seen,
            counts,
        )
        *sizes, num_bytes = counts.tolist()
        statements, groups, items, refused = (
            table[:size].copy() for table, size in zip(self._tables, sizes, strict=True)
        )
        array = b"".join((b"[", self._names[: max(num_bytes - 1, 0)].tobytes(), b"]"))
        try:
            names = _read_names(array)
        except (msgspec.DecodeError, UnicodeDecodeError):  # of a name: then all lines are refused
            names, statements, groups, items = [], statements[:0], groups[:0], items[:0]
            refused = np.array([[0, len(text)]])
        return Items(names, statements, groups, items, refused)


def _make_room(size: int) -> tuple[list[Table], Table]:
    """Return the tables and the text of names for what a text of so many bytes may hold."""
    statements, groups, items = (
        size // len(shortest) + 1
        for shortest in ('{"mainsnak":{},"rank":"normal"}', '"P1":[],', '{"id":"Q1","type":"item"}')
    )
    rows = (statements, groups, items, items + 1)  # there is an item between two refusals
    return [np.empty((number, 2), np.int64) for number in rows], np.empty(size, np.uint8)
