import pytest

from pipeline.wiki.disambiguation import is_disambiguation


@pytest.mark.parametrize(
    "source",
    [
        "{{disambig}}",
        "{{Disambiguation|geo}}",
        "x\n{{disambiguation cleanup|date=May}}",
        "{{hndis|Orla, Ann}}",
        "{{Human name disambiguation}}",
        "{{School disambiguation}}",
        "{{ dab }}",
        "{{Geodis}}",
        "{{Begriffskl\u00e4rung}}",
        "__DISAMBIG__",
        "x " * 20_000 + "{{disambig}}\n[[Category:X]]",
    ],
)
def test_disambiguation_pages(source):
    assert is_disambiguation("Orla", source)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "The disambiguation of words.",
        "[[Ake]]{{disambiguation needed|date=May 2011}}",
        "{{other uses|Orla (disambiguation)}}",
        "{{Other uses of disambiguation}}",
        "{{redirect|Ake|the town|Ake (disambiguation)}}",
        "{{surname}}",
        "{{dabble}}",
    ],
)
def test_articles(source):
    assert not is_disambiguation("Orla", source)


def test_titles():
    assert is_disambiguation("Orla (disambiguation)", "")
    assert not is_disambiguation("Disambiguation", "")
