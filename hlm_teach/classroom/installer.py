"""Install the packages into .venv, by uv where it runs and else by pip; on failure say why.

Standard library only: the launcher imports it.
"""

import contextlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import places, surroundings
from .places import CannotSetUp

OFFLINE = (
    r"NewConnectionError|ConnectTimeout|ConnectionError|Name or service not known|"
    r"name resolution|getaddrinfo|Network is unreachable|dns error|error sending request|"
    r"Failed to fetch|Could not connect|ProxyError|Read timed out|No route to host|"
    r"network was disabled|Network connectivity is disabled|from versions: none"
)


def install(uv: str, wanted: list[str]) -> None:
    """Install the packages at their tested versions; with uv from its store, without a network."""
    failure = "The packages could not be installed"
    what = [*wanted, "--constraint", "constraints.txt"]
    if not uv:
        ensure_pip()
        options = "--quiet --no-compile --disable-pip-version-check --retries 2".split()
        attempt(
            [str(places.PYTHON), "-I", "-m", "pip", "install", *options, *what],
            failure,
            surroundings.for_pip(surroundings.settings(), str(places.PYTHON)),
        )
        return
    command = [uv, "pip", "install", "--quiet", "--python", str(places.PYTHON), *what]
    try:
        attempt(command, failure, surroundings.settings())
    except NoNetwork:
        with contextlib.suppress(CannotSetUp):
            return attempt([*command, "--offline"], failure, surroundings.settings())
        raise


class NoNetwork(CannotSetUp):
    """A package could not be fetched."""


def ensure_pip() -> None:
    """Give .venv a pip if it has none that runs; one comes with Python."""
    test = [str(places.PYTHON), "-I", "-c", "import pip._internal.cli.main"]
    done = subprocess.run(test, env=surroundings.settings(), capture_output=True, check=False)
    if done.returncode == 0:
        return
    check_venv()
    for folder in places.ENV.glob("**/site-packages/pip-*.dist-info"):
        shutil.rmtree(folder)  # a pip that doesn't run must not count as one
    attempt(
        [str(places.PYTHON), "-I", "-m", "ensurepip", "--default-pip"],
        "pip could not be installed",
        surroundings.settings(),
    )


def attempt(command: list[str], failure: str, env: dict[str, str]) -> None:
    """Run one step of the set-up; on failure raise with the step's last words.

    The step ends when this process ends, however it ends: that is the guard's work. The lock is
    handed on to it, so that nobody else begins before the step has ended.
    """
    guard = Path(__file__).with_name("guard.py")
    process: subprocess.Popen[bytes] = subprocess.Popen(
        [sys.executable, "-I", str(guard), *command],
        cwd=places.ROOT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        close_fds=False,
    )
    assert process.stdin and process.stdout
    try:
        words = process.stdout.read().decode("utf-8", "replace").strip()
    finally:
        process.stdin.close()  # which ends the step, if it hasn't ended
        process.stdout.close()
        process.wait()
    if process.returncode == 0:
        return
    told = f"\n\nThe last lines of what the installer said:\n{last_lines(words)}"
    if re.search(OFFLINE, words):
        raise NoNetwork(
            f"{failure}: a package could not be fetched.\nThat needs a network "
            "connection (a course that has been set up doesn't). Is there one, perhaps "
            f"behind a proxy?\nRun the same command again when it is there.{told}"
        )
    raise CannotSetUp(f"{failure}.{told}")


def last_lines(words: str) -> str:
    """The end of what a program has said, indented."""
    return "\n".join("    " + line[:160] for line in words.splitlines()[-8:])


def working_uv() -> str:
    """The path of uv, '' where there is none or only the name of one that doesn't run."""
    uv = shutil.which("uv") or ""
    test = [uv, "--version"]  # pyenv, for one, leaves its name behind for every Python
    try:
        done = subprocess.run(test, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return ""
    return uv if done.returncode == 0 else ""


def check_venv() -> None:
    """Raise where this Python lacks the parts that make environments."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise CannotSetUp(
            "This Python has no venv, the part that makes environments. On Debian and Ubuntu "
            "it is a package of its own:\n    sudo apt install python3-venv\n"
            "Then run the same command again. (With uv installed it isn't needed.)"
        ) from None
