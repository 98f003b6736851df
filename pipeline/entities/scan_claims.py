"""Claims of an item of Wikidata to tables: the part of `scan` that knows statements.

Positions are as in `json_bytes`. When this file changes, the checksum in `scan` has to change too.
"""

from pipeline.entities.json_bytes import (
    CLOSE,
    FIRST,
    LAST,
    OPEN,
    QUOTE,
    REFUSED,
    Bytes,
    Ints,
    compiled,
    enter,
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

LARGEST_ITEM, LARGEST_PROPERTY = 2**32 - 1, 2**16 - 1  # that are stored
STATEMENTS, GROUPS = range(2)  # of `scan.COUNTED`
DEMONYM = 1549  # a property of few items, whose values are texts: they are refused
P, Q = b"PQ"

VALUE, ID, ITEM, RANK = map(to_bytes, ("value", "id", "item", "rank"))
MAINSNAK, DATAVALUE = map(to_bytes, ("mainsnak", "datavalue"))
KIND, NUMBER = map(to_bytes, ("entity-type", "numeric-id"))
TEXT, LANGUAGE = map(to_bytes, ("text", "language"))
DEPRECATED, NORMAL, PREFERRED = map(to_bytes, ("deprecated", "normal", "preferred"))


@compiled
def read_claims(
    text: Bytes, at: int, statements_S2: Ints, groups_G2: Ints, seen: Ints, counts: Ints
) -> tuple[int, int]:
    """Add to the tables; return how many groups there are, and the position behind.

    Tables, `seen` and `counts` are those of `scan_items`. `[]` is an empty map.
    """
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
            rank = REFUSED
            for number, word in enumerate((DEPRECATED, NORMAL, PREFERRED)):
                if is_word(text, start, at - 1, word):
                    rank = number
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
    number, by_id, has_kind, is_item, has_text = 0, 0, False, False, False
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
            by_id = read_id(text, start, at - 1, Q, LARGEST_ITEM)  # or REFUSED, as is the statement
        elif is_word(text, key, end, NUMBER):
            number, at = read_natural(text, at)
            at = at if 0 < number <= LARGEST_ITEM else REFUSED
        else:
            has_text = (
                has_text or is_word(text, key, end, TEXT) or is_word(text, key, end, LANGUAGE)
            )
            at = skip_value(text, at)
        more, at = follow(text, at, CLOSE)
    if not is_item or number == 0:
        number = by_id if is_item or not has_kind else 0
    return number, (REFUSED if number and has_text else at)  # if both, the texts would matter
