"""The memory of Python after all imports, taken in a headless Chromium."""

from __future__ import annotations

import ast
import functools
import gzip
import http.server
import json
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hlm_teach.classroom.tools import chromium, loopback

from .packages import NoEngine

FLAGS = ("--headless", "--disable-gpu", "--disable-background-networking", "--no-first-run")
IN_CONTAINERS = "--disable-dev-shm-usage"  # where the shared memory may be small
PATIENCE = 900  # seconds, on a busy machine
PAGE = """<!doctype html><title>memory</title><script type="module">
const worker = new Worker("./image.js", {type: "module"});
const tell = (problem) => fetch("problem", {method: "POST", body: problem});
worker.onmessage = ({data}) => data && tell(data);
worker.onerror = (event) => tell(event.message || "the worker could not be started");
worker.postMessage({base: location.href, parts: PARTS, code: CODE});
</script>"""
CODE = "import sys; sys.path.insert(0, '/course'); import bridge, prepare; prepare.prepare()"


def imports_of(notebooks: list[Path]) -> list[str]:
    """The import statements of notebooks, each once."""
    found: dict[str, None] = {}
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                found |= dict.fromkeys(_imports("".join(cell["source"])))
    return list(found)


def _imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield ast.unparse(node)


def memory_image(folder: Path, listed: dict) -> bytes:
    """Start Python in a page served from `folder`, import everything, and return its memory.

    Raises
    ------
    NoEngine
        If there is no Chromium, or Python fails in it.
    """
    page = PAGE.replace("PARTS", json.dumps(listed)).replace("CODE", json.dumps(CODE))
    (folder / "index.html").write_text(page)
    with served(folder) as (address, posted), browser(address):
        try:
            kind, body = posted.get(timeout=PATIENCE)
        except queue.Empty:
            raise NoEngine(f"Chromium gave no memory within {PATIENCE} seconds") from None
    if kind != "memory":
        raise NoEngine(f"Python could not be started in Chromium:\n{body.decode()[-2000:]}")
    return gzip.decompress(body)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, queue.Queue[tuple[str, bytes]]]]:
    """Serve a folder on loopback; give its address, and what is posted to it."""
    posted: queue.Queue[tuple[str, bytes]] = queue.Queue()

    class Handler(loopback.Pages):
        def do_POST(self):
            """Keep what is posted."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.put((self.path.strip("/"), body))
            self.send_response(204)
            self.end_headers()

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", posted
        server.shutdown()


@contextmanager
def browser(address: str) -> Iterator[None]:
    """Open a page in a headless Chromium, in a profile that is thrown away, and end it."""
    program = chromium.found()
    if program is None:
        raise NoEngine(
            "Chromium, Chrome or Edge is needed to start the engine once, and none is found"
        )
    as_root = getattr(os, "geteuid", lambda: 1)() == 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = [*FLAGS, IN_CONTAINERS, *(["--no-sandbox"] if as_root else [])]
        running = subprocess.Popen(
            [program, *flags, f"--user-data-dir={profile}", "--remote-debugging-port=0", address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait()
