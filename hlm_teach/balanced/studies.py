"""Thousands of studies with clustered data, and how often ordinary regression cries wolf in them.

Every study has J groups of n and one predictor x without any effect (its mean slope is 0)::

    y_ij = u_0j + u_1j·x_ij + e_ij,   Var(u_0j) = τ_00, Var(u_1j) = τ_11, Var(e_ij) = σ²

The predictor is built to one purpose: its own intraclass correlation is exactly ρ_x. It is
x_ij = b·s_j + w·z_ij with s_j = ±1 (half of the groups each) and z_ij centred and of mean square 1
in every group, where b² + w² = 1 and

    b² = (1 + (n − 1)ρ_x)/n

ρ_x = 1 makes it a group-level treatment (w = 0), ρ_x = −1/(n−1) a predictor centred within groups
(b = 0). All sums of squares an analysis needs are then functions of two normal numbers per group
and one χ² per study: `simulate_studies` draws only these, which is exact. How often ordinary
regression rejects is also known without simulation: see false_positives.py.
"""

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.checks import check_count, check_number, check_rng, check_variance

from .analyses import Analyses


@dataclass(frozen=True)
class Studies:
    """R studies, each analysed twice.

    Attributes
    ----------
    ols : Analyses
        Ordinary regression of y on x, t on N − 2 degrees of freedom.
    right : Analyses
        An exact t test; `simulate_studies` says which.
    right_name : str
        What the right analysis is, in words.
    variance_factor : float
        Variance of the OLS coefficient over studies, in units of what ordinary regression
        assumes, (τ_00 + τ_11 + σ²)/(Jn): 1 + (n − 1)ρ_xρ where slopes are equal.
    """

    ols: Analyses
    right: Analyses
    right_name: str
    variance_factor: float


def lowest_icc(group_size: int) -> float:
    """Lowest intraclass correlation that groups of n allow: −1/(n − 1).

    >>> lowest_icc(5)
    -0.25
    """
    return -1 / (check_count(group_size, "group_size", low=2) - 1)


def simulate_studies(
    *,
    n_studies: int,
    n_groups: int,
    group_size: int,
    tau00: float,
    sigma2: float,
    tau11: float = 0.0,
    x_icc: float = 1.0,
    rng: np.random.Generator,
) -> Studies:
    """Draw studies in which x has no effect; analyse each by ordinary regression and rightly.

    The right analysis is an exact t test:

    - ρ_x = 1: the J group means compared between the two arms, t on J − 2;
    - ρ_x < 1, slopes equal: the pooled slope within groups, t on J(n − 1) − 1;
    - ρ_x < 1, slopes varying: the mean of the J group slopes, t on J − 1.

    A multilevel model with the group mean of x as a predictor of its own gives the same
    estimates and standard errors in these balanced data, wherever no variance estimate is 0.

    Parameters
    ----------
    n_studies : int
        R.
    n_groups, group_size : int
        J (even, four or more) and n (three or more).
    tau00, tau11, sigma2 : float
        Variances of intercepts, of slopes, and within groups; u_0j and u_1j are uncorrelated.
    x_icc : float
        Intraclass correlation of x, from −1/(n − 1) to 1.
    rng : numpy.random.Generator
        Source of randomness.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    Moulton, B. R. (1986). Random group effects and the precision of regression estimates.
    Journal of Econometrics, 32(3), 385-397.

    Examples
    --------
    >>> studies = simulate_studies(n_studies=20_000, n_groups=30, group_size=20, tau00=0.2,
    ...                            sigma2=0.8, rng=np.random.default_rng(1))
    >>> round(studies.ols.false_positives, 2), round(studies.right.false_positives, 2)
    (0.37, 0.05)
    """
    check_rng(rng)
    j, n = check_design(n_groups, group_size, least_groups=4)
    tau00, tau11, sigma2 = check_variances(tau00, tau11, sigma2)
    b, w = parts_of_x(n, check_x_icc(x_icc, n))
    means, slopes, rest = _draw_sums(
        check_count(n_studies, "n_studies"), j, n, b, w, tau00, tau11, sigma2, rng
    )
    ols = _ols(means, slopes, rest, j, n, b, w, _true_ols_se(j, n, b, w, tau00, tau11, sigma2))
    name, right = _right(means, slopes, rest, j, n, w, (tau00, tau11, sigma2))
    factor = ols.true_se**2 * j * n / (tau00 + tau11 + sigma2)
    return Studies(ols, right, name, factor)


def _draw_sums(n_studies, j, n, b, w, tau00, tau11, sigma2, rng):
    """m_j = √n·s_j·ȳ_j and d_j = Σ_i z_ij y_ij/√n, both (J, R), and the rest of the squares (R,).

    Groups stand first, so that group j draws the same numbers whatever J is.
    """
    (mm, md), (_, dd) = _covariance(n, b, w, tau00, tau11, sigma2)
    first, second = np.moveaxis(rng.standard_normal((j, 2, n_studies)), 1, 0)
    root = np.sqrt(mm)
    means = root * first
    slopes = md / root * first + np.sqrt(max(dd - md**2 / mm, 0.0)) * second
    return means, slopes, sigma2 * rng.chisquare(j * (n - 2), n_studies)


def _covariance(n, b, w, tau00, tau11, sigma2):
    """Covariance matrix of (m_j, d_j), the same for every group."""
    common = n * tau11 * b * w
    return np.array(
        [[sigma2 + n * (tau00 + b**2 * tau11), common], [common, sigma2 + n * w**2 * tau11]]
    )


def _true_ols_se(j, n, b, w, tau00, tau11, sigma2):
    """SD of b·m̄ + w·d̄ over √n: what the OLS coefficient really scatters by."""
    v = np.array([b, w])
    return float(np.sqrt(v @ _covariance(n, b, w, tau00, tau11, sigma2) @ v / (j * n)))


def _ols(means, slopes, rest, j, n, b, w, true_se) -> Analyses:
    """Ordinary regression from the sums: Σx² = N, Σxy, and the total sum of squares of y."""
    estimate = (b * means.mean(axis=0) + w * slopes.mean(axis=0)) / np.sqrt(n)
    total = _squares(means) - j * (_arms(j) @ means / j) ** 2 + _squares(slopes) + rest
    s2 = (total - j * n * estimate**2) / (j * n - 2)
    return Analyses(estimate, np.sqrt(s2 / (j * n)), j * n - 2, true_se=true_se)


def _right(means, slopes, rest, j, n, w, variances) -> tuple[str, Analyses]:
    """The exact t test for this predictor."""
    tau00, tau11, sigma2 = variances
    if w == 0:
        estimate = means.mean(axis=0) / np.sqrt(n)
        left = _squares(means) - j * n * estimate**2 - j * (_arms(j) @ means / j) ** 2
        true_se = np.sqrt((n * (tau00 + tau11) + sigma2) / (j * n))
        return "group means, t on J − 2", Analyses(
            estimate, np.sqrt(left / (j - 2) / (j * n)), j - 2, true_se=true_se
        )
    estimate = slopes.mean(axis=0) / (np.sqrt(n) * w)
    scatter = _squares(slopes) - j * n * w**2 * estimate**2
    true_se = np.sqrt((n * w**2 * tau11 + sigma2) / (j * n * w**2))
    if tau11 == 0:
        df = j * (n - 1) - 1
        se = np.sqrt((scatter + rest) / df / (j * n)) / w
        return "pooled slope within groups, t on J(n − 1) − 1", Analyses(
            estimate, se, df, true_se=true_se
        )
    se = np.sqrt(scatter / (j - 1) / (j * n)) / w
    return "mean of the groups' own slopes, t on J − 1", Analyses(
        estimate, se, j - 1, true_se=true_se
    )


def _squares(values: np.ndarray) -> np.ndarray:
    """Sums of squares over the groups."""
    return np.einsum("jr,jr->r", values, values)


def _arms(j: int) -> np.ndarray:
    """s_j: +1 and −1 by turns."""
    return np.where(np.arange(j) % 2, -1.0, 1.0)


def parts_of_x(n: int, x_icc):
    """b and w, the between and the within part of x."""
    share = np.clip((1 + (n - 1) * np.asarray(x_icc, dtype=float)) / n, 0.0, 1.0)
    return np.sqrt(share), np.sqrt(1 - share)


def check_design(n_groups: object, group_size: object, least_groups: int = 2) -> tuple[int, int]:
    """Check J and n."""
    j = check_count(n_groups, "n_groups", low=least_groups)
    if j % 2:
        raise ValueError(f"n_groups must be even (two arms of equal size), but {j} was given")
    return j, check_count(group_size, "group_size", low=3)


def check_variances(tau00: object, tau11: object, sigma2: object) -> tuple[float, float, float]:
    """Check the three variances; σ² must not be 0."""
    return (
        check_variance(tau00, "tau00"),
        check_variance(tau11, "tau11"),
        check_variance(sigma2, "sigma2", positive=True),
    )


def check_x_icc(x_icc: object, n: int) -> float:
    """Check ρ_x; values a rounding error outside the range count as its ends."""
    value = check_number(x_icc, "x_icc", high=1)
    if value < lowest_icc(n) - 1e-12:
        raise ValueError(
            f"x_icc={value:g} is impossible in groups of {n}: the lowest value is "
            f"−1/(n−1) = {lowest_icc(n):.4g}"
        )
    return max(value, lowest_icc(n))
