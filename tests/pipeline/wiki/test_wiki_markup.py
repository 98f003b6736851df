"""For any wikitext: no error, no marks, and spans that are exactly what the page shows."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.wiki.blocks import split_blocks
from pipeline.wiki.documents import read_documents
from pipeline.wiki.markup import CLOSE, OPEN
from pipeline.wiki.strip import DROPPED
from pipeline.wiki.tidy import tidy
from tests.pipeline.wiki.wikitext import MARKUP, config, read

WORDS = [
    "lake",
    "Orla",
    "the",
    " ",
    "  ",
    "\n",
    "\n\n",
    ",",
    "(",
    ")",
    "; ",
    "\u00e9",
    "\u00a0",
    "s",
]
SIGNS = [
    *(
        "[[",
        "]]",
        "[",
        "]",
        "|",
        "{{",
        "}}",
        "{|",
        "|}",
        "{{{",
        "}}}",
        "''",
        "'''",
        "'''''",
        "''''",
    ),
    *("=", "== a ==", "*", "#", ":", "<!--", "-->", "<ref>", "</ref>", "<ref name=x/>", "<nowiki>"),
    *(
        "</nowiki>",
        "<math>",
        "</math>",
        "<br>",
        "<small>",
        "</small>",
        "<table>",
        "</table>",
        "&amp;",
    ),
    *(
        "&nbsp;",
        "&#91;",
        "[[File:a.jpg|",
        "[[:Category:",
        "[[de:",
        "http://x.org ",
        "[http://x.org ",
    ),
    *(
        "{{convert|5|km}}",
        "{{lang|fr|",
        "{{IPA|x}}",
        "{{ill|a|de|b}}",
        "__TOC__",
        "-{",
        "}-",
        "~~~~",
    ),
    *("\x02", "\x03", "\x04", "\x05", "%20", "_", "#x", "\t", "<1--", "</div>", "<div style='a'>"),
]
WIKITEXT = st.lists(st.sampled_from(WORDS + SIGNS), max_size=40).map("".join)


def check(doc):
    assert not set(doc.text) & {OPEN, CLOSE, DROPPED, "\x05"}
    assert doc.text == doc.text.strip()
    assert "  " not in doc.text
    position = 0
    for link in doc.links:
        surface = doc.text[link.start : link.end]
        assert position <= link.start < link.end <= len(doc.text)
        assert surface == surface.strip() != ""
        assert link.target
        position = link.end


@settings(max_examples=400, deadline=None)
@given(WIKITEXT)
def test_any_wikitext(wikitext):
    for kind in ("lead", "paragraph", "window"):
        settings_ = config(documents=kind, window_words=5, lists=True, headings=True)
        for doc in read_documents(MARKUP, wikitext, settings_):
            check(doc)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text(wikitext):
    for doc in read_documents(MARKUP, wikitext, config(documents="paragraph")):
        check(doc)


NAMES = st.sampled_from(["Lake Orla", "heron", "Ake (town)", "\u00c9lan", "Mirn's Ferry", "A-1"])
LABELS = st.sampled_from(["", "the lake", "''it''", "it&nbsp;all", "'''B''' c", "x (y)", "d, e"])
PLAIN = st.sampled_from([" and ", ", ", " (", ") ", ". ", " of the ", " s ", "-", " {{IPA|x}} "])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(PLAIN, NAMES, LABELS), max_size=12))
def test_every_link_that_was_written_is_found_in_order(parts):
    wikitext = "".join(
        f"{before}[[{name}|{label}]]" if label else f"{before}[[{name}]]"
        for before, name, label in parts
    )
    expected = [(shown(name, label), name[0].upper() + name[1:]) for _, name, label in parts]
    found = [link for _, links in read(wikitext) for link in links]
    assert found == expected


def shown(name, label):
    return (label or name).replace("'''", "").replace("''", "").replace("&nbsp;", " ")


@settings(max_examples=200, deadline=None)
@given(WIKITEXT)
def test_plain_paragraphs_need_no_parser(wikitext):
    for block in split_blocks(MARKUP.strip(wikitext)):
        assert tidy(MARKUP.read_links(block.source)) == tidy(MARKUP.read_nodes(block.source))
