"""On real articles the scan gives what mwparserfromhell gives on the whole page, and no scars."""

import re
from functools import cache
from pathlib import Path

import pytest

from pipeline.wiki.blocks import split_blocks
from pipeline.wiki.documents import cut_lead
from pipeline.wiki.markup import Markup
from pipeline.wiki.pages import read_page, slice_pages, unescape_xml
from pipeline.wiki.streams import read_chunks
from pipeline.wiki.tidy import tidy
from pipeline.wiki.units import plan_units

pytestmark = pytest.mark.real


@pytest.fixture
def articles(shared):
    """Markup and (title, source) of the 529 real articles."""
    return load(shared / "data/wiki/enwiki-real-pages-articles-multistream.xml.bz2")


@cache
def load(path):
    units = plan_units([path], Path("unused"))
    pages = [
        read_page(data)
        for unit in units
        for data in slice_pages(unit.piece, read_chunks(unit.piece))
    ]
    sources = [
        (page.title, page.text.decode())
        for page in pages
        if page.namespace == 0 and page.redirect is None and page.text
    ]
    assert len(sources) == 529
    return Markup(units[0].site, {}, 30.0), sources


def read(markup, stripped):
    """Text and links of each paragraph that holds some."""
    texts = [
        tidy(markup.read_links(block.source))
        for block in split_blocks(stripped)
        if block.kind == "paragraph"
    ]
    return [text for text in texts if text.text]


def count_same(markup, sources):
    return sum(
        read(markup, markup.strip(text)) == read(markup, markup.strip(text, fully=True))
        for text in (unescape_xml(source) for source in sources)
    )


def test_leads_are_those_of_the_full_parse(articles):
    # all 529 are; every third here, for time
    markup, sources = articles
    leads = [cut_lead(source) for _, source in sources[::3]]
    assert count_same(markup, leads) == len(leads) == 177


def test_articles_are_those_of_the_full_parse(articles):
    # of all 529, 526 are the same (8 s); three have a table that mwparserfromhell leaves as text
    markup, sources = articles
    every_fifth = [source for _, source in sources[::5]]
    assert count_same(markup, every_fifth) >= len(every_fifth) - 1


def test_plain_paragraphs_are_those_of_the_parser(articles):
    markup, sources = articles
    for _, source in sources[::5]:
        for block in split_blocks(markup.strip(unescape_xml(source))):
            assert tidy(markup.read_links(block.source)) == tidy(markup.read_nodes(block.source))


def test_leads_are_whole(articles):
    markup, sources = articles
    for title, source in sources:
        cut = split_blocks(markup.strip(unescape_xml(cut_lead(source))))
        whole = split_blocks(markup.strip(unescape_xml(source)))
        assert whole[: len(cut)] == cut, title


SCARS = {
    r"(?<=\s)\(\s*\)": 0,
    r"\(\s*[;,]": 0,
    r"[;,]\s*\)": 4,  # "(e.g.,)" before a reference
    r"\[\[|\]\]|\{\{|\}\}": 4,  # code in prose
    r"'''": 0,
    r"\b(?:File|Image):": 0,
    r"style=|colspan=|align=": 0,
    r"</?(?:ref|small|span|div|sub|sup|br)\b": 0,
}


def test_no_markup_is_left(articles):
    markup, sources = articles
    texts = [
        text.text
        for _, source in sources
        for text in read(markup, markup.strip(unescape_xml(source)))
    ]
    assert len(texts) > 10_000
    for pattern, most in SCARS.items():
        found = [text for text in texts if re.search(pattern, text)]
        assert len(found) <= most, (pattern, [text[:80] for text in found[:3]])
