"""Run one submitted notebook and write down its answers as plain data: the grader's other process.

    python -m hlm_teach.classroom.submission NOTEBOOK ANSWERS [CELL ...]

Code of unknown origin runs here, so this process knows no points and decides nothing: it writes
one line of JSON a step into ANSWERS, and who started it reads them with distrust. The numbers
behind ANSWERS are cells to leave out, since they didn't come to an end before.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from pathlib import Path

from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.judging import plain_answer

_TASK = re.compile(r"^#+\s+(\d\d\.\d+)\b", re.MULTILINE)
_GRADE_ID = re.compile(r"(?:answer|check)-(\d\d)-(\d+)$")
MEMORY = 4 * 2**30
LARGEST_FILE = 100 * 2**20


def main(arguments: list[str]) -> int:
    """Run a notebook's cells in order, whatever some of them do."""
    notebook, answers = Path(arguments[0]), Path(arguments[1])
    skipped = {int(place) for place in arguments[2:]}
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    _load_exercises(cells)
    _limit()
    shell = _shell()
    with answers.open("w", encoding="utf-8") as file:
        key = None
        for place, cell in enumerate(cells):
            here = task_of(cell)
            if here is not None and here != key:
                key = here
                shell.user_ns["answer"] = ...  # an answer to another exercise is none to this
            if cell["cell_type"] != "code" or place in skipped:
                continue
            _note(file, {"cell": place})
            shell.run_cell("".join(cell["source"]), store_history=False)
            if key is not None:
                _note(file, _answered(key, shell.user_ns))
        _note(file, {"end": True})
    return 0


def _load_exercises(cells: list[dict]) -> None:
    """Import all that answers are read with, before foreign code can redefine a builtin."""
    for key in set(filter(None, map(task_of, cells))):
        with suppress(KeyError):
            find(key)


def task_of(cell: dict) -> str | None:
    """The exercise that begins with, or is named by, a cell; None if the cell doesn't say."""
    if cell["cell_type"] == "markdown":
        found = _TASK.search("".join(cell["source"]))
        return found[1] if found else None
    grade_id = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
    found = _GRADE_ID.match(str(grade_id))
    return f"{found[1]}.{found[2]}" if found else None


def _answered(key: str, names: dict) -> dict:
    """The answer as it stands now, as plain data or as the words why it can't be read."""
    try:
        exercise = find(key)
    except KeyError:
        return {"unknown": key}
    given, refused = plain_answer(exercise, names.get("answer", ...))
    line = {"key": key, "who": _name(names.get("me"))}
    return line | ({"refused": refused.state} if refused else {"given": given})


def _name(who: object) -> str | None:
    return str(who)[:100] if isinstance(who, (str, int)) else None


def _note(file, line: dict) -> None:
    file.write(json.dumps(line) + "\n")
    file.flush()


def _shell():
    """IPython without history, colours or a prompt: magics and display work as in a notebook."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    return InteractiveShell.instance(config=config)


def _limit() -> None:
    """Bound memory and files where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    for what, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, LARGEST_FILE)):
        _, most = resource.getrlimit(what)
        if most == resource.RLIM_INFINITY or most > limit:
            resource.setrlimit(what, (limit, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
