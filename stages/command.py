"""What every stage command has in common: its typer app, its parameters, and how it fails.

Heavy imports stand inside the command bodies, so that `--help` answers at once.
"""

import errno
import sys
from pathlib import Path
from typing import TypeVar

import typer

from pipeline.config import read_section
from pipeline.errors import InputError

T = TypeVar("T")

PARAMS = Path("params.yaml")


def make_app() -> typer.Typer:
    """Return an app without shell completion and rich markup: it starts in 0.1 s."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def load(section: str, cls: type[T]) -> T:
    """Read one section of params.yaml. A stage reads its own section only: DVC tracks no other."""
    return read_section(PARAMS, section, cls)


def run(app: typer.Typer) -> None:
    """Run a stage; what the user can put right is one line on stderr and exit code 2."""
    try:
        app()
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
