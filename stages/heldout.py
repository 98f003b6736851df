"""heldout: list the entity pairs that the benchmarks' dev and test sets relate (paper 4.1).

reads    data/fetch/benchmarks/   official files
writes   data/heldout/            pairs.parquet: normalised names, sorted and unique
         data/reports/heldout.json
"""

from pathlib import Path

from stages.command import load, make_app, run

app = make_app()


@app.command()
def main() -> None:
    """List the pairs that pre-training must not see."""
    from pipeline.benchmarks.readers import docred, qa, semeval, spert, tacred, wikihop
    from pipeline.io import atomic_dir, write_json, write_table
    from pipeline.triples.leakage import HeldoutConfig, collect_pairs

    readers = {
        "docred": docred.held_out_pairs,
        "semeval": semeval.held_out_pairs,
        "tacred": tacred.held_out_pairs,
        "conll04": spert.held_out_pairs,
        "ade": spert.held_out_pairs,
        "wikihop": wikihop.held_out_pairs,
        "squad": qa.held_out_pairs,
        "triviaqa": qa.held_out_pairs,
        "naturalquestions": qa.held_out_pairs,
    }
    config = load("heldout", HeldoutConfig)
    table, counts = collect_pairs(
        (name, readers[name](Path("data/fetch/benchmarks") / name)) for name in config.benchmarks
    )
    write_json(Path("data/reports/heldout.json"), counts)
    with atomic_dir(Path("data/heldout")) as out:
        write_table(out / "pairs.parquet", table)


if __name__ == "__main__":
    run(app)
