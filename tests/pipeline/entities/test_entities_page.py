from hypothesis import given
from hypothesis import strategies as st
from small_linking import mark

from pipeline.entities.evidence import Lookup, Target
from pipeline.entities.page import Page, read_pages
from pipeline.entities.tagged import TaggedDocument
from pipeline.entities.types import LANGUAGE, PERSON, PLACE

LOOKUP = Lookup(
    targets={
        "Ada Tern": Target(1, True, PERSON, "Ada Tern"),
        "Oda": Target(2, True, PLACE, "Oda"),
        "Oda (band)": Target(3, True, 0, "Oda"),
        "Many": Target(0, False, 0, ""),
        "Odan language": Target(4, True, LANGUAGE, "Odan"),
    },
    names={"Odan": [(4, 900, LANGUAGE), (2, 100, PLACE)], "Gelic": [(4, 9, LANGUAGE)]},
    rests={},
)
TEXTS = ["[Ada Tern>Ada Tern] [Oda>Oda (band)]", "[Oda>Oda] [Oda>Many]", "[Oda>Oda] [x>Gone]"]


def read(texts):
    documents = []
    for number, marked in enumerate(texts):
        text, links, tagged = mark(marked)
        documents.append(TaggedDocument(f"7-{number}", "T", text, links, tagged))
    return read_pages(documents, LOOKUP)


def test_page_collects_hyperlinks_to_items():
    assert read(TEXTS) == {"7": Page({"Oda": 2, "Ada Tern": 1}, {}, {"Tern": [1]}, {1, 2, 3})}


def test_page_of_one_document_adds_nothing():
    assert read(TEXTS[:1]) == {}


@given(st.permutations([*TEXTS, "[Oda>Oda (band)]"]))
def test_page_does_not_depend_on_the_order_of_documents(texts):
    (page,) = read(texts).values()
    assert page.senses == {"Oda": 2, "Ada Tern": 1}  # as often as the band: the lower number
    assert list(page.persons_by_end) == ["Tern"]


def test_page_knows_persons_by_the_ends_of_their_names():
    """And no place: of a hyperlink "the Oda" to a place "Oda" is not an end."""
    (page,) = read(["[Ada van Tern>Ada Tern] [the Oda>Oda]", "[Oda Tern>Ada Tern]"]).values()
    assert {end: set(items) for end, items in page.persons_by_end.items()} == {
        "van Tern": {1},
        "Tern": {1},
    }


def test_page_leaves_open_what_names_a_language_and_a_people():
    """Most hyperlinks of such a name lead to the language, whatever is meant elsewhere."""
    often = "[Odan>Odan language] [Odan>Odan language] [Gelic>Odan language]"
    (page,) = read([often, "[Odan>Oda]"]).values()
    assert page == Page({"Odan": 2, "Gelic": 4}, {"Odan": 4, "Gelic": 4}, {}, frozenset((2, 4)))
    (page,) = read([often, ""]).values()
    assert page.senses == {"Gelic": 4}
