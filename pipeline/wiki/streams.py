"""Compressed files as pieces that processes can read on their own.

Wikimedia writes multistream bz2: a bz2 stream of its own for every hundred pages. Such a file is
cut at stream headers found by their ten magic bytes, without its index file. A plain file is cut
anywhere: a page belongs to the piece in which its first byte lies. Anything that can be read only
from its beginning (gzip, one long bz2 stream, UTF-16) is first re-cut by one reader.
"""

import bz2
import codecs
import mmap
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

import pyarrow as pa

from pipeline.errors import InputError

Format = Literal["plain", "utf16", "bz2", "gzip", "zstd"]

Chunk = tuple[bytes, bool]  # decompressed bytes, and whether they lie in the piece that is read
CHUNK = 1 << 20  # bytes decompressed at a time
# "BZh", the block size, and the first block's magic: 80 bits, so not met by chance in 25 GB
STREAM_START = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
AGAIN = "the file is incomplete or damaged: fetch it again and compare its checksum"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """The bytes [start, end) of a file: compressed bytes of whole streams, or plain bytes.

    gzip and UTF-16 are read whole, and so is zstd, which only re-cut pieces have.
    """

    path: Path
    format: Format
    start: int
    end: int


def detect_format(path: Path) -> Format:
    """Tell a file's format by its first bytes, whatever its name.

    Raises:
        InputError: The file is missing or empty, or of a kind that is not read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(f"{path}: no such file; run the stage `fetch`") from None
    if not head:
        raise InputError(f"{path}: byte 0: the file is empty; fetch it again")
    if STREAM_START.match(head):
        return "bz2"
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    for magic, name in ((b"7z\xbc\xaf", "7z"), (b"\xfd7zXZ", "xz"), (b"PK", "zip")):
        if head.startswith(magic):
            raise InputError(
                f"{path}: byte 0: a {name} file; unpack it, or fetch the .bz2 of the same dump"
            )
    return "utf16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "plain"


def find_streams(path: Path) -> list[Piece]:
    """Return each stream of a bz2 file."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        starts = [match.start() for match in STREAM_START.finditer(data)]
        ends = [*starts[1:], len(data)]
    return [
        Piece(path=path, format="bz2", start=start, end=end)
        for start, end in zip(starts, ends, strict=True)
    ]


def join_pieces(pieces: Iterable[Piece], target: int) -> list[Piece]:
    """Join neighbours to pieces of at least `target` bytes; the last may be less."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].end - joined[-1].start < target:
            piece = replace(piece, start=joined.pop().start)
        joined.append(piece)
    return joined


def cut_plain(path: Path, target: int) -> list[Piece]:
    """Return ranges of `target` bytes; the last may be less."""
    size = path.stat().st_size
    return [
        Piece(path=path, format="plain", start=start, end=min(start + target, size))
        for start in range(0, size, target)
    ]


def read_chunks(piece: Piece) -> Iterator[Chunk]:
    """Yield the file's decompressed bytes from the piece's start on, to the end of the file.

    With each chunk comes whether it still lies in the piece: a page at the end of a piece may need
    the beginning of what follows. An empty chunk stands at the end of the piece, so that a reader
    that needs no more does not wait for more.

    Raises:
        InputError: The compressed data is damaged or ends too soon.
    """
    with piece.path.open("rb") as file:
        file.seek(piece.start)
        if piece.format == "bz2":
            yield from _read_bz2(file, piece)
        elif piece.format == "gzip":
            for chunk in _read_gzip(file, piece.path):
                yield chunk, True
        elif piece.format == "utf16":
            decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
            while chunk := file.read(CHUNK):
                yield decoder.decode(chunk).encode("utf-8", "replace"), True
        elif piece.format == "zstd":
            with pa.CompressedInputStream(file, "zstd") as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk, True
        else:
            yield from _read_plain(file, piece)


def _read_plain(file: BinaryIO, piece: Piece) -> Iterator[Chunk]:
    left = piece.end - piece.start
    while left and (chunk := file.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk, True
    yield b"", False
    while chunk := file.read(CHUNK):
        yield chunk, False


def _read_bz2(file: BinaryIO, piece: Piece) -> Iterator[Chunk]:
    position = stream_start = piece.start  # of the next byte to read; of the current stream
    decompressor = bz2.BZ2Decompressor()
    pending = b""
    while True:
        if not pending and decompressor.needs_input:
            # never across the end of the piece, so that no chunk lies on both sides of it
            room = piece.end - position
            pending = file.read(min(CHUNK, room) if room > 0 else CHUNK)
            position += len(pending)
            if not pending:
                break
        try:
            chunk = decompressor.decompress(pending, 4 * CHUNK)
        except OSError:
            raise InputError(
                f"{piece.path}: byte {stream_start}: the bz2 stream that starts there is damaged; "
                f"{AGAIN}"
            ) from None
        pending = b""
        if chunk:
            yield chunk, stream_start < piece.end
        if decompressor.eof:
            pending = decompressor.unused_data
            stream_start = position - len(pending)
            decompressor = bz2.BZ2Decompressor()
            if stream_start == piece.end:
                yield b"", False
    if position != stream_start:
        raise InputError(
            f"{piece.path}: byte {position}: the bz2 stream of byte {stream_start} has no end; "
            f"{AGAIN}"
        )


def _read_gzip(file: BinaryIO, path: Path) -> Iterator[bytes]:
    from isal import isal_zlib

    decompressor = isal_zlib.decompressobj(wbits=31)
    pending, inside_member = b"", False
    try:
        while pending or (pending := file.read(CHUNK)):
            chunk = decompressor.decompress(pending, 4 * CHUNK)
            pending, inside_member = decompressor.unconsumed_tail, True
            if decompressor.eof:
                pending = decompressor.unused_data.lstrip(b"\0")  # padding between members
                decompressor, inside_member = isal_zlib.decompressobj(wbits=31), False
            if chunk:
                yield chunk
    except isal_zlib.error:  # type: ignore[misc]  # typed as an instance
        raise InputError(
            f"{path}: byte {file.tell()}: the gzip data is damaged at or before that; {AGAIN}"
        ) from None
    if inside_member:
        raise InputError(f"{path}: byte {file.tell()}: the gzip data has no end; {AGAIN}")
