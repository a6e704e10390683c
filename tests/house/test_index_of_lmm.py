"""The largest room has an index: each file of `hlm_teach.lmm` is named in it, once."""

import re
from pathlib import Path

import pytest

from hlm_teach import lmm

LINES = [line for line in lmm.__doc__.splitlines() if line.startswith("    ")]
NAMES = re.findall(r"\w+", " ".join(line.split(":")[-1] for line in LINES))


@pytest.mark.house
def test_every_file_is_named_once():
    files = [path.stem for path in Path(lmm.__file__).parent.glob("*.py")]
    assert sorted(NAMES) == sorted(set(files) - {"__init__"})


@pytest.mark.house
def test_the_index_is_short():
    assert len(lmm.__doc__.splitlines()) <= 25
