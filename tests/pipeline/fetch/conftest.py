"""A real server process per test, and small dumps to serve."""

import bz2
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = "<page><title>Alda</title><text>Alda is a town.</text></page>\n"


@dataclass
class Server:
    """A running server: where it answers, what it serves, what it was asked."""

    url: str
    folder: Path
    log: Path

    def asked(self) -> list[list[str]]:
        """Return path, Range and status of each request so far."""
        return [line.split()[:3] for line in self.log.read_text().splitlines()]


@pytest.fixture
def serve(tmp_path):
    """Return a function that starts a server in a mode."""
    running = []

    def start(mode: str = "plain") -> Server:
        folder = tmp_path / "served"
        folder.mkdir(exist_ok=True)
        log = tmp_path / f"server{len(running)}.log"
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("dump_server.py")), str(folder), mode],
            stdout=subprocess.PIPE,
            stderr=log.open("w"),
            text=True,
        )
        running.append(process)
        port = process.stdout.readline().strip()
        return Server(f"http://127.0.0.1:{port}", folder, log)

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def dump_bytes() -> bytes:
    """Return a small multistream dump of about 120 kB packed, so that it arrives in pieces."""
    noise = random.Random(7).randbytes(60_000).hex()
    head = bz2.compress(b"<mediawiki>\n")
    body = bz2.compress(f"{PAGE}<!-- {noise} -->\n</mediawiki>\n".encode())
    return head + body
