"""Cells in the page: what they put out, how they are changed, run, stopped and restored."""

import pandas as pd
import pytest
from live_pages import PYTHON, ROOT, cells_of, script, sections_of, source_of, stored_texts, texts
from samples import WHOLE

pytestmark = pytest.mark.browser
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))
# Cells whose text differs from the notebook's, and why.
DIFFERENT = {
    "ch00-003": "check_installation: the page brings its own packages, there are none to check",
    "ch03-three2": "the engine's pandas 3.0 drops the name of the index in .loc[index], 3.1 keeps it",
}


@pytest.mark.parametrize("chapter", CHAPTERS if WHOLE else CHAPTERS[:1])
def test_every_cell_of_a_chapter_puts_out_what_is_stored(live, chapter):
    page, cells = live.open_again(f"chapters/{chapter}"), cells_of(f"chapters/{chapter}")
    sections = dict(sections_of(f"chapters/{chapter}"))
    apart = sections.get("On your own data", [])  # which runs nothing else
    for last in ([cell for cell in cells if cell not in apart][-1], cells[-1]):
        page.run(last["id"])
        assert page.line(last["id"]) == ""
    wrong = {
        cell["id"]: (stored_texts(cell), texts(page.outputs(cell["id"])))
        for cell in cells
        if texts(page.outputs(cell["id"])) != stored_texts(cell)
    }
    assert set(wrong) == {name for name in DIFFERENT if name.startswith(cells[0]["id"][:4])}, wrong
    page.close()


@pytest.fixture
def page(live):
    """A page of its own for each test."""
    opened = live.open_again("chapters/02_icc")
    yield opened
    opened.close()


def test_a_cell_is_changed_by_keyboard_run_after_those_above_and_restored(page):
    cell = page.cell("ch02-012")
    printed = _shown(cell)
    cell.get_by_role("button", name="Edit").focus()
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Control+A")
    page.page.keyboard.type("for k in range(2):\nprint(k, np.sqrt(4.0))", delay=0)
    page.until_run("ch02-012", lambda: page.page.keyboard.press("Shift+Enter"))
    # A new line after a colon is indented; np comes from the first cell, which has run before.
    assert cell.locator(".cell_output").inner_text().split() == ["0", "2.0", "1", "2.0"]
    cell.get_by_role("button", name="As printed").focus()
    page.page.keyboard.press("Enter")
    assert _shown(cell) == printed
    page.run("ch02-012")
    assert cell.locator(".cell_output").inner_text() == "variance of the school means: 0.78\n"


def _shown(cell) -> tuple[str, str, list[str]]:
    """A cell's code, what it has put out, and its buttons, but for what they say of loading."""
    buttons = [
        button.split(" (loads")[0] for button in cell.get_by_role("button").all_inner_texts()
    ]
    code, output = (cell.locator(part).inner_text() for part in (".cell_input pre", ".cell_output"))
    return code, output, buttons


def test_an_error_shows_its_last_lines_and_where_it_began(page):
    page.write("ch02-004", "def half(x):\n    return x / 0\n\nhalf(1)")
    page.run("ch02-012")
    shown = page.cell("ch02-004").locator(".live-error").inner_text()
    assert shown == "line 4: half(1)\nline 2: return x / 0\nZeroDivisionError: division by zero"
    assert page.line("ch02-012") == "A cell above failed; its last lines stand there."
    assert page.line("ch02-004") == ""
    page.write("ch02-004", "np.repeat([1], [[1]])")  # where numpy raises, whose lines are not kept
    page.run("ch02-004")
    shown = page.cell("ch02-004").locator(".live-error").inner_text()
    assert shown.startswith("line 1: np.repeat([1], [[1]])\nValueError: ")
    page.write("ch02-004", "%timeit 1")
    page.run("ch02-004")
    assert "there is only Python" in page.cell("ch02-004").locator(".live-error").inner_text()


def test_a_running_cell_is_stopped_by_keyboard_and_python_starts_afresh(page):
    page.write("ch02-004", "while True:\n    pass")
    cell = page.cell("ch02-004")
    run = cell.locator(".live-bar button").first

    def stop():
        run.focus()
        page.page.keyboard.press("Enter")
        page.page.wait_for_function(
            "document.querySelector('.live-running p')?.textContent === 'Running …'"
        )
        # The button keeps the focus, and does nothing meanwhile.
        assert run.evaluate("button => button === document.activeElement && button.ariaDisabled")
        page.page.keyboard.press("Enter")
        cell.get_by_role("button", name="Stop").focus()
        page.page.keyboard.press("Enter")

    page.until_run("ch02-004", stop)
    assert page.line("ch02-004").startswith("Stopped. Python starts afresh")
    assert run.evaluate("button => button === document.activeElement && !button.ariaDisabled")
    asked = f"async () => {PYTHON}.send({{}}).catch(({{ message }}) => message)"
    assert page.page.evaluate(asked).startswith("Stopped.")
    cell.get_by_role("button", name="As printed").click()
    page.run("ch02-012")
    assert "0.78" in page.cell("ch02-012").locator(".cell_output").inner_text()


def test_a_guess_meets_the_answer(page):
    page.run("ch02-012r")
    asked, answer = page.cell("ch02-010"), page.cell("ch02-012r").locator(".cell_output")
    assert "you have not committed a guess yet" in answer.inner_text()
    asked.get_by_label("your guess").first.fill("1.25")
    asked.get_by_label("your guess").first.press("Enter")
    asked.get_by_role("button", name="Commit").click()
    page.page.wait_for_function("/guess: 1.25\\b/.test(document.body.innerText)")
    assert "Your guess is kept: 1.25." in asked.inner_text()
    assert "The answer: 0.867." in answer.inner_text()


def test_a_guess_outlives_the_page_and_a_stop(live):
    page = live.open_again("chapters/02_icc")

    def asked():
        """The question, its cell run after the first one only."""
        page.pass_over("ch02-010")
        page.run("ch02-010")
        return page.cell("ch02-010")

    asked().get_by_label("your guess").first.fill("1.25")
    page.cell("ch02-010").get_by_role("button", name="Commit").click()
    page.page.wait_for_function("localStorage.getItem('hlm-guesses')?.includes('1.25')")
    page.page.evaluate(f"async () => {PYTHON}.drop()")
    assert "Your guess is kept: 1.25." in asked().inner_text()
    page.goto("chapters/02_icc")
    assert "Your guess is kept: 1.25." in asked().inner_text()
    page.page.evaluate("localStorage.removeItem('hlm-guesses')")  # for those who share the browser
    page.close()


def test_a_stopped_cell_is_not_run_again_for_the_sake_of_another(page):
    page.run("ch02-004")
    page.write("ch02-004", "while True:\n    pass")
    cell, later = page.cell("ch02-004"), page.cell("ch02-012")
    cell.locator(".live-bar button").first.click()
    later.locator(".live-bar button").first.click()  # waits in line, and is stopped with it
    later.locator(".live-bar p", has_text="Waiting").wait_for()
    cell.get_by_role("button", name="Stop").click()
    later.locator(".live-bar p", has_text="Stopped before it ran.").wait_for()
    page.run("ch02-012")
    assert page.line("ch02-012").startswith("The cell above that did not come to its end")
    cell.get_by_role("button", name="As printed").click()
    page.run("ch02-012")
    assert page.line("ch02-012") == ""


def test_what_was_put_out_before_a_change_is_marked(page):
    cell = page.cell("ch02-012")
    stale = cell.and_(page.page.locator(".live-stale"))
    page.write("ch02-012", "print(1)")
    assert stale.count() == 1
    page.run("ch02-012")
    assert stale.count() == 0
    page.write("ch02-012", "print(2)")
    cell.get_by_role("button", name="As printed").click()
    assert stale.count() == 0
    page.write("ch02-004", "1 +")
    page.run("ch02-012")
    assert stale.count() == 1  # what it needs has changed, and failed
    page.cell("ch02-004").get_by_role("button", name="As printed").click()
    page.run("ch02-012")
    assert stale.count() == 0


def test_code_that_is_changed_is_seen_whole(page):
    page.write("ch02-012", "x = [" + "1, " * 200 + "]\n" * 4)
    box = page.cell("ch02-012").locator("textarea")
    high, wide = "box.scrollHeight - box.clientHeight", "box.scrollWidth - box.clientWidth"
    assert box.evaluate(f"box => [{high}, {wide}]") == [0, 0]
    tall = box.bounding_box()["height"]
    box.fill("x = 1")
    assert box.bounding_box()["height"] < tall / 2


def test_a_click_into_the_code_changes_it_as_in_a_notebook(page):
    cell = page.cell("ch02-012")
    cell.locator(".cell_input pre").click()
    assert cell.locator("textarea").evaluate("box => box === document.activeElement")
    page.until_run("ch02-012", lambda: page.page.keyboard.press("Shift+Enter"))
    assert cell.locator(".cell_output").inner_text() == "variance of the school means: 0.78\n"


def test_where_python_comes_to_an_end_it_starts_afresh(page):
    page.write("ch02-004", "import os\nos.abort()")
    page.run("ch02-004")
    assert "Python starts afresh with the next run" in page.line("ch02-004")
    page.cell("ch02-004").get_by_role("button", name="As printed").click()
    page.run("ch02-012")
    assert page.line("ch02-012") == ""


def test_python_sleeps_for_as_long_as_it_is_told(page):
    """A shim that takes the end of a sleep for its length doubles the age of Python each time."""
    tries = """
import time
grew = []
for _ in range(3):
    before = time.monotonic()
    time.sleep(0.01)
    grew.append(time.monotonic() / before)
print(min(grew) < 2)"""
    page.write("ch02-004", tries)
    page.run("ch02-004")
    assert page.cell("ch02-004").locator(".cell_output").inner_text() == "True\n"


def test_exit_ends_its_cell_only(page):
    page.write("ch02-004", "exit()")
    page.run("ch02-004")
    assert "SystemExit" in page.cell("ch02-004").locator(".live-error").inner_text()
    page.write("ch02-004", "print(1)")
    page.run("ch02-004")
    assert page.line("ch02-004") == ""


def test_a_lab_that_a_cell_makes_moves_and_its_variables_are_read(page):
    source = source_of(cells_of("chapters/02_icc")[1])
    page.write("ch02-004", f"{source}\nlab = icc_lab()\nlab")
    page.run("ch02-004")
    lab = page.cell("ch02-004").locator(".live-lab")
    lab.locator("input[type=range]").first.press("End")
    page.page.wait_for_function("!document.querySelector('.live-lab').lab.busy")
    page.write("ch02-012", "print(lab.state['tau00'] == lab.controls['tau00'].high)")
    page.run("ch02-012")
    assert page.cell("ch02-012").locator(".cell_output").inner_text() == "True\n"


def test_a_reader_s_own_file_is_opened_and_fitted(page):
    rows = (ROOT / "chapters" / "wards.csv").read_text(encoding="utf-8").splitlines()[:400]
    file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    page.page.locator("#own-ch02-own1").set_input_files(file)
    page.page.wait_for_function(
        "/399 rows/.test(document.querySelector('.live-data p').textContent)"
    )
    assert 'read_csv("mine.csv")' in page.cell("ch02-own1").locator("textarea").input_value()
    page.run("ch02-own1")
    assert ran(page) == ["ch02-002", "ch02-own1"]  # that section stands by itself
    complete = len(pd.read_csv(ROOT / "chapters" / "wards.csv").head(399).dropna())
    shown = page.cell("ch02-own1").locator(".cell_output").inner_text()
    assert shown.startswith(f"{complete} complete patients")
    # As a spreadsheet in Germany saves it: the cell is told of it.
    table = "Größe der Klinik;Note\n1;2,5\n3;3,25\n".encode("cp1252")
    # A file that is named as the page's own doesn't take its place; a spreadsheet's is no CSV.
    same = {"name": "wards.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    page.page.locator("#own-ch02-own1").set_input_files(same)
    page.page.wait_for_function(
        "/^my_wards.csv: 1 rows/.test(document.querySelector('.live-data p').textContent)"
    )
    german = {"name": 'a $& "b".csv', "mimeType": "text/csv", "buffer": table}
    page.page.locator("#own-ch02-own1").set_input_files(german)
    page.page.wait_for_function(
        "/2 rows; columns Größe der Klinik, Note/.test("
        "document.querySelector('.live-data p').textContent)"
    )
    told = 'read_csv("a $& _b_.csv", encoding="cp1252", sep=";", decimal=",")'
    assert told in page.cell("ch02-own1").locator("textarea").input_value()
    bad = {"name": "bad.csv", "mimeType": "text/csv", "buffer": b""}
    page.page.locator("#own-ch02-own1").set_input_files(bad)
    page.page.wait_for_function(
        "/can't be read/.test(document.querySelector('.live-data p').textContent)"
    )


def ran(page) -> list[str]:
    """The cells of a page that have run."""
    return page.page.evaluate(
        f"""async () => {{
        const {{ cells }} = {script("cells.js")};
        return cells.filter((cell) => cell.ran !== null).map((cell) => cell.id); }}"""
    )


def test_a_page_that_can_t_run_python_stays_as_printed_and_says_why(live):
    context = live.browser.new_context()
    tab = context.new_page()
    tab.goto((live.folder / "chapters" / "02_icc.html").as_uri())
    assert tab.locator(".live-note").inner_text().startswith("Opened as a file, this page stays")
    assert not tab.locator(".live-bar, .live-start").count()
    tab.add_init_script("delete globalThis.DecompressionStream")
    tab.goto(f"{live.address}chapters/02_icc.html")
    assert "a browser of 2025 or newer" in tab.locator(".live-note").inner_text()
    context.close()


def test_a_server_without_the_engine_is_told(live):
    context = live.browser.new_context()
    tab = context.new_page()
    tab.route("**/engine.json", lambda route: route.fulfill(status=404))
    tab.goto(f"{live.address}chapters/02_icc.html")
    tab.wait_for_selector(".live-note")
    assert "not on this server" in tab.locator(".live-note").inner_text()
    assert not tab.locator(".live-bar").count()
    context.close()


def test_no_cell_is_listed_as_different_that_is_not_there():
    there = {cell["id"] for chapter in CHAPTERS for cell in cells_of(f"chapters/{chapter}")}
    assert set(DIFFERENT) <= there
