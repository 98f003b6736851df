"""Entities of each document with their Wikidata items. Written by `link`, row-aligned."""

import pyarrow as pa

from pipeline.io import versioned

ENTITY = pa.struct(
    [
        pa.field("item", pa.uint32()),  # the number of Q42; null: an entity without an item
        pa.field("name", pa.string()),  # surface of its first mention
        pa.field("label", pa.string()),  # OntoNotes type, "" where no tagger gave one
    ]
)

LINKED_MENTION = pa.struct(
    [
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field("entity", pa.int32()),  # index into `entities`
        pa.field("sentence", pa.int32()),  # index into the sentences of `mentions`
        pa.field("reason", pa.string()),  # which evidence linked it
        pa.field("confidence", pa.float32()),
    ]
)

LINKED = versioned(
    "linked",
    1,
    [
        pa.field("doc_id", pa.string()),
        pa.field("entities", pa.list_(ENTITY)),  # in order of first mention
        pa.field("mentions", pa.list_(LINKED_MENTION)),  # by start, never overlapping
    ],
)
