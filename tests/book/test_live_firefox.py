"""The live pages in Firefox, where it is installed: a lab, a cell, an exercise, a later page."""

import re
import time

import pytest
from browser import PATIENCE
from live_pages import cells_of, script, source_of
from samples import WHOLE

import hlm_teach

pytestmark = pytest.mark.browser
MOVED = """async (value) => {
    const { lab } = document.querySelector('[data-lab=icc] .live-lab');
    const box = lab.root.querySelector('input[type=number]');
    box.value = value;
    box.dispatchEvent(new Event('change'));
    while (lab.busy) await new Promise((done) => setTimeout(done));
    return [lab.line.textContent, lab.canvas.getAttribute('aria-label')]; }"""
RUN = f"""async (name, source) => {{
    const {{ cells }} = {script("cells.js")};
    const cell = cells.find(({{ id }}) => id === name);
    if (source) cell.edit(source);
    else await cell.go();
    return cell.element.querySelector('.cell_output')?.innerText; }}"""


@pytest.fixture
def page(live, firefox):
    """A function that opens a page of the site and waits for its live part."""

    def opened(name: str):
        firefox.goto(f"{live.address}{name}.html")
        assert firefox.until("document.body.dataset.live")
        return firefox

    yield opened
    assert not firefox.complaints


READY = "document.querySelector('[data-lab=icc][data-ready]')"


def begun(page, name: str, meanwhile=lambda: None):
    """Press the button under the lab of a page and wait for it, doing something meanwhile."""
    opened, deadline = page(name), time.monotonic() + PATIENCE
    opened.do("() => document.querySelector('[data-lab=icc] .live-start').click()")
    while not opened.until(READY, seconds=0.05):
        assert time.monotonic() < deadline, "Python didn't start"
        meanwhile()
    return opened


@pytest.mark.skipif(not WHOLE, reason="starts are tried again and again in .ci/run only")
def test_python_starts_while_the_browser_collects_its_garbage(page, firefox):
    """A worker that nothing held was ended so, and the page waited for it for ever."""
    for _ in range(3):
        begun(page, "chapters/02_icc", firefox.tidy_up)


def test_a_lab_moves_a_cell_runs_and_an_exercise_answers_in_firefox(page):
    chapter = begun(page, "chapters/02_icc")
    wanted = hlm_teach.icc_lab().set(tau00=7.5)
    assert chapter.do(MOVED, 7.5) == [wanted.readout_text, wanted.alt_text]
    assert chapter.do(RUN, "ch02-012") == "variance of the school means: 0.78\n"
    assert "workers" in chapter.do(f"async () => {script('python.js')}.keep()")  # keeps nothing
    chapter.resize(390, 844)
    assert chapter.do("() => document.documentElement.scrollWidth - innerWidth") <= 0
    begun(page, "chapters/02_icc")
    cells = cells_of("exercises/02_icc")
    check = next(i for i, cell in enumerate(cells) if re.search("^check", source_of(cell), re.M))
    answer, check = cells[check - 1]["id"], cells[check]["id"]
    solved = {cell["id"]: source_of(cell) for cell in cells_of("solutions/02_icc")}
    exercise = page("exercises/02_icc")
    assert exercise.do(RUN, check).startswith("○ Not answered yet.")
    exercise.do(RUN, answer, solved[answer])
    assert exercise.do(RUN, check).startswith("✓ Right")
