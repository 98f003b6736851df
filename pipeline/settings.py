"""Operational knobs: what changes how fast or where the work runs, never what comes out.

They are environment variables, not parameters, because a changed parameter re-runs a stage.
The table in README.md is made from `SETTINGS`.
"""

import math
import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError
from pipeline.memory import find_memory


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One `ERICA_*` variable: its name, the value used when it is not set, and its meaning."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting(
        name="ERICA_WORKERS",
        default="",
        meaning="worker processes of a data stage; default: the processors this process may use",
    ),
    Setting(name="ERICA_DEVICE", default="auto", meaning="auto, cpu, cuda or cuda:N"),
    Setting(
        name="ERICA_SCRATCH",
        default="",
        meaning="folder for unfinished work and downloads; default: .scratch in the repository",
    ),
    Setting(name="ERICA_LOG_SECONDS", default="30", meaning="seconds between two progress lines"),
    Setting(
        name="ERICA_EXECUTOR",
        default="local",
        meaning="where shards are worked on: local (processes) or ray (docs/cluster.md)",
    ),
    Setting(
        name="ERICA_STORE",
        default="",
        meaning="s3://bucket/erica or the like: carries files where Ray's nodes share no folder",
    ),
    Setting(
        name="ERICA_SHARD",
        default="",
        meaning="i/n: the i-th of n shares of a stage's shards, as --shard sets it",
    ),
    Setting(
        name="ERICA_MEMORY_GB",
        default="",
        meaning="memory limit of DuckDB in GB; default: half of what this process may use",
    ),
    Setting(
        name="ERICA_NPROC", default="1", meaning="training processes of one machine (torchrun)"
    ),
    Setting(
        name="ERICA_PARALLEL",
        default="ddp",
        meaning="ddp: each training process holds the model; fsdp: a part of each layer",
    ),
    Setting(
        name="ERICA_COMPILE",
        default="0",
        meaning="1: torch.compile of the encoder's blocks in pre-training; for GPUs",
    ),
    Setting(
        name="ERICA_CHECKPOINT_STEPS",
        default="500",
        meaning="steps of pre-training between two checkpoints",
    ),
    Setting(
        name="ERICA_CHECKPOINT_MINUTES",
        default="10",
        meaning="minutes of any training after which there is one in any case; 0: after each step",
    ),
    Setting(
        name="ERICA_SHARED",
        default="../shared",
        meaning="folder with real dump slices and benchmark files for the tests marked `real`",
    ),
)
_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


def read_setting(name: str) -> str:
    """Return the value of a variable listed in `SETTINGS`."""
    return os.environ.get(name) or _DEFAULTS[name]


def num_workers() -> int:
    """Return how many worker processes a data stage may start."""
    value = read_setting("ERICA_WORKERS")
    if not value:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return _positive("ERICA_WORKERS", value)


def chosen_executor() -> str:
    """Return where shards are worked on: "local" or "ray".

    Raises:
        InputError: Neither.
    """
    return _one_of("ERICA_EXECUTOR", "local", "ray")


def array_share() -> tuple[int, int] | None:
    """Return the number of this array job, from 1, and how many there are; None outside of one.

    Raises:
        InputError: Not of the form i/n with 1 <= i <= n.
    """
    value = read_setting("ERICA_SHARD")
    if not value:
        return None
    number, _, jobs = value.partition("/")
    if not (number.isdigit() and jobs.isdigit() and 1 <= int(number) <= int(jobs)):
        raise InputError(f"--shard: expected i/n with i from 1 to n, got {value!r}")
    return int(number), int(jobs)


def log_seconds() -> int:
    """Return the seconds between two progress lines where there is no terminal."""
    return _positive("ERICA_LOG_SECONDS", read_setting("ERICA_LOG_SECONDS"))


def checkpoint_steps() -> int:
    """Return the training steps between two checkpoints."""
    return _positive("ERICA_CHECKPOINT_STEPS", read_setting("ERICA_CHECKPOINT_STEPS"))


def checkpoint_seconds() -> float:
    """Return the seconds after which a checkpoint is written in any case.

    Raises:
        InputError: Not a number, or below 0.
    """
    value = read_setting("ERICA_CHECKPOINT_MINUTES")
    minutes = _number(value)
    if not 0 <= minutes < math.inf:
        raise InputError(f"ERICA_CHECKPOINT_MINUTES: expected a number of 0 or more, got {value!r}")
    return 60 * minutes


def training_processes() -> int:
    """Return the training processes to start on this machine."""
    return _positive("ERICA_NPROC", read_setting("ERICA_NPROC"))


def parallel() -> str:
    """Return how training processes divide the work: ddp or fsdp.

    Raises:
        InputError: Neither.
    """
    return _one_of("ERICA_PARALLEL", "ddp", "fsdp")


def wants_compile() -> bool:
    """Return whether pre-training compiles the encoder's blocks.

    Raises:
        InputError: Neither 0 nor 1.
    """
    return _one_of("ERICA_COMPILE", "0", "1") == "1"


def scratch_root() -> Path:
    """Return the folder for unfinished work.

    DVC runs a queued experiment in a temporary copy that it deletes on failure, and names the main
    repository in `DVC_ROOT`: that one survives.
    """
    chosen = read_setting("ERICA_SCRATCH")
    return Path(chosen) if chosen else Path(os.environ.get("DVC_ROOT", ".")) / ".scratch"


def memory_limit_gb() -> float:
    """Return DuckDB's memory limit in GB.

    Raises:
        InputError: Not a number above 0.
    """
    value = read_setting("ERICA_MEMORY_GB")
    if not value:
        return round(find_memory() / 2e9, 2)
    limit = _number(value)
    if not 0 < limit < math.inf:
        raise InputError(f"ERICA_MEMORY_GB: expected a number above 0, got {value!r}")
    return limit


def _one_of(name: str, *choices: str) -> str:
    value = read_setting(name)
    if value not in choices:
        raise InputError(f"{name}: expected {' or '.join(choices)}, got {value!r}")
    return value


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return math.nan


def _positive(name: str, value: str) -> int:
    if not value.isdigit() or int(value) == 0:
        raise InputError(f"{name}: expected a whole number above 0, got {value!r}")
    return int(value)
