import bz2
import gzip
import lzma
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.entities import blocks
from pipeline.entities.blocks import list_dumps, read_range, split_file
from pipeline.errors import InputError

lines_of_text = st.lists(
    st.binary(max_size=60).map(lambda line: line.replace(b"\n", b"")), max_size=40
)


@settings(max_examples=60, deadline=None)
@given(lines_of_text, st.booleans(), st.integers(1, 200))
def test_blocks_ranges_of_a_plain_file_share_its_lines(tmp_path_factory, lines, ended, step):
    text = b"x" + b"\n".join(lines) + (b"\n" if ended else b"")
    path = tmp_path_factory.mktemp("plain") / "dump.json"
    path.write_bytes(text)
    parts = [list(read_range(part)) for part in split_file(path, plain_range=step)]
    assert b"".join(b"".join(part) for part in parts) == text
    found = [block for part in parts for block in part]
    assert all(block.endswith(b"\n") for block in found[:-1])


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 4_000), st.integers(0, 8), st.booleans())
def test_blocks_ranges_of_a_bzip2_file_share_its_lines(tmp_path_factory, step, repeats, streams):
    rows = [b"%d " % number * (number % 50) + b"\n" for number in range(1_000)]
    rows.insert(500, b"a long line " * 10_000 * repeats + b"\n")
    text = b"".join(rows)
    path = tmp_path_factory.mktemp("bz") / "dump.json.bz2"
    half = len(text) // 2
    parts = [text[:half], text[half:]] if streams else [text]
    path.write_bytes(b"".join(bz2.compress(part, 1) for part in parts))
    ranges = split_file(path, bzip2_range=max(step, path.stat().st_size // 9))
    assert b"".join(b"".join(read_range(part)) for part in ranges) == text


@pytest.mark.parametrize(
    ("megabytes", "number", "longest"),
    [(1, 1, 1), (5, 3, 2), (28, 8, 3.5), (64, 8, 8), (109, 14, 8)],
)
def test_blocks_small_bzip2_files_have_eight_ranges_at_most(tmp_path, megabytes, number, longest):
    path = tmp_path / "dump.json.bz2"
    path.write_bytes(b"BZh9")
    for size in (megabytes << 20, (megabytes << 20) - 3):
        os.truncate(path, size)
        ranges = split_file(path)
        assert len(ranges) == number
        assert max(part.end - part.start for part in ranges) <= longest * 2**20
        assert [part.start for part in ranges[1:]] == [part.end for part in ranges[:-1]]
        assert (ranges[0].start, ranges[-1].end) == (0, size)


def test_blocks_gzip_is_one_range_in_small_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 100)
    text = b"".join(b"line %d\n" % number for number in range(1_000)) + b"no newline"
    path = tmp_path / "dump.json.gz"
    path.write_bytes(gzip.compress(text[:3_000]) + gzip.compress(text[3_000:]))
    (part,) = split_file(path)
    found = list(read_range(part))
    assert len(found) > 50
    assert all(block.endswith(b"\n") for block in found[:-1])
    assert b"".join(found) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(b"line\n" * 100_000, mtime=0)[:-50], "cut off"),
        (gzip.compress(b"line\n" * 100_000, mtime=0)[:-8] + bytes(8), "corrupt gzip data"),
        (gzip.compress(b"line\n", mtime=0)[:10] + b"\xff" * 50, "corrupt|cut off"),
    ],
)
def test_blocks_damaged_gzip_is_an_input_error(tmp_path, data, message):
    path = tmp_path / "dump.json.gz"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        list(read_range(split_file(path)[0]))


def test_blocks_empty_missing_and_foreign_files_are_input_errors(tmp_path):
    (tmp_path / "a.json").write_bytes(b"")
    (tmp_path / "b.json.xz").write_bytes(lzma.compress(b"[]"))
    for name, message in (("a.json", "empty"), ("b.json.xz", "xz"), ("c.json", "not found")):
        with pytest.raises(InputError, match=message):
            split_file(tmp_path / name)
    with pytest.raises(InputError, match="no dump"):
        list_dumps(tmp_path / "nothing")
    assert [path.name for path in list_dumps(tmp_path)] == ["a.json", "b.json.xz"]
