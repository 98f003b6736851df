import pytest

from pipeline.wiki.pages import read_page, read_site, unescape_xml
from pipeline.wiki.streams import Piece
from tests.small_dumps import dump, page


def site_of(path, content):
    path.write_bytes(content)
    return read_site(Piece(path=path, format="plain", start=0, end=len(content)))


@pytest.mark.parametrize("schema", ["0.3", "0.4", "0.5", "0.6", "0.8", "0.9", "0.10", "0.11"])
def test_parts_of_a_page_in_every_schema(schema):
    data = page(7, 'Ren & "Stimpy"', "A <ref>x</ref> & [[b|'c']].", schema=schema)
    found = read_page(data.encode())
    assert (found.page_id, found.title) == (7, 'Ren & "Stimpy"')
    assert found.namespace == (None if schema in ("0.3", "0.4") else 0)
    assert (found.redirect, found.model) == (None, "wikitext")
    assert unescape_xml(found.text.decode()) == "A <ref>x</ref> & [[b|'c']]."


def test_ids_of_revision_and_contributor_are_not_the_page_s():
    data = "<page><title>A</title><id>5</id><revision><id>77</id><contributor><id>9</id>"
    assert read_page(data.encode()).page_id == 5


@pytest.mark.parametrize(
    ("element", "redirect"), [(None, None), ("", ""), ("Al Gore", "Al Gore"), ("A & B", "A & B")]
)
def test_redirect_element(element, redirect):
    found = read_page(page(1, "X", "#REDIRECT [[Y]]", redirect=element).encode())
    assert found.redirect == redirect


def test_empty_hidden_and_deleted_texts():
    assert read_page(page(1, "X", "").encode()).text == b""
    hidden = "<page><title>A</title><id>5</id><revision></revision></page>"
    assert read_page(hidden.encode()).text is None


def test_the_last_revision_counts():
    data = page(1, "X", "old").replace("</page>", "").replace("  <page>", "<page>")
    data += "<revision><model>wikitext</model><text>new</text></revision></page>"
    assert read_page(data.encode()).text == b"new"


def test_other_content_models():
    assert read_page(page(1, "X.css", "a {}", model="css").encode()).model == "css"


def test_pages_without_title_or_id_or_utf8_are_none():
    assert read_page(b"<page><id>5</id></page>") is None
    assert read_page(b"<page><title>A</title></page>") is None
    assert read_page(b"<page><title>A\xff</title><id>5</id></page>") is None


def test_site_from_the_head_or_without_one(tmp_path):
    content = dump([page(1, "A", "x")]).replace(b">File<", b">Datei<")
    site = site_of(tmp_path / "a.xml", content)
    assert site.namespaces["datei"] == 6
    assert site.namespaces["file"] == 6  # the English names work in every wiki
    bare = site_of(tmp_path / "b.xml", dump([page(1, "A", "x")], siteinfo=False, xmlns=False))
    assert bare.namespaces["file"] == 6


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        ("a &lt;b&gt; &amp; &quot;c&quot; &apos;", 'a <b> & "c" \''),
        ("&amp;lt;ref&amp;gt; &amp;nbsp;", "&lt;ref&gt; &nbsp;"),
        ("it&#039;s &#x27;so&#x27;", "it's 'so'"),
        ("&#38;lt;", "&lt;"),
        ("&#2;&#1114112;", ""),
        ("no sign", "no sign"),
    ],
)
def test_xml_escapes_are_undone_once(escaped, text):
    assert unescape_xml(escaped) == text
