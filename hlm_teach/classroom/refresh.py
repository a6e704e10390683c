"""Run notebooks again and store clean outputs: what `python course.py refresh` does.

A stored notebook holds what a reader sees and nothing else: no widget state, no timings, no
version of the Python that ran it. Running the refresher twice therefore leaves no difference.
"""

import argparse
import json
import os
import sys
import time
from itertools import count
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from . import names, surroundings
from .places import ROOT

FOLDERS = ("chapters", "solutions")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError, ValueError)
CELL_METADATA = (
    "tags",
    "jupyter",
    "jp-MarkdownHeadingCollapsed",
    "editable",
    "deletable",
    "slideshow",
    "nbgrader",
)


def main(arguments: list[str]) -> int:
    """Refresh the named notebooks, or all chapters and solutions; return the exit code."""
    parser = argparse.ArgumentParser(
        "python course.py refresh", description="Run notebooks again and store clean outputs."
    )
    parser.add_argument(
        "notebooks", nargs="*", type=Path, help="which (otherwise all chapters and solutions)"
    )
    parser.add_argument("--from", dest="start", default=".", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    paths = [Path(options.start, path) for path in options.notebooks] or stored_notebooks()
    os.environ["HLM_TEACH_PROGRESS"] = "off"  # the solutions' answers are nobody's progress
    os.environ["TQDM_DISABLE"] = "1"  # nor do outputs depend on how fast a machine is
    os.environ["HLM_TEACH_BAMBI"] = "stored"  # nor on what else is installed there
    os.environ.update(surroundings.threads(os.environ))  # which the kernels inherit
    missing = [str(path) for path in paths if path.suffix != ".ipynb" or not path.is_file()]
    if missing:
        print(f"Not a notebook here: {', '.join(missing)}", file=sys.stderr)
        return 2
    if any(path.resolve().is_relative_to(ROOT.resolve()) for path in paths):
        for path in names.write():  # a notebook may use what its chapter's folder newly offers
            print(
                f"{path.relative_to(ROOT)}: names of the chapters' plots and labs brought in step"
            )
    return max([refresh(path) for path in paths], default=0)


def stored_notebooks() -> list[Path]:
    """Return every notebook whose outputs are stored, in order."""
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.ipynb"))]


def refresh(path: Path) -> int:
    """Run one notebook and store its outputs; leave the file as it was if a cell fails."""
    started, before = time.perf_counter(), path.read_text(encoding="utf-8")
    try:
        after = as_text(execute(read(before), path.resolve().parent))
    except FAILURES as error:
        print(f"{path}: nothing stored, since this failed:\n{error}", file=sys.stderr)
        return 1
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    said = "unchanged" if after == before else "stored"
    print(f"{path}: {said} ({time.perf_counter() - started:.1f} s)", flush=True)
    return 0


def read(text: str) -> nbformat.NotebookNode:
    """Return the notebook in `text` as format 4.5, every cell with an id of its own.

    Raises
    ------
    ValueError
        If the text is no notebook, or one of another major format.
    """
    raw = json.loads(text)
    if not isinstance(raw, dict) or not isinstance(raw.get("cells"), list):
        raise ValueError("a list of cells is wanted, and there is none: this is no notebook")
    if raw.get("nbformat") != 4:
        raise ValueError(
            f"nbformat={raw.get('nbformat')} was given, 4 is wanted: "
            "open and save the notebook in JupyterLab first"
        )
    raw["nbformat_minor"] = max(5, raw.get("nbformat_minor", 0))
    give_ids(raw["cells"])
    return nbformat.reads(json.dumps(raw), as_version=4)


def give_ids(cells: list[dict]) -> None:
    """Give cells without an id, or with that of an earlier cell, one that no cell has.

    >>> cells = [{"id": "cell-001"}, {}, {"id": "cell-001"}]
    >>> give_ids(cells)
    >>> [cell["id"] for cell in cells]
    ['cell-001', 'cell-002', 'cell-003']
    """
    given = {cell.get("id") for cell in cells}
    taken: set[str] = set()
    for number, cell in enumerate(cells):
        if cell.get("id") in taken or not cell.get("id"):
            free = (f"cell-{candidate:03d}" for candidate in count(number))
            cell["id"] = next(name for name in free if name not in given | taken)
        taken.add(cell["id"])


def execute(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Run all cells in a fresh kernel that works in `folder`; return the cleaned notebook."""
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        # Without storing it nbclient loses outputs of widgets; `clean` takes it out again.
        store_widget_state=True,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    return clean(client.execute())


def clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out, in place, all that differs from run to run or from machine to machine."""
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata}
        )
        for output in cell.get("outputs", []):
            # A view without its widget shows an error; the picture beside it shows the lab.
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return notebook


def as_text(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as JupyterLab writes it: stable bytes for equal content."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
