"""Settings of every test: no learner's progress is read or written, no progress bar shows, no sampler runs."""

import os

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With --dist loadscope, as `python course.py test` has it: long modules begin first."""
    if config.getvalue("dist") != "loadscope":
        return None
    from order import LongFirst  # late: xdist need not be there

    return LongFirst(config, log)
