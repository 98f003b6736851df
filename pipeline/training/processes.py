"""Several training processes, on one machine or many, started by torchrun.

Each computes some micro-batches of a step and they add their gradients once, so the processes
change how fast a step is and not what it computes. Process 0 holds the lock and writes files; the
scratch folder must be one that all of them see.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.scratch import open_scratch
from pipeline.settings import scratch_root, training_processes


def start_processes(module: str) -> None:
    """Become torchrun with ERICA_NPROC processes of `python -m module`, if that is more than one.

    Returns if one process is asked for, or if torchrun has started this one already (a user does
    so for several machines: `torchrun --nnodes=2 ... -m stages.train`).
    """
    number = training_processes()
    if number == 1 or "WORLD_SIZE" in os.environ:
        return
    options = ["--standalone", f"--nproc-per-node={number}", "-m", module]
    os.execv(sys.executable, [sys.executable, "-m", "torch.distributed.run", *options])


def is_first() -> bool:
    """Return whether this process is the one that writes."""
    return os.environ.get("RANK", "0") == "0"


@contextlib.contextmanager
def share_scratch(stage: str, key: str) -> Iterator[Path]:
    """Yield the scratch folder: process 0 opens, locks and removes it, the others use it."""
    if is_first():
        with open_scratch(stage, key) as scratch:
            yield scratch
    else:
        yield scratch_root() / stage / key
