"""A cell that runs again lets go of what its earlier run showed: widgets, their comms, figures."""

import queue
from textwrap import dedent

import pytest
from jupyter_client.manager import KernelManager

LIVE = "print(len(ipywidgets.widgets.widget._instances), drawn())"


@pytest.fixture(scope="module")
def kernel():
    """A kernel in which labs can be counted."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(extra_arguments=["--IPKernelApp.log_level=ERROR"])
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    yield Cells(client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


class Cells:
    """Runs code in the kernel, as the cell of a name, as a front end does."""

    def __init__(self, client):
        self._client = client
        self.run("""
            import gc, ipywidgets
            from matplotlib.figure import Figure
            from hlm_teach import icc_lab, predict_first
            def drawn():
                gc.collect()
                return sum(isinstance(thing, Figure) for thing in gc.get_objects())
        """)

    def run(self, code: str, cell: str | None = None) -> str:
        """What the code prints; AssertionError if it fails."""
        content = {"code": dedent(code), "silent": False, "store_history": True}
        content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
        message = self._client.session.msg("execute_request", content)
        message["metadata"] = {"cellId": cell} if cell else {}
        self._client.shell_channel.send(message)
        printed, closed, message_id = [], 0, message["header"]["msg_id"]
        while True:
            try:
                heard = self._client.get_iopub_msg(timeout=120)
            except queue.Empty:
                raise AssertionError(f"no answer to {code}") from None
            if heard["parent_header"].get("msg_id") != message_id:
                continue
            kind, content = heard["msg_type"], heard["content"]
            assert kind != "error", content
            printed += [content["text"]] if kind == "stream" else []
            closed += kind == "comm_close"
            if kind == "status" and content["execution_state"] == "idle":
                self.closed = closed
                return "".join(printed).strip()


SHOWING = {
    "a lab": "icc_lab()",
    "a lab with a name": "lab = icc_lab()\nlab",
    "a question": 'guess = predict_first("How many?", low=0, high=5, step=1, key="rerun")',
    "an answer": 'guess = predict_first("How many?", low=0, high=5, step=1, key="rerun")\n'
    'guess.reveal(3, "Three.")',
}


@pytest.mark.parametrize("named", [True, False], ids=["cells have names", "cells have none"])
@pytest.mark.parametrize("what", SHOWING)
def test_reruns_do_not_add_widgets_or_figures(kernel, what, named):
    code, cell = SHOWING[what], what if named else None
    kernel.run(code, cell)
    before = kernel.run(LIVE)
    assert int(before.split()[0]) > 0
    for _ in range(20 if (what, named) == ("a lab", True) else 4):
        kernel.run(code, cell)
        assert kernel.closed > 0  # the page is told
    assert kernel.run(LIVE) == before


def test_what_another_cell_shows_stays(kernel):
    kernel.run("kept = icc_lab()\nkept", "first")
    kernel.run("kept", "second")
    before = kernel.run(LIVE)
    kernel.run("icc_lab()", "first")
    assert kernel.run("kept.faces[0].view.comm is not None") == "" and kernel.closed == 0
    assert kernel.run("print(len(kept.faces), kept.faces[0].view.comm is not None)") == "1 True"
    kernel.run("1", "second")
    assert int(kernel.run(LIVE).split()[1]) == int(before.split()[1]) + 1


def test_several_labs_of_one_cell_stand_together(kernel):
    kernel.run("from IPython.display import display\npair = icc_lab(), icc_lab()")
    kernel.run("display(*pair)", "pair")
    assert kernel.run("print([len(lab.faces) for lab in pair])") == "[1, 1]"


def test_a_lab_that_was_let_go_can_be_used_and_shown_again(kernel):
    kernel.run("old = icc_lab()\nold", "again")
    kernel.run("icc_lab()", "again")
    said = kernel.run(
        "print(len(old.faces), old._picture, old.set(group_size=7).pixels().shape[2])"
    )
    assert said == "0 None 4"
    kernel.run("old", "elsewhere")
    assert kernel.run("print(len(old.faces), old.faces[0].view.comm is not None)") == "1 True"
