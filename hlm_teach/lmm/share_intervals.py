r"""How variance divides among groupings and residual, with intervals.

The share of grouping k, at predictors z of its random effects, is

    s = z'G_k z / (Σ_m z'G_m z + σ²)

With one grouping and random intercepts it is the ICC. It depends on ratios of variances only. Its
profile interval holds all values at which the deviance, everything else at its best, rises by less
than the χ²₁ quantile; all variances move so that the share stays. Holding σ² at its estimate instead
takes it as known: with six batches of five (dyestuff) the upper end then is 0.74 where the profile
has 0.82.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.checks import check_number

from .profile import ProfiledDeviance, plain_interval
from .protocols import Fit
from .terms import VarianceParameter


def share_intervals(
    fit: Fit, at: Mapping[str, float] | None = None, level: float = 0.95
) -> pd.DataFrame:
    """See `LmmResult.share_intervals`."""
    if fit.frame.residual.column is not None:
        raise ValueError(
            f"this model has a residual SD for each value of {fit.frame.residual.column}, so the "
            "shares of variance depend on it; fit.residual_sd**2 has the variances"
        )
    weights = _weights(fit, at)
    variances = {
        name: float(z @ fit.cov_by_group[name].to_numpy() @ z)
        for name, by_effect in weights.items()
        for z in [np.array(list(by_effect.values()))]
    }
    total = sum(variances.values()) + fit.sigma2
    profile = fit.criterion_profile
    rows = {
        name: [value, value / total, *share_interval(profile, {name}, weights, level)]
        for name, value in variances.items()
    }
    lower, upper = share_interval(profile, set(variances), weights, level)
    rows["residual"] = [fit.sigma2, fit.sigma2 / total, 1 - upper, 1 - lower]
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["variance", "share", "lower", "upper"]
    )


def _weights(fit: Fit, at: Mapping[str, float] | None) -> dict[str, dict[str, float]]:
    """By grouping, what each random effect is multiplied with."""
    given = {name: check_number(value, f"at[{name!r}]") for name, value in dict(at or {}).items()}
    slopes = [e for term in fit.frame.terms for e in term.effects if e != "Intercept"]
    unknown = [name for name in given if name not in slopes]
    missing = [name for name in dict.fromkeys(slopes) if name not in given]
    if unknown or missing:
        raise ValueError(
            f"at={dict(at or {})!r} must give a value to every random slope "
            f"({', '.join(dict.fromkeys(slopes)) or 'this model has none'}): with random slopes "
            "the shares depend on where one looks"
        )
    return {
        term.group: {e: 1.0 if e == "Intercept" else given[e] for e in term.effects}
        for term in fit.frame.terms
    }


def share_interval(
    profile: ProfiledDeviance,
    groups: Set[str],
    weights: Mapping[str, Mapping[str, float]],
    level: float = 0.95,
) -> tuple[float, float]:
    """Profile-likelihood interval of the share of variance that belongs to some groupings.

    Parameters
    ----------
    groups
        The groupings whose share it is, taken together.
    weights
        By grouping: what each effect is multiplied with, {"Intercept": 1, "Days": 3}. The
        grouping's variance is z'Gz.
    """
    path = _SharePath(profile, frozenset(groups), weights)
    bounds = [(0.0, np.inf), *(profile.bounds[i] for i in path.others)]
    low, high = plain_interval(path.deviance, path.best, bounds, 0, level)
    return _share(low), _share(high)


def _share(ratio: float) -> float:
    """s = ψ²/(1 + ψ²)."""
    return float(ratio**2 / (1 + ratio**2))


@dataclass(frozen=True)
class _SharePath:
    """The deviance in (ψ, all other parameters).

    ψ² = s/(1 − s) is the variance of the groupings in question over that of all else: ψ is a ratio
    of SDs, in which a deviance is nearly a parabola. The groupings' SDs are the given ones times c,
    and c is what makes ψ come out: c² = ψ² · (variance of all else)/(variance at c = 1). The largest
    of these SDs is kept as it is, since c sets the size.
    """

    profile: ProfiledDeviance
    groups: frozenset[str]
    weights: Mapping[str, Mapping[str, float]]

    @cached_property
    def own(self) -> list[int]:
        """SDs of the groupings."""
        parameters = self.profile.parameters
        return [i for i, p in enumerate(parameters) if p.kind == "sd" and p.group in self.groups]

    @cached_property
    def template(self) -> Array:
        """The best point, with SDs of one where the groupings have no variance."""
        point = self.profile.best.copy()
        if self._split(point)[0] <= 0:
            point[self.own] = self.profile.best[-1]
        return point

    @cached_property
    def others(self) -> list[int]:
        """Parameters beside the share."""
        size = {i: self._part(i, self.template) for i in self.own}
        kept = max(size, key=lambda i: size[i])
        return [i for i in range(len(self.profile.best)) if i != kept]

    @property
    def best(self) -> Array:
        """ψ and the other parameters at the optimum."""
        mine, rest = self._split(self.profile.best)
        return np.array([np.sqrt(mine / rest), *self.template[self.others]])

    def deviance(self, values: Array) -> tuple[float, Array]:
        """The deviance and its gradient, from that in the point by the chain rule."""
        value, by_point = self.profile.deviance(self._point(values))
        unit = self._point(np.append(1.0, values[1:]))  # the groupings' SDs are ψ times these
        by_ratio = by_point[self.own] @ unit[self.own]
        return value, np.append(by_ratio, self._jacobian(values).T @ by_point)

    def _point(self, values: Array) -> Array:
        point = self.template.copy()
        point[self.others] = values[1:]
        mine, rest = self._split(point)
        point[self.own] *= values[0] * np.sqrt(rest / max(mine, 1e-300))
        return point

    def _jacobian(self, values: Array) -> Array:
        """Derivatives of the point in all but ψ, by differences of a closed form: good
        to nine digits."""
        columns = []
        for i, value in list(enumerate(values))[1:]:
            step = np.zeros(len(values))
            step[i] = 1e-6 * max(abs(value), 1e-3 * self.profile.best[-1])
            ahead, behind = self._point(values + step), self._point(values - step)
            columns.append((ahead - behind) / (2 * step[i]))
        return np.column_stack(columns)

    def _split(self, point: Array) -> tuple[float, float]:
        """Variance of the groupings in question, and of all else."""
        mine = rest = 0.0
        for i, parameter in enumerate(self.profile.parameters):
            if parameter.group in self.groups:
                mine += self._part(i, point)
            else:
                rest += self._part(i, point)
        return mine, rest

    def _part(self, index: int, point: Array) -> float:
        """What a parameter adds to z'Gz + σ²."""
        parameter = self.profile.parameters[index]
        if parameter.kind == "residual_sd":
            return float(point[index] ** 2)
        if parameter.kind in ("phi", "sd_ratio"):  # how residuals hang together, not how large
            return 0.0
        z = self.weights[parameter.group]
        sds = [z[name] * point[self._sd_of(parameter.group, name)] for name in parameter.effects]
        return float(sds[0] ** 2 if len(sds) == 1 else 2 * point[index] * sds[0] * sds[1])

    def _sd_of(self, group: str, effect: str) -> int:
        return self.profile.parameters.index(VarianceParameter("sd", group, (effect,)))
