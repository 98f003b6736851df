"""Dumps named by path or address, put into one folder, checked."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError
from pipeline.fetch.checksums import Checksum, hash_file, published_checksum
from pipeline.fetch.download import PAUSES, download, file_name, read_text
from pipeline.fetch.formats import Kind, check_dump, check_name

FICLONE = 0x40049409  # Linux: share the blocks of another file until one of them is changed

LICENCES = {
    "wikipedia": "CC BY-SA 4.0 and GFDL, https://dumps.wikimedia.org/legal.html",
    "wikidata": "CC0 1.0, https://dumps.wikimedia.org/legal.html",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchedFile:
    """One file of data/fetch: what the report says of it. No place on this machine stands there."""

    file: str  # path below the folder of its kind
    bytes: int
    sha256: str
    source: str  # an address, "local file" or "sample"
    checked: str  # against what
    licence: str


def split_source(source: str) -> tuple[str, Checksum | None]:
    """Split "place#sha256=<hex>" into the place and the digest that the user vouches for."""
    place, mark, digest = source.partition("#sha256=")
    if not mark:
        return place, None
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        raise InputError(f"{source}: after #sha256= must come 64 hex digits")
    return place, Checksum("sha256", digest.lower())


def is_address(place: str) -> bool:
    """Say whether a source is to be downloaded."""
    return place.startswith(("http://", "https://"))


def fetch_dumps(
    sources: Sequence[str],
    kind: Kind,
    out: Path,
    *,
    base: Path,
    downloads: Path,
    pauses: Sequence[float] = PAUSES,
) -> list[FetchedFile]:
    """Put dumps into the folder `out`.

    Args:
        sources: Paths or addresses, each with or without `#sha256=<hex>`.
        kind: What they must hold.
        out: The folder; it is made.
        base: The folder that relative paths start from.
        downloads: Where downloads are kept, so that a later run with another list of sources does
            not fetch the same file twice. On the same disk this costs no space (hard links).
        pauses: Seconds before each new attempt of a download that makes no progress.

    Raises:
        InputError: A file is missing, of another type, cut off, or does not match its checksum.
    """
    out.mkdir(parents=True, exist_ok=True)
    fetched: list[FetchedFile] = []
    for source in sources:
        place, expected = split_source(source)
        name = file_name(place) if is_address(place) else Path(place).name
        check_name(name, kind)
        if (out / name).exists():
            raise InputError(f"fetch.{kind}: two sources are named {name}; rename one")
        if is_address(place):
            folder = downloads / hashlib.sha256(place.encode()).hexdigest()[:16]
            sha256, checked = _bring(place, expected, kind, folder, pauses)
            _link(folder / name, out / name)
        else:
            sha256, checked = _copy_checked(base / place, expected, kind, out / name)
        fetched.append(
            FetchedFile(
                file=name,
                bytes=(out / name).stat().st_size,
                sha256=sha256,
                source=place if is_address(place) else "local file",
                checked=checked,
                licence=LICENCES[kind],
            )
        )
    return fetched


def _bring(
    url: str, expected: Checksum | None, kind: Kind, folder: Path, pauses: Sequence[float]
) -> tuple[str, str]:
    """Download into `folder`, or find it there; return the sha256 and what it was checked against.

    A finished download has `<name>.sha256` beside it: the digest, then what it was checked against.
    """
    name = file_name(url)
    path, seal = folder / name, folder / f"{name}.sha256"
    if seal.exists() and path.exists():
        digest, _, checked = seal.read_text("utf-8").strip().partition(" ")
        if hash_file(path, "sha256") == [digest] and expected in (None, ("sha256", digest)):
            return digest, checked
    for stale in (seal, path):
        stale.unlink(missing_ok=True)
    # the list first: a typing error in the address shows before the download
    beside = url.rpartition("/")[0]
    known = expected or published_checksum(
        name, lambda other: read_text(f"{beside}/{other}", pauses=pauses)
    )
    download(url, folder, pauses=pauses)
    try:
        digest, checked = _verify(path, known, kind, by_list=expected is None)
    except InputError:
        path.unlink()
        raise
    seal.write_text(f"{digest} {checked}\n", "utf-8")
    return digest, checked


def _copy_checked(
    path: Path, expected: Checksum | None, kind: Kind, target: Path
) -> tuple[str, str]:
    if not path.is_file():
        what = "a folder; name its files" if path.is_dir() else "not found"
        raise InputError(f"{path}: {what} (fetch.{kind} in the parameters)")
    folder = path.parent

    def read_beside(name: str) -> str | None:
        return (folder / name).read_text("utf-8") if (folder / name).is_file() else None

    known = expected or published_checksum(path.name, read_beside)
    result = _verify(path, known, kind, by_list=expected is None)
    copy_file(path, target)
    return result


def _verify(path: Path, known: Checksum | None, kind: Kind, *, by_list: bool) -> tuple[str, str]:
    if path.stat().st_size == 0:
        raise InputError(f"{path.name}: empty; fetch it again")
    if known is None:
        check_dump(path, kind, proven=False)
        return hash_file(path, "sha256")[0], "type and end of the file"
    sha256, found = hash_file(path, "sha256", known.algorithm)
    if found != known.digest:
        source = "the dump's own list" if by_list else "the parameter"
        raise InputError(
            f"{path.name}: {known.algorithm} is {found}, {source} says {known.digest}; the file is "
            "damaged or another one: fetch it again"
        )
    check_dump(path, kind, proven=True)
    return sha256, f"{known.algorithm} of " + ("the dump's list" if by_list else "the parameter")


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; on file systems that can, share the blocks instead (no time, no space)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("wb") as write, contextlib.suppress(OSError):
        fcntl.ioctl(write.fileno(), FICLONE, read.fileno())
        return
    shutil.copyfile(source, target)


def _link(kept: Path, target: Path) -> None:
    """Give a download its second name in `target`; on another disk it moves there instead."""
    try:
        os.link(kept, target)
    except OSError:
        shutil.move(kept, target)
