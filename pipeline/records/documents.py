"""Documents: clean text with the spans of its hyperlinks. Written by `parse`; holds the only text.

Offsets are in characters of `text`, [start, end).
"""

import pyarrow as pa

from pipeline.io import versioned

LINK = pa.struct(
    [
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field(
            "target", pa.string()
        ),  # page title: spaces, first letter upper case, no #fragment
    ]
)

DOCUMENTS = versioned(
    "documents",
    1,
    [
        pa.field("doc_id", pa.string()),  # "<page_id>-<number>": stable across runs
        pa.field("page_id", pa.int64()),
        pa.field("title", pa.string()),
        pa.field("text", pa.string()),
        pa.field("links", pa.list_(LINK)),  # by start, never overlapping
    ],
)

PAGES = versioned(
    "pages",
    1,
    [
        pa.field("page_id", pa.int64()),
        pa.field("title", pa.string()),
        pa.field("disambiguation", pa.bool_()),
    ],
)

REDIRECTS = versioned(
    "redirects",
    1,
    [pa.field("title", pa.string()), pa.field("target", pa.string())],  # one step; chains stay
)

ANCHORS = versioned(
    "anchors",
    1,
    [
        pa.field("surface", pa.string()),  # text of a hyperlink anywhere in an article
        pa.field("target", pa.string()),  # its target title, redirects not followed
        pa.field("count", pa.int64()),
    ],
)
