"""Pages -> documents: what is one document, and which are too short (paper Section 4.1)."""

import itertools
import re
from dataclasses import dataclass
from typing import Literal

from pipeline.config import require
from pipeline.wiki.blocks import Kind, split_blocks
from pipeline.wiki.markup import Markup
from pipeline.wiki.tidy import Link, Text, tidy


@dataclass(frozen=True, kw_only=True, slots=True)
class ParseConfig:
    """Section `parse` of params.yaml.

    Attributes:
        documents: lead: what stands before the first heading; paragraph: each paragraph;
            window: runs of consecutive paragraphs.
        window_words: A window ends before the paragraph that would take it above this many words.
        min_words: Documents with fewer white-space words are dropped (paper 4.1: 128).
        lists: Keep list items as lines of text.
        headings: Keep headings as lines of text.
        templates: Further inline templates, name -> pattern (pipeline/wiki/templates.py).
        page_seconds: A page that takes longer is dropped as `poison`; only damaged ones do.
    """

    documents: Literal["lead", "paragraph", "window"]
    window_words: int
    min_words: int
    lists: bool
    headings: bool
    templates: dict[str, str]
    page_seconds: float

    def __post_init__(self) -> None:
        require(self.window_words > 0, f"window_words: must be above 0, got {self.window_words}")
        require(self.min_words >= 0, f"min_words: must not be negative, got {self.min_words}")
        require(self.page_seconds > 0, f"page_seconds: must be above 0, got {self.page_seconds}")


_HEADING = re.compile(r"\n={1,6}[^\n]+=[ \t]*(?:&lt;!--[^\n]*--&gt;[ \t]*)?(?=\n|$)")
_CANDIDATES = 8  # headings looked at; a page with none of them outside is read whole


def cut_lead(source: str) -> str:
    """Return a page's source up to its first heading, with the XML's entities still in it.

    A heading inside a template, table or comment ends nothing: where something is open before one,
    the next is tried, and at last all is returned. `read_documents` stops at the heading anyway.
    """
    for match in itertools.islice(_HEADING.finditer(source), _CANDIDATES):
        end = match.start()
        if (
            source.count("{{", 0, end) == source.count("}}", 0, end)
            and source.count("&lt;!--", 0, end) == source.count("--&gt;", 0, end)
            # a template may end in a line |}}
            and source.startswith("{|") + source.count("\n{|", 0, end)
            == source.count("\n|}", 0, end) - source.count("\n|}}", 0, end)
        ):
            return source[:end]
    return source


def read_documents(markup: Markup, wikitext: str, config: ParseConfig) -> list[Text]:
    """Return the documents of a page in order, the short ones too."""
    kinds = {"paragraph"}
    if config.lists:
        kinds.add("item")
    if config.headings:
        kinds.add("heading")
    blocks = split_blocks(markup.strip(wikitext))
    if config.documents == "lead":
        blocks = list(itertools.takewhile(lambda block: block.kind != "heading", blocks))
    groups: list[list[Text]] = []
    previous: Kind | None = None
    words = 0
    for block in blocks:
        if block.kind not in kinds:
            previous = block.kind
            continue
        text = tidy(markup.read_links(block.source))
        if not text.text:
            continue
        size = count_words(text.text)
        if _begins_document(block.kind, previous, words + size, config) or not groups:
            groups.append([])
            words = 0
        groups[-1].append(text)
        words += size
        previous = block.kind
    return [join_texts(group) for group in groups]


def _begins_document(kind: Kind, previous: Kind | None, words: int, config: ParseConfig) -> bool:
    """Say whether a block starts a new document, which with it would have `words` words."""
    if config.documents == "lead":
        return False
    if config.documents == "window":
        return words > config.window_words
    # list items go with the paragraph before them, a paragraph with the heading before it
    return kind != "item" and not (previous == "heading" and config.headings)


def count_words(text: str) -> int:
    """Return the number of white-space words."""
    return len(text.split())


def join_texts(texts: list[Text]) -> Text:
    """Join blocks with line ends."""
    if len(texts) == 1:
        return texts[0]
    links: list[Link] = []
    offset = 0
    for text in texts:
        links.extend(
            Link(link.start + offset, link.end + offset, link.target) for link in text.links
        )
        offset += len(text.text) + 1
    return Text("\n".join([text.text for text in texts]), links)
