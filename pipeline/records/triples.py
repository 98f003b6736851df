"""Relations between the entities of each document. Written by `annotate`, row-aligned."""

import pyarrow as pa

from pipeline.io import versioned

TRIPLE = pa.struct(
    [
        pa.field("head", pa.int32()),  # index into the document's entities
        pa.field("tail", pa.int32()),
        pa.field("property", pa.uint16()),  # the number of P17
        pa.field("intra", pa.bool_()),  # some sentence mentions both (T_s, else T_c; paper 3.1)
    ]
)

PAIR = pa.struct([pa.field("head", pa.int32()), pa.field("tail", pa.int32())])

TRIPLES = versioned(
    "triples",
    1,
    [
        pa.field("doc_id", pa.string()),
        pa.field("drop", pa.string()),  # why the document is left out; "" if it is kept
        pa.field("triples", pa.list_(TRIPLE)),  # by head, tail, property; empty where dropped
        # Pairs that a benchmark tests, both directions: neither triples nor no_relation (4.1).
        pa.field("ignored", pa.list_(PAIR)),  # by head, tail; empty where dropped
    ],
)

HELD_OUT = versioned(
    "heldout",
    1,
    [
        pa.field("benchmark", pa.string()),
        pa.field("head", pa.string()),  # normalised name (pipeline/triples/leakage.py)
        pa.field("tail", pa.string()),
        pa.field("head_item", pa.uint32()),  # null where the benchmark has no Wikidata ids
        pa.field("tail_item", pa.uint32()),
    ],
)
