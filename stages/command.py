"""What every stage command has in common: its typer app, its parameters, and how it fails.

Heavy imports stand inside the command bodies, so that `--help` answers at once.
"""

import errno
import os
import sys
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from pipeline.config import read_section
from pipeline.errors import InputError, ShareDoneError
from pipeline.settings import array_share

T = TypeVar("T")
Share = Annotated[
    str, typer.Option(help="i/n, for array jobs: do the i-th of n shares of the shards, no more")
]

PARAMS = Path("params.yaml")


def make_app() -> typer.Typer:
    """Return an app without shell completion and rich markup: it starts in 0.1 s."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def load(section: str, cls: type[T]) -> T:
    """Read one section of params.yaml. A stage reads its own section only: DVC tracks no other."""
    return read_section(PARAMS, section, cls)


def take_share(shard: str) -> None:
    """Limit this process to its share of the shards (`--shard 2/8`; "" is all of them)."""
    if shard:
        os.environ["ERICA_SHARD"] = shard
    array_share()


def run(app: typer.Typer) -> None:
    """Run a stage; what the user can put right is one line on stderr and exit code 2."""
    try:
        app()
    except ShareDoneError as done:
        print(done, file=sys.stderr)
    except InputError as error:
        fail(str(error))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        place = error.filename or "the disk"
        fail(f"{place}: no space left; free some or set ERICA_SCRATCH to another disk, and repeat")


def fail(message: str) -> None:
    """Print one line and exit with code 2."""
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)
