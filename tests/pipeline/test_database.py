"""How DuckDB is opened, and what a user reads where it lacks memory or disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.database import connect, explain_limits, limit_memory
from pipeline.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
READ = "select if(range = {row}, error('{reason}'), 'x') from range(1000000)"


def test_database_is_opened_within_the_limits_of_the_run(tmp_path, monkeypatch):
    monkeypatch.setenv("ERICA_WORKERS", "3")
    monkeypatch.setenv("ERICA_MEMORY_GB", "0.25")
    names = ("threads", "memory_limit", "temp_directory")
    for path in (None, tmp_path / "a.duckdb"):
        with connect(path, spill=tmp_path / "spill") as connection:
            query = "select " + ", ".join(f"current_setting('{name}')" for name in names)
            found = dict(zip(names, connection.execute(query).fetchone(), strict=True))
        assert found == {
            "threads": 3,
            "memory_limit": "238.4 MiB",
            "temp_directory": str(tmp_path / "spill"),
        }


def test_no_progress_bar_is_drawn_where_duckdb_would(tmp_path):
    """It does in a process without a main file, as interactive ones and spawned workers are."""
    ask = "execute(\"select current_setting('enable_progress_bar')\").fetchone()[0]"
    program = (
        "import duckdb, pathlib; from pipeline.database import connect; "
        f"print(duckdb.connect().{ask}, connect(None, spill=pathlib.Path('spill')).{ask})"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == ["True", "False"]


@pytest.mark.parametrize(("limit", "text"), [(16, "16000MB"), (0.25, "250MB"), (1e-9, "1MB")])
def test_memory_limit_as_duckdb_reads_it(limit, text):
    assert limit_memory(limit) == text


@pytest.mark.parametrize("row", [0, 999_999])  # at once, and when rows have been read already
@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("Out of Memory Error: 3 of 2 GB", "ran out of memory or of disk"),
        ("No space left on device", "no space left"),
    ],
)
def test_want_of_memory_or_disk_is_one_line(tmp_path, row, reason, message):
    with (
        connect(None, spill=tmp_path) as connection,
        pytest.raises(InputError, match=message),
        explain_limits(tmp_path),
    ):
        for _ in connection.sql(READ.format(row=row, reason=reason)).to_arrow_reader(1000):
            pass


def test_other_errors_stay_what_they_are(tmp_path):
    with connect(None, spill=tmp_path) as connection:
        for row in (0, 999_999):
            with pytest.raises(Exception, match="a fault") as caught, explain_limits(tmp_path):
                connection.sql(READ.format(row=row, reason="a fault")).to_arrow_reader(9).read_all()
            assert not isinstance(caught.value, InputError)
