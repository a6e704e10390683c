"""'On your own data' can be copied: it needs its own lines, pandas and the like, and hlm_teach."""

import ast
import builtins
import json
from pathlib import Path

import pytest
from notebook_checks import core, first_heading, text

import hlm_teach

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("0[1-6]_*.ipynb"))
LIBRARIES = {"np", "pd", "smf", "sm", "stats"}


def own_code(notebook: dict) -> str:
    """The code of the core's section of that name."""
    inside, found = False, []
    for cell in core(notebook)["cells"]:
        heading = first_heading(cell)
        if heading and heading[0] <= 2:
            inside = heading[1] == "On your own data"
        elif inside and cell["cell_type"] == "code":
            found.append(text(cell))
    return "\n".join(found)


def foreign_names(code: str) -> set[str]:
    """Names that the code uses and neither makes nor finds in hlm_teach or the libraries."""
    names = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
    arguments = {node.arg for node in ast.walk(ast.parse(code)) if isinstance(node, ast.arg)}
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)} | arguments
    used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    return used - made - LIBRARIES - set(hlm_teach.__all__) - set(dir(builtins))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_section_stands_alone(path):
    code = own_code(json.loads(path.read_text(encoding="utf-8")))
    assert "read_csv" in code
    assert foreign_names(code) == set()


def test_a_name_from_elsewhere_is_seen():
    assert foreign_names("wards = pd.read_csv('x')\nlen(hsb)\nicc(fit)") == {"hsb", "fit"}
