"""Walk over JSON without blanks, byte by byte, by functions compiled with numba.

Functions take the position `at` of a value in `text` and return the position behind it, or
`REFUSED` where there is none of that kind; given `REFUSED` they return it, so that a caller need
ask only in the end. `text` must have a zero behind its end: no value goes on there, so nothing is
read further, and `text[REFUSED]` is that zero. Of strings that are skipped it does not matter
whether they are UTF-8; else what is taken is JSON as msgspec takes it.

When this file changes, the checksum in `scan` has to change too.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numba import njit

REFUSED = -1
MOST_DIGITS = 11  # of numbers that are read
DEEPEST = 60  # levels of values that are skipped, a bit of 64 for each; Wikidata has 10

QUOTE, PLUS, COMMA, MINUS, DOT, ZERO, NINE, COLON = b'"+,-.09:'
OPEN, CLOSE, FIRST, LAST, BACKSLASH, NEWLINE, LARGE_E, SMALL_E, SMALL_U = b"{}[]\\\nEeu"

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Function = TypeVar("Function")
Found = tuple[bool, int]  # whether there is a member (more), and where it, or what is behind, is


def compiled(function: Function) -> Function:
    """Compile a function together with those that call it."""
    wrapped: Function = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return wrapped


def compiled_for_python(signature: str, *, keep: bool) -> Callable[[Function], Function]:
    """Compile a function that Python calls, now; it takes 8 s.

    What comes out is kept in `NUMBA_CACHE_DIR` if that is set, else in a file beside the
    function's, else in the user's cache, if one of these can be written and `keep` is set.
    """

    def compile_function(function: Function) -> Function:
        wrapped: Function
        try:
            wrapped = njit(signature, cache=keep)(function)
        except Exception:  # no place, or a damaged file, which may raise anything
            wrapped = njit(signature)(function)
        return wrapped

    return compile_function


def to_bytes(text: str) -> Bytes:
    """Return what compiled functions compare with."""
    return np.frombuffer(text.encode(), np.uint8)


TRUE, FALSE, NULL = map(to_bytes, ("true", "false", "null"))
SPECIAL = np.zeros(256, np.bool_)  # what ends a run of plain characters in a string
SPECIAL[:32] = SPECIAL[[QUOTE, BACKSLASH]] = True
NOT_PLAIN = SPECIAL.copy()  # in a string that is read
NOT_PLAIN[128:] = True
HEX = np.full(256, REFUSED, np.int64)  # values of hexadecimal digits
HEX[list(b"0123456789")] = range(10)
HEX[list(b"abcdef")] = HEX[list(b"ABCDEF")] = range(10, 16)
ESCAPED = np.zeros(256, np.bool_)  # what may stand behind a backslash, but for SMALL_U
ESCAPED[list(b'"\\/bfnrt')] = True


@compiled
def find_two(text: Bytes, at: int, word: Bytes, other: Bytes) -> tuple[int, int, int]:
    """Return where two members of an object stand, 0 for none, and the position behind.

    `[]` is an empty object. An object that has one of them twice is refused.
    """
    found = found_other = 0
    if text[at] == FIRST and text[at + 1] == LAST:
        return found, found_other, at + 2
    more, at = enter(text, at, OPEN)
    while more:
        key, at = read_key(text, at)
        start, at = at, skip_value(text, at)
        if at > 0 and is_word(text, key, start - 2, word):
            found, at = start, at if found == 0 else REFUSED
        elif at > 0 and is_word(text, key, start - 2, other):
            found_other, at = start, at if found_other == 0 else REFUSED
        more, at = follow(text, at, CLOSE)
    return found, found_other, at


@compiled
def is_word(text: Bytes, start: int, end: int, word: Bytes) -> bool:
    """Say whether the bytes from `start` to `end` are those of a word."""
    if end - start != len(word):
        return False
    for number in range(len(word)):  # noqa: SIM110  # numba has no `all`
        if text[start + number] != word[number]:
            return False
    return True


@compiled
def enter(text: Bytes, at: int, opening: int) -> Found:
    """Return whether an object or array has members, and where the first or what is behind is."""
    if at < 0 or text[at] != opening:
        return False, REFUSED
    return (False, at + 2) if text[at + 1] == opening + 2 else (True, at + 1)


@compiled
def follow(text: Bytes, at: int, close: int) -> Found:
    """Return whether another member follows, and where it or what is behind the end starts."""
    if at > 0 and text[at] == COMMA:
        return True, at + 1
    return False, (at + 1 if at > 0 and text[at] == close else REFUSED)


@compiled
def read_key(text: Bytes, at: int) -> tuple[int, int]:
    """Return where a key starts, without its quotation mark, and where its value does."""
    start, at = read_plain(text, at)
    return start, (at + 1 if at > 0 and text[at] == COLON else REFUSED)


@compiled
def read_plain(text: Bytes, at: int) -> tuple[int, int]:
    """Return where a string of ASCII without escapes starts, and the position behind it."""
    if at < 0 or text[at] != QUOTE:
        return 0, REFUSED
    start = at = at + 1
    while not NOT_PLAIN[text[at]]:
        at += 1
    return start, (at + 1 if text[at] == QUOTE else REFUSED)


@compiled
def skip_string(text: Bytes, at: int) -> int:
    """Skip a string."""
    if at < 0 or text[at] != QUOTE:
        return REFUSED
    at += 1
    while at > 0:
        while not SPECIAL[text[at]]:
            at += 1
        if text[at] == QUOTE:
            return at + 1
        at = _skip_escape(text, at)
    return REFUSED


@compiled
def _skip_escape(text: Bytes, at: int) -> int:
    """Skip a backslash and what is escaped; surrogates must be pairs."""
    if text[at] != BACKSLASH:
        return REFUSED
    if text[at + 1] != SMALL_U:
        return at + 2 if ESCAPED[text[at + 1]] else REFUSED
    code = _read_hex(text, at + 2)
    if 0xD800 <= code <= 0xDBFF and text[at + 6] == BACKSLASH and text[at + 7] == SMALL_U:
        at, code = at + 6, _read_hex(text, at + 8) ^ 0xDC00
        return at + 6 if 0 <= code <= 0x3FF else REFUSED
    return at + 6 if 0 <= code < 0xD800 or code > 0xDFFF else REFUSED


@compiled
def _read_hex(text: Bytes, start: int) -> int:
    """Return the number of 4 hexadecimal digits."""
    number = 0
    for at in range(start, start + 4):
        digit = HEX[text[at]]
        if digit < 0:
            return REFUSED
        number = number * 16 + digit
    return number


@compiled
def read_id(text: Bytes, start: int, end: int, prefix: int, most: int) -> int:
    """Return the number of an id such as "Q5", 0 if it is none, `REFUSED` if it is too long.

    It is what `read_plain` or `read_key` has found.
    """
    if end <= start + 1 or text[start] != prefix or _skip_digits(text, start + 1) != end:
        return 0
    if end - start - 1 > MOST_DIGITS:
        return REFUSED
    number = _read_digits(text, start + 1, end)
    return number if number <= most else 0


@compiled
def read_natural(text: Bytes, at: int) -> tuple[int, int]:
    """Return a number above 0 and the position behind it."""
    end = _skip_digits(text, at)
    if end == at or text[at] == ZERO or end - at > MOST_DIGITS:
        return 0, REFUSED
    return _read_digits(text, at, end), end


@compiled
def _read_digits(text: Bytes, start: int, end: int) -> int:
    number = 0
    for at in range(start, end):
        number = number * 10 + (text[at] - ZERO)
    return number


@compiled
def _skip_digits(text: Bytes, at: int) -> int:
    while ZERO <= text[at] <= NINE:
        at += 1
    return at


@compiled
def _skip_number(text: Bytes, at: int) -> int:
    start = at + (text[at] == MINUS)
    at = _skip_digits(text, start)
    if at == start or (text[start] == ZERO and at > start + 1):
        return REFUSED
    if text[at] == DOT:
        start = at + 1
        at = _skip_digits(text, start)
        if at == start:
            return REFUSED
    if text[at] == SMALL_E or text[at] == LARGE_E:
        start = at + 1 + (text[at + 1] == PLUS or text[at + 1] == MINUS)
        at = _skip_digits(text, start)
        if at == start:
            return REFUSED
    return at


@compiled
def _skip_scalar(text: Bytes, at: int) -> int:
    if text[at] == QUOTE:
        return skip_string(text, at)
    for word in (TRUE, FALSE, NULL):
        if is_word(text, at, at + len(word), word):
            return at + len(word)
    return _skip_number(text, at)


@compiled
def skip_value(text: Bytes, at: int) -> int:
    """Skip any value; the bits of `objects` say of each level whether it is an object.

    It does not call itself: numba 0.68 crashes on functions that do, once they come from its cache.
    """
    depth, objects = 0, np.uint64(0)
    while at > 0:
        if text[at] == OPEN or text[at] == FIRST:
            is_object = text[at] == OPEN
            more, at = enter(text, at, OPEN if is_object else FIRST)
            if more:
                if depth == DEEPEST:
                    return REFUSED
                depth, objects = depth + 1, objects << np.uint64(1) | np.uint64(is_object)
                if is_object:
                    _, at = read_key(text, at)
                continue
        else:
            at = _skip_scalar(text, at)
        more = False
        while depth and not more and at > 0:
            is_object = objects & np.uint64(1) != 0
            more, at = follow(text, at, CLOSE if is_object else LAST)
            if not more:
                depth, objects = depth - 1, objects >> np.uint64(1)
            elif is_object:
                _, at = read_key(text, at)
        if not more:
            return at
    return REFUSED
