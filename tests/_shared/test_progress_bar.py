"""The progress bar shows in a notebook when work takes long, never where outputs are compared."""

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

SLOW = """
from time import sleep
from hlm_teach._shared import progress_bar
progress_bar.DELAY = 0.1
done = []
for step in progress_bar.progress_bar(range({steps}), {wanted}):
    sleep(0.3)
    done.append(step)
assert done == list(range({steps}))
"""


def outputs(steps=3, wanted=True) -> list[str]:
    cell = new_code_cell(SLOW.format(steps=steps, wanted=wanted))
    notebook = new_notebook(cells=[cell])
    NotebookClient(notebook, kernel_name="python3", startup_timeout=600).execute()
    return [output.output_type for output in cell.outputs]


def test_shows_when_work_takes_long(monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE")
    assert outputs() == ["display_data"]


@pytest.mark.parametrize("settings", [dict(), dict(steps=1), dict(wanted=False)])
def test_does_not_show(settings, monkeypatch):
    if settings:
        monkeypatch.setenv("TQDM_DISABLE", "0")
    assert outputs(**settings) == []
