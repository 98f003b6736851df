"""Benchmarks from official places, played by a local server: digests, archives, what is by hand."""

import hashlib
import zipfile

import pytest

from pipeline.benchmarks.readers.glue import read_glue
from pipeline.errors import InputError
from pipeline.fetch import official
from pipeline.fetch.benchmarks import BENCHMARKS, fetch_benchmarks
from pipeline.fetch.official import BY_HAND, OFFICIAL, Source, bring_official


def sha256(path):
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def test_every_benchmark_has_an_official_place_or_a_way_by_hand():
    folders = {"docred" if name == "re-docred" else name for name in (*OFFICIAL, *BY_HAND)}
    assert folders == set(BENCHMARKS)
    for name, sources in OFFICIAL.items():
        kept = {target for source in sources for target in (source.keep.values() or [source.name])}
        if name == "glue/MRPC":
            kept = {"train.tsv", "dev.tsv"}
        layouts = BENCHMARKS["docred" if name == "re-docred" else name].layouts
        assert any(set(map(str, layout.values())) <= kept for layout in layouts), name


def test_files_and_archives_are_checked_placed_and_named_in_the_report(
    serve, tmp_path, monkeypatch
):
    server = serve()
    files, url = server.folder, server.url
    (files / "train-v1.1.json").write_text('{"data": []}')
    (files / "dev-v1.1.json").write_text('{"data": [1]}')
    with zipfile.ZipFile(files / "RTE.zip", "w") as archive:
        archive.writestr("RTE/train.tsv", "a\n")
        archive.writestr("RTE/dev.tsv", "b\n")
        archive.writestr("RTE/test.tsv", "not wanted\n")
    plain = Source(url=f"{url}/dev-v1.1.json", name="dev-v1.1.json")
    checked = Source(
        url=f"{url}/train-v1.1.json",
        name="train-v1.1.json",
        digest=sha256(files / "train-v1.1.json"),
    )
    packed = Source(
        url=f"{url}/RTE.zip",
        digest=sha256(files / "RTE.zip"),
        keep={"RTE/train.tsv": "train.tsv", "RTE/dev.tsv": "dev.tsv"},
    )
    monkeypatch.setitem(OFFICIAL, "squad", (checked, plain))
    monkeypatch.setitem(OFFICIAL, "glue/RTE", (packed,))
    given = tmp_path / "given"
    bring_official(["squad", "glue/RTE"], given, tmp_path / "downloads")
    assert (given / "glue/RTE/dev.tsv").read_text() == "b\n"
    assert not (given / "glue/RTE/test.tsv").exists()
    told = {f.file: (f.source, f.checked) for f in fetch_benchmarks(given, tmp_path / "out")}
    assert told["squad/train-v1.1.json"] == (checked.url, "published sha256")
    assert told["squad/dev-v1.1.json"] == (plain.url, "no digest is published")
    assert told["glue/RTE/train.tsv"] == (packed.url, "published sha256")
    # what is there is not fetched again, whatever the server has now
    (files / "train-v1.1.json").write_text("changed")
    bring_official(["squad"], given, tmp_path / "downloads")
    assert (given / "squad/train-v1.1.json").read_text() == '{"data": []}'


def test_another_file_than_the_published_one_is_refused_and_nothing_is_left(
    serve, tmp_path, monkeypatch
):
    server = serve()
    (server.folder / "x.json").write_text("changed")
    source = Source(url=f"{server.url}/x.json", name="x.json", digest=f"md5:{32 * '0'}")
    monkeypatch.setitem(OFFICIAL, "conll04", (source,))
    with pytest.raises(InputError, match=r"x.json: md5 \w+ is not the published one"):
        bring_official(["conll04"], tmp_path / "given", tmp_path / "downloads")
    assert not (tmp_path / "given" / "conll04").exists()


def test_what_needs_a_person_names_folder_and_files(tmp_path):
    wanted = r"tacred: it needs a licence of the LDC.*put train.json, .* into .*given/tacred"
    with pytest.raises(InputError, match=wanted):
        bring_official(["tacred"], tmp_path / "given", tmp_path / "downloads")
    with pytest.raises(InputError, match="unknown; expected some of squad"):
        bring_official(["nothing"], tmp_path / "given", tmp_path / "downloads")


def test_mrpc_is_cut_as_glue_cuts_it(serve, tmp_path, monkeypatch):
    server = serve()
    files, url = server.folder, server.url
    rows = ["Quality\t#1 ID\t#2 ID\t#1 String\t#2 String"]
    rows += [f"{n % 2}\t{n}\t{n + 100}\tfirst {n}\tsecond {n}" for n in range(5)]
    (files / "msr_paraphrase_train.txt").write_bytes(
        b"\xef\xbb\xbf" + "\r\n".join(rows).encode() + b"\r\n"
    )
    (files / "mrpc_dev_ids.tsv").write_text("1\t101\n3\t103\n")
    sources = tuple(
        Source(url=f"{url}/{name}", name=name)
        for name in ("msr_paraphrase_train.txt", "mrpc_dev_ids.tsv")
    )
    monkeypatch.setitem(official.OFFICIAL, "glue/MRPC", sources)
    bring_official(["glue/MRPC"], tmp_path / "given", tmp_path / "downloads")
    splits = read_glue(tmp_path / "given" / "glue/MRPC", "MRPC")
    assert [len(splits.train), len(splits.dev)] == [3, 2]
    names = sorted(path.name for path in (tmp_path / "given/glue/MRPC").iterdir())
    assert names == ["dev.tsv", "sources.json", "train.tsv"]
