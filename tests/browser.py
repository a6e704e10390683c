"""Drive the course in a real browser: one JupyterLab server and one Chromium for all tests.

The fixture `chrome` (conftest.py shares it) is the session's Chromium. There is never a second one:
Playwright can be started once in a process. The fixture `jupyter` gives the session's server with
that browser before it; ``jupyter.open(path)`` opens a notebook below the served folder and returns
a `Page`. Where Chromium or Playwright is missing the fixtures skip and say what to install.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from hlm_teach.classroom import guard
from hlm_teach.classroom.tools import chromium

ROOT = Path(__file__).resolve().parent.parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # shared memory is small in containers, and the book's pages are not
)
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    # Cells outside the window are in the page too, so that tests find them.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
# How long to wait for what never comes. Every wait ends with an event, so that on an idle machine
# none takes long, and on a busy one none fails.
PATIENCE = 300  # seconds
# Messages of the surroundings, not of the course: pages that need the network, missing favicons.
_LATE = "no answer in time"
HARMLESS = ("favicon", "net::ERR_", "Failed to load resource")


def why_not() -> str:
    """Why browser tests can't run here; empty where they can."""
    if find_spec("playwright") is None:
        return "browser tests need the Python package playwright"
    if chromium.found() is None:
        return "browser tests need Chromium (on Debian: apt-get install chromium fonts-dejavu-core)"
    return ""


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def private_environment(folder: Path) -> dict:
    """Environment in which Jupyter reads and writes its settings below `folder` only."""
    config = folder / "config" / "labconfig"
    config.mkdir(parents=True)
    (config / "default_setting_overrides.json").write_text(json.dumps(SETTINGS))
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTER_DATA_DIR": "data",
        "IPYTHONDIR": "ipython",
    }
    return (
        os.environ
        | {name: str(folder / place) for name, place in places.items()}
        | {"JUPYTER_PREFER_ENV_PATH": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    )


@contextlib.contextmanager
def server(folder: Path, root: Path, *, command: list[str] | None = None):
    """A JupyterLab that serves `root`; gives its address.

    `command` replaces the start of the command line (the course's launcher, for one).
    """
    port = free_port()
    command = command or [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
    ]
    log = folder / "server.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            command + options,
            env=private_environment(folder),
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield _wait_for(f"http://127.0.0.1:{port}", process, log)
        finally:
            _stop(process)


def _wait_for(address: str, process, log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/status", timeout=60):
                return address
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(
        f"JupyterLab did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
    )


def _stop(process) -> None:
    """End the server and the kernels it started."""
    if os.name == "nt":
        guard.end(process)
        process.wait()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Jupyter:
    """A running JupyterLab with a browser."""

    def __init__(self, address: str, browser, root: Path):
        self.address, self._browser, self.root = address, browser, root

    def open(self, path: str, width: int = 1280, height: int = 900) -> "Page":
        """Open the notebook at `path` (below the served folder), its kernel ready."""
        page = self.new_page(width, height)
        page.open(f"{self.address}/lab/tree/{path}?reset")
        page.wait_for_kernel()
        return page

    def new_page(self, width: int = 1280, height: int = 900) -> "Page":
        """An empty page in a context of its own."""
        context = self._browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(1000 * PATIENCE)
        return Page(context.new_page())


class Page:
    """One notebook in the browser."""

    def __init__(self, page):
        self.page, self.complaints = page, []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message) -> None:
        if message.type == "error" and not any(word in message.text for word in HARMLESS):
            self.complaints.append(message.text)

    def open(self, address: str) -> None:
        """Load JupyterLab and wait until a notebook stands there."""
        self.page.goto(address)
        self.page.wait_for_function("() => window.jupyterapp")
        self.page.evaluate("() => window.jupyterapp.restored")
        self.page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")

    def wait_for_kernel(self) -> None:
        """Wait for the session, not the indicator: that says idle before a kernel exists."""
        self.ask("""async () => {
            const context = window.jupyterapp.shell.currentWidget.sessionContext;
            await context.ready; await context.session.kernel.info; }""")
        self.page.wait_for_function(
            """() => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
            return kernel?.connectionStatus === 'connected' && kernel.status === 'idle'; }"""
        )

    def ask(self, script: str, seconds: float = PATIENCE):
        """Result of the JavaScript function `script`; TimeoutError rather than waiting forever."""
        answer = self.page.evaluate(
            f"""() => Promise.race([({script})(), new Promise(done =>
                setTimeout(() => done('{_LATE}'), {1000 * seconds}))])"""
        )
        if answer == _LATE:
            raise TimeoutError(f"no answer within {seconds} s from: {script}")
        return answer

    def command(self, name: str):
        """Execute a JupyterLab command."""
        return self.page.evaluate("name => window.jupyterapp.commands.execute(name)", name)

    def run_all(self) -> None:
        """Run every cell; AssertionError with the messages if one fails."""
        done = self.ask(
            "() => window.jupyterapp.commands.execute('notebook:run-all-cells')", 4 * PATIENCE
        )
        assert done
        self.no_errors()

    def no_errors(self) -> None:
        """AssertionError with the messages of cells that failed, if any."""
        errors = self.page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets
            .filter(cell => cell.model.type === 'code')
            .flatMap(cell => cell.model.outputs.toJSON())
            .filter(output => output.output_type === 'error')
            .map(output => output.ename + ': ' + output.evalue)""")
        assert not errors, errors

    def unfold(self) -> None:
        """Open the folded sections, as a reader does who wants the deeper ones."""
        self.command("notebook:expand-all-headings")
        self.page.wait_for_function(
            "() => !document.querySelector('.jp-collapseHeadingButton.jp-mod-collapsed')"
        )

    def resize(self, width: int, height: int) -> None:
        """Make the window `width` × `height` CSS pixels; halving both is a zoom of 200 %."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_function(
            """width => window.innerWidth === width && document.querySelector(
            '.jp-NotebookPanel:not(.lm-mod-hidden)').getBoundingClientRect().right <= width + 1""",
            arg=width,
        )

    def hide_files(self) -> None:
        """Fold the list of files away, where it stands open."""
        files = self.page.locator(".jp-FileBrowser")
        if files.is_visible():
            self.command("application:toggle-left-area")
            files.wait_for(state="hidden")

    def labs(self, count: int) -> list["LabView"]:
        """The page's `count` labs, in order, when all of them are there."""
        labs = ".hlm-lab:has(img.widget-image)"
        self.page.wait_for_function(
            "([labs, count]) => document.querySelectorAll(labs).length === count", arg=[labs, count]
        )
        return [LabView(self.page, self.page.locator(labs).nth(place)) for place in range(count)]

    def close(self) -> None:
        """Shut the kernel down and close the page."""
        self.ask("() => window.jupyterapp.shell.currentWidget?.sessionContext?.shutdown()")
        self.page.context.close()


def accessible_name(locator) -> str:
    """Name under which the browser presents an element to a screen reader; empty if none."""
    # 'img "words"', or {'img "words"': value} where it has a value
    node = yaml.safe_load(locator.aria_snapshot())[0]
    head = node if isinstance(node, str) else next(iter(node))
    quoted = head.partition(" ")[2]
    return json.loads(quoted) if quoted.startswith('"') else ""


class LabView:
    """A lab as the reader has it before them."""

    def __init__(self, page, root):
        self.page, self.root = page, root
        self.handles = root.locator(".noUi-handle")
        self.tracks = root.locator(".noUi-target")
        self.boxes = root.locator(".widget-text input[type=number]")
        self.switches = root.locator("input[type=checkbox]")
        self.picture = root.locator("img.widget-image")
        self.readout_line = root.locator("p.hlm-line[role=status]")
        self.news_line = root.locator("p.hlm-news[role=status]")

    @property
    def title(self) -> str:
        """What stands above the lab."""
        return self.root.locator("strong").first.inner_text()

    def readout(self) -> str:
        """The line under the picture."""
        return self.readout_line.inner_text()

    def source(self) -> str:
        """Address of the picture's bytes: a new one for each new picture."""
        return self.picture.get_attribute("src")

    def name(self) -> str:
        """The picture's accessible name, as the browser computes it."""
        return accessible_name(self.picture)

    def numbers(self) -> list[float]:
        """The values in the boxes, in order."""
        return [float(self.boxes.nth(i).input_value()) for i in range(self.boxes.count())]

    def switch_on(self) -> None:
        """Turn every switch on, so that every slider has something to move."""
        for switch in self.switches.all():
            if not switch.is_checked():
                self._wait_for_change(switch.check)

    def press(self, place: int, key: str) -> None:
        """Press `key` with the focus on slider number `place`."""
        self._wait_for_change(lambda: self.handles.nth(place).press(key))

    def drag(self, place: int, fraction: float) -> None:
        """Drag slider number `place` with the mouse to `fraction` of its length."""
        track = self.tracks.nth(place)
        track.scroll_into_view_if_needed()
        handle, bar = self.handles.nth(place).bounding_box(), track.bounding_box()
        middle = bar["y"] + bar["height"] / 2

        def gesture():
            mouse = self.page.mouse
            mouse.move(handle["x"] + handle["width"] / 2, middle)
            mouse.down()
            mouse.move(bar["x"] + fraction * bar["width"], middle, steps=4)
            mouse.up()

        self._wait_for_change(gesture)

    def type(self, place: int, number: float) -> None:
        """Type `number` into the box of slider number `place`."""

        def gesture():
            self.boxes.nth(place).fill(str(number))
            self.boxes.nth(place).press("Enter")

        self._wait_for_change(gesture)

    def click(self, words: str) -> None:
        """Click the button called `words`."""
        self._wait_for_change(self.root.get_by_role("button", name=words).click)

    def _wait_for_change(self, action) -> None:
        """Do `action`, then wait for a new picture, and until the kernel has nothing left to do.

        A widget sends one change at a time and keeps the latest back until the kernel is idle
        again, so there may be two to wait for: the kernel answers a question of ours only after
        what was sent before it, and the third answer comes after both.
        """
        before = self.source()
        action()
        self.page.wait_for_function(
            "([picture, before]) => picture.src !== before && picture.complete",
            arg=[self.picture.element_handle(), before],
        )
        self.page.evaluate("""async () => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            for (let turn = 0; turn < 3; turn++) {
                await kernel.requestKernelInfo();
                await new Promise(done => setTimeout(done));
            } }""")


@contextlib.contextmanager
def launched():
    """A Chromium, driven by Playwright, of which a process can have one at a time."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.found(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def running(folder: Path, root: Path):
    """JupyterLab on `root` with a browser before it, for scripts; tests have `jupyter`."""
    with server(folder, root) as address, launched() as browser:
        yield Jupyter(address, browser, root)


@pytest.fixture(scope="session")
def chrome():
    """The one browser of all browser tests; skips where there is none."""
    if reason := why_not():
        pytest.skip(reason)
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def jupyter(chrome, tmp_path_factory):
    """One server for all tests of notebooks, with the browser before it.

    It serves a scratch folder in which ``course`` is the course: tests can put notebooks of
    their own beside it.
    """
    desk = tmp_path_factory.mktemp("desk")
    try:
        (desk / "course").symlink_to(ROOT, target_is_directory=True)
    except OSError as problem:
        pytest.skip(f"this system allows no links, or not to you ({problem.strerror})")
    with server(tmp_path_factory.mktemp("jupyter"), desk) as address:
        yield Jupyter(address, chrome, desk)
