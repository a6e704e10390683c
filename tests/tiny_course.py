"""A course of a few tiny packages, to start the real launcher on: in a second, without a network.

It has the course's own launcher and set-up, and packages made here: `jupyterlab`, which prints what
it is started with, and `lesson`, which needs `pupil`. Only `packaging` is the real one.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLASSROOM = tuple(
    f"{name}.py"
    for name in ("environment", "guard", "installer", "lock", "packages", "places", "surroundings")
)
PYPROJECT = """[project]
name = "hlm-teach"
version = "0"
dependencies = ["jupyterlab>=1", "lesson>=1", "packaging>=20"]
[project.optional-dependencies]
dev = ["pytest>=1"]
book = []
sandbox = []
"""
LAB = """
import json, os, re, sys, hlm_teach, lesson
seen = {name: value for name, value in os.environ.items()
        if re.match("PIP_|UV_|PYTHON|JUPYTER|IPYTHON|MPL", name)}
print(json.dumps({"arguments": sys.argv[1:], "environment": seen, "lesson": lesson.__version__,
                  "lesson_file": lesson.__file__, "course": hlm_teach.__file__, "pid": os.getpid()}))
if "--stay" in sys.argv:
    sys.stdout.flush()
    sys.stdin.readline()
"""
# Stands in for uv: says that it is at work, and installs nothing before it is let.
SLOW = """#!{python}
import os, pathlib, subprocess, sys, time, zipfile
here = pathlib.Path(__file__).parent
if sys.argv[1] == "venv":
    sys.exit(subprocess.call([sys.executable, "-I", "-m", "venv", "--without-pip", sys.argv[-1]]))
if sys.argv[1] == "pip":
    (here / "working.tmp").write_text(str(os.getpid()))
    (here / "working.tmp").rename(here / "working")
    while not (here / "go").exists():
        time.sleep(0.02)
    python = sys.argv[sys.argv.index("--python") + 1]
    target = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    for wheel in here.parent.glob("wheels/*.whl"):
        if "2.0" not in wheel.name:
            zipfile.ZipFile(wheel).extractall(target.strip())
"""
NOWHERE = "http://127.0.0.1:9/simple"  # a port that nobody answers at


def wheel(folder: Path, name: str, version: str, files: dict[str, str], needs: str = "") -> None:
    """Make a wheel of a few files in `folder`."""
    info = f"{name}-{version}.dist-info"
    notes = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        **files,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tiny\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/METADATA": notes + (f"Requires-Dist: {needs}\n" if needs else ""),
    }
    record = io.StringIO()
    csv.writer(record, lineterminator="\n").writerows(
        [
            *([path, "", len(text.encode())] for path, text in files.items()),
            [f"{info}/RECORD", "", ""],
        ]
    )
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record.getvalue()}.items():
            archive.writestr(path, text)


def wheelhouse(folder: Path) -> Path:
    """The packages, in two versions where a test changes one."""
    folder.mkdir()
    wheel(
        folder,
        "jupyterlab",
        "1.0",
        {"jupyterlab/__main__.py": LAB, "jupyterlab/__init__.py": "", "ipykernel/kernelapp.py": ""},
    )
    wheel(folder, "pytest", "1.0", {"pytest.py": ""})
    wheel(folder, "pupil", "1.0", {"pupil.py": ""})
    for version in ("1.0", "2.0"):
        wheel(
            folder,
            "lesson",
            version,
            {
                "lesson/__init__.py": f"import pupil\n__version__ = '{version}'\n",
                "lesson/appendix.py": "unused = True\n",
            },
            needs="pupil",
        )
    own = metadata.distribution("packaging")
    wheel(
        folder,
        "packaging",
        own.version,
        {
            str(path): path.read_text(encoding="utf-8")
            for path in own.files or []
            if path.suffix == ".py" and path.parts[0] == "packaging"
        },
    )
    return folder


def course(folder: Path) -> Path:
    """A course with nothing set up yet."""
    (folder / "hlm_teach" / "classroom").mkdir(parents=True)
    shutil.copy(ROOT / "course.py", folder)
    (folder / "hlm_teach" / "__init__.py").touch()
    for name in CLASSROOM:
        shutil.copy(ROOT / "hlm_teach" / "classroom" / name, folder / "hlm_teach" / "classroom")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "constraints.txt").write_text("lesson==1.0\npupil==1.0\n")
    return folder


def copy(folder: Path, to: Path) -> Path:
    """Another course, with all that is set up in it."""
    return Path(shutil.copytree(folder, to, symlinks=True))


def settings(
    packages: Path, *, network: bool = True, uv: bool = True, **more: str
) -> dict[str, str]:
    """The environment of a start: packages from a folder, or from a network that isn't there."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_", "PYTHON", "JUPYTER"))
    }
    kept |= {
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1",
        "UV_HTTP_RETRIES": "0",
        "UV_CACHE_DIR": str(packages.with_name("uv")),
    }
    kept |= (
        {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(packages),
            "UV_OFFLINE": "1",
            "UV_FIND_LINKS": str(packages),
        }
        if network
        else {"PIP_INDEX_URL": NOWHERE, "UV_DEFAULT_INDEX": NOWHERE}
    )
    if not uv:
        kept["PATH"] = os.pathsep.join(
            part
            for part in os.environ["PATH"].split(os.pathsep)
            if not any((Path(part) / name).exists() for name in ("uv", "uv.exe"))
        )
    return kept | more


def command(folder: Path, *arguments: str) -> list[str]:
    """The command line of a start."""
    return [sys.executable, str(folder / "course.py"), *arguments]


def start(folder: Path, env: dict[str, str], *arguments: str, **options):
    """Start the launcher; return its exit code, its words, and what JupyterLab was started with."""
    done = subprocess.run(
        command(folder, *arguments),
        env=env,
        capture_output=True,
        timeout=100,
        encoding="utf-8",
        errors="replace",
        **options,
    )
    words = done.stdout + done.stderr
    assert "Traceback" not in words, words
    lines = done.stdout.splitlines()
    opened = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else None
    return done.returncode, words, opened


def slow_installer(folder: Path) -> Path:
    """A folder with the stand-in for uv, to be put first in the PATH."""
    folder.mkdir()
    (folder / "uv").write_text(SLOW.format(python=sys.executable))
    (folder / "uv").chmod(0o755)
    return folder
