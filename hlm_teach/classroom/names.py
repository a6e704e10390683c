"""Keep the lists of public names in step with the chapters' folders.

What a chapter offers is found in its folder: the public functions of ``figures….py`` are plots,
``lab_x.py`` holds ``x_lab``. `hlm_teach` and `hlm_teach.plots` list these names, once for Python
(``_HOME``: loaded when first used) and once for editors and type checkers (below
``TYPE_CHECKING``). Nobody writes the chapters' part by hand: ``python course.py refresh`` calls
`write`, and a test says when it is due. Names of other rooms are added to ``_HOME``.
"""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from importlib import import_module
from pathlib import Path

from .places import ROOT

PACKAGE = ROOT / "hlm_teach"
WIDTH = 100
Home = dict[str, tuple[str, ...]]


def write() -> list[Path]:
    """Rewrite both lists where they are out of step; return the files that changed."""
    changed = []
    for path, found in offered().items():
        old = path.read_text(encoding="utf-8")
        new = rewritten(old, found)
        if new != old:
            path.write_text(new, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def offered() -> dict[Path, Home]:
    """What the chapters offer, by the file that lists it: labs, and plots.

    Raises
    ------
    ValueError
        If two chapters give the same name to what they offer.
    """
    lessons = PACKAGE / "lessons"
    labs: Home = {
        _module(path): (f"{path.stem.removeprefix('lab_')}_lab",)
        for path in sorted(lessons.glob("ch[0-9][0-9]_*/lab_*.py"))
    }
    plots: Home = {
        _module(path): _functions(_module(path))
        for path in sorted(lessons.glob("ch[0-9][0-9]_*/figures*.py"))
    }
    for home in (labs, plots):
        counted = Counter(name for names in home.values() for name in names)
        twice = [name for name, count in counted.items() if count > 1]
        if twice:
            raise ValueError(f"two chapters offer {', '.join(twice)}: rename one of each")
    return {PACKAGE / "__init__.py": labs, PACKAGE / "plots.py": plots}


def _module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def _functions(module: str) -> tuple[str, ...]:
    """The public functions that a module defines, in its order."""
    found = import_module(f"hlm_teach.{module}")
    return tuple(
        name
        for name, value in vars(found).items()
        if inspect.isfunction(value) and value.__module__ == found.__name__ and name[0] != "_"
    )


def rewritten(text: str, found: Home) -> str:
    """The source `text` of a file with both lists, its chapters' names replaced by `found`.

    >>> old = '_HOME = {"measures.icc": ("icc",)}\\nif TYPE_CHECKING:\\n    pass\\n'
    >>> print(rewritten(old, {"lessons.ch02_icc.lab_icc": ("icc_lab",)}))
    _HOME = {
        "measures.icc": ("icc",),
        "lessons.ch02_icc.lab_icc": ("icc_lab",),
    }
    if TYPE_CHECKING:
        from hlm_teach.lessons.ch02_icc.lab_icc import icc_lab as icc_lab
        from hlm_teach.measures.icc import icc as icc
    <BLANKLINE>
    """
    lines, tree = text.splitlines(), ast.parse(text).body
    listed = next(
        node for node in tree if isinstance(node, ast.Assign) and _is_name(node.targets[0], "_HOME")
    )
    block = next(
        node for node in tree if isinstance(node, ast.If) and _is_name(node.test, "TYPE_CHECKING")
    )
    home = _merged(ast.literal_eval(listed.value), found)
    lines[block.body[0].lineno - 1 : block.body[-1].end_lineno] = _imports(home)
    lines[listed.lineno - 1 : listed.end_lineno] = _as_dict(home)
    return "\n".join(lines) + "\n"


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _merged(home: Home, found: Home) -> Home:
    """`found` in the place where the chapters' names stood, or at the end."""
    chapters = [place for place, module in enumerate(home) if module.startswith("lessons.")]
    items = [(module, names) for module, names in home.items() if not module.startswith("lessons.")]
    place = chapters[0] if chapters else len(items)
    return dict([*items[:place], *found.items(), *items[place:]])


def _as_dict(home: Home) -> list[str]:
    lines = ["_HOME = {"]
    for module, names in home.items():
        quoted = [f'"{name}"' for name in names]
        one = f'    "{module}": ({", ".join(quoted)}{"," * (len(names) == 1)}),'
        many = [f'    "{module}": (', *(f"        {name}," for name in quoted), "    ),"]
        lines += [one] if len(one) <= WIDTH else many
    return [*lines, "}"]


def _imports(home: Home) -> list[str]:
    """One import a name, in the order the linter wants: constants, classes, functions."""
    pairs = sorted(
        (module, 0 if name.isupper() else 1 if name[0].isupper() else 2, name)
        for module, names in home.items()
        for name in names
    )
    lines = []
    for module, _, name in pairs:
        one = f"    from hlm_teach.{module} import {name} as {name}"
        many = [f"    from hlm_teach.{module} import (", f"        {name} as {name},", "    )"]
        lines += [one] if len(one) <= WIDTH else many
    return lines


if __name__ == "__main__":
    for changed in write():
        print(changed.relative_to(PACKAGE.parent).as_posix())
