"""Which of the entities that people marked the Wikidata index can know at all."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.benchmarks.readers.running_text import HumanDocument
from pipeline.database import connect
from pipeline.entities.names import skip_article, trim

VALUES = ("TIME", "NUM")  # types of DocRED

_KNOWN = """
SELECT DISTINCT name FROM wanted SEMI JOIN (
    SELECT label AS name FROM items
    UNION ALL SELECT alias FROM aliases
    UNION ALL SELECT demonym FROM demonyms
    UNION ALL SELECT title FROM sitelinks
) AS known USING (name)
"""


def find_held(documents: Sequence[HumanDocument], index: Path, spill: Path) -> list[set[int]]:
    """Return of each document the numbers of the entities that the index holds.

    It holds an entity if the name of one of its mentions, as it stands or without its article, is
    the label, an alias or the page title of an item. Dates and numbers have no item. That the item
    is another one of that name cannot be ruled out: restricted figures are, if anything, too low.
    """
    names = [
        [_names(document.text, mentions) for mentions in document.entities]
        for document in documents
    ]
    wanted = sorted({name for entities in names for forms in entities for name in forms})
    with connect(index, spill=spill, read_only=True) as connection:
        connection.register("wanted", pa.table({"name": pa.array(wanted, pa.string())}))
        known = {name for (name,) in connection.execute(_KNOWN).fetchall()}
    return [
        {number for number, forms in enumerate(entities) if forms & known} for entities in names
    ]


def _names(text: str, mentions: Sequence[tuple[int, int, str]]) -> set[str]:
    found = set()
    for start, end, kind in mentions:
        if kind in VALUES:
            continue
        first, last = trim(text, start, end)
        found |= {text[start:end], text[first:last], skip_article(text[first:last])}
    return found - {""}
