"""Cut dump files of one entity per line into ranges, and read a range as blocks of whole lines.

A range is what one worker does: part of a plain or bzip2 file, or a whole gzip file, which can
only be read from its beginning. A line belongs to the range in which it starts.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.entities.bzip2 import read_blocks
from pipeline.errors import InputError

BLOCK_BYTES = 1 << 20  # text scanned at once: a GB is a thousand blocks
BZIP2_RANGE = 8 << 20  # 2 s of one core: what a kill may cost; the dump is 12,000 of them
SMALL_RANGE = 2 << 20  # each range decompresses a block of its neighbour, a twentieth of this
MANY_RANGES = 8  # of a small file, so that few workers end together
PLAIN_RANGE = 1 << 30

GZIP, BZIP2, XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ"


@dataclass(frozen=True, slots=True)
class Range:
    """The lines of the file `path` that start in the bytes [start, end) of its stored form."""

    path: Path
    start: int
    end: int


def list_dumps(folder: Path) -> list[Path]:
    """Return the dump files of a folder, by name.

    Raises:
        InputError: The folder is missing or holds none.
    """
    files = sorted(path for path in folder.glob("[!.]*") if path.is_file())
    if not files:
        raise InputError(f"{folder}: no dump there; set fetch.wikidata and run `dvc repro`")
    return files


def is_gzip(path: Path) -> bool:
    """Say whether a file is compressed by gzip."""
    return _kind(path) == GZIP


def split_file(
    path: Path, *, bzip2_range: int | None = None, plain_range: int = PLAIN_RANGE
) -> list[Range]:
    """Return the ranges of a dump file; its first bytes tell how it is compressed.

    Ranges depend on the file alone, so that a run with other workers can go on.

    Raises:
        InputError: The file is missing, empty or compressed in another way.
    """
    kind, size = _kind(path), path.stat().st_size
    if size == 0:
        raise InputError(f"{path}: the file is empty; fetch it again")
    if kind == XZ:
        raise InputError(f"{path}: xz is not read; decompress the file, or take .gz or .bz2")
    eighth = -(-size // MANY_RANGES)
    bzip2_range = bzip2_range or min(max(eighth, SMALL_RANGE), BZIP2_RANGE)
    step = {GZIP: size, BZIP2: bzip2_range}.get(kind, plain_range)
    return [Range(path, start, min(start + step, size)) for start in range(0, size, step)]


def read_range(part: Range) -> Iterator[bytes]:
    """Yield the lines of a range, some whole lines at a time, about `BLOCK_BYTES`.

    Raises:
        InputError: Compressed data is corrupt or cut off.
    """
    chunks = {GZIP: _read_gzip, BZIP2: _read_bzip2}.get(_kind(part.path), _read_plain)(part)
    rest = b""
    skipping = part.start > 0  # the line in progress belongs to the range before
    for chunk, inside in chunks:
        if skipping:
            if not inside:
                return
            _, newline, chunk = chunk.partition(b"\n")
            skipping = not newline
        # outside, only the end of the last line is missing
        cut = (chunk.rfind(b"\n") if inside else chunk.find(b"\n")) + 1
        if cut == 0:
            rest += chunk
            continue
        yield b"".join((rest, memoryview(chunk)[:cut]))
        rest = chunk[cut:]
        if not inside:
            return
    if rest:
        yield rest


def _read_plain(part: Range) -> Iterator[tuple[bytes, bool]]:
    with part.path.open("rb") as file:
        file.seek(part.start)
        while chunk := file.read(min(BLOCK_BYTES, part.end - file.tell())):
            yield chunk, True
        while chunk := file.read(1 << 20):
            yield chunk, False


def _read_bzip2(part: Range) -> Iterator[tuple[bytes, bool]]:
    for bit, text in read_blocks(part.path, part.start):
        for start in range(0, len(text), BLOCK_BYTES):
            yield text[start : start + BLOCK_BYTES], bit < part.end * 8


def _read_gzip(part: Range) -> Iterator[tuple[bytes, bool]]:
    with part.path.open("rb") as file:
        for chunk in read_gzip(part.path, file):
            yield chunk, True


def read_gzip(path: Path, file: BinaryIO) -> Iterator[bytes]:
    """Yield the text of a gzip file, opened as `file`, in chunks of `BLOCK_BYTES`.

    Raises:
        InputError: The data is corrupt or cut off.
    """
    from isal import igzip, igzip_lib

    try:
        with igzip.open(file, "rb") as stream:
            while chunk := stream.read(BLOCK_BYTES):
                yield chunk
    except EOFError:
        raise InputError(f"{path}: the gzip data is cut off; fetch the file again") from None
    except (igzip_lib.IsalError, zlib.error, gzip.BadGzipFile) as error:  # type: ignore[misc]  # typed as an instance
        raise InputError(f"{path}: corrupt gzip data ({error}); fetch the file again") from None


def _kind(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(6)
    except FileNotFoundError:
        raise InputError(f"{path}: not found; run `dvc repro`") from None
    return next((magic for magic in (GZIP, BZIP2, XZ) if start.startswith(magic)), b"")
