import bz2
import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from pipeline.sample import WorldConfig, write_wikidata, write_wikipedia

ROOT = Path(__file__).resolve().parents[3]
DUMP = "sample-pages-articles-multistream.xml.bz2"
INDEX = "sample-pages-articles-multistream-index.txt.bz2"
DATA = "sample-wikidata.json.gz"
NS = "{http://www.mediawiki.org/xml/export-0.11/}"


@pytest.fixture(scope="module")
def pages(sample_folder: Path) -> list[ElementTree.Element]:
    with bz2.open(sample_folder / DUMP) as stream:
        root = ElementTree.parse(stream).getroot()
    assert root.tag == f"{NS}mediawiki"
    assert root.get("version") == "0.11"
    assert root.findtext(f"{NS}siteinfo/{NS}dbname") == "enwiki"
    return root.findall(f"{NS}page")


def test_pages_have_unique_ids_and_titles(pages: list[ElementTree.Element]) -> None:
    assert len(pages) == 600
    for path in (f"{NS}id", f"{NS}title"):
        values = [page.findtext(path) for page in pages]
        assert len(set(values)) == 600
        assert None not in values


def test_pages_are_of_all_sorts(pages: list[ElementTree.Element]) -> None:
    assert {page.findtext(f"{NS}ns") for page in pages} == {"0", "1", "2", "4", "10", "14"}
    texts = {page.findtext(f"{NS}title"): _text(page) for page in pages}
    redirects = [page for page in pages if page.find(f"{NS}redirect") is not None]
    assert len(redirects) == 72
    for page in redirects:
        redirect = page.find(f"{NS}redirect")
        assert redirect is not None
        assert redirect.get("title") in texts
        assert _text(page).lower().startswith(f"#redirect [[{redirect.get('title')}".lower())
    assert sum("{{disambiguation}}" in text for text in texts.values()) == 24
    assert sum(page.findtext(f"{NS}ns") == "0" for page in pages) == 564


def _text(page: ElementTree.Element) -> str:
    return page.findtext(f"{NS}revision/{NS}text") or ""


@pytest.mark.parametrize(
    "pattern",
    [
        r"\{\{Infobox \w+",
        r"\[\[[^\]|]+\]\][a-z]+",  # link trail
        r"\[\[[^\]|]+\|[^\]]+\]\]",  # piped
        r"\[\[[^\]|]+_[^\]]+\|",  # underscore
        r"\[\[[^\]|]+#History\|",  # fragment
        r"\[\[[a-z][^\]|:]+\]\]",  # lower-case target
        r"<ref[^/>]*>\{\{cite",
        r'<ref name="a1" />',
        r"<!--.*\[\[.*-->",
        r"\[\[File:[^\]]+\[\[photograph\]\]",
        r"\{\| class=",
        r"<gallery>",
        r"\{\{convert\|\d+\|mm\|in\}\}",
        r"&ndash;",
        r"== See also ==\n\* \[\[",
        r"'''''[A-Z]",
        r"\[\[Category:",
        r"\[\[[^\]]+, [A-Z]\w+\|",  # Town, Country
    ],
)
def test_wikitext_has_the_hard_cases(pages: list[ElementTree.Element], pattern: str) -> None:
    found = [page for page in pages if re.search(pattern, _text(page))]
    assert len(found) >= 5


def test_first_mentions_are_linked_once(pages: list[ElementTree.Element]) -> None:
    for page in pages:
        text = _text(page).partition("\n}}\n")[2].partition("== See also")[0]
        links = re.findall(r"\[\[([^\]|#]+)", re.sub(r"<!--.*?-->|<ref.*?</ref>", "", text))
        articles = [link.replace("_", " ") for link in links if ":" not in link]
        if page.findtext(f"{NS}ns") == "0" and "{{disambiguation" not in text:
            assert len(set(articles)) == len(articles)


def test_sha1_is_that_of_the_text(pages: list[ElementTree.Element]) -> None:
    for page in pages[:50]:
        digest = int(page.findtext(f"{NS}revision/{NS}sha1") or "", 36)
        expected = hashlib.sha1(_text(page).encode(), usedforsecurity=False).hexdigest()
        assert digest == int(expected, 16)


def test_index_leads_to_the_streams(sample_folder: Path) -> None:
    data = (sample_folder / DUMP).read_bytes()
    lines = bz2.decompress((sample_folder / INDEX).read_bytes()).decode().splitlines()
    entries = [line.split(":", 2) for line in lines]
    assert len(entries) == 600
    offsets = sorted({int(offset) for offset, _, _ in entries})
    assert len(offsets) == 6
    for offset in offsets:
        stream = bz2.BZ2Decompressor().decompress(data[offset:]).decode()
        here = [(page_id, title) for at, page_id, title in entries if int(at) == offset]
        assert len(here) == 100
        root = ElementTree.fromstring(f"<pages>{stream}</pages>")
        found = [(page.findtext("id"), page.findtext("title")) for page in root]
        assert found == here


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_bytes_do_not_depend_on_the_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = WorldConfig(seed=5, pages=1250, items=6000)  # enough blocks for processes
    for workers in ("1", "2"):
        monkeypatch.setenv("ERICA_WORKERS", workers)
        write_wikipedia(tmp_path / workers, config)
        write_wikidata(tmp_path / workers, config)
    one, two = _digests(tmp_path / "1"), _digests(tmp_path / "2")
    assert one == two
    assert set(one) == {DUMP, INDEX, DATA}
    lines = bz2.decompress((tmp_path / "1" / INDEX).read_bytes()).decode().splitlines()
    assert len({line.split(":", 2)[2] for line in lines}) == len(lines) == 1250


def test_another_process_writes_the_same_bytes(tmp_path: Path, sample_folder: Path) -> None:
    """Also with other hashes of strings, on which the order of sets depends."""
    script = (
        "import sys; from pathlib import Path; from pipeline.sample import *;"
        "config = WorldConfig(seed=42, pages=600, items=3000); folder = Path(sys.argv[1]);"
        "write_wikipedia(folder, config); write_wikidata(folder, config);"
        "write_benchmarks(folder / 'benchmarks', config)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "123", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, str(tmp_path)]
    subprocess.run(command, env=environment, check=True)
    assert _digests(tmp_path) == _digests(sample_folder)


def test_a_world_of_any_size(tmp_path: Path) -> None:
    config = WorldConfig(seed=1, pages=130, items=1100)
    write_wikipedia(tmp_path, config)
    write_wikidata(tmp_path, config)
    with bz2.open(tmp_path / DUMP) as stream:
        assert len(ElementTree.parse(stream).getroot().findall(f"{NS}page")) == 130
