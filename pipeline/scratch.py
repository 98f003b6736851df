"""Unfinished work that survives a kill, keyed by what it was made from.

A long stage works in `.scratch/<stage>/<fingerprint>/` under a lock, and moves its output into
`data/` by one rename at the end. The fingerprint covers the parameters, the inputs and the code:
a re-run after a kill continues, a re-run with anything changed starts anew
(docs/decisions/0003-resume-from-scratch.md).
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.io import replace_dir
from pipeline.settings import array_share, scratch_root

SAMPLED_BYTES = 1 << 20  # of each end of a large input file


def fingerprint(config: Any, inputs: Iterable[Path], code: Iterable[Path]) -> str:
    """Return 16 hex digits that change with the parameters, the inputs or the code.

    Args:
        config: The stage's dataclass.
        inputs: Files or folders. Of a file the size and the first and last MiB count: hashing a
            100 GB dump twice (DVC does it once) would take longer than parsing some of it.
        code: Source files or packages whose change must not continue old work.
    """
    digest = hashlib.sha256(json.dumps(dataclasses.asdict(config), sort_keys=True).encode())
    for root in inputs:
        for file in _files(root, "*"):
            digest.update(f"{file.relative_to(root.parent)} {file.stat().st_size}".encode())
            with file.open("rb") as stream:
                digest.update(stream.read(SAMPLED_BYTES))
                if file.stat().st_size > 2 * SAMPLED_BYTES:
                    stream.seek(-SAMPLED_BYTES, os.SEEK_END)
                digest.update(stream.read(SAMPLED_BYTES))
    for root in code:
        for file in _files(root, "*.py"):
            # relative: DVC runs queued experiments in another folder each time
            digest.update(str(file.relative_to(root.parent)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _files(root: Path, pattern: str) -> list[Path]:
    if not root.exists():
        raise InputError(f"{root}: not found; run `dvc repro`")
    return sorted(p for p in root.rglob(pattern) if p.is_file()) if root.is_dir() else [root]


@contextlib.contextmanager
def open_scratch(stage: str, key: str) -> Iterator[Path]:
    """Yield the scratch folder of `stage` and fingerprint `key`, locked; remove it on success.

    On an error or a kill the folder stays, for the next run to continue from.

    Raises:
        InputError: Another process works in the folder.
    """
    folder = scratch_root() / stage / key
    folder.mkdir(parents=True, exist_ok=True)
    share = array_share()
    with contextlib.ExitStack() as locks:
        # array jobs work side by side, but no two on the same share, and none while a run without
        # a share works and publishes
        wanted = [("lock", fcntl.LOCK_SH if share else fcntl.LOCK_EX)]
        wanted += [(f"lock_{share[0]}_{share[1]}", fcntl.LOCK_EX)] if share else []
        for name, kind in wanted:
            lock = locks.enter_context((folder / name).open("w"))
            try:
                fcntl.flock(lock, kind | fcntl.LOCK_NB)
            except OSError:
                raise InputError(
                    f"{folder}: another process works there; wait for it or end it (killing dvc "
                    "leaves its stage running)"
                ) from None
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def one_at_a_time(scratch: Path, name: str) -> Iterator[None]:
    """Let array jobs pass one by one: what they all need, the first of them makes."""
    with (scratch / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def publish(scratch: Path, path: Path) -> None:
    """Put `scratch/out` in the place of `path`: the last act of a stage.

    The markers go first. After a kill between the rename and the removal of the scratch folder they
    would name shards whose files are gone from it, and the next run would have nothing to move.
    """
    shutil.rmtree(scratch / "markers", ignore_errors=True)
    replace_dir(scratch / "out", path)


def reach(point: str) -> None:
    """Die here if the environment asks for it: `ERICA_FAIL_AT=parse.shard:2` (tests only).

    The number counts the visits of the point in this process, from 0. The exit is a real SIGKILL.
    """
    wanted = os.environ.get("ERICA_FAIL_AT")
    if wanted is None:
        return
    visits = _VISITS.get(point, 0)
    _VISITS[point] = visits + 1
    if wanted == f"{point}:{visits}":
        os.kill(os.getpid(), 9)


_VISITS: dict[str, int] = {}
