"""Benchmark files under the names that the readers know, from a folder of the user's.

The layouts below say where each file may lie in that folder. The first is the official one; the
others are forms in which the data is also passed on. A part of a file stands in for a split that is
not there: enough to run a benchmark, never to be compared with published figures, and named so in
the report.
"""

import gzip
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipeline.errors import InputError
from pipeline.fetch.checksums import hash_file
from pipeline.fetch.dumps import FetchedFile, copy_file
from pipeline.fetch.official import read_sources

T = TypeVar("T")


class Part(NamedTuple):
    """The records of a file from the fraction `start` to the fraction `end`, in file order."""

    file: str
    start: float
    end: float


Layout = Mapping[str, str | Part]  # name that the reader knows -> where it lies


@dataclass(frozen=True, kw_only=True, slots=True)
class Benchmark:
    """The files of one benchmark: the layouts they may come in, more files if there."""

    licence: str
    layouts: tuple[Layout, ...]
    extra: tuple[str, ...] = ()
    how_to_get: str = "see docs/data.md for its official place"


def _same(*names: str) -> Layout:
    return {name: name.rpartition("/")[2] for name in names}


def _mrqa(train: str | Part, dev: str | Part) -> Layout:
    return {"train.jsonl.gz": train, "dev.jsonl.gz": dev}


def _glue(task: str, licence: str, dev: str = "dev.tsv", extra: tuple[str, ...] = ()) -> Benchmark:
    return Benchmark(
        licence=f"GLUE {task}: {licence}", layouts=(_same("train.tsv", dev),), extra=extra
    )


_JSON_SPLITS = _same("train.json", "dev.json", "test.json")
_QANGAROO = "qangaroo_v1.1/wikihop"
_SEMEVAL = "SemEval2010_task8"
_NATURAL = "../mrqa/NaturalQuestions.dev.2655.jsonl.gz"

# folder under data/fetch/benchmarks -> its files; places are relative to the folder of that name
BENCHMARKS: dict[str, Benchmark] = {
    "docred": Benchmark(
        licence="MIT",
        layouts=(
            _same("train_annotated.json", "dev.json", "test.json", "rel_info.json"),
            {
                "train_annotated.json": "train_revised.json",
                "dev.json": "dev_revised.json",
                "test.json": "test_revised.json",
                "rel_info.json": "rel_info.json",
            },
            {
                "train_annotated.json": Part("re_docred_dev.json", 0.0, 0.8),
                "dev.json": Part("re_docred_dev.json", 0.8, 0.9),
                "test.json": Part("re_docred_dev.json", 0.9, 1.0),
                "rel_info.json": "rel_info.json",
            },
        ),
    ),
    "semeval": Benchmark(
        licence="CC BY 3.0",
        layouts=(
            _same("TRAIN_FILE.TXT", "TEST_FILE_FULL.TXT"),
            *(
                {
                    "TRAIN_FILE.TXT": f"{top}{_SEMEVAL}_training/TRAIN_FILE.TXT",
                    "TEST_FILE_FULL.TXT": f"{top}{_SEMEVAL}_testing_keys/TEST_FILE_FULL.TXT",
                }
                for top in ("", "official/")
            ),
        ),
    ),
    "tacred": Benchmark(
        licence="LDC user agreement",
        layouts=(_JSON_SPLITS,),
        how_to_get="it comes from the LDC, catalogue number LDC2018T24",
    ),
    "squad": Benchmark(
        licence="CC BY-SA 4.0",
        layouts=(
            _same("train-v1.1.json", "dev-v1.1.json"),
            _mrqa("train.jsonl.gz", "dev.jsonl.gz"),
            _mrqa("SQuAD.jsonl.gz", "SQuAD.dev.jsonl.gz"),
        ),
    ),
    "triviaqa": Benchmark(
        licence="Apache-2.0",
        layouts=(
            _mrqa("train.jsonl.gz", "dev.jsonl.gz"),
            _mrqa("../mrqa/TriviaQA.sample.train.jsonl.gz", "../mrqa/TriviaQA.sample.dev.jsonl.gz"),
        ),
    ),
    "naturalquestions": Benchmark(
        licence="CC BY-SA 3.0",
        layouts=(
            _mrqa("train.jsonl.gz", "dev.jsonl.gz"),
            _mrqa(Part(_NATURAL, 0.0, 0.8), Part(_NATURAL, 0.8, 1.0)),
        ),
    ),
    "figer": Benchmark(
        licence="for research",
        layouts=(
            _JSON_SPLITS,
            {
                "train.json": Part("dev_small.json", 0.0, 0.8),
                "dev.json": Part("dev_small.json", 0.8, 1.0),
                "test.json": "test.json",
            },
        ),
        extra=("types.map",),
    ),
    "wikihop": Benchmark(
        licence="CC BY-SA 3.0",
        layouts=(
            _same("train.json", "dev.json"),
            {"train.json": "train.salvaged.json", "dev.json": "dev.salvaged.json"},
            {"train.json": f"{_QANGAROO}/train.json", "dev.json": f"{_QANGAROO}/dev.json"},
        ),
        extra=(
            "train.masked.json",
            "dev.masked.json",
            f"{_QANGAROO}/train.masked.json",
            f"{_QANGAROO}/dev.masked.json",
        ),
    ),
    "conll04": Benchmark(
        licence="free for research",
        layouts=(
            _same(
                "conll04_train.json", "conll04_dev.json", "conll04_test.json", "conll04_types.json"
            ),
        ),
    ),
    "ade": Benchmark(
        licence="free, citation asked",
        layouts=(_same("ade_split_0_train.json", "ade_split_0_test.json", "ade_types.json"),),
        extra=tuple(
            f"ade_split_{n}_{part}.json" for n in range(1, 10) for part in ("train", "test")
        ),
    ),
    "glue/CoLA": _glue("CoLA", "as its authors state, fair use"),
    "glue/SST-2": _glue("SST-2", "as its authors state"),
    "glue/MRPC": _glue("MRPC", "Microsoft Research data licence"),
    "glue/STS-B": _glue("STS-B", "CC BY-SA 4.0 and others, see its LICENSE.txt"),
    "glue/QQP": _glue("QQP", "Quora's terms, not for commerce"),
    "glue/MNLI": _glue("MNLI", "OANC and others", "dev_matched.tsv", ("dev_mismatched.tsv",)),
    "glue/QNLI": _glue("QNLI", "CC BY-SA 4.0"),
    "glue/RTE": _glue("RTE", "as its authors state"),
}


def fetch_benchmarks(folder: Path, out: Path) -> list[FetchedFile]:
    """Copy the benchmarks that `folder` holds into `out`, under the names that the readers know.

    A benchmark of which `folder` holds nothing is left out; fine-tuning on it then says which files
    are missing.

    Raises:
        InputError: No such folder, no benchmark in it, or one with a file missing or damaged.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder (fetch.benchmarks in the parameters)")
    fetched: list[FetchedFile] = []
    for name, benchmark in BENCHMARKS.items():
        layout = _find_layout(folder, name, benchmark)
        for target, place in layout.items():
            fetched.append(_take(folder / name, place, out, f"{name}/{target}", benchmark.licence))
    if not fetched:
        raise InputError(
            f"{folder}: no benchmark in it; expected folders {', '.join(BENCHMARKS)}; "
            "see docs/data.md"
        )
    return fetched


def _find_layout(folder: Path, name: str, benchmark: Benchmark) -> Layout:
    """Return the first layout that is complete, with the extra files; {} if nothing is there."""
    here = folder / name
    for layout in benchmark.layouts:
        if all(_at(here, place).is_file() for place in layout.values()):
            extra = [place for place in benchmark.extra if _at(here, place).is_file()]
            return {**layout, **{place.rpartition("/")[2]: place for place in extra}}
    if here.is_dir():
        official = benchmark.layouts[0]
        missing = [str(p) for p in official.values() if not _at(here, p).is_file()]
        raise InputError(
            f"{here}: {', '.join(missing)} not there; expected "
            f"{', '.join(str(p) for p in official.values())} ({benchmark.how_to_get})"
        )
    return {}


def _at(here: Path, place: str | Part) -> Path:
    # normpath: "../mrqa" must be found where there is no folder to go up from
    return Path(os.path.normpath(here / (place.file if isinstance(place, Part) else place)))


def _take(here: Path, place: str | Part, out: Path, target: str, licence: str) -> FetchedFile:
    source, path = _at(here, place), out / target
    told, checked = "local file", "by its reader"
    if source.stat().st_size == 0:
        raise InputError(f"{source}: empty; fetch it again")
    if isinstance(place, Part):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_cut(source, place))
        told = f"local file, records from {place.start:.0%} to {place.end:.0%} of {source.name}"
    else:
        copy_file(source, path)
        told, checked = read_sources(here).get(source.name, (told, checked))
    return FetchedFile(
        file=target,
        bytes=path.stat().st_size,
        sha256=hash_file(path, "sha256")[0],
        source=told,
        checked=checked,
        licence=licence,
    )


def _cut(source: Path, part: Part) -> bytes:
    """Return a part of a JSON list, of JSON lines, or of MRQA's lines behind their header."""
    try:
        if source.suffix == ".gz":
            header, *lines = gzip.decompress(source.read_bytes()).splitlines(keepends=True)
            # mtime 0: the same part has the same bytes in every run
            return gzip.compress(header + b"".join(_between(lines, part)), mtime=0)
        data = source.read_bytes()
        if data.lstrip().startswith(b"["):
            records = _between(json.loads(data), part)
            return json.dumps(records, ensure_ascii=False).encode()
        return b"".join(_between(data.splitlines(keepends=True), part))
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"{source}: damaged ({error}); fetch it again") from None


def _between(records: Sequence[T], part: Part) -> Sequence[T]:
    return records[round(part.start * len(records)) : round(part.end * len(records))]
