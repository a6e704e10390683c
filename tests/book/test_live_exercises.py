"""Exercise pages: the desktop's words to blank, wrong and right answers; what the browser keeps."""

import json
import re

import pytest
from live_pages import cells_of, source_of
from samples import WHOLE

from hlm_teach.display.show import displaying_to
from hlm_teach.feedback import checking

pytestmark = pytest.mark.browser
NOTEBOOKS = ["02_icc", "05_estimation"] if WHOLE else ["02_icc"]
N_EXERCISES = 10 if WHOLE else 3
CALL = re.compile(r"^check\(.*\)$", re.MULTILINE)
CHECK = re.compile(r'^check\("([\d.]+)"', re.MULTILINE)
WRONG = """
from hlm_teach.feedback import exercise as _all, own_data as _own
_one = _all.find("{key}")
_n = _own.own_numbers("Ada", _one) if _one.own_data else _one.numbers_for()
answer = _one.wrong_answer(_one.mistakes[0], _n)
if isinstance(answer, dict):
    answer = _one.right_answer(_n) | answer
"""


def desktop_says(cells: list[tuple[str, str]]) -> list[str]:
    """What `check` displays when (name, source) are run one after the other, as Markdown."""
    names: dict = {}
    said = []
    for name, source in cells:
        shown: list = []
        with displaying_to(shown.append):
            exec(source, names)
        if name.startswith("check"):
            said.append(shown[-1].data["text/markdown"])
    return said


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_blank_wrong_and_right_answers_meet_the_desktop_s_words(live, notebook, monkeypatch):
    monkeypatch.setattr(checking, "_rungs", {})
    monkeypatch.setattr(checking, "_wrong", {})
    page = live.open_again(f"exercises/{notebook}")
    blank, solved = cells_of(f"exercises/{notebook}"), cells_of(f"solutions/{notebook}")
    steps: list[tuple[str, str]] = []
    said: list[str] = []
    for place, (cell, solution) in enumerate(zip(blank, solved, strict=True)):
        key = CHECK.findall(source_of(cell))
        if not key:
            if not source_of(cell).startswith("answer = ..."):
                steps.append((cell["id"], source_of(cell)))
            continue
        answer = blank[place - 1]
        check = CALL.search(source_of(solution))[0]  # with a name where data are one's own
        if check != source_of(cell):
            page.write(cell["id"], check)
        for source in (source_of(answer), WRONG.format(key=key[0]), source_of(solved[place - 1])):
            steps += [(answer["id"], source), (f"check {key[0]}", check)]
            page.write(answer["id"], source)
            page.run(cell["id"])
            assert page.line(cell["id"]) == "", page.outputs(cell["id"])
            said.append(page.outputs(cell["id"])[-1]["data"]["text/markdown"])
        if len(said) >= 3 * N_EXERCISES:
            break
    assert said == desktop_says(steps)
    assert [words[0] for words in said] == ["○", "✗", "✓"] * N_EXERCISES
    count = page.page.locator(".live-exercises [role=status]").inner_text()
    assert count.startswith(f"{len(said) // 3} of 10 done: ✓\u00a0{notebook[:2]}.1")
    page.close()


def test_a_check_is_about_its_own_answer_whichever_was_given_last(live):
    page, cells = live.open_again("exercises/02_icc"), cells_of("exercises/02_icc")
    first, second = [cell["id"] for cell in cells if CHECK.search(source_of(cell))][:2]
    solved = {cell["id"]: source_of(cell) for cell in cells_of("solutions/02_icc")}
    answer = cells[[cell["id"] for cell in cells].index(first) - 1]["id"]
    page.write(answer, solved[answer])
    for check, says in [(first, "✓"), (second, "○"), (first, "✓"), (second, "○")]:
        page.run(check)
        assert page.outputs(check)[-1]["data"]["text/markdown"][0] == says
    page.close()


def test_answers_and_progress_are_kept_taken_along_and_forgotten(live, tmp_path):
    page = live.open_again("exercises/02_icc")
    table, answer, check = (cell["id"] for cell in cells_of("exercises/02_icc")[1:4])
    written = source_of(cells_of("solutions/02_icc")[2])
    page.write(answer, written)
    page.run(check)
    # The cell above that shows the data has run for the first time, and shows them.
    assert "[2, 6, 3, 5]" in page.cell(table).locator(".cell_output").inner_text()
    bar = page.page.locator(".live-exercises")
    assert "1 of 10 done: ✓\u00a002.1" in bar.inner_text()
    page.goto("exercises/02_icc")  # later, in the same browser
    page.awake()
    assert page.cell(answer).locator("textarea").input_value() == written
    assert "1 of 10 done: ✓\u00a002.1" in bar.inner_text()
    with page.page.expect_download() as download:
        bar.get_by_role("button", name="Download the notebook with my answers").click()
    download.value.save_as(tmp_path / "mine.ipynb")
    mine = json.loads((tmp_path / "mine.ipynb").read_text(encoding="utf-8"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in mine["cells"]}
    assert download.value.suggested_filename == "02_icc.ipynb"
    assert sources[answer] == written
    blank = {cell["id"]: source_of(cell) for cell in cells_of("exercises/02_icc")}
    assert [name for name in blank if sources[name] != blank[name]] == [answer]
    page.page.on("dialog", lambda dialog: dialog.accept())
    bar.get_by_role("button", name="Forget").click()
    assert page.cell(answer).locator("textarea").input_value().startswith("answer = ...")
    assert "0 of 10 done: ○\u00a002.1" in bar.inner_text()
    page.awake()
    page.goto("exercises/02_icc")
    assert page.cell(answer).locator("textarea").input_value().startswith("answer = ...")
    page.run(check)
    assert "Not answered yet" in page.cell(check).inner_text()
    page.close()


def test_what_one_tab_does_or_forgets_another_knows(live):
    page, other = live.open_again("exercises/02_icc"), live.open_again("exercises/02_icc")
    table, answer, check = (cell["id"] for cell in cells_of("exercises/02_icc")[1:4])
    counts = [tab.page.locator(".live-exercises > [role=status]") for tab in (page, other)]
    page.write(answer, source_of(cells_of("solutions/02_icc")[2]))
    page.run(check)
    for count in counts:
        count.filter(has_text="1 of 10 done:").wait_for()
    other.page.on("dialog", lambda dialog: dialog.accept())
    other.page.get_by_role("button", name="Forget").click()
    for count in counts:
        count.filter(has_text="0 of 10 done:").wait_for()
    page.run(table)
    assert counts[0].inner_text().startswith("0 of 10 done:")
    other.close()
    page.close()


def test_where_a_browser_has_no_room_what_is_done_counts_and_the_page_says_so(live):
    page = live.open_again("exercises/02_icc")
    answer, check = (cell["id"] for cell in cells_of("exercises/02_icc")[2:4])
    page.page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new Error('no room'); }; }"
    )
    bar = page.page.locator(".live-exercises")
    page.write(answer, "answer = 1")
    assert "This browser keeps nothing" in bar.inner_text()
    page.write(answer, source_of(cells_of("solutions/02_icc")[2]))
    page.run(check)
    assert "1 of 10 done" in bar.inner_text() and "keeps nothing" in bar.inner_text()
    page.page.reload()
    page.page.wait_for_selector("body[data-live]")
    assert "0 of 10 done" in bar.inner_text() and "stay in this browser" in bar.inner_text()
    page.close()


def test_a_verdict_on_an_earlier_answer_is_marked_where_the_new_one_fails(live):
    page = live.open_again("exercises/02_icc")
    answer, check = (cell["id"] for cell in cells_of("exercises/02_icc")[2:4])
    page.write(answer, "answer = {'msb': 1.0, 'msw': 2.0, 'icc': 0.5}")
    page.run(check)
    stale = page.cell(check).and_(page.page.locator(".live-stale"))
    assert stale.count() == 0
    page.write(answer, "answer = {")
    page.run(check)
    assert stale.count() == 1
    # Python can be started afresh where a cell has failed.
    page.run(answer)
    afresh = page.cell(answer).get_by_role("button", name="Start Python afresh")
    afresh.click()
    assert not afresh.is_visible() and "starts afresh" in page.line(answer)
    page.write(answer, "answer = 1")
    page.run(check)
    assert stale.count() == 0 and not afresh.is_visible()
    page.close()
