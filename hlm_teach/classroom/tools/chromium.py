"""Where this machine has a Chromium, Chrome or Edge, and how it is run without a window."""

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
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
APPS = tuple(  # of macOS
    f"{name}.app/Contents/MacOS/{name}" for name in ("Google Chrome", "Microsoft Edge", "Chromium")
)
PROGRAMS = (  # of Windows
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-dev-shm-usage",  # shared memory may be small in containers
)
PATIENCE = 900  # seconds that what it is run for may take, on a busy machine


def found() -> str | None:
    """Path of the first that is installed, None if there is none."""
    on_path = filter(None, map(shutil.which, NAMES))
    off_path = (str(place) for place in places() if place.exists())
    return next(on_path, None) or next(off_path, None)


def places() -> list[Path]:
    """Where it lies on systems that don't put it on the path."""
    folders: list[Path] = []
    programs: tuple[str, ...] = ()
    if sys.platform == "darwin":
        folders, programs = [Path("/Applications"), Path.home() / "Applications"], APPS
    elif sys.platform == "win32":
        named = map(os.environ.get, ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
        folders, programs = [Path(name) for name in named if name], PROGRAMS
    return [folder / program for program in programs for folder in folders]


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


def command(browser: str, profile: str) -> list[str]:
    """The start of a command that runs a browser without a window, with a profile of its own."""
    as_root = getattr(os, "geteuid", lambda: 1)() == 0
    return [browser, *FLAGS, *(["--no-sandbox"] if as_root else []), f"--user-data-dir={profile}"]
