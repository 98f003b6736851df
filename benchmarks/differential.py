"""How often parsing after a strip of templates, tables and references is parsing the whole page.

    .venv/bin/python -m benchmarks.differential

Compares, on the leads and on the whole of the 529 real articles, the text and the hyperlinks of all
paragraphs with those that mwparserfromhell gives for the page as it is; prints how many are the
same, and the titles of those that are not.
"""

from collections.abc import Iterable
from pathlib import Path

from pipeline.settings import read_setting
from pipeline.wiki.blocks import split_blocks
from pipeline.wiki.documents import cut_lead
from pipeline.wiki.markup import Markup, Text
from pipeline.wiki.pages import read_page, slice_pages, unescape_xml
from pipeline.wiki.streams import read_chunks
from pipeline.wiki.tidy import tidy
from pipeline.wiki.units import plan_units

DUMP = "data/wiki/enwiki-real-pages-articles-multistream.xml.bz2"


def load_articles(dump: Path) -> tuple[Markup, list[tuple[str, str]]]:
    """Return the markup of a dump's wiki, and title and source of each article."""
    units = plan_units([dump], Path("unused"))
    pages = [
        read_page(data)
        for unit in units
        for data in slice_pages(unit.piece, read_chunks(unit.piece))
    ]
    sources = [
        (page.title, page.text.decode())
        for page in pages
        if page and page.namespace == 0 and page.redirect is None and page.text
    ]
    return Markup(units[0].site, {}, 30.0), sources


def read_paragraphs(markup: Markup, stripped: str) -> list[Text]:
    """Return text and links of each paragraph that holds some."""
    texts = [
        tidy(markup.read_links(block.source))
        for block in split_blocks(stripped)
        if block.kind == "paragraph"
    ]
    return [text for text in texts if text.text]


def find_different(markup: Markup, articles: Iterable[tuple[str, str]]) -> list[str]:
    """Return the titles of articles whose paragraphs are others when the whole page is parsed."""
    different = []
    for title, source in articles:
        text = unescape_xml(source)
        found = read_paragraphs(markup, markup.strip(text))
        if found != read_paragraphs(markup, markup.strip(text, fully=True)):
            different.append(title)
    return different


def main() -> None:
    """Compare and print."""
    markup, articles = load_articles(Path(read_setting("ERICA_SHARED")) / DUMP)
    leads = [(title, cut_lead(source)) for title, source in articles]
    for name, texts in (("leads", leads), ("whole articles", articles)):
        different = find_different(markup, texts)
        same = len(texts) - len(different)
        print(f"{name}: {same} of {len(texts)} the same; others: {', '.join(different) or 'none'}")


if __name__ == "__main__":
    main()
