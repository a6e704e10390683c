"""What was handed in: every file in a folder and below it, in archives too, whatever it is called.

Nothing is unpacked onto the disk and no link is followed. What can't be a notebook is listed with
the reason, so that every file that somebody handed in has a row in the table.
"""

from __future__ import annotations

import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

LARGEST = 50 * 2**20
LARGEST_ARCHIVE = 200 * 2**20
MOST_MEMBERS = 2000
DEEPEST = 3  # archives in archives
# What systems and Jupyter put beside a learner's files.
NOT_HANDED_IN = {
    ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__MACOSX", "__pycache__",
    ".git", "my_progress.json",
}  # fmt: skip
OTHER_ARCHIVES = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "rar", b"\x1f\x8b": "gzip"}


class Refused(Exception):
    """Why something that was handed in can't be read, in words for the table."""


@dataclass(frozen=True)
class HandedIn:
    """One file: its name for people, and where it is.

    `inside` are places in archives: (3, 0) is the first member of the archive that is the fourth
    of the file at `path`. `problem` says why it can't be graded; then nothing else is looked at.
    """

    name: str
    path: str = ""
    inside: tuple[int, ...] = ()
    problem: str = ""


def handed_in(folder: Path) -> list[HandedIn]:
    """Everything in a folder and below it, in the order of names."""
    return sorted(_below(folder), key=lambda one: one.name)


def _below(folder: Path) -> Iterator[HandedIn]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_HANDED_IN]
        for name in folders:
            path = os.path.join(place, name)
            if os.path.islink(path):
                yield HandedIn(shown(path, folder), problem="a link to a folder: not followed")
            elif name.lower().endswith(".ipynb"):
                yield HandedIn(shown(path, folder), problem="a folder, not a notebook")
        for name in files:
            if not is_litter(name):
                yield from _file(os.path.join(place, name), folder)


def is_litter(name: str) -> bool:
    """Whether a file is what a system puts beside a learner's files."""
    return name in NOT_HANDED_IN or name.startswith("._")


def shown(path: str, folder: Path) -> str:
    """A path as people read it: below the folder, with / and without bytes that are no text."""
    relative = os.fsencode(os.path.relpath(path, folder)).replace(os.sep.encode(), b"/")
    try:
        return relative.decode("utf-8")
    except UnicodeDecodeError:
        return relative.decode("latin-1")


def _file(path: str, folder: Path) -> Iterator[HandedIn]:
    name = shown(path, folder)
    try:
        status = os.lstat(path)
        problem = _of_no_use(status)
        if problem:
            yield HandedIn(name, problem=problem)
        elif not _is_archive(path):
            yield HandedIn(name, path)
        elif status.st_size > LARGEST_ARCHIVE:
            raise Refused(f"an archive larger than {LARGEST_ARCHIVE // 2**20} MB")
        else:
            yield from _members(name, path, (), Path(path).read_bytes())
    except Refused as why:
        yield HandedIn(name, problem=str(why))
    except OSError as error:
        yield HandedIn(name, problem=f"can't be opened ({error.strerror})")


def _of_no_use(status: os.stat_result) -> str:
    """Why a file can't even be opened, or ''."""
    if stat.S_ISLNK(status.st_mode):
        return "a link, not a file: not followed"
    if not stat.S_ISREG(status.st_mode):
        return "not a file (a pipe or a device)"
    return ""


def _is_archive(path: str) -> bool:
    with open(path, "rb") as file:
        return is_archive(file.read(512))


def is_archive(start: bytes) -> bool:
    """Whether a file that begins so is one that is unpacked: zip, or tar, compressed or not."""
    return (
        start[:4] in (b"PK\3\4", b"PK\5\6")
        or start[257:262] == b"ustar"
        or start[:2] == b"\x1f\x8b"
    )


# ---- archives ------------------------------------------------------------------------------


def content(one: HandedIn) -> bytes:
    """The bytes of a file that was handed in.

    Raises
    ------
    Refused
        If it can't be read, or is too large; with the reason.
    """
    if os.path.getsize(one.path) > (LARGEST_ARCHIVE if one.inside else LARGEST):
        raise Refused(f"larger than {LARGEST // 2**20} MB: clear its outputs first")
    held = Path(one.path).read_bytes()
    for place in one.inside:
        held = _listed(held)[place].read()
    return held


def neighbours_in_archive(one: HandedIn) -> list[tuple[str, Callable[..., bytes]]]:
    """Files in the folder of a member of an archive and below it: paths from there, what reads them.

    What reads a file takes a number of bytes, where its beginning is enough.

    Members with a name that leads elsewhere (``../x``, ``/x``), and links, are nobody's neighbours.

    Raises
    ------
    Refused
        If the archive can't be read; with the reason.
    """
    *outer, mine = one.inside
    members = _listed(content(HandedIn(one.name, one.path, tuple(outer))))
    folder = members[mine].name.rpartition("/")[0]
    inside = f"{folder}/" if folder else ""
    if members[mine].is_odd:
        return []
    return [
        (member.name.removeprefix(inside), member.read)
        for place, member in enumerate(members)
        if member.name.startswith(inside)
        and not (place == mine or member.is_odd or _is_no_file(member.name))
    ]


def _members(name: str, path: str, inside: tuple[int, ...], held: bytes) -> Iterator[HandedIn]:
    """The files in an archive, archives in it opened too; one problem if there are none."""
    if len(inside) >= DEEPEST:
        raise Refused(f"archives in archives, more than {DEEPEST} deep")
    members = _listed(held)
    if len(members) > MOST_MEMBERS:
        raise Refused(f"an archive of {len(members)} files; {MOST_MEMBERS} are looked at")
    found = False
    for place, (member, read, _) in enumerate(members):
        if _is_no_file(member):
            continue
        found, label, here = True, f"{name}/{member}", (*inside, place)
        try:
            start = read()
            if _opens(member, start):
                yield from _members(label, path, here, start)
            else:
                yield HandedIn(label, path, here)
        except Refused as why:
            yield HandedIn(label, problem=str(why))
    if not found:
        yield HandedIn(name, problem="an archive with no file in it")


def _opens(member: str, start: bytes) -> bool:
    """Whether a member is an archive to look into: not an office document, which is a zip too."""
    return is_archive(start[:512]) and not member.lower().endswith(
        (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".npz")
    )


def _is_no_file(member: str) -> bool:
    parts = member.replace("\\", "/").split("/")
    return not parts[-1] or any(part in NOT_HANDED_IN for part in parts) or is_litter(parts[-1])


class Member(NamedTuple):
    """A file in an archive: a label for people, what reads it, and whether it leads elsewhere."""

    name: str
    read: Callable[..., bytes]
    is_odd: bool


Listed = list[Member]


def _listed(held: bytes) -> Listed:
    """What is in an archive."""
    try:
        if held[:2] == b"PK":
            return _zip(zipfile.ZipFile(BytesIO(held)))
        return _tar(tarfile.open(fileobj=BytesIO(held)))
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        EOFError,
        ValueError,
        OSError,
        NotImplementedError,
    ):
        raise Refused("an archive that is damaged, or of a kind that isn't read here") from None


def _zip(archive: zipfile.ZipFile) -> Listed:
    def read(info: zipfile.ZipInfo, most: int = LARGEST + 1) -> bytes:
        if info.flag_bits & 1:
            raise Refused("in an archive with a password")
        try:
            with archive.open(info) as file:
                return _bounded(file.read(most))
        except (
            zipfile.BadZipFile,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ):
            raise Refused("damaged in its archive") from None
        except Exception as error:  # zlib, bz2 and lzma have errors of their own
            if isinstance(error, Refused):
                raise
            raise Refused("damaged in its archive") from None

    return [
        Member(
            _clean(info.filename),
            partial(read, info),
            _leads_elsewhere(info.filename) or stat.S_ISLNK(info.external_attr >> 16),
        )
        for info in archive.infolist()
    ]


def _tar(archive: tarfile.TarFile) -> Listed:
    def read(info: tarfile.TarInfo, most: int = LARGEST + 1) -> bytes:
        file = archive.extractfile(info) if info.isreg() else None
        if file is None:
            raise Refused("a link or a device in an archive")
        return _bounded(file.read(most))

    listed: Listed = []
    for info in archive:
        if len(listed) > MOST_MEMBERS:
            break
        if not info.isdir():
            odd = _leads_elsewhere(info.name) or not info.isreg()
            listed.append(Member(_clean(info.name), partial(read, info), odd))
    return listed


def _bounded(held: bytes) -> bytes:
    if len(held) > LARGEST:
        raise Refused(f"larger than {LARGEST // 2**20} MB: clear its outputs first")
    return held


def _leads_elsewhere(name: str) -> bool:
    """Whether a member's name, taken for a path, would lead out of the archive's folder."""
    plain = name.replace("\\", "/")
    return plain.startswith("/") or plain[1:2] == ":" or ".." in plain.split("/")


def _clean(name: str) -> str:
    """A member's name as a label: it is never a path on this machine."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    tail = "/" if name.endswith(("/", "\\")) else ""
    return "/".join(parts).encode("utf-8", "replace").decode("utf-8") + tail
