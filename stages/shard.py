"""shard: tokenise the kept documents for the encoder; split pages into train and held-out part.

reads    data/parse/, data/link/, data/annotate/
         data/index/              names of the relations
         data/encoders/base/      tokenizer
writes   data/shard/              train/, heldout/, relations.parquet
         data/reports/shard.json
"""

from pathlib import Path

from stages.command import Share, load, make_app, run, take_share

app = make_app()


@app.command()
def main(shard: Share = "") -> None:
    """Encode the annotated documents and pack them into shards for training."""
    from pipeline.documents import encode, shards
    from pipeline.executor import map_shards
    from pipeline.io import list_shards, write_json, write_table
    from pipeline.scratch import fingerprint, open_scratch, publish

    take_share(shard)
    config = load("shard", encode.ShardConfig)
    encoder, index = Path("data/encoders/base"), Path("data/index/wikidata.duckdb")
    encode.check_length(config.max_tokens, encoder)
    parsed, linked, annotated = (Path("data") / name for name in ("parse", "link", "annotate"))
    documents = list_shards(parsed)
    package = Path(encode.__file__).parent
    inputs = [*documents, *list_shards(linked), *list_shards(annotated), encoder / "tokenizer.json"]
    key = fingerprint(config, inputs, [package, package.parent / "records"])
    with open_scratch("shard", key) as scratch:
        tasks = [
            (
                shard.stem,
                encode.EncodeTask(
                    documents=shard,
                    linked=linked / shard.name,
                    triples=annotated / shard.name,
                    encoder=encoder,
                    out=scratch / "encoded",
                    config=config,
                ),
            )
            for shard in documents
        ]
        counts = map_shards(encode.encode_shard, tasks, markers=scratch / "markers", label="shard")
        shards.check_not_empty(counts, shards.count_drops(list_shards(annotated)))
        relations = shards.list_relations(
            counts, shards.read_relation_names(index, scratch / "duckdb"), encoder
        )
        packed = shards.pack(
            scratch / "encoded", scratch / "out", relations, config.documents_per_shard
        )
        write_table(scratch / "out" / "relations.parquet", relations)
        write_json(Path("data/reports/shard.json"), shards.report(counts, packed, relations))
        publish(scratch, Path("data/shard"))


if __name__ == "__main__":
    run(app)
