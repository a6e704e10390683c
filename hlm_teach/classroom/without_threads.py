"""What is settled where Python runs without threads and without a notebook around it.

That is in the pages of the book (``book/live/prepare.py``) and in the sandbox that submissions are
graded in (``grading/guest/room.py``).
"""

import concurrent.futures
import os
import sys
from typing import Any


class OneAfterAnother(concurrent.futures.Executor):
    """An executor for where there are no threads: a task runs when it is handed in.

    >>> with OneAfterAnother(max_workers=2) as cores:
    ...     list(cores.map(abs, [-1, 2]))
    [1, 2]
    """

    def __init__(self, max_workers: int | None = None, **options: Any):
        """Take what other executors take."""

    def submit(self, task: Any, /, *given: Any, **named: Any) -> concurrent.futures.Future:
        """Run a task; return a future that is done."""
        done: concurrent.futures.Future = concurrent.futures.Future()
        try:
            done.set_result(task(*given, **named))
        except Exception as error:
            done.set_exception(error)
        return done


def settle() -> None:
    """Settle it, before anything else is imported."""
    sys.modules["hlm_teach.labs.widgets"] = None  # type: ignore[assignment]  # a notebook's
    os.environ["TQDM_DISABLE"] = "1"  # no bars among the outputs
    concurrent.futures.ThreadPoolExecutor = OneAfterAnother  # type: ignore[assignment,misc]
    import pandas

    pandas.set_option("display.max_columns", 20)  # as in a notebook, not as in a terminal
