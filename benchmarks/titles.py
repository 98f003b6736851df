"""How often a title's item is the one that `link` would take by label or alias alone (decision 42).

    python -m benchmarks.titles --project FOLDER

FOLDER is a clone in which `dvc repro index` has run. All sitelinks are taken out of a copy of its
index and their titles given to `build_candidates` as those of a corpus. Prints how many titles then
have an item and of how many it is the sitelink's, by the name that gave it and by whether other
items bear that name.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config import read_section
from pipeline.entities.candidates import build_candidates
from pipeline.entities.evidence import LinkConfig
from pipeline.entities.search import key_names

# An empty corpus, but for the titles that are asked.
PAGES = pa.schema({"title": pa.string(), "disambiguation": pa.bool_()})
REDIRECTS = pa.schema({"title": pa.string(), "target": pa.string()})
ANCHORS = pa.schema({"surface": pa.string(), "target": pa.string(), "count": pa.int64()})
BEARERS = """
    SELECT title, count(DISTINCT item) AS number
    FROM (SELECT upper({0}[1]) || {0}[2:] AS title, item FROM {1}) SEMI JOIN truth USING (title)
    WHERE item NOT IN (SELECT head FROM claims WHERE property = 31 AND tail IN {2})
    GROUP BY title
"""


def write_corpus(folder: Path, titles: list[str]) -> None:
    (folder / "surveys" / "0").mkdir(parents=True)
    for name, schema in (("pages", PAGES), ("redirects", REDIRECTS), ("anchors", ANCHORS)):
        pq.write_table(schema.empty_table(), folder / f"{name}.parquet")
    for name, values in (("titles", titles), ("surfaces", [])):
        pq.write_table(key_names(values), folder / "surveys" / "0" / f"{name}.parquet")


def measure(index: Path, config: LinkConfig, folder: Path) -> None:
    copy = folder / "index.duckdb"
    shutil.copy(index, copy)
    with duckdb.connect(str(copy)) as connection:
        truth = connection.sql("SELECT title, item FROM sitelinks").to_arrow_table()
        connection.execute("DELETE FROM sitelinks")
    write_corpus(folder, truth["title"].to_pylist())
    build_candidates(
        folder / "candidates",
        index=copy,
        parsed=folder,
        surveys=folder / "surveys",
        config=config,
        spill=folder,
    )
    with duckdb.connect(str(copy), read_only=True) as connection:
        classes = config.excluded_classes
        with pa.memory_map(str(folder / "candidates" / "targets.arrow")) as file:
            connection.register("targets", pa.ipc.open_file(file).read_all())
        rows = connection.sql(f"""
            SELECT
                labels.number IS NOT NULL AS by_label,
                coalesce(labels.number, aliases.number) = 1 AS alone,
                count(*), avg((targets.item = truth.item)::INT)
            FROM truth JOIN targets ON truth.title = targets.name
            LEFT JOIN ({BEARERS.format("label", "items", classes)}) AS labels USING (title)
            LEFT JOIN ({BEARERS.format("alias", "aliases", classes)}) AS aliases USING (title)
            GROUP BY ALL ORDER BY by_label DESC, alone DESC
        """).fetchall()
    print(f"{len(truth):,d} titles")
    for by_label, alone, count, right in rows:
        which = "the only item" if alone else "the best known item"
        kind = "label" if by_label else "alias"
        print(f"{which:19s} of that {kind} {count:7,d}  {100 * right:.1f} % right")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, default=Path())
    project = parser.parse_args().project
    config = read_section(project / "params.yaml", "link", LinkConfig)
    with tempfile.TemporaryDirectory() as folder:
        measure(project / "data" / "index" / "wikidata.duckdb", config, Path(folder))


if __name__ == "__main__":
    main()
