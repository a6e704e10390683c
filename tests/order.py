"""What is handed first to the processes that share the tests, and what of a module may be shared.

pytest-xdist gives a whole module to one process and begins with the modules that have the most
tests. The longest ones have few: begun last, they would let the other processes wait for one.
"""

import re

from xdist.scheduler import LoadScopeScheduling

# The modules and notebooks that take long: first those that stay whole, the longest first.
LONG = (
    "tests/book/test_site.py",
    "tests/labs/test_labs_in_browser.py",
    "tests/book/test_live_labs.py",
    "tests/house/test_notebooks.py",
    "tests/book/test_live_exercises.py",
    "tests/labs/test_labs.py",
    "tests/classroom/test_sandbox.py",
    "tests/book/test_live_cells.py",
    "tests/labs/test_without_jupyter.py",
    "tests/classroom/test_set_up.py",
    "tests/classroom/test_grading.py",
    "tests/lmm/test_residuals.py",
    "chapters/",
    "tests/classroom/",
    "tests/labs/",
)
# Tests that need nothing of the others in their module, and take long enough to be shared.
APART = re.compile(
    r"tests/book/test_live_cells\.py::test_every_cell_of_a_chapter"
    r"|tests/classroom/test_grading\.py::test_(every_solution|a_blank)"
)


class LongFirst(LoadScopeScheduling):
    """Module by module, the long ones first; the rest by their number of tests."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if APART.match(nodeid) else super()._split_scope(nodeid)

    def _assign_work_unit(self, node) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=place), last=False)
        super()._assign_work_unit(node)


def place(scope: str) -> int:
    """Which in LONG a scope is; those that aren't come after all of them."""
    return next((k for k, start in enumerate(LONG) if scope.startswith(start)), len(LONG))
