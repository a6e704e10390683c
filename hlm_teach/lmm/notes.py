"""The plain sentences that come with a fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import ModelFrame

FEW_GROUPS = 20


def fit_notes(frame: ModelFrame, engine: Any, correlated: bool) -> tuple[str, ...]:
    """What a reader must know about this fit."""
    return tuple(
        sentence
        for sentence in (
            _dropped(frame),
            *_sizes(engine),
            _singular(frame, engine, correlated),
            _statsmodels_words(engine),
            _not_converged(engine),
            *engine_notes(engine),
        )
        if sentence
    )


def engine_notes(engine: Any) -> tuple[str, ...]:
    """Notes that only one engine has (the cost of several factors)."""
    return getattr(engine, "notes", ())


def _dropped(frame: ModelFrame) -> str:
    if not frame.n_dropped:
        return ""
    total = frame.n_dropped + len(frame.data)
    return (
        f"{frame.n_dropped} of {total} rows have missing values in the columns used "
        f"and were left out."
    )


def _sizes(engine: Any) -> list[str]:
    sentences = []
    for name, sizes in engine.group_sizes.items():
        if len(sizes) < FEW_GROUPS:
            sentences.append(
                f"Only {len(sizes)} groups ({name}): the variance between them is poorly known, "
                "and tests of group-level effects need t with few degrees of freedom, not z."
            )
        ones = int(np.sum(sizes == 1))
        if ones:
            sentences.append(
                f"{ones} of {len(sizes)} groups ({name}) have one row: they help to "
                "place the mean but cannot tell within from between."
            )
    return sentences


def _singular(frame: ModelFrame, engine: Any, correlated: bool) -> str:
    if not engine.singular:
        return ""
    variances = np.diag(engine.cov_re)
    names = list(frame.groups) if len(frame.groups) > 1 else list(frame.random_design.columns)
    zero = [n for n, v in zip(names, variances, strict=True) if v <= 1e-8 * engine.sigma2]
    if zero or not correlated:
        what = f"the variance of {', '.join(zero) or 'a random effect'} is estimated as zero"
    else:
        what = "the random effects are estimated as perfectly correlated"
    return (
        f"Singular fit: {what}. The optimum lies on the boundary; this is an estimate, not an "
        "error, and no proof that there is no variation. Degrees of freedom and p-values "
        "take that zero as known and can mislead."
    )


def _statsmodels_words(engine: Any) -> str:
    """What MixedLM.fit says of this optimum: it compares every variance with 0.01, whatever its
    unit (statsmodels 0.15, MixedLM.fit)."""
    small = bool(np.min(np.diag(engine.cov_re)) < 0.01)
    warning = "'The MLE may be on the boundary of the parameter space'"
    if small and engine.singular:
        return f"statsmodels itself would warn: {warning}."
    if small:
        return (
            f"statsmodels itself would warn: {warning}, because a variance is below 0.01. That "
            "depends on the units of the data; this optimum is not on the boundary."
        )
    if engine.singular:
        return (
            "statsmodels itself would not mention the boundary: it looks only for variances "
            "below 0.01."
        )
    return ""


def _not_converged(engine: Any) -> str:
    if engine.converged:
        return ""
    return (
        "The search for the optimum stopped before it converged: do not trust this fit; "
        "please report the data set."
    )
