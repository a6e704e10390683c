"""What several exercises of this chapter begin with: two regressions side by side, and firms."""

import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.regression.linear_model import RegressionResultsWrapper

from hlm_teach.data.datasets import load_data
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult


def both_fits(
    formula: str, data: pd.DataFrame, group: str
) -> tuple[RegressionResultsWrapper, LmmResult]:
    """Ordinary regression and the model that knows about groups, of the same formula."""
    return smf.ols(formula, data).fit(), fit_lmm(formula, data, groups=group)


def firms() -> pd.DataFrame:
    """The firms with their capital in the first year, its mean, and the deviations from it."""
    data = load_data("employment_uk").sort_values(["firm", "year"], ignore_index=True)
    capital = data.groupby("firm")["log_capital"]
    data["first_capital"] = capital.transform("first")
    data["capital_mean"] = capital.transform("mean")
    data["capital_within"] = data["log_capital"] - data["capital_mean"]
    return data
