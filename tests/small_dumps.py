"""Small MediaWiki dumps in every form that `parse` reads, from wikitext given in the test."""

import bz2
import gzip
from pathlib import Path
from xml.sax.saxutils import escape

SITEINFO = """  <siteinfo>
    <sitename>Wikipedia</sitename>
    <dbname>enwiki</dbname>
    <case>first-letter</case>
    <namespaces>
      <namespace key="-1" case="first-letter">Special</namespace>
      <namespace key="0" case="first-letter" />
      <namespace key="4" case="first-letter">Wikipedia</namespace>
      <namespace key="6" case="first-letter">File</namespace>
      <namespace key="10" case="first-letter">Template</namespace>
      <namespace key="14" case="first-letter">Category</namespace>
      <namespace key="100" case="first-letter">Portal</namespace>
    </namespaces>
  </siteinfo>
"""


def quote(text):
    return escape(text, {'"': "&quot;"})


def page(page_id, title, text, *, ns=0, redirect=None, model="wikitext", schema="0.11"):
    """One <page>; `redirect` is the title of the redirect element, "" for one without a title."""
    parts = [f"  <page>\n    <title>{quote(title)}</title>\n"]
    if schema >= "0.5" or schema in ("0.10", "0.11"):
        parts.append(f"    <ns>{ns}</ns>\n")
    parts.append(f"    <id>{page_id}</id>\n")
    if redirect is not None:
        attribute = f' title="{quote(redirect)}"' if redirect else ""
        parts.append(f"    <redirect{attribute} />\n")
    parts.append(f"    <revision>\n      <id>{page_id + 9_000}</id>\n")
    parts.append("      <contributor>\n        <ip>192.0.2.1</ip>\n      </contributor>\n")
    if schema != "0.3":
        parts.append(f"      <model>{model}</model>\n      <format>text/x-wiki</format>\n")
    body = f' bytes="{len(text)}" xml:space="preserve">{quote(text)}</text>' if text else " />"
    parts.append(f"      <text{body}\n    </revision>\n  </page>\n")
    return "".join(parts)


def head(*, schema="0.11", xmlns=True, siteinfo=True):
    space = f' xmlns="http://www.mediawiki.org/xml/export-{schema}/"' if xmlns else ""
    return f'<mediawiki{space} version="{schema}" xml:lang="en">\n' + (SITEINFO if siteinfo else "")


def dump(pages, **options):
    """A whole dump as bytes."""
    return (head(**options) + "".join(pages) + "</mediawiki>\n").encode()


def multistream(pages, *, per_stream=2, **options):
    """A dump as Wikimedia compresses it: head, runs of pages and end in streams of their own."""
    runs = [pages[i : i + per_stream] for i in range(0, len(pages), per_stream)]
    parts = [head(**options), *["".join(run) for run in runs], "</mediawiki>\n"]
    return b"".join(bz2.compress(part.encode()) for part in parts)


def chopped(data, size):
    """A dump in bz2 streams of `size` bytes, as parallel compressors write them: pages are cut."""
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    return b"".join(bz2.compress(part) for part in parts)


def write_all_forms(folder: Path, pages):
    """Write the same pages in each form; return the files by the name of the form."""
    data = dump(pages)
    forms = {
        "plain": data,
        "utf16": data.decode().encode("utf-16"),
        "bz2": bz2.compress(data),
        "multistream": multistream(pages),
        "chopped": chopped(data, 700),
        "gzip": gzip.compress(data, mtime=0),
        "gzip_members": gzip.compress(data[:999], mtime=0) + gzip.compress(data[999:], mtime=0),
    }
    files = {}
    for name, content in forms.items():
        files[name] = folder / name / "enwiki-20260101-pages-articles.xml"
        files[name].parent.mkdir(parents=True)
        files[name].write_bytes(content)
    return files
