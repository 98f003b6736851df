"""The report page: complete, self-contained, and drawn by a real browser."""

import dataclasses
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from report_example import make_contents

from pipeline.reporting.page import describe_run, render_page

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def page():
    return render_page(make_contents())


class Outline(HTMLParser):
    """Collects the texts of table cells and headings, and checks that tags are closed."""

    VOID = frozenset(("meta", "line", "circle", "polyline", "rect", "img"))

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.addresses = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.addresses += [v for k, v in attrs if k in ("src", "href")]

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.texts.append(data.strip())


def test_page_shows_every_part(page):
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    for text in (
        *("Benchmarks", "Pre-training", "Entity and relation embeddings", "Corpus", "Stages"),
        *("DocRED", "48.3", "Entity discrimination (Eq. 2)", "silhouette 0.310", "186.9"),
        *("few entities 80", "documents", "52.0 %", "ed, rd, mlm"),
    ):
        assert text in outline.texts, text


def test_page_needs_no_network_and_holds_no_date(page):
    outline = Outline()
    outline.feed(page)
    assert outline.addresses == []
    assert "url(" not in page
    assert "@import" not in page
    assert set(re.findall(r"https?://[^\"' ]+", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"20\d\d-\d\d-\d\d", page)


def test_page_is_the_same_twice(page):
    assert page == render_page(make_contents())


def test_names_are_escaped(page):
    assert "&lt;b&gt; &amp; co (P1)" in page
    assert "<b> & co" not in page


def test_page_without_figure_and_with_one_encoder():
    contents = dataclasses.replace(
        make_contents(tasks=("docred",), percents=(10,), seeds=1),
        points=[],
        curves={},
        heldout={},
        statistics={},
        encoders=["base"],
        rows=[],
    )
    text = render_page(contents)
    assert "nothing to draw" in text
    assert "What ERICA adds" not in text


def test_run_is_described_from_the_reports():
    details = {
        "wikipedia": [{"file": "a-index.txt.bz2"}, {"file": "a.xml.bz2"}],
        "encoder": [{"source": "package x"}],
    }
    params = {"objectives": ["ed", "mlm"], "tau": 0.05, "batch_size": 2048}
    found = describe_run(
        fetched={"details": details}, training={"steps": 2500}, provenance={"params": params}
    )
    assert found == {
        "corpus": "a.xml.bz2",
        "base encoder": "package x",
        "objectives": "ed, mlm",
        "tau": "0.05",
        "steps": "2,500, 2,048 documents each",
    }


def browse(tmp_path, page, *options):
    if BROWSER is None:
        pytest.skip("needs a browser: chromium is not installed")
    (tmp_path / "report.html").write_text(page, "utf-8")
    return subprocess.run(
        [
            BROWSER,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            f"--user-data-dir={tmp_path / 'profile'}",
            *options,
            (tmp_path / "report.html").as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    ).stdout.decode()


PROBE = """<script>
const all = (selector) => [...document.querySelectorAll(selector)];
const box = (element) => element.getBoundingClientRect();
const wide = Math.max(0, document.documentElement.scrollWidth - window.innerWidth);
const empty = all("svg").filter((s) => box(s).height < 50);
const out = all("svg circle, svg polyline").filter((e) => {
  const a = box(e), b = box(e.closest("svg"));
  return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 ||
    a.bottom > b.bottom + 1;
});
document.title =
  `wide=${wide} svgs=${all("svg").length} empty=${empty.length} out=${out.length}`;
</script></body>"""


@pytest.mark.parametrize("width", [1200, 420])
def test_browser_lays_it_out_without_overflow(tmp_path, page, width):
    shown = browse(
        tmp_path,
        page.replace("</body>", PROBE),
        f"--window-size={width},900",
        "--dump-dom",
    )
    (title,) = re.findall(r"<title>(wide=.*?)</title>", shown)
    assert title == "wide=0 svgs=6 empty=0 out=0"


def test_browser_draws_it(tmp_path, page):
    shot = tmp_path / "shot.png"
    browse(tmp_path, page, "--window-size=1200,2000", "--hide-scrollbars", f"--screenshot={shot}")
    assert shot.stat().st_size > 50_000
