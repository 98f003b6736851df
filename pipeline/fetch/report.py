"""What was fetched: files, sizes, digests, licences. Nothing of this machine, no date."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.fetch.checksums import hash_file
from pipeline.fetch.dumps import FetchedFile

SAMPLE_LICENCE = "Apache-2.0, made by this project"


def list_sample(folder: Path) -> list[FetchedFile]:
    """Return the files that the sample generator wrote into a folder."""
    return [
        FetchedFile(
            file=path.relative_to(folder).as_posix(),
            bytes=path.stat().st_size,
            sha256=hash_file(path, "sha256")[0],
            source="sample",
            checked="made here",
            licence=SAMPLE_LICENCE,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def describe_files(fetched: Mapping[str, Sequence[FetchedFile]]) -> dict[str, Any]:
    """Return the report: number and size per kind, then every file."""
    totals = {
        kind: {"files": len(files), "bytes": sum(file.bytes for file in files)}
        for kind, files in fetched.items()
    }
    details = {
        kind: [dataclasses.asdict(file) for file in files] for kind, files in fetched.items()
    }
    return {**totals, "details": details}
