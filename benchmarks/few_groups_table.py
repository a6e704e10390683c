"""What few_groups.py and few_groups_remedies.py share: their studies, and how a table is filled.

The studies have 4 to 30 groups, half of them with w, and a predictor x within groups; ten members a
group, or 3 to 25. Each of the two programs says what it does with one kind of study.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import scipy

GROUPS = (4, 6, 10, 20, 30)
TAU00, TAU11, SIGMA2 = 0.25, 0.1, 1.0
LEVEL = 0.05
PRESENT = (0.0, 1.0, 0.5)  # fixed effects where there are some
Cell = Callable[[int, bool, bool, int, np.random.Generator], Iterator[dict]]


def table_of(n_groups, balanced, rng):
    """Columns 1, w, x and the group of every row."""
    sizes = (
        np.full(n_groups, 10) if balanced else np.rint(np.geomspace(3, 25, n_groups)).astype(int)
    )
    groups = np.repeat(np.arange(n_groups), sizes)
    even = (np.arange(10) - 4.5) / np.std(np.arange(10))
    x = np.tile(even, n_groups) if balanced else rng.standard_normal(len(groups))
    return np.column_stack([np.ones(len(groups)), groups % 2, x]), groups


def fill_table(cell: Cell, stored: Path, *, seed: int, program: str, **meta) -> None:
    """Run `cell` for every kind of study as the command line says; print the rows, or store them."""
    options = argparse.ArgumentParser(description=program)
    options.add_argument("--replicates", type=int, default=4_000)
    options.add_argument("--store", action="store_true", help=f"write {stored.name}")
    given = options.parse_args()
    rows = _rows(cell, given.replicates, seed)
    table = pd.DataFrame(rows)
    shape = ["slopes", "balanced", "effect", "groups"]
    print(table.pivot(index=shape, columns="method", values=["rejected", "found"]).to_string())
    if given.store:
        about = {"made_by": f"benchmarks/{program}", "replicates": given.replicates, "seed": seed}
        _store(stored, meta | about, rows)


def _rows(cell: Cell, n_replicates: int, seed: int) -> list[dict]:
    rows, start = [], time.perf_counter()
    for slopes in (False, True):
        for balanced in (True, False):
            for n_groups in GROUPS:
                rng = np.random.default_rng([seed, n_groups, slopes, balanced])
                rows += cell(n_groups, slopes, balanced, n_replicates, rng)
                passed = time.perf_counter() - start
                print(f"{passed:6.1f} s", n_groups, slopes, balanced, flush=True)
    return rows


def _store(path: Path, meta: dict, rows: list[dict]) -> None:
    """Write meta data and rows, a line each."""
    about = meta | {
        "monte_carlo_se": round(float(np.sqrt(0.05 * 0.95 / meta["replicates"])), 4),
        "present": PRESENT,
        "tau00": TAU00,
        "tau11": TAU11,
        "sigma2": SIGMA2,
        "group_size": "10, or 3 to 25 (unbalanced)",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }
    text = ",\n".join("  " + json.dumps(row) for row in rows)
    path.write_text(
        '{"meta": ' + json.dumps(about) + ',\n "rows": [\n' + text + "\n ]}\n", encoding="utf-8"
    )
