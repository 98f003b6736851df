"""Units of work: pieces of a few MB that together hold every page of some dump files once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.io import atomic_file, read_json, write_json
from pipeline.wiki.pages import read_site, slice_pages
from pipeline.wiki.streams import (
    AGAIN,
    Chunk,
    Piece,
    cut_plain,
    detect_format,
    find_streams,
    join_pieces,
    read_chunks,
)
from pipeline.wiki.titles import Site

# A unit gives one shard. 4 MiB of bz2 are about 17 MB of XML, 3 s of work and a shard of 5 MB.
UNIT_BYTES = 4 << 20
SMALLEST_UNIT = 128 << 10  # small dumps are cut finer, so that all workers have something to do
UNITS_OF_SMALL_DUMP = 8
PLAIN_FACTOR = 4  # bz2 takes wikitext to about a quarter
LONGEST_STREAM = 16 << 20  # a bz2 stream above this is not read as one unit
END = b"</mediawiki>"
END_BYTES = 64 << 10  # it stands in the last of them

_INDEX = re.compile(r"-index\d*\.txt")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What one call of a worker parses: a piece of a dump, and the wiki it comes from."""

    piece: Piece
    site: Site


def list_dumps(folder: Path) -> list[Path]:
    """Return the dump files of a folder in order of their names; index files are no dumps.

    Raises:
        InputError: The folder is missing or holds no file.
    """
    files = [
        path
        for path in (sorted(folder.iterdir()) if folder.is_dir() else [])
        if path.is_file() and not path.name.startswith(".") and not _INDEX.search(path.name)
    ]
    if not files:
        raise InputError(f"{folder}: no dump there; run `dvc repro fetch`")
    return files


def plan_units(files: Sequence[Path], pieces: Path, unit_bytes: int = UNIT_BYTES) -> list[Unit]:
    """Cut dump files into units; the order and the cuts depend on nothing but the files.

    Args:
        files: Dumps in any of the formats.
        pieces: Scratch folder for files that have to be re-cut.
        unit_bytes: Largest size of a unit in compressed bytes, give or take a stream.

    Raises:
        InputError: A file is missing, incomplete or no MediaWiki dump.
    """
    units: list[Unit] = []
    for number, path in enumerate(files):
        whole = Piece(path=path, format=detect_format(path), start=0, end=path.stat().st_size)
        site = read_site(whole)
        cut = _cut(whole, pieces / f"{number:03d}", unit_bytes)
        units.extend(Unit(piece=piece, site=site) for piece in cut)
    return units


def _cut(whole: Piece, folder: Path, unit_bytes: int) -> list[Piece]:
    target = max(SMALLEST_UNIT, min(unit_bytes, whole.end // UNITS_OF_SMALL_DUMP))
    if whole.format == "plain":
        _check_end(cut_plain(whole.path, END_BYTES)[-2:])
        return cut_plain(whole.path, PLAIN_FACTOR * target)
    if whole.format == "bz2":
        streams = find_streams(whole.path)
        if max(stream.end - stream.start for stream in streams) <= LONGEST_STREAM:
            _check_end(streams[-2:])
            return join_pieces(streams, target)
    return _recut(whole, folder, PLAIN_FACTOR * unit_bytes)


def _check_end(last: Sequence[Piece]) -> None:
    """Refuse a truncated dump at once, not after hours; it may end between two streams."""
    for start in (last[-1], last[0]):  # Wikimedia's last stream holds the end and nothing else
        tail = b""
        for chunk, _ in read_chunks(start):
            tail = (tail + chunk)[-END_BYTES:]
        if END in tail:
            return
    raise _no_end(last[0].path)


def _no_end(path: Path) -> InputError:
    size = path.stat().st_size
    return InputError(f"{path}: byte {size}: the file ends without </mediawiki>; {AGAIN}")


def _checked(piece: Piece) -> Iterator[Chunk]:
    """Pass on the chunks to the end of the file, and raise if it does not end as a dump does."""
    tail = b""
    for chunk, inside in read_chunks(piece):
        tail = (tail + chunk)[-END_BYTES:]
        yield chunk, inside
    if END not in tail:
        raise _no_end(piece.path)


def _recut(whole: Piece, folder: Path, size: int) -> list[Piece]:
    """Write a file that can be read only from its beginning as pieces; done once, kept on a kill.

    The pieces take about a third more space than bz2 and go with the scratch folder.
    """
    done = folder / "pieces.json"
    if not done.exists():
        number = 0
        for number, block in enumerate(_blocks(whole, size), 1):
            with (
                atomic_file(folder / f"{number - 1:05d}.xml.zst") as temporary,
                pa.CompressedOutputStream(str(temporary), "zstd") as stream,
            ):
                stream.write(block)
        write_json(done, number)
    return [
        Piece(path=path, format="zstd", start=0, end=path.stat().st_size)
        for path in (folder / f"{number:05d}.xml.zst" for number in range(read_json(done)))
    ]


def _blocks(whole: Piece, size: int) -> Iterator[bytes]:
    """Yield whole pages of about `size` bytes together."""
    block: list[bytes] = []
    length = 0
    for page in slice_pages(whole, _checked(whole)):
        block.append(page)
        length += len(page)
        if length >= size:
            yield b"\n".join(block)
            block, length = [], 0
    if block:
        yield b"\n".join(block)
