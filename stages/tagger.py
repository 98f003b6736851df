"""tagger: fine-tune a recogniser of names on DocRED's training set, if asked to (paper 5.2).

reads    data/encoders/base/                a Hugging Face folder
         data/fetch/benchmarks/docred/      official files
writes   data/tagger/                       a token classifier for `ner.model: data/tagger`; empty
                                            while tagger.epochs is 0
         data/reports/tagger.json           sizes, F1 on the dev and test documents
"""

from pathlib import Path

from stages.command import load, make_app, run

app = make_app()

ENCODER = Path("data/encoders/base")
DOCRED = Path("data/fetch/benchmarks/docred")
REPORT = Path("data/reports/tagger.json")
OUTPUT = Path("data/tagger")


@app.command()
def main() -> None:
    """Fine-tune data/encoders/base to find names as DocRED's annotators do."""
    from pipeline import benchmarks, model, training
    from pipeline.benchmarks.readers.docred import read_docred, read_documents
    from pipeline.benchmarks.readers.running_text import HumanDocument, set_in_print
    from pipeline.benchmarks.tagger import (
        NamedText,
        TaggerConfig,
        evaluate_tagger,
        save_tagger,
        train_tagger,
    )
    from pipeline.io import atomic_dir, write_json
    from pipeline.scratch import fingerprint, open_scratch

    config = load("tagger", TaggerConfig)
    if config.epochs == 0:
        write_json(REPORT, {"epochs": 0})
        with atomic_dir(OUTPUT):
            return

    def name(documents: list[HumanDocument]) -> list[NamedText]:
        return [
            NamedText(d.text, [m for mentions in d.entities for m in mentions]) for d in documents
        ]

    splits = read_docred(DOCRED)
    dev, test = (list(map(set_in_print, part)) for part in (splits.dev, splits.test))
    found = [*splits.train, *(d for path in config.further for d in read_documents(Path(path)))]
    unseen = {document.title for document in [*dev, *test]}
    train = [set_in_print(document) for document in found if document.title not in unseen]
    code = [Path(package.__path__[0]) for package in (benchmarks, model, training)]
    inputs = [ENCODER, DOCRED, *map(Path, config.further)]
    with open_scratch("tagger", fingerprint(config, inputs, code)) as scratch:
        tagger, rows = train_tagger(config, ENCODER, name(train), scratch / "checkpoints")
        scores = [evaluate_tagger(tagger, name(part)) for part in (dev, test)]
        report: dict[str, object] = {
            "epochs": config.epochs,
            "documents": {"train": len(train), "dev": len(dev), "test": len(test)},
            "documents_with_a_title_of_dev_or_test": len(found) - len(train),
            "steps": len(rows),
            "loss": round(rows[-1]["loss"], 4),
            "dev": scores[0],
            "test": scores[1],
        }
        write_json(REPORT, report)
        with atomic_dir(OUTPUT) as out:
            save_tagger(tagger, out)
    print(f"tagger: spans {scores[0]['span_f1']} F1 on dev, {scores[1]['span_f1']} on test")


if __name__ == "__main__":
    run(app)
