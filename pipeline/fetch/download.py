"""Download a file by HTTP, continuing where an earlier attempt stopped.

The unfinished file is `<name>.part`; beside it `<name>.json` holds what the server said about the
file (length, validator), so that a file which changed meanwhile is not continued but begun anew.
"""

import json
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.errors import InputError
from pipeline.progress import Progress

# Wikimedia asks programs to say who they are
USER_AGENT = "erica-pipeline/0.1 (reproduction of a research paper; python-requests)"
TIMEOUT = (10, 60)  # seconds to connect, and between two pieces
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # seconds before each new attempt without progress
CHUNK = 1 << 20
TEMPORARY = {408, 425, 429, 500, 502, 503, 504}


def file_name(url: str) -> str:
    """Return the last part of an address' path."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    if not name or name.startswith("."):
        raise InputError(f"{url}: names no file; give the address of one dump file")
    return name


def download(url: str, folder: Path, *, pauses: Sequence[float] = PAUSES) -> Path:
    """Fetch `url` into `folder` and return the finished file.

    After a lost connection the next attempt asks for the rest (`Range`), if the server can do that
    and still has the same file; attempts are counted from the last progress on.

    Raises:
        InputError: The server refuses, stays away through all attempts, or the disk is too small.
    """
    import requests

    name = file_name(url)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    failures = 0
    with requests.Session() as session, Progress(f"fetch {name}", 0, "MB") as progress:
        session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        while True:
            before = _size(part)
            try:
                if _attempt(session, url, part, folder / f"{name}.json", progress):
                    os.replace(part, folder / name)
                    return folder / name
                reason = "the connection broke"
            except requests.exceptions.InvalidURL as error:
                raise InputError(f"{url}: not an address ({error})") from None
            except requests.RequestException as error:
                reason = type(error).__name__
            failures = 0 if _size(part) > before else failures + 1
            if failures > len(pauses):
                raise InputError(
                    f"{url}: byte {_size(part)}: gave up after {failures} attempts without "
                    f"progress ({reason}); run again to continue from there"
                )
            time.sleep(pauses[max(failures - 1, 0)])


def read_text(url: str, *, pauses: Sequence[float] = PAUSES) -> str | None:
    """Return a small text file of a server, None if it has no such file."""
    import requests

    for pause in (*pauses, None):
        try:
            answer = requests.get(url, headers={"User-Agent": USER_AGENT}, timeout=TIMEOUT)
            if answer.status_code not in TEMPORARY:
                return answer.text if answer.ok else None
        except requests.RequestException:
            pass
        if pause is not None:
            time.sleep(pause)
    raise InputError(f"{url}: the server does not answer; run again later")


def _attempt(session: Any, url: str, part: Path, state: Path, progress: Progress) -> bool:
    """Ask once; return whether the file is complete."""
    import urllib3

    start = _size(part)
    known = json.loads(state.read_text("utf-8")) if state.exists() else {}
    headers = {}
    if start:
        headers["Range"] = f"bytes={start}-"
        if known.get("validator"):
            headers["If-Range"] = known["validator"]
    with session.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        if answer.status_code == 416 and start:
            if known.get("bytes") == start:
                return True
            part.unlink()  # the file is another one now
            return False
        if answer.status_code in TEMPORARY:
            return False
        if not answer.ok:
            raise InputError(
                f"{url}: the server answers {answer.status_code} {answer.reason}; check the "
                "address (Wikimedia keeps a dump for some months only)"
            )
        total = _total(answer)
        if answer.status_code == 206 and (
            not _continues(answer, start) or total != known.get("bytes", total)
        ):
            part.unlink(missing_ok=True)
            return False
        if answer.status_code == 200:
            start = 0
            _note(state, answer, total)
        _check_space(part, url, (total or 0) - start)
        progress.total, progress.done = (total or 0) >> 20, start >> 20
        done = start
        with part.open("ab" if start else "wb") as out:
            try:
                # raw: a file named .gz must arrive as it is, whatever its Content-Encoding says
                for chunk in answer.raw.stream(CHUNK, decode_content=False):
                    out.write(chunk)
                    done += len(chunk)
                    progress.advance((done >> 20) - progress.done)
            except (urllib3.exceptions.HTTPError, OSError) as error:
                if isinstance(error, OSError) and error.errno in (28, 122):  # no space, quota
                    raise
                return False
            out.flush()
            os.fsync(out.fileno())
    return total is None or done == total


def _total(answer: Any) -> int | None:
    """Return the length of the whole file, None where the server does not say."""
    if answer.status_code == 206:
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
        return int(total) if total.isdigit() else None
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None


def _continues(answer: Any, start: int) -> bool:
    return bool(answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"))


def _note(state: Path, answer: Any, total: int | None) -> None:
    etag = answer.headers.get("ETag", "")
    # a weak validator (W/) may not be used in If-Range
    validator = etag if etag and not etag.startswith("W/") else answer.headers.get("Last-Modified")
    state.write_text(json.dumps({"bytes": total, "validator": validator}), "utf-8")


def _check_space(part: Path, url: str, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed > free:
        raise InputError(
            f"{url}: needs {needed / 1e9:.1f} GB, {part.parent} has {free / 1e9:.1f} GB; free some "
            "or set ERICA_SCRATCH to another disk"
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
