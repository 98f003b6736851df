"""Is a file what its name says, and is it whole? Checked before hours are spent on reading it."""

import bz2
import gzip
from pathlib import Path
from typing import Literal

from pipeline.errors import InputError

Kind = Literal["wikipedia", "wikidata"]

SUFFIXES = {"wikipedia": (".xml", ".bz2", ".gz"), "wikidata": (".json", ".bz2", ".gz")}
CONTENT = {"wikipedia": "MediaWiki XML", "wikidata": "Wikidata entities in JSON"}
FIRST_BYTES = {"wikipedia": (b"<",), "wikidata": (b"[", b"{")}
MAGIC = {".bz2": b"BZh", ".gz": b"\x1f\x8b"}
HEAD = 4_096
TAIL = 1 << 16
BZ2_END = (
    0x177245385090  # ends every bzip2 stream, then come a CRC of 32 bits and up to 7 zero bits
)


def check_name(name: str, kind: Kind) -> None:
    """Raise `InputError` for a file name that no reader of `kind` knows."""
    if not name.endswith(SUFFIXES[kind]):
        expected = ", ".join(SUFFIXES[kind])
        raise InputError(f"{name}: not a {kind} dump by its name; it must end in {expected}")


def check_dump(path: Path, kind: Kind, *, proven: bool) -> None:
    """Check that a dump holds what its name says and that it is whole.

    Args:
        path: The file; its suffix says how it is packed.
        kind: What should be inside.
        proven: A checksum has shown the file to be whole, so that is not looked at again.

    Raises:
        InputError: Empty, packed otherwise than the suffix says, other content, or cut off.
    """
    check_name(path.name, kind)
    if path.stat().st_size == 0:
        raise InputError(f"{path.name}: empty; fetch it again")
    head = _unpacked_head(path)
    text = (
        head.decode("utf-16", "ignore").encode() if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    )
    if not text.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(FIRST_BYTES[kind]):
        raise InputError(
            f"{path.name}: byte 0: not {CONTENT[kind]} (it starts with {bytes(head[:12])!r}); "
            f"is it in the right list, fetch.{kind}?"
        )
    if not proven:
        _check_whole(path, kind)


def _unpacked_head(path: Path) -> bytes:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    packed = next((suffix for suffix, magic in MAGIC.items() if head.startswith(magic)), "")
    named = path.suffix if path.suffix in MAGIC else ""
    if packed != named:
        found = f"{packed[1:]} data" if packed else "not packed"
        raise InputError(
            f"{path.name}: byte 0: the name ends in {path.suffix}, the file is {found}"
        )
    try:
        if packed == ".bz2":
            with bz2.open(path) as unpacked:
                return unpacked.read(HEAD)
        if packed == ".gz":
            with gzip.open(path) as unpacked:
                return unpacked.read(HEAD)
    except (OSError, EOFError) as error:
        raise InputError(f"{path.name}: byte 0: damaged {packed[1:]} data ({error})") from None
    return head


def _check_whole(path: Path, kind: Kind) -> None:
    cut = InputError(
        f"{path.name}: byte {path.stat().st_size}: the file is cut off there; fetch it again"
    )
    if path.suffix == ".bz2":
        if not _ends_as_bz2(_tail(path, 16)):
            raise cut
    elif path.suffix == ".gz":
        _read_gzip(path)
    else:
        end = _tail(path, TAIL).replace(b"\0", b"").rstrip()  # zero bytes: UTF-16
        last = end[-1:]
        if not (b"</mediawiki>" in end if kind == "wikipedia" else last in (b"]", b"}", b",")):
            raise cut


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - size))
        return stream.read()


def _ends_as_bz2(tail: bytes) -> bool:
    """Find the mark at the end of a bzip2 stream, which is aligned to bits: eight places."""
    value = int.from_bytes(tail, "big")
    return any((value >> (32 + pad)) & ((1 << 48) - 1) == BZ2_END for pad in range(8))


def _read_gzip(path: Path) -> None:
    """Unpack a gzip file to its end: only there stand the length and the checksum."""

    from isal import igzip
    from isal.igzip_lib import IsalError

    done = 0
    try:
        with igzip.open(path) as unpacked:
            while chunk := unpacked.read(1 << 22):
                done += len(chunk)
    except EOFError:
        raise InputError(
            f"{path.name}: cut off after {done} unpacked bytes; fetch it again"
        ) from None
    except (OSError, IsalError) as error:  # type: ignore[misc]  # typed as an instance
        raise InputError(
            f"{path.name}: damaged gzip data after {done} unpacked bytes ({error}); fetch it again"
        ) from None
