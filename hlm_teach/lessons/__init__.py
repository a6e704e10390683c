"""One folder a chapter: its figures, its labs, its exercises. No lesson imports another."""

from pathlib import Path


def lab_names() -> tuple[str, ...]:
    """Names of all labs: ``icc_lab`` is the function of that name in ``lab_icc.py``.

    >>> "icc_lab" in lab_names()
    True
    """
    found = Path(__file__).parent.glob("ch[0-9][0-9]_*/lab_*.py")
    return tuple(sorted(f"{path.stem.removeprefix('lab_')}_lab" for path in found))
