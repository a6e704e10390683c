"""What the page asks of Python, and the answers: plain data in, plain data out.

`serve` reads one request from /io/request and writes the answer to /io/answer, both JSON; it is all
that an engine has to call. Of a picture the answer names where its pixels lie in memory.
"""

import json
import os
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

    options = dialect(Path(path).read_bytes())
    table = pd.read_csv(path, **options)
    told = "".join(f", {name}={json.dumps(value)}" for name, value in options.items())
    return {"rows": len(table), "columns": [str(name) for name in table.columns], "options": told}


def dialect(data):
    """How a CSV file differs from read_csv's own idea of one: encoding, separator, decimal comma.

    Spreadsheets write what is usual in their country: semicolons, and a comma in 1,5.
    """
    import re

    options = {}
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        options["encoding"] = "utf-16"
    else:
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError:
            options["encoding"] = "cp1252"
    text = data.decode(options.get("encoding", "utf-8-sig"), "replace")[:100_000]
    lines = [line for line in text.splitlines() if line.strip()]  # empty ones count for nothing
    first = [re.sub('"[^"]*"', "", line) for line in lines[:20]]

    def divides(separator):
        """Whether it stands in every line as often, and how often."""
        counts = {line.count(separator) for line in first}
        return len(counts) == 1, max(counts, default=0)

    separator = max(",;\t|", key=lambda sign: (divides(sign)[1] > 0, *divides(sign)))
    if separator != "," and divides(separator)[1]:
        options["sep"] = separator
        fields = [field for line in lines[1:] for field in line.split(separator)]
        commas = sum(bool(re.fullmatch(r"\s*-?\d+,\d+\s*", field)) for field in fields)
        points = sum(bool(re.fullmatch(r"\s*-?\d+\.\d+\s*", field)) for field in fields)
        if commas > points:
            options["decimal"] = ","
    return options


DOES = {
    "open": open_lab,
    "make": make_lab,
    "move": move,
    "guess": guess,
    "begin": begin,
    "run": run,
    "columns": columns,
}
