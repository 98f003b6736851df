"""parse: Wikipedia dumps to documents of clean text with the spans of their hyperlinks.

reads    data/fetch/wikipedia/        pages-articles dumps
writes   data/parse/shard_*.parquet   documents
         data/parse/pages.parquet, redirects.parquet, anchors.parquet
         data/reports/parse.json
"""

from pathlib import Path

from stages.command import Share, load, make_app, run, take_share

DUMPS = Path("data/fetch/wikipedia")
OUTPUT = Path("data/parse")
REPORT = Path("data/reports/parse.json")

app = make_app()


@app.command()
def main(shard: Share = "") -> None:
    """Turn Wikipedia dumps into documents of clean text with hyperlink spans."""
    import pipeline.wiki
    from pipeline.executor import map_shards
    from pipeline.io import shard_name, write_json
    from pipeline.progress import add_counts
    from pipeline.records import documents
    from pipeline.scratch import fingerprint, open_scratch, publish
    from pipeline.wiki.corpus import SIDES, ParseTask, finish, parse_unit
    from pipeline.wiki.documents import ParseConfig
    from pipeline.wiki.report import report
    from pipeline.wiki.units import list_dumps, plan_units

    take_share(shard)
    config = load("parse", ParseConfig)
    dumps = list_dumps(DUMPS)
    code = [*(Path(folder) for folder in pipeline.wiki.__path__), Path(str(documents.__file__))]
    with open_scratch("parse", fingerprint(config, dumps, code)) as scratch:
        shards, sides = scratch / "shards", scratch / "sides"
        tasks = [
            (
                f"{number:05d}",
                ParseTask(
                    unit=unit,
                    config=config,
                    shard=shards / shard_name(number),
                    sides={name: sides / f"{name}_{number:05d}.parquet" for name in SIDES},
                ),
            )
            for number, unit in enumerate(plan_units(dumps, scratch / "pieces"))
        ]
        counts = map_shards(parse_unit, tasks, markers=scratch / "markers", label="parse")
        add_counts(counts, finish([task for _, task in tasks], scratch / "out"))
        summary = report(counts, config)
        write_json(REPORT, summary)
        publish(scratch, OUTPUT)


if __name__ == "__main__":
    run(app)
