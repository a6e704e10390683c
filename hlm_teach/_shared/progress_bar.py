"""A progress bar for work that takes long enough to wonder about."""

import os
from collections.abc import Sequence

from tqdm.auto import tqdm

DELAY = 2  # seconds before it shows


def progress_bar(steps: Sequence, wanted: bool = True) -> tqdm:
    """Go through `steps` with a bar that shows after `DELAY` seconds and then goes away.

    What takes two seconds depends on the machine: where outputs are stored or compared there
    must be no bar, so `TQDM_DISABLE`, tqdm's own variable, is heeded (in notebooks tqdm itself
    doesn't). A single step gets none: its bar would come when all is done.
    """
    off = not wanted or len(steps) < 2 or os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    return tqdm(steps, delay=DELAY, leave=False, disable=True if off else None)
