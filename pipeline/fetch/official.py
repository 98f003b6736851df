"""Benchmarks from their official public places into the user's folder, checked and unpacked.

Addresses and digests as published: SQuAD, GLUE and SemEval in the `dataset_infos.json` of Hugging
Face's datasets library, MRQA in the README of its repository. Where no digest is published, the
sha256 of what came is recorded. What needs a licence, a login or a click is asked for in one line.
"""

import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import InputError
from pipeline.fetch.checksums import hash_file
from pipeline.fetch.download import download
from pipeline.io import read_json, write_json

SOURCES = "sources.json"  # beside the files: where each came from, and what it was checked by


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file to download: what becomes of it, or of the members of a zip archive."""

    url: str
    digest: str = ""  # "sha256:..." or "md5:..."; "" where none is published
    keep: Mapping[str, str] = field(default_factory=dict)  # member of the archive -> file
    name: str = ""  # the file, if it is no archive


_GLUE = "https://dl.fbaipublicfiles.com/glue/data"
_MRPC = "https://dl.fbaipublicfiles.com/senteval/senteval_data/msr_paraphrase_train.txt"
_MRQA = "https://s3.us-east-2.amazonaws.com/mrqa/release/v2"
_SPERT = "http://lavis.cs.hs-rm.de/storage/spert/public/datasets"
_REDOCRED = "https://raw.githubusercontent.com/tonytan48/Re-DocRED/main/data"
_SEMEVAL = "https://github.com/JoelNiklaus/SemEval2010Task8/raw/main/SemEval2010_task8_all_data.zip"
_SQUAD = "https://rajpurkar.github.io/SQuAD-explorer/dataset"


def _glue(archive: str, sha256: str, *files: str) -> tuple[Source, ...]:
    top = {"QNLIv2": "QNLI", "QQP-clean": "QQP"}.get(archive, archive)
    return (
        Source(
            url=f"{_GLUE}/{archive}.zip",
            digest=f"sha256:{sha256}",
            keep={f"{top}/{file}": file for file in ("train.tsv", *files)},
        ),
    )


def _mrqa(name: str, train_md5: str, dev_md5: str) -> tuple[Source, ...]:
    return tuple(
        Source(url=f"{_MRQA}/{part}/{name}.jsonl.gz", digest=f"md5:{md5}", name=f"{part}.jsonl.gz")
        for part, md5 in (("train", train_md5), ("dev", dev_md5))
    )


def _plain(top: str, *names: str) -> tuple[Source, ...]:
    return tuple(Source(url=f"{top}/{name}", name=name) for name in names)


OFFICIAL: dict[str, tuple[Source, ...]] = {
    "squad": (
        Source(
            url=f"{_SQUAD}/train-v1.1.json",
            digest="sha256:3527663986b8295af4f7fcdff1ba1ff3f72d07d61a20f487cb238a6ef92fd955",
            name="train-v1.1.json",
        ),
        Source(
            url=f"{_SQUAD}/dev-v1.1.json",
            digest="sha256:95aa6a52d5d6a735563366753ca50492a658031da74f301ac5238b03966972c9",
            name="dev-v1.1.json",
        ),
    ),
    "triviaqa": _mrqa(
        "TriviaQA-web", "e18f586152612a9358c22f5536bfd32a", "5c9fdc633dfe196f1b428c81205fd82f"
    ),
    "naturalquestions": _mrqa(
        "NaturalQuestionsShort",
        "e27d27bf7c49eb5ead43cef3f41de6be",
        "c0347eebbca02d10d1b07b9a64efe61d",
    ),
    "semeval": (
        Source(
            url=_SEMEVAL,
            digest="sha256:3bfd3ed634d844c9f95d1e4a1bb042b1c6d498ed7b4182dcadecde9bb95a8e71",
            keep={
                f"SemEval2010_task8_all_data/SemEval2010_task8_{folder}/{file}": file
                for folder, file in (
                    ("training", "TRAIN_FILE.TXT"),
                    ("testing_keys", "TEST_FILE_FULL.TXT"),
                )
            },
        ),
    ),
    "conll04": _plain(
        f"{_SPERT}/conll04", *(f"conll04_{x}.json" for x in ("train", "dev", "test", "types"))
    ),
    "ade": _plain(
        f"{_SPERT}/ade",
        *(f"ade_split_{n}_{part}.json" for n in range(10) for part in ("train", "test")),
        "ade_types.json",
    ),
    "re-docred": _plain(
        _REDOCRED, "train_revised.json", "dev_revised.json", "test_revised.json", "rel_info.json"
    ),
    "glue/CoLA": _glue(
        "CoLA", "f212fcd832b8f7b435fb991f101abf89f96b933ab400603bf198960dfc32cbff", "dev.tsv"
    ),
    "glue/SST-2": _glue(
        "SST-2", "d67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa", "dev.tsv"
    ),
    "glue/STS-B": _glue(
        "STS-B", "e60a6393de5a8b5b9bac5020a1554b54e3691f9d600b775bd131e613ac179c85", "dev.tsv"
    ),
    "glue/QQP": _glue(
        "QQP-clean", "40e7c862c04eb26ee04b67fd900e76c45c6ba8e6d8fab4f8f1f8072a1a3fbae0", "dev.tsv"
    ),
    "glue/MNLI": _glue(
        "MNLI",
        "e7c1d896d26ed6caf700110645df426cc2d8ebf02a5ab743d5a5c68ac1c83633",
        "dev_matched.tsv",
        "dev_mismatched.tsv",
    ),
    "glue/QNLI": _glue(
        "QNLIv2", "e634e78627a29adaecd4f955359b22bf5e70f2cbd93b493f2d624138a0c0e5f5", "dev.tsv"
    ),
    "glue/RTE": _glue(
        "RTE", "6bf86de103ecd335f3441bd43574d23fef87ecc695977a63b82d5efb206556ee", "dev.tsv"
    ),
    "glue/MRPC": (  # GLUE cuts the original training file by a list of ids
        Source(
            url=_MRPC,
            digest="sha256:60a9b09084528f0673eedee2b69cb941920f0b8cd0eeccefc464a98768457f89",
            name="msr_paraphrase_train.txt",
        ),
        Source(
            url=f"{_GLUE}/mrpc_dev_ids.tsv",
            digest="sha256:971d7767d81b997fd9060ade0ec23c4fc31cbb226a55d1bd4a1bac474eb81dc7",
            name="mrpc_dev_ids.tsv",
        ),
    ),
}

# What a program cannot fetch: how a person does, and the files that are then expected.
BY_HAND: dict[str, tuple[str, tuple[str, ...]]] = {
    "docred": (
        "its files lie in a Google Drive folder, linked from github.com/thunlp/DocRED",
        ("train_annotated.json", "dev.json", "test.json", "rel_info.json"),
    ),
    "tacred": (
        "it needs a licence of the LDC, catalogue number LDC2018T24",
        ("train.json", "dev.json", "test.json"),
    ),
    "figer": (
        "its files lie in a Google Drive folder, linked from github.com/thunlp/ERNIE",
        ("train.json", "dev.json", "test.json"),
    ),
    "wikihop": (
        "qangaroo_v1.1.zip lies in a Google Drive folder, linked from qangaroo.cs.ucl.ac.uk",
        ("train.json", "dev.json", "train.masked.json", "dev.masked.json"),
    ),
}


def bring_official(names: Sequence[str], folder: Path, downloads: Path) -> None:
    """Put the benchmarks `names` into `folder`, each into the folder that its readers look in.

    One that is there already stays as it is. Re-DocRED goes into `docred`.

    Args:
        names: Keys of `OFFICIAL` or `BY_HAND`.
        folder: The user's folder of benchmarks.
        downloads: Where unfinished downloads wait to be continued.

    Raises:
        InputError: An unknown name, or a benchmark to be fetched by hand; a server that refuses or
            sends another file than the published one.
    """
    for name in names:
        place = folder / ("docred" if name == "re-docred" else name)
        if place.is_dir():
            continue
        if name in BY_HAND:
            how, files = BY_HAND[name]
            raise InputError(f"fetch.download: {name}: {how}; put {', '.join(files)} into {place}")
        if name not in OFFICIAL:
            known = ", ".join([*OFFICIAL, *BY_HAND])
            raise InputError(f"fetch.download: {name}: unknown; expected some of {known}")
        unfinished = place.with_name(f"{place.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        told: dict[str, list[str]] = {}
        for source in OFFICIAL[name]:
            told |= _bring(source, unfinished, downloads / "benchmarks" / name)
        if name == "glue/MRPC":
            told = _cut_mrpc(unfinished, told)
        write_json(unfinished / SOURCES, told)
        os.replace(unfinished, place)


def read_sources(folder: Path) -> dict[str, list[str]]:
    """Return address and check of the files that `bring_official` put into a folder."""
    path = folder / SOURCES
    return read_json(path) if path.is_file() else {}


def _bring(source: Source, out: Path, downloads: Path) -> dict[str, list[str]]:
    path = download(source.url, downloads)
    algorithm, _, wanted = (source.digest or "sha256:").partition(":")
    (found,) = hash_file(path, algorithm)
    if wanted and found != wanted:
        path.unlink()
        raise InputError(
            f"{source.url}: {algorithm} {found} is not the published one ({wanted}); run again, "
            "and if it comes again, the file has changed: put the right one into fetch.benchmarks"
        )
    told = [source.url, f"published {algorithm}" if wanted else "no digest is published"]
    if not source.keep:
        os.replace(path, out / source.name)
        return {source.name: told}
    try:
        with zipfile.ZipFile(path) as archive:
            for member, name in source.keep.items():
                with archive.open(member) as packed, (out / name).open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
    except (zipfile.BadZipFile, KeyError) as error:
        raise InputError(f"{path}: not the archive that was expected ({error})") from None
    path.unlink()
    return dict.fromkeys(source.keep.values(), told)


def _cut_mrpc(folder: Path, told: dict[str, list[str]]) -> dict[str, list[str]]:
    """Divide the original training file as GLUE does: dev are the pairs of ids in a list."""
    rows = (folder / "msr_paraphrase_train.txt").read_text("utf-8-sig").splitlines()
    ids = (folder / "mrpc_dev_ids.tsv").read_text("utf-8").splitlines()
    dev = {tuple(line.split("\t")) for line in ids}
    header, *pairs = rows
    for name, is_dev in (("train.tsv", False), ("dev.tsv", True)):
        kept = [row for row in pairs if (tuple(row.split("\t")[1:3]) in dev) == is_dev]
        (folder / name).write_text("\n".join([header, *kept]) + "\n", "utf-8")
    source = told["msr_paraphrase_train.txt"]
    for name in told:
        (folder / name).unlink()
    return {
        name: [source[0], f"cut from a file with its {source[1]}"]
        for name in ("train.tsv", "dev.tsv")
    }
