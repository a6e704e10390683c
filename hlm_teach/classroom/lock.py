"""One set-up at a time in a folder.

Standard library only: the launcher imports it.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator

from . import places


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Wait until no other set-up is at work in this folder, and let none begin.

    The system takes the lock back when its holders have ended, killed or not: it can't go stale.
    """
    try:
        file = open(places.LOCK, "ab")
    except OSError as error:
        raise places.read_only(error) from None
    with file:
        os.set_inheritable(file.fileno(), True)
        waiting = False
        while not take(file.fileno()):
            if not waiting:
                print(
                    "Another set-up of this course is at work in this folder: waiting until it "
                    "is done. (Ctrl-C stops the waiting.)",
                    flush=True,
                )
            waiting = True
            time.sleep(0.2)
        yield


def take(file: int) -> bool:
    """Take the lock if nobody has it; where a file system knows no locks, go on without."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True
