"""Explained variance: marginal and conditional R²."""

from __future__ import annotations


def r_squared(fixed_variance: float, random_variance: float, sigma2: float) -> dict[str, float]:
    r"""Marginal and conditional R².

    .. math:: R^2_m = \frac{\sigma_f^2}{\sigma_f^2 + \sigma_r^2 + \sigma^2}, \qquad
              R^2_c = \frac{\sigma_f^2 + \sigma_r^2}{\sigma_f^2 + \sigma_r^2 + \sigma^2}

    σ_f² is the variance of the fixed part Xβ̂ over the rows, σ_r² the random part's variance:
    τ_00 for a random intercept; the mean of z'Gz over the rows with random slopes.

    References
    ----------
    Nakagawa & Schielzeth (2013), Methods Ecol. Evol. 4, 133-142,
    doi:10.1111/j.2041-210x.2012.00261.x; with slopes Johnson (2014), Methods Ecol. Evol. 5,
    944-946, doi:10.1111/2041-210X.12225.

    Examples
    --------
    >>> r_squared(2.0, 1.0, 1.0)
    {'marginal': 0.5, 'conditional': 0.75}
    """
    total = fixed_variance + random_variance + sigma2
    return {
        "marginal": fixed_variance / total,
        "conditional": (fixed_variance + random_variance) / total,
    }
