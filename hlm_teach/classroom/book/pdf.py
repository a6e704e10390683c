"""The whole course as one PDF: the site's pages in reading order, printed by Chromium.

The PDF is tagged and has bookmarks, page numbers and the pictures' words.
"""

from __future__ import annotations

import posixpath
import re
import subprocess
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from bs4 import BeautifulSoup, SoupStrainer, Tag

from hlm_teach.classroom.installer import last_lines
from hlm_teach.classroom.tools import chromium
from hlm_teach.classroom.tools.problems import CannotBuild

STYLES = ("pygments.css", "katex/katex.min.css", "print.css")
PAGE = "print.html"


def make(site: Path, target: Path) -> None:
    """Print a built site to a PDF file.

    Raises
    ------
    CannotBuild
        If there is no Chromium, or it can't print.
    """
    browser, page = chromium.needed("Printing"), site / PAGE
    page.write_text(one_page(site), encoding="utf-8", newline="\n")
    try:
        print_page(browser, page, target)
    finally:
        page.unlink()


# ---- one page of all ---------------------------------------------------------------------


def one_page(site: Path) -> str:
    """All pages of a site as one, in the order in which *next* leads through them."""
    soups = {page: article_of(site, page) for page in in_order(site)}
    for page, soup in soups.items():
        bring_in(soup, page, set(soups))
    first, *others = soups.values()
    styles = "".join(f'<link rel="stylesheet" href="_static/{name}">' for name in STYLES)
    parts = [f'<div class="cover">{first}</div>', contents(others), *map(str, others)]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title(first)}</title>'
        f"{styles}</head><body>{''.join(parts)}</body></html>"
    )


def in_order(site: Path) -> list[str]:
    """Paths of the pages, without the ending, from the first one on."""
    pages, page = [], "index"
    while page not in pages:
        pages.append(page)
        html = (site / f"{page}.html").read_text(encoding="utf-8")
        found = re.search(r'<link rel="next"[^>]*href="([^"]+)"', html)
        if found:
            page = resolved(found[1], page).removesuffix(".html")
    return pages


def resolved(address: str, page: str) -> str:
    """An address on a page, as a path below the site.

    >>> resolved("../docs/find_it.html", "chapters/02_icc")
    'docs/find_it.html'
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), address))


def article_of(site: Path, page: str) -> BeautifulSoup:
    """What was written of a page."""
    html = (site / f"{page}.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser", parse_only=SoupStrainer("article"))


def title(soup: BeautifulSoup) -> str:
    """The title of a page, for HTML."""
    heading = soup.h1
    if heading is None:
        return ""
    return escape(heading.get_text().removesuffix("¶"))


def bring_in(soup: BeautifulSoup, page: str, pages: set[str]) -> None:
    """Make a page part of the one: unfolded, without code that only draws, its names its own."""
    for element in soup.select("details.source, .headerlink"):
        element.decompose()
    for details in soup.select("details"):
        details["open"] = ""
    for named in soup.select("[id]"):
        named["id"] = f"{page}-{named['id']}"
    if soup.article:
        soup.article["id"] = page
    for picture in soup.select("img"):
        picture["src"] = resolved(str(picture["src"]), page)
        del picture["loading"]
    for link in soup.select("a[href]"):
        lead_inside(link, page, pages)


def lead_inside(link: Tag, page: str, pages: set[str]) -> None:
    """Let a link to another page lead to it here; what isn't here is no link."""
    file, _, anchor = str(link["href"]).partition("#")
    if re.match(r"\w+:", file):
        return
    target = resolved(file, page).removesuffix(".html") if file else page
    if target in pages:
        link["href"] = f"#{target}-{anchor}" if anchor else f"#{target}"
    else:
        del link["href"]


def contents(soups: list[BeautifulSoup]) -> str:
    """The list of all pages."""
    entries = [
        f'<li><a href="#{soup.article["id"]}">{title(soup)}</a></li>'
        for soup in soups
        if soup.article
    ]
    return f'<nav class="contents"><h2>Contents</h2><ul>{"".join(entries)}</ul></nav>'


# ---- printing ----------------------------------------------------------------------------


def print_page(browser: str, page: Path, target: Path) -> None:
    """Let a browser print a page, in a profile that is thrown away."""
    target.unlink(missing_ok=True)
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            *chromium.command(browser, profile),
            "--no-pdf-header-footer",
            "--export-tagged-pdf",
            "--generate-pdf-document-outline",
            f"--print-to-pdf={target.resolve()}",
            page.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(
                command, check=False, capture_output=True, timeout=chromium.PATIENCE
            )
        except subprocess.TimeoutExpired:
            raise CannotBuild(
                f"{browser} did not print the course within {chromium.PATIENCE} seconds."
            ) from None
    if done.returncode or not target.exists():
        said = last_lines(done.stderr.decode("utf-8", "replace"))
        raise CannotBuild(f"{browser} could not print the course:\n{said}")
