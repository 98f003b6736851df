import pytest

from pipeline.wiki.markup import Marked
from pipeline.wiki.tidy import Link, remove_quotes, tidy


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("a ''b'' c", "a b c"),
        ("a '''b''' c", "a b c"),
        ("'''''a''''' b", "a b"),
        ("''''a'''' b", "'a' b"),
        ("''''''a''''''", "'a'"),
        ("L'''arc'' de x", "L'arc de x"),
        ("the dogs' ''names''", "the dogs' names"),
        ("''a '''b''", "a b"),
        ("x''' y ''z'' '''w", "x y z w"),
        ("'''a b", "a b"),
        ("it's", "it's"),
    ],
)
def test_quotes(line, text):
    assert remove_quotes(line) == text


def test_one_bold_of_an_odd_number_is_an_apostrophe():
    assert remove_quotes("ab'''c '''d e'''f g''") == "abc d e'f g"  # after a letter
    assert remove_quotes("ab'''c '''d ef'''g h''") == "ab'c d efg h"  # after a word
    assert remove_quotes("x '''c d''") == "x 'c d"  # after a space


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ("a (\x04) b", "a b"),
        ("a (\x04; b) c", "a (b) c"),
        ("a (b; \x04) c", "a (b) c"),
        ("a (b, \x04, c) d", "a (b, c) d"),
        ("a (IPA: \x04) b", "a b"),
        ("a (or \x04) b", "a b"),
        ("a (born \x04 1) b", "a (born 1) b"),
        ("a ((\x04)) b", "a b"),
        ("a (\x04; b (c) d) e", "a (b (c) d) e"),
        ("a \x04, b", "a, b"),
        ("a\x04 b", "a b"),
        ("a \x04 b", "a b"),
        ("\x04 a", "a"),
        ("f() and g ()", "f() and g"),
        ("a ( b ) c", "a (b) c"),
        ("a (, b) c", "a (b) c"),
        ("a (\x04", "a ("),
    ],
)
def test_scars(marked, text):
    assert tidy(Marked(marked, [])).text == text


def test_marks_move_with_the_text():
    marked = Marked(
        "''The''  ( \x02 lake\n\x03) of \x02''Orla''\x03 \x04, \x02 \x03 \x02x\x03.", list("ABCD")
    )
    found = tidy(marked)
    assert found.text == "The (lake) of Orla, x."
    assert found.links == [Link(5, 9, "A"), Link(14, 18, "B"), Link(20, 21, "D")]
