"""Last clean-up of a block: quotes, entities, spaces, and the scars of what was taken out."""

import html
import re
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.wiki.blocks import TAG
from pipeline.wiki.markup import CLOSE, OPEN, Marked
from pipeline.wiki.strip import DROPPED

_QUOTES = re.compile("''+")
_LEFTOVER = re.compile(r"\[\[|\]\]|\{\{+|\}\}+|<!--|-->")
# characters that take no room
_UNSEEN = re.compile("[\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")
_WIDE_SPACE = re.compile("[\x85\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_SPACES = re.compile("  +")
_SCARS = ("()", "(,", "(;")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_SEPARATOR = re.compile(r"\s*([;,])\s*")
# what introduces a pronunciation or a translation that was taken out
_LABEL = re.compile(
    r"(?:\b(?:or|and|also|ipa|pron|pronounced|pronunciation|listen|us|uk|rp|locally|local|english"
    r"|years|old|ago|aged)\b|[\W_])*|.*:",
    re.IGNORECASE,
)


class Link(NamedTuple):
    """A hyperlink: characters [start, end) of the text lead to the article `target`."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True)
class Text:
    """Clean text and its links by start; text[start:end] is what the page shows for a link."""

    text: str
    links: list[Link]


def tidy(marked: Marked) -> Text:
    """Return the clean text of one block; its links never overlap and are never empty."""
    text = marked.text
    if "''" in text:
        text = "\n".join([remove_quotes(line) for line in text.split("\n")])
    if TAG in text:
        text = text.replace(TAG, "")
    if "[" in text or "]" in text or "{" in text or "}" in text or "--" in text:
        text = _LEFTOVER.sub("", text)
    if "&" in text:
        text = _unescape(text)
    if not text.isascii():
        text = _WIDE_SPACE.sub(" ", _UNSEEN.sub("", text)).replace("\xa0", " ")
    if "\n" in text or "\t" in text or "  " in text:
        text = " ".join(text.split())
    if marked.targets:
        text = _move_spaces(text)
    text = text.replace("( ", "(").replace(" )", ")")
    if DROPPED in text or any(scar in text for scar in _SCARS):
        text = _move_spaces(_heal(text))
    if "  " in text:
        text = _SPACES.sub(" ", text)
    return _read_marks(text.strip(), marked.targets)


def _move_spaces(text: str) -> str:
    """Put the spaces at the ends of a surface outside of the link."""
    return text.replace(f"{OPEN} ", f" {OPEN}").replace(f" {CLOSE}", f"{CLOSE} ")


def _unescape(text: str) -> str:
    text = text.replace("&nbsp;", " ").replace("&ndash;", "\u2013")
    # no mark can come of an entity: html.unescape leaves control characters out
    return html.unescape(text) if "&" in text else text


def _read_marks(text: str, targets: list[str]) -> Text:
    plain, *pieces = text.split(OPEN)
    out, links, length = [plain], [], len(plain)
    for piece, target in zip(pieces, targets, strict=True):
        surface, _, after = piece.partition(CLOSE)
        if surface:
            links.append(Link(length, length + len(surface), target))
            out.append(surface)
            length += len(surface)
        elif out[-1][-1:] in ("", " "):
            after = after.removeprefix(" ")  # of an empty link two spaces are left
        out.append(after)
        length += len(after)
    return Text("".join(out), links)


def remove_quotes(line: str) -> str:
    """Take out the quotes that make bold and italic; other apostrophes stay.

    Four are an apostrophe and bold, more than five are apostrophes and bold italic. Where both bold
    and italic are left open, one bold is an apostrophe and italic: which one, as MediaWiki chooses.
    """
    lengths = [len(run) for run in _QUOTES.findall(line)]
    if all(length in (2, 3) for length in lengths) and (
        lengths.count(2) % 2 == 0 or lengths.count(3) % 2 == 0
    ):
        return _QUOTES.sub("", line)
    runs = list(_QUOTES.finditer(line))
    sizes = [min(len(run[0]), 5) - (len(run[0]) == 4) for run in runs]
    kept = [len(run[0]) - size for run, size in zip(runs, sizes, strict=True)]
    bold = sum(size in (3, 5) for size in sizes)
    italic = sum(size in (2, 5) for size in sizes)
    if bold % 2 and italic % 2 and (apostrophe := _find_apostrophe(line, runs, sizes)) is not None:
        kept[apostrophe] += 1
    out, position = [], 0
    for run, number in zip(runs, kept, strict=True):
        out.append(line[position : run.start()] + "'" * number)
        position = run.end()
    return "".join(out) + line[position:]


def _find_apostrophe(line: str, runs: list[re.Match[str]], sizes: list[int]) -> int | None:
    choices: dict[str, int] = {}
    position = 0
    for index, (run, size) in enumerate(zip(runs, sizes, strict=True)):
        if size == 3:
            before = line[position : run.start()][-2:]
            kind = "space" if before[-1:] == " " else "letter" if before[:1] == " " else "word"
            choices.setdefault(kind, index)
        position = run.end()
    return next((choices[kind] for kind in ("letter", "word", "space") if kind in choices), None)


def _heal(text: str) -> str:
    """Remove the marks of what was taken out, and the brackets and separators it leaves empty."""
    for _ in range(4):  # brackets in brackets; deeper ones are not seen
        healed = _BRACKETS.sub(_heal_brackets, text)
        if healed == text:
            break
        text = healed
    healed, *pieces = text.split(DROPPED)
    for piece in pieces:
        healed = _join(healed, piece)
    return healed


def _join(left: str, right: str) -> str:
    """Join what stood on the two sides of something taken out."""
    begins, next_sign = right.lstrip(), right.lstrip()[:1]
    if left.endswith("("):
        begins = begins.lstrip(" ,;:")
        return left[:-1].rstrip() + begins[1:] if begins.startswith(")") else left + begins
    if next_sign == ")":
        return left.rstrip(" ,;:") + begins
    if next_sign and next_sign in ",.;:!?":
        return left.rstrip() + begins
    return left + begins if left.endswith(" ") else left + right


def _heal_brackets(match: re.Match[str]) -> str:
    inner, dropped = match[1], DROPPED in match[1]
    if not dropped and inner.strip(" ,;:"):
        # only a separator at the beginning is a scar
        return f"({inner.lstrip(' ,;')})" if inner[0] in " ,;" else match[0]
    if not dropped and match.string[match.start() - 1 : match.start()] not in ("", " "):
        return match[0]  # a call: main()
    parts = _SEPARATOR.split(inner)
    kept: list[str] = []
    for index in range(0, len(parts), 2):
        part = parts[index].replace(DROPPED, "").strip()
        if not part or (DROPPED in parts[index] and _LABEL.fullmatch(part) and OPEN not in part):
            continue
        if kept:
            kept.append(f"{parts[index - 1]} ")
        kept.append(part)
    return f"({''.join(kept)})" if kept else DROPPED
