"""Run chapter 09 with Bambi: `python -m hlm_teach.classroom.with_bambi`, a step of .ci/run.

The chapter's stored outputs are those of its record. Here it is run as a reader with Bambi runs it, in
an environment of its own in build/bambi, and fails where a cell fails or where the sampler and the grid
disagree by more than Monte-Carlo error. It needs a Python that Bambi runs on, and a network or
filled caches the first time. Without these it says so and ends with exit code 3.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import packages, surroundings
from .installer import last_lines, working_uv
from .places import ROOT

HOUSE = ROOT / "build" / "bambi"
PYTHON = HOUSE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CHAPTER = "chapters/09_bayes.ipynb"
NEEDED = (3, 12)
NOT_TO_BE_HAD = 3
CHECK = """\
worst = float(agreement["distance"].abs().max())
assert sampled.live, "the record was read although Bambi is installed"
assert worst < 4, f"sampler and grid are {worst:.1f} Monte-Carlo standard errors apart"
assert sampled.table["r_hat"].max() < 1.01, sampled.table["r_hat"].max()
print(f"largest distance {worst:.1f}; {sampled.made_with}")"""


class NotToBeHad(Exception):
    """Why there is no Bambi here."""


def main(arguments: list[str]) -> int:
    """Make the environment and run the chapter in it; with "here", run it in this one."""
    if arguments == ["here"]:
        return run_here()
    try:
        make_house()
    except NotToBeHad as reason:
        print(f"Chapter 09 is not run with Bambi: {reason}", flush=True)
        return NOT_TO_BE_HAD
    command = [str(PYTHON), "-P", "-m", "hlm_teach.classroom.with_bambi", "here"]
    return subprocess.run(command, cwd=ROOT, env=settings(), check=False).returncode


def settings() -> dict[str, str]:
    """The settings of the run: the course's own, with its folder, and Bambi in use."""
    found = surroundings.settings() | {"PYTHONPATH": str(ROOT)}
    found.pop("HLM_TEACH_BAMBI", None)
    return found


def new_enough(uv: str) -> str:
    """A Python that Bambi runs on, and that can make an environment, unless uv makes it.

    Raises
    ------
    NotToBeHad
        If there is none.
    """
    test = f"import sys; sys.exit(sys.version_info < {NEEDED})"
    found = [python for python in candidates() if runs(python, test)]
    if not found:
        raise NotToBeHad("there is no Python 3.12 or newer on this machine")
    for python in found:
        if uv or runs(python, "import ensurepip, venv"):
            return python
    raise NotToBeHad(f"{found[0]} has no venv, the part that makes environments")


def runs(python: str, code: str) -> bool:
    """Whether a Python is there and runs some code without an error."""
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def candidates() -> list[str]:
    """Pythons to try: this one, those on the path, and those that pyenv keeps."""
    names = [f"python3.{minor}" for minor in (13, 12, 14)]
    found = [sys.executable, *filter(None, map(shutil.which, names))]
    if shutil.which("pyenv"):
        asked = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False)
        versions = Path(asked.stdout.strip() or "nowhere") / "versions"
        found += [str(python) for python in sorted(versions.glob("3.1[2-9]*/bin/python"))]
    return found


def make_house() -> None:
    """The environment with the course's packages and Bambi, in their tested versions."""
    uv, wanted = working_uv(), packages.wishes("bayes")
    if not runs(str(PYTHON), "import sys" if uv else "import pip"):
        python = new_enough(uv)
        shutil.rmtree(HOUSE, ignore_errors=True)  # what a run that was stopped has begun
        make = [uv, "venv", "--python", python] if uv else [python, "-m", "venv"]
        step([*make, str(HOUSE)], "its environment could not be made")
    pip = (
        [uv, "pip", "install", "--python", str(PYTHON)]
        if uv
        else [str(PYTHON), "-m", "pip", "install"]
    )
    step([*pip, *wanted, "--constraint", "constraints.txt"], "its packages could not be installed")


def step(command: list[str], failure: str) -> None:
    """Run one step; NotToBeHad with its last words where it fails."""
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings.settings(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotToBeHad(f"{failure}.\n{last_lines(done.stdout + done.stderr)}")


def run_here() -> int:
    """Run the chapter in this Python and one more cell that checks what the sampler gave."""
    from nbclient.exceptions import CellExecutionError
    from nbformat.v4 import new_code_cell

    from . import refresh

    notebook = refresh.read((ROOT / CHAPTER).read_text(encoding="utf-8"))
    notebook.cells.append(new_code_cell(CHECK))
    try:
        done = refresh.execute(notebook, ROOT / "chapters")
    except CellExecutionError as error:
        print(f"Chapter 09 with Bambi:\n{error}", file=sys.stderr)
        return 1
    print("Chapter 09 with Bambi: " + done.cells[-1].outputs[-1]["text"].strip(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
