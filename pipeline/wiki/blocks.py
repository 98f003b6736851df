"""Stripped wikitext -> paragraphs, headings and list items."""

import re
from dataclasses import dataclass
from typing import Literal

TAG = "\x05"  # an inline tag stood here: quotes on its two sides are not one run

Kind = Literal["paragraph", "heading", "item"]

_HIDDEN = re.compile(
    r"<(span|div)\b[^<>]*display:\s*none[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL
)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|center|blockquote|poem|hr|ul|ol|dl|table|tr|caption|h[1-6])\b[^<>]*>",
    re.IGNORECASE,
)
_ITEM_TAG = re.compile(r"<(?:li|dt|dd)\b[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^<>]*>|</br\s*>", re.IGNORECASE)
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|li|dt|dd|mark|q|rb|rp|rt|"
    r"rtc|ruby|s|samp|small|span|strike|strong|sub|sup|td|th|time|tt|u|var|wbr|noinclude|"
    r"onlyinclude|nowiki|noindex|lang|ref|references)\b[^<>]*>",
    re.IGNORECASE,
)
_SWITCH = re.compile(r"__[A-Z]+__")
# rules, and lines of tables and templates that the page leaves open
_NO_PROSE = ("----", "|", "{|", "! ", "{{")
_HEADING = re.compile(r"(={1,6})(.+?)\1[\s\x04]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or list item, with its inline markup still in place."""

    kind: Kind
    source: str


def remove_tags(text: str) -> str:
    """Take out formatting tags; those of blocks become paragraph ends, items of lists lines."""
    if "<" in text:
        text = _HIDDEN.sub("", text)
        text = _BREAK.sub(" ", text)
        text = _ITEM_TAG.sub("\n* ", text)
        text = _BLOCK_TAG.sub("\n\n", text)
        text = _INLINE_TAG.sub(TAG, text)
    return _SWITCH.sub("", text) if "__" in text else text


def split_blocks(stripped: str) -> list[Block]:
    """Split stripped wikitext into paragraphs, headings and list items."""
    blocks: list[Block] = []
    lines: list[str] = []

    def close() -> None:
        if lines:
            blocks.append(Block("paragraph", "\n".join(lines)))
            lines.clear()

    for line in stripped.split("\n"):
        shown = line.strip(" \t\x04")
        if not shown or shown.startswith(_NO_PROSE):
            close()
        elif shown[0] == "=" and (heading := _HEADING.match(shown)):
            close()
            blocks.append(Block("heading", heading[2].strip()))
        elif line[0] in "*#:;":
            close()
            blocks.append(Block("item", line.lstrip("*#:; ")))
        else:
            lines.append(line)
    close()
    return blocks
