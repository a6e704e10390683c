"""What the tests' own settings lean on in other packages is still there.

Where it isn't nothing fails: kernels listen at ports again, which now and then are taken, and long
modules begin last. CONTRIBUTING.md lists all that the course leans on.
"""

import inspect
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]


def test_nbval_starts_its_kernels_by_a_name_of_its_module():
    """conftest.py puts another in its place."""
    kernel = pytest.importorskip("nbval.kernel")
    assert re.search(r"\bKernelManager\(", inspect.getsource(kernel.start_new_kernel))


def test_xdist_asks_its_scheduler_by_these_names():
    """tests/order.py answers them."""
    scheduler = pytest.importorskip("xdist.scheduler").LoadScopeScheduling
    source = inspect.getsource(scheduler)
    assert "self._split_scope(" in source and "self._assign_work_unit(" in source
    assert "self.workqueue" in source


def test_the_list_of_what_is_leaned_on_names_files_that_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("| leans on | where |")[2].partition("\n\n")[0]
    files = re.findall(r"`((?:tests|lmm|classroom|docs|\.jupyter)/[^`]+\.\w+)`", table)
    gone = [
        name for name in files if not any((ROOT / at / name).is_file() for at in (".", "hlm_teach"))
    ]
    assert len(files) > 12 and not gone
