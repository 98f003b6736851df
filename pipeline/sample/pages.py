"""The pages of a block: which there are, and the wikitext of those that are no articles."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.sample.article import write_article
from pipeline.sample.config import PAGES_PER_BLOCK
from pipeline.sample.counter import chance, mix, stream
from pipeline.sample.names import with_article
from pipeline.sample.populate import WORK_KINDS
from pipeline.sample.wikitext import render_article
from pipeline.sample.world import Block, Entity

REDIRECTS, DISAMBIGUATIONS, OTHERS = 12, 4, 6
FIRST_PAGE_ID = 1_000
STUBS = 0.05  # articles of less than 100 words
REDIRECT_FORMS = (
    "#REDIRECT [[{0}]]\n\n{{{{R from alternative name}}}}\n",
    "#redirect [[{0}]]\n",
    "#REDIRECT [[{0}#History]]\n\n[[Category:Redirects]]\n",
)

# Articles of a block by kind; people fill up what is left.
TOPICS = {
    "country": 1,
    "realm": 1,
    "region": 2,
    "city": 8,
    "river": 2,
    "lake": 1,
    "mountain": 1,
    "range": 1,
    "island": 1,
    "language": 1,
    "company": 5,
    "publisher": 1,
    "label": 1,
    "studio": 1,
    "newspaper": 1,
    "university": 2,
    "society": 1,
    "club": 3,
    "party": 1,
    "band": 3,
    "stadium": 1,
    "building": 1,
    "book": 4,
    "series": 1,
    "film": 5,
    "album": 3,
    "song": 1,
    "product": 1,
    "award": 1,
    "war": 1,
    "battle": 2,
    "treaty": 1,
    "election": 1,
    "cup": 1,
    "genus": 1,
    "species": 3,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the dump."""

    page_id: int
    title: str
    namespace: int
    text: str
    redirect: str = ""  # title of the target


def choose_topics(block: Block) -> list[Entity]:
    """Return the entities of a block that have an article."""
    topics = []
    for kind, number in TOPICS.items():
        entities = block.kinds[kind]
        step = max(1, len(entities) // number)
        topics += entities[::step][:number]
    people = block.kinds["person"]
    wanted = PAGES_PER_BLOCK - REDIRECTS - DISAMBIGUATIONS - OTHERS - len(topics)
    step = max(1, len(people) // wanted)
    return topics + people[::step][:wanted]


def block_pages(block: Block) -> Iterator[Page]:
    """Return the pages of a block in the order of their ids."""
    seed, number = block.world.seed, block.number
    topics = choose_topics(block)
    topics.sort(key=lambda topic: mix(seed, 32, topic.item))
    others = find_redirects(block, topics)
    drafts: list[tuple[str, int, str, str]] = []
    for topic in topics:
        short = chance(seed, 33, topic.item) < STUBS
        draw = chance(seed, 34, topic.item)
        words = 40 + int(30 * draw) if short else 130 + int(120 * draw * draw + 15 * draw)
        article = write_article(
            block, topic, words=words, sections=0 if short else 1 + int(3 * draw)
        )
        drafts.append((topic.title, 0, render_article(block, article, others), ""))
    targets = {topic.item: topic.title for topic in topics}
    for k, (item, title) in enumerate(others.items()):
        text = REDIRECT_FORMS[k % len(REDIRECT_FORMS)].format(targets[item])
        drafts.append((title, 0, text, targets[item]))
    drafts += [(title, 0, text, "") for title, text in _disambiguations(block)]
    drafts += [(title, namespace, text, "") for title, namespace, text in _others(block)]
    for k, (title, namespace, text, redirect) in enumerate(drafts[:PAGES_PER_BLOCK]):
        page_id = FIRST_PAGE_ID + (number - block.world.first) * PAGES_PER_BLOCK + k
        yield Page(page_id, title, namespace, text, redirect)


def find_redirects(block: Block, topics: list[Entity]) -> dict[int, str]:
    """Return another name, which is no title, of some topics by item."""
    taken = {entity.title for entity in block.all()}
    found: dict[int, str] = {}
    for topic in topics:
        if topic.kind.name == "species":  # M. alba may be another one elsewhere
            continue
        for alias in topic.aliases[:1]:
            if alias not in taken and len(found) < REDIRECTS:
                taken.add(alias)
                found[topic.item] = alias
    return found


def _disambiguations(block: Block) -> list[tuple[str, str]]:
    """Return pages that list the bearers of a name."""
    bearers: dict[str, list[Entity]] = {}
    for entity in block.all():
        bearers.setdefault(entity.name, []).append(entity)
        if entity.kind.name == "person":
            bearers.setdefault(entity.short, []).append(entity)
    found: list[tuple[str, str]] = []
    for name, entities in bearers.items():
        kinds = {entity.kind.name for entity in entities}
        if len(kinds) < 2 or kinds <= set(WORK_KINDS):
            continue
        titles = {entity.title: entity.noun for entity in entities}
        lines = [f"* [[{title}]], {with_article(noun)}" for title, noun in titles.items()]
        if name not in titles:
            lines.append(f"* [[{name}]], a town elsewhere")
        body = f"'''{name}''' may refer to:\n\n" + "\n".join(lines)
        found.append((f"{name} (disambiguation)", f"{body}\n\n{{{{disambiguation}}}}\n"))
    rng = stream(block.world.seed, 35, block.number)
    return rng.sample(found, min(DISAMBIGUATIONS, len(found)))


def _others(block: Block) -> list[tuple[str, int, str]]:
    country, city = block.kinds["country"][0], block.kinds["city"][0]
    person = block.kinds["person"][0]
    return [
        (f"Category:Cities in {country.name}", 14, f"[[Category:{country.name}]]\n"),
        (f"Category:People from {city.name}", 14, f"[[Category:{city.name}]]\n"),
        (
            f"Template:{country.name} topics",
            10,
            f"{{{{Navbox|name={country.name} topics|list1=[[{city.title}]] [[{person.title}]]}}}}\n"
            "<noinclude>{{documentation}}</noinclude>\n",
        ),
        (f"User:{person.name.replace(' ', '')}{block.number}", 2, "I write about [[history]].\n"),
        (
            f"Wikipedia:WikiProject {country.name}",
            4,
            f"This project improves articles about [[{country.title}]]. ~~~~\n",
        ),
        (f"Talk:{city.title}", 1, f"== Population ==\nIs the figure for [[{city.title}]] right?\n"),
    ]
