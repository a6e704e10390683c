"""Run one submission's cells and write down its answers as plain data: the grader's other process.

    python -m hlm_teach.classroom.grading.process_room CELLS ANSWERS SECONDS

Code of unknown origin runs here, so this process knows no points and decides nothing: it writes
one line of JSON a step into ANSWERS, and who started it reads them with distrust. SECONDS are of
computing, counted from the first cell on.
"""

from __future__ import annotations

import importlib.util
import json
import math
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

MEMORY = 4 * 2**30
LARGEST_FILE = 100 * 2**20


def main(arguments: list[str]) -> int:
    """Run cells in order, whatever some of them do."""
    steps = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    side = _side()
    room = side.Room()
    _load(steps)
    room.listen()
    with Path(arguments[1]).open("w", encoding="utf-8") as file:
        _limit(float(arguments[2]))
        for step in steps:
            _note(file, side, {"begin": step["place"], "at": time.process_time()})
            room.begin(step["key"])
            error = room.cell(step["source"])
            _note(file, side, {"cell": step["place"], "error": error})
            if step["key"]:
                _note(file, side, room.answered(step["key"]))
        _note(file, side, {"end": True})
    return 0


def _side() -> Any:
    """The room that the sandbox has too, by its place: its folder holds stand-ins of packages."""
    path = Path(__file__).with_name("guest") / "room.py"
    spec = importlib.util.spec_from_file_location("room", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["room"] = module
    spec.loader.exec_module(module)
    return module


def _load(steps: list[dict]) -> None:
    """Import the exercises that are answered, before foreign code can redefine a builtin."""
    from hlm_teach.feedback.exercise import find

    for key in {step["key"] for step in steps}:
        with suppress(KeyError):
            find(key)


def _note(file: Any, side: Any, line: dict) -> None:
    file.write(side.as_line(line) + "\n")
    file.flush()


def _limit(seconds: float) -> None:
    """Bound computing time, memory and files where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    until = math.ceil(time.process_time() + seconds)
    bounds = (
        (resource.RLIMIT_CPU, until),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
    )
    for what, limit in bounds:
        _, most = resource.getrlimit(what)
        if most == resource.RLIM_INFINITY or most > limit:
            resource.setrlimit(what, (limit, limit if what == resource.RLIMIT_CPU else most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
