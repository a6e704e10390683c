"""Likelihood ratios and their tails; how reports name the estimator and the null distribution."""

from hlm_teach.feedback.reading import asserts
from hlm_teach.lmm.mixture import chi2_tail
from hlm_teach.lmm.result import LmmResult

ML = r"\bML\b|(?<!restricted )(?<!residual )maximum[- ]likelihood"
MIXTURE = (
    r"mixture|\bmix(ing)?\b|\baveraging\b|\b50 ?%[^.;\d]{0,6}(χ|chi)|in equal parts|50\s?[:/]\s?50|½|\bhalf|(average|mean) of (the )?(\w+ )?(p\b|p-val|tails|two|χ|chi)|\bchi-bar|χ̄|"
    r"(\b1/2|\b0?\.5)\b[^.;]{0,3}(χ|chi)"
)


def tail(d: float, *dfs: int) -> float:
    """Upper tail of D, averaged over χ² distributions with these degrees of freedom."""
    return float(chi2_tail(d, dfs))


def gain(small: LmmResult, large: LmmResult) -> float:
    """2(log L − log L), whatever the two fits are."""
    return 2 * (large.llf - small.llf)


def takes_one_variance(text: str) -> bool:
    """Tell whether the mixture is called that of a variance without a covariance."""
    return asserts(text, r"\b(0|zero) (df )?(and|or) (χ²? with )?(1|one)\b|χ²?([₀0]\b|\(0\))")
