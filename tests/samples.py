"""Everything, or samples: with HLM_TEACH_WHOLE=1, as in ``.ci/run``, tests that take long spare nothing.

The test command takes samples of what is of one kind: pages, labs, states of labs, submissions.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
WHOLE = bool(os.environ.get("HLM_TEACH_WHOLE"))


def some(things: Sequence[T], one_of: int) -> list[T]:
    """Of the things one of so many, beginning with the first; all where nothing is spared."""
    return list(things if WHOLE else things[::one_of])
