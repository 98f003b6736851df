"""Named entities and sentences of each document. Written by `ner`, row-aligned with documents."""

import pyarrow as pa

from pipeline.io import versioned

SPAN = pa.struct([pa.field("start", pa.int32()), pa.field("end", pa.int32())])

NAMED_SPAN = pa.struct(
    [
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field("label", pa.string()),  # OntoNotes type: PERSON, ORG, GPE, ...
    ]
)

MENTIONS = versioned(
    "mentions",
    1,
    [
        pa.field("doc_id", pa.string()),
        pa.field("sentences", pa.list_(SPAN)),  # cover the text, in order
        pa.field("mentions", pa.list_(NAMED_SPAN)),  # by start, never overlapping
    ],
)
