"""Articles as wikitext: links, infoboxes, references, templates, tables, lists, categories."""

import re
from collections.abc import Mapping

from pipeline.sample.article import Article, Paragraph
from pipeline.sample.counter import chance, stream
from pipeline.sample.prose import WORKS, Segment
from pipeline.sample.relations import RELATIONS
from pipeline.sample.world import Block, Entity

SITELINKS = 0.85  # things that have an article in the encyclopedia that the sample is cut from
UNLINKED = 0.06  # first mentions that nobody linked
SHARED_LINKED = 0.3  # occupations and genres that somebody linked
ITALIC = WORKS | {"species", "genus"}

_MEASURE = re.compile(r"\b(\d+) millimetres")


def has_sitelink(seed: int, item: int) -> bool:
    """Tell whether an entity without an article in the sample has one elsewhere.

    The sample is an excerpt, as the slices of real dumps are: most things that an article names
    have an article of their own, though not here.
    """
    return chance(seed, 31, item) < SITELINKS


class _Renderer:
    """Turns sentences into wikitext; links a thing where it is named first."""

    def __init__(self, block: Block, topic: Entity, redirects: Mapping[int, str]) -> None:
        self.block, self.topic, self.redirects = block, topic, redirects
        self.rng = stream(block.world.seed, 41, topic.item, block.number)
        self.named = {topic.item}
        self.links: list[str] = []  # titles linked so far
        self.bold = False
        self.references = 0

    def segment(self, segment: Segment) -> str:
        """Return one segment as wikitext."""
        entity, text = segment.entity, segment.text
        if entity is None:
            return self.plain(text)
        if not segment.named:
            return text
        if entity.item == self.topic.item and not self.bold:
            self.bold = True
            return f"'''''{text}'''''" if entity.kind.name in ITALIC else f"'''{text}'''"
        if entity.item not in self.named:
            self.named.add(entity.item)
            text = self.link(entity, text)
        return f"''{text}''" if entity.kind.name in ITALIC else text

    def plain(self, text: str) -> str:
        """Return text that names nothing; measures and dashes as editors write them."""
        if "millimetres" in text and self.rng.random() < 0.6:
            return _MEASURE.sub(r"{{convert|\1|mm|in}}", text)
        if "–" in text and self.rng.random() < 0.3:
            return text.replace("–", "&ndash;")
        return text

    def link(self, entity: Entity, text: str) -> str:
        """Return a hyperlink, or the bare text."""
        draw = self.rng.random()
        title = entity.title
        if entity.kind.name == "shared":
            if draw > SHARED_LINKED:
                return text
        elif draw > 1 - UNLINKED or not has_sitelink(self.block.world.seed, entity.item):
            return text
        elif draw < 0.1 and entity.item in self.redirects:
            title = self.redirects[entity.item]
        elif draw > 0.9 and " " in title:
            title = title.replace(" ", "_")
        self.links.append(title)
        if draw < 0.03:
            return f"[[{title}#History|{text}]]"
        if text in (title, title[0].lower() + title[1:]):
            return f"[[{text}]]"
        if text.startswith(title) and text[len(title) :].isalpha():
            return f"[[{title}]]{text[len(title) :]}"  # a link trail: [[Mirania]]n
        return f"[[{title}|{text}]]"

    def paragraph(self, paragraph: Paragraph) -> str:
        """Return a paragraph as one line of wikitext, with references behind some sentences."""
        return " ".join(
            "".join(map(self.segment, sentence.segments)) + self.reference()
            for sentence in paragraph
        )

    def reference(self) -> str:
        """Return a footnote, or nothing."""
        draw = self.rng.random()
        if draw > 0.3:
            return ""
        self.references += 1
        year = 1900 + self.rng.randrange(115)
        if draw < 0.1:
            people = self.block.kinds["person"]
            author = people[self.rng.randrange(len(people))].short
            page = self.rng.randrange(400)
            return (
                f"<ref>{{{{cite book |last={author} |title=Annals |year={year} |page={page}}}}}"
                "</ref>"
            )
        if draw < 0.2 or self.references < 3:
            return f'<ref name="a{self.references}">Archive note of {year}, see [[Archive]].</ref>'
        return '<ref name="a1" />'


def render_article(block: Block, article: Article, redirects: Mapping[int, str]) -> str:
    """Return the wikitext of an article; some links go to `redirects`, titles by item."""
    topic = article.topic
    renderer = _Renderer(block, topic, redirects)
    rng = renderer.rng
    parts = []
    if rng.random() < 0.2:
        parts.append(f"{{{{About|the {topic.noun}|other uses|{topic.name} (disambiguation)}}}}")
    if rng.random() < 0.3:
        parts.append("{{Use dmy dates|date=May 2020}}")
    parts.append(_infobox(block, topic))
    if rng.random() < 0.3:
        name = topic.name.replace(" ", "_")
        parts.append(
            f"[[File:{name}.jpg|thumb|right|{topic.name} in a [[photograph]] of "
            f"{1890 + rng.randrange(120)}]]"
        )
    lead = [renderer.paragraph(paragraph) for paragraph in article.lead]
    if rng.random() < 0.15:
        lead[0] += " <!-- keep the order of the sentences, see [[Talk:Order]] -->"
    parts.append("\n\n".join(lead))
    for heading, paragraphs in article.sections:
        parts.append(f"== {heading} ==")
        parts.append("\n\n".join(map(renderer.paragraph, paragraphs)))
    if article.sections:
        parts += _appendix(renderer)
    if renderer.references:
        parts.append("== References ==\n{{reflist}}")
    country = block.kinds["country"][0]
    if rng.random() < 0.5:
        parts.append(f"{{{{{country.name} topics}}}}\n{{{{Authority control}}}}")
    plural = f"{topic.kind.description[0].upper()}{topic.kind.description[1:]}s"
    parts.append(f"[[Category:{plural} of {country.name}]]\n[[Category:{topic.name}]]")
    return "\n\n".join(parts) + "\n"


def _infobox(block: Block, topic: Entity) -> str:
    lines = [f"{{{{Infobox {topic.noun}", f"| name = {topic.name}"]
    seen = set()
    for fact in block.out.get(topic.item, ()):
        if fact.relation in seen or len(lines) > 8:
            continue
        seen.add(fact.relation)
        label = RELATIONS[fact.relation].name.replace(" ", "_")
        if chance(block.world.seed, 42, topic.item, fact.relation) < 0.6:
            lines.append(f"| {label} = [[{fact.tail.title}]]")
    if topic.kind.name == "person":
        lines.append(f"| birth_date = {{{{birth date|{topic.year}|{1 + topic.item % 12}|3}}}}")
    return "\n".join([*lines, "}}"])


def _appendix(renderer: _Renderer) -> list[str]:
    """Return tables and lists, which are no text."""
    rng = renderer.rng
    parts = []
    if rng.random() < 0.4:
        rows = "\n".join(
            f"|-\n| {1900 + 10 * k} || {rng.randrange(10_000):,}"
            for k in range(3 + rng.randrange(4))
        )
        table = '{| class="wikitable sortable"\n|+ Figures\n! Year !! Number\n'
        parts.append(f"{table}{rows}\n|}}")
    if rng.random() < 0.3 and renderer.links:
        items = "\n".join(f"* [[{title}]]" for title in renderer.links[:4])
        parts.append(f"== See also ==\n{items}")
    if rng.random() < 0.2:
        parts.append("<gallery>\nFile:View.jpg|A view from the [[tower]]\n</gallery>")
    if rng.random() < 0.2:
        parts.append("== External links ==\n* [http://www.example.org/page Official page]")
    return parts
