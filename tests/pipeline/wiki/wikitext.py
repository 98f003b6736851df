"""What the tests of wikitext share: one wiki, and short ways to read a piece of wikitext."""

from pipeline.wiki.documents import ParseConfig, read_documents
from pipeline.wiki.markup import Markup
from pipeline.wiki.titles import Site

SITE = Site.from_names({"Wikipedia": 4, "File": 6, "Category": 14})
MARKUP = Markup(SITE, {}, 10.0)


def config(**changes):
    values = {
        "documents": "lead",
        "window_words": 200,
        "min_words": 0,
        "lists": False,
        "headings": False,
        "templates": {},
        "page_seconds": 10.0,
    }
    return ParseConfig(**{**values, **changes})


def read(wikitext, markup=MARKUP, **changes):
    """The documents of a page as (text, [(surface, target), ...])."""
    found = read_documents(markup, wikitext, config(**changes))
    return [
        (doc.text, [(doc.text[link.start : link.end], link.target) for link in doc.links])
        for doc in found
    ]


def clean(wikitext, markup=MARKUP):
    """The text of all paragraphs, lines between them."""
    return "\n".join(text for text, _ in read(wikitext, markup, documents="paragraph"))


def links(wikitext):
    """Surface and target of all links."""
    return [link for _, found in read(wikitext, documents="paragraph") for link in found]
