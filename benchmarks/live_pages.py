"""How fast the book's live pages are: the first lab, later ones, and each lab beside JupyterLab's.

``python benchmarks/live_pages.py`` needs Chromium and the engine in the cache. Slider to picture is
measured in the page and in JupyterLab in turns, in one browser; milliseconds depend on the machine,
their ratio less so.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import browser
import lab_redraw
import live_pages

from hlm_teach.classroom.tools import loopback
from hlm_teach.lessons import lab_names

MOVES = 40
OPEN = """async (name) => {
    const host = Object.assign(document.createElement('div'), { id: name });
    document.querySelector('article').append(host);
    const { begin } = LABS;
    await begin(host, name);
    return +host.dataset.ready; }""".replace("LABS", live_pages.script("labs.js"))
PYTHON = live_pages.script("python.js")
STAGES = f"async () => ({PYTHON}).stages"
KEEP = f"async () => ({PYTHON}).keep()"
# Press a key's worth on the slider, and stop the clock in the frame that shows the new picture.
CLOCK = """async ([name, up]) => {
    const { lab } = document.querySelector(`:is(#${name}, [data-lab=${name}]) .live-lab`);
    const track = lab.root.querySelector('input[type=range]');
    const start = performance.now();
    up ? track.stepUp() : track.stepDown();
    track.dispatchEvent(new Event('input'));
    while (lab.busy) await new Promise((done) => setTimeout(done, 0));
    return performance.now() - start; }"""


def seconds_to(page: live_pages.LivePage, lab: str) -> float:
    """Seconds from the press of a lab's button until it can be moved."""
    output = page.page.locator(f"[data-lab={lab}]")
    start = time.perf_counter()
    output.get_by_role("button").click()
    page.page.wait_for_selector(f"[data-lab={lab}][data-ready]")
    return time.perf_counter() - start


def stages(page: live_pages.LivePage) -> None:
    """Print when each part of the start was done, in seconds from the worker's beginning."""
    for name, at in page.page.evaluate(STAGES):
        print(f"    {name:40}{at / 1e3:7.2f} s")


def openings(live: live_pages.Live) -> None:
    """Print how long labs take to open."""
    page = live.open("chapters/02_icc")
    print(f"first lab, nothing in the browser's cache    {seconds_to(page, 'icc'):6.2f} s")
    stages(page)
    others = [page.page.evaluate(OPEN, name) for name in lab_names()]
    print(f"another lab on the page                      {statistics.median(others) / 1e3:6.2f} s")
    page.goto("chapters/03_random_intercepts")  # before anything could be kept for it
    print(f"on a later page, at once                     {seconds_to(page, 'poolings'):6.2f} s")
    stages(page)
    page.page.evaluate(KEEP)  # what a page does of itself, ten seconds after it is awake
    page.goto("chapters/02_icc")
    print(f"on a later page, with what is kept for it    {seconds_to(page, 'icc'):6.2f} s")
    moved = page.page.evaluate(CLOCK, ["icc", True])  # behind the figure, which is being made
    print(f"    and moved in the same moment             {moved / 1e3:6.2f} s")
    stages(page)
    page.goto("chapters/04_random_slopes")
    page.page.wait_for_timeout(5000)  # a reader reads first; the engine wakes meanwhile
    print(f"on a later page, after five seconds there    {seconds_to(page, 'slopes'):6.2f} s")
    lost = "Failed to load resource: net::ERR_CACHE_MISS"  # how a page learns that nothing is kept
    page.complaints = [said for said in page.complaints if said != lost]
    page.close()


def beside_jupyter(live: live_pages.Live, jupyter: browser.Jupyter, names: tuple[str, ...]) -> None:
    """Print slider to picture of each lab, in the page and in JupyterLab."""
    notebook, page = jupyter.open("labs.ipynb", height=1400), live.open("chapters/02_icc")
    notebook.run_all()
    print(f"\n{'slider to new picture, median ms':34}{'page':>8}{'Jupyter':>9}{'ratio':>8}")
    for cell, name in enumerate(names, start=1):
        page.page.evaluate(OPEN, name)
        ours, theirs = [], []
        for move in range(MOVES):
            ours.append(page.page.evaluate(CLOCK, [name, move % 2 == 0]))
            theirs.append(
                in_jupyter(notebook, cell, "ArrowRight" if move % 2 == 0 else "ArrowLeft")
            )
        ours, theirs = (statistics.median(times[4:]) for times in (ours, theirs))
        print(f"{name:34}{ours:8.1f}{theirs:9.1f}{ours / theirs:8.2f}", flush=True)
    page.close()
    notebook.close()


def in_jupyter(notebook: browser.Page, cell: int, key: str) -> float:
    """Milliseconds from a key on a lab's slider to its new picture, in JupyterLab."""
    notebook.page.evaluate(
        "cell => document.querySelectorAll('.jp-Cell').forEach("
        "(node, i) => node.classList.toggle('timed', i === cell))",
        cell,
    )
    handle = notebook.page.locator(".timed .noUi-handle").first
    handle.scroll_into_view_if_needed()
    taken = notebook.page.evaluate(lab_redraw.CLOCK, [handle.element_handle(), ".timed", key])
    notebook.page.wait_for_timeout(100)
    return taken


def write_notebook(path: Path, names: tuple[str, ...]) -> None:
    """A notebook with the labs."""
    code = [f"from hlm_teach import {', '.join(names)}", *(f"{name}()" for name in names)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = list(map(nbformat.v4.new_code_cell, code))
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--openings", action="store_true", help="only how long labs take to open")
    parser.add_argument("labs", nargs="*", help="names of labs to move (default: all)")
    options = parser.parse_args()
    names = lab_redraw.chosen(parser, options.labs)
    with tempfile.TemporaryDirectory() as folder:
        site, desk = Path(folder, "site"), Path(folder, "desk")
        desk.mkdir()
        live_pages.small_site(site)
        write_notebook(desk / "labs.ipynb", names)
        server = loopback.server(site)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with browser.running(Path(folder), desk) as jupyter:
            live = live_pages.Live(
                f"http://127.0.0.1:{server.server_port}/", jupyter._browser, site
            )
            openings(live)
            if not options.openings:
                beside_jupyter(live, jupyter, names)


if __name__ == "__main__":
    main()
