"""index: put what linking and annotation need of Wikidata into one DuckDB file (paper 4.1).

reads    data/fetch/wikidata/     JSON entity dumps: .json, .gz or .bz2, any number of files
writes   data/index/wikidata.duckdb
         data/reports/index.json
"""

from pathlib import Path

from stages.command import Share, load, make_app, run, take_share

app = make_app()


@app.command()
def main(shard: Share = "") -> None:
    """Index the items, names, pages, claims and properties of the Wikidata dump."""
    import pipeline.entities
    from pipeline.entities import blocks, dumps, store
    from pipeline.io import write_json
    from pipeline.scratch import fingerprint, open_scratch, publish, reach

    take_share(shard)
    config = load("index", store.IndexConfig)
    files = blocks.list_dumps(Path("data/fetch/wikidata"))
    code = [*map(Path, pipeline.entities.__path__), store.SQL, store.REPEATS_SQL]
    with open_scratch("index", fingerprint(config, files, code)) as scratch:
        counts = dumps.extract_dumps(files, scratch, config)
        sizes = store.build_index(
            scratch / "parts", scratch / "out" / "wikidata.duckdb", scratch / "spill"
        )
        reach("index.built")
        write_json(Path("data/reports/index.json"), store.summarize(counts, sizes))
        publish(scratch, Path("data/index"))


if __name__ == "__main__":
    run(app)
