import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.entities import blocks, relay
from pipeline.entities.blocks import read_range
from pipeline.entities.relay import Relay
from pipeline.errors import InputError
from pipeline.progress import Progress


def read_all(path, folder, num_slots=2):
    """Return what the blocks hold, one after the other or two at a time."""
    found, out = [], []
    with Progress("index", 0, "MB") as progress:
        shared = Relay(path, folder, num_slots=num_slots, progress=progress)
        for position, block in shared:
            assert position == sum(len(text) for text in found)
            found.append(block.path.read_bytes()[: block.end])
            assert b"".join(read_range(block)) == found[-1]
            out.append(block)
            if len(out) == num_slots:
                shared.release(out.pop(0))
    return found


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 300), max_size=60),
    st.booleans(),
    st.integers(1, 2_000),
    st.integers(1, 500),
    st.integers(1, 3),
)
def test_relay_blocks_are_whole_lines_and_all_of_the_text(
    tmp_path_factory, lengths, ended, slot_bytes, block_bytes, num_slots
):
    text = b"\n".join(b"x" * length for length in lengths) + (b"\n" if ended else b"")
    folder = tmp_path_factory.mktemp("relay")
    (folder / "dump.gz").write_bytes(gzip.compress(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relay, "SLOT_BYTES", slot_bytes)
        patch.setattr(blocks, "BLOCK_BYTES", block_bytes)
        found = read_all(folder / "dump.gz", folder / "slots", num_slots)
    assert b"".join(found) == text
    assert all(block.endswith(b"\n") for block in found[:-1])
    longest = max(lengths, default=0) + 1
    assert all(len(block) < slot_bytes + 2 * block_bytes + longest for block in found)


def test_relay_damaged_file_is_an_input_error(tmp_path):
    (tmp_path / "dump.gz").write_bytes(gzip.compress(b"line\n" * 100_000)[:-40])
    with pytest.raises(InputError, match=r"dump\.gz: the gzip data is cut off"):
        read_all(tmp_path / "dump.gz", tmp_path / "slots")
