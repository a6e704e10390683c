"""The memory of Python after all imports, taken in a headless Chromium."""

from __future__ import annotations

import ast
import functools
import gzip
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .packages import NoEngine

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
)
PATIENCE = 600  # seconds, on a busy machine


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


def memory_image(folder: Path, parts: dict) -> bytes:
    """Start Python in a page served from `folder`, import everything, and return its memory.

    Raises
    ------
    NoEngine
        If there is no Chromium or no Playwright, or Python fails in it.
    """
    code = "import sys; sys.path.insert(0, '/course'); import bridge, prepare; prepare.prepare()"
    (folder / "index.html").write_text("<!doctype html><title>memory</title>")
    with served(folder) as (address, received), page() as tab:
        tab.goto(address)
        script = """([parts, code]) => new Promise((done) => {
            const worker = new Worker('./image.js', {type: 'module'});
            worker.onmessage = ({data}) => done(data);
            worker.onerror = (event) => done(event.message);
            worker.postMessage({base: location.href, parts, code}); })"""
        problem = tab.evaluate(script, [parts, code])
    if problem or not received:
        raise NoEngine(f"Python could not be started in Chromium:\n{problem[-2000:]}")
    return gzip.decompress(received[0])


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Serve a folder on loopback; give its address, and what is posted to it."""
    received: list[bytes] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = {
            **http.server.SimpleHTTPRequestHandler.extensions_map,
            ".js": "text/javascript",
        }

        def log_message(self, *_):
            """Nothing."""

        def do_POST(self):
            """Keep what is posted."""
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", received
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def page():
    """A page in a headless Chromium."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoEngine("the Python package playwright is needed to start the engine once") from None
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        where = {"executable_path": browser} if browser else {"channel": "chrome"}
        try:
            running = playwright.chromium.launch(args=list(FLAGS), **where)
        except Error as error:
            raise NoEngine(f"Chromium is needed to start the engine once: {error}") from None
        tab = running.new_page()
        tab.set_default_timeout(1000 * PATIENCE)
        try:
            yield tab
        finally:
            running.close()
