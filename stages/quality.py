"""quality: measure the data against people's work: hyperlinks, annotations, statistics (paper 4.1).

reads    data/fetch/benchmarks/docred/      documents that people annotated
         data/parse/, data/index/           titles and anchors of the corpus; Wikidata
         data/tagger/                       if ner.model is that folder
         data/reports/                      of link: hidden hyperlinks; of annotate: statistics
writes   data/reports/quality.json
"""

import functools
import tempfile
from pathlib import Path

from stages.command import load, make_app, run

app = make_app()

DOCRED = Path("data/fetch/benchmarks/docred")
INDEX = Path("data/index/wikidata.duckdb")
REPORTS = Path("data/reports")


@app.command()
def main() -> None:
    """Annotate DocRED's documents as the corpus is annotated, and compare."""
    from pipeline.benchmarks.readers.docred import read_docred, read_relations
    from pipeline.benchmarks.readers.running_text import set_in_print
    from pipeline.entities import ner
    from pipeline.entities.evidence import LinkConfig
    from pipeline.io import read_json, write_json
    from pipeline.quality.annotate import Stages, annotate
    from pipeline.quality.index import find_held
    from pipeline.quality.report import QualityConfig, compare
    from pipeline.settings import scratch_root
    from pipeline.triples.filters import AnnotateConfig

    config, names = load("quality", QualityConfig), load("ner", ner.NerConfig)
    model, recogniser = Path(names.model), None
    if ner.holds_classifier(model):
        from pipeline.model.tagger import tag_texts

        recogniser = functools.partial(tag_texts, model)
    else:
        model = ner.locate_model(names.model)
    splits = read_docred(DOCRED)
    documents = [set_in_print(d) for name in config.sets for d in getattr(splits, name)]
    scratch_root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="quality-", dir=scratch_root()) as folder:
        scratch = Path(folder)
        stages = Stages(
            tagger=ner.NerTask(
                documents=scratch,
                out=scratch,
                model=None if recogniser else model,
                sentences=names.sentences,
                recogniser=recogniser,
            ),
            link=load("link", LinkConfig),
            annotate=load("annotate", AnnotateConfig),
            index=INDEX,
            parsed=Path("data/parse"),
        )
        tagged, found = annotate(documents, stages, scratch)
        held = find_held(documents, INDEX, scratch / "spill")
    relations = {int(name.removeprefix("P")) for name in read_relations(DOCRED)}
    report = {
        "hyperlinks": read_json(REPORTS / "link.json")["hidden"],
        **compare(documents, tagged, found, held, relations),
        "statistics": read_json(REPORTS / "annotate.json")["statistics"],
    }
    write_json(REPORTS / "quality.json", report)
    mentions, facts = report["mentions"], report["relations"]
    print(
        f"quality: mentions {mentions['tagger']['f1']} F1 by the tagger, "
        f"{mentions['with_linking']['f1']} with linking; relations {facts['in_index']['f1']} "
        f"where the index has both items, {facts['all']['f1']} of all"
    )


if __name__ == "__main__":
    run(app)
