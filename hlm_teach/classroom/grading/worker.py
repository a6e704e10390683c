"""A process that grades one submission after another, and the side of it that hands them out.

    python -m hlm_teach.classroom.grading.worker sandbox|process LIMIT

A line of JSON comes in for each submission, a line with its rows goes out. What could bring this
process down costs the submission that did it, no other; when nobody listens any more it ends.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from typing import Any

from .handed_in import HandedIn
from .sandbox import LAST_RESORT
from .submission import Graded, Place, as_plain, from_plain, grade

LONGEST = LAST_RESORT  # for one submission: a watchdog, not a limit
MODULE = "hlm_teach.classroom.grading.worker"
SANDBOX, PROCESS = "sandbox", "process"


# ---- the process ---------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Grade what comes in until nothing more does."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints isn't taken for an answer
    place = place_for(*arguments)
    waiting: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_take, args=(waiting,), daemon=True).start()
    while True:
        asked = json.loads(waiting.get())
        one = HandedIn(asked["name"], asked["path"], tuple(asked["inside"]), asked["problem"])
        out.write(json.dumps(as_plain(grade(one, place))) + "\n")
        out.flush()


def place_for(kind: str, limit: str) -> Place:
    """Where submissions are run; the limit is of instructions a cell, or of seconds a notebook."""
    if kind == SANDBOX:
        from .in_sandbox import InSandbox

        return InSandbox(int(float(limit)))
    from .in_process import InProcess

    return InProcess(float(limit))


def _take(waiting: queue.Queue[str]) -> None:
    """Pass on what comes in; when who sent it is gone, end at once with all that was started."""
    from .in_process import end_all

    for line in sys.stdin:
        waiting.put(line)
    end_all()
    os._exit(0)


# ---- the other side ------------------------------------------------------------------------


class Worker:
    """One such process; started when it is first needed, and again after it has died."""

    def __init__(self, kind: str, limit: float):
        self._kind, self._limit = kind, limit
        self._process: subprocess.Popen | None = None

    def grade(self, one: HandedIn) -> list[Graded]:
        """The rows of one submission, or one that says that grading it failed."""
        process = self._process = self._process or self._started()
        watchdog = threading.Timer(LONGEST, process.kill)
        watchdog.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(asdict(one)) + "\n")
            process.stdin.flush()
            return from_plain(json.loads(process.stdout.readline()))
        except (OSError, ValueError):
            self.close()
            words = "grading it ended the grader's own process: grade this one by hand"
            return [Graded(one.name, remarks=[words])]
        finally:
            watchdog.cancel()

    def _started(self) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", MODULE, self._kind, str(self._limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def graded(
    files: Iterable[HandedIn], kind: str, limit: float, at_once: int
) -> Iterator[list[Graded]]:
    """Rows of all submissions, as each is done, several at once."""
    free: queue.Queue[Worker] = queue.Queue()
    workers = [Worker(kind, limit) for _ in range(at_once)]
    for worker in workers:
        free.put(worker)
    try:
        with ThreadPoolExecutor(at_once) as pool:
            tasks = [pool.submit(_with, free, one) for one in files]
            try:
                for task in as_completed(tasks):
                    yield task.result()
            finally:
                for task in tasks:
                    task.cancel()
                for worker in workers:
                    worker.close()
    finally:
        for worker in workers:
            worker.close()


def _with(free: queue.Queue[Worker], one: HandedIn) -> list[Graded]:
    worker = free.get()
    try:
        if one.problem:  # nothing to run
            return grade(one, _NOWHERE)
        return worker.grade(one)
    finally:
        free.put(worker)


class _Nowhere:
    """Where nothing is run: what can't be a notebook needs no process."""

    run: Callable[..., Any]
    judge: Callable[..., Any]


_NOWHERE: Any = _Nowhere()


def how_many() -> int:
    """As many at once as there are processors, and as memory allows: each may need 2 GB."""
    processors = getattr(os, "process_cpu_count", os.cpu_count)() or 1
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return processors
    return max(1, min(processors, memory // (2 * 2**30)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
