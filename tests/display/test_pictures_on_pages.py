"""Stored pictures are shown, with their words, where people read: JupyterLab, and exported pages.

nbviewer shows what nbconvert makes. How forges show a notebook can't be tried here; they take
``<img>`` with data from HTML outputs, and drop styles, so the width stands in an attribute.
"""

import json
import re
from html import unescape

import pytest
from browser import ROOT
from nbconvert import HTMLExporter

CHAPTER = ROOT / "chapters" / "06_model_comparison.ipynb"
PICTURES = """() => [...document.querySelectorAll('.jp-OutputArea-output img')]
    .map(img => [img.alt, img.naturalWidth, img.getBoundingClientRect().width])"""


@pytest.fixture(scope="module")
def words() -> list[str]:
    """What the chapter's stored pictures show, in words."""
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    html = "".join(
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in cells
        for output in cell.get("outputs", [])
    )
    return [unescape(alt) for alt in re.findall(r'<img alt="([^"]+)"', html)]


def test_exported_pages_show_pictures_with_their_words(words):
    page, _ = HTMLExporter().from_filename(str(CHAPTER))
    shown = re.findall(r'<img alt="([^"]+)"[^>]* src="data:image/png;base64', page)
    assert len(words) > 5 and [unescape(alt) for alt in shown] == words


@pytest.mark.browser
def test_jupyterlab_shows_stored_pictures_with_their_words(jupyter, words):
    """Before anything is run, in a notebook that nobody has trusted."""
    page = jupyter.open(f"course/chapters/{CHAPTER.name}")
    page.unfold()
    page.page.wait_for_function(f"({PICTURES})().length >= {len(words)}", timeout=60_000)
    shown = page.page.evaluate(PICTURES)
    assert [alt for alt, _, _ in shown] == words
    assert all(natural > 500 and width > 300 for _, natural, width in shown), shown
    page.close()
