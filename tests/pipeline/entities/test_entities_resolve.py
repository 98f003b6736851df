import dataclasses
from collections import Counter, namedtuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_linking import CONFIG, mark

from pipeline.entities.evidence import Lookup, Target
from pipeline.entities.page import NO_PAGE, Page
from pipeline.entities.resolve import link_document
from pipeline.entities.types import LANGUAGE, ORGANISATION, PERSON, PLACE

TARGETS = {
    "Ada Tern": Target(1, True, PERSON, "Ada Tern"),
    "Oda": Target(2, True, PLACE, "Oda"),
    "Oda (band)": Target(3, True, ORGANISATION, "Oda"),
    "Sea Ministry of Oda": Target(4, True, ORGANISATION, "Sea Ministry of Oda"),
    "Salt": Target(5, True, 0, "salt"),
    "Bo Tern": Target(6, True, PERSON, "Bo Tern"),
    "Old Page": Target(7, False, PLACE, "Old Page"),
    "Many": Target(0, False, 0, ""),
    "1204": Target(8, True, 0, "1204"),
    "Odan language": Target(13, True, LANGUAGE, "Odan"),
    "Old Odan": Target(17, True, LANGUAGE, "Old Odan"),
    "Odan (land)": Target(2, True, PLACE, "Odan"),
}
NAMES = {
    "Oda": [(2, 900, PLACE), (3, 800, ORGANISATION)],
    "Ada Tern": [(1, 5_000, PERSON)],
    "Tern": [(9, 5_000, PLACE)],
    "Rare": [(10, 20, PLACE)],
    "The Hold": [(11, 900, ORGANISATION)],
    "Isle": [(2, 100, PLACE), (12, 400, PLACE)],
    "Odan": [(13, 900, LANGUAGE), (2, 400, PLACE)],
    "Old Odan": [(13, 5_000, LANGUAGE), (2, 900, PLACE)],
    "Odaka": [(13, 100, LANGUAGE), (16, 400, LANGUAGE)],
    "Gelic": [(14, 900, LANGUAGE), (15, 400, PERSON)],
}
RESTS = dict.fromkeys(NAMES, 100)
LOOKUP = Lookup(targets=TARGETS, names=NAMES, rests=RESTS)


Mention = namedtuple("Mention", "start end key reason confidence label")


def link(marked, title="Nothing", page=NO_PAGE, **changes):
    text, links, tagged = mark(marked)
    counts = Counter()
    config = dataclasses.replace(CONFIG, **changes)
    columns = link_document(text, title, links, tagged, page, LOOKUP, config, counts)
    mentions = [Mention(*row) for row in zip(*columns, strict=True)]
    return [(text[m.start : m.end], m.key, m.reason) for m in mentions], counts, mentions


def test_resolve_hyperlinks_are_linked_by_their_titles():
    found, counts, mentions = link("In [the city>Oda] and [there>Old Page].")
    assert found == [("the city", 2, "link"), ("there", 7, "link")]
    assert [m.confidence for m in mentions] == [1.0, 0.95]  # by sitelink, by label
    assert counts["links_linked"] == 2


def test_resolve_links_to_lists_of_meanings_or_unknown_pages_are_none():
    found, counts, _ = link("[Oda>Many] and {Oda|GPE}, but [Rare>Red link] or {Rare|GPE}")
    assert found == [
        ("Oda", 2, "repeat"),
        ("Oda", 2, "name"),
        ("Rare", "Rare", "unlinked"),  # what the hyperlink leads to is not in the index
        ("Rare", "Rare", "unlinked"),
    ]
    assert (counts["links_ambiguous"], counts["links_without_item"]) == (1, 1)


def test_resolve_a_hyperlink_settles_the_name_for_the_document():
    found, _, _ = link("{Oda|GPE} played. [Oda>Oda (band)] is loud. {Oda|ORG} again, Oda.")
    assert [key for _, key, _ in found] == [3, 3, 3, 3]
    assert [reason for _, _, reason in found] == ["repeat", "link", "repeat", "repeat"]


def test_resolve_of_two_hyperlinks_the_last_before_decides():
    found, _, _ = link("[Oda>Oda (band)] and Oda in [Oda>Oda] and Oda.")
    assert [key for _, key, _ in found] == [3, 3, 2, 2]


def test_resolve_a_people_stands_for_its_place_not_for_its_language():
    found, _, mentions = link("{Odan|NORP} songs.")
    assert found == [("Odan", 2, "name")]
    assert mentions[0].confidence == pytest.approx(400 / (400 + 900 * 0.5**2 + 100))
    assert link("They speak {Odan|LANGUAGE}.")[0] == [("Odan", 13, "name")]
    assert link("In {Gelic|NORP} villages")[0] == [("Gelic", 14, "name")]  # nobody else's name
    assert link("Odan cities", "Odan language")[0] == [("Odan", 13, "title")]


def keys(marked, *args, **changes):
    return [key for _, key, _ in link(marked, *args, **changes)[0]]


def test_resolve_a_people_and_its_language_are_two_meanings_of_a_name():
    text = "{Odan|NORP} songs in {Odan|NORP}. {Odan|NORP} kings, Odan ships, in Odan."
    found, counts, mentions = link(text)
    assert [key for _, key, _ in found] == [2, 13, 2, 2, 13]
    assert [reason for *_, reason in found] == ["name"] * 3 + ["repeat"] * 2
    assert mentions[1].confidence == pytest.approx(900 / (900 + 400 * 0.5**2 + 100))
    assert counts["tagged_name"] == 3
    assert keys("In {Odan|NORP}", "Odan (land)") == [13]  # whatever the title
    assert keys("[Odan>Oda], in Odan.") == [2, 2]  # but no tag calls it a language or a people
    # a hyperlink to the place settles its name, but where a language is spoken of
    assert keys("[Odan>Oda], {Odan|NORP} in {Odan|NORP}. {Odan|LANGUAGE} kings") == [2, 2, 13, 2]
    assert keys("{Odan|LANGUAGE}, or {Odaka|LANGUAGE}") == [13, 13]  # its other name
    assert link("[Odan>Odan language] or {Odaka|LANGUAGE}")[0][1] == ("Odaka", 13, "alias")


def test_resolve_a_hyperlink_to_a_language_says_nothing_of_the_people():
    text = "Oda ([Odan>Odan language]: Oda-ka), {Odan|NORP} songs in {Odan|NORP} or {Odan|LANGUAGE}"
    found, counts, mentions = link(f"{text}. Odan.")
    assert [(key, reason) for _, key, reason in found] == [
        (13, "link"),
        (2, "name"),  # though the document links the language
        (13, "repeat"),
        (13, "repeat"),
        (13, "repeat"),  # untagged
    ]
    assert mentions[2].confidence == pytest.approx(0.95)
    assert (counts["links_linked"], counts["tagged_name"], counts["tagged_repeat"]) == (1, 1, 2)
    assert keys("[Odan>Odan language] and {Odan|NORP} and [Odan>Oda], {Odan|NORP}") == [
        13,
        13,
        2,
        2,
    ]
    assert keys("[Odan>Oda], [Odan>Odan language], {Odan|NORP}") == [2, 13, 13]
    assert keys("[Odan>Odan language], {Odan|GPE}") == [13, 13]
    page = Page({"Odan": 2}, {}, {}, frozenset((2,)))
    assert link("[Odan>Odan language] and {Odan|NORP}", page=page)[0][1] == ("Odan", 2, "page")


def test_resolve_languages_by_the_last_hyperlink_the_title_or_the_page():
    two = "[Odan>Odan language], [Odan>Old Odan]: in {Odan|NORP}"
    assert keys(two) == [13, 17, 17]
    assert link("In {Odan|NORP}.", "Old Odan")[0] == [("Odan", 13, "name")]
    for text in ("In {Old Odan|NORP}.", "{Old Odan|NORP} kings"):
        assert link(text, "Old Odan")[0] == [("Old Odan", 17, "title")]
    page = Page({"Odan": 2}, {"Odan": 17}, {}, frozenset((2, 17)))
    assert link("In {Odan|NORP}, {Odan|NORP} kings", page=page)[0] == [
        ("Odan", 17, "page"),
        ("Odan", 2, "page"),
    ]
    page = Page({"Odan": 2}, {}, {}, frozenset((2,)))
    assert keys("They speak {Odan|LANGUAGE}.", page=page) == [13]


def test_resolve_names_of_languages_alone_have_one_meaning():
    assert keys("[Gelic>Odan language], {Gelic|NORP} songs, Gelic") == [13, 13, 13]
    for penalty in (0.5, 0.2):  # of language and person neither is what the tagger says
        _, _, mentions = link("{Gelic|NORP} songs", type_penalty=penalty)
        share = 900 * penalty / (1_300 * penalty + 100)
        assert (mentions[0].key, mentions[0].confidence) == (14, pytest.approx(share))
    _, _, mentions = link("In {Odan|GPE}.")  # no people, to the tagger
    assert mentions[0].confidence == pytest.approx(900 * 0.5 / (900 * 0.5 + 400 + 100))
    _, _, mentions = link("In {Isle|NORP}.")  # no language has the name
    assert (mentions[0].key, mentions[0].confidence) == (12, pytest.approx(400 / 600))


def test_resolve_the_title_names_the_pages_own_item():
    found, _, _ = link("Ada Tern was born. {Tern|PERSON} sang, and Tern won.", "Ada Tern")
    assert found == [("Ada Tern", 1, "title"), ("Tern", 1, "surname"), ("Tern", 1, "repeat")]
    assert link("Much salt. Salt is old.", "Salt")[0] == [
        ("salt", 5, "title"),
        ("Salt", 5, "title"),
    ]


def test_resolve_surnames_and_acronyms_of_what_the_document_names():
    found, _, _ = link("[Ada Tern>Ada Tern] left. {Tern|PERSON} sang. {Tern|GPE} is a city.")
    assert [row[1] for row in found] == [1, 1, 1]  # one name, one meaning
    found, _, _ = link("The [Sea Ministry of Oda>Sea Ministry of Oda] ({SMO|ORG}).")
    assert found[1] == ("SMO", 4, "acronym")
    found, _, _ = link("{Eve Ray|PERSON} and {Ray|PERSON} and {Ray|PERSON}")
    assert [row[1] for row in found] == ["Eve Ray"] * 3


def test_resolve_what_is_no_person_to_the_tagger_may_still_be_a_surname():
    found, _, _ = link("{Bo Zed|PERSON} and {Zed|ORG}, {Nan|ORG}")
    assert found[1:] == [("Zed", "Bo Zed", "unlinked"), ("Nan", "Nan", "unlinked")]
    found, _, _ = link("[Ada Tern>Ada Tern] and {Tern|ORG}", min_confidence=1.0)
    assert found[1] == ("Tern", 1, "surname")


def test_resolve_an_item_of_the_document_is_meant_if_that_is_sure_enough():
    for sure, meant in ((0.1, (2, "alias")), (0.99, ("Isle", "unlinked"))):
        assert link("{Isle|GPE} of [Oda>Oda]", min_confidence=sure)[0][0][1:] == meant


def test_resolve_a_shared_surname_is_less_sure():
    _, _, mentions = link("[Ada Tern>Ada Tern] met [Bo Tern>Bo Tern]. {Tern|PERSON} left.")
    assert mentions[-1].key == 1
    assert mentions[-1].confidence == pytest.approx(0.6)


def test_resolve_names_by_weight_with_the_rest_as_doubt():
    found, _, mentions = link("{Oda|ORG} and {Ada Tern|PERSON}")
    assert found[0][1] == 3  # the label halves the weight of the place
    assert mentions[0].confidence == pytest.approx(800 / (450 + 800 + 100))
    assert mentions[1].confidence == pytest.approx(5_000 / 5_100)
    assert link("{Rare|GPE}")[0] == [("Rare", "Rare", "unlinked")]  # 20 of 120


def test_resolve_an_item_of_the_document_is_expected_by_its_other_names():
    assert link("{Isle|GPE}")[0][0][1:] == (12, "name")
    assert link("{Isle|GPE} of [Oda>Oda]")[0][0][1:] == (2, "alias")


def test_resolve_hyperlinks_of_the_pages_other_documents_count_too():
    page = Page({"Oda": 3, "Ada Tern": 1}, {}, {"Tern": [1]}, frozenset((1, 3)))
    found, _, mentions = link("{Oda|GPE}. Oda. {Tern|PERSON}.", page=page)
    assert found == [("Oda", 3, "page"), ("Oda", 3, "repeat"), ("Tern", 1, "surname")]
    assert mentions[0].confidence == pytest.approx(0.97)
    assert link("[Oda>Oda] {Oda|GPE}", page=page)[0][1] == ("Oda", 2, "repeat")
    assert link("[Oda>Red link] {Oda|GPE}", page=page)[0][1] == ("Oda", "Oda", "unlinked")
    assert link("Oda", page=page)[0] == []  # untagged, and not named in this document


def test_resolve_the_article_belongs_to_a_name_that_has_it():
    found, _, _ = link("{The Hold|ORG} and {The Oda|GPE} and {the Oda|GPE}")
    assert found == [("The Hold", 11, "name"), ("Oda", 2, "name"), ("Oda", 2, "name")]


def test_resolve_links_win_then_the_longest_then_the_first():
    found, counts, _ = link("{Great [Oda>Oda] Bank|ORG} of {Great Oda Bank|ORG}, {Oda|GPE}")
    assert found == [
        ("Oda", 2, "link"),
        ("Great Oda Bank", "Great Oda Bank", "unlinked"),
        ("Oda", 2, "repeat"),
    ]
    assert counts["tagged_hyperlink"] == 1


def test_resolve_literals():
    text = "In {May 1204|DATE} and [1204>1204], {two|CARDINAL}"
    # the year's page is linked where the tagger sees no date
    assert link(text)[0] == [("1204", 8, "link")]
    dated = "In {[1204>1204]|DATE}, {two|CARDINAL}"
    assert link(dated)[0] == []
    assert link(dated, literals="keep")[0] == [
        ("1204", "1204", "literal"),
        ("two", "two", "literal"),
    ]


def test_resolve_unlinked_names_are_kept_or_dropped():
    text = "{Eve Ray|PERSON} met [Ada Tern>Ada Tern] and Eve Ray."
    assert [row[1] for row in link(text)[0]] == ["Eve Ray", 1, "Eve Ray"]
    found, counts, _ = link(text, unlinked="drop")
    assert [row[1] for row in found] == [1]
    assert counts["mentions_unlinked_dropped"] == 2


def test_resolve_repeats_only_where_tagged():
    assert len(link("[Oda>Oda], Oda and {Oda|GPE}", repeats="tagged")[0]) == 2


def test_resolve_repeats_are_whole_and_distinct_words():
    found, _, _ = link("[in>Oda] in [1>Old Page] 1 [Oda>Oda] Odaland xOda Oda-like")
    assert [row[0] for row in found] == ["in", "1", "Oda", "Oda"]


WORDS = [
    "Odan",
    "Oda",
    "Ada Tern",
    "Tern",
    "Rare",
    "The Hold",
    "Isle",
    "1204",
    "the",
    "sea",
    "SMO",
    "Eve",
]
LABELS = ["NORP", "LANGUAGE", "PERSON", "ORG", "GPE", "DATE", "CARDINAL"]


@st.composite
def documents(draw):
    text, links, tagged = "", [], []
    for word in draw(st.lists(st.sampled_from(WORDS), max_size=14)):
        start, end = len(text), len(text) + len(word)
        text += word + draw(st.sampled_from([" ", ", ", ". ", "'s ", " word ", " in "]))
        kind = draw(st.integers(0, 3))
        if kind == 1:
            links.append((start, end, draw(st.sampled_from([*TARGETS, "Unknown"]))))
        if kind >= 2 or draw(st.booleans()):
            tagged.append((start, end, draw(st.sampled_from(LABELS))))
    if len(tagged) > 2 and draw(st.booleans()):  # one that spans several words
        tagged[0] = (tagged[0][0], tagged[1][1], tagged[0][2])
        del tagged[1]
    return text, links, tagged


@given(
    documents(),
    st.sampled_from(["Ada Tern", "Salt", "Nothing"]),
    st.sampled_from(["keep", "drop"]),
    st.sampled_from(["keep", "drop"]),
    st.sampled_from(["all", "tagged"]),
)
def test_resolve_properties(document, title, unlinked, literals, repeats):
    text, links, tagged = document
    config = dataclasses.replace(CONFIG, unlinked=unlinked, literals=literals, repeats=repeats)
    counts = Counter()
    columns = link_document(text, title, links, tagged, NO_PAGE, LOOKUP, config, counts)
    mentions = [Mention(*row) for row in zip(*columns, strict=True)]
    ends = 0
    for mention in mentions:
        assert ends <= mention.start < mention.end <= len(text)  # sorted, never overlapping
        ends = mention.end
        assert 0.0 <= mention.confidence <= 1.0
        assert isinstance(mention.key, str) == (mention.reason in ("unlinked", "literal"))
        assert mention.key != 0
    reasons = {mention.reason for mention in mentions}
    assert unlinked == "keep" or "unlinked" not in reasons
    assert literals == "keep" or "literal" not in reasons
    # what went in is what was counted
    assert sum(n for name, n in counts.items() if name.startswith("links_")) == len(links)
    assert sum(n for name, n in counts.items() if name.startswith("tagged_")) == len(tagged)
    again = link_document(text, title, links, tagged, NO_PAGE, LOOKUP, config, Counter())
    assert again == columns


@pytest.mark.parametrize(
    "change", [{"min_confidence": 1.5}, {"type_penalty": -0.1}, {"max_candidates": 0}]
)
def test_resolve_config_ranges(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        dataclasses.replace(CONFIG, **change)
