"""Columns of lists of structs, the form of links, mentions, entities and triples of a document."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa


def name_fields(column: str, *fields: str) -> list[str]:
    """Return the names, for `read_table`, of some fields of a column of lists of structs."""
    return [f"{column}.list.element.{field}" for field in fields]


def nest_rows(ends: Any, columns: Sequence[Any], kind: pa.StructType) -> pa.ListArray:
    """Return rows that are laid end to end as one list of structs for each document.

    Args:
        ends: 0, and for each document where its rows end.
        columns: A list or array for each field of `kind`.
        kind: The struct.
    """
    arrays = [pa.array(values, field.type) for values, field in zip(columns, kind, strict=True)]
    structs = pa.StructArray.from_arrays(arrays, fields=list(kind))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), structs)
