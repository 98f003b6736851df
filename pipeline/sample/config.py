"""The size of the sample."""

from dataclasses import dataclass

from pipeline.config import require
from pipeline.sample.kinds import SHARED_ITEMS

PAGES_PER_BLOCK = 100
SMALLEST = 300  # items of a block below which some articles would have nothing to say


@dataclass(frozen=True, kw_only=True, slots=True)
class WorldConfig:
    """Seed and size of the invented world: about 5 items per page."""

    seed: int
    pages: int  # of all namespaces
    items: int  # of Wikidata, classes and occupations included

    def __post_init__(self) -> None:
        require(self.pages > 0, f"pages: must be above 0, got {self.pages}")
        require(
            self.population >= SMALLEST,
            f"items: must be at least {SMALLEST} per 100 pages and {len(SHARED_ITEMS)} more, "
            f"got {self.items} for {self.pages} pages",
        )

    @property
    def num_blocks(self) -> int:
        """Countries, each with 100 pages."""
        return -(-self.pages // PAGES_PER_BLOCK)

    @property
    def population(self) -> int:
        """Entities of a block."""
        return (self.items - len(SHARED_ITEMS)) // self.num_blocks
