"""What the stage counted, as a nested report whose numbers add up."""

from typing import Any

from pipeline.errors import InputError
from pipeline.progress import Counts
from pipeline.wiki.documents import ParseConfig

PAGE_DROPS = (
    *("namespace", "redirect", "disambiguation", "model", "empty", "damaged", "poison"),
    "duplicate",
)
DOCUMENT_DROPS = ("short", "duplicate")


def report(counts: Counts, config: ParseConfig) -> dict[str, Any]:
    """Return counts in, out and per drop reason; in each group in = out + the drops.

    Raises:
        InputError: No document is left.
    """
    if not counts.get("documents.out"):
        raise InputError(
            f"parse: no document is left of {counts.get('pages.in', 0)} pages, of which "
            f"{counts.get('pages.out', 0)} are articles; parse.min_words ({config.min_words}) may "
            "be too high, or the dump holds no articles"
        )
    return {
        "pages": _group(counts, "pages", PAGE_DROPS),
        "documents": {
            **_group(counts, "documents", DOCUMENT_DROPS),
            "words": counts.get("words", 0),
        },
        "links": {name: counts.get(f"links.{name}", 0) for name in ("documents", "anchors")},
        "tables": {name: counts[f"tables.{name}"] for name in ("pages", "redirects", "anchors")},
    }


def _group(counts: Counts, name: str, drops: tuple[str, ...]) -> dict[str, int]:
    return {part: counts.get(f"{name}.{part}", 0) for part in ("in", "out", *drops)}
