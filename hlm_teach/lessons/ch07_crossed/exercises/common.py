"""Random intercepts of several groupings, and the shares that people make of their variances."""

from functools import cache

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.kinds.base import Numbers
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.lmm.result import LmmResult


@cache
def intercepts(name: str, formula: str, *groupings: str) -> LmmResult:
    """Random intercepts of these groupings, in a data set of the course."""
    return fit_lmm(formula, load_data(name), random=dict.fromkeys(groupings, "1"))


def variances(fit: LmmResult) -> list[float]:
    """The variances of the groupings in their order, then the residual's."""
    return [float(value) for value in fit.vcomp] + [fit.sigma2]


def share(*parts: float, of: list[float]) -> float:
    """What these variances make of all."""
    return sum(parts) / sum(of)


def sd_share(*parts: float, of: list[float]) -> float:
    """The same of standard deviations, as if they added up."""
    return float(sum(np.sqrt(parts)) / sum(np.sqrt(of)))


def shares_of(fit: LmmResult, first: str, second: str) -> Numbers:
    """The shares of two groupings by name, of variances and of standard deviations."""
    one, other, rest = all_of = variances(fit)
    return {
        first: share(one, of=all_of),
        second: share(other, of=all_of),
        "both": share(one, other, of=all_of),
        f"{first}_of_sds": sd_share(one, of=all_of),
        f"{second}_of_sds": sd_share(other, of=all_of),
        f"{first}_less_other": one / (one + rest),
        f"{second}_less_other": other / (other + rest),
    }


def without_denial(text: str) -> str:
    """The text without what `asserts` takes for a denial: 'a model with nested effects' is none."""
    return text.replace("model with", "model of")
