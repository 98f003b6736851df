"""Files that appear whole or not at all, and folders of Parquet shards.

An artefact is a folder of `shard_00000.parquet`, `shard_00001.parquet`, ... with one schema. The
schema's name and version stand in its metadata, so that a stage refuses what an older one wrote.
Attributes of a document live in shards that are row-aligned with the documents' shards: the same
file names, the same rows in the same order, the text only once.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import InputError
from pipeline.failpoint import reach

ROW_GROUP = 1_024  # documents: the unit that one training process reads


def versioned(name: str, version: int, fields: Sequence[pa.Field]) -> pa.Schema:
    """Return an Arrow schema that carries its name and version."""
    return pa.schema(fields, metadata={"erica.schema": name, "erica.version": str(version)})


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it onto `path` if the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        reach(f"write.{path.name}")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_dir(path: Path) -> Iterator[Path]:
    """Yield an empty temporary folder beside `path`; put it in `path`'s place on success."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        replace_dir(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def replace_dir(new: Path, path: Path) -> None:
    """Move the folder `new` to `path`, removing what was there.

    Across file systems the copy is made beside `path` first, so that `path` still changes by one
    rename.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.with_name(f".{path.name}.{os.getpid()}.old")
    shutil.rmtree(old, ignore_errors=True)
    if os.stat(new).st_dev != os.stat(path.parent).st_dev:
        copy = path.with_name(f".{path.name}.{os.getpid()}.copy")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(new, copy)
        shutil.rmtree(new)
        new = copy
    if path.exists():
        os.replace(path, old)
    os.replace(new, path)
    shutil.rmtree(old, ignore_errors=True)


def shard_name(number: int) -> str:
    """Return the file name of shard `number`."""
    return f"shard_{number:05d}.parquet"


def list_shards(folder: Path) -> list[Path]:
    """Return the shards of an artefact in order.

    Raises:
        InputError: The folder is missing or holds no shard.
    """
    shards = sorted(folder.glob("shard_*.parquet"))
    if not shards:
        raise InputError(f"{folder}: no shards there; run `dvc repro` for the stage that writes it")
    return shards


def write_shard(path: Path, rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> None:
    """Write rows as one shard; the same rows always give the same bytes."""
    write_table(path, pa.Table.from_pylist(list(rows), schema=schema))


def write_table(path: Path, table: pa.Table) -> None:
    """Write an Arrow table as one Parquet file, whole or not at all."""
    with atomic_file(path) as temporary:
        pq.write_table(
            table,
            temporary,
            compression="zstd",
            compression_level=3,
            row_group_size=ROW_GROUP,
            use_dictionary=False,
            write_statistics=False,
        )


def read_table(path: Path, schema: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file, all of it or some columns.

    Raises:
        InputError: The file is missing, damaged, or written with another schema or version.
    """
    try:
        with pq.ParquetFile(path) as file:
            _check_schema(path, file.schema_arrow, schema)
            return file.read(columns=list(columns) if columns else None)
    except FileNotFoundError:
        raise InputError(f"{path}: not found; run `dvc repro`") from None
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"{path}: not a readable Parquet file ({reason}); delete it and run `dvc repro`"
        ) from None


def read_rows(path: Path, schema: pa.Schema) -> list[dict[str, Any]]:
    """Read one shard as a list of dictionaries."""
    rows: list[dict[str, Any]] = read_table(path, schema).to_pylist()
    return rows


def check_aligned(path: Path, table: pa.Table, documents: pa.Table) -> None:
    """Check that `table`, read from `path`, has the rows of `documents` in their order.

    Raises:
        InputError: It was made from other documents.
    """
    if not table["doc_id"].equals(documents["doc_id"]):
        raise InputError(f"{path}: made from other documents than those of now; run `dvc repro`")


def _check_schema(path: Path, found: pa.Schema, expected: pa.Schema) -> None:
    keys = (b"erica.schema", b"erica.version")
    have = [(found.metadata or {}).get(key, b"?").decode() for key in keys]
    want = [expected.metadata[key].decode() for key in keys]
    if have != want:
        raise InputError(
            f"{path}: holds '{have[0]}' version {have[1]}, expected '{want[0]}' version {want[1]}; "
            "run `dvc repro` for the stage that writes it"
        )


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file, whole or not at all, keys in the order given."""
    with atomic_file(path) as temporary:
        temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        InputError: The file is missing or not JSON; the message has the line.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: not found") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from None
