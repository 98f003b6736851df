"""train: pre-train the encoder by entity and relation discrimination (paper 3, 4.2).

reads    data/encoders/base/      a Hugging Face folder
         data/shard/              encoded documents
writes   data/encoders/erica/             a Hugging Face folder
         data/reports/train.tsv           losses of each step
         data/reports/train_heldout.tsv   held-out scores while it trains
         data/reports/train.json          sizes, final losses, held-out scores before and after
"""

from pathlib import Path

from stages.command import load, make_app, run

app = make_app()

BASE = Path("data/encoders/base")
SHARDS = Path("data/shard")
ENCODER = Path("data/encoders/erica")
REPORTS = Path("data/reports")


@app.command()
def main() -> None:
    """Pre-train data/encoders/base on data/shard; write data/encoders/erica.

    Ended at any moment, it continues from its latest checkpoint when it is run again.
    """
    from pipeline import model, training
    from pipeline.config import encode
    from pipeline.io import atomic_file, write_json
    from pipeline.reporting.card import write_card, write_provenance
    from pipeline.scratch import fingerprint, publish
    from pipeline.training.config import TrainConfig
    from pipeline.training.pretrain import pretrain
    from pipeline.training.processes import is_first, share_scratch, start_processes
    from pipeline.training.released import fix_parameters
    from pipeline.training.report import curve_lines, heldout_lines, summarise

    config = fix_parameters(load("train", TrainConfig))
    start_processes("stages.train")
    code = [Path(package.__path__[0]) for package in (model, training)]
    with share_scratch("train", fingerprint(config, [BASE, SHARDS], code)) as scratch:
        output = scratch / "out"
        outcome = pretrain(config, base=BASE, shards=SHARDS, scratch=scratch, output=output)
        if not is_first():
            return
        report, params = summarise(outcome, config), encode(config)
        write_card(output, report, params)
        write_provenance(output, params, [BASE, SHARDS])
        tables = {"train": curve_lines(outcome.rows), "train_heldout": heldout_lines(outcome)}
        for name, lines in tables.items():
            with atomic_file(REPORTS / f"{name}.tsv") as temporary:
                temporary.write_text("\n".join(lines) + "\n", "utf-8")
        write_json(REPORTS / "train.json", report)
        publish(scratch, ENCODER)


if __name__ == "__main__":
    run(app)
