"""What the page asks of Python, and the answers: plain data in, plain data out.

`serve` reads one request from /io/request and writes the answer to /io/answer, both JSON; it is all
that an engine has to call. Of a picture the answer names where its pixels lie in memory.
"""

import csv
import json
import os
import re
import time
import zlib
from pathlib import Path

from cells import Cells

FOLDER = Path("/reader")
PROGRESS = "my_progress.json"

labs = {}  # by handle: the function's name ("icc_lab"), or "shown 3" of one that a cell shows
first = {}  # by the function's name: what a lab shows first, kept since the engine was made
asked = {}  # predictions and their answers that cells show, by handle
_changed = []  # handles of answers and predictions that have changed during a request
_picture = []  # keeps the pixels alive until the next request


def serve():
    """Answer one request; what goes wrong is part of the answer."""
    request = json.loads(Path("/io/request").read_text(encoding="utf-8"))
    started = time.perf_counter()
    _changed.clear()
    try:
        answer = DOES[request.pop("do")](**request)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    answer["ms"] = round(1000 * (time.perf_counter() - started), 1)
    answer["changed"] = [said(handle) for handle in dict.fromkeys(_changed)]
    Path("/io/answer").write_text(json.dumps(answer, default=_plain), encoding="utf-8")


def _plain(value):
    """Numbers of numpy as Python's."""
    return value.item() if hasattr(value, "item") else str(value)


# ---- labs ----------------------------------------------------------------------------------


def open_lab(lab):
    """Describe a lab and show it as it stands; one that isn't made yet from what is kept of it."""
    if lab in first and lab not in labs:
        answer, packed = first[lab]
        return answer | _painted(unpacked(packed))
    make_lab(lab)
    return labs[lab].describe() | _seen(labs[lab])


def make_lab(lab):
    """Make a lab that no cell has made: a figure takes longer than a picture of it."""
    if lab not in labs:
        import hlm_teach

        labs[lab] = getattr(hlm_teach, lab)()
    return {}


def move(lab, reset=False, again=False, values=None):
    """Move a lab as its reader asks, in this order; what can't be shown is said in `status`."""
    make_lab(lab)
    moved = labs[lab]
    if reset:
        moved.attempt(moved.reset)
    if again:
        moved.attempt(moved.draw_again)
    if values or not (reset or again):
        moved.move(**(values or {}))
    return _seen(moved)


def _seen(lab):
    words = {
        "state": lab.state,
        "status": lab.status,
        "readout": lab.readout_text,
        "alt": lab.alt_text,
        "news": lab.ticks.news,
        "tasks": lab.ticks.html(),
        "refused": lab.error is not None,
    }
    return words | _painted(lab.pixels())


def _painted(pixels):
    _picture[:] = [pixels]
    height, width, _ = pixels.shape
    address = pixels.__array_interface__["data"][0]
    return {"picture": {"width": width, "height": height, "address": address}}


def first_of(lab):
    """What `first` should hold of a lab: its answer when opened, the picture packed."""
    answer = open_lab(lab)
    del answer["picture"]
    return answer | {"state": dict(answer["state"])}, packed(_picture[0])


def packed(pixels):
    """A picture in a fiftieth of its room: its colours, and of each pixel which it is."""
    import numpy as np

    height, width, _ = pixels.shape
    colours, which = np.unique(pixels.reshape(-1, 4).view(np.uint32), return_inverse=True)
    planes = which.astype("<u2").reshape(-1, 1).view(np.uint8).T  # low bytes, then high ones
    return height, width, colours, zlib.compress(planes.tobytes(), 9)


def unpacked(kept):
    """The picture again."""
    import numpy as np

    height, width, colours, planes = kept
    low, high = np.frombuffer(zlib.decompress(planes), np.uint8).reshape(2, -1)
    which = low + 256 * high.astype(np.uint16)
    return colours[which].view(np.uint8).reshape(height, width, 4)


# ---- predictions ---------------------------------------------------------------------------


class Listener:
    """A face that only notes that its thing has changed."""

    def __init__(self, handle):
        self.handle = handle

    def show(self):
        """Called by the thing after each change."""
        _changed.append(self.handle)

    def close(self):
        """Nothing to take away here: the page does that."""


def said(handle):
    """What stands in the page for a prediction or an answer."""
    thing = asked[handle]
    if hasattr(thing, "beside_guess"):
        return {"kind": "answer", "handle": handle, "html": thing.beside_guess()}
    return {
        "kind": "prediction",
        "handle": handle,
        "question": thing.question,
        "control": thing.slider.describe() | {"value": thing.considered},
        "status": thing.status,
    }


def guess(handle, value):
    """Commit a guess; all that are kept, by the questions' keys."""
    from hlm_teach.labs.predict import kept_guesses

    asked[handle].commit(value)
    return {"guesses": kept_guesses()}


# ---- cells ---------------------------------------------------------------------------------


def shown(thing):
    """What the page shows itself for a thing of the course, or None."""
    from hlm_teach.labs.frame import Lab
    from hlm_teach.labs.predict import Answer, Prediction

    if isinstance(thing, Lab):
        handle = next((name for name, lab in labs.items() if lab is thing), f"shown {len(labs)}")
        labs[handle] = thing
        return {"kind": "lab", "handle": handle, "text": repr(thing)}
    if isinstance(thing, (Prediction, Answer)):
        handle = f"asked {len(asked)}"
        asked[handle] = thing
        thing.faces.append(Listener(handle))
        return said(handle) | {"text": repr(thing)}
    return None


cells = Cells(shown)


def begin(folder, progress="", guesses=None):
    """Go where the page's notebook lies, with what is kept of the reader's progress and guesses."""
    from hlm_teach.labs.predict import keep_guesses

    os.chdir(FOLDER / folder)
    keep_guesses(guesses or {})
    if progress:
        Path(PROGRESS).write_text(progress, encoding="utf-8")
    return {}


def run(source, name):
    """Run one cell; its outputs, and which exercises are done then."""
    outputs = cells.run(source, name)
    failed = any(output["kind"] == "error" for output in outputs)
    try:
        done = json.loads(Path(PROGRESS).read_text(encoding="utf-8"))["done"]
    except (OSError, ValueError, KeyError, TypeError):  # none yet, or the reader's own doing
        done = []
    return {"outputs": outputs, "failed": failed, "done": done if isinstance(done, list) else []}


def columns(path):
    """Describe a reader's CSV file: its rows and columns, and what `read_csv` must be told of it."""
    import pandas as pd

    data = Path(path).read_bytes()
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ValueError("it is a spreadsheet's own file; save it as CSV there, and open that")
    options = dialect(data)
    table = pd.read_csv(path, **options)
    told = "".join(f", {name}={json.dumps(value)}" for name, value in options.items())
    return {"rows": len(table), "columns": [str(name) for name in table.columns], "options": told}


def dialect(data):
    """How a CSV file differs from read_csv's own idea of one, as its options.

    Spreadsheets write what is usual in their country: semicolons, and 1,5 or 1.000,5 for 1.5 and
    1000.5; some begin with a line that names the separator.
    """
    options = {}
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        options["encoding"] = "utf-16"
    else:
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError:
            options["encoding"] = "cp1252"
    text = data.decode(options.get("encoding", "utf-8-sig"), "replace")[:100_000]
    if said := re.match(r"sep=(.)\r?\n", text):
        separator, text = said[1], text[said.end() :]
        options["skiprows"] = 1
    else:
        separator = max(";\t|,", key=lambda sign: _divides(text, sign))
        if _divides(text, separator)[1] == 1:  # nothing divides it: one column
            separator = ","
    if separator != ",":
        options["sep"] = separator
    rows = _rows(text, separator)[1:]
    return options | _numbers([field.strip() for row in rows for field in row], separator)


def _numbers(fields, separator):
    """How numbers are written, where it isn't 1.5 and 1000."""

    def like(pattern):
        return [field for field in fields if re.fullmatch(f"[-+]?{pattern}", field)]

    commas, points = like(r"(\d+|\d{1,3}(\.\d{3})+),\d+"), like(r"\d+\.\d+")
    if separator == "," and set(commas) <= set(like(r"\d{1,3}(,\d{3})+")):
        return {"thousands": ","} if like(r"\d{1,3}(,\d{3})+(\.\d+)?") else {}
    if len(commas) <= len(points):
        return {}
    grouped = like(r"\d{1,3}(\.\d{3})+,\d+")
    return {"decimal": ","} | ({"thousands": "."} if grouped else {})


def _rows(text, separator):
    """The rows of a file, without empty ones, as lists of fields without their quotes."""
    lines = text.splitlines(keepends=True)
    try:
        return [row for row in csv.reader(lines, delimiter=separator) if any(row)]
    except csv.Error:
        return []


def _divides(text, separator):
    """How well a sign divides the first rows: all of them alike, and into how many fields."""
    counts = [len(row) for row in _rows(text, separator)[:20]]
    most = max(counts, default=1)
    return len(set(counts)) == 1 and most > 1, most


DOES = {
    "open": open_lab,
    "make": make_lab,
    "move": move,
    "guess": guess,
    "begin": begin,
    "run": run,
    "columns": columns,
}
