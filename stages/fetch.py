"""fetch: bring the dumps, the benchmarks and the base encoder, or make the embedded sample.

reads    what section `fetch` of params.yaml names: addresses, paths, a package, a hub
writes   data/fetch/wikipedia/    pages-articles dumps
         data/fetch/wikidata/     JSON entity dumps
         data/fetch/benchmarks/   one folder per benchmark
         data/encoders/base/      the encoder that pre-training starts from
         data/encoders/{cnn,bilstm}/  encoders without weights, for fine-tuning (Table 1)
         data/reports/fetch.json  files, sizes, sha256, licences
"""

import os
from pathlib import Path

from stages.command import load, make_app, run

app = make_app()

FETCH = Path("data/fetch")
ENCODERS = Path("data/encoders")


@app.command()
def main() -> None:
    """Bring dumps, benchmarks and the base encoder, or make the embedded sample."""
    import shutil

    from pipeline.fetch.benchmarks import fetch_benchmarks
    from pipeline.fetch.config import SAMPLE, FetchConfig
    from pipeline.fetch.dumps import FetchedFile, fetch_dumps
    from pipeline.fetch.encoder import fetch_encoder
    from pipeline.fetch.formats import Kind
    from pipeline.fetch.official import bring_official
    from pipeline.fetch.plain import PLAIN, write_plain_encoders
    from pipeline.fetch.report import describe_files, list_sample
    from pipeline.io import replace_dir, write_json
    from pipeline.sample.benchmarks import WRITERS, write_benchmarks
    from pipeline.sample.dump import write_wikipedia
    from pipeline.sample.wikidata import write_wikidata
    from pipeline.scratch import open_scratch
    from pipeline.settings import scratch_root

    config = load("fetch", FetchConfig)
    # relative paths start from the repository, also in the copy where a queued experiment runs
    base = Path(os.environ.get("DVC_ROOT", "."))
    downloads = scratch_root() / "downloads"
    with open_scratch("fetch", "unfinished") as scratch:
        out = scratch / "out"
        shutil.rmtree(out, ignore_errors=True)
        # what is quickest first: a wrong name shows before hours of download
        encoder = fetch_encoder(config.encoder, out / "base", base=base)
        vectors = None if config.word_vectors is None else base / config.word_vectors
        write_plain_encoders(out / "base", out, vectors=vectors)
        if config.benchmarks == SAMPLE:
            write_benchmarks(out / "benchmarks", config.world, WRITERS)
            benchmarks = list_sample(out / "benchmarks")
        else:
            bring_official(config.download, base / config.benchmarks, downloads)
            benchmarks = fetch_benchmarks(base / config.benchmarks, out / "benchmarks")
        dumps: dict[str, list[FetchedFile]] = {}
        kinds: tuple[Kind, Kind] = ("wikipedia", "wikidata")
        for kind, write_sample in zip(kinds, (write_wikipedia, write_wikidata), strict=True):
            sources = getattr(config, kind)
            if sources == (SAMPLE,):
                write_sample(out / kind, config.world)
                dumps[kind] = list_sample(out / kind)
            else:
                dumps[kind] = fetch_dumps(sources, kind, out / kind, base=base, downloads=downloads)
        fetched = {**dumps, "benchmarks": benchmarks, "encoder": encoder}
        for name in ("wikipedia", "wikidata", "benchmarks"):
            replace_dir(out / name, FETCH / name)
        for name in ("base", *PLAIN):
            replace_dir(out / name, ENCODERS / name)
        write_json(Path("data/reports/fetch.json"), describe_files(fetched))


if __name__ == "__main__":
    run(app)
