"""Decompress any part of a bzip2 file: its blocks are independent, whoever wrote the file.

A bzip2 stream is a chain of blocks of at most 900 kB of text that start at any *bit*, each behind
a 48-bit magic number and a CRC. A block becomes a stream of its own when it gets a header in front
and an end mark with its own CRC behind, so several processes can share one file. The Wikidata dump
is 100 GB of them: without this a single core would decompress it for half a day.
"""

import bz2
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.errors import InputError

BLOCK_MAGIC = 0x314159265359
END_MAGIC = 0x177245385090
MAGIC_BITS = 48
HEADER = b"BZh9"  # 9: room for blocks of any level
READ_BYTES = 1 << 20
# A block can hold a magic number by chance, once in 2**48 bits (35 TB). It then looks like two
# blocks, of which the first does not decompress: so up to three are tried as one.
MAX_JOINED = 3


def read_blocks(path: Path, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield (first bit in the file, text) of every block that starts at byte `start` or later.

    Raises:
        InputError: A block is corrupt, or the file ends within one.
    """
    with path.open("rb") as file:
        file.seek(start)
        buffer, base = b"", start * 8  # `base`: the bit of the file at which `buffer` starts
        marks: list[int] = []  # bits at which blocks seem to start, from the first not yet read on
        failed = 0  # marks after the first one that lie inside its block
        found_any = False
        while chunk := file.read(READ_BYTES):
            seen = max(len(buffer) - 6, 0)  # a mark of 7 bytes may have begun in the last 6
            buffer += chunk
            last, offset = (marks[-1] if marks else -1), base + seen * 8
            new = [bit + offset for bit in find_marks(buffer[seen:], BLOCK_MAGIC)]
            marks += [bit for bit in new if bit > last]
            found_any = found_any or bool(marks or find_marks(buffer, END_MAGIC))
            while len(marks) > failed + 1:
                text = _read_block(buffer, marks[0] - base, marks[failed + 1] - base)
                failed += 1
                if text is not None:
                    yield marks[0], text
                    del marks[:failed]
                    failed = 0
                elif failed == MAX_JOINED:
                    raise _corrupt(path, marks[0])
            keep = (marks[0] - base) // 8 if marks else max(len(buffer) - 6, 0)
            buffer, base = buffer[keep:], base + keep * 8
        if marks:
            text = _read_block(buffer, marks[0] - base, len(buffer) * 8)
            if text is None:
                raise _corrupt(path, marks[0])
            yield marks[0], text
        elif start == 0 and not found_any:
            raise _corrupt(path, 0)  # not even an empty stream


def find_marks(data: bytes, magic: int) -> list[int]:
    """Return the bits of `data` at which a magic number stands, ascending."""
    marks = []
    for shift in range(8):
        pattern = (magic << (8 - shift)).to_bytes(7, "big")
        # which bits of the first and last byte belong to the magic number
        first, last = 0xFF >> shift, 0xFF00 >> shift & 0xFF
        inner = pattern[1:6]
        at = data.find(inner, 1)
        while at >= 0:
            if data[at - 1] & first == pattern[0] and (
                not last or (at + 5 < len(data) and data[at + 5] & last == pattern[6])
            ):
                marks.append((at - 1) * 8 + shift)
            at = data.find(inner, at + 1)
    return sorted(marks)


def _read_block(data: bytes, first: int, stop: int) -> bytes | None:
    """Return the text of the block at bit `first`, which ends at `stop` or with its stream."""
    text = _decompress(data, first, stop)
    if text is not None:
        return text
    start = first // 8
    ends = find_marks(data[start : (stop + 7) // 8], END_MAGIC)
    texts = (_decompress(data, first, start * 8 + end) for end in ends)
    return next((text for text in texts if text is not None), None)


def _decompress(data: bytes, first: int, stop: int) -> bytes | None:
    """Return the text of the block in the bits [first, stop) of `data`, or None if it is none."""
    size = stop - first
    if size < MAGIC_BITS + 32:
        return None
    shift, (whole, rest) = first % 8, divmod(size, 8)
    around = np.frombuffer(data[first // 8 : (stop + 7) // 8] + bytes(2), np.uint8)
    block = (around[:-1] << np.uint8(shift) | around[1:] >> np.uint8(8 - shift)).tobytes()
    crc = int.from_bytes(block[MAGIC_BITS // 8 : MAGIC_BITS // 8 + 4], "big")
    # behind the last whole byte: bits that are left of the block, the mark, the CRC, zeros
    end = (block[whole] >> (8 - rest)) << 80 | END_MAGIC << 32 | crc
    tail = (end << -rest % 8).to_bytes(10 + (rest > 0), "big")
    try:
        return bz2.decompress(b"".join((HEADER, memoryview(block)[:whole], tail)))
    except (OSError, ValueError):
        return None


def _corrupt(path: Path, bit: int) -> InputError:
    return InputError(
        f"{path}:byte {bit // 8}: the bzip2 block there is corrupt or cut off; fetch the file again"
    )
