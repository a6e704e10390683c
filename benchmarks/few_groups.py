"""How often do 5 % tests of an effect that isn't there reject, where groups are few?

Run ``python benchmarks/few_groups.py`` (minutes on one core; ``--replicates 200`` to try it). It
simulates two-level studies with 4 to 30 groups, with and without random slopes, balanced and not,
fits each by the model that generated it, and tests three effects that are all zero:

- w, which differs between groups only (half of the groups have it),
- x, which varies within groups (and whose slope varies where slopes are random),
- both at once (F with two numerator degrees of freedom),

and again where they are there (w = 1, x = 0.5), since a test that never rejects is no help either;
by the normal distribution (z, χ²), Satterthwaite's degrees of freedom (Fai & Cornelius for both) and
Kenward and Roger's adjustment. Variances: between groups 0.25, of the slopes 0.1, residual 1, so
that the ICC is 0.2; ten members a group, or 3 to 25 (a geometric sequence).

The table goes to hlm_teach/data/few_groups.json with its seed and versions; the notes of a fit with
few groups quote it.
"""

import dataclasses
import sys
from pathlib import Path

import numpy as np
from scipy import stats

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from few_groups_table import LEVEL, PRESENT, SIGMA2, TAU00, TAU11, fill_table, table_of

from hlm_teach.lmm.degrees_of_freedom import satterthwaite
from hlm_teach.lmm.design import make_design
from hlm_teach.lmm.df_methods import combine_df
from hlm_teach.lmm.kenward_roger import coefficient_df, f_approximation
from hlm_teach.lmm.many_kenward_roger import adjusted_fits
from hlm_teach.lmm.optimum import curvature, fit_profiled
from hlm_teach.lmm.sampling import draw_response

STORED = ROOT / "hlm_teach" / "data" / "few_groups.json"
SEED = 20261128
EFFECTS = {"w": [1], "x": [2], "both": [1, 2]}  # columns of X


def design_of(n_groups, slopes, balanced, rng):
    """X (1, w, x), Z and the group of every row."""
    fixed, groups = table_of(n_groups, balanced, rng)
    return make_design(fixed, fixed[:, [0, 2]] if slopes else fixed[:, :1], groups)


def simulate(n_groups, slopes, balanced, params, n_replicates, rng):
    """p-values (R,) by effect and method, and which fits are singular (R,)."""
    design = design_of(n_groups, slopes, balanced, rng)
    cov_re = np.diag([TAU00, TAU11] if slopes else [TAU00])
    response = draw_response(design, np.asarray(params), cov_re, SIGMA2, n_replicates, rng)
    fit = fit_profiled(design, response)
    bend = curvature(design, response, fit, reml=True)
    adjusted = adjusted_fits(design, fit)
    kr_cov = fit.sigma2[:, None, None] * adjusted.covariance
    p = {}
    for effect, columns in EFFECTS.items():
        rows = np.eye(3)[columns]
        plain = wald(fit.params, fit.cov_params, columns)
        p[effect, "normal"] = stats.chi2.sf(plain * len(columns), len(columns))
        p[effect, "satterthwaite"] = stats.f.sf(
            plain, len(columns), satterthwaite_df(bend, fit.cov_params, rows)
        )
        m, scaling = f_approximation(adjusted, rows)
        usable = (scaling > 0) & (m > 0)
        f = np.where(usable, scaling, 1.0) * wald(fit.params, kr_cov, columns)
        # moments that cannot be matched give no p: such a test does not reject
        kr = stats.f.sf(f, len(columns), np.where(m > 0, m, np.nan))
        p[effect, "kenward-roger"] = np.nan_to_num(kr, nan=1.0)
    assert np.allclose(coefficient_df(adjusted)[:, 1], f_approximation(adjusted, np.eye(3)[[1]])[0])
    return p, fit.singular


def wald(params, cov, columns):
    """F (R,) of the coefficients in `columns`, unscaled."""
    value, middle = params[:, columns], cov[:, columns][:, :, columns]
    return np.einsum("rk,rk->r", value, np.linalg.solve(middle, value[..., None])[..., 0]) / len(
        columns
    )


def satterthwaite_df(bend, cov, rows):
    """Denominator degrees of freedom (R,), Fai & Cornelius's for two contrasts."""
    if len(rows) == 1:
        return satterthwaite(bend, rows)[:, 0]
    vectors = np.linalg.eigh(rows @ cov @ rows.T)[1]
    turned = vectors.transpose(0, 2, 1) @ rows  # (R, 2, p)
    result = np.empty(len(turned))
    for r in range(len(turned)):
        one = dataclasses.replace(
            bend,
            **{
                field.name: getattr(bend, field.name)[r : r + 1]
                for field in dataclasses.fields(bend)
                if field.name != "dof"
            },
        )
        result[r] = combine_df(satterthwaite(one, turned[r])[0])
    return result


def cell(n_groups, slopes, balanced, n_replicates, rng):
    """The rows of the table for one kind of study."""
    p, singular = simulate(n_groups, slopes, balanced, np.zeros(3), n_replicates, rng)
    found, _ = simulate(n_groups, slopes, balanced, PRESENT, n_replicates // 2, rng)
    for (effect, method), values in p.items():
        rejected = values < LEVEL
        yield {
            "groups": n_groups,
            "slopes": slopes,
            "balanced": balanced,
            "effect": effect,
            "method": method,
            "rejected": round(float(rejected.mean()), 4),
            "found": round(float(np.mean(found[effect, method] < LEVEL)), 4),
            "singular": round(float(singular.mean()), 4),
            "rejected_if_singular": round(float(rejected[singular].mean()), 4)
            if singular.sum() >= 100
            else None,
        }


if __name__ == "__main__":
    fill_table(
        cell,
        STORED,
        seed=SEED,
        program="few_groups.py",
        what="share of 5 % tests that reject: effects absent (rejected), absent and the fit "
        "singular (rejected_if_singular), present (found)",
    )
