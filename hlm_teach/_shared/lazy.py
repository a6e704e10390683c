"""Names that are loaded when they are first used (PEP 562)."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, home: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a module whose names live in others.

    Parameters
    ----------
    package
        The module's own name.
    home
        The names, by the module (below ``hlm_teach``) that defines them.

    >>> look_up, names, everything = lazy_names("demo", {"measures.icc": ("icc",)})
    >>> look_up("icc").__module__, everything
    ('hlm_teach.measures.icc', ['icc'])
    """
    module_of = {name: module for module, names in home.items() for name in names}

    def look_up(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"hlm_teach.{module_of[name]}"), name)

    everything = sorted(module_of)
    return look_up, lambda: everything, everything
