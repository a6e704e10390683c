"""The side of grading that runs beside a learner's code, in the sandbox or in a process.

It runs cells as a notebook would and says, as plain data, what `answer` holds. It knows no points
and decides nothing: who started it reads with distrust whatever comes back.
"""

import ast
import contextlib
import io
import json
import os
import types

MOST_SAID = 300  # characters of an error
LONGEST_ANSWER = 200_000  # characters of an answer as JSON


class Sink(io.TextIOBase):
    """A stream that takes everything and keeps nothing."""

    encoding = "utf-8"

    def write(self, text):
        """Count it, as a file would."""
        return len(text)

    def isatty(self):
        """No terminal."""
        return False


class Room:
    """One name space in which a submission's cells run."""

    def __init__(self):
        self.names = {"__name__": "__main__", "__builtins__": __builtins__}
        self.names["display"] = lambda *things, **options: None
        self.names["get_ipython"] = lambda: Shell(self)
        self.key = ""
        self.checked = {}  # what was handed to `check`, by exercise
        self.notes = []
        self.compiled = 0

    def begin(self, key):
        """Go on to the cells of another exercise: an answer to one is none to the next."""
        if key != self.key:
            self.key = key
            self.names["answer"] = ...

    def cell(self, source):
        """Run a cell; an error ends the cell only. Returns the error in a line, or ''."""
        sink = Sink()
        with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
            try:
                self.run(transformed(source))
            except BaseException as error:
                return told(error)
        return ""

    def run(self, source):
        """Run Python that came from a cell, or from a magic in it."""
        self.compiled += 1
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(source, f"<cell {self.compiled}>", "exec", flags=flags)
        made = types.FunctionType(code, self.names)()
        if hasattr(made, "send") and code.co_flags & 0x80:  # a cell that awaits
            with contextlib.suppress(StopIteration):
                made.send(None)

    def listen(self):
        """Import what answers are read with, before foreign code can redefine it.

        And have `check` note what it is handed, for those who don't put it into `answer`.
        """
        import hlm_teach
        from hlm_teach.feedback import checking
        from hlm_teach.feedback.exercise import find
        from hlm_teach.feedback.judging import plain_answer

        self.find, self.plain_answer, heard = find, plain_answer, checking.check

        def check(key, answer=..., who=None):
            with contextlib.suppress(Exception):
                given, refused = plain_answer(find(key), answer)
                if refused is None:
                    self.checked[key] = {"given": given, "who": name_of(who)}
            return heard(key, answer, who)

        check.__doc__ = heard.__doc__
        hlm_teach.check = checking.check = check

    def answered(self, key):
        """What stands in `answer` for an exercise, as plain data, or why it can't be read."""
        given, refused = self.plain_answer(self.find(key), self.names.get("answer", ...))
        line = {"key": key, "who": name_of(self.names.get("me"))}
        if refused is None:
            return line | {"given": given}
        if key in self.checked:
            heard = self.checked[key]
            return line | {"given": heard["given"], "who": heard["who"] or line["who"]}
        return line | {"refused": refused.state, "says": str(refused.says)[:2000]}


def name_of(who):
    """A learner's name or number, if it is one."""
    if isinstance(who, (str, int)) and not isinstance(who, bool):
        return str(who)[:100]
    return None


def told(error):
    """An error in a line."""
    try:
        return f"{type(error).__name__}: {error}".strip()[:MOST_SAID]
    except BaseException:
        return "an error that raises another when it is looked at"


def as_line(said):
    """One line of JSON; an answer that is too long is said to be so."""
    try:
        line = json.dumps(said)
    except (TypeError, ValueError, RecursionError):
        said = {**{name: said.get(name) for name in ("key", "who")}, "refused": "unreadable"}
        return json.dumps(said | {"says": "This can't be read as plain data."})
    if len(line) > LONGEST_ANSWER:
        words = f"This is {len(line):,} characters long, and {LONGEST_ANSWER:,} are read."
        said = {**{name: said.get(name) for name in ("key", "who")}, "refused": "unreadable"}
        return json.dumps(said | {"says": words})
    return line


# ---- what only notebooks know --------------------------------------------------------------


def transformed(source):
    """Python from a cell: magics and ! as calls of `get_ipython()`, where IPython's part is here."""
    try:
        ast.parse(source)
        return source
    except SyntaxError:
        pass
    try:
        from IPython.core.inputtransformer2 import TransformerManager
    except ImportError:
        return source
    return TransformerManager().transform_cell(source)


class Shell:
    """What a cell may ask of IPython: timing runs the code, everything else does nothing."""

    RUNS = ("time", "timeit", "prun", "capture", "pdb", "debug")

    def __init__(self, room):
        self._room = room

    def run_line_magic(self, name, line, *more):
        """``%time x = 1`` runs ``x = 1``; ``%matplotlib`` and the like have no use here."""
        if name in self.RUNS:
            self._room.run(without_options(line))

    def run_cell_magic(self, name, line, cell):
        """``%%time`` and the like run the cell; what is another language is left out."""
        if name in self.RUNS:
            self._room.run(transformed(cell))

    def __getattr__(self, name):
        return lambda *given, **named: None


def without_options(line):
    """``-n 10 -r 3 f(x)`` without what is for the magic."""
    words = line.split(" ")
    while words and words[0].startswith("-"):
        words.pop(0)
        if words and words[0].isdigit():
            words.pop(0)
    return " ".join(words)


# ---- the sandbox's surroundings ------------------------------------------------------------

ROOM = None


def open_room():
    """Import what answers are read with, before foreign code can redefine a builtin."""
    global ROOM
    settle()
    import matplotlib

    matplotlib.use("agg")

    from hlm_teach.feedback.exercise import chapters, exercises_of

    for chapter in chapters():
        exercises_of(chapter)
    import matplotlib.pyplot

    ROOM = Room()
    ROOM.listen()


def settle():
    """What a notebook's surroundings settle elsewhere: no widgets, no threads, no waiting."""
    import time

    from hlm_teach.classroom import without_threads

    os.environ |= {"HLM_TEACH_PROGRESS": "off", "MPLBACKEND": "Agg"}
    without_threads.settle()
    time.sleep = lambda seconds: None


def begin(key):
    """Go on to another exercise."""
    ROOM.begin(key)


def do(place, source):
    """Run one cell and print, behind a mark, what went wrong."""
    error = ROOM.cell(source)
    said = {"cell": place, "error": error}
    os.write(1, ("\x1e" + as_line(said) + "\n").encode())


def read(key):
    """Print, behind a mark, what stands in `answer`; without a key, that all is well."""
    said = ROOM.answered(key) if key else {"well": bool(ROOM.names)}
    os.write(1, ("\x1e" + as_line(said) + "\n").encode())


def judge(key, given, who):
    """Judge an answer in a room where no foreign code has run; print the verdict."""
    from hlm_teach.feedback.exercise import find
    from hlm_teach.feedback.judging import judge as verdict

    result = verdict(find(key), given, who)
    said = {"key": key, "state": result.state, "says": result.says}
    os.write(1, ("\x1e" + as_line(said) + "\n").encode())
