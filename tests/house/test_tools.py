"""The code is formatted, linted and type-checked, and data flow one way through the rooms.

Configured in pyproject.toml. To mend most of what these find: ``ruff format`` and
``ruff check --fix`` in the course's environment.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    *("hlm_teach", "tests", "benchmarks", "book", "docs", ".jupyter"),
    *("conftest.py", "course.py"),
)
TOOLS = {
    "formatter": ("-m", "ruff", "format", "--check", *CODE),
    "linter": ("-m", "ruff", "check", *CODE),
    # As the Python that runs: newer ones have a newer numpy, whose hints older ones can't read.
    "type checker": ("-m", "mypy", "--python-version", "{}.{}".format(*sys.version_info)),
    "import contract": (
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ),
}


@pytest.mark.house
@pytest.mark.parametrize("tool", TOOLS)
def test_finds_nothing(tool):
    run = subprocess.run([sys.executable, *TOOLS[tool]], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
