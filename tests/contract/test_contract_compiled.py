import zlib
from pathlib import Path

import numba
from imports import project_closure
from numba.core import caching

from pipeline.entities import json_bytes, scan


def test_contract_scan_is_compiled_anew_when_what_it_calls_has_changed():
    """numba looks whether `scan.py` has changed; its checksum of what it imports makes it so."""
    checksum = zlib.crc32(scan.CALLED)
    assert checksum == scan.CHECKSUM, f"write CHECKSUM = {checksum} into {scan.__file__}"
    called = {path.stem for path in project_closure(Path("pipeline/entities/scan.py"))} - {"scan"}
    assert called == {"json_bytes", "scan_claims"}  # what `CALLED` is read from


def test_contract_what_is_compiled_runs_where_nothing_can_be_written(monkeypatch):
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])  # no place is found
    assert compile_kept(_add_one)(1) == 2


def test_contract_what_is_compiled_runs_when_what_was_kept_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    for _ in range(2):
        assert compile_kept(_add_one)(1) == 2
    [kept] = tmp_path.rglob("*.nbc")
    kept.write_bytes(kept.read_bytes()[:10])
    assert compile_kept(_add_one)(1) == 2
    [index] = tmp_path.rglob("*.nbi")
    index.write_bytes(b"")
    assert compile_kept(_add_one)(1) == 2


def compile_kept(function):
    return json_bytes.compiled_for_python("int64(int64)", keep=True)(function)


def _add_one(number):
    return number + 1
