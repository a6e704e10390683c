"""The memory of Python after all imports, taken in a headless Chromium."""

from __future__ import annotations

import ast
import functools
import gzip
import http.server
import json
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hlm_teach.classroom.installer import last_lines
from hlm_teach.classroom.tools import chromium, loopback

from .packages import NoEngine

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
    (folder / "index.html").write_text(page, encoding="utf-8")
    with served(folder) as (address, posted), browser(address) as (running, words):
        kind, body = answer(posted, running, words)
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
def browser(address: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Open a page in a headless Chromium, in a profile that is thrown away, and end it.

    Gives the process, and the file with what it says.
    """
    program = chromium.found()
    if program is None:
        raise NoEngine(
            "Chromium, Chrome or Edge is needed to start the engine once, and none is found"
        )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        words = Path(place, "words.txt")
        command = chromium.command(program, str(Path(place, "profile")))
        with words.open("wb") as said:
            running = subprocess.Popen(
                [*command, "--remote-debugging-port=0", address],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
        try:
            yield running, words
        finally:
            running.terminate()
            running.wait()


def answer(
    posted: queue.Queue[tuple[str, bytes]], running: subprocess.Popen[bytes], words: Path
) -> tuple[str, bytes]:
    """What the page posts.

    Raises
    ------
    NoEngine
        If Chromium fails before, or it takes too long.
    """
    problem = f"gave no memory within {chromium.PATIENCE} seconds"
    deadline = time.monotonic() + chromium.PATIENCE
    while time.monotonic() < deadline:
        failed = running.poll()  # 0 is no failure: Chromium may go on in another process
        with suppress(queue.Empty):
            return posted.get(timeout=0.5)
        if failed:
            problem = f"ended with code {failed} before Python had started in it"
            break
    said = last_lines(words.read_text(encoding="utf-8", errors="replace"))
    raise NoEngine(f"Chromium {problem}.\n{said}".rstrip())
