"""Static figures: functions that take data and an Axes (``ax=None``) and return the Axes.

One file per chapter. Every public function of these files can be imported from here; a file is
loaded when one of its functions is first asked for.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

_STYLE = ("ROLE", "Role", "axes_or_new", "course_style", "figure")


@cache
def _module_of() -> dict[str, str]:
    """Which file of this folder defines which public function, without importing any."""
    found = dict.fromkeys(_STYLE, "_style")
    for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        found |= {name: path.stem for name in names if not name.startswith("_")}
    return found


def __getattr__(name: str):
    """Import the file that holds `name` on first use (PEP 562)."""
    if name.startswith("__") or name not in _module_of():
        raise AttributeError(f"module 'hlm_teach.plots' has no attribute {name!r}")
    value = getattr(import_module(f".{_module_of()[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_module_of()])
