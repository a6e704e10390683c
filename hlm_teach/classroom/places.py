"""Where the launcher keeps the course's environment, and what it says of places it can't write to."""

import os
from pathlib import Path

ROOT = Path(os.path.abspath(__file__)).parents[2]
ENV = ROOT / ".venv"
OLD, FAILED = ROOT / ".venv-old", ROOT / ".venv-failed"
LOCK = ROOT / ".venv-lock"
UNUSABLE = ENV / "cannot-be-used.txt"  # all is installed and whole, but can't be imported
PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NEEDED = (3, 11)


class CannotSetUp(Exception):
    """Something that whoever runs this can mend; its text is all they get to see."""


def read_only(error: OSError) -> CannotSetUp:
    """What to say of a folder that can't be written to."""
    return CannotSetUp(
        f"The course keeps its environment in\n    {ENV}\nwhich can't be written "
        f"({error.strerror}).\nCopy the course to a folder of your own, such as your home "
        "folder, and run it there."
    )
