"""Formulas, set by KaTeX when the book is built: all of them in one run of Node.js.

Sphinx leaves a place for each formula, which holds its TeX; `set_all` fills the places. The pages
then hold the formulas as HTML, and as MathML for screen readers, and need no JavaScript.
"""

from __future__ import annotations

import json
import re
import subprocess
from html import escape, unescape
from pathlib import Path

from hlm_teach.classroom.tools import npm
from hlm_teach.classroom.tools.problems import CannotBuild

# It sets the formulas; its style sheet and fonts show them.
KATEX = npm.Part(
    "katex",
    "0.16.22",
    "sha512-XCHRdUw4lf3SKBaJe4EvgqIuWwkPSo9XoeO8GjQW94Bp7TWv9hNhzZjZ"
    "+OH9yf1UmLygb7DIT5GSFQiyt16zYg==",
)
PLACE = re.compile(r'<(?:span|div) class="math" data-(inline|display)="([^"]*)"></(?:span|div)>')
SCRIPT = """
const katex = require(process.argv[1]);
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const set = ([kind, tex]) => {
  try { return katex.renderToString(tex, {displayMode: kind === "display"}); }
  catch (error) { return {error: error.message}; }
};
process.stdout.write(JSON.stringify(formulas.map(set)));
"""


def setup(app) -> dict:
    """Let Sphinx leave places for formulas."""
    app.add_html_math_renderer(
        "places", inline_renderers=(leave_inline, None), block_renderers=(leave_display, None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def leave_inline(writer, node) -> None:
    """Leave a place for a formula within a line."""
    leave(writer, node, '<span class="math" data-inline="{}"></span>')


def leave_display(writer, node) -> None:
    """Leave a place for a formula that stands by itself."""
    leave(writer, node, '<div class="math" data-display="{}"></div>\n')


def leave(writer, node, place: str) -> None:
    """Leave a place for a formula, and go on behind it."""
    from docutils.nodes import SkipNode

    writer.body.append(place.format(escape(node.astext())))
    raise SkipNode


def set_all(site: Path) -> None:
    """Put the formulas into the pages of a site.

    Raises
    ------
    CannotBuild
        If a formula can't be set, with what KaTeX says of it.
    """
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    wanted = sorted({found for html in pages.values() for found in PLACE.findall(html)})
    done = dict(zip(wanted, typeset(wanted), strict=True))
    for path, html in pages.items():
        filled = PLACE.sub(lambda found: in_place(found, done), html)
        path.write_text(filled, encoding="utf-8", newline="\n")


def in_place(found: re.Match, done: dict) -> str:
    """A place with its formula."""
    tag = "span" if found[1] == "inline" else "div"
    return f'<{tag} class="math">{done[found.groups()]}</{tag}>'


def typeset(formulas: list[tuple[str, str]]) -> list[str]:
    """The HTML of formulas, each given by its kind (inline or display) and its escaped TeX."""
    script = npm.fetched(KATEX) / "dist" / "katex.js"
    given = json.dumps([[kind, unescape(tex)] for kind, tex in formulas])
    command = [npm.node(), "-e", SCRIPT, str(script)]
    run = subprocess.run(command, input=given.encode(), capture_output=True, check=False)
    if run.returncode:
        raise CannotBuild(f"KaTeX does not run in Node.js:\n{run.stderr.decode()[-500:]}")
    done = json.loads(run.stdout)
    for (_, tex), html in zip(formulas, done, strict=True):
        if isinstance(html, dict):
            raise CannotBuild(f"A formula can't be set: {html['error']}\n{unescape(tex)}")
    return done
