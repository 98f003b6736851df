from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.evidence import Sense
from pipeline.entities.overlaps import choose_mentions

LINK, NAME, UNLINKED = Sense(1, "link", 1.0), Sense(2, "name", 0.5), Sense("x", "unlinked", 0.0)
SPANS = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda at: (at[0], at[0] + at[1]))


def choose(spans, **changes):
    counts = Counter()
    mentions = choose_mentions(spans, {}, counts, **{"drop_unlinked": False} | changes)
    return list(zip(mentions.starts, mentions.ends, strict=True)), counts


@given(st.dictionaries(SPANS, st.sampled_from([LINK, NAME, UNLINKED]), max_size=8), st.booleans())
def test_as_all_spans_in_the_order_of_their_rank(spans, drop):
    """Mark the characters that are taken, best span first: slow, and what the rule says."""
    taken, stay = set(), []
    for start, end in sorted(spans, key=lambda s: (spans[s] != LINK, s[0] - s[1], s[0])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            stay.append((start, end))
    found, counts = choose(spans, drop_unlinked=drop)
    assert found == sorted(s for s in stay if not (drop and spans[s] == UNLINKED))
    assert counts["mentions_overlapped"] == len(spans) - len(stay)
    assert counts["mentions_unlinked_dropped"] == len(stay) - len(found)
    assert counts.total() == len(spans) - len(found)


def test_columns_are_of_the_same_mentions():
    spans = {(6, 9): NAME, (0, 3): LINK, (4, 5): UNLINKED}
    mentions = choose_mentions(spans, {3: "GPE", 5: "ORG"}, Counter(), drop_unlinked=False)
    assert list(zip(*mentions, strict=True)) == [
        (0, 3, *LINK, "GPE"),
        (4, 5, *UNLINKED, "ORG"),
        (6, 9, *NAME, ""),
    ]


@pytest.mark.parametrize(
    ("spans", "stay"),
    [
        ({(0, 9): NAME, (2, 4): LINK}, [(2, 4)]),
        ({(0, 3): NAME, (2, 9): NAME}, [(2, 9)]),
        ({(0, 3): NAME, (2, 5): NAME}, [(0, 3)]),
        ({(0, 9): NAME, (2, 4): NAME, (7, 8): NAME}, [(0, 9)]),  # the third reaches the first
        ({(0, 3): NAME, (3, 5): NAME}, [(0, 3), (3, 5)]),
    ],
)
def test_the_hyperlink_stays_else_the_longest_else_the_first(spans, stay):
    assert choose(spans)[0] == stay
