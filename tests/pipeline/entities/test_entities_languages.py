import pytest

from pipeline.entities.languages import is_of_both, means_language
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
        "from the _Odan_ 'ka'",
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
    nouns += ["translation", "translator"]
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
        assert is_of_both([(3, 5, types), other, language])
    assert not is_of_both([language, other, (4, 5, 0)])
    assert not is_of_both([(3, 5, GROUP), other, (4, 5, PLACE | LANGUAGE)])
    assert not is_of_both([])
