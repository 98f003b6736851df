"""A corpus of a few documents about invented entities, as `parse`, `ner` and `index` write it."""

from pathlib import Path

from small_wikidata import dump, item, statement, text_value

from pipeline.entities.blocks import split_file
from pipeline.entities.evidence import LinkConfig
from pipeline.entities.extract import ExtractTask, extract
from pipeline.entities.store import build_index
from pipeline.io import shard_name, write_shard
from pipeline.records.documents import ANCHORS, DOCUMENTS, PAGES, REDIRECTS
from pipeline.records.mentions import MENTIONS

HUMAN, CITY, BAND, LIST, SETTLEMENT, LANGUAGE_CLASS = 5, 515, 215380, 13406463, 486972, 34770
ENTITIES = [
    item(HUMAN, "human"),
    item(CITY, "city", claims={"P279": [f"Q{SETTLEMENT}"]}),
    item(1001, "Ada Tern", aliases=["A. Tern"], page="Ada Tern", claims={"P31": ["Q5"]}),
    item(
        1002,
        "Oda",
        page="Oda",
        claims={"P31": ["Q515"], "P1549": [statement(text_value("Odan"))]},
    ),
    item(1003, "Oda", aliases=["The Odas"], page="Oda (band)", claims={"P31": ["Q215380"]}),
    item(1004, "Grey Isle", aliases=["Isle"]),  # its page is known by the label only
    item(1005, "Twin", aliases=["Twins"], claims={"P155": ["Q1006"]}),
    item(1006, "Twin", aliases=["Twins"], claims={"P156": ["Q1005"]}),
    item(1007, "Lists of Odas", page="List of Odas", claims={"P31": [f"Q{LIST}"]}),
    item(1008, "salt", page="Salt"),
    item(1011, "Twin station", aliases=["Twin"]),  # not what "Twin" means: that is a label
    item(1012, "Round", page="Round (film)"),
    item(1010, "Odan", page="Odan language", claims={"P31": [f"Q{LANGUAGE_CLASS}"]}),
    item(1009, "Second Oda", page="New Oda", claims={"P17": ["Q1002"], "P131": ["Q1002"]}),
]
PAGE_ROWS = [
    ("Ada Tern", False),
    ("Oda", False),
    ("Oda (band)", False),
    ("Ode", True),
    ("Odan", False),
]
REDIRECT_ROWS = [
    ("Tern, Ada", "Ada Tern"),
    ("Ada", "Tern, Ada"),  # two steps
    ("Round", "Round again"),
    ("Round again", "Round"),
    ("New Oda", "Oda"),  # has an item of its own
    ("Old Ode", "Ode"),
]
ANCHOR_ROWS = [
    ("Oda", "Oda", 6),
    ("Oda", "Oda (band)", 3),
    ("Oda", "Nowhere", 1),
    ("the poet", "Ada", 2),
    ("Ada Tern", "Ada Tern", 4),
]
CONFIG = LinkConfig(
    unlinked="keep",
    literals="drop",
    repeats="all",
    min_confidence=0.3,
    max_candidates=2,
    type_penalty=0.5,
    excluded_classes=(LIST,),
    hidden_fraction=0.0,
)
# title, text with links `[surface>title]` and names `{surface|LABEL}`
TEXTS = [
    ("Ada Tern", "{Ada Tern|PERSON} was born in [Oda>Oda]. {Tern|PERSON} left {Oda|GPE} early."),
    ("Oda (band)", "{Oda|ORG} played for [the poet>Ada] on [Grey Isle>Grey Isle] in {1999|DATE}."),
    ("Oda", "Oda lies on {the Grey Isle|LOC}. It exports [salt>Salt]. Salt is white."),
    ("Nowhere", "Nothing of note but {Odan|NORP} songs."),
    ("Ode", "[Twin>Twin] and {Twin|PERSON}, [list>List of Odas], {Zed Ray|PERSON}, {Oda|GPE}."),
]


def mark(text):
    """Return the text without marks, its links and its names as (start, end, title or label)."""
    plain, links, tagged, starts = "", [], [], []
    for char in text:
        if char in "[{":
            starts.append(len(plain))
        elif char in "]}":
            start = starts.pop()
            surface, _, name = plain[start:].rpartition(">" if char == "]" else "|")
            plain = plain[:start] + surface
            (links if char == "]" else tagged).append((start, len(plain), name))
        else:
            plain += char
    return plain, links, tagged


def make_rows(texts=TEXTS):
    """Return the rows of documents and of their mentions; equal titles are one page."""
    documents, mentions = [], []
    numbers: dict[str, list[str]] = {}
    for title, marked in texts:
        text, links, tagged = mark(marked)
        parts = numbers.setdefault(title, [])
        page, doc_id = list(numbers).index(title), f"{list(numbers).index(title)}-{len(parts)}"
        parts.append(doc_id)
        spans = [{"start": s, "end": e, "target": target} for s, e, target in links]
        documents.append(
            {"doc_id": doc_id, "page_id": page, "title": title, "text": text, "links": spans}
        )
        ends = [at + 2 for at in range(len(text)) if text.startswith(". ", at)] + [len(text)]
        sentences = [{"start": s, "end": e} for s, e in zip([0, *ends], ends, strict=False)]
        names = [{"start": s, "end": e, "label": label} for s, e, label in tagged]
        mentions.append({"doc_id": doc_id, "sentences": sentences, "mentions": names})
    return documents, mentions


def write_corpus(folder: Path, *, rows=None, shard_size=2):
    """Write data/parse and data/ner with `shard_size` documents a shard."""
    documents, mentions = rows or make_rows()
    for number, start in enumerate(range(0, len(documents), shard_size)):
        for kind, part, schema in (("parse", documents, DOCUMENTS), ("ner", mentions, MENTIONS)):
            path = folder / "data" / kind / shard_name(number)
            write_shard(path, part[start : start + shard_size], schema)
    pages = [{"page_id": i, "title": t, "disambiguation": d} for i, (t, d) in enumerate(PAGE_ROWS)]
    write_shard(folder / "data/parse/pages.parquet", pages, PAGES)
    redirects = [{"title": title, "target": target} for title, target in REDIRECT_ROWS]
    write_shard(folder / "data/parse/redirects.parquet", redirects, REDIRECTS)
    anchors = [{"surface": s, "target": t, "count": n} for s, t, n in ANCHOR_ROWS]
    write_shard(folder / "data/parse/anchors.parquet", anchors, ANCHORS)


def write_index(folder: Path, entities=ENTITIES):
    """Write data/index/wikidata.duckdb."""
    path = folder / "wikidata.json"
    path.write_bytes(dump(entities))
    (part,) = split_file(path)
    parts = folder / "parts"
    extract(ExtractTask(part, path, 0, parts / "all", "en", "enwiki"))
    build_index(parts, folder / "data/index/wikidata.duckdb", folder / "spill")
