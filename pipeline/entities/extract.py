"""Entities to the tables of the index: what one worker does with some lines of a dump."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.entities.blocks import Range, read_range
from pipeline.entities.parts import PartWriter
from pipeline.entities.rows import Rows
from pipeline.entities.wikidata import BrokenLineError, EntityDecoder
from pipeline.errors import InputError
from pipeline.memory import pause_garbage_collection
from pipeline.progress import Counts, add_counts

FLUSH_ROWS = 250_000  # of a table, held in memory by a worker: some 40 MB


@dataclass(frozen=True, slots=True)
class ExtractTask:
    """Some lines of a dump and the folder for their tables.

    `dump` and `position` are for messages: the dump file, and where in it the lines start.
    """

    part: Range
    dump: Path
    position: int
    out: Path
    language: str
    wiki: str


def extract(task: ExtractTask) -> Counts:
    """Write the tables of some lines to `task.out`; return the counts.

    Raises:
        InputError: The data is corrupt, or a line is not JSON.
    """
    # numba takes 0.3 s and 130 MB, which the process that builds the index can do without
    from pipeline.entities.items import ItemScanner

    scanner = ItemScanner(language=task.language, wiki=task.wiki)
    decoder = EntityDecoder(language=task.language, wiki=task.wiki)
    rows, counts, line = Rows(task.language), Counts(), 0
    with pause_garbage_collection(), PartWriter(task.out) as writer:
        for lines in read_range(task.part):
            items = scanner.scan(lines)
            rows.add_items(items)
            num_lines, entities, properties = len(items.names), [], []
            for start, end in items.refused_R2.tolist():
                try:
                    decoded = decoder.decode_lines(lines[start:end], counts)
                except BrokenLineError as error:
                    line += lines.count(b"\n", 0, start) + error.line
                    behind = f" after byte {task.position}" if task.position else ""
                    raise InputError(
                        f"{task.dump}:line {line}{behind}: not JSON ({error}); expected "
                        "one Wikidata entity per line; fetch the file again"
                    ) from None
                entities += decoded[0]
                properties += decoded[1]
                num_lines += lines.count(b"\n", start, end)
            if entities:
                rows.add_entities(entities)
            rows.add_properties(properties)
            line += num_lines
            rows.flush(writer, at_least=FLUSH_ROWS)
        rows.flush(writer, at_least=1)
    add_counts(counts, rows.counts)
    return counts
