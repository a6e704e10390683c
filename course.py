#!/usr/bin/env python3
"""Open the course, run its tests, grade exercises, or refresh what is stored.

    python course.py                 open JupyterLab on the start page
    python course.py test            run every test: package, notebooks, labs in a browser
    python course.py grade FOLDER    grade submitted exercise notebooks, write a table
    python course.py refresh         run the notebooks again and store clean outputs
    python course.py release         make exercises/ from solutions/
    python course.py help            this text

The first run makes an environment in the folder .venv here and installs the packages
into it, which needs a network connection once and takes a minute or two. Later runs
start at once; the install is repeated only when pyproject.toml or constraints.txt
changed. To start afresh, delete .venv.

Further arguments are passed on: to JupyterLab, pytest, the grader or the refresher.

    python course.py --no-browser --port=9000
    python course.py test -k labs
    python course.py refresh chapters/02_icc.ipynb
    python course.py grade submissions --out=grades.csv
"""

# This file needs nothing but a Python, and even a very old one must be able to read it far
# enough to say that it is too old: so no f-strings, no annotations, ASCII only.

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

NEEDED = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
ENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(ENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(
    ENV, "bin", "python")
STAMP = os.path.join(ENV, "course-set-up.txt")
UNFINISHED = "unfinished"
START_PAGE = "chapters/00_start_here.ipynb"
OFFLINE = (
    r"NewConnectionError|ConnectTimeout|ConnectionError|Name or service not known|"
    r"name resolution|getaddrinfo|Network is unreachable|dns error|error sending request|"
    r"Failed to fetch|Could not connect|ProxyError|Read timed out|"
    r"from versions: none")


class Problem(Exception):
    """Something that whoever runs this can mend; its text is all they get to see."""


def main(arguments):
    """Carry out one command and return the exit code."""
    try:
        check_python(sys.version_info)
        command, rest = split_command(arguments)
        if command == "help":
            print(__doc__.strip())
            return 0
        set_up(extra="dev" if command == "test" else "")
        return run(COMMANDS[command](rest))
    except Problem as problem:
        sys.stderr.write("\n" + str(problem) + "\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. A set-up that was not finished starts afresh next time.\n")
        return 130


def check_python(version):
    """Raise a Problem where this Python can't run the course."""
    if tuple(version[:2]) >= NEEDED:
        return
    raise Problem(
        "The course needs Python %d.%d or newer; this is Python %d.%d (%s).\n"
        "Install a newer Python beside it and name it in the command, such as\n"
        "    python3.12 course.py\n"
        "or, where uv is installed, let uv fetch one:\n"
        "    uv run jupyter lab" % (NEEDED + tuple(version[:2]) + (sys.executable,)))


def split_command(arguments):
    """Return the command and the arguments to pass on; options alone belong to JupyterLab."""
    if not arguments or arguments[0].startswith("-"):
        wants_help = arguments[:1] in (["-h"], ["--help"])
        return ("help", []) if wants_help else ("lab", list(arguments))
    if arguments[0] == "help" or arguments[0] in COMMANDS:
        return arguments[0], list(arguments[1:])
    raise Problem(
        "'%s' is not a command of course.py. There are: %s.\n"
        "python course.py help says what they do." % (arguments[0], ", ".join(sorted(COMMANDS))))


# ---- the environment ---------------------------------------------------------------------

def set_up(extra=""):
    """Make .venv and install into it, unless that has been done for the present files."""
    done, wanted = read_stamp(), fingerprint()
    if os.path.exists(PYTHON) and done in (wanted + " " + extra, wanted + " dev"):
        return
    started = time.time()
    print("Setting up the course in .venv (once; a minute or two) ...")
    sys.stdout.flush()
    uv = working_uv()
    if not usable(done, uv):
        make_environment(uv)
    write_stamp(UNFINISHED)
    install(uv, extra)
    write_stamp(wanted + " " + extra)
    print("Ready after %.0f seconds." % (time.time() - started))
    sys.stdout.flush()


def fingerprint():
    """Return a digest of all that decides what is installed: two files and where they lie."""
    digest = hashlib.sha256(ROOT.encode("utf-8", "surrogateescape"))
    for name in ("pyproject.toml", "constraints.txt"):
        try:
            with open(os.path.join(ROOT, name), "rb") as file:
                digest.update(file.read())
        except OSError as error:
            raise Problem("%s can't be read (%s).\nThe course needs its whole folder, not "
                          "course.py alone." % (name, error.strerror))
    return digest.hexdigest()


def read_stamp():
    """Return what the last set-up left in .venv, '' if nothing."""
    try:
        with open(STAMP) as file:
            return file.read()
    except OSError:
        return ""


def write_stamp(text):
    """Note in .venv how far the set-up has come."""
    try:
        with open(STAMP, "w") as file:
            file.write(text)
    except OSError as error:
        raise read_only(error)


def working_uv():
    """Return the path of uv, '' where there is none or only the name of one that doesn't run."""
    uv = shutil.which("uv") or ""
    try:  # pyenv, for one, leaves its name behind for every Python
        works = uv and subprocess.call([uv, "--version"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL) == 0
    except OSError:
        works = False
    return uv if works else ""


def usable(done, uv):
    """Tell whether the .venv that is there can be installed into as it is."""
    if done == UNFINISHED or not os.path.exists(PYTHON):
        return False
    test = "import sys; sys.exit(sys.version_info < %r)" % (NEEDED,)
    return all(subprocess.call([PYTHON, "-c", code], stderr=subprocess.DEVNULL) == 0
               for code in [test] + ([] if uv else ["import pip._internal.cli.main"]))


def make_environment(uv):
    """Make an empty .venv, in place of a broken one if need be."""
    if not uv:
        check_venv()
    if os.path.realpath(sys.prefix) == os.path.realpath(ENV):
        raise Problem("The environment in .venv is not complete and can't be made anew by its "
                      "own Python.\nRun course.py with the Python you made it with.")
    try:
        if os.path.isdir(ENV) and not os.path.islink(ENV):
            shutil.rmtree(ENV)
        os.mkdir(ENV)
        os.rmdir(ENV)
    except OSError as error:
        raise read_only(error)
    maker = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [
        sys.executable, "-m", "venv"]
    attempt(maker + [ENV], "The environment could not be made")


def check_venv():
    """Raise a Problem where this Python lacks the parts that make environments."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Problem(
            "This Python has no venv, the part that makes environments. On Debian and Ubuntu "
            "it is a package of its own:\n    sudo apt install python3-venv\n"
            "Then run the same command again. (With uv installed it isn't needed.)")


def read_only(error):
    """Return the Problem of a folder that can't be written to."""
    return Problem(
        "The course keeps its environment in\n    %s\nwhich can't be written (%s).\n"
        "Copy the course to a folder of your own, such as your home folder, and run it there."
        % (ENV, error.strerror))


def install(uv, extra):
    """Install the packages at their tested versions, and this folder as a package."""
    what = ["-e", ROOT + ("[%s]" % extra if extra else ""),
            "-c", os.path.join(ROOT, "constraints.txt")]
    tool = [uv, "pip", "install", "--python", PYTHON] if uv else [
        PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile",
        "--retries", "2"]
    attempt(tool + ["--quiet"] + what, "The packages could not be installed")


def attempt(command, failure):
    """Run one step of the set-up; on failure raise a Problem with the step's last words."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
    try:
        words = process.communicate()[0].decode("utf-8", "replace").strip()
    except KeyboardInterrupt:
        process.kill()
        process.wait()
        raise
    if process.returncode == 0:
        return
    if re.search(OFFLINE, words):
        failure += (": a package could not be fetched.\nThe first set-up needs a network "
                    "connection (later runs don't). Is there one, perhaps behind a proxy?\n"
                    "Run the same command again when it is there")
    raise Problem("%s.\n\nThe last lines of what the installer said:\n%s" % (
        failure, "\n".join("    " + line[:160] for line in words.splitlines()[-8:])))


# ---- what can be run in it ---------------------------------------------------------------

def lab(arguments):
    """Return the command that opens JupyterLab on the start page."""
    warn_of_taken_port(arguments)
    return [PYTHON, "-m", "jupyterlab", "--ServerApp.root_dir=" + ROOT,
            "--LabApp.default_url=/lab/tree/" + START_PAGE] + arguments


def test(arguments):
    """Return the command that runs the tests, two or more at a time unless told otherwise."""
    alone = re.compile(r"-n|--numprocesses|--pdb|--trace|-s$|--collect-only|--co$")
    # One more than there are cores: the tests in a browser mostly wait.
    workers = min((os.cpu_count() or 1) + 1, 4)
    if any(alone.match(argument) for argument in arguments):
        return [PYTHON, "-m", "pytest"] + arguments
    return [PYTHON, "-m", "pytest", "-n", str(workers), "--dist", "loadscope"] + arguments


def refresh(arguments):
    """Return the command that runs the notebooks and stores their outputs."""
    return [PYTHON, "-m", "hlm_teach.classroom.refresh"] + arguments


def release(arguments):
    """Return the command that makes the exercises from the solutions."""
    return [PYTHON, "-m", "hlm_teach.classroom.release"] + arguments


def grade(arguments):
    """Return the command that grades submissions; what it is given is seen from where it is run."""
    here = os.getcwd()
    return [PYTHON, "-m", "hlm_teach.classroom.grading", "--from", here] + arguments


COMMANDS = {"lab": lab, "test": test, "refresh": refresh, "release": release, "grade": grade}


def warn_of_taken_port(arguments):
    """Say so where the port is taken: JupyterLab then looks for another by itself."""
    given = re.search(r"--(?:ServerApp\.)?port[= ](\d+)", " ".join(arguments))
    port = int(given.group(1)) if given else 8888
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            print("Port %d is taken (is the course open already?); JupyterLab takes another: "
                  "its address is printed below." % port)
            sys.stdout.flush()


def run(command):
    """Run a command in the course's folder to its end and return its exit code."""
    settings = os.path.join(ROOT, ".jupyter")
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    path = os.pathsep.join([settings] + ([others] if others else []))
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(os.environ, JUPYTER_CONFIG_PATH=path))
    # Ctrl-C reaches the child by itself, and the child knows how to stop: wait for it.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
