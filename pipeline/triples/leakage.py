"""Entity pairs of benchmarks' dev and test sets, which pre-training must not see (paper 4.1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeldOutPair:
    """A pair of entities by name, with their Wikidata items where the benchmark has them."""

    head: str
    tail: str
    head_item: int | None = None
    tail_item: int | None = None
