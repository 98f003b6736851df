"""Articles as wikitext: links, infoboxes, references, tables, comments, categories."""

from pipeline.sample.article import Article, Paragraph
from pipeline.sample.counter import chance, stream
from pipeline.sample.prose import WORKS, Segment
from pipeline.sample.relations import RELATIONS
from pipeline.sample.world import Block, Entity

Random = type(stream(0))


class Renderer:
    """Turns sentences into wikitext; links a thing where it is named first."""

    def __init__(self, block: Block, topic: Entity) -> None:
        self.block, self.topic = block, topic
        self.rng = stream(block.world.seed, 41, topic.item, block.number)
        self.linked = {topic.item}
        self.bold = False
        self.references = 0

    def segment(self, segment: Segment) -> str:
        """Return one segment as wikitext."""
        entity, text = segment.entity, segment.text
        if entity is None or not segment.named:
            return text
        if entity.item == self.topic.item and not self.bold:
            self.bold = True
            return f"'''''{text}'''''" if entity.kind.name in WORKS else f"'''{text}'''"
        if entity.item not in self.linked:
            self.linked.add(entity.item)
            text = self.link(entity, text)
        return f"''{text}''" if entity.kind.name in WORKS else text

    def link(self, entity: Entity, text: str) -> str:
        """Return a hyperlink, or the bare text for things that have no article anywhere."""
        from pipeline.sample.pages import has_sitelink

        if entity.kind.name == "shared" or not has_sitelink(self.block.world.seed, entity.item):
            return text
        title = entity.title
        if text == title:
            return f"[[{text}]]"
        if text.startswith(title) and text[len(title) :].isalpha():
            return f"[[{title}]]{text[len(title) :]}"  # a link trail: [[Mirania]]n
        if self.rng.random() < 0.05:
            title = title.replace(" ", "_")
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
            return (
                f"<ref>{{{{cite book |last={self.block.pick(self.block.kinds['person']).short} "
                f"|title=Annals |year={year} |page={self.rng.randrange(400)}}}}}</ref>"
            )
        if draw < 0.2 or self.references < 3:
            return f'<ref name="a{self.references}">Archive note of {year}.</ref>'
        return '<ref name="a1" />'


def render_article(block: Block, article: Article) -> str:
    """Return the wikitext of an article."""
    topic = article.topic
    renderer = Renderer(block, topic)
    rng = renderer.rng
    parts = []
    if rng.random() < 0.2:
        parts.append(f"{{{{About|the {topic.noun}|other uses|{topic.name} (disambiguation)}}}}")
    if rng.random() < 0.3:
        parts.append("{{Use dmy dates|date=May 2020}}")
    parts.append(_infobox(block, topic))
    if rng.random() < 0.3:
        parts.append(
            f"[[File:{topic.name.replace(' ', '_')}.jpg|thumb|right|"
            f"{topic.name} in a [[photograph]] of {1890 + rng.randrange(120)}]]"
        )
    lead = [renderer.paragraph(paragraph) for paragraph in article.lead]
    if rng.random() < 0.15:
        lead[0] += " <!-- please keep the order of the sentences -->"
    parts.append("\n\n".join(lead))
    for heading, paragraphs in article.sections:
        parts.append(f"== {heading} ==")
        parts.append("\n\n".join(renderer.paragraph(paragraph) for paragraph in paragraphs))
    if rng.random() < 0.4:
        parts.append(_table(renderer))
    if renderer.references:
        parts.append("== References ==\n{{reflist}}")
    parts.append(f"[[Category:{topic.kind.description.capitalize()}]]")
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
    return "\n".join([*lines, "}}"])


def _table(renderer: Renderer) -> str:
    rng = renderer.rng
    lines = ['{| class="wikitable sortable"', "|+ Figures", "! Year !! Number"]
    for k in range(3 + rng.randrange(4)):
        lines += ["|-", f"| {1900 + 10 * k} || {rng.randrange(10_000):,}"]
    return "\n".join([*lines, "|}"])
