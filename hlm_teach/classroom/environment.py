"""Make .venv and keep it in order: what `python course.py` does before it opens anything.

The rule: what works is kept. Whether it works is seen from what is installed (`packages`), not
from notes of an earlier run. What is missing is installed in place; an environment is replaced
only where its Python doesn't run, and is put back if the new one can't be finished. Where
nothing can be mended, as without a network, what can still be imported is opened with a warning.

Standard library only: this runs in the Python that was typed, before anything is installed.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from . import packages, surroundings

ROOT = Path(os.path.abspath(__file__)).parents[2]
ENV = ROOT / ".venv"
OLD, FAILED = ROOT / ".venv-old", ROOT / ".venv-failed"
LOCK = ROOT / ".venv-lock"
UNUSABLE = ENV / "cannot-be-used.txt"  # all is installed and whole, but can't be imported
PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NEEDED = (3, 11)
OFFLINE = (
    r"NewConnectionError|ConnectTimeout|ConnectionError|Name or service not known|"
    r"name resolution|getaddrinfo|Network is unreachable|dns error|error sending request|"
    r"Failed to fetch|Could not connect|ProxyError|Read timed out|No route to host|"
    r"network was disabled|Network connectivity is disabled|from versions: none")


class CannotSetUp(Exception):
    """Something that whoever runs this can mend; its text is all they get to see."""


def set_up(extra: str = "") -> None:
    """Bring .venv to what pyproject.toml and constraints.txt ask for, or open what works.

    Parameters
    ----------
    extra : str
        The optional dependencies that are wanted too, such as "dev".

    Raises
    ------
    CannotSetUp
        If something is missing that the course can't do without, with what to do.
    """
    wanted = read_wishes(extra)
    if lacking(wanted) == [] and not UNUSABLE.exists():
        return
    try:
        with locked():
            mend(wanted)
    except CannotSetUp as problem:
        if not works(wanted):
            raise
        sys.stderr.write(f"\nWarning: {words_of(lacking(wanted))}. This could not be mended:\n"
                         f"{problem}\n\nWhat is installed works, and is used as it is.\n\n")
        sys.stderr.flush()


def read_wishes(extra: str) -> list[str]:
    """The requirements, or a word on the file that can't be read."""
    name = "constraints.txt"
    try:
        (ROOT / name).read_bytes()
        name = "pyproject.toml"
        (ROOT / name).read_bytes()
        return packages.wishes(extra, root=ROOT)
    except OSError as error:
        raise CannotSetUp(f"{name} can't be read ({error.strerror}).\nThe course needs its whole "
                          "folder, not course.py alone.") from None
    except (ValueError, KeyError) as error:
        raise CannotSetUp(f"{name} is not what it was ({error}).\nTake it from a fresh copy of "
                          "the course.") from None


# ---- what is there -----------------------------------------------------------------------

def python_runs() -> bool:
    """Whether .venv has a Python that starts and is new enough."""
    test = f"import sys; sys.exit(sys.version_info < {NEEDED!r})"
    try:
        return subprocess.run([PYTHON, "-I", "-c", test], env=settings(), check=False,
                              stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except OSError:
        return False


def lacking(wanted: list[str]) -> list[packages.Shortcoming] | None:
    """What .venv lacks, as `packages` sees it; None if it has no Python that could say."""
    if not PYTHON.exists():
        return None
    code, answer = ask("check", wanted, str(ROOT / "constraints.txt"))
    if isinstance(answer, list):
        return [packages.Shortcoming(*found) for found in answer]
    if not python_runs():
        return None
    raise CannotSetUp(f"What is installed in .venv can't be read:\n{last_lines(code)}")


def works(wanted: list[str]) -> bool:
    """Whether all that the course imports can be imported."""
    return PYTHON.exists() and ask("load", wanted)[1] == []


def ask(mode: str, wanted: list[str], *more: str) -> tuple[str, object]:
    """What .venv's Python says, and the answer in it; None if there is no answer."""
    command = [PYTHON, "-I", packages.__file__, mode, json.dumps(wanted), *more]
    try:
        said = subprocess.run(command, env=settings(), cwd=ROOT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        words = said.stdout.decode("utf-8", "replace").strip()
        return words, json.loads(words.splitlines()[-1])
    except OSError as error:
        return str(error), None
    except (ValueError, IndexError):
        return words, None


def words_of(lacks: list[packages.Shortcoming] | None) -> str:
    """What is lacking, in one line."""
    if lacks is None:
        return "there is no Python in .venv that runs"
    more = f" and {len(lacks) - 3} more" if len(lacks) > 3 else ""
    return "; ".join(lack.words for lack in lacks[:3]) + more


def settings() -> dict[str, str]:
    """The settings around, without those that misdirect."""
    return surroundings.cleaned(os.environ, home=str(ENV / "home"))


# ---- mending it --------------------------------------------------------------------------

def mend(wanted: list[str]) -> None:
    """Install what is missing, into a new environment if need be; nobody else does meanwhile."""
    tidy()
    lacks = lacking(wanted)
    if lacks == []:
        return see_that_it_works(wanted)
    started, uv = time.monotonic(), working_uv()
    new = lacks is None and not ENV.exists()
    tell("Setting up the course in .venv (once; a minute or two) ..." if new else
         f"Mending .venv: {words_of(lacks)} ...")
    with new_environment(uv) if lacks is None else set_aside(lacks):
        install(uv, wanted)
    if lacks := lacking(wanted):  # a second look sees more where the first had no `packaging`
        with set_aside(lacks):
            install(uv, wanted)
    see_that_it_works(wanted)
    shutil.rmtree(OLD, ignore_errors=True)
    tell(f"Ready after {time.monotonic() - started:.0f} seconds.")


def tell(words: str) -> None:
    """Say how far it is."""
    print(words, flush=True)


def tidy() -> None:
    """Put back or away what a set-up that was killed has left."""
    if os.path.lexists(OLD) and not os.path.lexists(ENV):
        os.rename(OLD, ENV)
    shutil.rmtree(FAILED, ignore_errors=True)


@contextlib.contextmanager
def new_environment(uv: str) -> Iterator[None]:
    """Make an empty .venv; the one that doesn't run comes back if this one can't be finished."""
    if not uv:
        check_venv()
    if Path(sys.prefix).resolve() == ENV.resolve():
        raise CannotSetUp("The environment in .venv is not complete and can't be made anew by "
                          "its own Python.\nRun course.py with the Python you made it with.")
    if os.pathsep in str(ENV):
        raise CannotSetUp(f"The course lies in\n    {ROOT}\nand no environment can be made where "
                          f"a folder has a {os.pathsep!r} in its name. Rename that folder.")
    try:
        if os.path.lexists(OLD):  # then .venv is what a killed set-up has begun
            shutil.rmtree(ENV, ignore_errors=True)
        elif os.path.lexists(ENV):
            os.rename(ENV, OLD)
        ENV.mkdir(exist_ok=True)
    except OSError as error:
        raise read_only(error) from None
    maker = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable] if uv else [
        sys.executable, "-I", "-m", "venv"]
    try:
        attempt([*maker, str(ENV)], "The environment could not be made", settings())
        yield
    except BaseException:
        if os.path.lexists(OLD):
            os.rename(ENV, FAILED)
            os.rename(OLD, ENV)
            shutil.rmtree(FAILED, ignore_errors=True)
        raise


@contextlib.contextmanager
def set_aside(lacks: list[packages.Shortcoming]) -> Iterator[None]:
    """Take the notes off damaged packages, so that they count as missing; back if that fails.

    An installer leaves alone what has its notes, and stumbles over notes that aren't whole. The
    files of the package stay where they are: it may work without those that are gone.
    """
    moved, aside = [], ENV / "set-aside"
    try:
        for folder in [Path(folder) for lack in lacks for folder in lack.folders]:
            target = aside / f"{folder.name}-{os.getpid()}"
            moved.append((target, folder))
            move(folder, target)
        yield
    except BaseException:
        for target, folder in moved:
            if target.exists() and not folder.exists():
                os.rename(target, folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def move(folder: Path, target: Path) -> None:
    """Move a folder within .venv."""
    try:
        target.parent.mkdir(exist_ok=True)
        os.rename(folder, target)
    except OSError as error:
        raise read_only(error) from None


def see_that_it_works(wanted: list[str]) -> None:
    """Look at what the installer has done, and import it once."""
    lacks = lacking(wanted)
    if lacks != []:
        raise CannotSetUp(f"The installer found nothing wrong, and yet {words_of(lacks)}.\n"
                          "Perhaps a setting of pip or uv sends packages elsewhere.")
    words, failed = ask("load", wanted)
    with contextlib.suppress(OSError):
        UNUSABLE.unlink(missing_ok=True) if failed == [] else UNUSABLE.touch()
    if failed != []:
        told = "\n".join(map(str, failed)) if isinstance(failed, list) else last_lines(words)
        raise CannotSetUp(f"All packages are installed, but not all can be used:\n{told}")


def working_uv() -> str:
    """The path of uv, '' where there is none or only the name of one that doesn't run."""
    uv = shutil.which("uv") or ""
    try:  # pyenv, for one, leaves its name behind for every Python
        works = bool(uv) and subprocess.run([uv, "--version"], capture_output=True, check=False,
                                            stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        works = False
    return uv if works else ""


def check_venv() -> None:
    """Raise where this Python lacks the parts that make environments."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise CannotSetUp(
            "This Python has no venv, the part that makes environments. On Debian and Ubuntu "
            "it is a package of its own:\n    sudo apt install python3-venv\n"
            "Then run the same command again. (With uv installed it isn't needed.)") from None


def read_only(error: OSError) -> CannotSetUp:
    """What to say of a folder that can't be written to."""
    return CannotSetUp(
        f"The course keeps its environment in\n    {ENV}\nwhich can't be written "
        f"({error.strerror}).\nCopy the course to a folder of your own, such as your home "
        "folder, and run it there.")


# ---- the installer -----------------------------------------------------------------------

def install(uv: str, wanted: list[str]) -> None:
    """Install the packages at their tested versions; with uv from its store, without a network."""
    failure = "The packages could not be installed"
    what = [*wanted, "--constraint", "constraints.txt"]
    if not uv:
        ensure_pip()
        attempt([str(PYTHON), "-I", "-m", "pip", "install", "--quiet", "--no-compile",
                 "--disable-pip-version-check", "--retries", "2", *what], failure,
                surroundings.for_pip(settings(), str(PYTHON)))
        return
    command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), *what]
    try:
        attempt(command, failure, settings())
    except NoNetwork:
        with contextlib.suppress(CannotSetUp):
            return attempt([*command, "--offline"], failure, settings())
        raise


class NoNetwork(CannotSetUp):
    """A package could not be fetched."""


def ensure_pip() -> None:
    """Give .venv a pip if it has none that runs; one comes with Python."""
    test = [PYTHON, "-I", "-c", "import pip._internal.cli.main"]
    if subprocess.run(test, env=settings(), capture_output=True, check=False).returncode == 0:
        return
    check_venv()
    for folder in ENV.glob("**/site-packages/pip-*.dist-info"):
        shutil.rmtree(folder)  # a pip that doesn't run must not count as one
    attempt([str(PYTHON), "-I", "-m", "ensurepip", "--default-pip"],
            "pip could not be installed", settings())


def attempt(command: list[str], failure: str, env: dict[str, str]) -> None:
    """Run one step of the set-up; on failure raise with the step's last words.

    The step ends when this process ends, however it ends: that is the guard's work. The lock is
    handed on to it, so that nobody else begins before the step has ended.
    """
    guard = Path(__file__).with_name("guard.py")
    process = subprocess.Popen([sys.executable, "-I", str(guard), *command], cwd=ROOT, env=env,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, close_fds=False)
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
        raise NoNetwork(f"{failure}: a package could not be fetched.\nThat needs a network "
                        "connection (a course that has been set up doesn't). Is there one, perhaps "
                        f"behind a proxy?\nRun the same command again when it is there.{told}")
    raise CannotSetUp(f"{failure}.{told}")


def last_lines(words: str) -> str:
    """The end of what a program has said, indented."""
    return "\n".join("    " + line[:160] for line in words.splitlines()[-8:])


# ---- one at a time -----------------------------------------------------------------------

@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Wait until no other set-up is at work in this folder, and let none begin.

    The system takes the lock back when its holders have ended, killed or not: it can't go stale.
    """
    try:
        file = open(LOCK, "ab")
    except OSError as error:
        raise read_only(error) from None
    with file:
        os.set_inheritable(file.fileno(), True)
        waiting = False
        while not take(file.fileno()):
            if not waiting:
                tell("Another set-up of this course is at work in this folder: waiting until it "
                     "is done. (Ctrl-C stops the waiting.)")
            waiting = True
            time.sleep(0.2)
        yield


def take(file: int) -> bool:
    """Take the lock if nobody has it; where a file system knows no locks, go on without."""
    try:
        if os.name == "nt":
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
