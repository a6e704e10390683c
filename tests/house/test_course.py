"""The launcher: every way it can go wrong ends in clear words, and arguments reach their program."""

import ast
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_course import CLASSROOM

import course
from hlm_teach.classroom import environment, installer, lock, packages, places, surroundings

pytestmark = pytest.mark.house
SOURCE = Path(course.__file__)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A course in a folder of its own, with nothing set up yet."""
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["pandas"]')
    (tmp_path / "constraints.txt").write_text("")
    monkeypatch.setattr(course, "ROOT", str(tmp_path))
    env = tmp_path / ".venv"
    for name, place in {
        "ROOT": tmp_path,
        "ENV": env,
        "PYTHON": env / "bin" / "python",
        "LOCK": tmp_path / "lock",
        "UNUSABLE": env / "unusable",
        "OLD": tmp_path / "old",
        "FAILED": tmp_path / "failed",
    }.items():
        monkeypatch.setattr(places, name, place)
    monkeypatch.setattr(course.signal, "signal", lambda *_: None)
    return tmp_path


@pytest.fixture
def root_or_not(monkeypatch):
    """Set whether the launcher is run by root."""
    return lambda user: monkeypatch.setattr(course.os, "geteuid", lambda: user, raising=False)


def said(capsys, *arguments):
    """Exit code and words of a run that ends in a Problem."""
    code = course.main(list(arguments))
    words = capsys.readouterr()
    assert "Traceback" not in words.err
    return code, words.err


# ---- what goes wrong ---------------------------------------------------------------------


def test_an_old_python_is_told_so(capsys, monkeypatch):
    monkeypatch.setattr(
        course,
        "sys",
        SimpleNamespace(version_info=(3, 8, 1), executable="/usr/bin/python3", stderr=sys.stderr),
    )
    code, words = said(capsys)
    assert code == 2 and "Python 3.11 or newer" in words and "this is Python 3.8" in words


def test_an_old_python_can_read_the_launcher():
    source = SOURCE.read_text(encoding="ascii")
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Match)
    for node in ast.walk(ast.parse(source)):
        assert not isinstance(node, new), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            notes = [node.returns, *(a.annotation for a in node.args.args)]
            assert not any(notes) and not node.args.kwonlyargs and not node.args.posonlyargs
        if isinstance(node, ast.Raise):
            assert node.cause is None, "raise … from … is new in Python 3"


def test_the_launcher_needs_only_the_standard_library():
    room = SOURCE.parent / "hlm_teach" / "classroom"
    for file in (SOURCE, *(room / name for name in CLASSROOM)):
        tree = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        imported = {
            alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names
        }
        imported |= {
            node.module
            for node in tree
            if isinstance(node, ast.ImportFrom) and not node.level and node.module
        }
        own = {"hlm_teach.classroom", "packaging.requirements", "packaging.utils"}
        assert {name.split(".")[0] for name in imported - own} <= set(sys.stdlib_module_names), file


def test_the_package_starts_without_any_other():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from hlm_teach.classroom import environment;"
        "sys.exit(bool({'numpy', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-S", "-c", code, SOURCE.parent]).returncode == 0


def test_a_missing_venv_is_told_how_to_be_had(capsys, monkeypatch, folder):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    monkeypatch.setattr(installer.shutil, "which", lambda name: None)
    code, words = said(capsys)
    assert code == 2 and "sudo apt install python3-venv" in words
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize(
    "told",
    [
        "Could not find a version that satisfies the requirement setuptools>=77 "
        "(from versions: none)",
        "WARNING: Retrying after NewConnectionError: [Errno -3] Temporary failure in name resolution",
        "error: Request failed after 3 retries\n  Caused by: dns error",
    ],
)
def test_no_network_is_told_from_what_the_installer_says(told, folder):
    with pytest.raises(places.CannotSetUp, match="That needs a network connection") as problem:
        installer.attempt(
            [sys.executable, "-c", f"print({told!r}); raise SystemExit(1)"],
            "The packages could not be installed",
            dict(os.environ),
        )
    assert told.splitlines()[-1] in str(problem.value)


def test_another_failure_shows_the_installers_last_words(folder):
    code = "for i in range(20): print('line', i)\nraise SystemExit(1)"
    with pytest.raises(places.CannotSetUp) as problem:
        installer.attempt([sys.executable, "-c", code], "It could not be done", dict(os.environ))
    words = str(problem.value)
    assert "It could not be done." in words and "line 19" in words
    assert "line 5" not in words and "network" not in words


def test_a_real_pip_without_network_is_recognised(folder):
    nowhere = ["--index-url", "http://127.0.0.1:9/simple", "--retries", "0", "--no-cache-dir"]
    pip = [sys.executable, "-m", "pip", "download", "-d", str(folder), *nowhere, "no-such-thing"]
    if subprocess.run([sys.executable, "-c", "import pip"], capture_output=True).returncode:
        pytest.skip("this environment was made without pip")
    with pytest.raises(places.CannotSetUp, match="That needs a network connection"):
        installer.attempt(pip, "The packages could not be installed", dict(os.environ))


def test_a_read_only_folder_is_named(capsys, monkeypatch, folder):
    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(lock, "open", refuse, raising=False)
    code, words = said(capsys)
    assert code == 2 and str(folder) in words and "Read-only file system" in words
    assert "Copy the course to a folder of your own" in words


def test_a_lone_launcher_asks_for_its_folder(capsys, folder):
    (folder / "constraints.txt").unlink()
    code, words = said(capsys)
    assert code == 2 and "constraints.txt" in words and "whole folder" in words


def test_an_unknown_command_lists_the_known_ones(capsys):
    code, words = said(capsys, "tests")
    assert (
        code == 2
        and "'tests' is not a command" in words
        and "book, grade, help, lab, refresh, release, test" in words
    )


def test_what_cannot_be_run_is_said_before_anything_is_set_up(capsys, folder):
    code, words = said(capsys, "--port=99999")
    assert code == 2 and "no port 99999" in words
    assert not (folder / ".venv").exists() and not (folder / "lock").exists()


def test_control_c_during_set_up_leaves_no_traceback(capsys, monkeypatch, folder):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(installer, "attempt", interrupt)
    code, words = said(capsys)
    assert code == 130 and "Stopped" in words


@pytest.mark.parametrize("given", [["--port={}"], ["--port", "{}"], ["--ServerApp.port={}"]])
def test_a_taken_port_is_announced(capsys, given):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        course.warn_of_taken_port([argument.format(port) for argument in given])
    assert f"Port {port} is taken" in capsys.readouterr().out
    course.warn_of_taken_port([argument.format(port) for argument in given])
    assert capsys.readouterr().out == ""


def test_a_taken_port_without_a_second_try_is_said_in_words(capsys, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for option in ("--ServerApp.port_retries=0", "--port-retries=0"):
            with pytest.raises(course.Problem, match="port_retries=0 keeps JupyterLab from"):
                course.lab([f"--port={port}", option])
        monkeypatch.setenv("JUPYTER_PORT_RETRIES", "0")
        monkeypatch.setenv("JUPYTER_PORT", str(port))
        with pytest.raises(course.Problem, match=f"Port {port} is taken"):
            course.lab([])
    course.lab([])
    assert "taken" not in capsys.readouterr().out


def test_a_port_that_cannot_be_is_said_in_words():
    with pytest.raises(course.Problem, match="no port 99999"):
        course.lab(["--port", "99999"])


@pytest.mark.parametrize("command", [course.book, course.grade, course.refresh])
def test_a_folder_that_is_gone_is_said_in_words(command, monkeypatch):
    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(course.os, "getcwd", gone)
    with pytest.raises(course.Problem, match="no longer there"):
        command(["submissions"])


def test_root_is_let_in_and_told_so(capsys, root_or_not):
    root_or_not(0)
    assert course.lab(["--port=0"])[-2:] == ["--allow-root", "--port=0"]
    assert "You are root" in capsys.readouterr().out
    assert course.lab(["--port=0", "--allow-root"]).count("--allow-root") == 1
    root_or_not(1000)
    assert "--allow-root" not in course.lab(["--port=0"]) and not capsys.readouterr().out


def test_the_launcher_looks_for_modules_in_the_library_and_then_here(monkeypatch):
    library = os.path.dirname(os.__file__)
    site, dynamic = os.path.join(library, "site-packages"), os.path.join(library, "lib-dynload")
    monkeypatch.setattr(
        course.sys, "path", [course.ROOT, "/other", library, dynamic, site, "/more"]
    )
    course.isolate()
    assert course.sys.path == [library, dynamic, course.ROOT]


@pytest.mark.parametrize(
    "given", ["--ServerApp.root_dir=/home", "--notebook-dir=/home", "--LabApp.default_url=/lab"]
)
def test_another_folder_or_start_page_takes_the_place_of_the_courses(given):
    option = given.split("=")[0].split(".")[-1].replace("notebook-dir", "root_dir")
    assert not [word for word in course.where([given]) if option in word]


# ---- when it installs --------------------------------------------------------------------


@pytest.fixture
def steps(folder, monkeypatch):
    """What the set-up runs, recorded and not run."""
    done = []
    monkeypatch.setattr(installer, "attempt", lambda command, *_: done.append(command))
    monkeypatch.setattr(installer, "ensure_pip", lambda: None)
    monkeypatch.setattr(surroundings, "for_pip", lambda settings, python: settings)
    monkeypatch.setattr(environment, "see_that_it_works", lambda wanted: None)
    return done


def test_uv_is_used_where_it_runs(monkeypatch, steps):
    uv = sys.executable  # a program that answers --version
    monkeypatch.setattr(installer.shutil, "which", lambda name: uv)
    environment.mend(["pandas"])
    assert [step[:2] for step in steps[:2]] == [[uv, "venv"], [uv, "pip"]]


@pytest.mark.parametrize("program", [None, "/no/such/uv", shutil.which("false")])
def test_the_mere_name_of_uv_is_not_uv(program, monkeypatch, steps):
    monkeypatch.setattr(installer.shutil, "which", lambda name: program)
    environment.mend(["pandas"])
    assert steps[0][:4] == [sys.executable, "-I", "-m", "venv"]
    assert steps[1][:4] == [str(places.PYTHON), "-I", "-m", "pip"]


def test_a_folder_in_whose_name_no_environment_can_be_is_told_so(monkeypatch, steps):
    monkeypatch.setattr(places, "ENV", places.ROOT / f"a{os.pathsep}b")
    with pytest.raises(places.CannotSetUp, match="Rename that folder"):
        environment.mend(["pandas"])


# ---- what it leaves out ------------------------------------------------------------------

MISDIRECT = (
    "PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT PIP_REQUIREMENT PIP_NO_DEPS "
    "PIP_REQUIRE_VIRTUALENV PIP_DRY_RUN PIP_ONLY_BINARY PIP_PYTHON PIP_REQUIRE_HASHES "
    "UV_PYTHON UV_SYSTEM_PYTHON UV_RESOLUTION UV_CONSTRAINT UV_WORKING_DIR UV_PROJECT "
    "PYTHONPATH PYTHONHOME PYTHONUSERBASE PYTHONSTARTUP PYTHONOPTIMIZE PYTHONWARNINGS "
    "PYTHONINSPECT VIRTUAL_ENV __PYVENV_LAUNCHER__ JUPYTER_PATH"
).split()
HARMLESS = (
    "PIP_INDEX_URL PIP_PROXY PIP_CERT PIP_FIND_LINKS PIP_NO_INDEX UV_DEFAULT_INDEX "
    "UV_INDEX_COMPANY_PASSWORD UV_CACHE_DIR UV_OFFLINE HTTPS_PROXY SSL_CERT_FILE PATH HOME "
    "PYTHONUTF8 PYTHONUNBUFFERED JUPYTER_CONFIG_PATH OPENBLAS_NUM_THREADS"
).split()


def test_settings_that_misdirect_are_left_out_and_those_of_the_network_stay():
    kept = surroundings.cleaned(dict.fromkeys(MISDIRECT + HARMLESS, "x"), home="home")
    assert not set(MISDIRECT) & set(kept) and set(HARMLESS) <= set(kept)


def test_blas_takes_one_thread_unless_someone_has_settled_how_many():
    assert surroundings.cleaned({}, home="home")["OPENBLAS_NUM_THREADS"] == "1"
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        kept = surroundings.cleaned({name: "4"}, home="home")
        assert {key: kept[key] for key in kept if key.endswith("NUM_THREADS")} == {name: "4"}


def test_every_package_has_a_module_that_is_tried():
    modules = [
        module
        for name in map(packages.name_of, packages.wishes("dev,book,sandbox"))
        for module in packages.MODULES.get(name, name.replace("-", "_")).split()
    ]
    assert not [module for module in modules if importlib.util.find_spec(module) is None]


def test_grading_goes_on_where_its_sandbox_cannot_be_installed(monkeypatch, capsys):
    wanted = []

    def set_up(extra):
        wanted.append(extra)
        if extra:
            raise course.Problem("wasmtime is missing, and there is no network")

    monkeypatch.setattr(course, "set_up", set_up)
    course.set_up_for("grade")
    assert wanted == ["sandbox", ""] and "Going on without" in capsys.readouterr().err
    with pytest.raises(course.Problem):
        course.set_up_for("book")


# ---- what it runs ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, command, rest",
    [
        ([], "lab", []),
        (["--no-browser", "--allow-root"], "lab", ["--no-browser", "--allow-root"]),
        (["lab", "--port=9000"], "lab", ["--port=9000"]),
        (["test", "-k", "labs"], "test", ["-k", "labs"]),
        (["refresh", "chapters/02_icc.ipynb"], "refresh", ["chapters/02_icc.ipynb"]),
        (["book", "--out", "site"], "book", ["--out", "site"]),
        (["--help"], "help", []),
        (["help"], "help", []),
    ],
)
def test_arguments_are_passed_on(given, command, rest):
    assert course.split_command(given) == (command, rest)
    if command != "help":
        built = course.COMMANDS[command](rest)
        assert built[0] == course.PYTHON and built[len(built) - len(rest) :] == rest


def test_jupyterlab_opens_on_the_start_page_with_the_whole_course_in_reach():
    command = course.lab([])
    assert f"--ServerApp.root_dir={course.ROOT}" in command
    assert f"--LabApp.default_url=/lab/tree/{course.START_PAGE}" in command
    assert (SOURCE.parent / course.START_PAGE).is_file()


@pytest.mark.parametrize("command", [course.book, course.grade, course.refresh])
def test_names_are_seen_from_where_the_command_is_typed(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command(["x"])[-3:] == ["--from", str(tmp_path), "x"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["-n", "0"],
        ["-n4"],
        ["--pdb"],
        ["-s"],
        ["-sv"],
        ["-xs"],
        ["--capture=no"],
        ["--capture", "no"],
    ],
)
def test_tests_run_one_at_a_time_when_asked(arguments):
    assert "--dist" not in course.test(arguments)


@pytest.mark.parametrize("arguments", [["-k", "labs"], ["-kslopes"], ["-rs"], ["-vx"]])
def test_tests_run_side_by_side_otherwise(arguments, monkeypatch):
    monkeypatch.setattr(course.os, "cpu_count", lambda: 2)
    assert course.test(arguments)[4:8] == ["-n", "3", "--dist", "loadscope"]


def test_help_says_what_there_is():
    run = subprocess.run([sys.executable, str(SOURCE), "--help"], capture_output=True, text=True)
    assert run.returncode == 0
    assert all(f"course.py {command}" in run.stdout for command in ("test", "refresh", "help"))


@pytest.mark.parametrize(
    "module", ["front_page", "question_bank", "references", "refresh", "release"]
)
def test_what_rewrites_files_only_tells_about_itself_when_asked_for_help(module):
    pages = [*SOURCE.parent.glob("docs/*.*"), *SOURCE.parent.glob("exercises/*.ipynb")]
    before = [path.stat().st_mtime_ns for path in pages]
    command = [sys.executable, "-m", f"hlm_teach.classroom.{module}", "--help"]
    run = subprocess.run(command, cwd=SOURCE.parent, capture_output=True, text=True)
    assert run.returncode == 0 and run.stdout.startswith("usage: python "), run.stderr
    assert [path.stat().st_mtime_ns for path in pages] == before


def test_exit_code_and_settings_reach_through(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    code = (
        "import os; path = os.environ['JUPYTER_CONFIG_PATH'].split(os.pathsep); "
        "assert 'PYTHONPATH' not in os.environ; "
        "raise SystemExit(7 if path[1:] == ['mine'] and os.path.isdir(path[0]) else 1)"
    )
    monkeypatch.setattr(course.signal, "signal", lambda *_: None)
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    assert course.run([sys.executable, "-c", code]) == 7


# ---- JupyterLab's settings ---------------------------------------------------------------


def settings():
    """The server's settings file, run as Jupyter runs it."""
    file = SOURCE.parent / ".jupyter" / "jupyter_server_config.py"
    config = SimpleNamespace(LabApp=SimpleNamespace())
    names = {"get_config": lambda: config}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)
    return names


def test_the_kernels_websocket_sends_at_once(monkeypatch):
    from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

    before = KernelWebsocketHandler.open
    monkeypatch.setattr(KernelWebsocketHandler, "open", before)
    settings()
    assert KernelWebsocketHandler.open is not before


def test_an_unknown_handler_is_left_alone():
    class Handler:
        def open(self):
            return "as it was"

    assert settings()["send_at_once"](Handler) is False
    assert Handler().open() == "as it was"


def test_jupyterlab_knows_the_names_that_the_settings_use():
    from jupyterlab.labapp import LabApp

    config = settings()["c"]
    assert LabApp.extension_manager.name and config.LabApp.extension_manager == "readonly"
    app = LabApp(check_for_updates_class=config.LabApp.check_for_updates_class)
    assert app.check_for_updates_class.__name__ == "NeverCheckForUpdate"
