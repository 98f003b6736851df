"""Digests of files, and the lists of digests that Wikimedia publishes beside its dumps."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

CHUNK = 1 << 20


class Checksum(NamedTuple):
    """The name of a hash function and the digest in lower-case hex."""

    algorithm: str
    digest: str


def hash_file(path: Path, *algorithms: str) -> list[str]:
    """Return the hex digests of a file, all from one reading."""
    hashes = [hashlib.new(name) for name in algorithms]
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            for one in hashes:
                one.update(chunk)
    return [one.hexdigest() for one in hashes]


def published_checksum(name: str, read_beside: Callable[[str], str | None]) -> Checksum | None:
    """Look a dump up in the lists beside it: `enwiki-20260101-sha1sums.txt`, then md5sums.

    Args:
        name: File name of the dump, `<wiki>-<date or "latest">-<rest>`.
        read_beside: Returns the text of a file in the dump's folder, None if there is no such file.
    """
    match = re.match(r"(.+?)-(\d{8}|latest)-", name)
    if not match:
        return None
    # the list of a "latest" folder names the dated files that it stands for
    wanted = re.escape(name).replace(r"\-latest\-", r"\-(?:latest|\d{8})\-")
    for algorithm in ("sha1", "md5"):
        text = read_beside(f"{match[1]}-{match[2]}-{algorithm}sums.txt")
        for line in (text or "").splitlines():
            digest, _, listed = line.strip().partition(" ")
            if re.fullmatch(wanted, listed.strip().lstrip("*")):
                return Checksum(algorithm, digest.lower())
    return None
