#!/usr/bin/env python3
"""Open the course, run its tests, grade exercises, refresh what is stored, or build the book.

    python course.py                 open JupyterLab on the start page
    python course.py test            run every test: package, notebooks, labs in a browser
    python course.py grade FOLDER    grade submitted exercise notebooks, write a table
    python course.py refresh         run the notebooks again and store clean outputs
    python course.py release         make exercises/ from solutions/
    python course.py book            build the web book in build/book; --serve shows it,
                                     --pdf prints it and a cheat sheet, --slides makes slides
    python course.py help            this text

The first run makes an environment in the folder .venv here and installs the packages
into it, which needs a network connection once and takes a minute or two. Later runs
look at what is installed and start at once; what is missing, damaged or of another
version than constraints.txt says is installed again. Where that can't be done, as
without a network, what works is opened with a warning. To start afresh, delete .venv.

Further arguments are passed on: to JupyterLab, pytest, the grader or the refresher.

    python course.py --no-browser --port=9000
    python course.py test -k labs
    python course.py refresh chapters/02_icc.ipynb
    python course.py grade submissions --out=grades.csv
"""

# This file needs nothing but a Python, and even a very old one must be able to read it far
# enough to say that it is too old: so no f-strings, no annotations, ASCII only. How .venv is made
# and mended stands in hlm_teach/classroom/environment.py, which a Python that is new enough reads.

import os
import re
import signal
import socket
import subprocess
import sys

NEEDED = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(
    ROOT, ".venv", *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python"))
)
START_PAGE = "chapters/00_start_here.ipynb"


class Problem(Exception):
    """Something that whoever runs this can mend; its text is all they get to see."""


class Ended(KeyboardInterrupt):
    """The program was told to end by another than Ctrl-C."""


def main(arguments):
    """Carry out one command and return the exit code."""
    try:
        check_python(sys.version_info)
        command, rest = split_command(arguments)
        if command == "help":
            print(__doc__.strip())
            return 0
        program = COMMANDS[command](rest)  # what can't be run is said before minutes of setting up
        set_up_for(command)
        return run(program)
    except Problem as problem:
        sys.stderr.write("\n" + str(problem) + "\n")
        return 2
    except KeyboardInterrupt as stop:
        sys.stderr.write("\nStopped. A set-up that was not finished goes on next time.\n")
        return 143 if isinstance(stop, Ended) else 130


def check_python(version):
    """Raise a Problem where this Python can't run the course."""
    if tuple(version[:2]) >= NEEDED:
        return
    raise Problem(
        "The course needs Python %d.%d or newer; this is Python %d.%d (%s).\n"
        "Install a newer Python beside it and name it in the command, such as\n"
        "    python3.12 course.py\n"
        "or, where uv is installed, let uv fetch one:\n"
        "    uv run jupyter lab" % (NEEDED + tuple(version[:2]) + (sys.executable,))
    )


def split_command(arguments):
    """Return the command and the arguments to pass on; options alone belong to JupyterLab."""
    if not arguments or arguments[0].startswith("-"):
        wants_help = arguments[:1] in (["-h"], ["--help"])
        return ("help", []) if wants_help else ("lab", list(arguments))
    known = sorted(list(COMMANDS) + ["help"])
    if arguments[0] in known:
        return arguments[0], list(arguments[1:])
    raise Problem(
        "'%s' is not a command of course.py. There are: %s.\n"
        "python course.py help says what they do." % (arguments[0], ", ".join(known))
    )


# ---- the environment ---------------------------------------------------------------------


def set_up(extra):
    """Make .venv, or mend it; being told to end stops that in an orderly way."""
    answer(("SIGTERM", "SIGHUP", "SIGBREAK"), end)
    environment = room()
    try:
        environment.set_up(extra)
    except environment.CannotSetUp as problem:
        raise Problem(str(problem))


def set_up_for(command):
    """Make or mend .venv for a command; what it can do without isn't insisted on."""
    if command not in OPTIONAL:
        return set_up(EXTRAS.get(command, ""))
    try:
        set_up(OPTIONAL[command])
    except Problem as problem:
        set_up("")
        sys.stderr.write("\n%s\nGoing on without.\n\n" % problem)


def answer(names, act):
    """Let `act` answer signals; those that are switched off, as by nohup, stay so."""
    for name in names:
        number = getattr(signal, name, None)  # each system has its own
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, act)


def end(*_):
    """Stop as at Ctrl-C."""
    raise Ended()


def room():
    """Return the module that keeps .venv in order."""
    try:
        from hlm_teach.classroom import environment
    except ImportError as error:
        raise Problem(
            "A part of the course is missing (%s).\nThe course needs its whole folder, "
            "not course.py alone." % error
        )
    return environment


def isolate():
    """Look for modules in Python's own library and then here, but nowhere else.

    PYTHONPATH or the environment this runs in may lead to another hlm_teach, and a learner may have
    a random.py in this folder.
    """
    library = os.path.dirname(os.__file__)
    own = [
        entry
        for entry in sys.path
        if entry.startswith(library)
        and os.path.basename(entry) not in ("site-packages", "dist-packages")
        or os.path.basename(entry) in ("DLLs", "lib-dynload")
        or entry.endswith(".zip")
    ]
    sys.path[:] = own + [ROOT]


# ---- what can be run in it ---------------------------------------------------------------


def module(name):
    """Return the start of a command: a module in .venv, and no file of this folder before it."""
    return [PYTHON, "-P", "-m", name]


def lab(arguments):
    """Return the command that opens JupyterLab on the start page."""
    warn_of_taken_port(arguments)
    return module("jupyterlab") + where(arguments) + as_root(arguments) + arguments


def where(arguments):
    """Return the options for the folder and the start page, unless others are asked for."""
    given = " ".join(arguments)
    if re.search("root[_-]dir|notebook[_-]dir", given):
        return []
    page = [] if "default_url" in given else ["--LabApp.default_url=/lab/tree/" + START_PAGE]
    return ["--ServerApp.root_dir=" + ROOT] + page


def as_root(arguments):
    """Return the option without which JupyterLab won't open for root, and say so."""
    if getattr(os, "geteuid", lambda: 1)() != 0 or "--allow-root" in arguments:
        return []
    say("You are root, as in a container: JupyterLab is opened with --allow-root.")
    return ["--allow-root"]


def test(arguments):
    """Return the command that runs the tests, two or more at a time unless told otherwise."""
    alone = re.compile(
        "-n|--numprocesses|--pdb|--trace|--collect-only|--co$"
        "|-[hlqvVx]*s|--capture$|--capture=no"  # -s, and in a row with others: -sv, -xs
    )
    # One more than there are cores: the tests in a browser mostly wait.
    workers = min((os.cpu_count() or 1) + 1, 4)
    if any(alone.match(argument) for argument in arguments):
        return module("pytest") + arguments
    return module("pytest") + ["-n", str(workers), "--dist", "loadscope"] + arguments


def refresh(arguments):
    """Return the command that runs the notebooks and stores their outputs."""
    return module("hlm_teach.classroom.refresh") + from_here() + arguments


def release(arguments):
    """Return the command that makes the exercises from the solutions."""
    return module("hlm_teach.classroom.release") + arguments


def book(arguments):
    """Return the command that builds the web book, and shows it with --serve."""
    return module("hlm_teach.classroom.book") + from_here() + arguments


def grade(arguments):
    """Return the command that grades submissions."""
    return module("hlm_teach.classroom.grading") + from_here() + arguments


def from_here():
    """Return the option by which files and folders are seen from where the command is typed."""
    try:
        return ["--from", os.getcwd()]
    except OSError:
        raise Problem("The folder you are in is no longer there: change to another.")


COMMANDS = {
    "lab": lab,
    "test": test,
    "refresh": refresh,
    "release": release,
    "book": book,
    "grade": grade,
}
# What some of them need beyond what the course itself does: optional dependencies.
EXTRAS = {"test": "dev,book,sandbox", "book": "book"}
# What they do better with and can do without, where it can't be installed.
OPTIONAL = {"grade": "sandbox"}


def warn_of_taken_port(arguments):
    """Say so where the port is taken: JupyterLab then looks for another by itself, if it may."""
    port = number("port", arguments, 8888)
    if port > 65535:
        raise Problem("There is no port %d: ports go up to 65535." % port)
    if port == 0 or "--sock" in " ".join(arguments) or not taken(port):
        return
    if number("port[-_]retries", arguments, 50) == 0:
        raise Problem(
            "Port %d is taken (is the course open already?), and port_retries=0 keeps "
            "JupyterLab from looking for another.\nClose what uses the port, or name "
            "another:\n    python course.py --port=%d" % (port, port % 65535 + 1)
        )
    say(
        "Port %d is taken (is the course open already?); JupyterLab takes another: "
        "its address is printed below." % port
    )


def number(option, arguments, otherwise):
    """Return the number that an option of JupyterLab is given, by argument or by the settings."""
    given = re.findall(r"--(?:ServerApp\.)?%s[= ](\d+)" % option, " ".join(arguments))
    setting = os.environ.get("JUPYTER_" + option.replace("[-_]", "_").upper(), "")
    return int((given or re.findall(r"^\d+$", setting) or [otherwise])[-1])


def taken(port):
    """Tell whether something answers at a port of this machine."""
    try:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0
    except OSError:
        return False


def say(words):
    """Print a line at once."""
    print(words)
    sys.stdout.flush()


def run(command):
    """Run a command in the course's folder to its end and return its exit code, as a shell does."""
    settings = room().surroundings.settings()
    others = settings.get("JUPYTER_CONFIG_PATH")
    settings["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        [os.path.join(ROOT, ".jupyter")] + ([others] if others else [])
    )
    running = []
    # Ctrl-C reaches the child by itself, and the child knows how to stop: wait for it.
    answer(("SIGINT", "SIGBREAK"), lambda *_: None)
    answer(("SIGTERM", "SIGHUP"), lambda *_: [child.terminate() for child in running])
    try:
        running.append(subprocess.Popen(command, cwd=ROOT, env=settings))
    except OSError as error:
        raise Problem("%s can't be run (%s)." % (command[0], error.strerror))
    code = running[0].wait()
    return code if code >= 0 else 128 - code  # ended by a signal


if __name__ == "__main__":
    isolate()
    sys.exit(main(sys.argv[1:]))
