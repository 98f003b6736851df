"""The pipeline's own stages on the text of documents that people have annotated.

The very functions of `ner`, `link` and `annotate` run, with the parameters of the corpus but for
what would make the figures mean something else: nothing is left out as a benchmark's test pair, no
document is dropped, and dates and numbers stay mentions, as they are to DocRED's annotators.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.benchmarks.readers.running_text import HumanDocument
from pipeline.entities.candidates import SurveyTask, build_candidates, survey_shard
from pipeline.entities.evidence import LinkConfig
from pipeline.entities.linking import LinkTask, link_shard
from pipeline.entities.ner import NerTask, tag_shard
from pipeline.io import read_rows, write_shard, write_table
from pipeline.quality.score import Annotated, Characters
from pipeline.records.documents import DOCUMENTS
from pipeline.records.linked import LINKED
from pipeline.records.mentions import MENTIONS
from pipeline.records.triples import HELD_OUT, TRIPLES
from pipeline.triples.annotate import AnnotateTask, annotate_shard
from pipeline.triples.corpus import build_corpus
from pipeline.triples.filters import AnnotateConfig


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """The tools and parameters of the corpus."""

    tagger: NerTask  # its `documents` and `out` are replaced
    link: LinkConfig
    annotate: AnnotateConfig
    index: Path
    parsed: Path  # titles, redirects and anchors of the corpus


def annotate(
    documents: Sequence[HumanDocument], stages: Stages, scratch: Path
) -> tuple[list[set[Characters]], list[Annotated]]:
    """Return of each document the tagger's mentions, and the entities and facts after linking."""
    texts, tags = scratch / "documents.parquet", scratch / "mentions.parquet"
    linked, triples = scratch / "linked.parquet", scratch / "triples.parquet"
    rows = [
        {"doc_id": f"{number}-0", "page_id": number, "title": d.title, "text": d.text, "links": []}
        for number, d in enumerate(documents)
    ]
    write_shard(texts, rows, DOCUMENTS)
    tag_shard(dataclasses.replace(stages.tagger, documents=texts, out=tags))
    _link(stages, texts, tags, linked, scratch)
    _annotate(stages, texts, linked, triples, scratch)
    tagged = [
        {(mention["start"], mention["end"]) for mention in row["mentions"]}
        for row in read_rows(tags, MENTIONS)
    ]
    found = []
    for row, facts in zip(read_rows(linked, LINKED), read_rows(triples, TRIPLES), strict=True):
        entities: list[list[Characters]] = [[] for _ in row["entities"]]
        for mention in row["mentions"]:
            entities[mention["entity"]].append((mention["start"], mention["end"]))
        found.append(
            Annotated(entities, {(t["head"], t["tail"], t["property"]) for t in facts["triples"]})
        )
    return tagged, found


def _link(stages: Stages, texts: Path, tags: Path, linked: Path, scratch: Path) -> None:
    config = dataclasses.replace(stages.link, unlinked="keep", literals="keep", hidden_fraction=0.0)
    surveys, candidates = scratch / "surveys", scratch / "candidates"
    survey_shard(
        SurveyTask(documents=texts, mentions=tags, out=surveys / "all", hidden_fraction=0.0)
    )
    build_candidates(
        candidates,
        index=stages.index,
        parsed=stages.parsed,
        surveys=surveys,
        config=config,
        spill=scratch / "spill",
    )
    link_shard(
        LinkTask(
            documents=texts,
            mentions=tags,
            survey=surveys / "all",
            candidates=candidates,
            out=linked,
            config=config,
        )
    )


def _annotate(stages: Stages, texts: Path, linked: Path, triples: Path, scratch: Path) -> None:
    nothing, corpus = scratch / "held_out.parquet", scratch / "corpus.duckdb"
    config = dataclasses.replace(
        stages.annotate,
        min_entities=1,
        min_triples=1,
        max_entities=None,
        max_triples=None,
        relation_fraction=1.0,
        document_fraction=1.0,
    )
    write_table(nothing, pa.Table.from_pylist([], schema=HELD_OUT))
    build_corpus(
        corpus,
        linked=[linked],
        index=stages.index,
        held_out=nothing,
        all_ranks=config.claims == "all",
        complete=config.reverse == "completed",
    )
    annotate_shard(
        AnnotateTask(documents=texts, linked=linked, corpus=corpus, out=triples, config=config)
    )
