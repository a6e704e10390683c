"""The labs as a reader has them: in JupyterLab, in Chromium, by keyboard and by mouse.

Screenshots of each lab, wide, zoomed and narrow, are kept below ``.pytest_cache/d/screenshots``.
"""

import json
import math
import sys
import time

import nbformat
import pytest
from browser import PATIENCE, ROOT, LabView, Page, accessible_name, server
from samples import some

import hlm_teach
from hlm_teach.labs.controls import Slider, Switch
from hlm_teach.labs.frame import Lab
from hlm_teach.lessons import lab_names

pytestmark = pytest.mark.browser


def labs_used(path) -> list[str]:
    """Names of the labs that the notebook's code calls."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return [name for name in lab_names() if f"{name}(" in code]


CHAPTER = ROOT / "chapters" / "02_icc.ipynb"  # as a reader has it, from top to bottom
OTHERS = [name for name in lab_names() if name not in labs_used(CHAPTER)]
# The other labs' cells run on the first one's imports: what stands around them in their chapters
# is run by nbval, and laying it out here would take longer than the labs.
PLACES = {CHAPTER.name: labs_used(CHAPTER)} | {
    f"labs {number}": OTHERS[number::3] for number in some(range(3), 3)
}


@pytest.fixture(scope="module", params=PLACES)
def opened(request, jupyter):
    """A chapter, then notebooks of labs; the page and its labs' names."""
    names, path = PLACES[request.param], f"course/chapters/{request.param}"
    if request.param != CHAPTER.name:
        path = f"{request.param}.ipynb"
        write_notebook(jupyter.root / path, names)
    page = jupyter.open(path)
    page.run_all()
    page.unfold()
    yield page, names
    page.close()


def write_notebook(path, names: list[str]) -> None:
    """A notebook that shows the named labs."""
    code = [f"from hlm_teach import {', '.join(names)}", *(f"{name}()" for name in names)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(
        cells=list(map(nbformat.v4.new_code_cell, code)), metadata=kernel
    )
    nbformat.write(notebook, path)


def pairs(opened) -> list[tuple[LabView, Lab]]:
    """Each lab on the page beside a lab of this process with the same title."""
    page, names = opened
    ours = {lab.title: lab for lab in (getattr(hlm_teach, name)() for name in names)}
    found = [(view, ours[view.title]) for view in page.labs(len(names))]
    assert {lab.title for _, lab in found} == set(ours)
    return found


def sliders(lab) -> list[Slider]:
    """The lab's sliders, in the order in which they stand on the page."""
    return [control for control in lab.controls.values() if isinstance(control, Slider)]


def far_side(slider: Slider, value: float) -> float:
    """A place on the slider, from 0 to 1, well away from where it stands."""
    low, high = (math.log(end) if slider.log else end for end in (slider.low, slider.high))
    here = math.log(value) if slider.log else value
    return 0.9 if here < (low + high) / 2 else 0.1


def assert_equals_package(view: LabView, lab) -> None:
    """The page's numbers, put into the package, give the page's readout and accessible name.

    A drag is many changes, and a busy kernel answers the last of them late, in several messages.
    """

    def differs() -> bool:
        wanted = set_as_shown(view, lab)
        return (view.readout(), view.name()) != (wanted.readout_text, wanted.alt_text)

    deadline = time.monotonic() + PATIENCE
    while differs() and time.monotonic() < deadline:
        view.page.wait_for_timeout(100)
    assert view.readout() == lab.readout_text
    assert view.name() == lab.alt_text


def set_as_shown(view: LabView, lab):
    """The lab, set as the page's sliders and switches stand."""
    shown = zip(sliders(lab), view.numbers(), strict=True)
    switches = [name for name, control in lab.controls.items() if isinstance(control, Switch)]
    return lab.set(
        **{slider.name: round(number) if slider.whole else number for slider, number in shown},
        **{name: box.is_checked() for name, box in zip(switches, view.switches.all(), strict=True)},
    )


def test_starts_with_the_package_s_numbers(opened):
    for view, lab in pairs(opened):
        assert_equals_package(view, lab)


def test_every_slider_by_keyboard(opened):
    for view, lab in pairs(opened):
        view.switch_on()
        for place, (slider, before) in enumerate(zip(sliders(lab), view.numbers(), strict=True)):
            view.press(place, "ArrowRight" if before < slider.high else "ArrowLeft")
            assert view.numbers()[place] != before
            assert_equals_package(view, lab)


def test_every_slider_by_mouse(opened):
    for view, lab in pairs(opened):
        view.switch_on()
        for place, slider in enumerate(sliders(lab)):
            before, readout = view.numbers(), view.readout()
            side = far_side(slider, before[place])
            view.drag(place, side)
            after = view.numbers()
            assert (after[place] > before[place]) == (side > 0.5)
            assert after[:place] + after[place + 1 :] == before[:place] + before[place + 1 :]
            assert view.readout() != readout
            assert_equals_package(view, lab)


def test_a_number_can_be_typed(opened):
    for view, lab in pairs(opened):
        view.type(0, sliders(lab)[0].corners[0])
        assert_equals_package(view, lab)


def test_reset_brings_the_start_back(opened):
    for view, lab in pairs(opened):
        view.click("Reset")
        assert view.readout() == lab.reset().readout_text
        assert_equals_package(view, lab)


def test_tasks_are_listed_and_a_met_one_is_told(opened):
    for view, lab in pairs(opened):
        text = view.root.inner_text()
        for target in lab.ticks.targets:
            assert target.task in text
        assert view.news_line.count() == bool(lab.ticks.targets)
        assert ("Tasks, " in text) == bool(lab.ticks.targets)


def test_every_control_has_a_visible_label(opened):
    for view, lab in pairs(opened):
        text = view.root.inner_text().replace("\xa0", " ")
        for control in lab.controls.values():
            assert control.words in text and control.symbol in text
        for box in view.boxes.all():
            assert accessible_name(box).replace("\xa0", " ") in text


@pytest.mark.parametrize(
    ("size", "width", "height"),
    [("wide", 1280, 900), ("zoom of 200 %", 640, 450), ("narrow", 320, 800)],
)
def test_usable_at_every_size(opened, request, size, width, height):
    page, _ = opened
    page.resize(width, height)
    if width < 1000:
        page.hide_files()
    for place, (view, lab) in enumerate(pairs(opened)):
        view.root.scroll_into_view_if_needed()
        assert_fits(page, view)
        before = view.numbers()
        view.drag(0, far_side(sliders(lab)[0], before[0]))
        assert view.numbers() != before
        page.resize(width, 1500)  # so that the picture of the screen holds all of the lab
        view.root.scroll_into_view_if_needed()
        folder = request.config.cache.mkdir("screenshots")
        name = f"{request.node.callspec.params['opened']} {place} {size}.png".replace(" ", "_")
        view.root.screenshot(path=folder / name)
        page.resize(width, height)


def assert_fits(page: Page, view: LabView) -> None:
    """No control and no picture sticks out of the notebook's column; nothing is squeezed."""
    column = page.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook").bounding_box()
    edge = column["x"] + column["width"]
    for part in [
        *view.boxes.all(),
        *view.tracks.all(),
        *view.root.get_by_role("button").all(),
        view.picture,
        view.readout_line,
    ]:
        box = part.bounding_box()
        assert box["x"] >= column["x"] and box["x"] + box["width"] <= edge + 1, (part, box, edge)
        assert box["width"] >= 40
    assert view.picture.bounding_box()["width"] >= 180
    widths = view.root.evaluate("node => [node.scrollWidth, node.clientWidth]")
    assert widths[0] <= widths[1] + 1, widths


def test_the_browser_had_nothing_to_complain_about(opened):
    page, _ = opened
    assert page.complaints == []


def test_the_start_page_opens_by_the_launcher(jupyter, tmp_path):
    start = ROOT / "chapters" / "00_start_here.ipynb"
    assert start.is_file()
    with server(tmp_path, ROOT, command=[sys.executable, str(ROOT / "course.py")]) as address:
        page = jupyter.new_page()
        page.open(f"{address}/")
        assert "00_start_here.ipynb" in page.page.url
        page.page.context.close()
