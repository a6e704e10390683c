"""Make exercises/ from solutions/: what `python course.py release` does.

A solution notebook is the only source. Regions between ``### BEGIN SOLUTION`` and
``### END SOLUTION`` become a stub, regions of hidden tests go, outputs and counts go. nbgrader
cuts the same regions (docs/nbgrader_config.py gives it the same stub).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import nbformat

from .places import ROOT
from .refresh import NOTEBOOK_METADATA, as_text, read

STUB = "# Your code here: put what the task asks for into answer."
REGIONS = {
    "### BEGIN SOLUTION": ("### END SOLUTION", STUB),
    "### BEGIN HIDDEN TESTS": ("### END HIDDEN TESTS", None),
}


def main(arguments: list[str]) -> int:
    """Make every exercise notebook; return the exit code."""
    argparse.ArgumentParser(
        "python course.py release",
        description="Make every notebook of exercises/ from that of solutions/; none is to be named.",
    ).parse_args(arguments)
    folder = ROOT / "exercises"
    folder.mkdir(exist_ok=True)
    for source in sources():
        target = folder / source.name
        target.write_text(
            released(source.read_text(encoding="utf-8")), encoding="utf-8", newline="\n"
        )
        print(target.relative_to(ROOT).as_posix())
    return 0


def sources() -> list[Path]:
    """The solution notebooks, in order."""
    return sorted((ROOT / "solutions").glob("*.ipynb"))


def released(solution: str) -> str:
    """Return the text of the exercise notebook that belongs to a solution notebook's text.

    Raises
    ------
    ValueError
        If a region isn't closed, or one begins inside another.
    """
    notebook = read(solution)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = without_regions(cell.source)
            cell.outputs, cell.execution_count = [], None
    return as_text(notebook)


def without_regions(source: str) -> str:
    """Cut every marked region of a cell; where a solution stood, a stub stands.

    >>> print(without_regions("answer = ...\\n### BEGIN SOLUTION\\nanswer = 1\\n### END SOLUTION"))
    answer = ...
    # Your code here: put what the task asks for into answer.
    """
    kept, wanted = [], None
    for line in source.split("\n"):
        marker = line.strip()
        if marker in REGIONS:
            if wanted is not None:
                raise ValueError(f"{marker!r} inside another region:\n{source}")
            wanted, stub = REGIONS[marker]
            kept += [stub] if stub else []
        elif marker == wanted:
            wanted = None
        elif wanted is None:
            kept.append(line)
    if wanted is not None:
        raise ValueError(f"{wanted!r} is missing:\n{source}")
    return "\n".join(kept).rstrip("\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
