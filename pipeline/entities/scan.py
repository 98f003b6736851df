"""Items of Wikidata's JSON dump to tables, in one walk over the bytes, compiled with numba.

The full dump is 1.5 TB of JSON: to make Python objects of it, however few, takes three times as
long as this (docs/decisions/0046). Only lines of the usual shape are taken, which are almost all:
no blanks, every field of the type that it has in Wikidata. All other lines are refused;
`EntityDecoder` reads them, which knows all shapes and says what is wrong. Positions are as in
`json_bytes`.
"""

import numpy as np
import numpy.typing as npt

from pipeline.entities.json_bytes import (
    CLOSE,
    COMMA,
    FIRST,
    LAST,
    NEWLINE,
    NULL,
    OPEN,
    QUOTE,
    REFUSED,
    Bytes,
    compiled,
    compiled_for_python,
    enter,
    find_two,
    follow,
    is_word,
    read_id,
    read_key,
    read_natural,
    read_plain,
    skip_string,
    skip_value,
    to_bytes,
)

# CRC-32 of json_bytes.py, held up to date by a test: numba compiles anew when this file has
# changed, and does not look at what it imports
JSON_BYTES = 217506832
LARGEST_ITEM, LARGEST_PROPERTY = 2**32 - 1, 2**16 - 1  # that are stored
DEMONYM = 1549  # a property of few items, whose values are texts: they are refused
P, Q = b"PQ"

# What `counts` counts: rows of tables, lines that are refused, bytes of `names`
COUNTED = range(5)
STATEMENTS, GROUPS, ITEMS, LINES, NAMES = COUNTED

Ints = npt.NDArray[np.int64]

ID, TYPE, ITEM, VALUE, TITLE, RANK = map(to_bytes, ("id", "type", "item", "value", "title", "rank"))
LABELS, ALIASES, SITELINKS, CLAIMS = map(to_bytes, ("labels", "aliases", "sitelinks", "claims"))
REDIRECT, MISSING, DATATYPE = map(to_bytes, ("redirect", "missing", "datatype"))
MAINSNAK, DATAVALUE = map(to_bytes, ("mainsnak", "datavalue"))
KIND, NUMBER = map(to_bytes, ("entity-type", "numeric-id"))
BEFORE_LABEL, BEFORE_ALIASES, BETWEEN = map(to_bytes, ("[", ",[", ","))
BEFORE_PAGE, BEHIND_PAGE = map(to_bytes, ("],", "],"))
DEPRECATED, NORMAL, PREFERRED = map(to_bytes, ("deprecated", "normal", "preferred"))


@compiled_for_python
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
    property, has the property and a size; an item has its number and its number of groups; a line
    that is refused has a first byte and an end. `names` becomes the JSON text
    `["label",["alias"],"title"],` of each item, with `null` for what is missing.

    Tables must have room for all that the text may hold, `seen` for every property.
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
            before[LINES] += 1
            counts[:] = before
            refused_R2[counts[LINES] - 1, 0], refused_R2[counts[LINES] - 1, 1] = at, end
        at = end


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
    number, is_item, num_groups = 0, False, REFUSED
    label = other_label = aliases = other_aliases = page = 0
    more, at = enter(text, at, OPEN)
    while more:
        key, at = read_key(text, at)
        end = at - 2
        if at < 0:
            break
        if is_word(text, key, end, CLAIMS) and num_groups < 0:
            num_groups, at = _read_claims(text, at, statements_S2, groups_G2, seen, counts)
        elif is_word(text, key, end, LABELS):
            label, other_label, at = find_two(text, at, language, mul)
        elif is_word(text, key, end, ALIASES):
            aliases, other_aliases, at = find_two(text, at, language, mul)
        elif is_word(text, key, end, SITELINKS):
            page, _, at = find_two(text, at, wiki, wiki)
        elif is_word(text, key, end, ID):
            start, at = read_plain(text, at)
            number = read_id(text, start, at - 1, Q, LARGEST_ITEM)
        elif is_word(text, key, end, TYPE):
            start, at = read_plain(text, at)
            is_item = is_word(text, start, at - 1, ITEM)
        elif (
            is_word(text, key, end, CLAIMS)  # twice
            or is_word(text, key, end, REDIRECT)
            or is_word(text, key, end, MISSING)
            or is_word(text, key, end, DATATYPE)
        ):
            at = REFUSED
        else:
            at = skip_value(text, at)
        more, at = follow(text, at, CLOSE)
    if at < 0 or not is_item or number <= 0:
        return REFUSED
    items_I2[counts[ITEMS], 0] = number
    items_I2[counts[ITEMS], 1] = max(num_groups, 0)
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
def _read_claims(
    text: Bytes, at: int, statements_S2: Ints, groups_G2: Ints, seen: Ints, counts: Ints
) -> tuple[int, int]:
    """Return how many groups there are, and the position behind; `[]` is an empty map."""
    if text[at] == FIRST and text[at + 1] == LAST:
        return 0, at + 2
    first_group, to = counts[GROUPS], counts[STATEMENTS]
    group = first_group
    seen[0] += 1
    more, at = enter(text, at, OPEN)
    while more:
        key, at = read_key(text, at)
        number = read_id(text, key, at - 2, P, LARGEST_PROPERTY)
        if at < 0 or number <= 0 or number == DEMONYM or seen[number] == seen[0]:
            return 0, REFUSED
        seen[number] = seen[0]
        first = to
        inner, at = enter(text, at, FIRST)
        while inner:
            statements_S2[to, 0], statements_S2[to, 1], at = _read_statement(text, at)
            to += 1
            inner, at = follow(text, at, LAST)
        groups_G2[group, 0], groups_G2[group, 1] = number, to - first
        group += 1
        more, at = follow(text, at, CLOSE)
    counts[STATEMENTS], counts[GROUPS] = to, group
    return group - first_group, at


@compiled
def _read_statement(text: Bytes, at: int) -> tuple[int, int, int]:
    """Return the tail, the rank and the position behind."""
    tail = rank = REFUSED
    more, at = enter(text, at, OPEN)
    while more:
        key, at = read_key(text, at)
        end = at - 2
        if at < 0:
            break
        if is_word(text, key, end, MAINSNAK):
            tail, at = _read_snak(text, at)
        elif is_word(text, key, end, RANK):
            start, at = read_plain(text, at)
            end, rank = at - 1, REFUSED
            if is_word(text, start, end, NORMAL):
                rank = 1
            elif is_word(text, start, end, PREFERRED):
                rank = 2
            elif is_word(text, start, end, DEPRECATED):
                rank = 0
        else:
            at = skip_value(text, at)
        more, at = follow(text, at, CLOSE)
    return tail, rank, (at if tail >= 0 and rank >= 0 else REFUSED)


@compiled
def _read_snak(text: Bytes, at: int) -> tuple[int, int]:
    """Return the item that is its value, 0 if there is none, and the position behind."""
    tail = 0
    more, at = enter(text, at, OPEN)
    while more:
        key, at = read_key(text, at)
        if at > 0 and is_word(text, key, at - 2, DATAVALUE):
            tail = 0
            inner, at = enter(text, at, OPEN)
            while inner:
                key, at = read_key(text, at)
                if at > 0 and is_word(text, key, at - 2, VALUE):
                    tail, at = _read_value(text, at)
                else:
                    at = skip_value(text, at)
                inner, at = follow(text, at, CLOSE)
        else:
            at = skip_value(text, at)
        more, at = follow(text, at, CLOSE)
    return tail, at


@compiled
def _read_value(text: Bytes, at: int) -> tuple[int, int]:
    """Return the item that a string or an object is, 0 if it is none, and the position behind."""
    if text[at] == QUOTE:
        return 0, skip_string(text, at)
    number, by_id, has_kind, is_item = 0, 0, False, False
    more, at = enter(text, at, OPEN)
    while more:
        key, at = read_key(text, at)
        end = at - 2
        if at < 0:
            break
        if is_word(text, key, end, KIND):
            start, at = read_plain(text, at)
            has_kind, is_item = True, is_word(text, start, at - 1, ITEM)
        elif is_word(text, key, end, ID):
            start, at = read_plain(text, at)
            by_id = read_id(text, start, at - 1, Q, LARGEST_ITEM)
            at = at if by_id >= 0 else REFUSED
        elif is_word(text, key, end, NUMBER):
            number, at = read_natural(text, at)
            at = at if 0 < number <= LARGEST_ITEM else REFUSED
        else:
            at = skip_value(text, at)
        more, at = follow(text, at, CLOSE)
    if is_item and number:
        return number, at
    return (by_id if is_item or not has_kind else 0), at


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
