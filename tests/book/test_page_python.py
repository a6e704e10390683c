"""The page's side of Python, run here: cells without Jupyter, and what they put out."""

import sys

import matplotlib
import numpy as np
import pandas as pd
import pytest
from live_pages import ROOT, cells_of, sections_of, source_of, stored_texts, texts
from samples import some

import hlm_teach
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.predict import Prediction

OWN_DATA = {
    path.stem: cells
    for path in (ROOT / "chapters").glob("*.ipynb")
    for title, cells in sections_of(f"chapters/{path.stem}")
    if title == "On your own data"
}


@pytest.fixture
def bridge(monkeypatch):
    """The module bridge as pages have it."""
    monkeypatch.syspath_prepend(str(ROOT / "book" / "live"))
    for name in ("bridge", "cells"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import bridge

    yield bridge
    for name in ("bridge", "cells"):
        sys.modules.pop(name, None)


def test_what_is_printed_and_displayed_keeps_its_order(bridge):
    source = "print(1)\nhlm_teach.say('*a*')\nprint(2)\nprint(3)\n4"
    outputs = bridge.cells.run(f"import hlm_teach\n{source}", "a")
    assert [output["kind"] for output in outputs] == ["stream", "data", "stream", "data"]
    assert [output["text"] for output in outputs] == ["1\n", "*a*", "2\n3\n", "4"]
    assert outputs[1]["data"]["text/markdown"] == "*a*"


@pytest.mark.parametrize("source", ["x = 1", "x = 1\nx;", "None", "", "# nothing"])
def test_what_shows_nothing_in_a_notebook_shows_nothing(bridge, source):
    assert bridge.cells.run(source, "a") == []


def test_names_last_from_cell_to_cell_and_display_is_there(bridge):
    bridge.cells.run("import pandas as pd\ntable = pd.DataFrame({'a': [1]})", "a")
    (output,) = bridge.cells.run("display(table)", "b")
    assert "<table" in output["data"]["text/html"] and output["text"].split() == ["a", "0", "1"]


def test_errors_are_told_by_their_lines(bridge):
    (output,) = bridge.cells.run("def f():\n    return 1 / 0\n\nf()", "a")
    assert output["text"].splitlines() == [
        "line 4: f()",
        "line 2: return 1 / 0",
        "ZeroDivisionError: division by zero",
    ]
    (output,) = bridge.cells.run("x = (", "b")
    assert output["text"].splitlines()[-1].startswith("SyntaxError: ")
    (output,) = bridge.cells.run("%matplotlib inline", "c")
    assert "only Python" in output["text"]
    (output,) = bridge.cells.run("raise KeyboardInterrupt", "d")
    assert output["kind"] == "error"


def test_pictures_of_pyplot_show_at_the_end_of_a_cell(bridge):
    with matplotlib.rc_context({"backend": "agg"}):
        outputs = bridge.cells.run("import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "a")
        assert len(outputs) == 1 and outputs[0]["data"]["image/png"].startswith("iVBOR")
        assert bridge.cells.run("plt.get_fignums()", "b")[0]["text"] == "[]"


def test_a_shown_lab_is_opened_moved_and_refuses_in_words(bridge):
    (output,) = bridge.cells.run("import hlm_teach\nlab = hlm_teach.icc_lab()\nlab", "a")
    handle = output["handle"]
    assert bridge.cells.run("lab", "b")[0]["handle"] == handle
    assert isinstance(bridge.labs[handle], Lab)
    opened = bridge.open_lab(handle)
    assert opened["title"] == hlm_teach.icc_lab().title
    moved = bridge.move(handle, values={"tau00": 3.0})
    wanted = hlm_teach.icc_lab().set(tau00=3.0)
    assert moved["readout"] == wanted.readout_text and moved["alt"] == wanted.alt_text
    refused = bridge.move(handle, values={"tau00": -3.0})
    assert refused["refused"] and "can't be shown" in refused["status"]
    assert bridge.move(handle, again=True)["state"]["seed"] == wanted.state["seed"] + 1
    assert bridge.move(handle, reset=True)["state"] == hlm_teach.icc_lab().state
    bridge.move(handle, values={"tau00": 3.0, "sigma2": 9.0})
    together = bridge.move(handle, reset=True, again=True, values={"tau00": 3.0})["state"]
    assert together == hlm_teach.icc_lab().draw_again().set(tau00=3.0).state


def test_what_a_lab_shows_first_is_kept_without_its_figure(bridge):
    made = bridge.open_lab("icc_lab")
    pixels = bridge._picture[0]
    bridge.labs.clear()
    bridge.first["icc_lab"] = bridge.first_of("icc_lab")
    bridge.labs.clear()
    kept = bridge.open_lab("icc_lab")
    assert not bridge.labs and np.array_equal(bridge._picture[0], pixels)
    assert kept.pop("picture")["address"] and made.pop("picture") and kept == made
    assert bridge.make_lab("icc_lab") == {} and list(bridge.labs) == ["icc_lab"]
    lab = bridge.labs["icc_lab"]
    moved = bridge.move("icc_lab", values={"tau00": 3.0})
    assert bridge.labs["icc_lab"] is lab and moved["state"]["tau00"] == 3.0
    assert kept["state"]["tau00"] != 3.0  # the kept answer isn't the lab's own state
    assert bridge.open_lab("icc_lab")["alt"] == moved["alt"] != kept["alt"]


def test_a_guess_changes_what_stands_at_its_answer(bridge, monkeypatch):
    source = (
        "from hlm_teach import predict_first\n"
        "p = predict_first('How many?', low=0, high=10, step=1, key='page')\n"
        "p.reveal(5, 'So it is.')"
    )
    asked, answer = bridge.cells.run(source, "a")
    assert isinstance(bridge.asked[asked["handle"]], Prediction)
    assert "not committed" in answer["html"] and asked["control"]["value"] == 0
    bridge._changed.clear()
    bridge.guess(asked["handle"], 7)
    changed = {thing["handle"]: thing for thing in map(bridge.said, bridge._changed)}
    assert changed[asked["handle"]]["status"] == "Your guess is kept: 7."
    assert "<strong>7</strong>" in changed[answer["handle"]]["html"]


def test_a_run_tells_which_exercises_are_done(bridge, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert bridge.run("1", "a")["done"] == []
    (tmp_path / "my_progress.json").write_text('{"done": ["02.1"]}')
    answer = bridge.run("1 / 0", "b")
    assert answer["done"] == ["02.1"] and answer["failed"]
    for damaged in ("[", "[]", '{"done": 5}'):
        (tmp_path / "my_progress.json").write_text(damaged)
        assert bridge.run("1", "c")["done"] == []


def test_a_readers_file_is_described(bridge, tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3,4\n")
    assert bridge.columns(tmp_path / "a.csv") == {"rows": 2, "columns": ["x", "y"], "options": ""}


def test_a_font_is_read_whole_and_draws_as_before(bridge, tmp_path, monkeypatch):
    import io

    import prepare
    from matplotlib import font_manager, ft2font

    path = font_manager.findfont("DejaVu Sans")
    (tmp_path / "a.txt").write_text("plain")
    with prepare.open_file(tmp_path / "a.txt") as file:
        assert file.read() == "plain"
    drawn = []
    for opened in (io.open, prepare.open_file):
        monkeypatch.setattr(io, "open", opened)
        font = ft2font.FT2Font(path)
        font.set_size(20, 100)
        font.set_text("τ₀₀ and σ²")
        font.draw_glyphs_to_bitmap()
        drawn.append((font.fname, font.get_image().tolist()))
    assert drawn[0] == drawn[1] and isinstance(prepare.open_file(path, "rb"), prepare.FontFile)
    sys.modules.pop("prepare", None)


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("a,b\n1,2.5\n", "utf-8", ""),
        ("a,b\n1,2.5\n", "utf-8-sig", ""),
        ("é;b, c\n1;2,5\n3;4\n", "cp1252", ', encoding="cp1252", sep=";", decimal=","'),
        ("a;b\n1;2.5\n", "utf-8", ', sep=";"'),
        ("a;b\n1,5;2,5\n\n3,5;4\n\n", "utf-8", ', sep=";", decimal=","'),
        ("a\tb\n1\t2\n", "utf-16", ', encoding="utf-16", sep="\\t"'),
        ('a,b\n1,"x;y;z"\n', "utf-8", ""),
        ('a;b\n"x, one\ny, two";2,5\n"p";3,5\n', "utf-8", ', sep=";", decimal=","'),
        ('a,b\n"1,5","2,25"\n"3,5","4"\n', "utf-8", ', decimal=","'),
        ('a,b\n"1,234","2"\n"3,456","4"\n', "utf-8", ', thousands=","'),
        ("a;b\n1.234,5;1\n2,5;3\n", "utf-8", ', sep=";", decimal=",", thousands="."'),
        ("a;b, c\n1;2,5\n3;4,5\n", "utf-8", ', sep=";", decimal=","'),
        ("sep=;\na;b\n1,5;2\n", "utf-8", ', skiprows=1, sep=";", decimal=","'),
    ],
)
def test_a_file_is_read_however_its_spreadsheet_wrote_it(bridge, tmp_path, text, encoding, told):
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode(encoding))
    found = bridge.columns(str(path))
    assert found["options"] == told and len(found["columns"]) == 2
    table = eval(f"pd.read_csv(path{found['options']})", {"pd": pd, "path": path})
    assert list(map(str, table.columns)) == found["columns"]
    as_numbers = [pd.api.types.is_numeric_dtype(column) for _, column in table.items()]
    assert all(as_numbers) or any(letter in text.partition("\n")[2] for letter in "xyz")


def test_a_file_of_one_column_has_no_separator(bridge):
    assert bridge.dialect(b"x\n1\n2\n") == {} and bridge.dialect(b"") == {}


def test_a_spreadsheet_s_own_file_is_no_csv(bridge, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(b"PK\x03\x04 and more")
    with pytest.raises(ValueError, match="save it as CSV"):
        bridge.columns(str(path))


def test_many_printed_lines_are_one_output_in_their_order(bridge):
    (output,) = bridge.cells.run("for k in range(300_000): print(k)", "a")
    assert output["text"].splitlines() == [str(k) for k in range(300_000)]


def test_a_package_that_is_not_there_is_told_without_what_is_said_of_sites(bridge):
    wrong = (
        "raise ModuleNotFoundError(\"No module named 'x'. Site initialization is off, did you\")"
    )
    (output,) = bridge.cells.run(wrong, "a")
    assert output["text"].endswith("ModuleNotFoundError: No module named 'x'")


@pytest.mark.parametrize("chapter", some(sorted(OWN_DATA), 4))
def test_on_your_own_data_stands_by_itself(bridge, monkeypatch, chapter):
    """Pages run the first cell and no other above it: that must give what the notebook has stored."""
    monkeypatch.chdir(ROOT / "chapters")
    for cell in [cells_of(f"chapters/{chapter}")[0], *OWN_DATA[chapter]]:
        outputs = bridge.cells.run(source_of(cell), cell["id"])
        assert texts(outputs) == stored_texts(cell), cell["id"]


def test_a_figure_of_a_cell_that_fails_is_shown_with_it_and_not_with_the_next(bridge):
    outputs = bridge.cells.run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\n1 / 0", "a")
    assert [output["kind"] for output in outputs] == ["error", "data"]
    assert bridge.cells.run("1;", "b") == []


def test_what_can_t_be_shown_doesn_t_harm(bridge):
    source = "class Odd:\n    def _repr_html_(self):\n        return 5\n    def __repr__(self):\n        return 'odd'\nOdd()"
    (output,) = bridge.cells.run(source, "a")
    assert output["data"] == {} and output["text"] == "odd"
