"""What helps where groups are few? The remedies beside a fitted model, tried on simulated studies.

Run ``python benchmarks/few_groups_remedies.py`` (minutes on one core; ``--replicates 200`` to try
it). It draws outcomes of the studies of benchmarks/few_groups.py (same designs, variances and
effects, draws of its own) and tests w, which differs between groups, and x, which varies within them:

- CR2: ordinary regression of y on w and x with bias-reduced cluster-robust standard errors and Bell
  and McCaffrey's degrees of freedom;
- wild bootstrap: the same regression, t with CR1, against 399 wild cluster bootstrap samples in which
  the effect is set to 0 and each group's residuals are multiplied by one of Webb's six numbers;
- permutation: the arms of the groups shuffled (w), the signs of the groups' slopes flipped (x); all
  arrangements where there are at most 999, else 999 at random;
- aggregation: a t test on the group means (w) or on the groups' own slopes (x).

The table goes to hlm_teach/data/few_groups_remedies.json, with seed and versions.

References: Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90, 414-427 (the
bootstrap); Webb's six-point weights are ±√(1/2), ±1, ±√(3/2).
"""

import argparse
import json
import platform
import sys
import time
from itertools import combinations, product
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from few_groups import GROUPS, LEVEL, PRESENT, SIGMA2, TAU00, TAU11

from hlm_teach.measures.cluster_robust import cluster_robust

STORED = ROOT / "hlm_teach" / "data" / "few_groups_remedies.json"
SEED = 20261129
EFFECTS = {"w": 1, "x": 2}  # columns of X
N_BOOT, MOST_ARRANGEMENTS, PART = 399, 999, 200
WEBB = np.sqrt([0.5, 1.0, 1.5])


def table_of(n_groups, balanced, rng):
    """Columns 1, w, x and the group of every row: few_groups.py's design, written out."""
    sizes = (
        np.full(n_groups, 10) if balanced else np.rint(np.geomspace(3, 25, n_groups)).astype(int)
    )
    groups = np.repeat(np.arange(n_groups), sizes)
    even = (np.arange(10) - 4.5) / np.std(np.arange(10))
    x = np.tile(even, n_groups) if balanced else rng.standard_normal(len(groups))
    return np.column_stack([np.ones(len(groups)), groups % 2, x]), groups


def outcomes(x, groups, slopes, params, size, rng):
    """Outcomes (R, N) of the model."""
    j = groups.max() + 1
    y = x @ np.asarray(params) + np.sqrt(SIGMA2) * rng.standard_normal((size, len(x)))
    y += (np.sqrt(TAU00) * rng.standard_normal((size, j)))[:, groups]
    if slopes:
        y += (np.sqrt(TAU11) * rng.standard_normal((size, j)))[:, groups] * x[:, 2]
    return y


def wild_bootstrap(y, x, groups, column, rng):
    """P-values (R,) of γ_column = 0 by the restricted wild cluster bootstrap-t."""
    rows = [np.flatnonzero(groups == g) for g in np.unique(groups)]
    bread = np.linalg.inv(x.T @ x)
    observed = np.abs(_t(y, x, rows, bread, column))
    keep = [k for k in range(x.shape[1]) if k != column]
    hat = x[:, keep] @ np.linalg.pinv(x[:, keep])
    left = y - y @ hat.T  # residuals with the effect set to 0
    lever = x @ bread[:, column]
    own = np.stack([left[:, i] @ lever[i] for i in rows], 1)  # (R, J): group's part of the estimate
    score = np.stack([left[:, i] @ x[i] for i in rows], 1)  # (R, J, p)
    pull = np.stack([lever[i] @ x[i] @ bread for i in rows])  # (J, p)
    signs = rng.choice(np.concatenate([WEBB, -WEBB]), (len(y), N_BOOT, len(rows)))
    estimate = np.einsum("rbj,rj->rb", signs, own)
    total = np.einsum("rbj,rjp->rbp", signs, score)
    parts = signs * own[:, None, :] - np.einsum("jp,rbp->rbj", pull, total)
    n, p, j = len(x), x.shape[1], len(rows)
    factor = j / (j - 1) * (n - 1) / (n - p)
    drawn = np.abs(estimate) / np.sqrt(factor * np.sum(parts**2, axis=2))
    return np.mean(drawn >= observed[:, None] - 1e-12, axis=1)


def _t(y, x, rows, bread, column):
    fits = cluster_robust(
        y, x, np.repeat(np.arange(len(rows)), [len(i) for i in rows]), correction="CR1"
    )
    return fits.params[:, column] / fits.bse[:, column]


def arrangements(n_groups, effect, rng):
    """Signs (A, J): which groups have w, or whose slope is flipped."""
    if effect == "w":
        half = n_groups // 2
        count = scipy.special.comb(n_groups, half, exact=True)
        if count <= MOST_ARRANGEMENTS:
            picks = list(combinations(range(n_groups), half))
        else:
            picks = [rng.permutation(n_groups)[:half] for _ in range(MOST_ARRANGEMENTS)]
        signs = -np.ones((len(picks), n_groups))
        for row, pick in zip(signs, picks, strict=True):
            row[list(pick)] = 1
        return signs, count <= MOST_ARRANGEMENTS
    if 2**n_groups <= MOST_ARRANGEMENTS:
        return np.array(list(product([-1.0, 1.0], repeat=n_groups))), True
    return rng.choice([-1.0, 1.0], (MOST_ARRANGEMENTS, n_groups)), False


def permutation(values, effect, rng):
    """P-values (R,) of group means (w) or group slopes (x), values (R, J)."""
    j = values.shape[1]
    signs, every = arrangements(j, effect, rng)
    actual = np.where(np.arange(j) % 2, 1.0, -1.0) if effect == "w" else np.ones(j)
    drawn, seen = np.abs(values @ signs.T), np.abs(values @ actual)
    as_far = np.sum(drawn >= seen[:, None] - 1e-9, axis=1)
    return as_far / len(signs) if every else (as_far + 1) / (len(signs) + 1)


def group_values(y, x, groups, effect):
    """Group means, or the groups' own slopes on x, (R, J)."""
    columns = []
    for g in np.unique(groups):
        i = groups == g
        own = x[i, 2] - x[i, 2].mean()
        columns.append(y[:, i].mean(1) if effect == "w" else y[:, i] @ own / (own @ own))
    return np.stack(columns, 1)


def aggregation(values, effect):
    """P-values (R,) of a t test on group means or slopes."""
    if effect == "x":
        return stats.ttest_1samp(values, 0.0, axis=1).pvalue
    return stats.ttest_ind(values[:, 1::2], values[:, ::2], axis=1).pvalue


def p_values(y, x, groups, rng):
    """P-values by effect and method."""
    robust = cluster_robust(y, x, groups, correction="CR2").pvalues()
    p = {}
    for effect, column in EFFECTS.items():
        values = group_values(y, x, groups, effect)
        p[effect, "CR2"] = robust[:, column]
        p[effect, "wild bootstrap"] = np.concatenate(
            [
                wild_bootstrap(y[i : i + PART], x, groups, column, rng)
                for i in range(0, len(y), PART)
            ]
        )
        p[effect, "permutation"] = permutation(values, effect, rng)
        p[effect, "aggregation"] = aggregation(values, effect)
    return p


def cell(n_groups, slopes, balanced, n_replicates, rng):
    """The rows of the table for one kind of study."""
    x, groups = table_of(n_groups, balanced, rng)
    absent = p_values(outcomes(x, groups, slopes, np.zeros(3), n_replicates, rng), x, groups, rng)
    present = p_values(outcomes(x, groups, slopes, PRESENT, n_replicates // 2, rng), x, groups, rng)
    for (effect, method), values in absent.items():
        yield {
            "groups": n_groups,
            "slopes": slopes,
            "balanced": balanced,
            "effect": effect,
            "method": method,
            "rejected": round(float((values < LEVEL).mean()), 4),
            "found": round(float((present[effect, method] < LEVEL).mean()), 4),
        }


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--replicates", type=int, default=4_000)
    options.add_argument("--store", action="store_true", help=f"write {STORED.name}")
    given = options.parse_args()
    rows, start = [], time.perf_counter()
    for slopes in (False, True):
        for balanced in (True, False):
            for n_groups in GROUPS:
                rng = np.random.default_rng([SEED, n_groups, slopes, balanced])
                rows += cell(n_groups, slopes, balanced, given.replicates, rng)
                print(
                    f"{time.perf_counter() - start:6.1f} s", n_groups, slopes, balanced, flush=True
                )
    for row in rows:
        print(row)
    if given.store:
        meta = {
            "what": "share of 5 % tests that reject: effects absent (rejected), present (found)",
            "made_by": "benchmarks/few_groups_remedies.py",
            "replicates": given.replicates,
            "monte_carlo_se": round(float(np.sqrt(0.05 * 0.95 / given.replicates)), 4),
            "seed": SEED,
            "present": PRESENT,
            "tau00": TAU00,
            "tau11": TAU11,
            "sigma2": SIGMA2,
            "group_size": "10, or 3 to 25 (unbalanced)",
            "bootstrap_samples": N_BOOT,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        }
        text = ",\n".join("  " + json.dumps(row) for row in rows)
        STORED.write_text(
            '{"meta": ' + json.dumps(meta) + ',\n "rows": [\n' + text + "\n ]}\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
