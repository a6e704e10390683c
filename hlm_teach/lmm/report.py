"""A fit as a table and as a sentence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from hlm_teach._shared.words import p_text

from .protocols import Fit
from .terms import RandomTerm, VarianceParameter, effect_name

_SDS = ("sd", "residual_sd")  # shown as variances


def estimates_table(fit: Fit, digits: int = 3) -> pd.DataFrame:
    """One row an estimate: fixed effects, then variances (with their SDs), then correlations.

    Intervals (95 %): fixed effects ± t × SE with the degrees of freedom of the fit's method;
    variances and correlations from the profile likelihood. Cells that have no meaning are empty.
    """
    table = pd.DataFrame([*_fixed_rows(fit, digits), *_random_rows(fit, digits)])
    holes = table.columns[table.isna().any()]
    return table.astype(dict.fromkeys(holes, object)).set_index("term").fillna("")


def _fixed_rows(fit: Fit, digits: int) -> list[dict]:
    interval = fit.conf_int()
    return [
        {
            "term": term,
            **_rounded([fit.params[term], *interval.loc[term]], fit.bse[term], digits),
            "SE": _shown(fit.bse[term], digits),
            "df": _df_text(fit.df[term]),
            "t": f"{fit.tvalues[term]:.2f}",
            "p": p_text(fit.pvalues[term]),
            "SD": "",
        }
        for term in fit.params.index
    ]


def _rounded(values: list[float], size: float, digits: int) -> dict[str, float]:
    """Estimate and ends with that many decimals; where an estimate or its `size` (a standard
    error, a variance) would vanish, with that many significant digits."""
    vanish = any(0 < abs(value) < 0.5 * 10.0**-digits for value in (values[0], size))
    show = _significant if vanish else round
    return dict(zip(("estimate", "lower", "upper"), (show(v, digits) for v in values), strict=True))


def _significant(value: float, digits: int) -> float:
    if value == 0 or not np.isfinite(value):
        return value
    return float(f"{value:.{max(digits, 1) - 1}e}")


def _shown(value: float, digits: int) -> str:
    if 0 < abs(value) < 0.5 * 10.0**-digits:
        return f"{value:.{max(digits, 1)}g}"
    return f"{value:.{digits}f}"


def _random_rows(fit: Fit, digits: int) -> list[dict]:
    rows = []
    for parameter, value, lower, upper in _random_estimates(fit):
        is_variance = parameter.kind in _SDS
        row = {
            "term": _term_name(fit, parameter),
            **_rounded([value, lower, upper], value if is_variance else 1.0, digits),
        }
        rows.append(row | ({"SD": _shown(np.sqrt(value), digits)} if is_variance else {}))
    return rows


def _random_estimates(fit: Fit) -> Iterator[tuple[VarianceParameter, float, float, float]]:
    """Each parameter of the random part with estimate and interval; SDs as variances."""
    ends = fit.profile_intervals.to_numpy()
    for parameter, (lower, upper) in zip(fit.variance_parameters, ends, strict=True):
        value = fit.estimate_of(parameter)
        if parameter.kind in _SDS:
            variance = value**2 if value**2 > 1e-10 * fit.sigma2 else 0.0  # zero up to rounding
            yield parameter, variance, lower**2, upper**2
        else:
            yield parameter, value, lower, upper


def _term_name(fit: Fit, parameter: VarianceParameter) -> str:
    if parameter.kind in _SDS:
        return _variance_name(fit, parameter)
    if parameter.kind == "cor":
        inside = effect_name(fit.frame.terms, parameter.group, *parameter.effects)
        return f"correlation({inside})"
    if parameter.kind == "phi":
        return f"phi(one step of {fit.frame.residual.time})"
    above, below = parameter.effects
    return f"residual SD ratio({fit.frame.residual.column}: {above}/{below})"


def _variance_name(fit: Fit, parameter: VarianceParameter) -> str:
    if parameter.kind == "residual_sd":
        kinds = [p.effects[1] for p in fit.variance_parameters if p.kind == "sd_ratio"]
        where = f" | {fit.frame.residual.column} = {kinds[0]}" if kinds else ""
        return f"variance(residual{where})"
    if _only_intercepts(fit):
        return f"variance({parameter.group})"
    return f"variance({parameter.effects[0]} | {parameter.group})"


def _only_intercepts(fit: Fit) -> bool:
    """Several groupings, with an intercept each: there the grouping says all."""
    terms = fit.frame.terms
    return len(terms) > 1 and all(term.effects == ("Intercept",) for term in terms)


def report_sentence(fit: Fit) -> str:
    """What a paper should say of this fit: model, sizes, estimates, variances, software."""
    return " ".join([_model_part(fit), _fixed_part(fit), _random_part(fit)])


def _model_part(fit: Fit) -> str:
    criterion = "restricted maximum likelihood" if fit.reml else "maximum likelihood"
    return (
        f"A linear mixed model ({fit.frame.formula}) with {_effects(fit)}{_residuals(fit)} was "
        f"fitted by {criterion} "
        f"to {fit.nobs} observations in {_sizes(fit)} (Python, hlm_teach, with statsmodels)."
    )


def _residuals(fit: Fit) -> str:
    words = fit.frame.residual.words
    return f" and {words.replace(', ', ' and ')}" if words else ""


def _sizes(fit: Fit) -> str:
    if len(fit.levels_by_group) == 1:
        ((name, n),) = fit.levels_by_group.items()
        return f"{n} groups ({name})"
    return " and ".join(f"{n} levels of {name}" for name, n in fit.levels_by_group.items())


def _effects(fit: Fit) -> str:
    if _only_intercepts(fit):
        return "random intercepts of " + " and ".join(fit.frame.groups)
    if len(fit.frame.terms) == 1:
        return _term_effects(fit.frame.only_term)
    return "; ".join(f"{_term_effects(term)} of {term.group}" for term in fit.frame.terms)


def _term_effects(term: RandomTerm) -> str:
    slopes = [name for name in term.effects if name != "Intercept"]
    effects = "random intercepts" if "Intercept" in term.effects else ""
    effects += (" and " if effects and slopes else "") + (
        f"random slopes of {', '.join(slopes)}" if slopes else ""
    )
    return effects + ("" if term.correlated or not slopes else ", taken as uncorrelated")


def _fixed_part(fit: Fit) -> str:
    interval = fit.conf_int()
    parts = []
    for term in fit.params.index:
        low, high = interval.loc[term]
        statistic = (
            ""
            if term == "Intercept"
            else (
                f", {_statistic(fit.df[term])} = {fit.tvalues[term]:.2f}, "
                f"p {_p_equals(fit.pvalues[term])}"
            )
        )
        parts.append(
            f"{term} {_number(fit.params[term])} (SE {_number(fit.bse[term])}, 95 % CI "
            f"{_number(low)} to {_number(high)}{statistic})"
        )
    return "Fixed effects: " + "; ".join(parts) + f"; {_METHOD[fit.df_method.name]}."


def _ends(lower: float, upper: float) -> str:
    return "no interval" if np.isnan(lower) else f"{lower:.2f} to {upper:.2f}"


_METHOD = {
    "satterthwaite": "Satterthwaite degrees of freedom",
    "kenward-roger": "standard errors and degrees of freedom adjusted after Kenward and Roger",
    "normal": "normal distribution, the variances taken as known",
}


def _statistic(df: float) -> str:
    return "z" if np.isinf(df) else f"t({df:.1f})"


def _df_text(df: float) -> str:
    return "∞" if np.isinf(df) else f"{df:.1f}"


def _random_part(fit: Fit) -> str:
    parts = []
    for parameter, value, lower, upper in _random_estimates(fit):
        if parameter.kind == "cor":
            pair = " and ".join(parameter.effects)
            where = f" ({parameter.group})" if len(fit.frame.terms) > 1 else ""
            parts.append(f"correlation of {pair}{where} {value:.2f} ({_ends(lower, upper)})")
        elif parameter.kind not in _SDS:
            name = _term_name(fit, parameter)
            parts.append(f"{name} {value:.2f} ({_ends(lower, upper)})")
        else:
            ends = (
                "no interval"
                if np.isnan(lower)
                else f"95 % profile interval {_number(lower)} to {_number(upper)}"
            )
            parts.append(f"{_variance_name(fit, parameter)} {_number(value)} ({ends})")
    end = (
        " The fit is singular: a variance or correlation lies on its boundary."
        if fit.singular
        else ""
    )
    by = ", with intervals from the ML deviance" if fit.reml else ""  # as `profile_intervals`
    return f"Variances{by}: " + "; ".join(parts) + "." + end


def _p_equals(p: float) -> str:
    return p_text(p) if p < 0.001 else f"= {p_text(p)}"


def _number(value: float) -> str:
    """Three significant digits, but no fewer than the integer part has."""
    size = abs(value)
    if size == 0:
        return "0"
    if np.isfinite(size) and not 1e-4 <= size < 1e9:
        return f"{value:.2e}"
    if not np.isfinite(size):
        return f"{value}"
    digits = max(0, 2 - int(np.floor(np.log10(size))))
    return f"{value:.{min(digits, 6)}f}"
