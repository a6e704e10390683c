"""Every stored notebook reads well and is compared; the comparison and the checks do bite."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from copy import deepcopy
from io import BytesIO
from itertools import chain, islice
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_checks import BONES, CHECKS, chapter_number, is_deeper, outputs, words
from PIL import Image
from samples import some

from hlm_teach.classroom import refresh as _refresh
from hlm_teach.classroom import surroundings

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = [
    path
    for folder in ("chapters", "solutions", "exercises")
    for path in sorted((ROOT / folder).glob("*.ipynb"))
]


def name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    found = [f"{check.__name__}: {what}" for check in CHECKS for what in check(notebook, path)]
    assert not found, "\n".join([name(path), *found])


CHAPTERS = [path for path in NOTEBOOKS if path.parent.name == "chapters"]
CORES = some(CHAPTERS, 3)


# Between two notebooks: no name, no picture and no output of the one is there for the other.
AFRESH = "import matplotlib.pyplot\nmatplotlib.pyplot.close('all')\n%reset -f"


def in_one_kernel(notebooks):
    """Lists of cells by their notebook, as one kernel has run them, one list after the other.

    A kernel of its own for each would spend most of its time on starting and importing.
    """
    parts = [[new_code_cell(AFRESH), *deepcopy(cells)] for cells in notebooks.values()]
    cells = list(chain.from_iterable(parts))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # notebooks may share ids
    ran = iter(_refresh.execute(new_notebook(cells=cells), next(iter(notebooks)).parent).cells)
    return {path: list(islice(ran, len(part)))[1:] for path, part in zip(notebooks, parts)}


def cells_of(path):
    return _refresh.read(path.read_text(encoding="utf-8")).cells


@pytest.fixture(scope="module")
def cores():
    """Each chapter without its deeper sections: as stored, and as it has run."""
    kept = {path: [cell for cell in cells_of(path) if not is_deeper(cell)] for path in CORES}
    return kept, in_one_kernel(kept)


@pytest.mark.parametrize("path", CORES, ids=name)
def test_the_core_runs_alone_and_says_the_same(path, cores):
    """With the deeper sections left out no cell fails, and no output is another one."""
    stored, fresh = (
        [(place, words(output)) for place, output in outputs({"cells": core[path]})]
        for core in cores
    )
    assert stored == fresh


def test_no_chapter_is_left_out():
    numbers = [int(path.name[:2]) for path in CHAPTERS if path.name[0].isdigit()]
    assert numbers and numbers == list(range(len(numbers)))


# ---- the checks themselves ---------------------------------------------------------------


def html_picture(**options):
    """A picture of one colour as `show` stores it."""
    buffer = BytesIO()
    Image.new("P", (1, 1)).convert(options.get("mode", "P")).save(buffer, "png")
    code = b64encode(buffer.getvalue()).decode("ascii")
    return f'<img alt="{options.get("alt", "a line")}" src="data:image/png;base64,{code}">'


PICTURE = {"text/plain": "Figure: a line.", "text/html": html_picture()}


FOLDED = {"tags": ["deeper"], "jp-MarkdownHeadingCollapsed": True}


def question(*feedback):
    return "\n".join(
        f"<details><summary>({letter}) {letter * 3}</summary>{said}</details>"
        for letter, said in zip("abcd", feedback)
    )


def good():
    """A small chapter that no check complains of."""
    quiz = "\n\n".join([question("✓ Right, that is it.", "✗ No: look again there.")] * 5)
    code = new_code_cell(
        "# figure: a line\nshow(fig, 'a line')",
        execution_count=1,
        outputs=[new_output("display_data", dict(PICTURE))],
    )
    code.metadata = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
    head = new_markdown_cell("# Title\n\nThe core takes about 60 minutes.")
    bones = [new_markdown_cell(f"## {bone}") for bone in BONES]
    deeper = new_markdown_cell("### Deeper: more\n\nOne finds more here.", metadata=FOLDED)
    more = new_markdown_cell("More.", metadata={"tags": ["deeper"]})
    return new_notebook(cells=[head, *bones, code, new_markdown_cell(quiz), deeper, more])


def hidden(notebook):
    return code_of(notebook).metadata


def code_of(notebook):
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def stored(notebook, **output):
    code_of(notebook).outputs.append(nbformat.from_dict(output))


def add(notebook, markdown):
    notebook.cells.append(new_markdown_cell(markdown))


BREAKS = [
    (
        "pictures_have_alt_text",
        lambda nb: code_of(nb).outputs[0].data.update({"image/png": "AAAA"}),
    ),
    (
        "pictures_have_alt_text",
        lambda nb: code_of(nb).outputs[0].data.update({"text/html": html_picture(alt="")}),
    ),
    (
        "pictures_have_alt_text",
        lambda nb: code_of(nb).outputs[0].data.update({"text/html": "<img src='x'>"}),
    ),
    (
        "pictures_are_small",
        lambda nb: code_of(nb).outputs[0].data.update({"text/html": html_picture(mode="RGB")}),
    ),
    ("no_widget_state", lambda nb: nb.metadata.update(widgets={})),
    (
        "no_widget_state",
        lambda nb: code_of(nb).outputs[0].data.update({_refresh.WIDGET_VIEW: {"model_id": "1"}}),
    ),
    ("no_timings", lambda nb: code_of(nb).metadata.update(execution={})),
    (
        "no_errors_or_warnings",
        lambda nb: stored(nb, output_type="error", ename="ValueError", evalue="", traceback=[]),
    ),
    (
        "no_errors_or_warnings",
        lambda nb: stored(nb, output_type="stream", name="stderr", text="warning"),
    ),
    ("executed_in_order", lambda nb: code_of(nb).update(execution_count=2)),
    ("executed_in_order", lambda nb: code_of(nb).update(execution_count=None)),
    ("headings_in_order", lambda nb: add(nb, "# Another title")),
    ("headings_in_order", lambda nb: add(nb, "##### Too deep")),
    ("enough_prose", lambda nb: nb.cells.extend(new_code_cell("1") for _ in range(30))),
    ("short_code_cells", lambda nb: code_of(nb).update(source="x\n" * 13)),
    (
        "rounded_numbers",
        lambda nb: stored(nb, output_type="stream", name="stdout", text="0.1234567"),
    ),
    ("links_lead_somewhere", lambda nb: add(nb, "[there](no_such_file.ipynb)")),
    ("links_lead_somewhere", lambda nb: add(nb, "[there](/etc/hosts)")),
    ("links_lead_somewhere", lambda nb: add(nb, "[there](#No-such-heading)")),
    ("has_the_bones", lambda nb: nb.cells.pop(3)),
    ("has_the_bones", lambda nb: nb.cells.insert(2, nb.cells.pop(5))),
    ("quizzes_give_feedback", lambda nb: nb.cells.pop(-3)),
    ("quizzes_give_feedback", lambda nb: add(nb, question("✓ Right, that is it.", "✗"))),
    ("quizzes_give_feedback", lambda nb: add(nb, question("✓ Right, that is it.", "No, no, no."))),
    (
        "quizzes_give_feedback",
        lambda nb: add(nb, question("✗ Neither of them.", "✗ Nor this one.")),
    ),
    ("deeper_sections_are_marked", lambda nb: nb.cells[-1].metadata.clear()),
    ("deeper_sections_are_marked", lambda nb: nb.cells[0].metadata.update(tags=["deeper"])),
    (
        "deeper_sections_are_marked",
        lambda nb: nb.cells[-2].metadata.pop("jp-MarkdownHeadingCollapsed"),
    ),
    ("deeper_sections_are_marked", lambda nb: nb.cells[-2].update(source="### Deeper: more")),
    ("folded_cells_say_what_they_do", lambda nb: hidden(nb).update(tags=[])),
    ("folded_cells_say_what_they_do", lambda nb: code_of(nb).update(source="show(fig, 'a line')")),
    ("shown_code_is_the_lesson", lambda nb: hidden(nb).clear()),
    (
        "shown_code_is_the_lesson",
        lambda nb: (hidden(nb).clear(), code_of(nb).update(source="ax = plots.curve(x)")),
    ),
    ("core_is_one_session", lambda nb: nb.cells.insert(1, new_markdown_cell("word " * 3001))),
    ("core_is_one_session", lambda nb: nb.cells.extend(new_code_cell("1") for _ in range(26))),
    ("head_tells_the_minutes", lambda nb: nb.cells[0].update(source="# Title")),
    (
        "core_needs_no_later_chapter",
        lambda nb: nb.cells[1].update(source="## The question\n\nAs chapter 2 says, so it is."),
    ),
]


def complaints_of(notebook, check):
    return list(check(json.loads(nbformat.writes(notebook)), ROOT / "chapters/01_good.ipynb"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_good_notebook_pleases_every_check(check):
    assert complaints_of(good(), check) == []


@pytest.mark.parametrize("check, spoil", BREAKS, ids=[name for name, _ in BREAKS])
def test_each_check_finds_what_it_is_for(check, spoil):
    notebook = good()
    spoil(notebook)
    assert complaints_of(notebook, {c.__name__: c for c in CHECKS}[check])


def test_every_check_has_been_seen_to_complain():
    assert {name for name, _ in BREAKS} == {check.__name__ for check in CHECKS}


def test_only_chapters_from_01_on_need_the_bones():
    assert chapter_number(Path("chapters/00_start_here.ipynb")) is None
    assert chapter_number(Path("exercises/01_independence.ipynb")) is None
    assert chapter_number(Path("chapters/12_healthcare.ipynb")) == 12


# ---- refreshing and comparing ------------------------------------------------------------

SMALL = """\
import ipywidgets, matplotlib.pyplot as plt
from hlm_teach import show
print(round(2 / 3, 3))
fig, ax = plt.subplots()
ax.plot([0, 1])
show(fig, "a line")
ipywidgets.IntSlider()
"""


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """A small notebook as the refresher stores it, after two runs."""
    path = tmp_path_factory.mktemp("notebooks") / "small.ipynb"
    raw = json.loads(nbformat.writes(new_notebook(cells=[new_code_cell(SMALL)])))
    del raw["cells"][0]["id"]
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert _refresh.main([str(path)]) == 0
    once = path.read_bytes()
    assert _refresh.main([str(path)]) == 0
    return path, once


def test_refreshing_twice_leaves_no_difference(refreshed):
    path, once = refreshed
    assert path.read_bytes() == once


def test_refreshing_stores_what_a_reader_sees_and_no_more(refreshed):
    notebook = json.loads(refreshed[1])
    (cell,) = notebook["cells"]
    assert cell["execution_count"] == 1 and cell["metadata"] == {}
    assert cell["outputs"][0]["text"] == ["0.667\n"]
    assert set(cell["outputs"][1]["data"]) == {"text/plain", "text/html"}
    assert set(cell["outputs"][2]["data"]) == {"text/plain"}
    assert notebook["metadata"] == _refresh.NOTEBOOK_METADATA


def test_a_failing_cell_leaves_the_file_alone(tmp_path, capsys):
    path = tmp_path / "fails.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    assert _refresh.main([str(path)]) == 1
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_kernels_of_the_refresher_take_one_thread_of_blas(monkeypatch, refreshed):
    """Without the launcher, too; what somebody settled holds."""
    seen = []
    monkeypatch.setattr(_refresh, "refresh", lambda path: seen.append(dict(os.environ)) or 0)
    for name in surroundings.THREADS:
        monkeypatch.setenv(name, "8")
    assert _refresh.main([str(refreshed[0])]) == 0
    for name in surroundings.THREADS:
        monkeypatch.delenv(name)
    assert _refresh.main([str(refreshed[0])]) == 0
    assert [each["OPENBLAS_NUM_THREADS"] for each in seen] == ["8", "1"]


def test_refreshing_names_what_is_not_a_notebook(tmp_path, capsys):
    assert _refresh.main([str(tmp_path / "nothing.ipynb")]) == 2
    assert "nothing.ipynb" in capsys.readouterr().err
    path = tmp_path / "table.ipynb"
    path.write_text('{"nbformat": 4}', encoding="utf-8")
    assert _refresh.main([str(path)]) == 1
    assert "this is no notebook" in capsys.readouterr().err


def test_notebooks_are_found_from_where_the_refresher_is_called(monkeypatch):
    seen = []
    monkeypatch.setattr(_refresh, "refresh", lambda path: seen.append(path) or 0)
    assert _refresh.main(["--from", str(ROOT / "chapters"), "02_icc.ipynb"]) == 0
    assert seen == [ROOT / "chapters" / "02_icc.ipynb"]


def test_every_cell_gets_an_id_that_no_other_has():
    cells = [{"id": "cell-001"}, {}, {"id": "cell-001"}, {"id": "cell-002"}]
    _refresh.give_ids(cells)
    assert [cell["id"] for cell in cells] == ["cell-001", "cell-003", "cell-004", "cell-002"]


def test_nbval_compares_stored_numbers(refreshed, tmp_path):
    """The course's own settings accept the outputs as stored, and no other number."""
    same, changed = tmp_path / "same.ipynb", tmp_path / "changed.ipynb"
    stored = refreshed[1].decode("utf-8")
    same.write_text(stored, encoding="utf-8")
    changed.write_text(stored.replace("0.667", "0.668"), encoding="utf-8")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            str(ROOT / "pyproject.toml"),
            "--rootdir",
            ROOT,
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-v",
            same,
            changed,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1200,  # a watchdog: ends what hangs, doesn't judge what is slow
    )
    assert run.returncode == 1 and "1 failed, 1 passed" in run.stdout, run.stdout
    assert run.stdout.index("Cell 0 PASSED") < run.stdout.index("Cell 0 FAILED"), run.stdout
    assert "'0.668\\n' == '0.667\\n'" in run.stdout, run.stdout
