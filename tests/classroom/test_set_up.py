"""The launcher started for real, on a tiny course, under all that goes wrong on people's machines."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny_course
from tiny_course import command, copy, course, settings, slow_installer, start, wheelhouse

from hlm_teach.classroom.places import PYTHON, ROOT

pytestmark = pytest.mark.house
ODD = "c [1] $x %y% #z; ü & 'q' (2)"
# Seconds, to stop what hangs: every wait here ends with an event, on a busy machine later.
PATIENCE = 300
posix = pytest.mark.skipif(os.name == "nt", reason="a signal and a link of POSIX")


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    return wheelhouse(tmp_path_factory.mktemp("tiny") / "wheels")


@pytest.fixture(scope="module")
def first(packages):
    """A course that has been set up, and what was said."""
    folder = course(packages.with_name(ODD))
    code, words, opened = start(folder, settings(packages))
    assert code == 0 and opened["lesson"] == "1.0", words
    return folder, words


@pytest.fixture(scope="module")
def by_pip(packages):
    """The same, set up by pip under settings that misdirect it."""
    astray = packages.with_name("astray")
    tiny_course.course(astray)  # another hlm_teach
    (astray / "lesson.py").write_text("__version__ = 'astray'")
    (astray / "pip.conf").write_text(
        f"[global]\nuser = true\ntarget = {astray}\nprefix = /x\n"
        f"[install]\nfind-links = {packages}\n"
    )
    env = settings(packages, uv=False) | {
        "PIP_USER": "1",
        "PIP_TARGET": str(astray / "t"),
        "PIP_ROOT": str(astray / "r"),
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_DRY_RUN": "1",
        "PIP_CONSTRAINT": "no-such-file",
        "PIP_CONFIG_FILE": str(astray / "pip.conf"),
        "PYTHONPATH": str(astray),
        "PYTHONHOME": sys.base_prefix,
        "PYTHONSAFEPATH": "1",
        "PYTHONOPTIMIZE": "2",
        "JUPYTER_PATH": str(astray),
        "VIRTUAL_ENV": str(astray),
    }
    del env["PIP_FIND_LINKS"]  # that pip.conf gives
    folder = course(packages.with_name("by pip"))
    (folder / "random.py").write_text("raise SystemExit('a file of the learner')")
    return folder, start(folder, env)


@pytest.fixture
def ready(first, tmp_path):
    """A copy of the course that has been set up."""
    return copy(first[0], tmp_path / "course")


def site(folder):
    """Where the packages of a course lie."""
    return next(folder.glob(".venv/**/site-packages"))


def ended(process):
    """Whether a process is over, or ends while we wait."""
    for _ in range(PATIENCE * 50):
        state = Path(f"/proc/{process}/stat")
        try:  # it can end between any two of these lines
            os.kill(process, 0)
            if (
                state.exists()
                and state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
            ):
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def worker(tools):
    """The process of the stand-in, once it is at work."""
    for _ in range(PATIENCE * 50):
        if (tools / "working").exists():
            return int((tools / "working").read_text(encoding="utf-8"))
        time.sleep(0.02)
    raise AssertionError("the installer was not started")


# ---- set up once -------------------------------------------------------------------------


def test_the_first_start_sets_up_and_the_second_only_opens(first, packages):
    folder, words = first
    assert "Setting up the course" in words and "Ready after" in words
    code, words, opened = start(folder, settings(packages, network=False))
    assert code == 0 and opened["lesson"] == "1.0"
    assert Path(opened["course"]).parents[1] == folder and folder.name == ODD
    assert f"--ServerApp.root_dir={folder}" in opened["arguments"]
    assert "Setting up" not in words and "Mending" not in words and "Warning" not in words


def test_the_packages_of_the_tests_come_with_the_tests(ready, packages):
    code, words, _ = start(ready, settings(packages), "test", "-s")
    assert code == 0 and "pytest is not installed" in words
    assert (site(ready) / "pytest.py").exists()


def test_settings_that_misdirect_are_left_out(by_pip):
    folder, (code, words, opened) = by_pip
    assert code == 0, words
    assert Path(opened["lesson_file"]).is_relative_to(folder / ".venv")
    assert Path(opened["course"]).parents[1] == folder
    kept = set(opened["environment"])
    assert "PIP_NO_INDEX" in kept and not kept & {
        "PIP_USER",
        "PIP_TARGET",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONOPTIMIZE",
        "JUPYTER_PATH",
    }


def test_a_home_that_cannot_be_written_is_replaced(ready, packages):
    home = ready / "a-file"
    home.touch()
    code, words, opened = start(ready, settings(packages, HOME=str(home), USERPROFILE=str(home)))
    assert code == 0, words
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        assert Path(opened["environment"][name]).is_relative_to(ready / ".venv")


# ---- without a network -------------------------------------------------------------------


def test_a_copy_opens_itself_without_a_network(first, tmp_path, packages):
    folder = copy(first[0], tmp_path / f"copy of {ODD}")
    own = [PYTHON.relative_to(ROOT), "-I", "-c", "import hlm_teach as h; print(h.__file__)"]
    found = subprocess.check_output([folder / own[0], *own[1:]], text=True).strip()
    assert Path(found).parents[1] == folder  # whoever starts its Python without the launcher
    code, words, opened = start(folder, settings(packages, network=False))
    assert code == 0 and "Mending" not in words and "Warning" not in words
    assert Path(opened["course"]).parents[1] == folder
    assert Path(opened["lesson_file"]).is_relative_to(folder)


def test_a_changed_version_waits_for_the_network_and_keeps_what_works(ready, packages):
    (ready / "constraints.txt").write_text("lesson==2.0\n")
    for _ in range(2):
        code, words, opened = start(ready, settings(packages, network=False))
        assert code == 0 and opened["lesson"] == "1.0"
        assert "Warning: lesson 1.0 is here, 2.0 is the tested version" in words
    code, words, opened = start(ready, settings(packages))
    assert code == 0 and opened["lesson"] == "2.0" and "Warning" not in words


def test_what_is_missing_without_a_network_is_said_and_nothing_is_lost(ready, packages):
    shutil.rmtree(site(ready) / "lesson")
    before = {path for path in site(ready).rglob("*") if "__pycache__" not in path.parts}
    for _ in range(2):
        code, words, opened = start(ready, settings(packages, network=False))
        assert code == 2 and opened is None and "lesson is damaged" in words
        assert "The packages could not be installed" in words
    after = {path for path in site(ready).rglob("*") if "__pycache__" not in path.parts}
    assert before == after


def test_a_folder_that_cannot_be_written_opens_with_what_works(ready, packages):
    (ready / ".venv-lock").unlink()
    (ready / ".venv-lock").mkdir()
    (ready / "constraints.txt").write_text("lesson==2.0\n")
    code, words, opened = start(ready, settings(packages))
    assert code == 0 and opened["lesson"] == "1.0"
    assert "Warning" in words and "Copy the course to a folder of your own" in words


def test_a_file_that_is_no_longer_what_it_was_is_named(ready, packages):
    (ready / "constraints.txt").write_text("lesson==1.0\n<<<<<<< HEAD\n")
    assert start(ready, settings(packages))[0] == 0
    (ready / "pyproject.toml").write_text("<<<<<<< HEAD\n")
    code, words, _ = start(ready, settings(packages))
    assert code == 2 and "pyproject.toml is not what it was" in words


# ---- missing and damaged -----------------------------------------------------------------


def one_way(packages):
    """Uninstalled; without its notes; with an empty file, and that in what looks at the others."""
    shutil.rmtree(packages / "lesson")
    shutil.rmtree(packages / "lesson-1.0.dist-info")
    (packages / "pupil-1.0.dist-info" / "METADATA").unlink()
    (packages / "packaging" / "requirements.py").write_bytes(b"")


def another_way(packages):
    """A file gone; the list of files gone; two versions at once."""
    (packages / "lesson" / "__init__.py").unlink()
    (packages / "jupyterlab-1.0.dist-info" / "RECORD").unlink()
    shutil.copytree(packages / "pupil-1.0.dist-info", packages / "pupil-2.0.dist-info")


@pytest.mark.parametrize("harm", [one_way, another_way])
def test_what_is_missing_or_damaged_is_installed_again(ready, packages, harm):
    harm(site(ready))
    code, words, opened = start(ready, settings(packages))
    assert code == 0 and opened["lesson"] == "1.0", words
    assert "Mending .venv: " in words and "Warning" not in words
    code, words, _ = start(ready, settings(packages, network=False))
    assert code == 0 and "Mending" not in words
    assert not (ready / ".venv" / "set-aside").exists()


def test_pip_does_that_too_even_where_it_is_damaged_itself(by_pip, packages):
    folder = by_pip[0]
    shutil.rmtree(site(folder) / "pip" / "_internal")
    one_way(site(folder))
    code, words, opened = start(folder, settings(packages, uv=False))
    assert code == 0 and opened["lesson"] == "1.0" and "Warning" not in words, words


def test_what_is_whole_but_cannot_be_imported_is_said_each_time(ready, packages):
    (ready / "constraints.txt").write_text("lesson==2.0\n")
    (ready / "hlm_teach" / "__init__.py").write_text("import no_such_library")
    for _ in range(2):
        code, words, opened = start(ready, settings(packages))
        assert code == 2 and opened is None and "No module named 'no_such_library'" in words
    (ready / "hlm_teach" / "__init__.py").write_text("")
    assert start(ready, settings(packages))[0] == 0
    assert not (ready / ".venv" / "cannot-be-used.txt").exists()


def test_a_package_damaged_where_it_does_not_matter_opens_without_a_network(ready, packages):
    (site(ready) / "lesson" / "appendix.py").write_bytes(b"unused")
    code, words, opened = start(ready, settings(packages, network=False))
    assert code == 0 and opened["lesson"] == "1.0"
    assert "Warning: lesson is damaged" in words and "appendix.py" in words


@posix
def test_an_environment_without_its_python_is_kept_until_the_next_one_works(ready, packages):
    python = ready / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/no/such/python")
    code, words, opened = start(ready, settings(packages, network=False))
    assert code == 2 and opened is None and "no Python in .venv that runs" in words
    assert (site(ready) / "lesson").exists() and not (ready / ".venv-old").exists()
    code, words, opened = start(ready, settings(packages))
    assert code == 0 and opened["lesson"] == "1.0" and not (ready / ".venv-old").exists()


# ---- stopped, and two at once ------------------------------------------------------------


@posix
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_a_stop_ends_the_installer_too_and_the_next_start_goes_on(ready, packages, how):
    tools = slow_installer(packages.with_name(f"tools-{how}"))
    one_way(site(ready))
    env = settings(packages)
    env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"
    launcher = subprocess.Popen(command(ready), env=env, stderr=subprocess.PIPE, text=True)
    installer = worker(tools)
    launcher.send_signal(getattr(signal, how))
    words = launcher.communicate(timeout=PATIENCE)[1]
    assert ended(installer)
    assert "Traceback" not in words and ("Stopped" in words) == (how != "SIGKILL")
    assert launcher.returncode == {"SIGINT": 130, "SIGKILL": -9}[how]
    (tools / "go").touch()
    code, words, opened = start(ready, env)
    assert code == 0 and opened["lesson"] == "1.0" and "Another set-up" not in words


@posix
def test_a_stop_while_a_new_environment_is_made_brings_the_old_one_back(ready, packages):
    tools = slow_installer(packages.with_name("tools-back"))
    (ready / ".venv" / "bin" / "python").unlink()
    env = settings(packages)
    env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"
    for how in (signal.SIGTERM, signal.SIGKILL):
        launcher = subprocess.Popen(command(ready), env=env)
        assert worker(tools)
        (tools / "working").unlink()
        launcher.send_signal(how)
        assert launcher.wait(timeout=PATIENCE) == (143 if how is signal.SIGTERM else -9)
        kept = ready / (".venv-old" if how is signal.SIGKILL else ".venv")
        assert next(kept.glob("**/site-packages/lesson")).exists()
    (tools / "go").touch()
    code, words, opened = start(ready, env)
    assert code == 0 and opened["lesson"] == "1.0", words
    assert not (ready / ".venv-old").exists() and not (ready / ".venv-failed").exists()


def nohup():
    """Switch hang-ups off, as the program nohup does."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


@posix
def test_under_nohup_a_set_up_goes_on_when_the_terminal_is_closed(ready, packages):
    tools = slow_installer(packages.with_name("tools-nohup"))
    one_way(site(ready))
    env = settings(packages)
    env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"
    launcher = subprocess.Popen(
        command(ready),
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=nohup,
    )
    assert worker(tools)
    os.killpg(launcher.pid, signal.SIGHUP)
    (tools / "go").touch()
    words = launcher.communicate(timeout=PATIENCE)[0]
    assert launcher.returncode == 0 and "Ready after" in words


def no_nohup():
    """Switch hang-ups on, also where the tests themselves run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def staying(ready, packages, begin=no_nohup):
    """A launcher whose JupyterLab waits for a line, and the number of that process."""
    launcher = subprocess.Popen(
        command(ready, "--stay"),
        env=settings(packages),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=begin,
    )
    told = next(line for line in launcher.stdout if line.startswith("{"))
    return launcher, json.loads(told)["pid"]


@posix
@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP"])
def test_what_was_opened_ends_with_the_launcher(ready, packages, how):
    launcher, opened = staying(ready, packages)
    with launcher:
        launcher.send_signal(getattr(signal, how))
        assert launcher.wait(timeout=PATIENCE) == 143 and ended(opened)


@posix
def test_under_nohup_a_closed_terminal_ends_nothing(ready, packages):
    launcher, _ = staying(ready, packages, nohup)
    os.killpg(launcher.pid, signal.SIGHUP)
    launcher.communicate("\n", timeout=PATIENCE)
    assert launcher.returncode == 0


@posix
def test_the_second_of_two_set_ups_waits_for_the_first(ready, packages):
    tools = slow_installer(packages.with_name("tools-two"))
    shutil.rmtree(site(ready) / "lesson")
    env = settings(packages) | {"PYTHONUNBUFFERED": "1"}
    env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"
    one = subprocess.Popen(command(ready), env=env, stdout=subprocess.PIPE, text=True)
    assert worker(tools)
    (tools / "working").unlink()
    two = subprocess.Popen(command(ready), env=env, stdout=subprocess.PIPE, text=True)
    said = next(line for line in two.stdout if not line.startswith("You are root"))
    assert "Another set-up of this course is at work" in said
    (tools / "go").touch()
    assert "Ready after" in one.communicate(timeout=PATIENCE)[0] and one.returncode == 0
    rest = two.communicate(timeout=PATIENCE)[0]
    assert two.returncode == 0 and "Mending" not in rest and '"lesson": "1.0"' in rest
    assert not (tools / "working").exists(), "the second has installed once more"
