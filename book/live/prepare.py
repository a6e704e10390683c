"""Run once, when the engine's memory is taken: import what pages may need, and leave it tidy."""

import contextlib
import functools
import gc
import json
import linecache
import os
import sys
import types
from pathlib import Path

import bridge


def prepare():
    """Import what the notebooks import, use it once, and forget what was computed."""
    sys.modules["hlm_teach.labs.widgets"] = None  # no notebook's widgets here
    sys.modules["__main__"].__file__ = "page"  # for pandas: no terminal whose width counts
    os.chdir("/home/chapters")
    for statement in json.loads(Path("/course/imports.json").read_text(encoding="utf-8")):
        exec(statement, {})
    _open_labs()
    _read_exercises()
    _use()
    _strip()
    _forget()


def _open_labs():
    from hlm_teach.lessons import lab_names

    for name in lab_names():
        bridge.open_lab(name)
        bridge.move(name, reset=True)
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
    """Take docstrings from all but the course: a tenth of the memory, which nobody reads here."""
    for thing in gc.get_objects():
        where = getattr(thing, "__module__", None) or ""
        if isinstance(thing, types.ModuleType):
            where = thing.__name__
        elif not isinstance(thing, (types.FunctionType, type)):
            continue
        if str(where).partition(".")[0] not in ("hlm_teach", "bridge", "cells", "builtins"):
            with contextlib.suppress(AttributeError, TypeError):
                _bare(thing)


def _bare(thing):
    thing.__doc__ = ""
    code = getattr(thing, "__code__", None)
    if code is not None and code.co_flags & HAS_DOCSTRING:
        thing.__code__ = code.replace(co_consts=("", *code.co_consts[1:]))


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
