"""How fast the labs follow the hand: kernel time per redraw, and time to a new picture in the page.

Run ``python benchmarks/lab_redraw.py`` (``--no-browser`` for the first table only). The second
table sets each lab beside ``ipywidgets.interact`` with an inline matplotlib figure of the same
content, in the same browser and in turns; its ratio is what to look at, since milliseconds depend
on the machine.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import browser

import hlm_teach
from hlm_teach.lessons import lab_names

MOVES = 60
INTERACT = """
from importlib import import_module
import ipywidgets
from matplotlib import pyplot
import hlm_teach
from hlm_teach.plots import course_style
def with_interact(name):
    lab = getattr(hlm_teach, name)()
    recipe, subplots = lab.recipe, dict(lab.recipe.subplots)
    stacked = subplots.pop("stacked", False)
    def draw(**values):
        with course_style():
            result = recipe.compute(lab.state | values)
            shape = (recipe.panels, 1) if stacked else (1, recipe.panels)
            figure, axes = pyplot.subplots(*shape, figsize=recipe.size, layout="constrained",
                                           **subplots)
            recipe.draw(recipe.stage(axes), result)
            pyplot.show()
            print(recipe.readout(result))
    def slider(control):
        kind = ipywidgets.IntSlider if control.whole else ipywidgets.FloatSlider
        return kind(control.value, min=control.low, max=control.high, step=control.step)
    movable = {name: slider(control) for name, control in lab.controls.items()
               if hasattr(control, "step") and not control.log}
    ipywidgets.interact(draw, **movable)
"""
# Press a key on the slider, and stop the clock when a new picture has been decoded.
CLOCK = """async ([handle, where, key]) => {
    const picture = () => document.querySelector(where + ' img')?.src;
    const before = picture(), start = performance.now();
    handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
    while (picture() === before || !picture()) {
        if (performance.now() - start > 5000) return NaN;
        await new Promise(done => setTimeout(done, 1));
    }
    await document.querySelector(where + ' img')?.decode().catch(() => null);
    return performance.now() - start;
}"""


def kernel_times(name: str) -> dict[str, float]:
    """Median milliseconds of processor time a move takes, and of the clock on the wall."""
    lab = getattr(hlm_teach, name)()
    lab._repr_mimebundle_()  # a lab on a page encodes its picture, too
    rng, seen = np.random.default_rng(1), {"compute": [], "redraw": [], "whole": [], "wall": []}
    for _ in range(MOVES):
        values = {key: control.random(rng) for key, control in lab.controls.items()}
        start, wall = time.process_time(), time.perf_counter()
        lab.set(**values)
        whole, wall = time.process_time() - start, time.perf_counter() - wall
        start = time.process_time()
        lab.recipe.compute(dict(lab.state))
        compute = time.process_time() - start
        for key, value in zip(seen, (compute, whole - compute, whole, wall), strict=True):
            seen[key].append(1000 * value)
    return {key: statistics.median(values) for key, values in seen.items()}


def write_notebook(path: Path, names: tuple[str, ...]) -> None:
    """A lab and the same with interact, in turns."""
    code = [INTERACT + f"from hlm_teach import {', '.join(names)}"]
    for name in names:
        code += [f"{name}()", f"with_interact({name!r})"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(
        cells=list(map(nbformat.v4.new_code_cell, code)), metadata=kernel
    )
    nbformat.write(notebook, path)


def page_times(page: browser.Page, cells: tuple[int, int]) -> list[float]:
    """Median milliseconds from key to picture in two cells, measured in turns."""
    seen = ([], [])
    for move in range(MOVES // 2):
        for cell, times in zip(cells, seen, strict=True):
            page.page.evaluate(
                "cell => document.querySelectorAll('.jp-Cell').forEach("
                "(node, i) => node.classList.toggle('timed', i === cell))",
                cell,
            )
            handle = page.page.locator(".timed .noUi-handle").first
            handle.scroll_into_view_if_needed()
            key = "ArrowRight" if move % 2 == 0 else "ArrowLeft"
            times.append(page.page.evaluate(CLOCK, [handle.element_handle(), ".timed", key]))
            page.page.wait_for_timeout(150)
    return [statistics.median(times[2:]) for times in seen]


def in_browser(names: tuple[str, ...]) -> None:
    """Print the table of the page."""
    print(f"\n{'slider to new picture, ms':32}{'lab':>9}{'interact':>9}{'ratio':>9}")
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder, "desk")
        desk.mkdir()
        write_notebook(desk / "labs.ipynb", names)
        with browser.running(Path(folder), desk) as jupyter:
            page = jupyter.open("labs.ipynb", height=1400)
            page.run_all()
            page.page.wait_for_timeout(1000)
            for place, name in enumerate(names):
                lab, interact = page_times(page, (2 * place + 1, 2 * place + 2))
                print(f"{name:32}{lab:9.1f}{interact:9.1f}{lab / interact:9.2f}", flush=True)
            page.close()


def chosen(parser: argparse.ArgumentParser, names: list[str]) -> tuple[str, ...]:
    """The labs that were named, or all; where there is none of a name the command ends."""
    if unknown := [name for name in names if name not in lab_names()]:
        parser.error(f"no lab is called {unknown[0]}; there are {', '.join(lab_names())}")
    return tuple(names) or lab_names()


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("labs", nargs="*", help="names of labs (default: all)")
    parser.add_argument("--no-browser", action="store_true", help="kernel times only")
    options = parser.parse_args()
    names = chosen(parser, options.labs)
    print(
        f"{'kernel time per move, median ms':32}{'compute':>9}{'redraw':>9}{'whole':>9}"
        f"{'(wall)':>9}"
    )
    for name in names:
        print(f"{name:32}" + "".join(f"{value:9.1f}" for value in kernel_times(name).values()))
    if not options.no_browser:
        print(f"\n{reason}") if (reason := browser.why_not()) else in_browser(names)


if __name__ == "__main__":
    main()
