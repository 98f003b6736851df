"""link: give the hyperlinks and names of each document their Wikidata items (paper 4.1).

reads    data/parse/              documents; pages, redirects, anchors
         data/ner/                mentions
         data/index/wikidata.duckdb
writes   data/link/               entities and their mentions, row-aligned with data/parse/
         data/reports/link.json
"""

from pathlib import Path

from stages.command import load, make_app, run

app = make_app()


@app.command()
def main() -> None:
    """Link the mentions of each document to Wikidata items."""
    from pipeline.entities import candidates, evidence, linking, names, resolve, tagged, types
    from pipeline.executor import map_shards
    from pipeline.io import list_shards, write_json
    from pipeline.records import documents, linked, mentions
    from pipeline.scratch import fingerprint, open_scratch, publish, reach

    config = load("link", evidence.LinkConfig)
    parsed, index = Path("data/parse"), Path("data/index/wikidata.duckdb")
    shards, tags = list_shards(parsed), list_shards(Path("data/ner"))
    modules = (
        candidates,
        evidence,
        linking,
        names,
        resolve,
        tagged,
        types,
        documents,
        linked,
        mentions,
    )
    code = [*(Path(str(module.__file__)) for module in modules), candidates.SQL]
    with open_scratch("link", fingerprint(config, [parsed, *tags, index], code)) as scratch:
        surveys = [
            (
                shard.stem,
                candidates.SurveyTask(
                    documents=shard,
                    mentions=Path("data/ner") / shard.name,
                    out=scratch / "surveys" / shard.stem,
                ),
            )
            for shard in shards
        ]
        map_shards(
            candidates.survey_shard, surveys, markers=scratch / "surveyed", label="link.survey"
        )
        table = scratch / "candidates.duckdb"
        sizes = candidates.build_candidates(
            table,
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
                linking.LinkTask(
                    documents=shard,
                    mentions=Path("data/ner") / shard.name,
                    candidates=table,
                    out=scratch / "out" / shard.name,
                    spill=scratch / "spill",
                    config=config,
                ),
            )
            for shard in shards
        ]
        counts = map_shards(linking.link_shard, tasks, markers=scratch / "markers", label="link")
        write_json(Path("data/reports/link.json"), {**sizes, **dict(sorted(counts.items()))})
        publish(scratch, Path("data/link"))


if __name__ == "__main__":
    run(app)
