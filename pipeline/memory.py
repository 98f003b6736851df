"""How much memory there is, and Python's garbage collector, held back where it finds nothing."""

import contextlib
import gc
import os
from collections.abc import Iterator
from pathlib import Path

# Of the two versions of Linux' control groups: where they are, and the file with a group's limit.
GROUPS = {
    "": ("sys/fs/cgroup", "memory.max"),
    "memory": ("sys/fs/cgroup/memory", "memory.limit_in_bytes"),
}


def find_memory(root: Path = Path("/")) -> int:
    """Return the bytes of memory that this process may use.

    They are the machine's, or fewer where a container or a Slurm job has a limit.
    """
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, group = line.split(":", 2)
        for controller in GROUPS.keys() & set(controllers.split(",")):
            place, name = GROUPS[controller]
            names = [part for part in group.split("/") if part]
            for depth in range(len(names) + 1):  # a limit of any group around binds
                limit = _read(root.joinpath(place, *names[:depth], name)).strip()
                limits += [int(limit)] if limit.isdigit() else []
    return min(limits)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:  # another system, or a group that a container does not see
        return ""


@contextlib.contextmanager
def pause_garbage_collection() -> Iterator[None]:
    """Hold the collector back for one shard: it would visit millions of tuples that hold no cycle.

    Linking is a seventh faster, extracting Wikidata a fifth.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
