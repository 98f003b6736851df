"""Names of the invented world: unique by counting, not by looking at what was named before."""

from pipeline.sample.counter import permute
from pipeline.sample.cultures import CULTURES, Culture

NUMBERS_PER_BLOCK = 64  # place names, and as many surnames, that one block may use
RESERVED_BLOCKS = 12  # of each culture, for the worlds of the benchmarks

_ADJECTIVES = """
Silent Broken Golden Hidden Long Distant Burning Frozen Last First Quiet Crimson Hollow Lost
Restless Bitter Gentle Empty Wild Northern Southern Wandering Forgotten Bright Pale
Narrow Open Secret Second Winter Summer Painted Borrowed Falling Iron Paper Glass Salt
Blue Green
"""
ADJECTIVES = tuple(_ADJECTIVES.split())
_NOUNS = """
Harbour Garden River Mountain Orchard Winter Summer Letter Mirror Lantern Bridge Road Window
Kingdom Daughter Brother Stranger Promise Journey Shore Forest Tower Song Shadow Clock
Fire Sparrow Horizon Island Station Meadow Valley Crossing Witness Gardener Violin
Archive Voyage Feast Storm Key Ladder
"""
NOUNS = tuple(_NOUNS.split())
PATTERNS = (
    "The {a} {n}",
    "{a} {n}s",
    "A {a} {n}",
    "{n} of the {a} {m}",
    "The {n} and the {m}",
    "Beyond the {a} {n}",
)


def culture_of(block: int) -> Culture:
    """Return the culture of a block; neighbours differ."""
    return CULTURES[block % len(CULTURES)]


def _compose(
    block: int, number: int, count: int, endings: tuple[str, ...], key: int
) -> tuple[str, str]:
    """Return stem and ending of name `number` of a block that has `count` names of this sort."""
    culture = culture_of(block)
    size = len(culture.first) * len(culture.second) * len(endings)
    rank = (block // len(CULTURES)) * count + number  # below 0 in the worlds of the benchmarks
    prefix = ""
    if rank >= 0:
        # A huge world runs out of short names and goes on with double ones.
        rounds, rank = divmod(rank, size - RESERVED_BLOCKS * count)
        prefix = f"{culture.first[rounds % len(culture.first)]}-" if rounds else ""
    rank = permute(rank % size, size, key)
    rank, first = divmod(rank, len(culture.first))
    ending, second = divmod(rank, len(culture.second))
    return prefix + culture.first[first] + culture.second[second], endings[ending]


def _join(stem: str, ending: str) -> str:
    return stem + (ending[1:] if stem[-1] == ending[0] else ending)


def place_name(block: int, number: int, seed: int) -> str:
    """Return place name `number` of a block: Yngildholm."""
    endings = culture_of(block).places
    return _join(*_compose(block, number, NUMBERS_PER_BLOCK, endings, seed * 31 + 1))


def surname(block: int, number: int, seed: int) -> str:
    """Return surname `number` of a block: Stavurvang."""
    endings = culture_of(block).surnames
    return _join(*_compose(block, number, NUMBERS_PER_BLOCK, endings, seed * 31 + 2))


def country_name(block: int, seed: int) -> tuple[str, str]:
    """Return the name of a block's country and its adjective: Zamanaria, Zamanarian."""
    endings = tuple("/".join(pair) for pair in culture_of(block).countries)
    stem, ending = _compose(block, 0, 1, endings, seed * 31 + 3)
    noun, adjective = ending.split("/")
    return _join(stem, noun), _join(stem, adjective)


def with_article(noun: str) -> str:
    """Return a noun with "a" or "an" in front."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def work_title(block: int, number: int, seed: int) -> str:
    """Return the title of work `number` of a block: The Silent Harbour."""
    size = len(ADJECTIVES) * len(NOUNS) * len(PATTERNS)
    rank = permute((block * 211 + number) % size, size, seed * 31 + 4)
    rank, adjective = divmod(rank, len(ADJECTIVES))
    pattern, noun = divmod(rank, len(NOUNS))
    other = NOUNS[(noun + adjective + 7) % len(NOUNS)]
    title = PATTERNS[pattern].format(a=ADJECTIVES[adjective], n=NOUNS[noun], m=other)
    return f"An{title[1:]}" if title[:2] == "A " and title[2] in "EIO" else title
