"""Eighty and more submissions, honest, odd and hostile, and what each must come to.

`make(folder)` writes them and returns what is expected: points by exercise, and words that the
remarks must hold. Tests grade a few of them, `benchmarks/grading.py` all.
"""

import io
import json
import os
import struct
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ANSWERS = {"02.2": "answer = 40 / 8", "02.3": "answer = 0.1804"}
BOTH = {"02.2": 2, "02.3": 2}
WRONG = {"02.2": "answer = 1", "02.3": "answer = 0.99"}


@dataclass(frozen=True)
class Case:
    """A submission: its file name, its bytes (or how to make it), and what it must come to."""

    name: str
    content: bytes | Callable[[Path], None]
    points: dict[str, int]
    remark: str = ""
    dear: bool = False  # comes to the limit of work, which takes minutes
    row: str = ""  # the name in the table, where it is another


# ---- notebooks -----------------------------------------------------------------------------


def prose(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text, grade_id=""):
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "metadata": metadata, "source": text, "outputs": [],
            "execution_count": None}  # fmt: skip


def task(key, answer, checked=True):
    cells = [prose(f"## {key} Task"), code(answer)]
    return cells + ([code(f'check("{key}", answer)')] if checked else [])


def notebook(*before, answers=ANSWERS, checked=True, after=(), **more):
    cells = [prose("# Exercises"), code("from hlm_teach import check, my_data"), *before]
    for key, answer in answers.items():
        cells += task(key, answer, checked)
    return {"cells": [*cells, *after], "metadata": {}, "nbformat": 4, "nbformat_minor": 4} | more


def dumped(made, encoding="utf-8", **options):
    return json.dumps(made, **options).encode(encoding)


def hostile(source):
    """A notebook in which the first exercise's cell does something, and two honest ones follow."""
    return dumped(notebook(answers={"02.1": source, **ANSWERS}))


# ---- honest ones, oddly saved ----------------------------------------------------------------


def old(heading):
    """As IPython 2 saved it."""
    cells = []
    for key, answer in ANSWERS.items():
        words = {"cell_type": "heading", "level": 2, "source": f"{key} Task"}
        cells += [words if heading else prose(f"## {key} Task")]
        cells += [{"cell_type": "code", "input": [answer], "language": "python", "outputs": []}]
    return dumped({"worksheets": [{"cells": cells}], "metadata": {"name": ""}, "nbformat": 3})


def script(cut, words):
    lines = ["import numpy as np"]
    for key, answer in ANSWERS.items():
        lines += [words, f"# ## {key} Task", "", cut, answer, ""]
    return "\n".join(lines).encode()


def zipped(members, flags=0):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    content = held.getvalue()
    if flags:  # of the first member, in both of its headers
        content = content[:6] + struct.pack("<H", flags) + content[8:]
        at = content.index(b"PK\1\2") + 8
        content = content[:at] + struct.pack("<H", flags) + content[at + 2 :]
    return content


def tarred(members):
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return held.getvalue()


GOOD = dumped(notebook())
BARE = dumped(notebook(checked=False))
GRADE_IDS = [cell for key, answer in ANSWERS.items()
             for cell in (prose("My own words"), code(answer, f"answer-{key[:2]}-{key[3:]}"))]  # fmt: skip
VSCODE = [{"kind": 1, "language": "markdown", "value": f"## {key} Task"} if number == 0 else
          {"kind": 2, "language": "python", "value": answer}
          for key, answer in ANSWERS.items() for number in (0, 1)]  # fmt: skip
MAGICS = "%matplotlib inline\n!pip install seaborn\nx = 40\n%time y = x / 8"
MEMO = "open('notes.csv', 'w').write('a,b\\n1,2')\nimport pandas as pd\nassert len(pd.read_csv('notes.csv')) == 1"
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('figure.png')\nplt.show()"
WIDGETS = "import ipywidgets as w\nfrom IPython.display import display, HTML\ndisplay(HTML('<b>'), w.IntSlider(value=3))"
LONG = "answer = 'it is so, ' * 130_000"


def odd_headings(form):
    cells = [
        cell
        for key, answer in ANSWERS.items()
        for cell in (prose(form.format(key, key[1:])), code(answer))
    ]
    return dumped(notebook(answers={}, after=cells))


TWO_CHAPTERS = notebook(
    answers={**ANSWERS, "03.1": "answer = {'lam': 0.4, 'blup': 64, 'sd': 3.46}"}
)
COPIED = notebook(after=[*task("02.2", "answer = ..."), *task("02.3", "# nothing yet")])
REVISITED = notebook(after=[prose("## 02.2 revisited"), code("note = 'I was right'")])
CHECK_ONLY = {"02.2": 'check("02.2", 40 / 8)', "02.3": 'mine = 0.1804\ncheck("02.3", mine)'}
BIG = notebook()
BIG["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}]

HONEST = [
    Case("honest.ipynb", GOOD, BOTH),
    Case("checks deleted.ipynb", BARE, BOTH),
    Case("grade ids only.ipynb", dumped(notebook(answers={}, after=GRADE_IDS)), BOTH),
    Case("headings changed.ipynb", odd_headings("## Exercise {1}: mine"), BOTH),
    Case("headings bold.ipynb", odd_headings("**{0}** mine"), BOTH),
    Case("own heading.ipynb", dumped(REVISITED), BOTH),
    Case("blank copies.ipynb", dumped(COPIED), BOTH),
    Case("cells twice.ipynb", dumped(notebook(after=task("02.2", "answer = 5.0"))), BOTH),
    Case("reordered.ipynb", dumped(notebook(answers=dict(reversed(ANSWERS.items())))), BOTH),
    Case("only checked.ipynb", dumped(notebook(answers=CHECK_ONLY, checked=False)), BOTH),
    Case("two chapters.ipynb", dumped(TWO_CHAPTERS), BOTH),
    Case("kernel R.ipynb", dumped(notebook(metadata={"kernelspec": {"language": "R", "name": "ir"}})), BOTH, "kernel is set to r"),
    Case("kernel odd.ipynb", dumped(notebook(metadata={"kernelspec": 7})), BOTH),
    Case("mark.ipynb", b"\xef\xbb\xbf" + GOOD, BOTH),
    Case("utf16.ipynb", dumped(notebook(), "utf-16"), BOTH, "UTF-16"),
    Case("utf16 no mark.ipynb", dumped(notebook(), "utf-16-be"), BOTH, "UTF-16-BE"),
    Case("utf32.ipynb", dumped(notebook(), "utf-32"), BOTH, "UTF-32"),
    Case("latin1.ipynb", dumped(notebook(code("me = 'Zoë Müller'")), "latin-1", ensure_ascii=False), BOTH, "CP1252"),
    Case("format 3.ipynb", old(False), BOTH, "old format 3"),
    Case("format 3 headings.ipynb", old(True), BOTH, "old format 3"),
    Case("vscode.ipynb", dumped({"cells": VSCODE}), BOTH),
    Case("crlf.ipynb", GOOD.replace(b"\\n", b"\\r\\n"), BOTH),
    Case("lines.ipynb", dumped(notebook(answers={"02.2": ["x = 40", "answer = x / 8"], "02.3": ANSWERS["02.3"]})), BOTH),
    Case("control characters.ipynb", GOOD.replace(b"# Exercises", b"# Exer\tcises"), BOTH),
    Case("percent.py", script("# %%", "# %% [markdown]"), BOTH, "script"),
    Case("exported.py", script("# In[ ]:", ""), BOTH, "script"),
    Case("saved.ipynb.txt", GOOD, BOTH, "although it is called"),
    Case("saved.json", GOOD, BOTH, "although it is called"),
    Case("SAVED.IPYNB", GOOD, BOTH),
    Case("saved", GOOD, BOTH, "although it is called"),
    Case("saved.ipynb (1)", GOOD, BOTH, "although it is called"),
    Case("one.zip", zipped({"Ä ö (1)/02 x.ipynb": GOOD, "__MACOSX/._x": b"x"}), BOTH, row="one.zip/Ä ö (1)/02 x.ipynb"),
    Case("slip.zip", zipped({"../../../slip.ipynb": GOOD}), BOTH, row="slip.zip/slip.ipynb"),
    Case("absolute.zip", zipped({"/etc/x.ipynb": GOOD}), BOTH, row="absolute.zip/etc/x.ipynb"),
    Case("nested.zip", zipped({"inner.zip": zipped({"a.ipynb": GOOD})}), BOTH, row="nested.zip/inner.zip/a.ipynb"),
    Case("packed.tar.gz", tarred({"./b.ipynb": GOOD}), BOTH, row="packed.tar.gz/b.ipynb"),
    Case("magics.ipynb", dumped(notebook(code(MAGICS), answers={"02.2": "%%time\nanswer = y", "02.3": ANSWERS["02.3"]})), BOTH),
    Case("widgets.ipynb", dumped(notebook(code(WIDGETS))), BOTH),
    Case("writes and reads.ipynb", dumped(notebook(code(MEMO), code(PLOT), answers={"02.2": MEMO + "\nanswer = 5.0", "02.3": ANSWERS["02.3"]})), BOTH),
    Case("long text.ipynb", dumped(notebook(answers={**ANSWERS, "02.9": LONG})), BOTH),
    Case("surrogate.ipynb", dumped(notebook(code("me = '\\ud800 x'"))), BOTH),
    Case("formula.ipynb", dumped(notebook(code("me = '=1+1'"))), BOTH),
    Case("large.ipynb", dumped(BIG), BOTH),
    Case("error.ipynb", dumped(notebook(code("1 / 0"), code("def broken(:"))), BOTH, "ZeroDivisionError"),
]  # fmt: skip

# ---- hostile ones --------------------------------------------------------------------------

FORGED = '{"key": "02.1", "given": {"msb": 1, "msw": 1, "icc": 1}, "points": 100}'
PATCHED = """
import room
room.ROOM.answered = lambda key: {"key": key, "given": "all", "points": 100, "state": "right"}
room.as_line = lambda said: '{"key": "02.1", "state": "right"}'
"""
REDEFINED = """
import builtins, hlm_teach, hlm_teach.feedback.checking as f
check = hlm_teach.check = f.check = lambda *given: print("Right: full marks")
builtins.abs = lambda value: 0
builtins.sum = builtins.max = lambda *given: 100
f.is_right = lambda *given: True
import hlm_teach.feedback.judging as j
j.judge = j.verdict = lambda *given: True
"""
LOOKED_AT = (
    "class Hostile:\n    def __getattribute__(self, name): raise RuntimeError\nanswer = Hostile()"
)
LOOPS = "class Hostile(dict):\n    def items(self):\n        while True: pass\nanswer = Hostile(msb=1, msw=1, icc=1)"
TELLS = """
import os, glob
seen = []
for name in ("/etc/passwd", "/proc/self/environ", "{folder}/honest.ipynb", "../honest.ipynb"):
    try:
        seen.append(open(name).read())
    except OSError:
        pass
seen += glob.glob("{folder}/*") + glob.glob("/*/*.ipynb")
if seen: raise RuntimeError("SEEN " + str(seen)[:100])
"""
WRITES = """
import os, shutil
for name in ("{folder}/written.txt", "/tmp/written.txt", "/written.txt", "../written.txt"):
    for act in (lambda: open(name, "w").write("x"), lambda: os.mkdir(name), lambda: os.symlink("/etc", name)):
        try:
            act()
            if "tmp" not in name: raise RuntimeError("WRITTEN " + name)
        except OSError:
            pass
for name in ("{folder}", "/course", "/"):
    shutil.rmtree(name, ignore_errors=True)
"""
CALLS_OUT = """
import socket, urllib.request
for act in (lambda: urllib.request.urlopen("http://127.0.0.1:{port}/", timeout=5),
            lambda: socket.create_connection(("127.0.0.1", {port}), timeout=5)):
    try:
        act()
        raise RuntimeError("CALLED OUT")
    except OSError:
        pass
"""
PROCESSES = """
import os, subprocess, multiprocessing
for act in (lambda: subprocess.run(["touch", "{folder}/written.txt"]), lambda: os.fork(),
            lambda: os.system("touch {folder}/written.txt"), lambda: os.kill(os.getppid(), 9),
            lambda: os.execv("/bin/sh", ["sh"]), lambda: multiprocessing.Process(target=print).start()):
    try:
        act()
    except Exception:
        pass
"""

HOSTILE = [
    ("reads", TELLS, ""),
    ("writes", WRITES, ""),
    ("network", CALLS_OUT, ""),
    ("processes", PROCESSES, ""),
    ("threads", "import threading\nfor _ in range(100): threading.Thread(target=lambda: 1).start()", "cell"),
    ("threads that loop", "import concurrent.futures as c\nlist(c.ThreadPoolExecutor(4).map(lambda x: x, [1]))", ""),
    ("deep recursion", "def f(n): return f(n + 1)\nf(0)", "RecursionError"),
    ("deep C recursion", "x = []\nfor _ in range(10**6): x = [x]\nrepr(x)", ""),
    ("much output", "for _ in range(3000): print('x' * 10**6)", ""),
    ("much output to 1", "import os\nfor _ in range(300): os.write(1, b'x' * 10**6)", ""),
    ("much memory", "x = bytearray(20 * 2**30)", ""),
    ("ever more memory", "x = []\nwhile True: x.append(bytearray(2**24))", "MemoryError"),
    ("much memory caught", "x = []\ntry:\n    while True: x.append(bytearray(2**24))\nexcept MemoryError: pass", ""),
    ("large file", "f = open('big', 'wb')\nfor _ in range(300): f.write(bytes(10**7))\nf.close()", "cell"),
    ("many files", "for k in range(10**5): open(f'f{k}', 'w').close()", "cell"),
    ("printed praise", "print('✓ Right', {'02.1': 3, 'points': 100})", ""),
    ("forged lines", f"import os\nos.write(1, b'\\x1e' + {FORGED!r}.encode() + b'\\n')\nprint('\\x1e' + {FORGED!r})", ""),
    ("leaves", "import os; os._exit(0)", "in cell"),
    ("aborts", "import os; os.abort()", "in cell"),
    ("exits", "raise SystemExit", ""),
    ("closes its output", "import os; os.close(1); os.close(2)", ""),
    ("clears modules", "import sys; sys.modules.clear()", ""),
    ("deletes builtins", "import builtins\nfor name in list(vars(builtins)): delattr(builtins, name)", ""),
    ("sleeps", "import time; time.sleep(10**8)", ""),
    ("sleeps natively", "import importlib, time; importlib.reload(time); time.sleep(10**8)", ""),
    ("waits for input", "input('your password?')", ""),
    ("object that raises", LOOKED_AT, ""),
    ("enormous answer", "answer = '9' * 10**8", ""),
    ("nested answer", "answer = {}\nfor _ in range(10**5): answer = {'msb': answer}", ""),
    ("foreign memory", "import ctypes; ctypes.string_at(0)", ""),
    ("answers of nan", "answer = {'msb': float('nan'), 'msw': 1e999, 'icc': -0.0}", ""),
    ("patches the reader", PATCHED, "*"),
]  # fmt: skip
DEAR = [
    ("endless loop", "while True: pass", "no end"),
    ("endless import", "open('slow.py', 'w').write('while True: pass')\nimport slow", "no end"),
    ("endless pattern", "import re; re.match('(a|a)*b', 'a' * 60)", "no end"),
    ("endless catching", "while True:\n    try:\n        while True: pass\n    except BaseException: pass", "no end"),
    ("endless when read", LOOPS, "no end"),
]  # fmt: skip

# ---- with data beside it -------------------------------------------------------------------

OWN_DATA = "import pandas as pd\nanswer = float(pd.read_csv('d/wards.csv')['y'].mean())"
ANOTHERS = """
import os
for name in ("../ada/d/wards.csv", "/room/../ada/d/wards.csv", "d/wards.csv", "/tmp/wards.csv"):
    if os.path.exists(name): raise RuntimeError("SEEN " + name)
if [f for _, _, files in os.walk("/room") for f in files]: raise RuntimeError("SEEN files")
"""
ADA = dumped(notebook(answers={"02.2": OWN_DATA, "02.3": ANSWERS["02.3"]}))
DATA = {"ada/d/wards.csv": b"y\n4\n6\n"}
BESIDE = [
    Case("own data.zip", zipped({"ada/02.ipynb": ADA, **DATA}), BOTH),
    Case("another's data.zip", zipped({"bob/02.ipynb": hostile(ANOTHERS), **DATA}), BOTH),
    Case("two learners' data.zip", zipped({"ada/02.ipynb": hostile(ANOTHERS), "ada/bob.ipynb": b"{}", **DATA}), BOTH, "somebody else's"),
    Case("data out of it.zip", zipped({"02.ipynb": hostile(ANOTHERS), "../d/wards.csv": b"y\n4"}), BOTH),
]  # fmt: skip

# ---- what is no notebook -------------------------------------------------------------------


def link(to):
    return lambda path: path.symlink_to(to)


NONE = [
    ("empty.ipynb", b"", "empty"),
    ("half.ipynb", GOOD[: len(GOOD) // 2], "cut short"),
    ("list.ipynb", b"[1, 2]", "not a notebook"),
    ("nothing.ipynb", b"{}", "not a notebook"),
    ("cells 3.ipynb", b'{"cells": 3}', "not a notebook"),
    ("deep.ipynb", b'{"cells":' + b"[" * 100_000, "not a notebook"),
    ("noise.ipynb", bytes(range(256)) * 50, "not a notebook"),
    ("no exercise.ipynb", b'{"cells": []}', "no exercise"),
    ("report.pdf", b"%PDF-1.7 ...", "PDF"),
    ("page.html", b"<!DOCTYPE html><html>", "web page"),
    ("essay.docx", zipped({"word/document.xml": b"<x/>"}), "no notebook|not a notebook|office"),
    ("locked.zip", zipped({"a.ipynb": GOOD}, flags=1), "password"),
    ("broken.zip", zipped({"a.ipynb": GOOD})[:60], "damaged"),
    ("empty.zip", zipped({}), "no file"),
    ("bomb.zip", zipped({"a.ipynb": bytes(60 * 2**20)}), "larger than"),
    ("old.rar", b"Rar!\x1a\x07\x00rest", "rar archive"),
]  # fmt: skip
PLACES = [
    ("linked.ipynb", link("/etc/passwd"), "a link"),
    ("dangling.ipynb", link("nowhere"), "a link"),
    ("folder.ipynb", lambda path: path.mkdir(), "a folder"),
    ("pipe.ipynb", lambda path: os.mkfifo(path), "not a file"),
]


def cases(folder: Path, port: int = 9) -> list[Case]:
    """All submissions; hostile ones know the folder they lie in."""
    filled = {"{folder}": str(folder), "{port}": str(port)}

    def fill(source):
        for name, value in filled.items():
            source = source.replace(name, value)
        return source

    hostile_ones = [
        Case(f"{name}.ipynb", hostile(fill(source)), {} if remark == "*" else BOTH, remark.strip("*"), dear=source in DEAR)
        for name, source, remark in HOSTILE
    ]  # fmt: skip
    dear = [
        Case(f"{name}.ipynb", hostile(source), BOTH, remark, dear=True)
        for name, source, remark in DEAR
    ]
    redefined = [
        Case("redefined, wrong.ipynb", dumped(notebook(code(REDEFINED), answers=WRONG)), {}),
        Case("redefined, right.ipynb", dumped(notebook(code(REDEFINED))), BOTH),
    ]
    none = [Case(name, content, {}, remark) for name, content, remark in NONE]
    places = [
        Case(name, how, {}, remark) for name, how, remark in PLACES if sys.platform != "win32"
    ]
    return [*HONEST, *BESIDE, *hostile_ones, *dear, *redefined, *none, *places]


def make(folder: Path, port: int = 9, only: Callable[[Case], bool] = bool) -> list[Case]:
    """Write submissions into a folder; what each must come to."""
    made = [case for case in cases(folder, port) if only(case)]
    for case in made:
        path = folder / case.name
        if callable(case.content):
            case.content(path)
        else:
            path.write_bytes(case.content)
    return made


def wrong(case: Case, rows: list[dict]) -> str:
    """What is wrong with the rows that a submission has in the table, or ''."""
    mine = [row for row in rows if row["submission"] in (case.row or case.name, f"{case.name}/")]
    mine = mine or [row for row in rows if row["submission"].startswith(f"{case.name}/")]
    if not mine:
        return f"{case.name}: no row"
    got = {
        key: int(value)
        for row in mine
        for key, value in row.items()
        if key[:1].isdigit() and value not in ("", "0")
    }
    wanted = case.points | ({"03.1": 2} if case.name.startswith("two chapters") else {})
    said = "; ".join(row["remarks"] for row in mine)
    if got != wanted:
        return f"{case.name}: {got}, not {wanted} ({said})"
    if not any(word in said for word in case.remark.split("|")):
        return f"{case.name}: {case.remark!r} isn't in {said!r}"
    if any(word in said for word in ("SEEN", "WRITTEN", "CALLED OUT")):
        return f"{case.name}: {said}"
    return ""
