import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.config import decode
from pipeline.errors import InputError
from pipeline.triples.leakage import HeldoutConfig, HeldOutPair, collect_pairs, normalise_name

# The scripts of the corpora; the Turkish dotless i is the known exception to upper().lower().
LETTERS = st.text(
    st.characters(
        categories=("L", "N", "Zs", "Po", "Pd"), max_codepoint=0x4FF, exclude_characters="ı"
    ),
    max_size=20,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The U.S. Army", "us army"),
        ("Saint-Denis", "SAINT DENIS"),
        ("O’Brien  &\tSons", "o'brien & sons"),
        ("São Paulo", "Sao Paulo"),
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("ＡＢＣ", "abc"),
        ("“Hamlet”", "Hamlet"),
    ],
)
def test_normalise_unites_spellings(one, other):
    assert normalise_name(one) == normalise_name(other)


@pytest.mark.parametrize("name", ["A", "The", "...", "C++", "An"])
def test_normalise_leaves_something_of_any_name(name):
    assert normalise_name(name)


def test_normalise_keeps_different_names_apart():
    names = ["York", "New York", "York 2", "Theseus", "Andes"]
    assert len({normalise_name(name) for name in names}) == len(names)


@given(LETTERS)
def test_normalise_ignores_case_and_blanks(name):
    key = normalise_name(name)
    assert normalise_name(name.upper()) == normalise_name(name.lower()) == key
    assert normalise_name(f"  {name} ") == key


@given(st.text(st.characters(max_codepoint=127)))
@example("The\x1fU.S. _Army`s ")
def test_normalise_ascii_as_by_expressions(name):
    words = re.sub(r"[\W_]+", " ", re.sub("[.'`]", "", name.lower())).strip()
    assert normalise_name(name) == (re.sub("^(the|an?) ", "", words) or name.lower().strip())


PAIRS = st.builds(
    HeldOutPair,
    st.sampled_from(["Ada", "ada", "The Ada", "Bob", "", " ", "Cy"]),
    st.sampled_from(["Ada", "Bob", "bob.", "", "Dee"]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 3]),
)


@given(st.lists(PAIRS), st.lists(PAIRS), st.randoms())
def test_pairs_are_unique_sorted_and_add_up(first, second, random):
    table, counts = collect_pairs([("x", first), ("y", second)])
    rows = [tuple(row.values()) for row in table.to_pylist()]
    assert len(set(rows)) == len(rows)
    assert rows == sorted(rows, key=lambda row: (*row[:3], row[3] or 0, row[4] or 0))
    for pairs, name in ((first, "x"), (second, "y")):
        count = dict(counts[name])
        assert count.pop("pairs_in") == len(pairs) == sum(count.values())
        assert count["pairs_out"] == sum(row[0] == name for row in rows)
    random.shuffle(first)
    assert collect_pairs([("x", first), ("y", second)])[0].equals(table)


def test_no_benchmark_gives_an_empty_table():
    table, counts = collect_pairs([])
    assert (table.num_rows, counts) == (0, {})


@pytest.mark.parametrize(
    ("benchmarks", "message"),
    [
        (["docred", "docred"], "heldout.benchmarks: must differ, got docred, docred"),
        (["glue"], r"heldout.benchmarks\[0\]: expected one of docred"),
    ],
)
def test_wrong_benchmarks_are_one_line(benchmarks, message):
    with pytest.raises(InputError, match=message):
        decode({"benchmarks": benchmarks}, HeldoutConfig, "heldout")
