"""Which exercises are done: a small file beside the notebooks, and nothing else.

The file `my_progress.json` lies in the folder of the notebook. Delete it to start afresh. It holds
keys of exercises, no answers and no names, and nothing leaves the machine. Set the environment
variable HLM_TEACH_PROGRESS to ``off`` and no file is read or written.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded
from hlm_teach.display.show import Bundle, display

from .exercise import chapters, exercises_of

FILE = "my_progress.json"
_this_session: set[str] = set()


@guarded(chapter=guard.optional(guard.text(20)))
def progress(chapter: str | None = None) -> None:
    """Display which exercises of which chapter are done, or of one chapter ("02").

    They are kept in `my_progress.json` in the notebook's folder; delete the file to start afresh.

    Raises
    ------
    ValueError
        If there are no exercises to that chapter.
    """
    if chapter is not None and chapter not in chapters():
        raise ValueError(
            f"chapter={chapter!r}: there are exercises to the chapters {', '.join(chapters())}"
        )
    finished = done()
    lines = [_line(one, finished) for one in ([chapter] if chapter else chapters())]
    n_done = sum(count for count, _, _ in lines)
    n_all = sum(count for _, count, _ in lines)
    head = f"{n_done} of {n_all} exercises done"
    plain = "\n".join([head, *(text for _, _, text in lines)])
    display(
        Bundle(
            {
                "text/plain": plain,
                "text/markdown": "  \n".join([f"**{head}**", *(text for _, _, text in lines)]),
            }
        )
    )


def _line(chapter: str, finished: set[str]) -> tuple[int, int, str]:
    keys = [exercise.key for exercise in exercises_of(chapter)]
    marks = " ".join(("✓" if key in finished else "○") + key for key in keys)
    count = len(finished & set(keys))
    return count, len(keys), f"Chapter {chapter}: {count} of {len(keys)}  {marks}"


def done() -> set[str]:
    """Keys of the exercises that are done, in this session or before."""
    return _this_session | _kept()


def mark_done(key: str) -> str:
    """Keep that an exercise is done; return a remark for the reader, '' if all went well."""
    _this_session.add(key)
    if _is_off():
        return ""
    try:
        damaged = _set_aside_if_damaged()
        kept = _kept()
        if key not in kept:
            _write(kept | _this_session)
    except OSError as error:
        return (
            f"Your progress can't be kept in this folder ({error.strerror}); it is known "
            "until you close the notebook."
        )
    return damaged


def _is_off() -> bool:
    return os.environ.get("HLM_TEACH_PROGRESS", "").lower() == "off"


def _kept() -> set[str]:
    """Keys in the file; none where there is no file, or none that can be read."""
    if _is_off():
        return set()
    try:
        return _read()
    except (OSError, ValueError):
        return set()


def _read() -> set[str]:
    """Keys in the file.

    Raises
    ------
    OSError
        If the file isn't there or can't be opened.
    ValueError
        If it holds something else than this module writes.
    """
    text = Path(FILE).read_text(encoding="utf-8")
    try:
        keys = json.loads(text)["done"]
    except (KeyError, TypeError, RecursionError):
        keys = None
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ValueError(f"{FILE} is damaged")
    return set(keys)


def _set_aside_if_damaged() -> str:
    """Rename a file that can't be read, so that nothing in it is lost; say so."""
    try:
        _read()
    except FileNotFoundError:
        return ""
    except ValueError:
        aside = _free_name()
        Path(FILE).rename(aside)
        return f"{FILE} was damaged; it now lies aside as {aside}, and a new one is begun."
    return ""


def _free_name() -> str:
    number = 1
    while Path(f"{FILE}.damaged-{number}").exists():
        number += 1
    return f"{FILE}.damaged-{number}"


def _write(keys: set[str]) -> None:
    """Write the whole file beside the old one, then put it in its place: never half a file."""
    handle, new = tempfile.mkstemp(prefix=FILE, dir=".")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"done": sorted(keys)}, file, indent=1)
        os.replace(new, FILE)
    except BaseException:
        Path(new).unlink(missing_ok=True)
        raise
