import pytest

from pipeline.entities.languages import means_language, names_both
from pipeline.entities.types import GROUP, LANGUAGE, ORGANISATION, PERSON, PLACE


def speaks_of_language(marked):
    text, start = marked.replace("_", ""), marked.index("_")
    return means_language(text, start, start + marked[start + 1 :].index("_"))


@pytest.mark.parametrize(
    "marked",
    [
        "(_Odan_: Oda-ka)",
        "the _Odan_ language",
        "_Odan_-language papers",
        "_Odan_-speaking",
        "an _Odan_ word",
        "two _Odan_ verbs",
        '_Odan_ for "sea"',
        "_Odan_ for ‘sea’",
        "the _Odan_ ἄνω means",
        "the _Odan_ море",
        "They wrote in _Odan_.",
        "in _Odan_ and Gelic",
        "In _Odan_, it means",
        "Oda (in _Odan_)",
        "from the _Odan_ 'ka'",
        "from the _Odan_ meaning",
        "in _Odan_ and Gelic is",
        "in _Odan_ or Gelic.",
        "in _Odan_ (1808)",
        "In _Odan_ the term",
        "into _Odan_ in 1821",
        "fluent in both _Odan_ and",
        "his knowledge of _Odan_",
        "translated to _Odan_ by",
        "from _Odan_, a tongue",
        "who speak _Odan_ at home",
        "spoken _Odan_",
        "fluent _Odan_",
        "she learnt _Odan_",
        "in _Odan_",
    ],
)
def test_languages_are_told_by_the_words_around(marked):
    assert speaks_of_language(marked)


def test_languages_have_words_verbs_and_speakers():
    nouns = ["language", "word", "term", "phrase", "verb", "noun", "dialect", "speaker"]
    nouns += ["translation"]
    for noun in (*nouns, *(f"{noun}s" for noun in nouns), "grammar", "spelling", "pronunciation"):
        assert speaks_of_language(f"an _Odan_ {noun}")


@pytest.mark.parametrize(
    "marked",
    [
        "an _Odan_ poet",
        "in _Odan_ cities",
        "in _Odan_-occupied lands",
        "from the _Odan_ army",
        "spoke _Odan_ guards",  # unlikely, but an adjective
        "the _Odan_ “Sea Queen”",  # a ship
        "she is _Odan_",
        "_Odan_ for xenophobes",
        "the _Odan_.",
        "captured from the _Odan_.",
        "bought from the _Odan_, who",
        "in _Odan_ and Gelic myths",
        "in _Odan_–Gelic relations",
        "in _Odan_ theatres",  # begins as "the"
        "an _Odan_ translator",
        "the _Odan_ Ủy ban",  # Latin letters
        "begin _Odan_.",  # ends with "in"
        "_Odan_ wordsmiths",
        "_Odan_ android",
        "in _Odan_ andirons",
    ],
)
def test_languages_are_not_meant_by_adjectives(marked):
    assert not speaks_of_language(marked)


def test_languages_share_names_with_peoples_and_places():
    language, other = (1, 5, LANGUAGE), (2, 5, PERSON)
    for types in (GROUP, PLACE, PLACE | ORGANISATION, GROUP | LANGUAGE):
        assert names_both([(3, 5, types), other, language])
    assert not names_both([language, other, (4, 5, 0)])
    assert not names_both([(3, 5, GROUP), other, (4, 5, PLACE | LANGUAGE)])
    assert not names_both([])
