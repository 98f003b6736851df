import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities import names
from pipeline.entities.names import (
    acronyms,
    ends_of,
    find_words,
    is_acronym,
    skip_article,
    surnames,
    title_forms,
    trim,
)


@pytest.mark.parametrize(
    ("surface", "name"),
    [
        ("Oda", "Oda"),
        ("the United States", "United States"),
        ("The Hague", "The Hague"),
        ("Oda's", "Oda"),
        ("Oda’s", "Oda"),
        ("the Odas'", "Odas"),
        ("“Oda”", "Oda"),
        ("(Oda)", "Oda"),
        ("U.S.", "U.S."),
        ("Oda,", "Oda"),
        ("the ", ""),
        ("'s", ""),
        ("theatre", "theatre"),
    ],
)
def test_names_trim(surface, name):
    text = f"in {surface} it"
    start, end = trim(text, 3, 3 + len(surface))
    assert text[start:end] == name


@given(st.text(max_size=30), st.data())
def test_names_trim_stays_inside_the_span(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = trim(text, start, end)
    assert start <= first <= last <= end or first == last
    assert trim(text, first, last) == (first, last)


def test_names_skip_article():
    assert [skip_article(name) for name in ("The Beatles", "A Tern", "Theo", "the sea")] == [
        "Beatles",
        "Tern",
        "Theo",
        "the sea",
    ]


@pytest.mark.parametrize(
    ("title", "label", "forms"),
    [
        ("Oda", "Oda", ["Oda"]),
        ("Oda (band)", "Oda", ["Oda"]),
        ("Tern, Oda", "Tern", ["Tern, Oda", "Tern"]),
        ("One, Two, Three", "", ["One, Two, Three"]),
        ("Albedo", "albedo", ["Albedo", "albedo"]),
        ("Albedo", "Albedo", ["Albedo"]),
        ("A", "", []),
    ],
)
def test_names_title_forms(title, label, forms):
    assert title_forms(title, label) == forms


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("Ada Tern", ["Tern"]),
        ("Ada Maria Tern", ["Maria Tern", "Tern"]),
        ("Ada van Tern", ["van Tern", "Tern"]),
        ("Ada Tern Jr", ["Tern Jr"]),
        ("Ada the Great", ["Great"]),
        ("Ada", []),
    ],
)
def test_names_surnames(name, ends):
    assert surnames(name) == ends


def test_names_acronyms():
    assert acronyms("United Nations") == ["UN"]
    assert acronyms("Ministry of the Sea") == ["MS", "MOTS"]
    assert acronyms("Oda") == []
    assert [is_acronym(n) for n in ("UN", "U.N.", "U.S", "Un", "ABCDEFG", "U")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def find_slowly(text, name):
    found, last = [], 0
    for at in range(len(text) - len(name) + 1):
        end = at + len(name)
        inside = text[max(at - 1, 0) : at].isalnum() or text[end : end + 1].isalnum()
        if text.startswith(name, at) and not inside and at >= last:
            found.append(at)
            last = end
    return found


@given(st.text("ab \u00e9.", max_size=40), st.text("ab .", min_size=1, max_size=4))
def test_names_find_words_finds_whole_words(text, name):
    assert find_words(text, name) == find_slowly(text, name)


@given(st.text("AbÉs ()'’\"“”,;:th\n1²", max_size=8))
def test_the_short_way_trims_as_the_patterns_do(surface):
    end = len(surface)
    if "(" in surface and ")" not in surface:
        end = surface.index("(")
    tail = names._TRAILING.search(surface, 0, end)
    end = tail.start() if tail else end
    start = 0
    while start < end and (lead := names._LEADING.match(surface, start, end)):
        start = lead.end()
    assert trim(surface, 0, len(surface)) == (start, end)


def test_ends_of_a_name_are_all_that_follows_a_blank():
    assert ends_of("Vincent van Gogh") == ["van Gogh", "Gogh"]
    assert ends_of("Gogh") == ends_of("") == []
