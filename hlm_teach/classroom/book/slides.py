"""Slides of each chapter: what its page shows, without code but for cells tagged "on-slides".

The pages are cut here into parts, one a heading, each a list of blocks. ``_static/slides.js`` deals
the blocks out to slides when the deck is opened, since only a browser knows how tall they are.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from hlm_teach.classroom.tools import npm

from . import pages, pdf

FOLDER = "slides"
REVEAL = npm.Part(
    "reveal.js",
    "5.2.1",
    "sha512-r7//6mIM5p34hFiDMvYfXgyjXqGRta+/psd9YtytsgRlrpRzFv4RbH76TXd2qD+7ZPZEbpBDhdRhJaFgfQ7zNQ==",
)
FILES = ("dist/reveal.esm.js", "dist/reveal.css", "dist/reset.css", "LICENSE")
WIDEST, TALLEST = 1160, 470  # of a picture, in pixels of a slide
TALLEST_OF_LABS = 340  # under which the state, the tasks and the button stand
HEADINGS = re.compile(r"^h[1-4]$")
# Code is left out, but for what the words beside it explain line by line.
LEFT_OUT = ".headerlink, details.source, .cell_input, p.beside, .toctree-wrapper, .live-note"
TOO_TALL = ".cell:has(.hlm-linked)"  # printouts to be read side by side
NOT_SHOWN = ("Go further",)
FOR_NOTEBOOKS = "Run each cell with"  # how a paragraph begins that tells how to use a notebook
STYLES = ("reveal/reset.css", "reveal/reveal.css", "katex/katex.min.css", "slides.css")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}: slides</title><link rel="icon" href="../_static/favicon.svg">{styles}</head>
<body data-page="{page}"><article>{parts}</article>
<script type="module" src="../_static/slides.js"></script>{live}</body></html>
"""
INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Slides</title><link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/slides.css"></head>
<body class="list"><h1>Slides</h1>
<p>One deck a chapter. Arrow keys turn the slides, Esc shows all of them, F fills the screen.
<a href="../index.html">The book</a> has the whole text.</p><ul>{entries}</ul></body></html>
"""


def make_all(site: Path) -> int:
    """Put a deck for each chapter into ``SITE/slides``; return how many.

    Raises
    ------
    CannotBuild
        If reveal.js isn't there and can't be fetched.
    """
    copy_reveal(site / "_static" / "reveal")
    live = pages.live_scripts(site)
    (site / FOLDER).mkdir(exist_ok=True)
    entries = ""
    chapters = sorted((site / "chapters").glob("*.html"))
    for path in chapters:
        soup = pdf.article_of(site, f"chapters/{path.stem}")
        deck = page_of(soup, f"chapters/{path.stem}", live=live)
        write(site / FOLDER / path.name, deck)
        entries += f'<li><a href="{path.name}">{pdf.title(soup)}</a></li>'
    write(site / FOLDER / "index.html", INDEX.format(entries=entries))
    return len(chapters)


def write(path: Path, text: str) -> None:
    """Write a file as the other pages are written."""
    path.write_text(text, encoding="utf-8", newline="\n")


def copy_reveal(target: Path) -> None:
    """What of reveal.js a deck loads, and its licence."""
    package = npm.fetched(REVEAL)
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(package / name, target / Path(name).name)


def page_of(soup: BeautifulSoup, page: str, *, live: str) -> str:
    """The deck of a page, given the part of it that was written."""
    for element in soup.select(".tag_on-slides .cell_input"):
        element["class"] = "code"  # to be read and not to be run: most cells above it aren't here
    for element in soup.select(LEFT_OUT):
        element.decompose()
    for element in soup.select(TOO_TALL):
        point_to(element)
    for link in soup.select("a[href]"):
        lead_back(link, page)
    for picture in soup.select("img"):
        fit(picture)
    title = pdf.title(soup)
    section = soup.find("section")
    cut = list(parts_of(section, "")) if isinstance(section, Tag) else []
    return PAGE.format(
        title=title,
        styles="".join(f'<link rel="stylesheet" href="../_static/{name}">' for name in STYLES),
        page=f"{FOLDER}/{page.partition('/')[2]}",
        parts="\n".join(cut),
        live=pages.LIVE.format(f"../{live}") if live else "",
    )


def point_to(element: Tag) -> None:
    """Put a link to where an element stands in the book in its place."""
    above = element.find_parent("section", id=True)
    anchor = above["id"] if isinstance(above, Tag) else ""
    words = f'<p><a href="#{anchor}">Too tall for a slide: open it in the book.</a></p>'
    element.replace_with(BeautifulSoup(words, "html.parser"))


def lead_back(link: Tag, page: str) -> None:
    """Let a link lead to the page in the book: its section needn't be on a slide."""
    address = str(link["href"])
    if not re.match(r"\w+:", address):
        file, mark, anchor = address.partition("#")
        target = pdf.resolved(file, page) if file else f"{page}.html"
        link["href"] = f"../{target}{mark}{anchor}"


def fit(picture: Tag) -> None:
    """Make a picture no larger than a slide; it comes when its slide does."""
    width, height = (float(str(picture.get(side, "0"))) for side in ("width", "height"))
    if width and height:
        tallest = TALLEST_OF_LABS if picture.find_parent(attrs={"data-lab": True}) else TALLEST
        scale = min(WIDEST / width, tallest / height, 1.25)
        picture["width"], picture["height"] = str(round(scale * width)), str(round(scale * height))


def parts_of(section: Tag, above: str) -> Iterator[str]:
    """A section's own blocks under its heading, then its sections; deeper ones stay in the book."""
    heading = section.find(HEADINGS, recursive=False)
    title = heading.get_text() if isinstance(heading, Tag) else above
    if title in NOT_SHOWN:
        return
    children = [child for child in section.find_all(True, recursive=False) if child is not heading]
    blocks = "".join(str(child) for child in children if is_block(child))
    if blocks or not above:
        tag = "h2" if above else "h1"
        over = f'<p class="over">{escape(above)}</p>' if above and above != title else ""
        inner = heading.decode_contents() if isinstance(heading, Tag) else escape(title)
        yield f'<section class="part"><header>{over}<{tag}>{inner}</{tag}></header>{blocks}</section>'
    for child in children:
        if child.name == "section" and "deeper" not in child.get_attribute_list("class"):
            yield from parts_of(child, title)


def is_block(element: Tag) -> bool:
    """Whether an element of a section has something to show."""
    if element.name in ("section", "span") or HEADINGS.match(element.name):
        return False
    words = element.get_text().strip()
    return bool(words or element.find("img")) and not words.startswith(FOR_NOTEBOOKS)
