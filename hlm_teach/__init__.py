"""Helpers for a course on multilevel linear models: data, simulation, fits, figures and labs.

Everything a chapter needs is importable from here. Names are loaded when first used, so that
``import hlm_teach`` costs next to nothing and never starts a plotting or widget library.
"""

from importlib import import_module

_HOME = {
    "datasets": ("load_data", "data_catalog"),
    "simulate": ("simulate_two_level", "simulate_crossed"),
    "variance": (
        "icc", "vpc", "anova_icc", "design_effect", "effective_sample_size", "mean_reliability",
    ),
    "models": ("fit_lmm", "LmmResult"),
    "many": ("fit_many", "sampling_distribution"),
    "comparison": ("likelihood_ratio_test", "bootstrap_statistics", "compare"),
    "present": ("show", "say", "show_number"),
    "feedback": ("check", "hint", "my_data", "progress"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)
__version__ = "0.1.0"


def __getattr__(name: str):
    """Import the module that holds `name` on first use (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'hlm_teach' has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
