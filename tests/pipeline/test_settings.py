import pytest

from pipeline import settings
from pipeline.errors import InputError
from pipeline.settings import checkpoint_seconds, memory_limit_gb


@pytest.mark.parametrize(("minutes", "seconds"), [("", 600), ("0", 0), ("0.5", 30)])
def test_minutes_between_checkpoints(monkeypatch, minutes, seconds):
    monkeypatch.setenv("ERICA_CHECKPOINT_MINUTES", minutes)
    assert checkpoint_seconds() == seconds


@pytest.mark.parametrize("value", ["-1", "ten", "nan", "inf"])
def test_minutes_that_are_none_are_one_line(monkeypatch, value):
    monkeypatch.setenv("ERICA_CHECKPOINT_MINUTES", value)
    with pytest.raises(InputError, match=f"ERICA_CHECKPOINT_MINUTES: expected .* got '{value}'"):
        checkpoint_seconds()


@pytest.mark.parametrize(("value", "limit"), [("16", 16), ("0.25", 0.25)])
def test_memory_limit(monkeypatch, value, limit):
    monkeypatch.setenv("ERICA_MEMORY_GB", value)
    assert memory_limit_gb() == limit


@pytest.mark.parametrize("value", ["0", "-1", "half", "nan", "inf"])
def test_memory_limit_that_is_none_is_one_line(monkeypatch, value):
    monkeypatch.setenv("ERICA_MEMORY_GB", value)
    with pytest.raises(InputError, match=f"ERICA_MEMORY_GB: expected .* got '{value}'"):
        memory_limit_gb()


def test_memory_limit_is_half_of_what_there_is(monkeypatch):
    monkeypatch.delenv("ERICA_MEMORY_GB", raising=False)
    monkeypatch.setattr(settings, "find_memory", lambda: 5_000_000_000)
    assert memory_limit_gb() == 2.5
