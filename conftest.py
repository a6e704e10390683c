"""Settings of every test: no learner's progress is read or written, no progress bar shows, no sampler runs."""

import contextlib
import itertools
import os
import sys
import tempfile

import pytest

from hlm_teach.classroom import surroundings

os.environ["HLM_TEACH_PROGRESS"] = "off"
os.environ["TQDM_DISABLE"] = "1"  # stored outputs must not depend on how fast a machine is
os.environ.update(surroundings.threads(os.environ))  # several processes share the processors
# Compiled files are worth writing: every notebook's kernel would compile its packages anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["HLM_TEACH_BAMBI"] = (
    "stored"  # the record, where Bambi is installed too: .ci/run tries that
)

FILES = pytest.StashKey[tempfile.TemporaryDirectory]()  # where the notebooks' kernels listen


def pytest_configure(config):
    """Let the notebooks' kernels listen at files, where a system can.

    A port that is free when a kernel is given it may be taken when the kernel begins to listen, by
    another process of the tests: then it never answers.
    """
    if sys.platform == "win32":
        return
    with contextlib.suppress(ImportError):  # without nbval there are no such kernels
        from nbval import kernel

        folder = config.stash[FILES] = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        manager, number = kernel.KernelManager, itertools.count()
        kernel.KernelManager = lambda **options: manager(
            transport="ipc", ip=os.path.join(folder.name, f"kernel{next(number)}"), **options
        )


def pytest_unconfigure(config):
    """Drop those files."""
    if folder := config.stash.get(FILES, None):
        folder.cleanup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With --dist loadscope, as `python course.py test` has it: long modules begin first."""
    if config.getvalue("dist") != "loadscope":
        return None
    from order import LongFirst  # late: xdist need not be there

    return LongFirst(config, log)
