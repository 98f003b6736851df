"""Speed of `parse` against mwparserfromhell on whole pages, in one run on the same pages.

    .venv/bin/python -m benchmarks.parse [--dump FILE] [--rounds 3]

Prints MB of XML per second of one process (CPU time), the ratios to the baseline, and the floors:
decompression alone, and the slicing of pages alone. Rounds are interleaved and the best of each
counts, because other work on the machine slows them by turns.
"""

import argparse
import bz2
import contextlib
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import mwparserfromhell

from pipeline.settings import read_setting
from pipeline.wiki.corpus import SIDES, ParseTask, parse_unit
from pipeline.wiki.documents import ParseConfig
from pipeline.wiki.pages import read_page, slice_pages
from pipeline.wiki.streams import read_chunks
from pipeline.wiki.units import plan_units

DUMP = "data/wiki/enwiki-real-pages-articles-multistream.xml.bz2"
MEDIA = ("file:", "image:", "category:")


def run_baseline(dump: Path) -> int:
    """Parse whole pages and strip them section by section, as dataset builders do."""
    characters = 0
    with bz2.open(dump) as stream:
        for _, page in ET.iterparse(stream):
            if not page.tag.endswith("}page"):
                continue
            fields = {child.tag.rpartition("}")[2]: child for child in page.iter()}
            if fields["ns"].text == "0" and "redirect" not in fields:
                code = mwparserfromhell.parse(fields["text"].text or "")
                for section in code.get_sections(flat=True, include_lead=True):
                    characters += len(strip_section(section))
            page.clear()
    return characters


def strip_section(section: Any) -> str:
    """Take out media and references, and return the section's text."""
    for link in section.filter_wikilinks(recursive=True):
        if str(link.title).strip().lower().startswith(MEDIA):
            remove(section, link)
    for tag in section.filter_tags(matches=lambda tag: tag.tag in ("ref", "table")):
        remove(section, tag)
    return str(section.strip_code().strip())


def remove(section: Any, node: Any) -> None:
    """Remove a node that may have gone with one around it."""
    with contextlib.suppress(ValueError):
        section.remove(node)


def run_parse(dump: Path, documents: Literal["lead", "paragraph"], folder: Path) -> int:
    """Run the stage's work in this process: documents, links, anchors, Parquet files."""
    config = ParseConfig(
        documents=documents,
        window_words=200,
        min_words=128,
        lists=False,
        headings=False,
        templates={},
        page_seconds=30.0,
    )
    written = 0
    for number, unit in enumerate(plan_units([dump], folder / "pieces")):
        sides = {name: folder / f"{name}_{number}.parquet" for name in SIDES}
        task = ParseTask(unit=unit, config=config, shard=folder / f"{number}.parquet", sides=sides)
        written += parse_unit(task).get("documents.out", 0)
    return written


def run_bz2(dump: Path) -> int:
    """Decompress."""
    return len(bz2.decompress(dump.read_bytes()))


def run_slices(dump: Path, folder: Path) -> int:
    """Decompress, cut pages and read their heads."""
    return sum(
        read_page(data) is not None
        for unit in plan_units([dump], folder / "pieces")
        for data in slice_pages(unit.piece, read_chunks(unit.piece))
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dump", type=Path, default=Path(read_setting("ERICA_SHARED")) / DUMP)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    dump: Path = options.dump
    megabytes = run_bz2(dump) / 1e6
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs: dict[str, Callable[[], int]] = {
            "mwparserfromhell, whole pages": lambda: run_baseline(dump),
            "parse, whole articles": lambda: run_parse(dump, "paragraph", folder),
            "parse, leads": lambda: run_parse(dump, "lead", folder),
            "floor: bz2": lambda: run_bz2(dump),
            "floor: bz2 and page slices": lambda: run_slices(dump, folder),
        }
        best = dict.fromkeys(jobs, float("inf"))
        for _ in range(options.rounds):
            for label, job in jobs.items():
                start = time.process_time()
                job()
                best[label] = min(best[label], time.process_time() - start)
    baseline = best["mwparserfromhell, whole pages"]
    print(f"{dump.name}: {megabytes:.1f} MB of XML, best of {options.rounds}, one process")
    for label, seconds in best.items():
        print(f"{label:32} {megabytes / seconds:7.1f} MB/s  {baseline / seconds:6.1f} x baseline")


if __name__ == "__main__":
    main()
