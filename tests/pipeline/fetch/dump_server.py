"""A file server for the download tests, in a process of its own.

`python dump_server.py FOLDER MODE` prints its port, then one line per request on stderr. Modes:
plain      answers Range, with a validator and If-Range
no-range   ignores Range
cut        as plain, but each answer stops after 40,000 bytes with the connection closed
busy       answers 503 to the first two requests of each path, then as plain
"""

import hashlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CUT = 40_000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path
    mode: str
    visits: dict[str, int]

    def do_GET(self):
        path = self.folder / self.path.lstrip("/")
        self.visits[self.path] = visit = self.visits.get(self.path, 0) + 1
        if self.mode == "busy" and visit <= 2:
            return self.send_error(503)
        if not path.is_file():
            return self.send_error(404)
        data = path.read_bytes()
        etag = f'"{hashlib.sha256(data).hexdigest()[:12]}"'
        start = self.asked_start(etag)
        if start is not None and start >= len(data):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        self.send_response(200 if start is None else 206)
        if start is not None:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        body = data[start or 0 :]
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:CUT] if self.mode == "cut" else body)
        self.close_connection = self.mode == "cut"
        return None

    def asked_start(self, etag):
        asked = self.headers.get("Range", "")
        if self.mode == "no-range" or not asked or self.headers.get("If-Range", etag) != etag:
            return None
        return int(asked.removeprefix("bytes=").partition("-")[0])

    def log_request(self, code, *_):
        agent = self.headers.get("User-Agent")
        sys.stderr.write(f"{self.path} {self.headers.get('Range', '-')} {int(code)} {agent}\n")
        sys.stderr.flush()

    def log_error(self, *args):
        pass


if __name__ == "__main__":
    Handler.folder, Handler.mode, Handler.visits = Path(sys.argv[1]), sys.argv[2], {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
