import pytest

from pipeline.wiki.markup import Markup
from pipeline.wiki.templates import fill, split_arguments
from tests.pipeline.wiki.wikitext import SITE, clean, read


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("{{convert|5|km}}", "5 kilometres"),
        ("{{convert|1|mi|km}}", "1 mile"),
        ("{{convert|5|to|10|sqmi|km2|abbr=on}}", "5 to 10 sqmi"),
        ("{{convert|1,600|-|2,000|m|ft|sp=us}}", "1,600\u20132,000 meters"),
        ("{{convert|6|ft|2|in|m}}", "6 feet 2 inches"),
        ("{{convert|100|m|adj=on}}", "100 metre"),
        ("{{convert|3|x|4|m}}", "3 by 4 metres"),
        ("{{convert|about|x}}", "about x"),
        ("{{cvt|20|C|F}}", "20 \u00b0C"),
        ("{{val|1.5|0.1|e=3|u=km}}", "1.5 \u00b1 0.1\u00d710^3 km"),
        ("{{frac|2|1|3}} {{frac|1|3}} {{frac|3}}", "2 1/3 1/3 1/3"),
        (
            "{{as of|2010|5}} {{as of|2009|lc=y}} {{as of|2008|alt=by 2008}}",
            "As of May 2010 as of 2009 by 2008",
        ),
        ("{{birth date|1912|6|23|df=y}} {{death date|1954|06|07}}", "23 June 1912 June 7, 1954"),
        ("{{start date|1999}} {{start date|1999|3}}", "1999 March 1999"),
        ("{{OldStyleDate|2 February|1905|20 January}}", "2 February 1905 (O.S. 20 January)"),
        ("{{lang|fr|''eau''}} {{lang-fr|vin}} {{transl|ar|ALA|qahwa}}", "eau vin qahwa"),
        ("{{nihongo|Orla|\u30aa\u30eb\u30e9|Orura}}", "Orla (\u30aa\u30eb\u30e9, Orura)"),
        ("{{nihongo|Orla}}", "Orla"),
        ("{{nobr|5 km}}{{nbsp}}{{nowrap|on [[Lake|it]]}}", "5 km on it"),
        ("{{circa|1500|1510}} {{c.|1500}}", "c. 1500\u20131510 c. 1500"),
        ("a{{snd}}b{{mdash}}c", "a \u2013 b\u2014c"),
        ("{{HMS|Orla|1805|6}} and {{USS|Ake}}", "HMS Orla and USS Ake"),
        ("{{Flag|Orland}} {{chem|H|2|O}}", "Orland H2O"),
        ("{{zh|s=\u6e56|p=hu}}", "\u6e56"),
        ("{{ lang_ | fr | eau }}", "eau"),
        ("{{Template:Nowrap|x}}", "x"),
        ("{{nowrap|1=a=b}} {{nowrap|2=c}}", "a=b"),
        ("{{IPA|x}}{{sfn|A|2001}}{{citation needed|date=May 2001}}.", "."),
        ("{{lang|fr|{{nowrap|{{abbr|a b|c}}}}}}", "a b"),
    ],
)
def test_what_templates_show(wikitext, text):
    assert clean(wikitext) == text


def test_ships_and_missing_articles_are_links():
    ((_, found),) = read("{{HMS|Orla|1805}} {{ill|Orla Dam|de|Orla|lt=the dam}}")
    assert found == [("HMS Orla", "HMS Orla (1805)"), ("the dam", "Orla Dam")]


def test_params_add_and_replace_templates():
    markup = Markup(SITE, {"Lake_of": "Lake $1{, $2}", "convert": "", "IPA": "/$1/"}, 10.0)
    assert clean("{{lake of|Orla|Orland}} {{Lake of|Ake}} {{convert|5|km}}{{ipa|x}}", markup) == (
        "Lake Orla, Orland Lake Ake /x/"
    )


def test_arguments():
    assert split_arguments("x|a|b=c|[[d|e=f]]| g |h=") == {
        "1": "a",
        "b": "c",
        "2": "[[d|e=f]]",
        "3": "g",
        "h": "",
    }
    assert split_arguments("x") == {}
    assert split_arguments("x|[[a|b") == {"1": "[[a|b"}


def test_patterns():
    assert fill("{$1 and $2|$1}", {"1": "a", "2": "b"}) == "a and b"
    assert fill("{$1 and $2|$1}", {"1": "a"}) == "a"
    assert fill("{$2}$1$$", {"1": "a"}) == "a$$"
