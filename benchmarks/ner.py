"""Speed of `ner` against bare `nlp.pipe`, in one run on the same documents.

    .venv/bin/python -m benchmarks.ner [--dump FILE] [--documents 500] [--rounds 3]

Prints documents per second of one process (CPU time) for the stage's work (a shard read, its names
and sentences found and written), for `nlp.pipe` alone with the same components, in batches as the
stage's and in spaCy's own, and for the model's whole pipeline. Rounds are interleaved and the best
of each counts, because other work on the machine slows them by turns.
"""

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import spacy

from benchmarks.index import measure
from benchmarks.parse import DUMP, run_parse
from pipeline.entities.ner import BATCH, NerTask, load_pipeline, locate_model, tag_shard
from pipeline.io import read_table, write_table
from pipeline.records.documents import DOCUMENTS
from pipeline.settings import read_setting

MODEL = "en_core_web_sm"


def pipe(nlp: Any, texts: list[str], batch_size: int | None) -> int:
    """Pass texts through a spaCy pipeline; return the number of its entities."""
    with nlp.memory_zone():
        return sum(len(doc.ents) for doc in nlp.pipe(texts, batch_size=batch_size))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dump", type=Path, default=Path(read_setting("ERICA_SHARED")) / DUMP)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    model = locate_model(MODEL)
    nlp, whole = load_pipeline(model, "sentencizer"), spacy.load(model)
    with tempfile.TemporaryDirectory() as name:
        folder, shard = Path(name), Path(name) / "documents.parquet"
        run_parse(options.dump, "paragraph", folder)
        parsed = [read_table(path, DOCUMENTS) for path in sorted(folder.glob("[0-9]*.parquet"))]
        documents = pa.concat_tables(parsed).slice(0, options.documents)
        write_table(shard, documents)
        texts = documents["text"].to_pylist()
        task = NerTask(
            documents=shard, out=folder / "mentions.parquet", model=model, sentences="sentencizer"
        )
        runs: dict[str, Callable[[], Any]] = {
            "ner, a shard": partial(tag_shard, task),
            "nlp.pipe, batches as in ner": partial(pipe, nlp, texts, BATCH),
            "nlp.pipe, its own batches": partial(pipe, nlp, texts, None),
            "nlp.pipe, the whole model": partial(pipe, whole, texts, None),
        }
        best = measure(runs, options.rounds)
    bare = min(best["nlp.pipe, batches as in ner"], best["nlp.pipe, its own batches"])
    print(f"{len(texts)} documents, {sum(map(len, texts))} characters, best of {options.rounds}")
    for label, seconds in best.items():
        print(f"{label:30} {len(texts) / seconds:6.1f} documents/s  {bare / seconds:5.2f} x bare")


if __name__ == "__main__":
    main()
