from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pipeline.wiki.anchors import count_links, read_anchors
from tests.pipeline.wiki.wikitext import SITE


def anchors(*sources):
    counts = Counter()
    for source in sources:
        count_links(source, counts)
    return read_anchors(counts, SITE)


def test_anchors_of_all_places():
    found = anchors(
        "[[cat]]s in {{x|[[cat|Cats]]}}",
        "[[Cat]]s &lt;ref&gt;[[Felis_catus#Diet|''cat''s]]&lt;/ref&gt; [[cat|  the   cat ]]",
    )
    assert found == {
        ("cats", "Cat"): 1,
        ("Cats", "Cat"): 2,
        ("cats", "Felis catus"): 1,
        ("the cat", "Cat"): 1,
    }


def test_anchors_of_articles_only():
    source = "[[File:a.jpg|x]] [[:Category:y]] [[de:z]] [[#w]] [[wikt:v|v]] [[a{b|c]]"
    assert anchors(source) == {}


def test_entities_pipe_trick_and_long_surfaces():
    source = (
        "[[Ren &amp;amp; Stimpy]] [[Mercury (planet)|]] [[a|b&amp;nbsp;c]] [[d|" + "e" * 201 + "]]"
    )
    assert anchors(source) == {
        ("Ren & Stimpy", "Ren & Stimpy"): 1,
        ("Mercury", "Mercury (planet)"): 1,
        ("b c", "A"): 1,
    }


TARGETS = st.one_of(
    *(st.text(st.sampled_from(letters), min_size=1, max_size=8) for letters in ("aZ '", "a9 .:é_#"))
)


@given(TARGETS, st.sampled_from(["", "s"]), st.sampled_from([1, 25, 50]))
def test_links_without_label_are_as_links_that_say_the_same(target, trail, repeats):
    target *= repeats
    shown = target.lstrip(":").replace("_", " ")
    plain, piped = ({(target, label, trail): 2} for label in ("", f"|{shown}"))
    if shown:
        assert read_anchors(plain, SITE) == read_anchors(piped, SITE)
