"""The shards as flat arrays on disk, so that any batch is a few slices of memory-mapped files.

Parquet is compressed by row group: reading 2,048 random documents of a million would unpack most
of it at each step. The columns are unpacked once into the scratch folder (1 GB for the paper's
million documents); the operating system shares the pages between the processes of a machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import InputError
from pipeline.io import atomic_dir, list_shards, read_table
from pipeline.model.ragged import Bools, Ints, expand, offsets, owners
from pipeline.records.encoded import ENCODED, RELATIONS

_LISTS = {  # column -> its counts, which columns of one kind share
    "input_ids": "tokens",
    "mention_start": "mentions",
    "mention_end": "mentions",
    "mention_entity": "mentions",
    "mention_sentence": "mentions",
    "entity_item": "entities",
    "head": "triples",
    "tail": "triples",
    "relation": "triples",
    "intra": "triples",
    "ignored_head": "ignored",
    "ignored_tail": "ignored",
}
_KINDS = ("tokens", "mentions", "entities", "triples", "ignored")


@dataclass(frozen=True, slots=True)
class Relations:
    """Names of the relations in tokens; relation r is row r of relations.parquet."""

    names: tuple[str, ...]
    name_ids: Ints  # flat
    name_offset: Ints

    @classmethod
    def read(cls, path: Path) -> "Relations":
        """Read relations.parquet."""
        table = read_table(path, RELATIONS, ["name", "name_ids"])
        rows = table.column("name_ids").to_pylist()
        flat = np.asarray([i for row in rows for i in row], np.int64)
        lengths = np.asarray([len(row) for row in rows], np.int64)
        return cls(tuple(table.column("name").to_pylist()), flat, offsets(lengths))


@dataclass(frozen=True, slots=True)
class Documents:
    """Some documents, flat. D documents, T tokens, M mentions, E entities, R triples in all.

    Entities are numbered over these documents; mention spans count from the document's start.
    """

    row_D: Ints
    token_T: Ints
    token_offset: Ints  # [D + 1], as the other offsets
    maskable_T: Bools  # may be chosen for masked language modelling
    mention_start_M: Ints
    mention_end_M: Ints
    mention_limit_M: Ints  # the mention is lost if the document is cut before this token
    mention_entity_M: Ints
    mention_sentence_M: Ints
    mention_offset: Ints
    entity_item_E: Ints  # -1: no item
    entity_offset: Ints
    head_R: Ints
    tail_R: Ints
    relation_R: Ints
    intra_R: Bools
    triple_offset: Ints
    ignored_head_I: Ints  # pairs that a benchmark tests: no triple, and not no_relation either
    ignored_tail_I: Ints
    ignored_offset: Ints

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self.row_D)


class Corpus:
    """All documents of one part (`train` or `heldout`), on disk."""

    def __init__(self, folder: Path, shards: Sequence[Path]) -> None:
        self._shards = shards
        self._columns: dict[str, np.memmap[Any, Any]] = {}
        for name in _LISTS:
            file = folder / name
            empty = file.stat().st_size == 0  # an empty file cannot be mapped
            array: Any = np.zeros(0, np.int32) if empty else np.memmap(file, np.int32, "r")
            self._columns[name] = array
        self._offsets = {kind: np.load(folder / f"{kind}.npy") for kind in _KINDS}

    @classmethod
    def open(cls, part: Path, scratch: Path, *, may_be_empty: bool = False) -> "Corpus":
        """Unpack the shards of `part` into `scratch`, unless it was done before, and map them.

        Raises:
            InputError: No shards, no documents, or a damaged shard.
        """
        shards = list_shards(part)
        if not scratch.exists():
            with atomic_dir(scratch) as folder:
                _unpack(shards, folder)
        corpus = cls(scratch, shards)
        if len(corpus) == 0 and not may_be_empty:
            raise InputError(
                f"{part}: holds no document; give more pages, or lower annotate.min_triples"
            )
        return corpus

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self._offsets["tokens"]) - 1

    @property
    def lengths(self) -> Ints:
        """Tokens of each document."""
        lengths: Ints = np.diff(self._offsets["tokens"])
        return lengths

    @property
    def num_triples(self) -> int:
        """Triples of all documents."""
        return int(self._offsets["triples"][-1])

    def gather(self, row_D: Ints) -> Documents:
        """Return the documents of these rows, in this order."""
        starts = {kind: self._offsets[kind][row_D] for kind in _KINDS}
        counts = {kind: self._offsets[kind][row_D + 1] - starts[kind] for kind in _KINDS}
        index = {kind: expand(starts[kind], counts[kind]) for kind in _KINDS}
        column = {
            name: self._columns[name][index[kind]].astype(np.int64) for name, kind in _LISTS.items()
        }
        ends = {kind: offsets(counts[kind]) for kind in _KINDS}
        first_entity_M = ends["entities"][owners(counts["mentions"])]
        first_entity_R = ends["entities"][owners(counts["triples"])]
        first_entity_I = ends["entities"][owners(counts["ignored"])]
        return Documents(
            row_D=row_D,
            token_T=column["input_ids"],
            token_offset=ends["tokens"],
            maskable_T=np.ones(len(column["input_ids"]), np.bool_),
            mention_start_M=column["mention_start"],
            mention_end_M=column["mention_end"],
            mention_limit_M=column["mention_end"],
            mention_entity_M=column["mention_entity"] + first_entity_M,
            mention_sentence_M=column["mention_sentence"],
            mention_offset=ends["mentions"],
            entity_item_E=column["entity_item"],
            entity_offset=ends["entities"],
            head_R=column["head"] + first_entity_R,
            tail_R=column["tail"] + first_entity_R,
            relation_R=column["relation"],
            intra_R=column["intra"].astype(np.bool_),
            triple_offset=ends["triples"],
            ignored_head_I=column["ignored_head"] + first_entity_I,
            ignored_tail_I=column["ignored_tail"] + first_entity_I,
            ignored_offset=ends["ignored"],
        )

    def doc_ids(self, rows: Sequence[int]) -> list[str]:
        """Return the doc_id of these rows; reads the shards, for messages only."""
        column = pa.concat_tables(
            [read_table(shard, ENCODED, ["doc_id"]) for shard in self._shards]
        ).column("doc_id")
        return [column[int(row)].as_py() for row in rows]


def _unpack(shards: Sequence[Path], folder: Path) -> None:
    lengths: dict[str, list[Ints]] = {kind: [] for kind in _KINDS}
    streams = {name: (folder / name).open("wb") for name in _LISTS}
    try:
        for shard in shards:
            read_table(shard, ENCODED, ["doc_id"])  # its schema and version
            with pq.ParquetFile(shard) as file:
                for batch in file.iter_batches(columns=list(_LISTS)):
                    _append(batch, streams, lengths)
    finally:
        for stream in streams.values():
            stream.close()
    for kind, parts in lengths.items():
        flat = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        np.save(folder / f"{kind}.npy", offsets(flat))


def _append(batch: Any, streams: dict[str, Any], lengths: dict[str, list[Ints]]) -> None:
    seen: set[str] = set()
    for name, kind in _LISTS.items():
        column = batch.column(name)
        values = column.flatten().cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
        streams[name].write(values.tobytes())
        if kind not in seen:
            seen.add(kind)
            counts = np.diff(column.offsets.to_numpy()).astype(np.int64)
            lengths[kind].append(counts)
