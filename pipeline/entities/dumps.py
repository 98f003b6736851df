"""Extract all dump files, in parallel and resumable: which worker does what."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.entities.blocks import Range, is_gzip, split_file
from pipeline.entities.extract import ExtractTask, extract
from pipeline.entities.relay import Relay
from pipeline.entities.store import IndexConfig
from pipeline.executor import map_shards, map_stream
from pipeline.progress import Counts, Progress, add_counts
from pipeline.settings import num_workers

RELAYED_BYTES = 256 << 20  # a smaller gzip file is left to one worker


def extract_dumps(dumps: Sequence[Path], scratch: Path, config: IndexConfig) -> Counts:
    """Write the tables of dump files to folders in `scratch/parts`; return the counts.

    What one task is depends on the files alone, so that another number of workers can continue.

    Raises:
        InputError: A dump is corrupt, or a line is not JSON.
    """
    large = [dump for dump in dumps if is_gzip(dump) and dump.stat().st_size > RELAYED_BYTES]
    tasks = [
        _make_task(number, part, dump, part.start, scratch, config)
        for number, dump in enumerate(dumps)
        if dump not in large
        for part in split_file(dump)
    ]
    counts = map_shards(
        extract, tasks, markers=scratch / "markers", label="index", more=bool(large)
    )
    for number, dump in enumerate(dumps):
        if dump in large:
            add_counts(counts, _relay(number, dump, scratch, config))
    return counts


def _relay(number: int, dump: Path, scratch: Path, config: IndexConfig) -> Counts:
    num_slots = num_workers() + 1
    with Progress("index", dump.stat().st_size >> 20, f"MB of {dump.name}") as progress:
        relay = Relay(dump, scratch / "slots", num_slots=num_slots, progress=progress)
        return map_stream(
            extract,
            (
                _make_task(number, block, dump, position, scratch, config)
                for position, block in relay
            ),
            markers=scratch / "markers",
            label="index",
            in_flight=num_slots,
            release=lambda task: relay.release(task.part),
        )


def _make_task(
    number: int, part: Range, dump: Path, position: int, scratch: Path, config: IndexConfig
) -> tuple[str, ExtractTask]:
    name = f"dump_{number:03d}_{position:015d}"
    task = ExtractTask(
        part=part,
        dump=dump,
        position=position,
        out=scratch / "parts" / name,
        language=config.language,
        wiki=config.wiki,
    )
    return name, task
