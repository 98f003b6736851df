"""Wrong, empty and cut-off dumps are refused in one line that names the file and the place."""

import bz2
import gzip
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.fetch.formats import check_dump

XML = b"<mediawiki>\n<page><title>A</title></page>\n</mediawiki>\n"
JSON = b'[\n{"id": "Q1"},\n{"id": "Q2"}\n]\n'


def check(tmp_path, name, data, kind="wikipedia", proven=False):
    path = tmp_path / name
    path.write_bytes(data)
    check_dump(path, kind, proven=proven)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.xml", XML, "wikipedia"),
        ("a.xml", b"\xef\xbb\xbf  " + XML, "wikipedia"),
        ("a.xml", XML.decode().encode("utf-16"), "wikipedia"),
        ("a.xml.bz2", bz2.compress(XML), "wikipedia"),
        ("a.xml-p1p100.bz2", bz2.compress(XML[:12]) + bz2.compress(XML[12:]), "wikipedia"),
        ("a.xml.gz", gzip.compress(XML, mtime=0), "wikipedia"),
        ("a.json", JSON, "wikidata"),
        ("a.json", JSON.replace(b"[\n", b"").replace(b"\n]", b""), "wikidata"),
        ("a.json.gz", gzip.compress(JSON, mtime=0), "wikidata"),
        ("a.json.bz2", bz2.compress(JSON), "wikidata"),
    ],
)
def test_genuine_forms_pass(tmp_path, name, data, kind):
    check(tmp_path, name, data, kind)


@pytest.mark.parametrize(
    ("name", "data", "kind", "message"),
    [
        ("a.xml", b"", "wikipedia", "a.xml: empty"),
        ("a.7z", XML, "wikipedia", r"a.7z: not a wikipedia dump by its name; .* .xml, .bz2, .gz"),
        ("a.sql.gz", b"", "wikidata", "a.sql.gz: empty"),
        ("a.xml.bz2", XML, "wikipedia", "byte 0: the name ends in .bz2, the file is not"),
        (
            "a.xml.bz2",
            gzip.compress(XML, mtime=0),
            "wikipedia",
            "the file is gz data",
        ),
        ("a.xml", bz2.compress(XML), "wikipedia", "the name ends in .xml, the file is bz2 data"),
        ("a.xml.bz2", b"BZh9 this is no bzip2 data", "wikipedia", "byte 0: damaged bz2 data"),
        ("a.xml.bz2", bz2.compress(JSON), "wikipedia", "not MediaWiki XML .* fetch.wikipedia"),
        ("a.json.bz2", bz2.compress(XML), "wikidata", "not Wikidata entities in JSON"),
        ("a.xml.gz", b"\x1f\x8b" + bytes(40), "wikipedia", "damaged gz data"),
        ("a.xml", XML[:-5], "wikipedia", "byte 50: the file is cut off there"),
        ("a.json", JSON[:-12], "wikidata", "the file is cut off there"),
    ],
)
def test_wrong_files_are_refused(tmp_path, name, data, kind, message):
    with pytest.raises(InputError, match=message) as caught:
        check(tmp_path, name, data, kind)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@settings(deadline=None, max_examples=50)
@given(data=st.binary(max_size=3000), cut=st.integers(1, 60))
def test_a_cut_bzip2_file_is_always_noticed(tmp_path_factory, data, cut):
    folder = tmp_path_factory.mktemp("cut")
    packed = bz2.compress(XML + data)
    check(folder, "whole.xml.bz2", packed)
    with pytest.raises(InputError, match=r"cut off|damaged"):
        check(folder, "cut.xml.bz2", packed[: -min(cut, len(packed) - 10)])


@pytest.mark.parametrize("cut", [1, 8, 400])
def test_a_cut_gzip_file_is_noticed(tmp_path, cut):
    packed = gzip.compress(XML + random.Random(1).randbytes(20_000))
    with pytest.raises(InputError, match=r"cut off after \d+ unpacked bytes"):
        check(tmp_path, "a.xml.gz", packed[:-cut])


def test_a_damaged_gzip_file_is_noticed(tmp_path):
    packed = bytearray(gzip.compress(XML * 500))
    packed[-6] ^= 1
    with pytest.raises(InputError, match="damaged gzip data after"):
        check(tmp_path, "a.xml.gz", bytes(packed))


def test_a_file_that_a_checksum_proves_is_not_read_to_its_end(tmp_path):
    check(tmp_path, "a.xml", XML[:-5], proven=True)
