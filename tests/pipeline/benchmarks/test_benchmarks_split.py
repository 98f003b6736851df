import math
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.benchmarks.split import draw, split_off

strata = st.lists(st.sampled_from("abc"), min_size=1, max_size=80)


@settings(max_examples=60, deadline=None)
@given(strata, st.integers(0, 5))
def test_fractions_are_nested_and_hold_the_ceiling_of_each_stratum(labels, seed):
    small, large = draw(labels, 0.01, seed), draw(labels, 0.1, seed)
    assert set(small) <= set(large) <= set(draw(labels, 1.0, seed))
    assert draw(labels, 1.0, seed) == list(range(len(labels)))
    counts = Counter(labels[index] for index in large)
    assert counts == {label: math.ceil(n / 10) for label, n in Counter(labels).items()}
    assert large == draw(labels, 0.1, seed) == sorted(large)


def test_seeds_draw_different_records():
    assert draw([0] * 100, 0.1, 1) != draw([0] * 100, 0.1, 2)


def test_share_is_exact_in_spite_of_floats():
    assert len(draw([0] * 700, 0.07, 1)) == 49  # 0.07 * 700 = 49.00000000000001


@settings(max_examples=40, deadline=None)
@given(strata, st.integers(0, 5))
def test_split_off_parts_the_records(labels, seed):
    records = list(enumerate(labels))
    left, drawn = split_off(records, labels, 0.2, seed)
    assert sorted(left + drawn) == records
    assert left == sorted(left)


def test_split_off_leaves_a_single_record_in_training():
    left, _ = split_off(["x", *range(10)], ["rare", *["common"] * 10], 0.2, 3)
    assert "x" in left
