from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sample.config import WorldConfig
from pipeline.sample.counter import chance, mix, permute
from pipeline.sample.cultures import CULTURES
from pipeline.sample.names import (
    NUMBERS_PER_BLOCK,
    RESERVED_BLOCKS,
    country_name,
    place_name,
    surname,
    with_article,
    work_title,
)

BENCHMARK_BLOCKS = range(-RESERVED_BLOCKS * len(CULTURES), 0)


def test_no_first_part_begins_another_and_all_second_parts_have_two_letters() -> None:
    for culture in CULTURES:
        firsts = culture.first
        assert not [(a, b) for a in firsts for b in firsts if a != b and b.startswith(a)]
        assert {len(part) for part in culture.second} == {2}
        for parts in (firsts, culture.second, culture.places, culture.surnames):
            assert len(set(parts)) == len(parts)


def test_places_and_countries_are_unique_in_a_world_of_100000_pages() -> None:
    blocks = [*BENCHMARK_BLOCKS, *range(1000)]
    places = Counter(place_name(b, k, 42) for b in blocks for k in range(NUMBERS_PER_BLOCK))
    assert places.most_common(1)[0][1] == 1
    countries = Counter(country_name(block, 42)[0] for block in blocks)
    assert countries.most_common(1)[0][1] == 1
    assert not places.keys() & countries.keys()


@pytest.mark.parametrize("seed", [1, 7, 2021])
def test_benchmarks_share_no_place_and_no_surname_with_pages(seed: int) -> None:
    for make in (place_name, surname):
        kept = {make(b, k, seed) for b in BENCHMARK_BLOCKS for k in range(NUMBERS_PER_BLOCK)}
        used = {make(b, k, seed) for b in range(64) for k in range(NUMBERS_PER_BLOCK)}
        assert not kept & used


def test_titles_of_works_are_unique_up_to_47_countries() -> None:
    titles = Counter(work_title(b, k, 42) for b in range(47) for k in range(211))
    # patterns without the second noun make a few equal ones
    assert sum(times - 1 for times in titles.values()) < 0.01 * len(titles)
    assert not [title for title in titles if title.startswith(("A I", "A E", "A O"))]


def test_articles_before_nouns() -> None:
    assert [with_article(noun) for noun in ("actor", "city")] == ["an actor", "a city"]


@given(st.integers(1, 10_000), st.integers(0, 2**63))
def test_permute_is_a_permutation(size: int, seed: int) -> None:
    size = min(size, 300)
    assert sorted(permute(k, size, seed) for k in range(size)) == list(range(size))


@given(st.lists(st.integers(-(2**70), 2**70), max_size=5))
def test_mix_depends_on_the_keys_alone(keys: list[int]) -> None:
    assert mix(*keys) == mix(*keys) < 2**64
    assert 0 <= chance(*keys) < 1


def test_a_world_too_small_for_its_pages_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^items: must be at least"):
        WorldConfig(seed=1, pages=600, items=1000)
    with pytest.raises(ValueError, match=r"^pages: must be above 0"):
        WorldConfig(seed=1, pages=0, items=1000)
