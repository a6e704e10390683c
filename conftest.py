"""Settings of every test: no learner's progress is read or written, no progress bar shows, no sampler runs."""

import os

import pytest

os.environ["HLM_TEACH_PROGRESS"] = "off"
os.environ["TQDM_DISABLE"] = "1"  # stored outputs must not depend on how fast a machine is
# Several processes share the processors: two threads of BLAS that wait for one another made a page's
# cell of small matrices fifty times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
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
