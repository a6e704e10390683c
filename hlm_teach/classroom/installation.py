"""Is everything the course needs in place? One check, in sentences, with what to do if not.

What the sentences say on a working machine is the same on every machine: no version, no path and
no timing stands in them, unless `show_versions` asks for the versions.
"""

import platform
from collections.abc import Callable
from importlib import import_module

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from . import packages

SAID = ("numpy", "pandas", "statsmodels", "matplotlib", "ipywidgets")

# Reaction ~ Days + (Days | Subject) on sleepstudy by REML: R 4.2.2, lme4 1.1-31.
LME4_SLOPE, LME4_SE = 10.467285959596, 1.54578893242985
REPAIR = (
    "Close JupyterLab, open a terminal in the course's folder and run 'python course.py': "
    "it looks at the same things, installs what is missing or damaged, and says what it "
    "can't mend."
)


def check_installation(*, show_versions: bool = False) -> bool:
    """Print one line per thing the course needs, ✓ or ✗ with what to do; tell whether all is well.

    Parameters
    ----------
    show_versions : bool
        Print the versions too, to go with a question to somebody who can help.

    Returns
    -------
    bool
        True if every line has its ✓. (A notebook that ends a cell with ``;`` doesn't show it.)

    >>> check_installation()
    ✓ Python is new enough.
    ✓ numpy is installed and new enough.
    ✓ pandas is installed and new enough.
    ✓ statsmodels is installed, in a version the course knows.
    ✓ matplotlib is installed and new enough.
    ✓ ipywidgets is installed and new enough.
    ✓ The data are here: 7,185 pupils in 160 schools.
    ✓ A first multilevel fit gives lme4's numbers: slope 10.467, standard error 1.546.
    Everything is ready.
    True
    """
    wrong = _wrong()
    checks = [_python, *(_package(name, wrong.pop(name, "")) for name in SAID), _data, _fit]
    results = [_tried(check) for check in checks]
    results += [(False, f"{words}. {REPAIR}") for words in wrong.values()]  # all others
    for fine, sentence in results:
        print("✓" if fine else "✗", sentence)
    if show_versions:
        print("\n".join(versions()))
    failed = sum(not fine for fine, _ in results)
    print(
        f"Not ready: {failed} of {len(results)} lines begin with ✗."
        if failed
        else "Everything is ready."
    )
    return not failed


def versions() -> list[str]:
    """The system, Python, and the installed version of each package the check looks at.

    >>> versions()[1].startswith("Python 3.")
    True
    """
    return [
        platform.platform(),
        f"Python {platform.python_version()}",
        *(f"{name} {_installed(name) or 'is not installed'}" for name in SAID),
    ]


def _tried(check: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
    """The check's answer; a check that breaks is an answer too."""
    try:
        return check()
    except Exception as error:
        return False, f"{type(error).__name__}: {error}. {REPAIR}"


def _python() -> tuple[bool, str]:
    return version_suits(
        "Python", platform.python_version(), SpecifierSet(packages.wanted_python())
    )


def _wrong() -> dict[str, str]:
    """What is wrong with the packages, those they need included: what the launcher sees too."""
    return {found.name: found.words for found in packages.shortcomings(packages.wishes())}


def _package(name: str, wrong: str) -> Callable[[], tuple[bool, str]]:
    """A check of one package: is it there, new enough, whole, and can it be imported?"""

    def check() -> tuple[bool, str]:
        answer = version_suits(name, _installed(name), _wanted()[name])
        if answer[0] and wrong:
            return False, f"{wrong}. {REPAIR}"
        if answer[0]:
            import_module(name)
        return answer

    return check


def version_suits(name: str, have: str | None, wanted: SpecifierSet) -> tuple[bool, str]:
    """Say whether version `have` of `name` is one of the `wanted`.

    >>> version_suits("numpy", "2.4.6", SpecifierSet(">=2.1"))
    (True, 'numpy is installed and new enough.')
    >>> version_suits("numpy", "1.26.4", SpecifierSet(">=2.1"))[1][:46]
    'numpy 1.26.4 is here, numpy >=2.1 is wanted. C'
    """
    if have is None:
        return False, f"{name} is not installed. {REPAIR}"
    if not wanted.contains(have, prereleases=True):
        return False, f"{name} {have} is here, {name} {wanted} is wanted. {REPAIR}"
    if name == "Python":
        return True, "Python is new enough."
    bounded = any(bound.operator in ("<", "<=", "==", "~=") for bound in wanted)
    return True, f"{name} is installed" + (
        ", in a version the course knows." if bounded else " and new enough."
    )


def _installed(name: str) -> str | None:
    return packages.version_of(name)


def _wanted() -> dict[str, SpecifierSet]:
    """Versions the project asks for, from its own list: the one place where they stand."""
    return {wish.name: wish.specifier for wish in map(Requirement, packages.wishes())}


def _data() -> tuple[bool, str]:
    from hlm_teach.data.datasets import load_data

    pupils = load_data("hsb")
    n_schools = pupils["school"].nunique()
    fine = (len(pupils), n_schools) == (7185, 160)
    return fine, (
        f"The data are here: {len(pupils):,} pupils in {n_schools} schools."
        if fine
        else f"The data have changed: {len(pupils):,} pupils in {n_schools} schools, "
        "7,185 in 160 are wanted. Fetch the folder hlm_teach/data anew."
    )


def _fit() -> tuple[bool, str]:
    from hlm_teach.data.datasets import load_data
    from hlm_teach.lmm.fit import fit_lmm

    fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")
    slope, error = float(fit.params["Days"]), float(fit.bse["Days"])
    numbers = f"slope {slope:.3f}, standard error {error:.3f}"
    if abs(slope - LME4_SLOPE) < 1e-4 and abs(error - LME4_SE) < 1e-4:
        return True, f"A first multilevel fit gives lme4's numbers: {numbers}."
    return False, (
        f"A first multilevel fit gives {numbers}; lme4 gives {LME4_SLOPE:.3f} and "
        f"{LME4_SE:.3f}. Something is wrong with numpy or scipy here. {REPAIR}"
    )
