"""The minutes that a chapter's head promises: the same on all pages, not below what can be counted.

The count is a floor: 150 words a minute, a minute for a picture and for a cell of shown code, ten
for a lab, two for a question of the quiz up to ten. Readers who tried the chapters took longer.
"""

import json
import re
from pathlib import Path

import pytest
from notebook_checks import CHOICE, cells, core, core_words, is_folded, outputs, text, words

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("[01][0-9]_*.ipynb"))
MOST = 90


def notebook(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def promised(path: Path) -> int:
    """The minutes of the core, as the first cell tells them."""
    head = text(notebook(path)["cells"][0])
    return int(re.search(r"core\D{0,40}(\d+) minutes", head, flags=re.IGNORECASE)[1])


def countable(notebook: dict) -> float:
    """Minutes of the core that can be counted."""
    part = core(notebook)
    shown = [cell for _, cell in cells(part, "code") if not is_folded(cell)]
    said = [words(o) for _, o in outputs(part) if "text/markdown" in o.get("data", {})]
    pictures = sum(
        "<img" in "".join(o.get("data", {}).get("text/html", "")) for _, o in outputs(part)
    )
    source = "\n".join(text(cell) for cell in part["cells"])
    read = (core_words(notebook) + len(" ".join(said).split())) / 150
    lab = 10 * bool(re.search(r"\b\w+_lab\(", source))
    questions = sum(letter == "a" for letter, _, _ in CHOICE.findall(source))
    return read + pictures + len(shown) + lab + min(10, 2 * questions)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_core_takes_one_session_and_its_head_says_so(path):
    assert countable(notebook(path)) <= promised(path) <= MOST


def test_the_start_page_lists_the_chapters_and_tells_the_same_minutes():
    page = "\n".join(text(cell) for cell in notebook(CHAPTERS[0])["cells"])
    listed = re.findall(r"\[[01]\d [^\]]+\]\(([01]\d_\w+)\.ipynb\)", page)
    assert listed == [path.stem for path in CHAPTERS[1:]]
    low, high = map(int, re.search(r"core\* takes (\d+) to (\d+) minutes", page).groups())
    minutes = [promised(path) for path in CHAPTERS[1:]]
    assert (low, high) == (min(minutes), max(minutes))


def test_the_readme_tells_the_same_minutes():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first, low, high = map(
        int, re.search(r"(\d+) minutes for 00, (\d+) to\s(\d+)", readme).groups()
    )
    minutes = [promised(path) for path in CHAPTERS[1:]]
    assert (first, low, high) == (promised(CHAPTERS[0]), min(minutes), max(minutes))


def test_the_count_sees_more_words_pictures_and_code():
    base = notebook(CHAPTERS[1])
    more = notebook(CHAPTERS[1])
    more["cells"] += [
        {"cell_type": "markdown", "metadata": {}, "source": "word " * 300},
        {
            "cell_type": "code",
            "metadata": {},
            "source": "x",
            "outputs": [{"output_type": "display_data", "data": {"text/html": "<img alt='a'>"}}],
        },
    ]
    assert countable(more) == pytest.approx(countable(base) + 2 + 1 + 1)
