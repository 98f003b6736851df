"""index: put what linking and annotation need of Wikidata into one DuckDB file (paper 4.1).

reads    data/fetch/wikidata/     JSON entity dumps: .json, .gz or .bz2, any number of files
writes   data/index/wikidata.duckdb
         data/reports/index.json
"""

from pathlib import Path

from stages.command import load, make_app, run

app = make_app()


@app.command()
def main() -> None:
    """Index the items, names, pages, claims and properties of the Wikidata dump."""
    from pipeline.entities import blocks, bzip2, extract, parts, store, wikidata
    from pipeline.executor import map_shards
    from pipeline.io import write_json
    from pipeline.scratch import fingerprint, open_scratch, publish, reach

    config = load("index", store.IndexConfig)
    dumps = blocks.list_dumps(Path("data/fetch/wikidata"))
    code = [Path(str(m.__file__)) for m in (blocks, bzip2, extract, parts, store, wikidata)]
    code += [store.SQL, store.REPEATS_SQL]
    with open_scratch("index", fingerprint(config, dumps, code)) as scratch:
        ranges = [part for dump in dumps for part in blocks.split_file(dump)]
        tasks = [
            (
                f"range_{number:05d}",
                extract.ExtractTask(
                    part=part,
                    out=scratch / "parts" / f"range_{number:05d}",
                    language=config.language,
                    wiki=config.wiki,
                ),
            )
            for number, part in enumerate(ranges)
        ]
        counts = map_shards(extract.extract, tasks, markers=scratch / "markers", label="index")
        rows = store.build_index(
            scratch / "parts", scratch / "out" / "wikidata.duckdb", scratch / "spill"
        )
        reach("index.built")
        write_json(Path("data/reports/index.json"), store.summarize(counts, rows))
        publish(scratch, Path("data/index"))


if __name__ == "__main__":
    run(app)
