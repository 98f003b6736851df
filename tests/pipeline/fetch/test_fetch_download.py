"""Downloads against a real server: broken off, changed meanwhile, without Range, refused."""

from types import SimpleNamespace

import pytest

from pipeline.errors import InputError
from pipeline.fetch.download import download, file_name

QUICK = (0.0, 0.0, 0.0)


@pytest.fixture
def payload(dump_bytes):
    return dump_bytes * 3


def test_whole_file_arrives_and_nothing_else_stays_but_its_note(serve, payload, tmp_path):
    server = serve()
    (server.folder / "a.xml.bz2").write_bytes(payload)
    path = download(f"{server.url}/a.xml.bz2", tmp_path / "in", pauses=QUICK)
    assert path.read_bytes() == payload
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.xml.bz2", "a.xml.bz2.json"]


def test_says_who_it_is(serve, payload, tmp_path):
    server = serve()
    (server.folder / "a.bz2").write_bytes(payload)
    download(f"{server.url}/a.bz2", tmp_path / "in", pauses=QUICK)
    assert "erica-pipeline" in server.log.read_text()


def test_broken_connections_are_continued_by_range(serve, payload, tmp_path):
    server = serve("cut")
    (server.folder / "a.bz2").write_bytes(payload)
    path = download(f"{server.url}/a.bz2", tmp_path / "in", pauses=QUICK)
    assert path.read_bytes() == payload
    asked = server.asked()
    assert asked[0][1:] == ["-", "200"]
    assert [a[1] for a in asked[1:]] == [
        f"bytes={start}-" for start in range(40_000, len(payload), 40_000)
    ]
    assert {a[2] for a in asked[1:]} == {"206"}


def test_later_run_continues_an_earlier_one(serve, payload, tmp_path):
    server = serve("cut")
    (server.folder / "a.bz2").write_bytes(payload)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.bz2.part").write_bytes(payload[:50_000])
    with pytest.raises(InputError, match="byte 50000: gave up after 1 attempts without progress"):
        download("http://127.0.0.1:9/a.bz2", folder, pauses=())  # nobody answers there
    assert download(f"{server.url}/a.bz2", folder, pauses=QUICK).read_bytes() == payload
    assert server.asked()[0] == ["/a.bz2", "bytes=50000-", "206"]


def test_server_without_range_sends_it_all_again(serve, payload, tmp_path):
    server = serve("no-range")
    (server.folder / "a.bz2").write_bytes(payload)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.bz2.part").write_bytes(payload[:1000])
    assert download(f"{server.url}/a.bz2", tmp_path / "in", pauses=QUICK).read_bytes() == payload
    assert server.asked() == [["/a.bz2", "bytes=1000-", "200"]]


def test_file_that_changed_meanwhile_is_begun_anew(serve, payload, tmp_path):
    server = serve("cut")
    (server.folder / "a.bz2").write_bytes(payload)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.bz2.part").write_bytes(b"x" * 1000)
    (folder / "a.bz2.json").write_text('{"bytes": 5000, "validator": "\\"older\\""}')
    assert download(f"{server.url}/a.bz2", folder, pauses=QUICK).read_bytes() == payload
    assert server.asked()[0] == ["/a.bz2", "bytes=1000-", "200"]


@pytest.mark.parametrize("extra", [0, 10])
def test_unfinished_file_as_long_as_the_whole_or_longer(serve, payload, tmp_path, extra):
    server = serve()
    (server.folder / "a.bz2").write_bytes(payload)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.bz2.part").write_bytes(payload + b"y" * extra)
    (folder / "a.bz2.json").write_text(f'{{"bytes": {len(payload)}, "validator": null}}')
    assert download(f"{server.url}/a.bz2", folder, pauses=QUICK).read_bytes() == payload


def test_busy_server_is_asked_again(serve, payload, tmp_path):
    server = serve("busy")
    (server.folder / "a.bz2").write_bytes(payload)
    assert download(f"{server.url}/a.bz2", tmp_path / "in", pauses=QUICK).read_bytes() == payload
    assert [a[2] for a in server.asked()] == ["503", "503", "200"]


def test_missing_file_is_one_line_at_once(serve, tmp_path):
    server = serve()
    with pytest.raises(InputError, match=r"/none.bz2: the server answers 404 Not Found; check"):
        download(f"{server.url}/none.bz2", tmp_path / "in", pauses=QUICK)
    assert len(server.asked()) == 1


def test_full_disk_is_seen_before_the_download(serve, tmp_path, monkeypatch):
    server = serve()
    (server.folder / "a.bz2").write_bytes(b"x" * 100)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(InputError, match=r"needs 0.0 GB, .* set ERICA_SCRATCH"):
        download(f"{server.url}/a.bz2", tmp_path / "in", pauses=QUICK)


def test_address_without_file_name():
    with pytest.raises(InputError, match="names no file"):
        file_name("https://dumps.example.org/enwiki/")
    assert file_name("https://x.example/a/enwiki%2D1.xml.bz2?x=1#y") == "enwiki-1.xml.bz2"
