"""Build the book: what `python course.py book` does.

python course.py book             the site, in build/book
python course.py book --serve     and show it on this machine
python course.py book --pdf       and print it to build/book/course.pdf, and a cheat sheet
python course.py book --slides    and put slides of each chapter into build/book/slides
python course.py book --static    without the part that moves labs and runs cells
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from hlm_teach.classroom.engine.build import add_live
from hlm_teach.classroom.places import ROOT
from hlm_teach.classroom.tools import chromium, loopback
from hlm_teach.classroom.tools.problems import CannotBuild

from . import formulas, pages, pdf, sheet, slides, sources

SITE = ROOT / "build" / "book"


def main(arguments: list[str]) -> int:
    """Build what is asked for; return the exit code."""
    wishes = read(arguments)
    started = time.monotonic()
    try:
        if wishes.pdf:
            chromium.needed("Printing")  # said before the minutes of building
        build(wishes.out, live=not wishes.static, decks=wishes.slides)
        if wishes.pdf:
            pdf.make(wishes.out, wishes.out / "course.pdf")
            sheet.make(wishes.out, wishes.out / "one_page.pdf")
    except CannotBuild as problem:
        print(f"\n{problem}", file=sys.stderr)
        return problem.exit_code
    print(f"{wishes.out} is ready after {time.monotonic() - started:.0f} seconds.", flush=True)
    if wishes.serve:
        loopback.forever(wishes.out, wishes.port)
    return 0


def read(arguments: list[str]) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(
        prog="python course.py book", description="Build the book from the stored notebooks."
    )
    parser.add_argument("--serve", action="store_true", help="show the site on this machine")
    parser.add_argument("--port", type=port, default=8000, help="where it is shown")
    parser.add_argument("--pdf", action="store_true", help="print the whole course too")
    parser.add_argument("--slides", action="store_true", help="make slides of each chapter too")
    parser.add_argument("--static", action="store_true", help="leave out what moves and runs")
    parser.add_argument("--out", type=Path, default=SITE, help="folder of the site")
    parser.add_argument("--from", dest="start", default=".", help=argparse.SUPPRESS)
    wishes = parser.parse_args(arguments)
    wishes.out = Path(wishes.start, wishes.out)
    return wishes


def port(text: str) -> int:
    """The number of a port."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} was given, a number from 0 to 65535 is wanted")
    return int(text)


def build(site: Path, *, live: bool = True, decks: bool = False) -> None:
    """Make the site anew, `live` or only as printed, with slides or without; an earlier one in its
    folder is gone.

    Raises
    ------
    CannotBuild
        If a part is missing, Sphinx can't go on, or the folder can't be had or holds something else.
    """
    try:
        site.mkdir(parents=True, exist_ok=True)
        empty = not any(site.iterdir())
    except OSError as problem:
        raise CannotBuild(f"{site} can't be the site's folder ({problem.strerror}).") from None
    if not empty and not (site / "_static" / "book.css").exists():
        raise CannotBuild(f"{site} holds something that is no book: name an empty folder.")
    with TemporaryDirectory(prefix="book-", ignore_cleanup_errors=True) as work:
        sources.lay_out(Path(work, "source"))
        shutil.rmtree(site, ignore_errors=True)
        sphinx(Path(work, "source"), site, Path(work, "trees"))
    for left in (".buildinfo", "objects.inv"):
        (site / left).unlink(missing_ok=True)
    shutil.rmtree(site / "_sources", ignore_errors=True)
    formulas.set_all(site)
    if live:
        print(add_live(site), flush=True)
    pages.finish_all(site, decks=decks)
    offer_notebooks(site)
    if decks:
        slides.make_all(site)


def sphinx(source: Path, site: Path, trees: Path) -> None:
    """Let Sphinx make the pages."""
    from sphinx.cmd.build import build_main

    if build_main(["-b", "html", "-q", "-d", str(trees), str(source), str(site)]):
        raise CannotBuild("Sphinx could not make the pages; what is wrong stands above.")


def offer_notebooks(site: Path) -> None:
    """Put the notebooks themselves into the site, to be downloaded."""
    for name in sources.notebooks():
        target = site / pages.DOWNLOADS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
