"""Every form of dump gives the same pages, each once, however it is cut."""

import bz2
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.wiki.pages import read_page, slice_pages
from pipeline.wiki.streams import Piece, detect_format, find_streams, join_pieces, read_chunks
from pipeline.wiki.units import list_dumps, plan_units
from tests.small_dumps import chopped, dump, multistream, page, write_all_forms

PAGES = [page(i, f"Page {i}", f"Text of [[page {i + 1}]]. " * (i % 7 + 1)) for i in range(1, 41)]


def read_titles(units):
    return [
        read_page(data).title
        for unit in units
        for data in slice_pages(unit.piece, read_chunks(unit.piece))
    ]


def test_all_forms_give_the_same_pages(tmp_path):
    expected = [f"Page {i}" for i in range(1, 41)]
    for name, path in write_all_forms(tmp_path, PAGES).items():
        units = plan_units([path], tmp_path / "pieces" / name, unit_bytes=2_000)
        assert read_titles(units) == expected, name


def cut(path, sizes):
    """Plain pieces of the given sizes."""
    pieces, start, end = [], 0, path.stat().st_size
    for size in sizes:
        pieces.append(Piece(path=path, format="plain", start=start, end=min(start + size, end)))
        start = pieces[-1].end
    return [*pieces, Piece(path=path, format="plain", start=start, end=end)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 900), max_size=40))
def test_a_plain_file_may_be_cut_anywhere(tmp_path_factory, sizes):
    path = tmp_path_factory.mktemp("plain") / "dump.xml"
    path.write_bytes(dump(PAGES[:12]))
    titles = []
    for piece in cut(path, sizes):
        titles += [read_page(data).title for data in slice_pages(piece, read_chunks(piece))]
    assert titles == [f"Page {i}" for i in range(1, 13)]


@settings(max_examples=40, deadline=None)
@given(size=st.integers(40, 3_000), target=st.integers(1, 2_000))
def test_bz2_streams_may_cut_pages_and_tags(tmp_path_factory, size, target):
    path = tmp_path_factory.mktemp("bz2") / "dump.xml.bz2"
    path.write_bytes(chopped(dump(PAGES[:12]), size))
    titles = []
    for piece in join_pieces(find_streams(path), target):
        titles += [read_page(data).title for data in slice_pages(piece, read_chunks(piece))]
    assert titles == [f"Page {i}" for i in range(1, 13)]


def test_a_unit_reads_no_further_than_it_must(tmp_path):
    path = tmp_path / "dump.xml.bz2"
    path.write_bytes(multistream(PAGES, per_stream=5))
    first = join_pieces(find_streams(path), 500)[0]
    chunks = read_chunks(first)
    assert len(list(slice_pages(first, chunks))) == 5
    assert next(chunks)[1] is False  # the next stream is still unread


def test_streams_are_found_and_joined(tmp_path):
    path = tmp_path / "dump.xml.bz2"
    path.write_bytes(multistream(PAGES, per_stream=4))
    streams = find_streams(path)
    assert len(streams) == 12
    assert (streams[0].start, streams[-1].end) == (0, path.stat().st_size)
    joined = join_pieces(streams, 1_000)
    assert [piece.start for piece in joined[1:]] == [piece.end for piece in joined[:-1]]
    assert all(piece.end - piece.start >= 1_000 for piece in joined[:-1])


def test_a_file_that_must_be_read_from_its_start_is_cut_again_once(tmp_path):
    path = tmp_path / "dump.xml.gz"
    path.write_bytes(gzip.compress(dump(PAGES), mtime=0))
    units = plan_units([path], tmp_path / "pieces", unit_bytes=500)
    assert len(units) > 3
    times = [unit.piece.path.stat().st_mtime_ns for unit in units]
    again = plan_units([path], tmp_path / "pieces", unit_bytes=500)
    assert again == units
    assert [unit.piece.path.stat().st_mtime_ns for unit in again] == times


def test_index_files_are_no_dumps(tmp_path):
    names = (
        "enwiki-pages-articles-multistream.xml.bz2",
        "enwiki-pages-articles-multistream-index.txt.bz2",
        "enwiki-pages-articles-multistream-index3.txt-p1p9.bz2",
        ".hidden",
    )
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in list_dumps(tmp_path)] == [names[0]]
    with pytest.raises(InputError, match="no dump there"):
        list_dumps(tmp_path / "absent")


def plan(path):
    return read_titles(plan_units([path], path.parent / "pieces", unit_bytes=3_000))


def damage_middle(data):
    middle = len(data) // 2
    return data[:middle] + bytes(b ^ 0x5A for b in data[middle : middle + 40]) + data[middle + 40 :]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "byte 0: the file is empty"),
        (b"7z\xbc\xaf\x27\x1c" + b"x" * 99, "byte 0: a 7z file; unpack it"),
        (b"PK\x03\x04" + b"x" * 99, "byte 0: a zip file"),
        (b"\x89PNG\r\n" + b"x" * 99, "byte 0: expected a MediaWiki XML dump"),
        (bz2.compress(b"<html>" + b"x" * 99), "byte 0: expected a MediaWiki XML dump"),
        (dump(PAGES)[:-2_000], "without </mediawiki>"),
        (multistream(PAGES)[:-60], "has no end"),
        (bz2.compress(dump(PAGES))[:-100], "has no end"),
        (damage_middle(bz2.compress(dump(PAGES))), "the bz2 stream that starts there is damaged"),
        (gzip.compress(dump(PAGES), mtime=0)[:-100], "the gzip data has no end"),
        (damage_middle(gzip.compress(dump(PAGES), mtime=0)), "damaged"),
        (dump(PAGES).replace(b"</page>", b"", 1), "a <page> without </page>"),
    ],
)
def test_damaged_files_are_named_with_the_place(tmp_path, content, message):
    path = tmp_path / "enwiki-pages-articles.xml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        plan(path)
    line = str(error.value)
    assert line.startswith(f"{path}: byte ")
    assert "\n" not in line


def test_a_dump_cut_between_two_streams_is_refused_at_once(tmp_path):
    path = tmp_path / "dump.xml.bz2"
    path.write_bytes(multistream(PAGES))
    whole = path.read_bytes()
    path.write_bytes(whole[: find_streams(path)[-1].start])
    with pytest.raises(InputError, match="without </mediawiki>"):
        plan_units([path], tmp_path / "pieces")


def test_a_missing_dump(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        detect_format(tmp_path / "absent.xml")
