"""How fast the fits are, side by side with statsmodels in one run: ratios, not milliseconds.

    python benchmarks/fits.py            about three minutes

1. `fit_lmm` against a bare `MixedLM.fit()` on the two-level reference models: alone, with all
   that is made on first use, and the optimum of the deviance by itself.
2. `fit_many` against a loop of `MixedLM.fit()`, 1,000 × (30 × 20); memory at 10,000 replicates.
3. How the cost grows with replicates, groups and rows, up to a million rows.
4. A parametric-bootstrap likelihood-ratio test with 1,000 replicates on sleepstudy.
5. What `import hlm_teach` adds to importing pandas and statsmodels' formula API.
"""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from reference_models import MODELS, TWO_LEVEL, data
from statsmodels.regression.mixed_linear_model import MixedLM

from hlm_teach import fit_lmm, fit_many, likelihood_ratio_test
from hlm_teach.lmm.design import make_design
from hlm_teach.lmm.optimum import fit_profiled
from hlm_teach.lmm.response import make_response


def seconds(work, repeats: int = 3) -> float:
    """Shortest of a few runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            work()
        times.append(time.perf_counter() - start)
    return min(times)


def bare(model) -> None:
    """MixedLM.fit() as a newcomer calls it."""
    MixedLM.from_formula(
        model.formula, data(model.data), groups=model.groups, re_formula=model.random
    ).fit()


def ours(model):
    return fit_lmm(
        model.formula, data(model.data), model.groups, model.random, correlated=model.correlated
    )


def everything(model) -> None:
    """fit_lmm with all that is made on first use."""
    fit = ours(model)
    fit.df, fit.profile_intervals, fit.r2, fit.statsmodels  # noqa: B018


def against_statsmodels() -> None:
    rows = []
    for name in TWO_LEVEL:
        model = MODELS[name]
        try:
            slow = seconds(lambda m=model: bare(m), 1)
        except np.linalg.LinAlgError:
            print(f"{name}: MixedLM.fit() fails outright; left out")
            continue
        frame = ours(model).frame
        design = make_design(
            frame.fixed, frame.random_design, frame.group_labels, correlated=model.correlated
        )
        response = make_response(design, frame.outcome)
        rows.append(
            {
                "model": name,
                "fit_lmm": slow / seconds(lambda m=model: ours(m)),
                "with all": slow / seconds(lambda m=model: everything(m), 1),
                "optimum": slow / seconds(lambda d=design, r=response: fit_profiled(d, r)),
            }
        )
    table = pd.DataFrame(rows).set_index("model")
    table.loc["geometric mean"] = np.exp(np.log(table).mean())
    print("\nTimes as fast as a bare MixedLM.fit():\n", table.round(1).to_string(), "\n")


def study(n_groups: int, size: int, n_replicates: int, slope: bool, rng):
    group = np.repeat(np.arange(n_groups), size)
    x = np.column_stack([np.ones(len(group)), rng.normal(size=len(group))])
    u = rng.normal(size=(n_replicates, n_groups, 2))
    y = u[:, group, 0] + rng.normal(size=(n_replicates, len(group)))
    return (y + 0.5 * u[:, group, 1] * x[:, 1] if slope else y), x, group


def many() -> None:
    rng = np.random.default_rng(1)
    for slope in (False, True):
        random = 1 if slope else "1"
        y, x, group = study(30, 20, 1000, slope, rng)

        def loop(y=y, x=x, group=group, slope=slope) -> None:
            for row in y[:5]:
                MixedLM(row, x, group, x if slope else x[:, :1]).fit()

        slow = seconds(loop, 1) / 5
        fast = seconds(lambda y=y, x=x, g=group, r=random: fit_many(y, x, g, r)) / 1000
        print(
            f"fit_many, 1,000 × (30 × 20), random {'slope' if slope else 'intercept'}: "
            f"{slow / fast:,.0f} times the rate of a MixedLM loop"
        )
    y, x, group = study(30, 20, 10_000, True, rng)
    tracemalloc.start()
    fit_many(y[:, :], x, group, 1)
    print(
        f"memory beyond the data at 10,000 replicates with slopes: "
        f"{tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB\n"
    )
    tracemalloc.stop()


def growth() -> None:
    rng = np.random.default_rng(2)
    base = None
    print("Cost of fit_many with slopes, in units of the first row:")
    for r, j, n in ((100, 30, 20), (1000, 30, 20), (100, 300, 20), (100, 30, 200), (1, 1000, 1000)):
        y, x, group = study(j, n, r, True, rng)
        cost = seconds(lambda y=y, x=x, g=group: fit_many(y, x, g, 1), 1)
        base = base or cost
        print(
            f"  R = {r:5d}, J = {j:4d}, n = {n:4d} ({r * j * n:9,d} outcomes): {cost / base:6.1f}"
        )


def bootstrap() -> None:
    sleep = data("sleepstudy")
    line = fit_lmm("Reaction ~ Days", sleep, "Subject", reml=False)
    lines = fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days", reml=False)
    test = seconds(
        lambda: likelihood_ratio_test(line, lines, n_boot=1000, rng=np.random.default_rng(1))
    )
    one = seconds(lambda: bare(MODELS["sleep_rs"]), 1)
    print(
        f"\nA bootstrap LRT with 1,000 replicates on sleepstudy: {test:.2f} s, the time of "
        f"{test / one:.1f} bare MixedLM fits"
    )


def importing() -> None:
    def run(code: str) -> float:
        return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True), 5)

    plain = run("import pandas, statsmodels.formula.api")
    ours = run("import pandas, statsmodels.formula.api, hlm_teach")
    print(f"import hlm_teach adds {ours - plain:.3f} s to pandas and statsmodels ({plain:.2f} s)")


if __name__ == "__main__":
    against_statsmodels()
    many()
    growth()
    bootstrap()
    importing()
