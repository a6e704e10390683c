"""What chapters offer can be imported, and editors see it: both lists of names are in step."""

import ast
import inspect

import pytest

import hlm_teach
from hlm_teach import plots
from hlm_teach.classroom import names
from hlm_teach.lessons import lab_names


@pytest.mark.parametrize("path", [names.PACKAGE / "__init__.py", names.PACKAGE / "plots.py"])
def test_the_lists_are_in_step_with_the_folders(path):
    text = path.read_text(encoding="utf-8")
    assert names.rewritten(text, names.offered()[path]) == text, (
        "the names that chapters offer have changed: run `python course.py refresh` with a "
        f"notebook's name, which brings {path.name} in step"
    )


@pytest.mark.parametrize("module", [hlm_teach, plots])
def test_editors_see_what_python_finds(module):
    with open(module.__file__, encoding="utf-8") as file:
        seen = [
            alias.asname
            for node in ast.walk(ast.parse(file.read()))
            if isinstance(node, ast.ImportFrom) and node.level == 0
            for alias in node.names
            if alias.asname
        ]
    assert sorted(seen) == module.__all__ == dir(module)
    assert all(getattr(module, name) is not None for name in module.__all__)


def test_every_plot_of_every_chapter_draws_into_axes():
    offered = [
        name for home in names.offered()[names.PACKAGE / "plots.py"].values() for name in home
    ]
    for name in offered:
        taken = inspect.signature(getattr(plots, name)).parameters
        assert {"ax", "axes"} & set(taken), f"{name} is no plot: its place is a looks.py"


def test_every_lab_of_every_chapter_is_offered():
    assert lab_names() and set(lab_names()) <= set(hlm_teach.__all__)


OLD = """\
_HOME = {
    "measures.icc": ("icc",),
    "lessons.ch01_a.figures": ("gone",),
    "display.show": ("show",),
}
x = 1
if TYPE_CHECKING:  # for editors
    from hlm_teach.lessons.ch01_a.figures import gone as gone
y = 2
"""
NEW = """\
_HOME = {
    "measures.icc": ("icc",),
    "lessons.ch01_a.figures": ("first", "second"),
    "lessons.ch99_b.figures": ("third",),
    "display.show": ("show",),
}
x = 1
if TYPE_CHECKING:  # for editors
    from hlm_teach.display.show import show as show
    from hlm_teach.lessons.ch01_a.figures import first as first
    from hlm_teach.lessons.ch01_a.figures import second as second
    from hlm_teach.lessons.ch99_b.figures import third as third
    from hlm_teach.measures.icc import icc as icc
y = 2
"""


def test_new_names_come_old_ones_go_and_the_rest_stays():
    found = {"lessons.ch01_a.figures": ("first", "second"), "lessons.ch99_b.figures": ("third",)}
    assert names.rewritten(OLD, found) == NEW
    assert names.rewritten(NEW, found) == NEW


def test_two_chapters_with_one_name_are_told(monkeypatch):
    monkeypatch.setattr(names, "_functions", lambda module: ("same",))
    with pytest.raises(ValueError, match="two chapters offer same"):
        names.offered()
