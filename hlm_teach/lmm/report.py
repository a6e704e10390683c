"""A fit as a table and as a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from .result import LmmResult


def estimates_table(fit: LmmResult, digits: int = 3) -> pd.DataFrame:
    """One row an estimate: fixed effects, then variances (with their SDs), then correlations.

    Intervals (95 %): fixed effects ± t × SE with Satterthwaite degrees of freedom; variances and
    correlations from the profile likelihood. Cells that have no meaning are empty.
    """
    table = pd.DataFrame([*_fixed_rows(fit, digits), *_random_rows(fit, digits)])
    return table.set_index("term").fillna("")


def _fixed_rows(fit: LmmResult, digits: int) -> list[dict]:
    interval = fit.conf_int()
    return [
        {
            "term": term,
            "part": "fixed",
            "estimate": round(fit.params[term], digits),
            "lower": round(interval.loc[term, "lower"], digits),
            "upper": round(interval.loc[term, "upper"], digits),
            "SE": f"{fit.bse[term]:.{digits}f}",
            "df": f"{fit.df[term]:.1f}",
            "t": f"{fit.tvalues[term]:.2f}",
            "p": p_text(fit.pvalues[term]),
            "SD": "",
        }
        for term in fit.params.index
    ]


def _random_rows(fit: LmmResult, digits: int) -> list[dict]:
    rows = []
    for name, (lower, upper) in zip(
        fit.profile_intervals.index, fit.profile_intervals.to_numpy(), strict=True
    ):
        kind, inside = name.rstrip(")").split("(", 1)
        if kind == "sd":
            value = _variance(fit, inside)
            rows.append(
                {
                    "term": _variance_name(fit, inside),
                    "part": "variance",
                    "estimate": round(value, digits),
                    "lower": round(lower**2, digits),
                    "upper": round(upper**2, digits),
                    "SD": f"{np.sqrt(value):.{digits}f}",
                }
            )
        else:
            first, second = inside.split(", ", 1)
            rows.append(
                {
                    "term": f"correlation({inside})",
                    "part": "correlation",
                    "estimate": round(_correlation(fit, first, second), digits),
                    "lower": round(lower, digits),
                    "upper": round(upper, digits),
                }
            )
    return rows


def _variance(fit: LmmResult, name: str) -> float:
    return fit.sigma2 if name == "residual" else float(fit.vcomp[name])


def _variance_name(fit: LmmResult, name: str) -> str:
    if name == "residual":
        return "variance(residual)"
    if fit.cov_re is None:
        return f"variance({name})"
    return f"variance({name} | {fit.frame.groups[0]})"


def _correlation(fit: LmmResult, first: str, second: str) -> float:
    scale = np.sqrt(fit.cov_re.loc[first, first] * fit.cov_re.loc[second, second])
    return float(fit.cov_re.loc[first, second] / scale) if scale > 0 else float("nan")


def p_text(p: float) -> str:
    """A p-value as one writes it: '0.032', '< 0.001'."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def report_sentence(fit: LmmResult) -> str:
    """What a paper should say of this fit: model, sizes, estimates, variances, software."""
    return " ".join([_model_part(fit), _fixed_part(fit), _random_part(fit)])


def _model_part(fit: LmmResult) -> str:
    criterion = "restricted maximum likelihood" if fit.reml else "maximum likelihood"
    if isinstance(fit.n_groups, dict):
        sizes = " and ".join(f"{n} levels of {name}" for name, n in fit.n_groups.items())
        effects = "random intercepts of " + " and ".join(fit.n_groups)
    else:
        sizes = f"{fit.n_groups} groups ({fit.frame.groups[0]})"
        slopes = [n for n in fit.frame.random_design.columns if n != "Intercept"]
        effects = "random intercepts" if "Intercept" in fit.frame.random_design else ""
        effects += (" and " if effects and slopes else "") + (
            f"random slopes of {', '.join(slopes)}" if slopes else ""
        )
        effects += "" if fit.correlated or not slopes else ", taken as uncorrelated"
    return (
        f"A linear mixed model ({fit.frame.formula}) with {effects} was fitted by {criterion} "
        f"to {fit.nobs} observations in {sizes} (Python, hlm_teach, with statsmodels)."
    )


def _fixed_part(fit: LmmResult) -> str:
    interval = fit.conf_int()
    parts = []
    for term in fit.params.index:
        low, high = interval.loc[term]
        statistic = (
            ""
            if term == "Intercept"
            else (
                f", t({fit.df[term]:.1f}) = {fit.tvalues[term]:.2f}, p {_p_equals(fit.pvalues[term])}"
            )
        )
        parts.append(
            f"{term} {_number(fit.params[term])} (SE {_number(fit.bse[term])}, 95 % CI "
            f"{_number(low)} to {_number(high)}{statistic})"
        )
    return "Fixed effects: " + "; ".join(parts) + "; Satterthwaite degrees of freedom."


def _random_part(fit: LmmResult) -> str:
    parts = []
    for name, row in fit.profile_intervals.iterrows():
        if name.startswith("sd("):
            inside = name[3:-1]
            parts.append(
                f"{_variance_name(fit, inside)} {_number(_variance(fit, inside))} "
                f"(95 % profile interval {_number(row['lower'] ** 2)} to "
                f"{_number(row['upper'] ** 2)})"
            )
        else:
            first, second = name[4:-1].split(", ", 1)
            parts.append(
                f"correlation of {first} and {second} "
                f"{_correlation(fit, first, second):.2f} "
                f"({row['lower']:.2f} to {row['upper']:.2f})"
            )
    end = (
        " The fit is singular: a variance or correlation lies on its boundary."
        if fit.singular
        else ""
    )
    return "Variances: " + "; ".join(parts) + "." + end


def _p_equals(p: float) -> str:
    return p_text(p) if p < 0.001 else f"= {p_text(p)}"


def _number(value: float) -> str:
    """Three significant digits, but no fewer than the integer part has."""
    size = abs(value)
    if size == 0:
        return "0"
    digits = max(0, 2 - int(np.floor(np.log10(size))))
    return f"{value:.{min(digits, 6)}f}"
