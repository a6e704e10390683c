"""The ICC of a null model, and what people compute in its place."""

from functools import cache

import numpy as np
import pandas as pd

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.kinds.base import Numbers
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult
from hlm_teach.measures.anova_icc import anova_icc
from hlm_teach.measures.icc import icc


@cache
def null_model(name: str, outcome: str, group: str) -> LmmResult:
    """The null model of a data set of the course."""
    return fit_lmm(f"{outcome} ~ 1", load_data(name), groups=group)


def share(between: float, within: float) -> float:
    return between / (between + within)


def iccs(fit: LmmResult, data: pd.DataFrame, outcome: str, group: str) -> Numbers:
    """The ICC by REML and its two variances, then other estimates of them and false ones."""
    tau00, groups = float(fit.vcomp.iloc[0]), data.groupby(group)[outcome]
    by_anova, of_means = anova_icc(data, outcome, group), groups.mean().var()
    n = groups.size().mean()
    return {
        "tau00": tau00,
        "sigma2": fit.sigma2,
        "icc": icc(fit),
        "rest": 1 - icc(fit),
        "by_anova": by_anova.icc,
        "tau00_by_anova": by_anova.tau00,
        "low": by_anova.interval[0],
        "high": by_anova.interval[1],
        # The luck in the means is left in, with σ² pooled, as a mean, or from a false total.
        "raw_tau00": of_means,
        "raw": share(of_means, by_anova.sigma2),
        "raw_of_means": share(of_means, groups.var().mean()),
        "raw_of_total": share(of_means, data[outcome].var() - of_means * n / (n - 1)),
        "of_sds": share(np.sqrt(tau00), np.sqrt(fit.sigma2)),
        "ratio": tau00 / fit.sigma2,
        "sd": np.sqrt(tau00),
    }
