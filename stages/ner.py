"""ner: find named entities and sentences with spaCy (paper 4.1), or a token classifier (5.2).

reads    data/parse/              documents
         data/tagger/             if ner.model is that folder
writes   data/ner/                mentions and sentences, row-aligned with data/parse/
         data/reports/ner.json
"""

import functools
from pathlib import Path

from stages.command import Share, load, make_app, run, take_share

app = make_app()


@app.command()
def main(shard: Share = "") -> None:
    """Tag the named entities and the sentences of each document."""
    from pipeline.entities import ner
    from pipeline.executor import map_shards
    from pipeline.io import list_shards, write_json
    from pipeline.progress import nest
    from pipeline.records import documents, mentions
    from pipeline.scratch import fingerprint, open_scratch, publish

    take_share(shard)
    config = load("ner", ner.NerConfig)
    model, recogniser = Path(config.model), None
    if ner.holds_classifier(model):
        from pipeline.model.tagger import tag_texts

        recogniser = functools.partial(tag_texts, model)
    else:
        model = ner.locate_model(config.model)
    shards = list_shards(Path("data/parse"))
    code = [Path(str(module.__file__)) for module in (ner, documents, mentions)]
    with open_scratch("ner", fingerprint(config, [*shards, model], code)) as scratch:
        tasks = [
            (
                shard.stem,
                ner.NerTask(
                    documents=shard,
                    out=scratch / "out" / shard.name,
                    model=None if recogniser else model,
                    sentences=config.sentences,
                    recogniser=recogniser,
                ),
            )
            for shard in shards
        ]
        counts = map_shards(ner.tag_shard, tasks, markers=scratch / "markers", label="ner")
        write_json(Path("data/reports/ner.json"), nest(counts))
        publish(scratch, Path("data/ner"))


if __name__ == "__main__":
    run(app)
