"""Run once, when the engine's memory is taken: import what pages may need, and leave it tidy."""

import builtins
import contextlib
import functools
import gc
import io
import json
import linecache
import os
import sys
import types
from pathlib import Path

import bridge


class FontFile(io.BytesIO):
    """A font file in memory, under the name that it has on the drive."""

    def __init__(self, path):
        """Read it whole."""
        with open(path, "rb") as file:
            super().__init__(file.read())
        self.name = path


def open_file(file, mode="r", *options, **named):
    """As `io.open`, but a font is read whole and once.

    Matplotlib reads in it for each letter that it draws; each time through the page, that took more
    than half of a lab's time.
    """
    if mode == "rb" and str(file).endswith(".ttf"):
        return FontFile(file)
    return open(file, mode, *options, **named)


def prepare():
    """Import what the notebooks import, use it once, and forget what was computed."""
    os.chdir("/reader/chapters")
    _settle()
    for statement in json.loads(Path("/course/imports.json").read_text(encoding="utf-8")):
        exec(statement, {})
    _open_labs()
    _read_exercises()
    _use()
    _strip()
    _forget()


def _settle():
    """What a notebook's surroundings settle elsewhere."""
    from hlm_teach.classroom import installation, without_threads

    without_threads.settle()
    import tqdm
    from matplotlib import pyplot

    sys.modules["__main__"].__file__ = "page"  # tables aren't as wide as a terminal
    tqdm.tqdm.monitor_interval = 0  # no thread that watches bars
    io.open = open_file  # which matplotlib's fonts call
    installation.check_installation = check_installation
    builtins.exit = builtins.quit = leave
    pyplot.show = lambda *given, **named: bridge.cells.show_figures()  # there is no window


def leave(*_):
    """Replace `exit` and `quit`, which would end the page's Python for good."""
    raise SystemExit("there is nothing to leave in a page")


def check_installation(*, show_versions=False):
    """Print what there is to check in a page, which brings its own Python: the data and a fit."""
    from hlm_teach.classroom import installation

    print("✓ This page brings its own Python and its packages: there is nothing to install.")
    results = [installation._data(), installation._fit()]
    for fine, sentence in results:
        print("✓" if fine else "✗", sentence)
    if show_versions:
        print("\n".join(installation.versions()))
    fine = all(fine for fine, _ in results)
    print("Everything is ready." if fine else "Not ready.")
    return fine


def _open_labs():
    from hlm_teach.lessons import lab_names

    for name in lab_names():
        first = bridge.first_of(name)
        bridge.move(name, reset=True)
        bridge.first[name] = first
    bridge.labs.clear()
    bridge._picture.clear()


def _read_exercises():
    from hlm_teach.feedback.exercise import chapters, exercises_of

    for chapter in chapters():
        exercises_of(chapter)


CELL = """
import matplotlib.pyplot, statsmodels.formula.api
from hlm_teach import fit_lmm, load_data, show
from hlm_teach.plots import figure
hsb = load_data("hsb")
fit = fit_lmm("math ~ ses", hsb, "school", "1 + ses")
statsmodels.formula.api.ols("math ~ ses", hsb).fit().summary()
ax = figure()[1]
ax.plot(hsb["ses"], hsb["math"], "o", label="$\\\\tau_{00}$")
ax.legend()
show(ax, "Pupils.")
display(hsb.head(), fit)
matplotlib.pyplot.plot([1, 2])
"""


def _use():
    """One cell of most kinds: what is loaded at first use is loaded now."""
    outputs = bridge.run(CELL, "warm")["outputs"]
    errors = [output["text"] for output in outputs if output["kind"] == "error"]
    if errors:
        raise RuntimeError(errors[0])
    bridge.cells = bridge.Cells(bridge.shown)


def _forget():
    """Empty caches: open font files would not be open in another process, the rest is ballast."""
    linecache.clearcache()
    for _ in range(2):
        for thing in gc.get_objects():
            if isinstance(thing, functools._lru_cache_wrapper):
                thing.cache_clear()
        gc.collect()


HAS_DOCSTRING = 0x4000000  # of a code object's flags


def _strip():
    """Take docstrings and tables of line numbers from all but the course: nobody reads them here.

    They are a tenth of the memory. Of an error, the page shows the lines of the cell.
    """
    for thing in gc.get_objects():
        where = getattr(thing, "__module__", None) or ""
        if isinstance(thing, types.ModuleType):
            where = thing.__name__
        elif not isinstance(thing, (types.FunctionType, type)):
            continue
        if str(where).partition(".")[0] not in ("hlm_teach", "bridge", "cells", "builtins"):
            with contextlib.suppress(AttributeError, TypeError):
                thing.__doc__ = ""
            if isinstance(thing, types.FunctionType):
                thing.__code__ = _bare(thing.__code__)


def _bare(code):
    inside = [_bare(part) if isinstance(part, types.CodeType) else part for part in code.co_consts]
    if code.co_flags & HAS_DOCSTRING:
        inside[0] = ""
    return code.replace(co_consts=tuple(inside), co_linetable=_one_line(len(code.co_code) // 2))


@functools.lru_cache
def _one_line(units):
    """A table of line numbers that has one for all: an empty one makes every traceback fail.

    Each entry, two bytes, says "the same line as before" of eight units of code at most.
    """
    full, rest = divmod(units, 8)
    entry = 0b1_1101_000
    return bytes([entry + 7, 0] * full + ([entry + rest - 1, 0] if rest else []))


def wipe(end):
    """Overwrite free memory below the address `end` with zeros, which take no room when packed."""
    kept = []
    large = [size << 10 for size in (4096, 1024, 256, 64, 16, 4, 1)]
    for size in [*large, *range(496, 0, -16)]:
        while True:
            block = bytes(size)
            if id(block) + size > end:
                break
            kept.append(block)
