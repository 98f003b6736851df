"""Anchors of many units as one sorted table, however it is cut on the way."""

from collections import Counter
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.io import write_table
from pipeline.wiki import merge
from pipeline.wiki.corpus import ANCHORS

NAMES = st.sampled_from(["", "a", "ab", "b", "é", "日本"])
ROWS = st.lists(st.tuples(NAMES, NAMES, st.integers(1, 2**40)), max_size=40)


def table_of(rows):
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    return pa.table([list(column) for column in columns], schema=ANCHORS)


def rows_of(tables):
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]


def add_up_plainly(rows):
    sums = Counter()
    for surface, target, count in rows:
        sums[surface, target] += count
    return sorted((*names, count) for names, count in sums.items())


@given(ROWS, st.lists(st.integers(0, 40), max_size=6))
def test_counts_of_the_same_names_are_added_up_wherever_the_table_is_cut(rows, cuts):
    rows = sorted(rows)
    ends = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    parts = [table_of(rows[start:end]) for start, end in pairwise(ends)]
    assert rows_of(merge.add_up(parts)) == add_up_plainly(rows)


@pytest.mark.parametrize("batch", [1, 3, 7, 1000])
def test_anchors_of_units_are_one_sorted_table_in_groups_of_one_size(tmp_path, monkeypatch, batch):
    monkeypatch.setattr(merge, "BATCH", batch)
    rows = [(f"name {i % 13}", f"Title {i % 5}", i + 1) for i in range(200)]
    files = [tmp_path / "sides" / f"anchors_{number}.parquet" for number in range(3)]
    for number, file in enumerate(files):
        write_table(file, table_of(sorted(rows[number::3])))
    path = tmp_path / "out" / "anchors.parquet"
    number = merge.merge_sides("anchors", files, ANCHORS, path)
    expected = add_up_plainly(rows)
    assert rows_of([pq.read_table(path)]) == expected
    assert number == len(expected) == 65
    groups = pq.ParquetFile(path).metadata
    sizes = [groups.row_group(i).num_rows for i in range(groups.num_row_groups)]
    assert sizes == [batch] * (65 // batch) + ([65 % batch] if 65 % batch else [])


def test_no_anchors_are_an_empty_table(tmp_path):
    file, path = tmp_path / "sides" / "anchors.parquet", tmp_path / "out" / "anchors.parquet"
    write_table(file, table_of([]))
    assert merge.merge_sides("anchors", [file], ANCHORS, path) == 0
    assert pq.read_table(path).schema.metadata == ANCHORS.metadata
