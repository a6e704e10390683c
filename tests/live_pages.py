"""Pages of the book with their live part, in a real Chromium.

The fixture `live` gives the session's site and browser; ``live.open("chapters/02_icc")`` a page.
With HLM_TEACH_SITE it is the site in that folder, as `python course.py book` builds it; else a small
one of the same notebooks, with what pages promise and nothing more. Without Chromium, or where the
engine's packages were never fetched, the fixture skips; where they were and the site has no engine,
it fails. How much is looked at, `samples` says.
"""

import functools
import json
import os
import shutil
import threading
from html import escape
from pathlib import Path

import pytest
from browser import PATIENCE

from hlm_teach.classroom.engine import build, packages
from hlm_teach.classroom.tools import loopback

# Of a cell, whether it has begun to run and has come to an end since.
WATCH = """cell => {
    let running = cell.hasRun = false;
    new MutationObserver((_, watching) => {
        const now = cell.classList.contains('live-running');
        if (running && !now) { cell.hasRun = true; watching.disconnect(); }
        running = now; }).observe(cell, { attributeFilter: ['class'] }); }"""
ROOT = Path(__file__).resolve().parent.parent
NOT_FETCHED = (
    "the packages of the live pages' engine are not in the cache "
    "(python -m hlm_teach.classroom.engine.build fetches and makes it)"
)


def script(name: str) -> str:
    """JavaScript that imports one of the page's own scripts, from where the page has them."""
    return (
        f"(await import(new URL('{name}', document.querySelector('script[src$=\"book.js\"]').src)))"
    )


PYTHON = script("python.js")


def is_fetched() -> bool:
    """Whether the engine can be made without a network: its packages are in the cache."""
    return packages.PYTHON.folder.is_dir() and packages.shim_folder().is_dir()


def insist_on_live(site: Path) -> None:
    """Skip where the engine's packages are not here; fail where they are, and a site has no engine."""
    if not is_fetched():
        pytest.skip(NOT_FETCHED)
    if not list(site.glob("_static/live/*/engine.json")):
        pytest.fail(
            f"{site} has no live part though the engine's packages are here: what made it says why"
        )


def cells_of(name: str) -> list[dict]:
    """The code cells of a notebook ("chapters/02_icc")."""
    return [cell for _, cells in sections_of(name) for cell in cells]


def sections_of(name: str) -> list[tuple[str, list[dict]]]:
    """The headings of a notebook, each with the code cells under it; first those above all."""
    notebook = json.loads((ROOT / f"{name}.ipynb").read_text(encoding="utf-8"))
    sections: list[tuple[str, list[dict]]] = [("", [])]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            sections[-1][1].append(cell)
        elif (source := source_of(cell)).startswith("#"):
            sections.append((source.partition("\n")[0].lstrip("# "), []))
    return sections


def source_of(cell: dict) -> str:
    """Its code."""
    return "".join(cell["source"])


def stored_texts(cell) -> list[str]:
    """What a cell has put out, as text."""
    return [
        "".join(output["text"] if "text" in output else output["data"]["text/plain"])
        for output in cell["outputs"]
    ]


def texts(outputs) -> list[str]:
    """The same of what Python put out in the page."""
    return [
        output["data"].get("text/plain", output["text"])
        if output["kind"] == "data"
        else output["text"]
        for output in outputs
    ]


def small_site(folder: Path) -> None:
    """Every notebook as a page that holds its code cells, its labs and nothing more."""
    from hlm_teach.classroom.book import pages  # late, since it needs what the book needs

    print(build.add_live(folder))
    scripts = pages.LIVE.format(f"../{pages.live_scripts(folder)}")
    for path in [*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("exercises/*.ipynb")]:
        name = path.relative_to(ROOT).with_suffix("")
        for place in (folder / name, folder / "notebooks" / name):
            place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / "notebooks" / f"{name}.ipynb")
        body = ""
        for title, cells in sections_of(str(name)):
            inside = "".join(html_of(cell, f"{name.as_posix()}.ipynb") for cell in cells)
            place = escape(title.lower().replace(" ", "-"))
            body += f'<section id="{place}">{inside}</section>'
        (folder / f"{name}.html").write_text(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name.name}</title>'
            '<style>pre { overflow-x: auto; }</style><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">'
            f'<body data-page="{name.as_posix()}"><article><h1>{name.name}</h1>{body}</article>'
            f"{scripts}</body></html>",
            encoding="utf-8",
        )


def html_of(cell: dict, notebook: str) -> str:
    """A code cell as pages show it."""
    shown, lab = "", ""
    for output in cell["outputs"]:
        data = output.get("data", {"text/plain": output.get("text", "")})
        text = "".join(data["text/plain"])
        if text.startswith("Lab: "):
            lab = f' data-lab="{source_of(cell).rpartition("_lab(")[0].split()[-1]}"'
        shown += f"<pre>{escape(text)}</pre>"
    outputs = f'<div class="cell_output"{lab}>{shown}</div>' if shown else ""
    return (
        f'<div class="cell" data-cell-id="{cell["id"]}" data-notebook="{notebook}">'
        f'<div class="cell_input"><pre>{escape(source_of(cell))}</pre>'
        f"</div>{outputs}</div>"
    )


class Live:
    """A served site with a browser."""

    def __init__(self, address: str, browser, folder: Path):
        self.address, self.browser, self.folder = address, browser, folder

    @property
    def parts(self) -> list[str]:
        """The files that a start loads: Python, the course, its memory."""
        (path,) = (self.folder / "_static" / "live").glob("*/engine.json")
        listed = json.loads(path.read_text(encoding="utf-8"))
        return [listed["python"], listed["course"], *listed["memory"]]

    def open(self, name: str, *, width: int = 1280, height: int = 900) -> "LivePage":
        """A page whose live part is at work, in a browser that has loaded nothing before."""
        context = self.browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(1000 * PATIENCE)
        page = LivePage(context.new_page(), self.address)
        page.goto(name)
        return page

    def open_again(self, name: str) -> "LivePage":
        """A page in a browser that has kept what a start unpacks, and nothing of its reader's."""
        self._visited.page.evaluate("localStorage.clear()")
        page = LivePage(self._visited.page.context.new_page(), self.address, shares=True)
        page.goto(name)
        return page

    @functools.cached_property
    def _visited(self) -> "LivePage":
        """What stays open in that browser, without Python: the program is kept while a page is."""
        page = self.open("chapters/02_icc")
        page.awake()
        assert page.page.evaluate(f"async () => {PYTHON}.keep()") == ""
        page.page.evaluate(f"async () => {PYTHON}.stop()")
        return page


class LivePage:
    """One page, what it asked for, and what it complained of."""

    def __init__(self, page, address: str, *, shares: bool = False):
        self.page, self.address = page, address
        self._ends = page if shares else page.context
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def goto(self, name: str) -> None:
        """Open a page of the site."""
        self.page.goto(f"{self.address}{name}.html")
        self.page.wait_for_selector("body[data-live]")

    def awake(self) -> None:
        """Wake Python and wait until it is: see "How large it is" in docs/publish.md for why."""
        self.page.evaluate(f"async () => {PYTHON}.wake()")

    def cell(self, name: str):
        """A code cell."""
        return self.page.locator(f"div.cell[data-cell-id='{name}']")

    def run(self, name: str) -> None:
        """Press a cell's button, unfolded if need be, and wait until it has run."""
        self.cell(name).evaluate(
            """cell => {
            for (let at = cell; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
            for (const inside of cell.querySelectorAll('details')) inside.open = true; }"""
        )
        self.until_run(name, self.cell(name).locator(".live-bar button").first.click)

    def pass_over(self, name: str) -> None:
        """Let the cells between the first, which imports, and this one count as run already."""
        self.page.evaluate(
            f"""async (name) => {{
            const {{ cells }} = {script("cells.js")};
            const end = cells.findIndex(({{ id }}) => id === name);
            for (const cell of cells.slice(1, end)) cell.ran = cell.source; }}""",
            name,
        )

    def until_run(self, name: str, action) -> None:
        """Do what starts a cell, and wait until it has begun and ended: however late it begins."""
        self.cell(name).evaluate(WATCH)
        action()
        self.page.wait_for_function("cell => cell.hasRun", arg=self.cell(name).element_handle())

    def write(self, name: str, source: str) -> None:
        """Put other code into a cell."""
        cell = self.cell(name)
        if not cell.locator("textarea").count():
            cell.get_by_role("button", name="Edit").click()
        cell.locator("textarea").fill(source)

    def line(self, name: str) -> str:
        """What is said beside a cell's buttons."""
        return self.cell(name).locator(".live-bar p[role=status]").inner_text()

    def outputs(self, name: str) -> list[dict]:
        """What Python put out when a cell ran last."""
        return self.page.evaluate(
            f"""async (name) => {{
            const {{ cells }} = {script("cells.js")};
            return cells.find(({{ id }}) => id === name).outputs; }}""",
            name,
        )

    def close(self) -> None:
        """Close it; AssertionError if it complained, or asked another host."""
        outside = [
            url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))
        ]
        self._ends.close()
        assert not self.complaints and not outside, (self.complaints, outside)


@pytest.fixture(scope="session")
def live(chrome, tmp_path_factory):
    """The site and the browser."""
    if site := os.environ.get("HLM_TEACH_SITE", ""):
        folder = Path(site).resolve()
    else:
        folder = tmp_path_factory.mktemp("site")
        if is_fetched():
            small_site(folder)
    insist_on_live(folder)
    server = loopback.server(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Live(f"http://127.0.0.1:{server.server_port}/", chrome, folder)
    server.shutdown()
    server.server_close()
