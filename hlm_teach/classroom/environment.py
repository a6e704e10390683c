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
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from . import installer, lock, packages, places, surroundings
from .places import CannotSetUp


def set_up(extra: str = "") -> None:
    """Bring .venv to what pyproject.toml and constraints.txt ask for, or open what works.

    Parameters
    ----------
    extra : str
        The optional dependencies that are wanted too, such as "dev" or "dev,book".

    Raises
    ------
    CannotSetUp
        If something is missing that the course can't do without, with what to do.
    """
    wanted = read_wishes(extra)
    if lacking(wanted) == [] and not places.UNUSABLE.exists():
        return
    try:
        with lock.locked():
            mend(wanted)
    except CannotSetUp as problem:
        if not works(wanted):
            raise
        sys.stderr.write(
            f"\nWarning: {words_of(lacking(wanted))}. This could not be mended:\n"
            f"{problem}\n\nWhat is installed works, and is used as it is.\n\n"
        )
        sys.stderr.flush()


def read_wishes(extra: str) -> list[str]:
    """The requirements, or a word on the file that can't be read."""
    name = "constraints.txt"
    try:
        (places.ROOT / name).read_bytes()
        name = "pyproject.toml"
        (places.ROOT / name).read_bytes()
        return packages.wishes(extra, root=places.ROOT)
    except OSError as error:
        raise CannotSetUp(
            f"{name} can't be read ({error.strerror}).\nThe course needs its whole "
            "folder, not course.py alone."
        ) from None
    except (ValueError, KeyError) as error:
        raise CannotSetUp(
            f"{name} is not what it was ({error}).\nTake it from a fresh copy of the course."
        ) from None


# ---- what is there -----------------------------------------------------------------------


def python_runs() -> bool:
    """Whether .venv has a Python that starts and is new enough."""
    test = f"import sys; sys.exit(sys.version_info < {places.NEEDED!r})"
    try:
        return (
            subprocess.run(
                [places.PYTHON, "-I", "-c", test],
                env=surroundings.settings(),
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
            ).returncode
            == 0
        )
    except OSError:
        return False


def lacking(wanted: list[str]) -> list[packages.Shortcoming] | None:
    """What .venv lacks, as `packages` sees it; None if it has no Python that could say."""
    if not places.PYTHON.exists():
        return None
    code, answer = ask("check", wanted, str(places.ROOT / "constraints.txt"))
    if isinstance(answer, list):
        return [packages.Shortcoming(*found) for found in answer]
    if not python_runs():
        return None
    raise CannotSetUp(f"What is installed in .venv can't be read:\n{installer.last_lines(code)}")


def works(wanted: list[str]) -> bool:
    """Whether all that the course imports can be imported."""
    return places.PYTHON.exists() and ask("load", wanted)[1] == []


def ask(mode: str, wanted: list[str], *more: str) -> tuple[str, object]:
    """What .venv's Python says, and the answer in it; None if there is no answer."""
    command = [str(places.PYTHON), "-I", packages.__file__, mode, json.dumps(wanted), *more]
    try:
        said = subprocess.run(
            command,
            env=surroundings.settings(),
            cwd=places.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
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


# ---- mending it --------------------------------------------------------------------------


def mend(wanted: list[str]) -> None:
    """Install what is missing, into a new environment if need be; nobody else does meanwhile."""
    tidy()
    lacks = lacking(wanted)
    if lacks == []:
        return see_that_it_works(wanted)
    started, uv = time.monotonic(), installer.working_uv()
    new = lacks is None and not places.ENV.exists()
    tell(
        "Setting up the course in .venv (once; a minute or two) ..."
        if new
        else f"Mending .venv: {words_of(lacks)} ..."
    )
    with new_environment(uv) if lacks is None else set_aside(lacks):
        installer.install(uv, wanted)
    if lacks := lacking(wanted):  # a second look sees more where the first had no `packaging`
        with set_aside(lacks):
            installer.install(uv, wanted)
    see_that_it_works(wanted)
    shutil.rmtree(places.OLD, ignore_errors=True)
    tell(f"Ready after {time.monotonic() - started:.0f} seconds.")


def tell(words: str) -> None:
    """Say how far it is."""
    print(words, flush=True)


def tidy() -> None:
    """Put back or away what a set-up that was killed has left."""
    if os.path.lexists(places.OLD) and not os.path.lexists(places.ENV):
        os.rename(places.OLD, places.ENV)
    shutil.rmtree(places.FAILED, ignore_errors=True)


@contextlib.contextmanager
def new_environment(uv: str) -> Iterator[None]:
    """Make an empty .venv; the one that doesn't run comes back if this one can't be finished."""
    if not uv:
        installer.check_venv()
    if Path(sys.prefix).resolve() == places.ENV.resolve():
        raise CannotSetUp(
            "The environment in .venv is not complete and can't be made anew by "
            "its own Python.\nRun course.py with the Python you made it with."
        )
    if os.pathsep in str(places.ENV):
        raise CannotSetUp(
            f"The course lies in\n    {places.ROOT}\nand no environment can be made where "
            f"a folder has a {os.pathsep!r} in its name. Rename that folder."
        )
    try:
        if os.path.lexists(places.OLD):  # then .venv is what a killed set-up has begun
            shutil.rmtree(places.ENV, ignore_errors=True)
        elif os.path.lexists(places.ENV):
            os.rename(places.ENV, places.OLD)
        places.ENV.mkdir(exist_ok=True)
    except OSError as error:
        raise places.read_only(error) from None
    maker = (
        [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable]
        if uv
        else [sys.executable, "-I", "-m", "venv"]
    )
    try:
        installer.attempt(
            [*maker, str(places.ENV)], "The environment could not be made", surroundings.settings()
        )
        yield
    except BaseException:
        if os.path.lexists(places.OLD):
            os.rename(places.ENV, places.FAILED)
            os.rename(places.OLD, places.ENV)
            shutil.rmtree(places.FAILED, ignore_errors=True)
        raise


@contextlib.contextmanager
def set_aside(lacks: list[packages.Shortcoming]) -> Iterator[None]:
    """Take the notes off damaged packages, so that they count as missing; back if that fails.

    An installer leaves alone what has its notes, and stumbles over notes that aren't whole. The
    files of the package stay where they are: it may work without those that are gone.
    """
    moved, aside = [], places.ENV / "set-aside"
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
        raise places.read_only(error) from None


def see_that_it_works(wanted: list[str]) -> None:
    """Look at what the installer has done, and import it once."""
    lacks = lacking(wanted)
    if lacks != []:
        raise CannotSetUp(
            f"The installer found nothing wrong, and yet {words_of(lacks)}.\n"
            "Perhaps a setting of pip or uv sends packages elsewhere."
        )
    words, failed = ask("load", wanted)
    with contextlib.suppress(OSError):
        places.UNUSABLE.unlink(missing_ok=True) if failed == [] else places.UNUSABLE.touch()
    if failed != []:
        told = (
            "\n".join(map(str, failed)) if isinstance(failed, list) else installer.last_lines(words)
        )
        raise CannotSetUp(f"All packages are installed, but not all can be used:\n{told}")
