"""An exercise notebook as a learner has it: in JupyterLab, typing answers and reading feedback.

A screenshot is kept below ``.pytest_cache/d/screenshots``.
"""

import shutil
import sys

import pytest
from browser import PATIENCE, ROOT

pytestmark = pytest.mark.browser
NOTEBOOK = "02_icc.ipynb"


@pytest.fixture(scope="module")
def page(jupyter):
    """A learner's copy of the exercises beside the chapters, run blank from top to bottom."""
    for folder in ("chapters", "exercises"):
        (jupyter.root / "mine" / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / folder / NOTEBOOK, jupyter.root / "mine" / folder)
    opened = jupyter.open(f"mine/exercises/{NOTEBOOK}")
    opened.run_all()
    yield opened
    opened.close()


def feedback(page, key):
    """What stands under an exercise's check."""
    return page.page.locator(f".jp-CodeCell:has-text('check(\"{key}\"') .jp-OutputArea").first


RENDERED = """code => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    const area = cells.find(cell => cell.model.sharedModel.getSource().includes(code)).outputArea;
    const shown = area.node.querySelectorAll('.jp-OutputArea-child').length;
    return shown > 0 && shown === area.model.length && area.node.innerText.trim() !== ''; }"""


def answer(page, key, code):
    """Put `code` into the answer cell of an exercise and run it and the check."""
    page.ask(f"""async () => {{
        const panel = window.jupyterapp.shell.currentWidget.content;
        const place = panel.widgets.findIndex(
            cell => cell.model.sharedModel.getSource().includes('check("{key}"'));
        panel.widgets[place - 1].model.sharedModel.setSource({code!r});
        for (const at of [place - 1, place]) {{
            panel.activeCellIndex = at;
            await window.jupyterapp.commands.execute('notebook:run-cell');
        }} }}""")
    page.page.wait_for_function(RENDERED, arg=f'check("{key}"')
    return feedback(page, key)


def test_a_blank_notebook_says_not_answered_yet_ten_times(page):
    from playwright.sync_api import expect

    said = page.page.locator(".jp-OutputArea", has_text="○ Not answered yet.")
    expect(said).to_have_count(10, timeout=1000 * PATIENCE)


def test_a_mistake_is_named_and_hints_come_one_by_one(page):
    first = answer(page, "02.3", "answer = 0.199").inner_text()
    assert "stands in for" in first and first.count("Hint") == 1
    second = answer(page, "02.3", "answer = 0.5")
    assert second.inner_text().count("Hint") == 2
    folder = ROOT / ".pytest_cache/d/screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    second.scroll_into_view_if_needed()
    page.page.screenshot(path=folder / "exercise.png")


def test_a_hint_leads_to_the_chapters_section(page):
    link = answer(page, "02.3", "answer = 0.6").locator("a")
    assert "First reading" in link.inner_text()
    assert "02_icc.ipynb" in link.get_attribute("href")


def test_a_right_answer_is_praised_and_kept(page, jupyter):
    # The tests' server was told to keep no progress.
    said = answer(
        page,
        "02.3",
        "import os\nos.environ.pop('HLM_TEACH_PROGRESS', None)\n"
        "answer = icc(fit_lmm('math ~ 1', load_data('hsb'), 'school'))",
    )
    assert "✓ Right: 18%" in said.inner_text()
    kept = jupyter.root / "mine/exercises/my_progress.json"
    assert '"02.3"' in kept.read_text(encoding="utf-8")


def test_nothing_complains_in_the_browsers_console(page):
    assert page.complaints == [] or sys.platform == "win32"
