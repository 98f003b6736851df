"""A MediaWiki XML export, schema 0.11, in many bzip2 streams, with its index."""

import bz2
import hashlib
from pathlib import Path
from xml.sax.saxutils import escape

from pipeline.sample.config import PAGES_PER_BLOCK, WorldConfig
from pipeline.sample.counter import mix
from pipeline.sample.pages import Page, block_pages
from pipeline.sample.parallel import map_in_order
from pipeline.sample.world import World

NAMESPACES = {
    -2: "Media",
    -1: "Special",
    0: "",
    1: "Talk",
    2: "User",
    3: "User talk",
    4: "Wikipedia",
    5: "Wikipedia talk",
    6: "File",
    7: "File talk",
    8: "MediaWiki",
    9: "MediaWiki talk",
    10: "Template",
    11: "Template talk",
    12: "Help",
    13: "Help talk",
    14: "Category",
    15: "Category talk",
    100: "Portal",
    101: "Portal talk",
    828: "Module",
    829: "Module talk",
}
_EXPORT = "http://www.mediawiki.org/xml/export-0.11/"


def header() -> str:
    """Return the opening tag of the export and its siteinfo."""
    names = "".join(
        f'      <namespace key="{key}" case="first-letter"'
        + (f">{name}</namespace>\n" if name else " />\n")
        for key, name in NAMESPACES.items()
    )
    return (
        f'<mediawiki xmlns="{_EXPORT}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{_EXPORT} http://www.mediawiki.org/xml/export-0.11.xsd" '
        'version="0.11" xml:lang="en">\n'
        "  <siteinfo>\n"
        "    <sitename>Wikipedia</sitename>\n"
        "    <dbname>enwiki</dbname>\n"
        "    <base>https://en.wikipedia.org/wiki/Main_Page</base>\n"
        "    <generator>MediaWiki 1.43.0-wmf.5</generator>\n"
        "    <case>first-letter</case>\n"
        f"    <namespaces>\n{names}    </namespaces>\n"
        "  </siteinfo>\n"
    )


def render_page(page: Page, seed: int) -> str:
    """Return the `<page>` element of a page."""
    draw = mix(seed, 51, page.page_id)
    revision = 5_000_000 + page.page_id * 17
    data = page.text.encode()
    sha1 = _base36(int.from_bytes(hashlib.sha1(data, usedforsecurity=False).digest(), "big"))
    stamp = (
        f"20{10 + draw % 14}-{1 + draw % 12:02}-{1 + draw // 12 % 28:02}T"
        f"{draw // 400 % 24:02}:{draw // 9600 % 60:02}:{draw // 600_000 % 60:02}Z"
    )
    redirect = (
        f'    <redirect title="{escape(page.redirect, _QUOTE)}" />\n' if page.redirect else ""
    )
    return (
        "  <page>\n"
        f"    <title>{escape(page.title)}</title>\n"
        f"    <ns>{page.namespace}</ns>\n"
        f"    <id>{page.page_id}</id>\n"
        f"{redirect}"
        "    <revision>\n"
        f"      <id>{revision}</id>\n"
        f"      <parentid>{revision - 11}</parentid>\n"
        f"      <timestamp>{stamp}</timestamp>\n"
        "      <contributor>\n"
        f"        <username>Editor{draw % 97}</username>\n"
        f"        <id>{1000 + draw % 97}</id>\n"
        "      </contributor>\n"
        "      <comment>copy-edit</comment>\n"
        f"      <origin>{revision}</origin>\n"
        "      <model>wikitext</model>\n"
        "      <format>text/x-wiki</format>\n"
        f'      <text bytes="{len(data)}" sha1="{sha1}" xml:space="preserve">'
        f"{escape(page.text, _QUOTE)}</text>\n"
        f"      <sha1>{sha1}</sha1>\n"
        "    </revision>\n"
        "  </page>\n"
    )


_QUOTE = {'"': "&quot;"}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _base36(number: int) -> str:
    digits = []
    while number:
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits)).rjust(31, "0")


def write_wikipedia(folder: Path, config: WorldConfig) -> None:
    """Write the encyclopedia: `sample-pages-articles-multistream.xml.bz2` and its index.

    Each stream holds 100 pages; a line of the index is `offset:page id:title`, the offset that of
    the page's stream. The bytes depend on the config alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = "sample-pages-articles-multistream"
    index = bz2.BZ2Compressor()
    tasks = [(config, number) for number in range(config.num_blocks)]
    with (
        (folder / f"{name}.xml.bz2").open("wb") as out,
        (folder / f"{name}-index.txt.bz2").open("wb") as index_out,
    ):
        out.write(bz2.compress(header().encode()))
        for data, titles in map_in_order(_make_stream, tasks):
            offset = out.tell()
            lines = "".join(f"{offset}:{page_id}:{title}\n" for page_id, title in titles)
            index_out.write(index.compress(lines.encode()))
            out.write(data)
        out.write(bz2.compress(b"</mediawiki>\n"))
        index_out.write(index.flush())


_WORLDS: dict[WorldConfig, World] = {}


def world_of(config: WorldConfig) -> World:
    """Return the world of a config; one process keeps it with its cached blocks."""
    if config not in _WORLDS:
        _WORLDS.clear()
        _WORLDS[config] = World(config.seed, 0, config.num_blocks, config.population)
    return _WORLDS[config]


def _make_stream(task: tuple[WorldConfig, int]) -> tuple[bytes, list[tuple[int, str]]]:
    config, number = task
    left = min(PAGES_PER_BLOCK, config.pages - number * PAGES_PER_BLOCK)
    pages = list(block_pages(world_of(config).block(number)))[:left]
    text = "".join(render_page(page, config.seed) for page in pages)
    return bz2.compress(text.encode()), [(page.page_id, page.title) for page in pages]
