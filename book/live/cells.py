"""Run the cells of a notebook without Jupyter: what they print and display is collected."""

import ast
import builtins
import contextlib
import linecache
import sys
import traceback
from base64 import b64encode
from io import BytesIO


class Cells:
    """One name space in which cells run; `shown(thing)` says what a page draws itself."""

    def __init__(self, shown):
        self._shown, self.outputs = shown, []
        self.names = {"__name__": "__main__", "__builtins__": builtins, "display": self.display}

    def run(self, source, name):
        """Run a cell; the list of its outputs, in order."""
        from hlm_teach.display.show import displaying_to

        self.outputs = []
        place = f"<cell {name}>"
        linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
        printed, warned = Printed(self, "stdout"), Printed(self, "stderr")
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(warned):
            with displaying_to(self.display):
                # Figures are shown, and closed, where a cell ends, also where it fails.
                for step in (lambda: self._execute(source, place), self.show_figures):
                    try:
                        step()
                    except BaseException as error:
                        self.outputs.append({"kind": "error", "text": told(error, source)})
        for output in self.outputs:
            output["text"] = "".join(output["text"])  # a stream's was collected piece by piece
        return self.outputs

    def _execute(self, source, place):
        tree = ast.parse(source, place)
        last = tree.body[-1] if tree.body else None
        quiet = source.rstrip().endswith(";")
        if isinstance(last, ast.Expr) and not quiet:
            tree.body.pop()
            exec(compile(tree, place, "exec"), self.names)
            value = eval(compile(ast.Expression(last.value), place, "eval"), self.names)
            if value is not None:
                self.names["_"] = value
                self.display(value)
        else:
            exec(compile(tree, place, "exec"), self.names)

    def display(self, *things, **_):
        """Collect what is displayed."""
        for thing in things:
            self.outputs.append(
                self._shown(thing) or {"kind": "data", "data": bundle(thing), "text": plain(thing)}
            )

    def show_figures(self, *_, **__):
        """Show figures that pyplot holds, as a notebook does at `plt.show()` and where a cell ends."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else []:
            self.display(pyplot.figure(number))
            pyplot.close(number)


class Printed:
    """A stream whose text joins the outputs where it was printed."""

    encoding = "utf-8"

    def __init__(self, cells, name):
        self._cells, self._name = cells, name

    def write(self, text):
        """Add to the last output if that is of the same stream."""
        outputs = self._cells.outputs
        if not outputs or outputs[-1].get("stream") != self._name:
            outputs.append({"kind": "stream", "stream": self._name, "text": []})
        outputs[-1]["text"].append(text)
        return len(text)

    def flush(self):
        """Nothing is held back."""

    def isatty(self):
        """No terminal."""
        return False


def bundle(thing):
    """The MIME bundle of a thing, its pictures in base64."""
    from matplotlib.figure import Figure

    if isinstance(thing, Figure):
        data = {"image/png": png(thing)}
    elif hasattr(thing, "_repr_mimebundle_") and not isinstance(thing, type):
        found = thing._repr_mimebundle_()
        data = dict(found[0] if isinstance(found, tuple) else found)
    else:
        html = None if isinstance(thing, type) else getattr(thing, "_repr_html_", None)
        data = {"text/html": html()} if html else {}
    return {
        kind: b64encode(value).decode() if isinstance(value, bytes) else value
        for kind, value in data.items()
        if isinstance(kind, str) and isinstance(value, str | bytes) and value
    }


def plain(thing):
    """Its text, which stands for it where nothing else does."""
    return repr(thing)


def png(figure):
    """A figure as the bytes of a PNG file."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=128)
    return buffer.getvalue()


def told(error, source):
    """The last lines of an error: where in the cell, and what."""
    if any(line.lstrip().startswith(("%", "!")) for line in source.splitlines()) and isinstance(
        error, SyntaxError
    ):
        return "Lines that begin with % or ! are for Jupyter; in this page there is only Python."
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith("<cell")]
    lines = [f"line {frame.lineno}: {frame.line}" for frame in own[-2:]]
    # That packages are switched off, which Python 3.15 adds to a name it can't find, is of this page.
    last = "".join(traceback.format_exception_only(error)).partition(". Site initialization is")[0]
    last = last.strip().splitlines()
    return "\n".join([*lines, *last[-6:]])
