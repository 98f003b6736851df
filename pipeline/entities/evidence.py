"""What linking knows about names, what it says about mentions, and what it is asked to keep."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pipeline.config import require

# How sure a kind of evidence is, judged by hand but for LINK_BY_LABEL: hyperlinks hidden and
# predicted again could tell, but stand on first mentions only.
LINK = 1.0
# Of titles with a sitelink 99.7 % of those with one item of that label are that item's, 99.6 % by
# alias, 96 % where it is ten times better known than others (python -m benchmarks.titles). It is
# less in an excerpt, which holds some of the items with a name.
LINK_BY_LABEL = 0.95
TITLE = REPEAT = 0.95
PAGE = 0.97  # of 1,745 hyperlinks whose text another window of the page links too
SURNAME = 0.9
AMBIGUOUS_SURNAME = 0.6  # of several persons of the document
ACRONYM = 0.8
PRESENT = 10.0  # factor for an item that the document names otherwise (but languages.AGAINST)


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkConfig:
    """What becomes an entity, and how sure a link by name must be."""

    unlinked: Literal["keep", "drop"]  # names without an item
    literals: Literal["keep", "drop"]  # dates, numbers and quantities
    repeats: Literal["all", "tagged"]  # look for names where the tagger saw none
    min_confidence: float  # of a link by name alone
    max_candidates: int  # items weighed for a name
    # factor for an item whose classes contradict the tagger's label; twice if languages.AGAINST
    type_penalty: float
    excluded_classes: tuple[int, ...]  # items of these classes are no entities
    hidden_fraction: float  # of the pages, whose hyperlinks are hidden to measure linking

    def __post_init__(self) -> None:
        for name in ("min_confidence", "type_penalty", "hidden_fraction"):
            value = getattr(self, name)
            require(0.0 <= value <= 1.0, f"{name}: must lie in [0, 1], got {value}")
        require(
            0 < self.max_candidates < 256,
            f"max_candidates: must lie in [1, 255], got {self.max_candidates}",
        )


class Target(NamedTuple):
    """What a title or link target means; `item` 0: a page that lists meanings."""

    item: int
    by_sitelink: bool
    types: int
    label: str


Candidate = tuple[int, int, int]  # an item that a name may mean, its weight, its types


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the corpus says about the titles and names of some documents."""

    targets: dict[str, Target]
    names: dict[str, list[Candidate]]
    rests: dict[str, int]  # by name: the weight of what is no candidate
    both: dict[str, bool] = field(default_factory=dict)  # languages.names_both of names asked for


Span = tuple[int, int, str]  # start, end, and a title or label
Key = int | str  # an item, or the name of an entity without one


Reason = Literal[  # resolve.py says what each means
    "link", "title", "page", "repeat", "alias", "surname", "acronym", "name", "unlinked", "literal"
]


class Sense(NamedTuple):
    """What a name means in a document, and why."""

    key: Key
    reason: Reason
    confidence: float


class Mentions(NamedTuple):
    """The mentions of a document, by start, never overlapping: a column each.

    Labels are the tagger's, "" where it saw none.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    keys: Sequence[Key]
    reasons: Sequence[Reason]
    confidences: Sequence[float]
    labels: Sequence[str]


NO_MENTIONS = Mentions((), (), (), (), (), ())
