"""What pages load: Python's program, its packages in pieces, and the course in one bundle."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

PIECE = 1 << 20
_OF_THE_PACKAGE = (".py", ".csv", ".json", ".md", ".mplstyle", ".R")
_NOT_FOR_PAGES = re.compile(r"/__pycache__/|^hlm_teach/classroom/(book|engine|tools)/")
_CUSTOM, _DATA = 0, 11  # kinds of sections of a WebAssembly module
# Of matplotlib's fonts those that the course draws with, or falls back to.
_FONTS = ("DejaVuSans", "LastResort", "cm", "STIX")


def program(module: bytes) -> bytes:
    """A WebAssembly module without names and without its data, which the memory image holds.

    Raises
    ------
    ValueError
        If `module` is no WebAssembly module.

    >>> header, data, code = b"\\0asm\\1\\0\\0\\0", bytes([11, 1, 0]), bytes([10, 1, 0])
    >>> program(header + code + data) == header + code
    True
    """
    if module[:8] != b"\0asm\1\0\0\0":
        raise ValueError(f"a WebAssembly module begins otherwise than with {module[:8]!r}")
    kept = [module[:8]]
    kept += [section for kind, section in _sections(module) if kind not in (_CUSTOM, _DATA)]
    return b"".join(kept)


def _sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    start = 8
    while start < len(module):
        size, inside = _number(module, start + 1)
        yield module[start], module[start : inside + size]
        start = inside + size


def _number(module: bytes, place: int) -> tuple[int, int]:
    """A number in LEB128, and where it ends."""
    value = shift = 0
    while True:
        byte = module[place]
        value, shift, place = value | (byte & 127) << shift, shift + 7, place + 1
        if byte < 128:
            return value, place


def pieces(content: bytes, size: int = PIECE) -> list[bytes]:
    """A file cut into pieces of one size.

    >>> pieces(b"abcde", size=2)
    [b'ab', b'cd', b'e']
    """
    return [content[start : start + size] for start in range(0, len(content), size)]


def bundle(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files in one: a list of paths and sizes with its length in front, then all contents.

    >>> bundle([("a", b"xy")])
    b'\\n\\x00\\x00\\x00[["a", 2]]xy'
    """
    held = sorted(files)
    listed = json.dumps([[path, len(content)] for path, content in held]).encode()
    return b"".join([len(listed).to_bytes(4, "little"), listed, *(content for _, content in held)])


def filled(memory: bytes, page: int = 4096) -> Iterator[tuple[str, bytes]]:
    """The stretches of a memory that hold more than zeros, named by where they begin.

    >>> list(filled(b"ab" + bytes(4) + b"cdef", page=2))
    [('0', b'ab'), ('6', b'cdef')]
    """
    start = None
    for place in range(0, len(memory) + page, page):
        holds = memory[place : place + page].strip(b"\0") != b""
        if holds and start is None:
            start = place
        if not holds and start is not None:
            yield str(start), memory[start:place]
            start = None


def shared(files: Iterable[tuple[str, bytes]], n: int) -> list[list[tuple[str, bytes]]]:
    """Files in `n` shares of about the same size; large ones are cut, named by where they begin.

    >>> shared([("0", b"abcd"), ("6", b"ef")], 2)
    [[('0', b'abc')], [('3', b'd'), ('6', b'ef')]]
    """
    files = list(files)
    share = -(-sum(len(content) for _, content in files) // n)
    shares: list[list[tuple[str, bytes]]] = [[]]
    room = share
    for name, content in files:
        start = int(name)
        while content:
            if not room:
                shares.append([])
                room = share
            shares[-1].append((str(start), content[:room]))
            start, room, content = start + room, max(room - len(content), 0), content[room:]
    return shares


def course_files(root: Path, library: Path) -> Iterator[tuple[str, bytes]]:
    """The package, the page's side of Python, the chapters' own data, and matplotlib's.

    What else lies in these folders is somebody's own and isn't published.
    """
    for path in sorted((root / "hlm_teach").rglob("*")):
        place = path.relative_to(root).as_posix()
        if path.suffix in _OF_THE_PACKAGE and not _NOT_FOR_PAGES.search(place):
            yield f"course/{place}", path.read_bytes()
    for path in sorted((root / "book" / "live").glob("*.py")):
        yield f"course/{path.name}", path.read_bytes()
    chapters = sorted((root / "chapters").glob("*.ipynb"))
    for path in chapters:  # that it is there, which hints link to, not what it says
        yield f"course/chapters/{path.name}", b""
    said = "".join(path.read_text(encoding="utf-8") for path in chapters)
    for path in sorted((root / "chapters").glob("*.csv")):
        if f'\\"{path.name}\\"' in said:  # a string in a cell
            yield f"home/chapters/{path.name}", path.read_bytes()
    for folder in ("exercises", "solutions"):
        yield f"home/{folder}/.keep", b""
    yield from _matplotlib_data(library)


def _matplotlib_data(library: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(library) as outer:
        inner = zipfile.ZipFile(BytesIO(outer.read("matplotlib/mpl-data.zip")))
    for name in inner.namelist():
        short = name.removeprefix("mpl-data/")
        if short.startswith("fonts/ttf/"):
            wanted = Path(short).name.startswith(_FONTS)
        else:
            wanted = short == "matplotlibrc" or short.startswith("stylelib/")
        if wanted and not name.endswith("/"):
            yield f"mpl-data/{short}", inner.read(name)


def packed(content: bytes) -> bytes:
    """Compressed, the same bytes whenever it is done."""
    return gzip.compress(content, compresslevel=9, mtime=0)


def named(stem: str, content: bytes) -> str:
    """A file name that changes with what is inside; .bin, that no server compresses it again.

    >>> named("memory", b"")
    'memory-e3b0c44298fc.bin'
    """
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.bin"
