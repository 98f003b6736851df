"""On real articles the scan gives what mwparserfromhell gives on the whole page, and no scars."""

import re
from functools import cache

import pytest

from benchmarks.differential import find_different, load_articles, read_paragraphs
from pipeline.wiki.blocks import split_blocks
from pipeline.wiki.documents import cut_lead
from pipeline.wiki.pages import unescape_xml
from pipeline.wiki.tidy import tidy

pytestmark = pytest.mark.real


@pytest.fixture
def articles(shared):
    """Markup and (title, source) of the 529 real articles."""
    return load(shared / "data/wiki/enwiki-real-pages-articles-multistream.xml.bz2")


@cache
def load(path):
    markup, sources = load_articles(path)
    assert len(sources) == 529
    return markup, sources


def test_leads_are_those_of_the_full_parse(articles):
    # all 529 are; every third here, for time
    markup, sources = articles
    leads = [(title, cut_lead(source)) for title, source in sources[::3]]
    assert len(leads) == 177
    assert find_different(markup, leads) == []


def test_articles_are_those_of_the_full_parse(articles):
    # of all 529, two differ (python -m benchmarks.differential)
    markup, sources = articles
    assert len(find_different(markup, sources[::5])) <= 1


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
        for text in read_paragraphs(markup, markup.strip(unescape_xml(source)))
    ]
    assert len(texts) > 10_000
    for pattern, most in SCARS.items():
        found = [text for text in texts if re.search(pattern, text)]
        assert len(found) <= most, (pattern, [text[:80] for text in found[:3]])
