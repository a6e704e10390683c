"""Growth that is measured only as long as people stay: three estimates of one mean slope."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .optimum import fit_profiled
from .simulate import simulate_two_level
from .sums import make_design, make_response

__all__ = ["ANALYSES", "growth_slopes", "observed_means", "simulate_growth"]

ANALYSES = ("ordinary regression", "random intercepts", "random slopes")


def simulate_growth(*, n_patients: int, visits: Sequence[float], tau11: float, dropout: float,
                    dropout_slope: float, rng: np.random.Generator,
                    gamma10: float = 0.18) -> pd.DataFrame:
    """Patients whose log bilirubin grows, each at a rate of their own; the ill leave early.

    Parameters as fitted to the pbc data: γ_00 = 0.5, τ_00 = 1, ρ_01 = 0.4, σ² = 0.12. Whether a
    patient leaves after a visit depends on the value seen at that visit and on nothing else
    (missing at random); see `simulate_two_level`.

    >>> patients = simulate_growth(n_patients=50, visits=range(9), tau11=0.03, dropout=0.1,
    ...                            dropout_slope=1.0, rng=np.random.default_rng(1))
    >>> list(patients.columns), len(patients) < 50 * 9
    (['group', 'x', 'y'], True)
    """
    times = list(visits)
    return simulate_two_level(
        n_groups=n_patients, group_size=len(times), x_values=times, gamma00=0.5, gamma10=gamma10,
        tau00=1.0, tau11=tau11, rho01=0.4, sigma2=0.12, dropout=dropout,
        dropout_slope=dropout_slope if dropout > 0 else 0.0, rng=rng)


def growth_slopes(data: pd.DataFrame) -> pd.DataFrame:
    """The mean slope of y on x by ordinary regression, random intercepts and random slopes.

    Parameters
    ----------
    data : DataFrame
        Columns group, x, y.

    Returns
    -------
    DataFrame
        One row an analysis: ``slope``, ``se`` (by the analysis's own lights), ``lower``,
        ``upper`` (95 %, normal).

    Examples
    --------
    >>> patients = simulate_growth(n_patients=300, visits=range(9), tau11=0.03, dropout=0.1,
    ...                            dropout_slope=1.0, rng=np.random.default_rng(1))
    >>> growth_slopes(patients)["slope"].round(2).tolist()
    [-0.0, 0.1, 0.16]
    """
    x, y, groups = (data[name].to_numpy() for name in ("x", "y", "group"))
    design = np.column_stack([np.ones(len(x)), x])
    coef, left = np.linalg.lstsq(design, y, rcond=None)[:2]
    s2 = left[0] / (len(x) - 2)
    found = [(coef[1], np.sqrt(s2 / np.sum((x - x.mean())**2)))]
    for random_part in (design[:, :1], design):
        model = make_design(design, random_part, groups)
        fit = fit_profiled(model, make_response(model, y[None]))
        found.append((fit.params[0, 1], np.sqrt(fit.cov_params[0, 1, 1])))
    table = pd.DataFrame(found, index=pd.Index(ANALYSES, name="analysis"), columns=["slope", "se"])
    return table.assign(lower=table["slope"] - 1.96 * table["se"],
                        upper=table["slope"] + 1.96 * table["se"])


def observed_means(data: pd.DataFrame) -> pd.DataFrame:
    """Mean of y and number of groups still there, at each x.

    >>> seen = pd.DataFrame({"group": [1, 1, 2], "x": [0, 1, 0], "y": [2.0, 4.0, 0.0]})
    >>> observed_means(seen).to_numpy().tolist()
    [[1.0, 2.0], [4.0, 1.0]]
    """
    return data.groupby("x")["y"].agg(["mean", "size"])
