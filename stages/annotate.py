"""annotate: name the relations that Wikidata states between the entities of a document (paper 4.1).

reads    data/parse/, data/link/  documents and their entities
         data/index/              claims, labels and aliases
         data/heldout/            entity pairs that a benchmark tests
writes   data/annotate/           triples and drop reasons, row-aligned with data/parse/
         data/reports/annotate.json
"""

import contextlib
from pathlib import Path

from stages.command import Share, load, make_app, run, take_share

app = make_app()


@app.command()
def main(shard: Share = "") -> None:
    """Annotate each document with triples, leaving out what a benchmark tests."""
    from pipeline.executor import find_left, map_shards
    from pipeline.io import list_shards, write_json
    from pipeline.pools import open_pool
    from pipeline.progress import nest
    from pipeline.reporting.statistics import describe_corpus
    from pipeline.scratch import fingerprint, one_at_a_time, open_scratch, publish
    from pipeline.triples import annotate, filters
    from pipeline.triples.corpus import build_corpus

    take_share(shard)
    config = load("annotate", filters.AnnotateConfig)
    index, held_out = Path("data/index/wikidata.duckdb"), Path("data/heldout/pairs.parquet")
    documents, linked = list_shards(Path("data/parse")), list_shards(Path("data/link"))
    inputs = [*documents, *linked, index, held_out]
    package = Path(annotate.__file__).parent
    code = [package, package / "annotate.sql", package.parent / "records"]
    key = fingerprint(config, inputs, code)
    with open_scratch("annotate", key) as scratch, contextlib.ExitStack() as stack:
        left = find_left([shard.stem for shard in documents], scratch / "markers")
        pool = stack.enter_context(open_pool("annotate", len(left), [annotate.annotate_shard]))
        corpus = scratch / "corpus.duckdb"
        with one_at_a_time(scratch, "corpus"):
            build_corpus(
                corpus,
                linked=linked,
                index=index,
                held_out=held_out,
                all_ranks=config.claims == "all",
                complete=config.reverse == "completed",
            )
        tasks = [
            (
                shard.stem,
                annotate.AnnotateTask(
                    documents=shard,
                    linked=Path("data/link") / shard.name,
                    corpus=corpus,
                    out=scratch / "out" / shard.name,
                    config=config,
                ),
            )
            for shard in documents
        ]
        counts = map_shards(
            annotate.annotate_shard,
            tasks,
            markers=scratch / "markers",
            label="annotate",
            pool=pool,
        )
        filters.check_not_empty(counts)
        relations = [name for name in counts if name.startswith("relation.")]
        statistics = describe_corpus(
            documents=counts["documents.out"],
            tokens=counts["kept.words"],
            entities=counts["kept.entities"],
            mentions=counts["kept.mentions"],
            triples=counts["triples.out"],
            relations=len(relations),
        )
        report = nest({name: number for name, number in counts.items() if name not in relations})
        write_json(Path("data/reports/annotate.json"), {**report, "statistics": statistics})
        publish(scratch, Path("data/annotate"))


if __name__ == "__main__":
    run(app)
