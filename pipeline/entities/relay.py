"""Hand a gzip file to several workers: it can only be read from its beginning, by one process.

That process decompresses a gigabyte a second, four times what a worker turns into rows. It leaves
blocks of whole lines in a few files that are written again and again, so they stay in the page
cache; a block is done when its worker has written its tables, and is not done again after a kill.
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline.entities.blocks import Range, read_gzip
from pipeline.progress import Progress

SLOT_BYTES = 64 << 20  # a fifth of a second of work


class Relay:
    """Iterates over (position, block) of a gzip file; give each block back to be written anew.

    `position` is the byte of the text at which the block starts, the block a range that is all of
    a file in `folder`. At most `num_slots` blocks may be out at a time.
    """

    def __init__(self, path: Path, folder: Path, *, num_slots: int, progress: Progress) -> None:
        self._path, self._progress = path, progress
        self._free = [folder / f"slot_{number}" for number in range(num_slots)]
        folder.mkdir(parents=True, exist_ok=True)
        for slot in self._free:
            slot.touch()

    def __iter__(self) -> Iterator[tuple[int, Range]]:
        position, rest = 0, b""
        with self._path.open("rb") as file:
            chunks = read_gzip(self._path, file)
            while True:
                slot, size = self._free.pop(), len(rest)
                with slot.open("r+b") as out:  # its pages are written again, not emptied
                    out.write(rest)
                    rest = b""
                    for chunk in chunks:
                        cut = chunk.rfind(b"\n") + 1 if size >= SLOT_BYTES else 0
                        out.write(chunk[:cut] if cut else chunk)
                        size += cut or len(chunk)
                        if cut:
                            rest = chunk[cut:]
                            break
                    out.truncate()
                if not size:
                    return
                yield position, Range(slot, 0, size)
                position += size
                self._progress.advance((file.tell() >> 20) - self._progress.done)

    def release(self, block: Range) -> None:
        """Take a block back: its file will be written anew."""
        self._free.append(block.path)
