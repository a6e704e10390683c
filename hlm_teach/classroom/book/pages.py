"""What is done to a page after Sphinx has written it.

For whoever builds on the pages: ``body[data-page]`` names the page; each code cell is
``div.cell[data-cell-id][data-notebook]`` with its source (``pre``) and its outputs inside, the
output of a lab has ``data-lab``; ``_static/live/EDITION/book.js`` is loaded where it exists.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from bs4 import BeautifulSoup, Comment, PageElement, Tag

from . import pictures

ARTICLE = re.compile(r"<article\b.*?</article>", re.DOTALL)
# Colours that are the text's own: two thirds of the markup of code, and a third of a page.
PLAIN = re.compile(r'<span class="(?:n|p)">([^<]*)</span>')
# The style sheet that comes with the notebook reader; book.css does what it does, in a tenth.
OTHER_STYLE = re.compile(r'\s*<link rel="stylesheet"[^>]*/mystnb\.[^>]*>')
# What the theme leaves unsaid to screen readers.
UNSAID = {
    'class="caption" role="heading"': 'class="caption" role="heading" aria-level="2"',
    '<aside class="sidebar-drawer"': '<aside class="sidebar-drawer" aria-label="All pages"',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
}
STATIC_LAB = " Run the cell to move the controls."
FOLDED = "Read this section"
# why.js says why nothing moves where modules don't run, as in a page opened as a file.
LIVE = '<script src="{0}/why.js"></script><script type="module" src="{0}/book.js"></script>'
# What may be wider than a phone and then scrolls by itself: by keyboard, too.
SCROLLING = "div.wide, .katex-display, .cell_output pre, div.highlight-default pre, article > pre"
BESIDE = {"chapters": "The chapter", "exercises": "Exercises", "solutions": "Solutions"}
DOWNLOADS = "notebooks"


def finish_all(site: Path, *, decks: bool = False) -> None:
    """Finish every page of a built site, which will have slides of its chapters or not."""
    live = live_scripts(site)
    paths = {
        path.relative_to(site).with_suffix("").as_posix(): path for path in site.rglob("*.html")
    }
    known = {*paths, *(page.replace("chapters/", "slides/") for page in paths if decks)}
    for page, path in paths.items():
        html = path.read_text(encoding="utf-8")
        html = finished(html, page, pages=known, live=live)
        path.write_text(html, encoding="utf-8", newline="\n")


def finished(html: str, page: str, *, pages: Collection[str] = (), live: str = "") -> str:
    """A page with what the reader needs in it.

    Parameters
    ----------
    html : str
        The page as Sphinx wrote it.
    page : str
        Its path below the site, without the ending.
    pages : collection of str
        All pages of the site.
    live : str
        Where in the site the scripts lie that run the labs and cells; empty where it has none.
    """
    root = "../" * page.count("/")
    html = OTHER_STYLE.sub("", html)
    for before, after in UNSAID.items():
        html = html.replace(before, after)
    html = html.replace("<body>", f'<body data-page="{page}">', 1)
    html = ARTICLE.sub(lambda found: article(found[0], page, pages), html, count=1)
    if live:
        html = html.replace("</body>", f"{LIVE.format(root + live)}</body>", 1)
    return html


def live_scripts(site: Path) -> str:
    """Where the scripts of the live part lie in a site; empty where it has been left out."""
    found = next((site / "_static" / "live").glob("*/book.js"), None)
    return found.parent.relative_to(site).as_posix() if found else ""


def article(html: str, page: str, pages: Collection[str] = ()) -> str:
    """The part of a page that was written, finished."""
    soup = BeautifulSoup(PLAIN.sub(r"\1", html), "html.parser")
    for cell in soup.select("div.cell"):
        name_cell(cell, page)
        fold_source(cell)
    for picture in soup.select("img"):
        place_picture(picture, "../" * page.count("/"))
    for table in soup.select("table"):
        keep_narrow(soup, table)
    for mark in soup.find_all(string=is_mark):
        fold(soup, mark)
    for wide in soup.select(SCROLLING):
        wide["tabindex"] = "0"
    if page.partition("/")[0] in BESIDE and page in pages:
        lead_beside(soup, page, pages)
    return str(soup)


# ---- cells -------------------------------------------------------------------------------


def name_cell(cell: Tag, page: str) -> None:
    """Turn what the tags say into attributes."""
    classes = cell.get_attribute_list("class")
    for name in [name for name in classes if name.startswith("tag_")]:
        kind, _, value = name.removeprefix("tag_").partition("-")
        if kind == "id":
            cell["data-cell-id"], cell["data-notebook"] = value, f"{page}.ipynb"
        elif kind == "lab" and (output := cell.select_one(".cell_output")):
            output["data-lab"] = value
            dont_promise(output)
    cell["class"] = " ".join(
        name for name in classes if not name.startswith(("tag_id-", "tag_lab-"))
    )


def dont_promise(output: Tag) -> None:
    """Take out what holds in a notebook only."""
    for text in output.find_all(string=re.compile(re.escape(STATIC_LAB))):
        text.replace_with(text.replace(STATIC_LAB, ""))


def fold_source(cell: Tag) -> None:
    """Let a folded source say what it does: its first line is a comment that says so."""
    details, source = cell.select_one("details.hide"), cell.select_one(".cell_input pre")
    if not details or not details.summary or not source:
        return
    first = source.get_text().partition("\n")[0]
    details["class"] = "source"
    details.summary.attrs.clear()
    details.summary.string = f"Code ({first[2:]})" if first.startswith("# ") else "Code"


# ---- pictures and tables -----------------------------------------------------------------


def place_picture(picture: Tag, root: str) -> None:
    """Give a picture its address, and the height that goes with its width."""
    address = str(picture.get("src", ""))
    if address.startswith(pictures.PLACE):
        picture["src"] = f"{root}_static/pictures/{address.removeprefix(pictures.PLACE)}"
    shape, width = str(picture.attrs.pop("data-shape", "")), str(picture.get("width", ""))
    if shape and width.isdigit():
        wide, high = map(int, shape.split("/"))
        picture["height"] = str(round(int(width) * high / wide))


def keep_narrow(soup: BeautifulSoup, table: Tag) -> None:
    """Let a wide table scroll by itself, so that the page doesn't; say what its headers head."""
    table.attrs.pop("border", None)
    for head in table.select("th"):
        head.attrs.pop("style", None)
        head["scope"] = "col" if head.find_parent("thead") else "row"
    outer = table.find_parent("div", class_="table-wrapper") or table
    outer.wrap(soup.new_tag("div", attrs={"class": "wide"}))


# ---- sections ----------------------------------------------------------------------------


def is_mark(text: str | None) -> bool:
    """Whether a string of a page is the mark of a section to be folded."""
    return isinstance(text, Comment) and text.strip() == "deeper"


def fold(soup: BeautifulSoup, mark: PageElement) -> None:
    """Fold a section behind its heading and the sentence that says what one would find there."""
    section = mark.find_parent("section")
    mark.extract()
    if section is None:
        return
    section["class"] = " ".join([*section.get_attribute_list("class"), "deeper"])
    heading = section.find(re.compile(r"^h\d$"))
    first = section.find("p", recursive=False) or heading
    details = soup.new_tag("details", attrs={"class": "deeper"})
    name = f"{FOLDED}: {heading.get_text().rstrip('¶')}" if heading else FOLDED
    summary = soup.new_tag("summary", attrs={"aria-label": name})
    summary.string = FOLDED
    details.append(summary)
    details.extend(list(first.next_siblings) if first else [])
    section.append(details)


def lead_beside(soup: BeautifulSoup, page: str, pages: Collection[str]) -> None:
    """Under the title, lead to what belongs to a notebook, and offer the notebook itself."""
    folder, _, name = page.partition("/")
    links = {
        words: f"../{other}/{name}.html"
        for other, words in BESIDE.items()
        if other != folder and f"{other}/{name}" in pages
    }
    if folder == "chapters" and f"slides/{name}" in pages:
        links["Slides"] = f"../slides/{name}.html"
    links["Download the notebook"] = f"../{DOWNLOADS}/{page}.ipynb"
    line = soup.new_tag("p", attrs={"class": "beside"})
    for words, address in links.items():
        link = soup.new_tag("a", attrs={"href": address}, string=words)
        line.extend([" · ", link] if line.contents else [link])
    if soup.h1 and not name.startswith("index"):
        soup.h1.insert_after(line)
        if folder == "solutions":
            line.insert_after(warning(soup, links.get("Exercises")))


def warning(soup: BeautifulSoup, exercises: str | None) -> Tag:
    """The line that says of a page that it holds the answers, to who came there by a link."""
    line = soup.new_tag("p", attrs={"class": "solution"})
    line.append("This page holds the solutions. They teach more after ")
    words = "an attempt of your own"
    attempt = soup.new_tag("a", attrs={"href": exercises}, string=words) if exercises else words
    line.extend([attempt, "."])
    return line
