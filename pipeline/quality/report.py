"""The figures of `quality`: our annotation beside people's, and beside the paper's own check."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.benchmarks.readers.running_text import HumanDocument
from pipeline.config import require
from pipeline.quality.score import (
    Annotated,
    Characters,
    Tally,
    count_entities,
    count_facts,
    count_spans,
    match_entities,
    pair_entities,
    total,
)

PAPER_F1 = {"mentions": 84.7, "relations": 25.4}  # section 4.1, judged by people on a sample


@dataclass(frozen=True, kw_only=True, slots=True)
class QualityConfig:
    """Parameters of `quality`: the sets of DocRED that are annotated by us, too."""

    sets: tuple[Literal["train", "dev", "test"], ...]

    def __post_init__(self) -> None:
        """Refuse no set, and one twice."""
        names = ", ".join(self.sets)
        require(0 < len(self.sets) == len(set(self.sets)), f"sets: must differ, got {names!r}")


def compare(
    documents: Sequence[HumanDocument],
    tagged: Sequence[Set[Characters]],
    found: Sequence[Annotated],
    held: Sequence[Set[int]],
    relations: Set[int],
) -> dict[str, Any]:
    """Return the scores of mentions, entities and relations, in percent, with the counts.

    Args:
        documents: What people found.
        tagged: Mentions of the tagger alone.
        found: What the pipeline found.
        held: Entities of each document that the index knows (`find_held`).
        relations: Numbers of the properties that people annotated; facts of others do not count.
    """
    found = [
        Annotated(row.entities, {fact for fact in row.facts if fact[2] in relations})
        for row in found
    ]
    linked = [{span for mentions in row.entities for span in mentions} for row in found]
    judged = [row for row in zip(found, documents, held, strict=True) if row[1].facts is not None]
    return {
        "documents": len(documents),
        "mentions": {
            "tagger": _describe(list(map(count_spans, tagged, documents))),
            "with_linking": _describe(list(map(count_spans, linked, documents))),
            "paper_f1": PAPER_F1["mentions"],
        },
        "entities": _describe(list(map(count_entities, found, documents))),
        "relations": {
            "documents": len(judged),
            "all": _describe([count_facts(a, d, match_entities(a, d), None) for a, d, _ in judged]),
            "in_index": _describe(
                [count_facts(a, d, match_entities(a, d), h) for a, d, h in judged]
            ),
            "in_index_one_to_one": _describe(
                [count_facts(a, d, pair_entities(a, d), h) for a, d, h in judged]
            ),
            "paper_f1": PAPER_F1["relations"],
        },
    }


def _describe(tallies: Sequence[Tally]) -> dict[str, float]:
    counts = total(tallies)
    scores = {name: round(value, 2) for name, value in counts.scores._asdict().items()}
    return scores | {"found": counts.found, "gold": counts.gold}
