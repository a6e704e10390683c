"""Benchmarks as modules, for tests that run a part of one."""

import importlib.util
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


def benchmark(name: str):
    """The module of benchmarks/NAME.py. The folder isn't put on Python's path: it has names that tests have, too."""
    spec = importlib.util.spec_from_file_location(f"{name}_benchmark", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
