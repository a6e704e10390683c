"""What a process without ipywidgets and IPython makes of the course, as JSON on its last line.

Run by ``tests/labs/test_without_jupyter.py``; ``python tests/without_jupyter.py`` shows it by hand.
"""

import contextlib
import hashlib
import importlib
import io
import json
import os
import pkgutil
import sys
from pathlib import Path

import numpy as np
from samples import WHOLE

ROOT = Path(__file__).resolve().parent.parent
REFUSED = ("ipywidgets", "IPython", "traitlets")
# What stands between the course and Jupyter: loaded by a notebook, or by commands for notebooks.
FACES = (
    "hlm_teach.labs.widgets",
    "hlm_teach.labs.control_widgets",
    "hlm_teach.classroom.refresh",
    "hlm_teach.classroom.release",
    "hlm_teach.classroom.book.__main__",
    "hlm_teach.classroom.book.anchors",
    "hlm_teach.classroom.book.sources",
)
N_STATES = 12 if WHOLE else 4
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))[::3]  # of all kinds; nbval runs them all
SAYINGS = """
check("02.3", 0.5)
hint("02.3")
progress("02")
say("A **word**.")
show_number("icc", 0.1234)
show(figure()[0], "An empty plot.")
my_data("Ada", "02.8").shape[1] > 1 or print("no columns")
predict_first("How many?", low=0, high=10, step=1, key="plain").reveal(5.0, "So it is.")
print(icc_lab().reset())
"""


class Refuse:
    """An import hook to which some packages aren't there."""

    def find_spec(self, name, path=None, target=None):
        """Refuse what is refused; let others look for the rest."""
        if name.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"No module named {name!r}")


def states(lab, n: int = N_STATES) -> list[dict]:
    """Random settings of a lab, the same in every process."""
    rng = np.random.default_rng(len(lab.title))
    seeds = rng.integers(0, 10**6, size=n)
    return [
        {name: control.random(rng) for name, control in lab.controls.items()} | {"seed": int(seed)}
        for seed in seeds
    ]


def seen(lab) -> list[str]:
    """What is to be seen of a lab: its pixels in short, the readout, the alternative text."""
    pixels = hashlib.sha256(lab.pixels().tobytes()).hexdigest()
    return [pixels, lab.readout_text, lab.alt_text]


def missing_modules(package) -> list[str]:
    """Modules of the package that can't be imported, but for the faces."""
    missing = []
    for module in pkgutil.walk_packages(package.__path__, "hlm_teach."):
        if module.name not in FACES:
            try:
                importlib.import_module(module.name)
            except ImportError as error:
                missing.append(f"{module.name}: {error}")
    return missing


def output_of(code: str, names: dict) -> str:
    """What `code` prints, run in `names`."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(code, names)
    return said.getvalue()


def checks_of(path: Path) -> list[str]:
    """Run a notebook's code as plain Python; the first line of what each check says."""
    names, said = {}, []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            words = output_of("".join(cell["source"]), names)
            if cell["metadata"].get("nbgrader", {}).get("grade"):
                said.append(words.partition("\n")[0])
    return said


def sayings() -> dict[str, str]:
    """What the functions for readers print."""
    names: dict = {}
    exec("from hlm_teach import *\nfrom hlm_teach.display.style import figure", names)
    return {line: output_of(line, names) for line in SAYINGS.strip().splitlines()}


def report() -> dict:
    """All of it."""
    import hlm_teach
    from hlm_teach.lessons import lab_names

    labs = {name: getattr(hlm_teach, name)() for name in lab_names()}
    return {
        "missing": missing_modules(hlm_teach),
        "loaded": [name for name in REFUSED if name in sys.modules],
        "described": {name: lab.describe() for name, lab in labs.items()},
        "labs": {
            name: [seen(lab.set(**values)) for values in states(lab)] for name, lab in labs.items()
        },
        "sayings": sayings(),
        "solutions": {path.name: checks_of(path) for path in SOLUTIONS},
    }


if __name__ == "__main__":
    os.environ["HLM_TEACH_PROGRESS"] = "off"
    os.environ["TQDM_DISABLE"] = "1"
    sys.meta_path.insert(0, Refuse())
    sys.path.insert(0, str(ROOT))
    print(json.dumps(report()))
