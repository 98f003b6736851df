import pytest

from pipeline.wiki.strip import DROPPED, Stripper, escape_markup, remove_comments, template_name
from pipeline.wiki.templates import Templates

TABLE = Templates({})
STRIPPER = Stripper(["file", "image", "datei bild"], TABLE, TABLE.render)


@pytest.mark.parametrize(
    ("wikitext", "stripped"),
    [
        ("a {{x|{{y}}|{{z|{{w}}}}}} b", "a # b"),
        ("a {{nowrap|b {{x}} {{nobr|c}}}} d", "a b # c d"),
        ("{{x|<nowiki>}}</nowiki>}}a", "#a"),
        ("{{x|<math>{{</math>}}a", "#a"),
        ("{{x|a<ref>}}</ref>b}}c", "#c"),
        ("{|\n| {{x|\n|}\n}}\n{|\n|}\n|}\na", "\na"),
        (":{| class=x\n|}a", ":a"),
        ("{{x\n|y={|\n|z\n|}\n|}}a", "#a"),
        ("a {| b |} c", "a {| b |} c"),
        ("[[File:a|[[b]]|[http://c d]]]e", "#e"),
        ("[[ image : a|{{b|]]}}]]c", "#c"),
        ("[[datei_bild:a]]b [[Datei]]", "#b [[Datei]]"),
        ("[[:File:a]] [[b]]", "[[:File:a]] [[b]]"),
        ("a<ref name=x />b<ref>c</ref>d</ref>e", "abde"),
        ("a<REF>b</REF >c", "ac"),
        ("a<gallery widths=9>\nFile:b|[[c\n</gallery>d", "ad"),
        ("a<references>\n<ref>b</ref>\n</references>c", "ac"),
        ("<refresh>a", "<refresh>a"),
        ("<math>x^2</math> <math>n</math>", "# n"),
    ],
)
def test_what_is_left(wikitext, stripped):
    assert STRIPPER.strip(wikitext) == stripped.replace("#", DROPPED)


@pytest.mark.parametrize(
    "wikitext",
    [
        "a }} b",
        "a {{ b",
        "{{nowrap|a",
        "a {{{1}}} b",
        "{{x|{{{y}}}}}",
        "{|\n| a",
        "{|\n| {{{a}}}\n|}",
        "[[File:a|b",
        "[[File:{{{a}}}]]",
        "<ref>a",
        "<ref>a<ref>b</ref>",
        "<table>a",
        "{{nowrap|[[File:a|}}",
    ],
)
def test_what_the_scan_leaves_to_the_parser(wikitext):
    assert STRIPPER.strip(wikitext) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a<!-- b -->c", "ac"),
        ("a\n<!-- b -->\nc", "a\nc"),
        ("a\n <!-- b --> \n\t<!-- c -->\nd", "a\nd"),
        ("a <!-- b --> c", "a  c"),
        ("a<!-- b\n\nc -->d", "ad"),
        ("a<!-- b", "a"),
        ("a<!-->b-->c", "ac"),
        ("no comment -->", "no comment -->"),
    ],
)
def test_comments(text, left):
    assert remove_comments(text) == left


def test_names():
    assert template_name(" Template: Lang_ |fr") == "lang"
    assert template_name("IPAc-en\n|x") == "ipac-en"


def test_escaped_signs_do_nothing():
    assert STRIPPER.strip(escape_markup("{{a}} [[b]] <ref>")) == escape_markup("{{a}} [[b]] <ref>")
