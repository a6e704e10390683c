"""What is done to a page after Sphinx has written it.

For whoever builds on the pages: ``body[data-page]`` names the page; each code cell is
``div.cell[data-cell-id][data-notebook]`` with its source (``pre``) and its outputs inside, the
output of a lab has ``data-lab``; ``_static/live/book.js`` is loaded where it exists.
"""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup, Comment, Tag

from . import pictures

ARTICLE = re.compile(r"<article\b.*?</article>", re.DOTALL)
STATIC_LAB = " Run the cell to move the controls."
FOLDED = "Read this section"
LIVE = "_static/live/book.js"


def finish_all(site: Path) -> None:
    """Finish every page of a built site."""
    live = (site / LIVE).exists()
    for path in sorted(site.rglob("*.html")):
        page = path.relative_to(site).with_suffix("").as_posix()
        html = path.read_text(encoding="utf-8")
        path.write_text(finished(html, page, live=live), encoding="utf-8", newline="\n")


def finished(html: str, page: str, *, live: bool = False) -> str:
    """A page with what the reader needs in it; `page` is its path without the ending."""
    root = "../" * page.count("/")
    html = html.replace("<body>", f'<body data-page="{page}">', 1)
    html = ARTICLE.sub(lambda found: article(found[0], page, root), html, count=1)
    if live:
        script = f'<script type="module" src="{root}{LIVE}"></script>'
        html = html.replace("</body>", f"{script}</body>", 1)
    return html


def article(html: str, page: str, root: str) -> str:
    """The part of a page that was written, finished."""
    soup = BeautifulSoup(html, "html.parser")
    for cell in soup.select("div.cell"):
        name_cell(cell, page)
    for picture in soup.select("img"):
        place_picture(picture, root)
    for table in soup.select("table"):
        make_scrollable(soup, table)
    for mark in soup.find_all(string=lambda text: isinstance(text, Comment)):
        if mark.strip() == "deeper":
            fold(soup, mark)
    return str(soup)


def name_cell(cell: Tag, page: str) -> None:
    """Turn what the tags say into attributes, and say in a word what a folded source does."""
    for name in [name for name in cell.get("class", []) if name.startswith("tag_")]:
        kind, _, value = name.removeprefix("tag_").partition("-")
        if kind == "id":
            cell["data-cell-id"], cell["data-notebook"] = value, f"{page}.ipynb"
        elif kind == "lab" and (output := cell.select_one(".cell_output")):
            output["data-lab"] = value
            say_that_it_is_a_picture(output)
    source = cell.select_one("details.hide .cell_input pre, details.hide pre")
    if source and source.text.startswith("# "):
        for span in cell.select("details.hide > summary > span"):
            span.string = "Code: " + source.text.partition("\n")[0].removeprefix("# ")


def say_that_it_is_a_picture(output: Tag) -> None:
    """A lab on a page doesn't move by running a cell."""
    for text in output.find_all(string=re.compile(re.escape(STATIC_LAB))):
        text.replace_with(text.replace(STATIC_LAB, ""))


def place_picture(picture: Tag, root: str) -> None:
    """Give a picture its address, and the height that goes with its width."""
    address = picture.get("src", "")
    if address.startswith(pictures.PLACE):
        picture["src"] = f"{root}_static/pictures/{address.removeprefix(pictures.PLACE)}"
    shape = picture.attrs.pop("data-shape", None)
    if shape and picture.get("width", "").isdigit():
        wide, high = map(int, shape.split("/"))
        picture["height"] = str(round(int(picture["width"]) * high / wide))


def make_scrollable(soup: BeautifulSoup, table: Tag) -> None:
    """Let a wide table scroll by itself, by keyboard too, so that the page doesn't."""
    if table.find_parent("table"):
        return
    frame = soup.new_tag("div", attrs={"class": "wide", "tabindex": "0"})
    outer = table.find_parent("div", class_="table-wrapper")
    (outer or table).wrap(frame)


def fold(soup: BeautifulSoup, mark: Comment) -> None:
    """Fold a section behind its heading and the sentence that says what one would find there."""
    section = mark.find_parent("section")
    mark.extract()
    if section is None:
        return
    section["class"] = [*section.get("class", []), "deeper"]
    heading, first = section.find(re.compile(r"^h\d$")), section.find("p", recursive=False)
    details = soup.new_tag("details", attrs={"class": "deeper"})
    summary = soup.new_tag("summary")
    summary.string = FOLDED
    rest = list((first or heading).next_siblings)
    details.append(summary)
    details.extend(rest)
    section.append(details)
