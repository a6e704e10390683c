"""The plain sentences that come with a fit."""

from __future__ import annotations

import numpy as np

from hlm_teach._shared.arrays import Array

from .few_groups import which_test
from .frame import ModelFrame
from .protocols import Engine
from .residual_notes import NO_MAXIMUM
from .residual_spec import PLAIN
from .terms import RandomTerm, effect_name
from .variation import FEW_VARYING, Variation, variation

FEW_GROUPS = 20


def fit_notes(frame: ModelFrame, engine: Engine) -> tuple[str, ...]:
    """What a reader must know about this fit."""
    return tuple(
        sentence
        for sentence in (
            _dropped(frame),
            *_emptied(frame),
            *_sizes(engine),
            *_slopes(frame),
            _singular(frame, engine),
            _which_test(frame, engine),
            _statsmodels_words(frame, engine),
            _not_converged(engine),
            *engine.notes,
        )
        if sentence
    )


def _dropped(frame: ModelFrame) -> str:
    if not frame.n_dropped:
        return ""
    total = frame.n_dropped + len(frame.data)
    return (
        f"{frame.n_dropped} of {total} rows have missing values in the columns used "
        f"and were left out."
    )


def _emptied(frame: ModelFrame) -> list[str]:
    """Levels, and combinations of levels, that no row belongs to."""
    sentences = [
        f"No row has {name} = {', '.join(map(str, levels))}: that level was left out."
        for name, levels in frame.emptied.items()
    ]
    if frame.dropped:
        sentences.append(
            f"No row belongs to {', '.join(frame.dropped)}: that coefficient was left out."
        )
    return sentences


def _sizes(engine: Engine) -> list[str]:
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


def _slopes(frame: ModelFrame) -> list[str]:
    """Random slopes of columns that hardly vary, or not at all, within the groups."""
    return [
        sentence
        for term in frame.terms
        for name in term.effects
        if name != "Intercept"
        for sentence in [_slope(name, term.group, variation(term.design[name], term.labels))]
        if sentence
    ]


def _slope(name: str, group: str, found: Variation) -> str:
    if found.where != "within":
        return (
            f"Random slope of {name} by {group}: {name} has one value in every {group}, so its "
            f"effect cannot differ from {group} to {group}. What was fitted lets the variance "
            f"between levels of {group} depend on {name} instead. Leave {name} out of random (it "
            "stays a fixed effect), or let the slope of a column vary that varies within "
            f"{group}; what_can_vary(data, {group!r}) lists them."
        )
    if found.n_varying <= FEW_VARYING and found.n_varying < found.n_groups / 2:
        return (
            f"Random slope of {name} by {group}: {name} varies within {found.n_varying} of "
            f"{found.n_groups} levels of {group} only; the slopes' variance rests on these."
        )
    return ""


def _variances(engine: Engine) -> Array:
    return np.concatenate([np.diag(g) for g in engine.cov_re.values()])


def _singular(frame: ModelFrame, engine: Engine) -> str:
    if not engine.singular:
        return ""
    what = [
        _lost_rank(frame, term, engine) for term in frame.terms if engine.singular_terms[term.group]
    ]
    known = "that zero" if all("zero" in words for words in what) else "that boundary value"
    return (
        f"Singular fit: {' and '.join(what)}. The optimum lies on the boundary; this is an "
        "estimate, not an error, and no proof that there is no variation. Degrees of freedom and "
        f"p-values take {known} as known and can mislead."
    )


def _lost_rank(frame: ModelFrame, term: RandomTerm, engine: Engine) -> str:
    """In what way G of a term is on its boundary; zero is judged in units of the outcome."""
    size = np.mean(term.design.to_numpy() ** 2, axis=0) * np.diag(engine.cov_re[term.group])
    zero = [
        effect_name(frame.terms, term.group, effect)
        for effect, share in zip(term.effects, size, strict=True)
        if share <= 1e-8 * engine.sigma2
    ]
    if zero or not term.correlated or len(term.effects) == 1:
        return f"the variance of {', '.join(zero) or 'a random effect'} is estimated as zero"
    of_which = f" of {term.group}" if len(frame.terms) > 1 else ""
    return f"the random effects{of_which} are estimated as perfectly correlated"


def _which_test(frame: ModelFrame, engine: Engine) -> str:
    """Which p-values to trust where groups are few or the fit is singular."""
    fewest = min(len(sizes) for sizes in engine.group_sizes.values())
    if fewest >= FEW_GROUPS and not engine.singular:
        return ""
    slopes = any(set(term.effects) != {"Intercept"} for term in frame.terms)
    return which_test(fewest, slopes=slopes, singular=engine.singular)


def _statsmodels_words(frame: ModelFrame, engine: Engine) -> str:
    """What MixedLM.fit says of this optimum: it compares every variance with 0.01, whatever its
    unit (statsmodels 0.15, MixedLM.fit)."""
    if len(frame.terms) > 1 and any(t.correlated and len(t.effects) > 1 for t in frame.terms):
        return ""  # a model that it does not have
    if frame.residual != PLAIN:
        return ""  # nor this one
    small = bool(np.min(_variances(engine)) < 0.01)
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


def _not_converged(engine: Engine) -> str:
    if engine.converged or any(NO_MAXIMUM in note for note in engine.notes):
        return ""
    return (
        "The search for the optimum stopped before it converged: do not trust this fit; "
        "please report the data set."
    )
