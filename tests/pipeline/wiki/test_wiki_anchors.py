from collections import Counter

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
