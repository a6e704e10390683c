"""The launcher: every way it can go wrong ends in clear words, and arguments reach their program."""

import ast
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import course

pytestmark = pytest.mark.house
SOURCE = Path(course.__file__)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A course in a folder of its own, with nothing set up yet."""
    env = tmp_path / ".venv"
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "constraints.txt").write_text("")
    monkeypatch.setattr(course, "ROOT", str(tmp_path))
    monkeypatch.setattr(course, "ENV", str(env))
    monkeypatch.setattr(course, "PYTHON", str(env / "bin" / "python"))
    monkeypatch.setattr(course, "STAMP", str(env / "course-set-up.txt"))
    return tmp_path


@pytest.fixture
def steps(folder, monkeypatch):
    """What the set-up runs, recorded and not run; the environment appears as it would."""
    done = []

    def attempt(command, failure):
        done.append(command)
        if "venv" in command:
            Path(course.PYTHON).parent.mkdir(parents=True)
            Path(course.PYTHON).touch()

    monkeypatch.setattr(course, "attempt", attempt)
    monkeypatch.setattr(
        course,
        "usable",
        lambda done, uv: os.path.exists(course.PYTHON) and done != course.UNFINISHED,
    )
    monkeypatch.setattr(course.shutil, "which", lambda name: None)
    return done


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
    imported = {
        alias.name
        for node in ast.walk(ast.parse(SOURCE.read_text()))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert imported <= set(sys.stdlib_module_names)


def test_a_missing_venv_is_told_how_to_be_had(capsys, monkeypatch, folder):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    monkeypatch.setattr(course.shutil, "which", lambda name: None)
    code, words = said(capsys)
    assert code == 2 and "sudo apt install python3-venv" in words
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize(
    "installer",
    [
        "Could not find a version that satisfies the requirement setuptools>=77 "
        "(from versions: none)",
        "WARNING: Retrying after NewConnectionError: [Errno -3] Temporary failure in name resolution",
        "error: Request failed after 3 retries\n  Caused by: dns error",
    ],
)
def test_no_network_is_told_from_what_the_installer_says(installer, folder):
    with pytest.raises(course.Problem, match="needs a network connection") as problem:
        course.attempt(
            [sys.executable, "-c", f"print({installer!r}); raise SystemExit(1)"],
            "The packages could not be installed",
        )
    assert installer.splitlines()[-1] in str(problem.value)


def test_another_failure_shows_the_installers_last_words(folder):
    code = "for i in range(20): print('line', i)\nraise SystemExit(1)"
    with pytest.raises(course.Problem) as problem:
        course.attempt([sys.executable, "-c", code], "It could not be done")
    words = str(problem.value)
    assert "It could not be done." in words and "line 19" in words
    assert "line 5" not in words and "network" not in words


def test_a_real_pip_without_network_is_recognised(folder):
    nowhere = ["--index-url", "http://127.0.0.1:9/simple", "--retries", "0", "--no-cache-dir"]
    pip = [sys.executable, "-m", "pip", "download", "-d", str(folder), *nowhere, "no-such-thing"]
    if subprocess.run([sys.executable, "-c", "import pip"], capture_output=True).returncode:
        pytest.skip("this environment was made without pip")
    with pytest.raises(course.Problem, match="needs a network connection"):
        course.attempt(pip, "The packages could not be installed")


def test_a_read_only_folder_is_named(capsys, monkeypatch, folder):
    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(course.os, "mkdir", refuse)
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
        and "grade, lab, refresh, release, test" in words
    )


def test_control_c_during_set_up_leaves_no_traceback(capsys, monkeypatch, steps):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "attempt", interrupt)
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


# ---- when it installs --------------------------------------------------------------------


def test_set_up_runs_once(steps):
    course.set_up()
    first = len(steps)
    course.set_up()
    assert first == 2 and len(steps) == 2


@pytest.mark.parametrize("file", ["pyproject.toml", "constraints.txt"])
def test_a_changed_file_repeats_the_install_and_no_more(steps, folder, file):
    course.set_up()
    (folder / file).write_text("changed")
    course.set_up()
    assert len(steps) == 3 and "install" in steps[-1]


def test_the_tests_add_their_packages_once(steps, folder):
    course.set_up()
    course.set_up("dev")
    assert steps[-1][steps[-1].index("-e") + 1] == f"{folder}[dev]"
    course.set_up()
    assert len(steps) == 3


def test_an_interrupted_install_starts_afresh(monkeypatch, steps, folder):
    course.set_up()
    (folder / "constraints.txt").write_text("changed")
    recording = course.attempt

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "attempt", interrupt)
    with pytest.raises(KeyboardInterrupt):
        course.set_up()
    (folder / ".venv" / "half-installed").touch()
    monkeypatch.setattr(course, "attempt", recording)
    course.set_up()
    assert not (folder / ".venv" / "half-installed").exists()
    assert "venv" in steps[-2] and "install" in steps[-1]


def test_uv_is_used_where_it_runs(monkeypatch, steps):
    uv = sys.executable  # a program that answers --version
    monkeypatch.setattr(course.shutil, "which", lambda name: uv)
    course.set_up()
    assert [step[:2] for step in steps] == [[uv, "venv"], [uv, "pip"]]


@pytest.mark.parametrize("program", [None, "/no/such/uv", shutil.which("false")])
def test_the_mere_name_of_uv_is_not_uv(program, monkeypatch, steps):
    monkeypatch.setattr(course.shutil, "which", lambda name: program)
    course.set_up()
    assert [step[:3] for step in steps] == [
        [sys.executable, "-m", "venv"],
        [course.PYTHON, "-m", "pip"],
    ]


def test_a_broken_environment_is_not_usable(folder):
    assert not course.usable("", None)
    Path(course.PYTHON).parent.mkdir(parents=True)
    Path(course.PYTHON).symlink_to(sys.executable)
    assert course.usable("", "uv")
    assert not course.usable(course.UNFINISHED, "uv")
    Path(course.PYTHON).unlink()
    Path(course.PYTHON).symlink_to("/no/such/python")
    assert not course.usable("", "uv")


# ---- what it runs ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, command, rest",
    [
        ([], "lab", []),
        (["--no-browser", "--allow-root"], "lab", ["--no-browser", "--allow-root"]),
        (["lab", "--port=9000"], "lab", ["--port=9000"]),
        (["test", "-k", "labs"], "test", ["-k", "labs"]),
        (["refresh", "chapters/02_icc.ipynb"], "refresh", ["chapters/02_icc.ipynb"]),
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


@pytest.mark.parametrize("arguments", [["-n", "0"], ["-n4"], ["--pdb"], ["-s"]])
def test_tests_run_one_at_a_time_when_asked(arguments):
    assert "--dist" not in course.test(arguments)


def test_tests_run_side_by_side_otherwise(monkeypatch):
    monkeypatch.setattr(course.os, "cpu_count", lambda: 2)
    assert course.test(["-k", "labs"])[3:7] == ["-n", "3", "--dist", "loadscope"]


def test_help_says_what_there_is():
    run = subprocess.run([sys.executable, str(SOURCE), "--help"], capture_output=True, text=True)
    assert run.returncode == 0
    assert all(f"course.py {command}" in run.stdout for command in ("test", "refresh", "help"))


def test_exit_code_and_settings_reach_through(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    code = (
        "import os; path = os.environ['JUPYTER_CONFIG_PATH'].split(os.pathsep); "
        "raise SystemExit(7 if path[1:] == ['mine'] and os.path.isdir(path[0]) else 1)"
    )
    monkeypatch.setattr(course.signal, "signal", lambda *_: None)
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
