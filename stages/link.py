"""link: give the hyperlinks and names of each document their Wikidata items (paper 4.1).

reads    data/parse/              documents; pages, redirects, anchors
         data/ner/                mentions
         data/index/wikidata.duckdb
writes   data/link/               entities and their mentions, row-aligned with data/parse/
         data/reports/link.json
"""

import contextlib
from pathlib import Path

from stages.command import Share, load, make_app, run, take_share

app = make_app()


@app.command()
def main(shard: Share = "") -> None:
    """Link the mentions of each document to Wikidata items."""
    import pipeline.entities
    import pipeline.records
    from pipeline.entities.candidates import SQL, SurveyTask, build_candidates, survey_shard
    from pipeline.entities.evidence import LinkConfig
    from pipeline.entities.linking import LinkTask, link_shard
    from pipeline.entities.quality import summarize
    from pipeline.executor import find_left, map_shards
    from pipeline.io import list_shards, write_json
    from pipeline.pools import open_pool
    from pipeline.scratch import fingerprint, one_at_a_time, open_scratch, publish, reach

    take_share(shard)
    config = load("link", LinkConfig)
    parsed, index = Path("data/parse"), Path("data/index/wikidata.duckdb")
    shards, tags = list_shards(parsed), list_shards(Path("data/ner"))
    code = [*map(Path, pipeline.entities.__path__), *map(Path, pipeline.records.__path__), SQL]
    key = fingerprint(config, [parsed, *tags, index], code)
    with open_scratch("link", key) as scratch, contextlib.ExitStack() as stack:
        names = [shard.stem for shard in shards]
        left = find_left(names, scratch / "surveyed") | find_left(names, scratch / "markers")
        pool = stack.enter_context(open_pool("link", len(left), [link_shard]))
        surveys = [
            (
                shard.stem,
                SurveyTask(
                    documents=shard,
                    mentions=Path("data/ner") / shard.name,
                    out=scratch / "surveys" / shard.stem,
                    hidden_fraction=config.hidden_fraction,
                ),
            )
            for shard in shards
        ]
        markers = scratch / "surveyed"
        map_shards(
            survey_shard, surveys, markers=markers, label="link.survey", more=True, pool=pool
        )
        candidates = scratch / "candidates"
        with one_at_a_time(scratch, "candidates"):
            sizes = build_candidates(
                candidates,
                index=index,
                parsed=parsed,
                surveys=scratch / "surveys",
                config=config,
                spill=scratch / "spill",
            )
        reach("link.candidates")
        tasks = [
            (
                shard.stem,
                LinkTask(
                    documents=shard,
                    mentions=Path("data/ner") / shard.name,
                    survey=scratch / "surveys" / shard.stem,
                    candidates=candidates,
                    out=scratch / "out" / shard.name,
                    config=config,
                ),
            )
            for shard in shards
        ]
        markers = scratch / "markers"
        counts = map_shards(link_shard, tasks, markers=markers, label="link", pool=pool)
        hidden = summarize(counts)
        report = {**sizes, **dict(sorted(counts.items())), "hidden": hidden}
        write_json(Path("data/reports/link.json"), report)
        publish(scratch, Path("data/link"))


if __name__ == "__main__":
    run(app)
