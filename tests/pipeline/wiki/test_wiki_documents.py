import pytest

from pipeline.wiki.documents import ParseConfig, cut_lead
from pipeline.wiki.pages import unescape_xml
from tests.pipeline.wiki.wikitext import config, read

PAGE = """{{Infobox|a=[[b]]}}
One two [[three]].

Four five.
* six
* seven
== Eight ==
Nine ten.

Eleven [[twelve]] thirteen.
=== Fourteen ===
Fifteen."""


def texts(**changes):
    return [text for text, _ in read(PAGE, **changes)]


def test_leads():
    assert texts(documents="lead") == ["One two three.\nFour five."]
    assert texts(documents="lead", lists=True) == ["One two three.\nFour five.\nsix\nseven"]
    assert texts(documents="lead", headings=True) == ["One two three.\nFour five."]


def test_paragraphs():
    assert texts(documents="paragraph") == [
        "One two three.",
        "Four five.",
        "Nine ten.",
        "Eleven twelve thirteen.",
        "Fifteen.",
    ]
    assert texts(documents="paragraph", lists=True, headings=True) == [
        "One two three.",
        "Four five.\nsix\nseven",
        "Eight\nNine ten.",
        "Eleven twelve thirteen.",
        "Fourteen\nFifteen.",
    ]


def test_windows_end_before_they_grow_too_long():
    assert texts(documents="window", window_words=5) == [
        "One two three.\nFour five.",
        "Nine ten.\nEleven twelve thirteen.",
        "Fifteen.",
    ]
    assert texts(documents="window", window_words=1) == texts(documents="paragraph")
    assert len(texts(documents="window", window_words=100)) == 1


def test_spans_in_joined_texts():
    ((_, links),) = read(PAGE, documents="window", window_words=100)
    assert links == [("three", "Three"), ("twelve", "Twelve")]


@pytest.mark.parametrize(
    ("source", "lead"),
    [
        ("A.\n== B ==\nC.", "A."),
        ("A.\n=B=\nC.", "A."),
        ("A.\n== no heading\nC.", "A.\n== no heading\nC."),
        ("{{x|\n== B ==\n}}A.\n== C ==\nD.", "{{x|\n== B ==\n}}A."),
        ("&lt;!--\n== B ==\n--&gt;A.\n== C ==\nD.", "&lt;!--\n== B ==\n--&gt;A."),
        ("{|\n== B ==\n|}\nA.\n== C ==\nD.", "{|\n== B ==\n|}\nA."),
        ("{{x\n|}}\nA.\n== C == &lt;!-- d --&gt;\nD.", "{{x\n|}}\nA."),
        ("}} A.\n== B ==", "}} A.\n== B =="),
    ],
)
def test_leads_are_cut_before_they_are_read(source, lead):
    assert cut_lead(source) == lead
    assert read(unescape_xml(lead)) == read(unescape_xml(source))


@pytest.mark.parametrize("wrong", [{"window_words": 0}, {"min_words": -1}, {"page_seconds": 0.0}])
def test_impossible_parameters(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: must"):
        config(**wrong)
    assert isinstance(config(), ParseConfig)
