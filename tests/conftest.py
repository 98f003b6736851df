"""Shared fixtures: an empty project folder, and the real data where a user has it."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def shared() -> Path:
    """Return the folder of real dump slices and benchmark files, or skip."""
    folder = Path(os.environ.get("ERICA_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"needs the real data slices; {folder}/data is not there (set ERICA_SHARED)")
    return folder
