"""Drive a Firefox by WebDriver BiDi, which it speaks itself: no driver beside it, no package.

The client is Jupyter's own, `websocket`. The fixture `firefox` (conftest.py shares it) is a headless
Firefox in a profile that is thrown away; without Firefox it skips.
"""

import contextlib
import json
import re
import shutil
import subprocess
import tempfile
import time
from base64 import b64decode
from pathlib import Path

import pytest
from browser import PATIENCE

NAMES = ("firefox", "firefox-esr")
# It lays out formulas while they are still coming, and complains of what isn't there yet; that nothing
# is missing when all has come is tested on the site (test_site.py).
UNFINISHED = "Incorrect number of children for <"
ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


def program() -> str | None:
    """Path of an installed Firefox."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """A running Firefox with one page."""

    def __init__(self, address: str):
        import websocket

        self.socket = websocket.create_connection(
            f"{address}/session", timeout=PATIENCE, suppress_origin=True
        )
        self.number, self.complaints = 0, []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.page = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **params):
        """Send a command and wait for its answer; what the page complains of meanwhile is kept."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            heard = json.loads(self.socket.recv())
            if heard.get("id") == self.number:
                assert heard["type"] == "success", heard
                return heard["result"]
            said = heard.get("params", {})
            if said.get("level") == "error" and UNFINISHED not in said["text"]:
                self.complaints.append(said["text"])

    def goto(self, address: str) -> None:
        """Open a page and wait until it has loaded."""
        self.ask("browsingContext.navigate", context=self.page, url=address, wait="complete")

    def do(self, function: str, *given):
        """What a JavaScript function, or the promise that it returns, gives: plain data."""
        call = (
            f"(async () => JSON.stringify(await ({function})(...{json.dumps(given)})) ?? 'null')()"
        )
        where = {"context": self.page}
        said = self.ask("script.evaluate", expression=call, target=where, awaitPromise=True)
        assert said["type"] == "success", said["exceptionDetails"]["text"]
        return json.loads(said["result"]["value"])

    def until(self, condition: str, seconds: float = PATIENCE / 2) -> bool:
        """Wait until an expression is true, and tell whether it became so in time."""
        return self.do(
            "(most) => new Promise((done) => { const from = performance.now(); const look = () => "
            f"({condition}) ? done(true) : performance.now() - from > most ? done(false) : "
            "setTimeout(look, 50); look(); })",
            1000 * seconds,
        )

    def resize(self, width: int, height: int) -> None:
        """Make the page `width` × `height` CSS pixels."""
        size = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", context=self.page, viewport=size)

    def tidy_up(self) -> None:
        """Let the browser collect its garbage, as it does by itself when memory is short."""
        (chrome,) = self.ask("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"]
        call = "Services.obs.notifyObservers(null, 'memory-pressure', 'heap-minimize')"
        where = {"context": chrome["context"]}
        self.ask("script.evaluate", expression=call, target=where, awaitPromise=False)

    def picture(self) -> bytes:
        """The page as it is seen: a PNG."""
        return b64decode(self.ask("browsingContext.captureScreenshot", context=self.page)["data"])


@contextlib.contextmanager
def launched():
    """A headless Firefox, in a profile that is thrown away."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        log = Path(profile, "log")
        flags = ["--headless", "--no-remote", "--profile", profile]
        flags += ["--remote-debugging-port=0", "--remote-allow-system-access"]  # for tidy_up
        with log.open("w", encoding="utf-8") as stream:
            running = subprocess.Popen(
                [str(program()), *flags, "about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stream,
            )
            try:
                browser = Firefox(_address(running, log))
                with contextlib.closing(browser.socket):
                    yield browser
            finally:
                running.terminate()
                running.wait()


def _address(running: subprocess.Popen, log: Path) -> str:
    """Where it listens: on a free port, which it tells."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and running.poll() is None:
        if found := ADDRESS.search(log.read_text(encoding="utf-8", errors="replace")):
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(
        f"Firefox did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}"
    )


@pytest.fixture
def firefox():
    """A Firefox; skips where there is none."""
    if program() is None:
        pytest.skip("there is no Firefox here")
    with launched() as browser:
        yield browser
