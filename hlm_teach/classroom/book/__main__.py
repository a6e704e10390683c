"""Build the book: what `python course.py book` does.

python course.py book             the site, in build/book
python course.py book --serve     and show it on this machine
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from hlm_teach.classroom.engine.build import add_live
from hlm_teach.classroom.refresh import ROOT

from . import pages, serve, sources
from .parts import CannotBuild

SITE = ROOT / "build" / "book"
WORK = ROOT / "build" / "book-work"


def main(arguments: list[str]) -> int:
    """Build what is asked for; return the exit code."""
    wishes = read(arguments)
    started = time.monotonic()
    try:
        build(wishes.out)
    except CannotBuild as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 2
    print(f"{wishes.out} is ready after {time.monotonic() - started:.0f} seconds.", flush=True)
    if wishes.serve:
        serve.forever(wishes.out, wishes.port)
    return 0


def read(arguments: list[str]) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="python course.py book")
    parser.add_argument("--serve", action="store_true", help="show the site on this machine")
    parser.add_argument("--port", type=int, default=8000, help="where it is shown")
    parser.add_argument("--out", type=Path, default=SITE, help="folder of the site")
    return parser.parse_args(arguments)


def build(site: Path, *, work: Path = WORK) -> None:
    """Make the site anew; whatever was in its folder is gone.

    Raises
    ------
    CannotBuild
        If a part is missing, or Sphinx finds something wrong.
    """
    sources.lay_out(work / "source")
    shutil.rmtree(site, ignore_errors=True)
    sphinx("html", work, site)
    for left in (".buildinfo", "objects.inv"):
        (site / left).unlink(missing_ok=True)
    print(add_live(site), flush=True)
    pages.finish_all(site)
    for name in sources.notebooks():
        (site / pages.DOWNLOADS / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, site / pages.DOWNLOADS / name)


def sphinx(builder: str, work: Path, target: Path) -> None:
    """Run Sphinx; what it warns of is an error."""
    from sphinx.cmd.build import build_main

    source, trees = work / "source", work / "trees"
    shutil.rmtree(trees, ignore_errors=True)
    options = ["-b", builder, "-q", "-d", str(trees), str(source), str(target)]
    if build_main(options):
        raise CannotBuild("Sphinx could not make the pages; what is wrong stands above.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
