import pytest

from pipeline.errors import InputError
from pipeline.settings import checkpoint_seconds


@pytest.mark.parametrize(("minutes", "seconds"), [("", 600), ("0", 0), ("0.5", 30)])
def test_minutes_between_checkpoints(monkeypatch, minutes, seconds):
    monkeypatch.setenv("ERICA_CHECKPOINT_MINUTES", minutes)
    assert checkpoint_seconds() == seconds


@pytest.mark.parametrize("value", ["-1", "ten", "nan", "inf"])
def test_minutes_that_are_none_are_one_line(monkeypatch, value):
    monkeypatch.setenv("ERICA_CHECKPOINT_MINUTES", value)
    with pytest.raises(InputError, match=f"ERICA_CHECKPOINT_MINUTES: expected .* got '{value}'"):
        checkpoint_seconds()
