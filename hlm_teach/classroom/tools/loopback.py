"""Serve a folder, such as the built book, on this machine and on no other."""

from __future__ import annotations

import os
import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# Said here and not asked of the machine: on some, JavaScript is plain text.
TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    "": "application/octet-stream",
}

# Names that hold a hash of what is inside: the engine's parts, and the folder of its scripts.
HASHED = re.compile(r"-[0-9a-f]{12}(-\d{3})?\.bin$|/_static/live/[0-9a-f]{12}/")


class Pages(SimpleHTTPRequestHandler):
    """The files of a folder, with the types that browsers insist on."""

    extensions_map = TYPES

    def end_headers(self):
        """Let a browser keep what never changes, and ask again for the rest: a book that was built
        anew must not meet scripts of the old one."""
        path = getattr(self, "path", "")  # which a request that can't be read doesn't have
        never_changes = HASHED.search(path) and Path(self.translate_path(path)).is_file()
        kept = "public, max-age=31536000, immutable" if never_changes else "no-cache"
        self.send_header("Cache-Control", kept)
        super().end_headers()

    def log_message(self, format, *args):
        """Say nothing of each file."""


class Server(ThreadingHTTPServer):
    """A server that takes no port on which another listens, which on Windows it could."""

    allow_reuse_address = os.name != "nt"


def server(site: Path, port: int = 0) -> Server:
    """A server of a folder on the loopback address; 0 is any free port."""
    return Server(("127.0.0.1", port), partial(Pages, directory=str(site)))


def forever(site: Path, port: int) -> None:
    """Show a folder until Ctrl-C."""
    try:
        listening = server(site, port)
    except OSError as problem:
        listening = server(site)
        print(f"Port {port} can't be used ({problem.strerror}); another is.")
    with listening:
        print(f"The book is at http://127.0.0.1:{listening.server_port}/ (Ctrl-C ends it).")
        try:
            listening.serve_forever()
        except KeyboardInterrupt:
            print()
