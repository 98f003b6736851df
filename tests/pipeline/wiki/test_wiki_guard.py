import time

import pytest

from pipeline.wiki.guard import PoisonError, call_in_child, time_limit
from pipeline.wiki.nodes import parse


def test_a_child_returns_its_result():
    assert call_in_child(lambda: "x" * 3_000_000, 10.0) == "x" * 3_000_000


def test_a_child_that_fails_is_poison():
    with pytest.raises(PoisonError):
        call_in_child(lambda: 1 / 0, 10.0)


def test_the_parser_is_ended_in_the_middle_of_its_c_code():
    slow = '<b x="' * 40_000  # quadratic: minutes
    start = time.monotonic()
    with pytest.raises(PoisonError):
        call_in_child(lambda: str(parse(slow)), 0.5)
    assert time.monotonic() - start < 60


def test_python_is_interrupted():
    with pytest.raises(PoisonError, match=r"0\.05 s"), time_limit(0.05):
        while True:
            pass


def test_the_timer_ends_with_its_block():
    with time_limit(0.05):
        pass
    time.sleep(0.1)
