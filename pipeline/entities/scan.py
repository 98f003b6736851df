"""Items of Wikidata's JSON dump to tables, in one walk over the bytes, compiled with numba.

The full dump is 1.6 TB of JSON: to make Python objects of it, however few, takes twice as
long as this (docs/decisions/0046). Only lines of the usual shape are taken, which are almost all:
no blanks, every field of the type that it has in Wikidata. All other lines are refused;
`EntityDecoder` reads them, which knows all shapes and says what is wrong. Positions are as in
`json_bytes`.
"""

import zlib
from pathlib import Path

import numpy as np

from pipeline.entities import json_bytes, scan_claims
from pipeline.entities.json_bytes import (
    CLOSE,
    COMMA,
    FIRST,
    LAST,
    NEWLINE,
    NULL,
    OPEN,
    REFUSED,
    Bytes,
    Ints,
    compiled,
    compiled_for_python,
    enter,
    find_two,
    follow,
    is_word,
    read_id,
    read_key,
    read_plain,
    skip_string,
    skip_value,
    to_bytes,
)
from pipeline.entities.scan_claims import (
    ID,
    ITEM,
    LARGEST_ITEM,
    VALUE,
    Q,
    read_claims,
)

# numba compiles anew when this file has changed, and does not look at what it imports: so this is
# the checksum of that, held up to date by a test. While it is wrong, nothing is kept.
CHECKSUM = 2701666738
CALLED = b"".join(Path(str(module.__file__)).read_bytes() for module in (json_bytes, scan_claims))

# What `counts` counts: rows of the tables and bytes of `names`
COUNTED = range(5)
_, _, ITEMS, REFUSALS, NAMES = COUNTED

INPUT, TABLE = "Array(uint8, 1, 'C', readonly=True)", "int64[:,::1]"  # in words of numba

TYPE, TITLE, LABELS, ALIASES = map(to_bytes, ("type", "title", "labels", "aliases"))
SITELINKS, CLAIMS = map(to_bytes, ("sitelinks", "claims"))
REDIRECT, MISSING, DATATYPE = map(to_bytes, ("redirect", "missing", "datatype"))
BEFORE_LABEL, BEFORE_ALIASES, BETWEEN = map(to_bytes, ("[", ",[", ","))
BEFORE_PAGE, BEHIND_PAGE = map(to_bytes, ("],", "],"))


@compiled
def _read_item(
    text: Bytes,
    at: int,
    language: Bytes,
    mul: Bytes,
    wiki: Bytes,
    statements_S2: Ints,
    groups_G2: Ints,
    items_I2: Ints,
    names: Bytes,
    seen: Ints,
    counts: Ints,
) -> int:
    number, is_item, num_groups, maps = 0, False, 0, 0
    label = other_label = aliases = other_aliases = page = 0
    more, at = enter(text, at, OPEN)
    while more:
        key, at = read_key(text, at)
        end = at - 2
        if at < 0:
            break
        before = maps  # a bit of each map that was there
        if is_word(text, key, end, CLAIMS):
            maps ^= 1
            num_groups, at = read_claims(text, at, statements_S2, groups_G2, seen, counts)
        elif is_word(text, key, end, LABELS):
            maps ^= 2
            label, other_label, at = find_two(text, at, language, mul)
        elif is_word(text, key, end, ALIASES):
            maps ^= 4
            aliases, other_aliases, at = find_two(text, at, language, mul)
        elif is_word(text, key, end, SITELINKS):
            maps ^= 8
            page, _, at = find_two(text, at, wiki, wiki)
        elif is_word(text, key, end, ID):
            start, at = read_plain(text, at)
            number = read_id(text, start, at - 1, Q, LARGEST_ITEM)
        elif is_word(text, key, end, TYPE):
            start, at = read_plain(text, at)
            is_item = is_word(text, start, at - 1, ITEM)
        elif (
            is_word(text, key, end, REDIRECT)
            or is_word(text, key, end, MISSING)
            or is_word(text, key, end, DATATYPE)
        ):
            at = REFUSED
        else:
            at = skip_value(text, at)
        if maps < before:  # a map is there twice
            at = REFUSED
        more, at = follow(text, at, CLOSE)
    if at < 0 or not is_item or number <= 0:
        return REFUSED
    items_I2[counts[ITEMS], 0] = number
    items_I2[counts[ITEMS], 1] = num_groups
    counts[ITEMS] += 1
    to = _append(BEFORE_LABEL, names, counts[NAMES])
    to = _copy_string(text, label if label else other_label, VALUE, names, to)
    to = _append(BEFORE_ALIASES, names, to)
    if label and other_label:
        to = _copy_string(text, other_label, VALUE, names, to)
    for array in (aliases, other_aliases):
        to = _copy_array(text, array, names, to)
    to = _append(BEFORE_PAGE, names, to)
    to = _copy_string(text, page, TITLE, names, to)
    counts[NAMES] = to = _append(BEHIND_PAGE, names, to)
    return at if to > 0 else REFUSED


@compiled
def _copy_array(text: Bytes, at: int, names: Bytes, to: int) -> int:
    """Append the aliases of an array; return the end of `names`."""
    if at == 0:
        return to
    more, at = enter(text, at, FIRST)
    while more:
        if to > 0 and names[to - 1] != FIRST:
            to = _append(BETWEEN, names, to)
        to = _copy_string(text, at, VALUE, names, to)
        more, at = follow(text, skip_value(text, at), LAST)
    return to if at > 0 else REFUSED


@compiled
def _copy_string(text: Bytes, at: int, name: Bytes, names: Bytes, to: int) -> int:
    """Append a member of an object, a string, `null` if `at` is 0; return the end of `names`."""
    if at == 0:
        return _append(NULL, names, to)
    start, _, behind = find_two(text, at, name, name)
    end = skip_string(text, start) if behind > 0 and start else REFUSED
    return _append(text[start:end], names, to) if end > 0 else REFUSED


@compiled
def _append(part: Bytes, names: Bytes, to: int) -> int:
    if to < 0:
        return REFUSED
    for number in range(len(part)):
        names[to + number] = part[number]
    return to + len(part)


@compiled_for_python(
    f"void({INPUT}, int64, {INPUT}, {INPUT}, {INPUT}, {TABLE}, {TABLE}, {TABLE}, {TABLE}"
    ", uint8[::1], int64[::1], int64[::1])",
    keep=zlib.crc32(CALLED) == CHECKSUM,
)
def scan_items(
    text: Bytes,
    size: int,
    language: Bytes,
    mul: Bytes,
    wiki: Bytes,
    statements_S2: Ints,
    groups_G2: Ints,
    items_I2: Ints,
    refused_R2: Ints,
    names: Bytes,
    seen: Ints,
    counts: Ints,
) -> None:
    """Fill tables and `counts` from the lines that are the first `size` bytes of `text`.

    A statement has a tail, 0 if it is no item, and a rank; a group, an item's statements with one
    property, has the property and a size; an item has its number and its number of groups; lines
    that are refused, one or more without another between, have a first byte and an end. `names`
    becomes the JSON text `["label",["alias"],"title"],` of each item, with `null` for what is
    missing.

    Tables must have room for all that the text may hold. `seen` counts items in place of property
    0; in place of any other it has the count at the last item that had the property.
    """
    before, at = np.empty_like(counts), 0
    while at < size:
        before[:] = counts
        end = _read_item(
            text, at, language, mul, wiki, statements_S2, groups_G2, items_I2, names, seen, counts
        )
        if end > 0 and text[end] == COMMA:
            end += 1
        if end > 0 and text[end] == NEWLINE:
            end += 1
        elif end != size:
            end = at
            while end < size and text[end] != NEWLINE:
                end += 1
            end = min(end + 1, size)
            counts[:] = before
            if counts[REFUSALS] == 0 or refused_R2[counts[REFUSALS] - 1, 1] != at:
                refused_R2[counts[REFUSALS], 0] = at
                counts[REFUSALS] += 1
            refused_R2[counts[REFUSALS] - 1, 1] = end
        at = end
