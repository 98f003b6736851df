"""Pages of a MediaWiki XML dump, cut out by their tags.

Export schemas 0.3 to 0.11 differ in what stands between `<title>` and `<revision>`; of that only
`<ns>`, `<id>` and `<redirect>` count here, and none but `<id>` has to be there. In such files `<`
occurs in tags only, so that finding `<page>` and `</page>` is exact; it is 8 times as fast as an
XML parser and decides on namespace and redirect before any text is decoded.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import InputError
from pipeline.wiki.streams import Chunk, Piece, read_chunks
from pipeline.wiki.titles import Site

LONGEST_PAGE = 64 << 20  # bytes; MediaWiki's own limit for a text is 2 MiB
HEAD_BYTES = 1 << 20  # siteinfo lies in them

_PREFIXES = range(5, 0, -1)  # lengths of a beginning of <page>

_TITLE = re.compile(rb"<title>([^<]*)</title>")
_NS = re.compile(rb"<ns>\s*(-?\d+)\s*</ns>")
_ID = re.compile(rb"<id>\s*(\d+)\s*</id>")
_REDIRECT = re.compile(rb'<redirect(?:\s+title="([^"]*)")?\s*/>')
_MODEL = re.compile(rb"<model>\s*([^<]*?)\s*</model>")
_TEXT_TAG = re.compile(rb"<text(?:\s[^>]*)?>")
_NAMESPACE = re.compile(rb'<namespace key="(-?\d+)"[^>]*?(?:/>|>([^<]*)</namespace>)')


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it stands in the dump.

    Attributes:
        namespace: Its number; None where the schema has no `<ns>`.
        redirect: None: no redirect element; "": one without a title (schemas 0.4 to 0.6).
        model: Content model, "wikitext" where none is named.
        text: Wikitext of the last revision, still with the XML's five entities; None if hidden.
    """

    page_id: int
    title: str
    namespace: int | None
    redirect: str | None
    model: str
    text: bytes | None


def read_site(piece: Piece) -> Site:
    """Return the wiki's namespaces from the beginning of a file; siteinfo may be missing.

    Raises:
        InputError: The file is no MediaWiki XML dump.
    """
    head = b""
    for chunk, _ in read_chunks(piece):
        head += chunk
        if b"<page>" in head or b"</siteinfo>" in head or len(head) > HEAD_BYTES:
            break
    if b"<mediawiki" not in head and b"<page>" not in head:
        raise InputError(
            f"{piece.path}: byte 0: expected a MediaWiki XML dump with <mediawiki> or <page>; give "
            "a file named like enwiki-DATE-pages-articles*.xml.bz2"
        )
    names = {
        html.unescape(name.decode("utf-8", "replace")): int(key)
        for key, name in _NAMESPACE.findall(head.partition(b"</siteinfo>")[0])
        if name
    }
    return Site.from_names(names)


def slice_pages(piece: Piece, chunks: Iterator[Chunk]) -> Iterator[bytes]:
    """Yield the bytes of each page that begins in the piece, from `<page>` to `</page>`.

    Args:
        piece: Where the bytes come from, for messages.
        chunks: What `read_chunks` yields for the piece.

    Raises:
        InputError: The file ends within a page, or is damaged.
    """
    buffer, position, begin = b"", 0, 0  # `begin`: offset of the buffer in the decompressed piece
    owned, over = 0, False  # decompressed bytes of the piece so far; whether that is all of it
    chunk: bytes | None
    while True:
        start = buffer.find(b"<page>", position)
        if start < 0:
            tail = len(buffer) - next((n for n in _PREFIXES if buffer.endswith(b"<page>"[:n])), 0)
            buffer, begin, position = buffer[tail:], begin + tail, 0
        elif begin + start >= owned:
            return
        else:
            end = buffer.find(b"</page>", start)
            if end >= 0:
                page = buffer[start : end + 7]
                if page.find(b"<page>", 6) >= 0:
                    raise InputError(_place(piece, begin + start) + "a <page> without </page>")
                yield page
                position = end + 7
                continue
            buffer, begin, position = buffer[start:], begin + start, 0
            if len(buffer) > LONGEST_PAGE:
                raise InputError(
                    _place(piece, begin) + f"a <page> of more than {LONGEST_PAGE} bytes; give a "
                    "dump of pages-articles, which has only the current revisions"
                )
        if start < 0 and over and begin >= owned:
            return  # no page of the piece is open, and no tag lies across its end
        chunk, inside = next(chunks, (None, False))
        if chunk is None:
            if buffer.startswith(b"<page>"):
                raise InputError(
                    _place(piece, begin) + "the file ends within this <page>; fetch it again"
                )
            return
        over = not inside
        if inside:
            owned += len(chunk)
        buffer += chunk


def _place(piece: Piece, offset: int) -> str:
    if piece.format == "plain":
        return f"{piece.path}: byte {piece.start + offset}: "
    return f"{piece.path}: byte {piece.start}, decompressed byte {offset} from there: "


def read_page(data: bytes) -> Page | None:
    """Return the parts of one page; None if it has no title or id, or is not UTF-8."""
    head_end = data.find(b"<revision")
    head = data if head_end < 0 else data[:head_end]
    title, page_id = _TITLE.search(head), _ID.search(head)
    if not title or not page_id:
        return None
    namespace = _NS.search(head)
    redirect = _REDIRECT.search(head)
    try:
        return Page(
            page_id=int(page_id.group(1)),
            title=_decode(title.group(1)),
            namespace=int(namespace.group(1)) if namespace else None,
            redirect=_decode(redirect.group(1) or b"") if redirect else None,
            model=_read_model(data, head_end),
            text=_read_text(data),
        )
    except UnicodeDecodeError:
        return None


def _decode(value: bytes) -> str:
    return html.unescape(value.decode("utf-8"))


def _read_model(data: bytes, start: int) -> str:
    model = _MODEL.search(data, max(start, 0), data.rfind(b"<text"))
    return model.group(1).decode("utf-8") if model else "wikitext"


def _read_text(data: bytes) -> bytes | None:
    end = data.rfind(b"</text>")
    if end < 0:
        return b"" if b"<text" in data else None
    start = data.rfind(b"<text", 0, end)
    tag = _TEXT_TAG.match(data, start)
    return data[tag.end() : end] if tag else None


def unescape_xml(text: str) -> str:
    """Undo the escapes of a MediaWiki dump: four named entities and numbers."""
    if "&" not in text:
        return text
    if "&#" in text or "&apos;" in text:
        text = re.sub(r"&#(?:x([0-9a-fA-F]+)|(\d+));", _character, text).replace("&apos;", "'")
    return (
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    )


def _character(match: re.Match[str]) -> str:
    number = int(match.group(1), 16) if match.group(1) else int(match.group(2))
    # the sign & stays escaped: it is undone last, once
    return "&amp;" if number == 38 else chr(number) if 8 < number < 0x110000 else ""
