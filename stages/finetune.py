"""finetune: fine-tune one encoder on one benchmark with a fraction of its training set (4.3-4.5).

reads    data/fetch/benchmarks/<benchmark>/    official files
         data/encoders/<encoder>/              a Hugging Face folder
writes   data/finetune/<task>/<encoder>/<percent>/s<seed>/[fold<n>/]
                                               metrics.json, split.json, predictions for test
         data/reports/finetune/<task>-<encoder>-<percent>.json
                                               dev and test of each seed, mean, deviation
"""

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from stages.command import load, make_app, run

app = make_app()


@app.command()
def main(
    task: Annotated[str, typer.Option(help="benchmark: a section of params.yaml's finetune")],
    encoder: Annotated[str, typer.Option(help="folder below data/encoders: base or erica")],
    percent: Annotated[int, typer.Option(help="share of the training set: 1, 10 or 100")],
) -> None:
    """Fine-tune an encoder with each seed; after a kill it continues where it was."""
    from pipeline import benchmarks, model, training
    from pipeline.benchmarks.catalogue import find_benchmark
    from pipeline.benchmarks.finetune import Finetuner, write_result
    from pipeline.benchmarks.summary import average, summarise
    from pipeline.errors import InputError
    from pipeline.io import atomic_dir, read_json, write_json
    from pipeline.scratch import fingerprint, open_scratch, publish, reach

    benchmark = find_benchmark(task)
    if percent not in (1, 10, 100):
        raise InputError(f"--percent: expected 1, 10 or 100, got {percent}")
    config = load(f"finetune.{task}", benchmark.config)
    seeds = load("finetune.seeds", tuple[int, ...])
    files = Path("data/fetch/benchmarks") / benchmark.folder
    folder = Path("data/encoders") / encoder
    name = f"{task}-{encoder}-{percent}"
    code = [Path(package.__path__[0]) for package in (benchmarks, model, training)]
    key = "-".join([fingerprint(config, [files, folder], code), *map(str, seeds)])
    with open_scratch(f"finetune-{name}", key) as scratch:
        results: dict[int, dict[str, Any]] = {seed: {} for seed in seeds}
        for part, settings in config.parts().items():
            finetuner = None
            for seed in seeds:
                done = scratch / "out" / f"s{seed}" / part
                if not done.exists():
                    finetuner = finetuner or Finetuner(benchmark.open(settings, files), folder)
                    begun = scratch / "checkpoints" / f"s{seed}" / part
                    result = finetuner.run(percent, seed, begun)
                    with atomic_dir(done) as temporary:
                        write_result(finetuner.task, result, temporary)
                    reach("finetune.seed")
                    shutil.rmtree(begun, ignore_errors=True)
                results[seed][part] = read_json(done / "metrics.json")
        report = summarise({seed: average(parts) for seed, parts in results.items()})
        write_json(Path("data/reports/finetune") / f"{name}.json", report)
        publish(scratch, Path("data/finetune") / task / encoder / str(percent))


if __name__ == "__main__":
    run(app)
