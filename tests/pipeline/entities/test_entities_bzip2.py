import bz2
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.entities.bzip2 import BLOCK_MAGIC, END_MAGIC, find_marks, read_blocks
from pipeline.errors import InputError

TEXT = b"".join(b"%d: the quick brown fox\n" % number for number in range(60_000))  # 1.6 MB


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 300_000), min_size=1, max_size=4),
    st.integers(1, 9),
    st.integers(0, 10_000),
)
def test_bzip2_blocks_are_the_text_whatever_the_streams_and_levels(
    tmp_path_factory, sizes, level, at
):
    path = tmp_path_factory.mktemp("bz") / "text.bz2"
    texts = [TEXT[at : at + size] for size in sizes]
    path.write_bytes(b"".join(bz2.compress(text, level) for text in texts))
    assert b"".join(text for _, text in read_blocks(path, 0)) == b"".join(texts)


@pytest.mark.parametrize("size", [7, 100, 4_001])
def test_bzip2_blocks_are_the_same_however_much_is_read_at_once(tmp_path, monkeypatch, size):
    path = tmp_path / "text.bz2"
    path.write_bytes(bz2.compress(TEXT[:300_000], 1) + bz2.compress(TEXT[:9], 9))
    blocks = list(read_blocks(path, 0))
    monkeypatch.setattr("pipeline.entities.bzip2.READ_BYTES", size)
    assert list(read_blocks(path, 0)) == blocks


def test_bzip2_any_starting_byte_gives_the_blocks_from_there(tmp_path):
    path = tmp_path / "text.bz2"
    path.write_bytes(bz2.compress(TEXT, 1) + bz2.compress(TEXT, 9))
    blocks = list(read_blocks(path, 0))
    assert len(blocks) > 15
    for start in random.Random(1).sample(range(path.stat().st_size), 8):
        assert list(read_blocks(path, start)) == [b for b in blocks if b[0] >= start * 8]


@pytest.mark.parametrize("magic", [BLOCK_MAGIC, END_MAGIC])
def test_bzip2_marks_are_found_at_every_bit(magic):
    for shift in range(8):
        bits = f"{'1' * (16 + shift)}{magic:048b}{'1' * (16 - shift)}"
        data = int(bits, 2).to_bytes(10, "big")
        assert find_marks(data, magic) == [16 + shift]


def test_bzip2_a_magic_number_by_chance_inside_a_block_does_no_harm(tmp_path, monkeypatch):
    path = tmp_path / "text.bz2"
    path.write_bytes(bz2.compress(TEXT[:500_000], 9))

    def find_more(data, magic):
        return sorted([*find_marks(data, magic), 4_000 if magic == BLOCK_MAGIC else 9_000])

    monkeypatch.setattr("pipeline.entities.bzip2.find_marks", find_more)
    assert b"".join(text for _, text in read_blocks(path, 0)) == TEXT[:500_000]


def cut_off(data):
    return data[:-20]


def cut_in_half(data):
    return data[: len(data) // 2]


def overwrite(data):
    return data[:5_000] + b"corruption" * 20 + data[5_200:]


def not_bzip2(data):
    return b"BZh9" + b"nothing of the kind" * 100


@pytest.mark.parametrize("damage", [cut_off, cut_in_half, overwrite, not_bzip2])
def test_bzip2_damage_is_an_input_error_with_the_place(tmp_path, damage):
    path = tmp_path / "text.bz2"
    path.write_bytes(damage(bz2.compress(TEXT, 1)))
    with pytest.raises(InputError, match=r"text\.bz2:byte \d+: .*fetch the file again"):
        list(read_blocks(path, 0))


def test_bzip2_an_empty_stream_has_no_blocks(tmp_path):
    path = tmp_path / "text.bz2"
    path.write_bytes(bz2.compress(b""))
    assert list(read_blocks(path, 0)) == []
