import zlib
from pathlib import Path

from numba.core import caching

from pipeline.entities import json_bytes, scan


def test_contract_scan_is_compiled_anew_when_what_it_calls_has_changed():
    """numba looks whether `scan.py` has changed; its checksum of `json_bytes.py` makes it so."""
    checksum = zlib.crc32(Path(json_bytes.__file__).read_bytes())
    assert checksum == scan.JSON_BYTES, f"write JSON_BYTES = {checksum} into {scan.__file__}"


def test_contract_what_is_compiled_runs_where_nothing_can_be_written(monkeypatch):
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])  # no place is found
    assert json_bytes.compiled_for_python(_add_one)(1) == 2


def _add_one(number):
    return number + 1
