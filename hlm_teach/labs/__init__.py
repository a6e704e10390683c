"""The labs: pictures that move under the reader's hands.

``from hlm_teach.labs import icc_lab, predict_first``: the lab ``icc_lab`` is the function of that
name in ``icc.py``. One small file per lab; what they share is in the files with an underscore.
"""

from importlib import import_module
from pathlib import Path


def lab_names() -> tuple[str, ...]:
    """Names of all labs, in alphabetical order."""
    return tuple(f"{path.stem}_lab" for path in sorted(Path(__file__).parent.glob("[!_]*.py")))


def __getattr__(name: str):
    """Import a lab, or the prediction prompt, on first use (PEP 562)."""
    if name == "predict_first":
        module = "_predict"
    elif name in lab_names():
        module = name.removesuffix("_lab")
    else:
        raise AttributeError(f"module 'hlm_teach.labs' has no attribute {name!r}; "
                             f"labs are {', '.join(lab_names())}")
    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *lab_names(), "predict_first"])
