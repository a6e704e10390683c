r"""Studies in which one assumption is broken, and what that does to each number.

J persons are seen n = 10 times. The predictor x is 1 at the last two times, w is 1 for half of the
persons:

.. math:: y_{tj} = \gamma_{00} + \gamma_{01} w_j + \gamma_{10} x_t + u_{0j} + e_{tj},

all γ = 0, τ_00 = 0.5, σ² = 1. The analysis believes in normal u and e, equal variances and
independent residuals. In such balanced data REML has a closed form, so that many studies are
analysed at once.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from hlm_teach._shared import guard
from hlm_teach._shared.arrays import Array
from hlm_teach._shared.guard import guarded

BREAKS = ("skewed groups", "heavy-tailed residuals", "unequal variances", "memory")
N_TIMES = 10
TAU00, SIGMA2 = 0.5, 1.0  # residuals are drawn with variance 1
X = (np.arange(N_TIMES) >= N_TIMES - 2).astype(float)
NUMBERS = ("gamma01", "gamma10", "tau00", "sigma2")
_TRUTH = {"gamma01": 0.0, "gamma10": 0.0, "tau00": TAU00, "sigma2": SIGMA2}
_CUT = stats.chi2.ppf(0.95, 1)


@dataclass(frozen=True)
class BalancedAnalysis:
    """R studies analysed by REML; all arrays (R,).

    Attributes
    ----------
    estimates, se, df : dict
        By the names in `NUMBERS`; variances have neither `se` nor `df`.
    covers : dict
        Whether the 95 % interval holds the truth: t for fixed effects, profile of the REML deviance
        for τ_00, χ² for σ².
    """

    estimates: dict[str, Array]
    se: dict[str, Array]
    df: dict[str, int]
    covers: dict[str, Array]


@guarded(
    broken=guard.one_of(*BREAKS),
    strength=guard.number(low=0, high=1),
    n_groups=guard.whole(low=4),
    n_studies=guard.whole(),
    rng=guard.generator,
)
def draw_broken(
    broken: str, strength: float, *, n_groups: int, n_studies: int, rng: np.random.Generator
) -> Array:
    """Outcomes (R, J, 10) of studies in which `broken` does not hold.

    Parameters
    ----------
    broken : str
        "skewed groups": u is log-normal, shifted and scaled to mean 0 and variance τ_00, skewness
        0 to 6.2. "heavy-tailed residuals": e = z·exp(hz²/2), h = 0.2·strength, scaled to variance
        σ² (excess kurtosis up to 33). "unequal variances": the SD of e where x = 1 is 1 + 2·strength
        times that elsewhere, their mean variance σ². "memory": AR(1) residuals, φ = 0.8·strength.
    strength : float
        0, nothing is broken, to 1.

    >>> draw_broken("memory", 0.5, n_groups=20, n_studies=3, rng=np.random.default_rng(1)).shape
    (3, 20, 10)
    """
    z_u = rng.standard_normal((n_studies, n_groups))
    return broken_outcomes(
        broken, strength, z_u, rng.standard_normal((n_studies, n_groups, N_TIMES))
    )


def broken_outcomes(broken: str, strength: float, z_u: Array, z_e: Array) -> Array:
    """`draw_broken` from standard normal draws, so that a slider moves the same studies."""
    u, e = z_u, z_e
    if strength > 0 and broken == "skewed groups":
        u = _skewed(z_u, strength)
    elif strength > 0 and broken == "heavy-tailed residuals":
        h = 0.2 * strength
        e = (
            z_e * np.exp(h / 2 * z_e**2) * (1 - 2 * h) ** 0.75
        )  # Var(z exp(hz²/2)) = (1 − 2h)^(−3/2)
    elif broken == "unequal variances":
        sd = np.where(X == 1, 1 + 2 * strength, 1.0)
        e = z_e * sd / np.sqrt(np.mean(sd**2))
    elif broken == "memory":
        e = _remembering(z_e, 0.8 * strength)
    return e + np.sqrt(TAU00) * u[..., None]


def _skewed(z: Array, g: float) -> Array:
    """A log-normal with shape g, shifted and scaled to mean 0 and variance 1."""
    mean, square = np.exp(g**2 / 2), np.exp(g**2)
    return (np.exp(g * z) - mean) / np.sqrt(square * (square - 1))


def _remembering(z: Array, phi: float) -> Array:
    e = np.copy(z, order="K")
    e[..., 1:] *= np.sqrt(1 - phi**2)
    for t in range(1, N_TIMES):
        e[..., t] += phi * e[..., t - 1]
    return e


def analyse_balanced(y: Array) -> BalancedAnalysis:
    r"""REML of y ~ w + x with a random intercept, for outcomes (R, J, 10) of `draw_broken`.

    B on m = J − 2 and W on ν = 9J − 1 degrees of freedom are the squares that w leaves between
    persons (times n) and x within. If B/m > W/ν, σ̂² = W/ν and τ̂_00 = (B/m − W/ν)/n; else
    τ̂_00 = 0, and both are pooled.

    >>> y = draw_broken("memory", 0, n_groups=20, n_studies=3, rng=np.random.default_rng(1))
    >>> analyse_balanced(y).estimates["gamma10"].shape
    (3,)
    """
    j, n = y.shape[1], y.shape[2]
    w = arms(j)
    means, by_time = y.mean(axis=2), y.mean(axis=1)
    gamma01 = means[:, w == 1].mean(axis=1) - means[:, w == 0].mean(axis=1)
    centred = X - X.mean()
    ss_x, ss_w = centred @ centred, np.sum((w - w.mean()) ** 2)
    gamma10 = by_time @ centred / ss_x
    m, nu = j - 2, j * (n - 1) - 1
    grand = means.mean(axis=1)
    between = n * (np.sum((means - grand[:, None]) ** 2, axis=1) - gamma01**2 * ss_w)
    within = np.einsum("rjt,rjt->r", y, y) - n * np.einsum("rj,rj->r", means, means)
    within = within - j * ss_x * gamma10**2
    pooled = (between + within) / (m + nu)
    singular = between / m <= within / nu
    sigma2 = np.where(singular, pooled, within / nu)
    total = np.where(singular, pooled, between / m)  # σ² + nτ_00
    estimates = {
        "gamma01": gamma01,
        "gamma10": gamma10,
        "tau00": (total - sigma2) / n,
        "sigma2": sigma2,
    }
    se = {"gamma01": np.sqrt(total / (n * ss_w)), "gamma10": np.sqrt(sigma2 / (j * ss_x))}
    df = {"gamma01": m, "gamma10": nu}
    covers = {
        name: np.abs(estimates[name]) <= stats.t.ppf(0.975, df[name]) * se[name] for name in df
    }
    covers["tau00"] = _profile_holds(TAU00, between, within, m, nu, n)
    low, high = stats.chi2.ppf([0.025, 0.975], nu)
    covers["sigma2"] = (within / high <= SIGMA2) & (within / low >= SIGMA2)
    return BalancedAnalysis(estimates, se, df, covers)


def arms(n_groups: int) -> Array:
    """w (J,): 1 for half of the persons."""
    return (np.arange(n_groups) < n_groups // 2).astype(float)


def _profile_holds(tau00: float, between: Array, within: Array, m: int, nu: int, n: int) -> Array:
    """Is the REML deviance at τ_00, σ² at its best, within 3.84 of its minimum? (R,)"""

    def deviance(s: Array, tau: Array | float) -> Array:
        a = s + n * tau
        return m * np.log(a) + between / a + nu * np.log(s) + within / s

    least = np.maximum(1e-9 * within / nu, np.minimum(within / nu, between / m - n * tau00))
    most = np.maximum(within / nu, between / m - n * tau00)
    for _ in range(40):  # the slope in s has one root there
        s = (least + most) / 2
        a = s + n * tau00
        falls = m / a - between / a**2 + nu / s - within / s**2 < 0
        least, most = np.where(falls, s, least), np.where(falls, most, s)
    singular = between / m <= within / nu
    best = np.where(singular, (between + within) / (m + nu), within / nu)
    tau = np.where(singular, 0.0, (between / m - within / nu) / n)
    return deviance((least + most) / 2, tau00) - deviance(best, tau) <= _CUT


@guarded(
    broken=guard.one_of(*BREAKS),
    strength=guard.number(low=0, high=1),
    n_groups=guard.whole(low=4),
    n_studies=guard.whole(low=2),
    rng=guard.generator,
)
def broken_rates(
    broken: str, strength: float, *, n_groups: int, n_studies: int, rng: np.random.Generator
) -> pd.DataFrame:
    """What a broken assumption does to each number, over `n_studies` studies.

    Returns
    -------
    DataFrame
        Rows ``gamma01``, ``gamma10``, ``tau00``, ``sigma2``; columns ``truth``, ``mean estimate``,
        ``covers`` (percent of 95 % intervals that hold the truth).

    References
    ----------
    Maas, C. J. M., & Hox, J. J. (2004). The influence of violations of assumptions on multilevel
    parameter estimates and their standard errors. Computational Statistics & Data Analysis, 46(3),
    427-440, doi:10.1016/j.csda.2003.08.006.

    >>> rates = broken_rates("memory", 1, n_groups=40, n_studies=400, rng=np.random.default_rng(1))
    >>> bool(rates.loc["gamma10", "covers"] < 90)
    True
    """
    step = max(1, 2_000_000 // (n_groups * N_TIMES))
    sizes = [min(step, n_studies - start) for start in range(0, n_studies, step)]
    parts = [
        analyse_balanced(draw_broken(broken, strength, n_groups=n_groups, n_studies=size, rng=rng))
        for size in sizes
    ]
    return rates_table(parts)


def rates_table(parts: list[BalancedAnalysis]) -> pd.DataFrame:
    """The columns of `broken_rates` from analyses."""
    return pd.DataFrame(
        {
            "truth": _TRUTH,
            "mean estimate": {
                name: float(np.concatenate([part.estimates[name] for part in parts]).mean())
                for name in NUMBERS
            },
            "covers": {
                name: 100 * float(np.concatenate([part.covers[name] for part in parts]).mean())
                for name in NUMBERS
            },
        }
    )


# ------------------------------------------------ the pictures of one study

PICTURES = ("groups", "residuals", "spread", "neighbours")


def order_shown(n: int) -> NDArray[np.intp]:
    """Which of n ordered residuals are shown: 61, from the first to the last."""
    return np.round(np.linspace(0, n - 1, 61)).astype(int)


def picture_curves(y: Array) -> dict[str, Array]:
    """Four curves of each study (R, J, 10) that residual plots show.

    Groups: the persons' standardised means, what w explains taken out, in order, (R, J). Residuals:
    what persons' own means and x leave, standardised, 61 of them in order, (R, 61). Spread: their
    SD at each time, (R, 10). Neighbours: their mean correlation 1 to 5 times apart, (R, 5).
    """
    w = arms(y.shape[1])
    means = y.mean(axis=2)
    groups = means - np.where(
        w == 1,
        means[:, w == 1].mean(axis=1, keepdims=True),
        means[:, w == 0].mean(axis=1, keepdims=True),
    )
    groups = groups / groups.std(axis=1, keepdims=True)
    left = y - means[:, :, None]
    centred = X - X.mean()
    slope = left.mean(axis=1) @ centred / (centred @ centred)
    left = left - slope[:, None, None] * centred
    left = left / np.sqrt(np.mean(left**2, axis=(1, 2), keepdims=True))
    lags = [np.mean(left[:, :, k:] * left[:, :, :-k], axis=(1, 2)) for k in range(1, 6)]
    return {
        "groups": np.sort(groups, axis=1),
        "residuals": np.sort(left.reshape(len(y), -1), axis=1)[:, order_shown(left[0].size)],
        "spread": np.sqrt(np.mean(left**2, axis=1)),
        "neighbours": np.stack(lags, axis=1),
    }


def picture_null(n_groups: int, *, n_sim: int, rng: np.random.Generator) -> dict[str, Array]:
    """`picture_curves` where nothing is broken; they depend on no parameter of the model."""
    y = draw_broken("memory", 0.0, n_groups=n_groups, n_studies=n_sim, rng=rng)
    return picture_curves(y)
