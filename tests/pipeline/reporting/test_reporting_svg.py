"""Charts: well-formed, inside of their frame, the same each time."""

import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reporting.svg import (
    Point,
    Series,
    choose_colours,
    format_tick,
    line_chart,
    nice_ticks,
    scatter_chart,
    smooth,
)

NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 4))
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=30).map(sorted)


@settings(deadline=None, max_examples=50)
@given(low=NUMBERS, span=st.floats(0, 1e6))
def test_ticks_enclose_the_range_evenly(low, span):
    ticks = nice_ticks(low, low + span, 4)
    assert 2 <= len(ticks) <= 8
    slack = 1e-6 * max(1.0, span)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + span - slack
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert max(steps) == pytest.approx(min(steps), rel=1e-6, abs=1e-10 * max(1, abs(low)))


def test_ticks_are_round_numbers():
    assert nice_ticks(0, 97, 4) == [0, 50, 100]
    assert nice_ticks(0.21, 0.79, 4) == [0.2, 0.4, 0.6, 0.8]
    assert [format_tick(t) for t in (0.2, 1500.0, 20_000.0)] == ["0.2", "1500", "20k"]


@settings(deadline=None, max_examples=50)
@given(points=POINTS)
def test_lines_stay_inside_their_chart(points):
    text = line_chart("A <title> & more", [Series("a", points), Series("b", points)])
    root = ElementTree.fromstring(text)
    assert root.get("aria-label") == "A <title> & more"
    lines = [e for e in root if e.tag.endswith("polyline")]
    assert len(lines) == 2
    for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", lines[0].get("points")):
        assert 0 <= float(x) <= float(root.get("viewBox").split()[2])
        assert 0 <= float(y) <= float(root.get("viewBox").split()[3])


def test_scatter_has_a_circle_and_a_name_for_each_point():
    points = [Point(0, 0, "a<b"), Point(5, -1, "c"), Point(5, 7, "c")]
    colours = choose_colours(["a<b", "c"])
    root = ElementTree.fromstring(scatter_chart("t", points, colours))
    circles = [e for e in root if e.tag.endswith("circle")]
    assert [c.get("fill") for c in circles] == [colours["a<b"], colours["c"], colours["c"]]
    assert [c[0].text for c in circles] == ["a<b", "c", "c"]


def test_charts_without_points_say_so():
    assert "no data" in line_chart("t", [Series("a", [])])
    assert "no data" in scatter_chart("t", [], {})


def test_smooth_is_the_mean_of_what_came_before():
    points = [(0.0, 2.0), (1.0, 4.0), (2.0, 6.0), (3.0, 100.0)]
    assert smooth(points, 2) == [(0.0, 2.0), (1.0, 3.0), (2.0, 5.0), (3.0, 53.0)]
    assert smooth(points, 1) == points
