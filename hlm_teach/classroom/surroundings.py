"""What the course's programs see of the settings around them: those that misdirect are left out.

A learner's machine may tell Python, pip, uv and Jupyter to look for packages elsewhere, to put
them elsewhere or to write into a home that can't be written. Settings that say how to reach the
network (a mirror, a proxy, a certificate) stay. Standard library only: the launcher imports it.
"""

import configparser
import functools
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from . import places

# pip's and uv's settings that say where packages come from, as patterns of their names.
PIP = re.compile(
    r"(EXTRA_)?INDEX_URL|FIND_LINKS|NO_INDEX|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|"
    r"(DEFAULT_)?TIMEOUT|RETRIES|RESUME_RETRIES|(NO_)?CACHE_DIR|KEYRING_PROVIDER|"
    r"DISABLE_PIP_VERSION_CHECK|NO_INPUT|CONFIG_FILE"
)
UV = re.compile(
    r"(DEFAULT_|EXTRA_)?INDEX(_.*)?|FIND_LINKS|NO_INDEX|INSECURE_HOST|NATIVE_TLS|"
    r"SYSTEM_CERTS|HTTP_.*|REQUEST_TIMEOUT|CONCURRENT_.*|(NO_)?CACHE(_DIR)?|OFFLINE|"
    r"KEYRING_PROVIDER|LINK_MODE|CONFIG_FILE|NO_CONFIG"
)
# Python's own that change no module, no path and no meaning.
PYTHON = re.compile(
    r"UNBUFFERED|DONTWRITEBYTECODE|PYCACHEPREFIX|UTF8|IOENCODING|HASHSEED|"
    r"FAULTHANDLER|BREAKPOINT"
)
# What tells OpenBLAS, which numpy brings along, how many threads to take.
THREADS = {"OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"}
LEFT_OUT = ("__PYVENV_LAUNCHER__", "VIRTUAL_ENV", "JUPYTER_PATH")
# What writes into the home folder, and the setting that sends it elsewhere.
HOMES = {
    "JUPYTER_CONFIG_DIR": "jupyter/config",
    "JUPYTER_DATA_DIR": "jupyter/data",
    "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
    "IPYTHONDIR": "ipython",
    "MPLCONFIGDIR": "matplotlib",
    "UV_CACHE_DIR": "cache/uv",
    "PIP_CACHE_DIR": "cache/pip",
}


def settings() -> dict[str, str]:
    """The settings for the course's programs, made from those around."""
    return cleaned(os.environ, home=str(_second_home()))


@functools.cache
def _second_home() -> Path:
    """A folder to write into where the home can't be: in .venv, or else for this once."""
    base = places.ENV if places.ENV.exists() else places.ROOT
    if home_is_writable() or os.access(base, os.W_OK):
        return places.ENV / "home"
    return Path(tempfile.mkdtemp(prefix="hlm-teach-"))


def cleaned(settings: Mapping[str, str], *, home: str) -> dict[str, str]:
    """The settings for the course's programs.

    Parameters
    ----------
    settings : mapping of str to str
        Those around, as in `os.environ`.
    home : str
        A folder to write into in place of a home that can't be written.

    Returns
    -------
    dict of str to str

    >>> cleaned({"PIP_USER": "1", "PIP_PROXY": "http://p", "PYTHONPATH": "/x"}, home="h")["PIP_PROXY"]
    'http://p'
    >>> "PIP_USER" in cleaned({"PIP_USER": "1"}, home="h")
    False
    >>> cleaned({}, home="h")["OPENBLAS_NUM_THREADS"]
    '1'
    """
    kept = {name: value for name, value in settings.items() if _harmless(name)}
    kept["JUPYTER_PREFER_ENV_PATH"] = "1"  # the kernel of .venv, not one of the same name at home
    kept |= threads(kept)
    if not home_is_writable():
        for name, folder in HOMES.items():
            kept.setdefault(name, os.path.join(home, *folder.split("/")))
    return kept


def threads(settings: Mapping[str, str]) -> dict[str, str]:
    """What to add to the settings so that OpenBLAS takes one thread: nothing where they say how many.

    The matrices here are small: a second thread gains little, and on a busy machine each product
    waits for it. A cell of chapter 14 took 57 s instead of 3.

    >>> threads({}), threads({"OMP_NUM_THREADS": "2"})
    ({'OPENBLAS_NUM_THREADS': '1'}, {})
    """
    return {} if THREADS & settings.keys() else {"OPENBLAS_NUM_THREADS": "1"}


def _harmless(name: str) -> bool:
    for start, pattern in (("PIP_", PIP), ("UV_", UV), ("PYTHON", PYTHON)):
        if name.startswith(start):
            return bool(pattern.fullmatch(name[len(start) :]))
    return name not in LEFT_OUT


def home_is_writable() -> bool:
    """Whether programs can keep their settings where they use to."""
    home = os.path.expanduser("~")
    return os.path.isdir(home) and os.access(home, os.W_OK | os.X_OK)


def for_pip(settings: Mapping[str, str], python: str) -> dict[str, str]:
    """The settings with pip's files read, weighed in the same way, and put out of action.

    pip.conf can misdirect as well as the environment can (`user = true`, `target = ...`), and no
    option takes such a line back. So its lines are read, and the harmless ones handed on.
    """
    told = subprocess.run(
        [python, "-I", "-m", "pip", "config", "debug"],
        env=dict(settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    ).stdout
    lines = {}
    for kind in ("global", "user", "site", "env"):  # pip's own order: the later one counts
        block = re.search(rf"^{kind}:\n((?:[ \t].*\n?)*)", told, flags=re.MULTILINE)
        for file in re.findall(r"^\s+(.*), exists: True$", block[1] if block else "", re.MULTILINE):
            lines.update(_lines_of(file))
    return {**lines, **settings, "PIP_CONFIG_FILE": os.devnull}


def _lines_of(file: str) -> dict[str, str]:
    """The harmless lines of one of pip's files, under the names they have in the environment."""
    read = configparser.RawConfigParser()
    try:
        read.read(file, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return {}
    items = [
        item
        for part in ("global", "install")
        if read.has_section(part)
        for item in read.items(part)
    ]
    named = {"PIP_" + key.upper().replace("-", "_"): value for key, value in items}
    return {name: value for name, value in named.items() if _harmless(name)}
