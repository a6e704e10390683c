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

import sys
from pathlib import Path

import numpy as np
from scipy import stats

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from few_groups_table import LEVEL, PRESENT, SIGMA2, TAU00, TAU11, fill_table, table_of

from hlm_teach.measures.cluster_robust import cluster_robust
from hlm_teach.measures.permutation import permutation_test
from hlm_teach.measures.wild_bootstrap import wild_bootstrap

STORED = ROOT / "hlm_teach" / "data" / "few_groups_remedies.json"
SEED = 20261129
EFFECTS = {"w": 1, "x": 2}  # columns of X
N_BOOT, MOST_ARRANGEMENTS = 399, 999


def outcomes(x, groups, slopes, params, size, rng):
    """Outcomes (R, N) of the model."""
    j = groups.max() + 1
    y = x @ np.asarray(params) + np.sqrt(SIGMA2) * rng.standard_normal((size, len(x)))
    y += (np.sqrt(TAU00) * rng.standard_normal((size, j)))[:, groups]
    if slopes:
        y += (np.sqrt(TAU11) * rng.standard_normal((size, j)))[:, groups] * x[:, 2]
    return y


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
        p[effect, "wild bootstrap"] = wild_bootstrap(
            y, x, groups, column=column, n_boot=N_BOOT, rng=rng
        )
        arm = np.arange(values.shape[1]) % 2 if effect == "w" else None
        p[effect, "permutation"] = permutation_test(values, arm, most=MOST_ARRANGEMENTS, rng=rng)
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


if __name__ == "__main__":
    fill_table(
        cell,
        STORED,
        seed=SEED,
        program="few_groups_remedies.py",
        what="share of 5 % tests that reject: effects absent (rejected), present (found)",
        bootstrap_samples=N_BOOT,
    )
