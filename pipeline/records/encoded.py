"""Documents as a model reads them. Written by `shard`, read by `train`.

Token offsets count from the first token of the document, without special tokens, [start, end).
"""

import pyarrow as pa

from pipeline.io import versioned

ENCODED = versioned(
    "encoded",
    1,
    [
        pa.field("doc_id", pa.string()),
        pa.field("page_id", pa.int64()),
        pa.field("input_ids", pa.list_(pa.int32())),  # no special tokens
        pa.field("mention_start", pa.list_(pa.int32())),
        pa.field("mention_end", pa.list_(pa.int32())),
        pa.field("mention_entity", pa.list_(pa.int32())),  # 0..num_entities-1, by first mention
        pa.field("mention_sentence", pa.list_(pa.int32())),
        pa.field("entity_item", pa.list_(pa.uint32())),  # null inside: an entity without an item
        pa.field("head", pa.list_(pa.int32())),
        pa.field("tail", pa.list_(pa.int32())),
        pa.field("relation", pa.list_(pa.int32())),  # row of relations.parquet
        pa.field("intra", pa.list_(pa.bool_())),
        # Pairs that a benchmark tests, both directions: no triples, and no_relation neither (4.1).
        pa.field("ignored_head", pa.list_(pa.int32())),
        pa.field("ignored_tail", pa.list_(pa.int32())),
    ],
)

RELATIONS = versioned(
    "relations",
    1,
    [
        pa.field("relation", pa.int32()),  # 0, 1, ... by property number
        pa.field("property", pa.uint16()),
        pa.field("name", pa.string()),
        pa.field("name_ids", pa.list_(pa.int32())),  # the name in tokens, for the ED prompt
        pa.field("count", pa.int64()),  # triples in the train part
    ],
)
