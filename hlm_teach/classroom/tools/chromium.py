"""Where this machine has a Chromium, Chrome or Edge."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from .problems import CannotBuild

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
PLACES = {
    "darwin": ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
    "win32": [
        rf"{os.environ.get(folder, '')}\{program}"
        for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        for program in (
            r"Google\Chrome\Application\chrome.exe",
            r"Microsoft\Edge\Application\msedge.exe",
        )
    ],
}


def found() -> str | None:
    """Path of the first that is installed, None if there is none."""
    on_path = filter(None, map(shutil.which, NAMES))
    elsewhere = (place for place in PLACES.get(sys.platform, []) if Path(place).exists())
    return next(on_path, None) or next(elsewhere, None)


def needed(what: str) -> str:
    """Path of the first that is installed.

    Raises
    ------
    CannotBuild
        If there is none; `what` says what can't be done then.
    """
    browser = found()
    if browser is None:
        raise CannotBuild(f"{what} needs Chromium, Chrome or Edge, and none is found: install one.")
    return browser
