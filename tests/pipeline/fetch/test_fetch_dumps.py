"""Dumps by path and by address, with the checksums that go with them."""

import bz2
import hashlib

import pytest

from pipeline.errors import InputError
from pipeline.fetch.checksums import published_checksum
from pipeline.fetch.dumps import fetch_dumps, split_source

NAME = "testwiki-20260101-pages-articles-multistream.xml.bz2"


def fetch(tmp_path, *sources, kind="wikipedia", out="out"):
    return fetch_dumps(
        sources,
        kind,
        tmp_path / out,
        base=tmp_path,
        downloads=tmp_path / "downloads",
        pauses=(0.0, 0.0),
    )


def sums(data, algorithm, name=NAME):
    return f"{hashlib.new(algorithm, b'other').hexdigest()}  other.xml.bz2\n" + (
        f"{hashlib.new(algorithm, data).hexdigest()}  {name}\n"
    )


def test_local_file_is_copied_and_reported_without_its_place(tmp_path, dump_bytes):
    (tmp_path / "my.xml.bz2").write_bytes(dump_bytes)
    (file,) = fetch(tmp_path, "my.xml.bz2")
    assert (tmp_path / "out" / "my.xml.bz2").read_bytes() == dump_bytes
    assert file.sha256 == hashlib.sha256(dump_bytes).hexdigest()
    assert (file.file, file.bytes, file.source) == ("my.xml.bz2", len(dump_bytes), "local file")
    assert file.checked == "type and end of the file"
    assert "CC BY-SA" in file.licence


def test_changing_the_copy_leaves_the_users_file_alone(tmp_path, dump_bytes):
    (tmp_path / "my.xml.bz2").write_bytes(dump_bytes)
    fetch(tmp_path, "my.xml.bz2")
    (tmp_path / "out" / "my.xml.bz2").write_bytes(b"changed")
    assert (tmp_path / "my.xml.bz2").read_bytes() == dump_bytes


@pytest.mark.parametrize("algorithm", ["sha1", "md5"])
def test_local_file_is_held_against_the_list_beside_it(tmp_path, dump_bytes, algorithm):
    (tmp_path / NAME).write_bytes(dump_bytes)
    beside = tmp_path / f"testwiki-20260101-{algorithm}sums.txt"
    beside.write_text(sums(dump_bytes, algorithm))
    (file,) = fetch(tmp_path, NAME)
    assert file.checked == f"{algorithm} of the dump's list"
    beside.write_text(sums(dump_bytes + b"!", algorithm))
    with pytest.raises(InputError, match=f"{NAME}: {algorithm} is .*, the dump's own list says"):
        fetch(tmp_path, NAME, out="again")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("none.xml.bz2", r"none.xml.bz2: not found \(fetch.wikipedia in the parameters\)"),
        ("folder.gz", "a folder; name its files"),
        ("my.xml.bz2#sha256=12", "after #sha256= must come 64 hex digits"),
        ("my.xml.bz2#sha256=" + 64 * "0", "sha256 is .*, the parameter says 000"),
    ],
)
def test_bad_sources(tmp_path, dump_bytes, source, message):
    (tmp_path / "my.xml.bz2").write_bytes(dump_bytes)
    (tmp_path / "folder.gz").mkdir()
    with pytest.raises(InputError, match=message):
        fetch(tmp_path, source)


def test_two_sources_of_one_name(tmp_path, dump_bytes):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.xml.bz2").write_bytes(dump_bytes)
    with pytest.raises(InputError, match=r"two sources are named x\.xml\.bz2"):
        fetch(tmp_path, "a/x.xml.bz2", "b/x.xml.bz2")


def test_download_is_held_against_the_servers_list(serve, tmp_path, dump_bytes):
    server = serve("cut")
    (server.folder / NAME).write_bytes(dump_bytes)
    (server.folder / "testwiki-20260101-sha1sums.txt").write_text(sums(dump_bytes, "sha1"))
    (file,) = fetch(tmp_path, f"{server.url}/{NAME}")
    assert (tmp_path / "out" / NAME).read_bytes() == dump_bytes
    assert (file.source, file.checked) == (f"{server.url}/{NAME}", "sha1 of the dump's list")


def test_download_with_another_checksum_is_refused_and_not_kept(serve, tmp_path, dump_bytes):
    server = serve()
    (server.folder / NAME).write_bytes(dump_bytes)
    (server.folder / "testwiki-20260101-sha1sums.txt").write_text(sums(b"new", "sha1"))
    with pytest.raises(InputError, match=r"sha1 is .*, the dump's own list says .* fetch it again"):
        fetch(tmp_path, f"{server.url}/{NAME}")
    assert not list((tmp_path / "downloads").rglob(NAME))
    assert not list((tmp_path / "out").iterdir())


def test_second_fetch_takes_the_kept_download_without_asking(serve, tmp_path, dump_bytes):
    server = serve()
    (server.folder / NAME).write_bytes(dump_bytes)
    source = f"{server.url}/{NAME}"
    first = fetch(tmp_path, source)
    asked = len(server.asked())
    assert fetch(tmp_path, source, out="again") == first
    assert len(server.asked()) == asked
    kept = next((tmp_path / "downloads").rglob(NAME))
    assert kept.stat().st_ino == (tmp_path / "again" / NAME).stat().st_ino  # no second copy


def test_kept_download_that_was_changed_is_fetched_anew(serve, tmp_path, dump_bytes):
    server = serve()
    (server.folder / NAME).write_bytes(dump_bytes)
    source = f"{server.url}/{NAME}"
    fetch(tmp_path, source)
    with (tmp_path / "out" / NAME).open("r+b") as file:  # the same inode as the kept one
        file.write(b"broken")
    fetch(tmp_path, source, out="again")
    assert (tmp_path / "again" / NAME).read_bytes() == dump_bytes


def test_download_of_something_else_is_refused(serve, tmp_path):
    server = serve()
    (server.folder / "page.xml.bz2").write_bytes(b"<html>Please log in</html>")
    with pytest.raises(InputError, match=r"the name ends in \.bz2, the file is not packed"):
        fetch(tmp_path, f"{server.url}/page.xml.bz2")


def test_latest_is_looked_up_under_the_date_it_stands_for():
    text = f"{40 * 'a'}  enwiki-20260101-pages-articles.xml.bz2\n"
    found = published_checksum(
        "enwiki-latest-pages-articles.xml.bz2",
        {"enwiki-latest-sha1sums.txt": text}.get,
    )
    assert found == ("sha1", 40 * "a")
    assert published_checksum("enwiki-20260101-other.xml.bz2", lambda _: text) is None
    assert published_checksum("mine.xml", lambda _: text) is None


def test_split_source():
    assert split_source("a#b.xml") == ("a#b.xml", None)
    place, checksum = split_source("x.gz#sha256=" + 64 * "A")
    assert (place, checksum) == ("x.gz", ("sha256", 64 * "a"))


def test_two_files_of_both_kinds(tmp_path, dump_bytes):
    (tmp_path / "a.xml.bz2").write_bytes(dump_bytes)
    (tmp_path / "b.xml.bz2").write_bytes(bz2.compress(b"<mediawiki></mediawiki>"))
    assert [f.file for f in fetch(tmp_path, "a.xml.bz2", "b.xml.bz2")] == ["a.xml.bz2", "b.xml.bz2"]
    (tmp_path / "w.json").write_bytes(b'[\n{"id":"Q1"}\n]\n')
    (file,) = fetch(tmp_path, "w.json", kind="wikidata", out="w")
    assert file.licence.startswith("CC0")
