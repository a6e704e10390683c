"""The weight of a group's own mean; and one predictor, split within and between groups."""

from functools import cache

import numpy as np
import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.kinds.base import Numbers
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult

# Data set, outcome, predictor and group of the tasks that split a predictor.
SPLIT = {
    "hsb": ("hsb", "math", "minority", "school"),
    "medpar": ("medpar", "log_los", "died", "hospital"),
    "employment_uk": ("employment_uk", "log_emp", "log_wage", "firm"),
    "pbc": ("pbc", "log_bili", "albumin", "patient"),
    "wages": ("employment_uk", "log_wage", "log_emp", "firm"),
}


def weight(between: float, luck: float) -> float:
    """λ, from the variance between groups and the variance of a mean's luck."""
    return between / (between + luck)


def split(data: pd.DataFrame, outcome: str, x: str, group: str) -> pd.DataFrame:
    """Columns y, x, group, and x split into x_mean and x_within."""
    plain = data[[outcome, x, group]].set_axis(["y", "x", "group"], axis=1)
    mean = plain.groupby("group")["x"].transform("mean")
    return plain.assign(x_mean=mean, x_within=plain["x"] - mean)


@cache
def with_parts(task: str, fixed: str, reml: bool = True) -> LmmResult:
    """A random-intercept model of y on some of x, x_mean and x_within."""
    name, *columns = SPLIT[task]
    return fit_lmm(f"y ~ {fixed}", split(load_data(name), *columns), groups="group", reml=reml)


def three_effects(task: str) -> Numbers:
    """What a report on a split predictor may quote, rightly or wrongly."""
    fit, raw = with_parts(task, "x_within + x_mean"), with_parts(task, "x + x_mean")
    (low, high), (b_low, b_high) = fit.conf_int().loc[["x_within", "x_mean"]].to_numpy()
    return {
        "within": fit.params["x_within"],
        "low": low,
        "high": high,
        **fit.r2,
        "between": fit.params["x_mean"],
        "between_low": b_low,
        "between_high": b_high,
        "contextual": raw.params["x_mean"],
        "blend": with_parts(task, "x").params["x"],
        "tau00": fit.vcomp.iloc[0],
        "sigma2": fit.sigma2,
        "tau00_sd": np.sqrt(fit.vcomp.iloc[0]),
        "rows": fit.nobs,
        "groups": fit.n_groups,
    }
