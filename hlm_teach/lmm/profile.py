"""Profile-likelihood intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import optimize, stats

from hlm_teach._shared.arrays import Array

from .terms import RandomTerm, VarianceParameter
from .valley import Deviance, Valley
from .working_coordinates import coordinates

ByRoots = Callable[[list[Array], Array], tuple[float, list[Array], Array]]


@dataclass(frozen=True)
class ProfiledDeviance:
    """The ML deviance of a model in the parameters of its random part.

    Attributes
    ----------
    parameters
        What the k parameters are: SDs, correlations, the residual SD.
    best
        Their ML estimates (k,).
    bounds
        (low, high) of each.
    deviance
        Gives the deviance and its gradient (k,) at values (k,), fixed effects at their best.
    terms
        The random terms whose SDs and correlations come first among the parameters.
    by_roots
        The deviance at a root of each term's G (q, q) and the parameters that follow, and its
        gradients by each G and by those.
    """

    parameters: tuple[VarianceParameter, ...]
    best: Array
    bounds: list[tuple[float, float]]
    deviance: Deviance
    terms: tuple[RandomTerm, ...] = field(kw_only=True)
    by_roots: ByRoots = field(kw_only=True, repr=False)

    def interval(self, index: int, level: float) -> tuple[float, float]:
        """Profile-likelihood interval of parameter `index`.

        All values at which the deviance, minimised over the other parameters, exceeds its
        minimum by less than the χ²₁ quantile at `level`. An end that runs into a bound is that
        bound. A correlation whose SDs may be zero may be anything.
        """
        parameter = self.parameters[index]
        if parameter.kind == "cor" and self._may_vanish(parameter, level):
            return -1.0, 1.0
        key = (level, index)
        if key not in self._found:
            self._found[key] = self._space_of(parameter).interval(index, level)
        return self._found[key]

    @cached_property
    def _found(self) -> dict[tuple[float, int], tuple[float, float]]:
        return {}

    @cached_property
    def _spaces(self) -> dict[tuple, ProfileSpace]:
        return {}

    def _may_vanish(self, parameter: VarianceParameter, level: float) -> bool:
        """Does an interval of the pair's SDs reach 0?"""
        sds = [VarianceParameter("sd", parameter.group, (effect,)) for effect in parameter.effects]
        return any(self.interval(self.parameters.index(sd), level)[0] <= 0 for sd in sds)

    def _space_of(self, parameter: VarianceParameter) -> ProfileSpace:
        """The coordinates made for a parameter; one set for all that need no own."""
        own = next(
            (
                term
                for term in self.terms
                if term.group == parameter.group and term.correlated and len(term.effects) > 1
            ),
            None,
        )
        effects = tuple(own.effects.index(e) for e in parameter.effects) if own else ()
        key = (own.group, effects) if own else ()
        if key not in self._spaces:
            self._spaces[key] = ProfileSpace(self, own, effects)
        return self._spaces[key]


class Space(Protocol):
    """Where a path runs."""

    valley: Valley

    def minimise(self, start: Array, others: Array) -> tuple[Array, float]:
        """The lowest point over the coordinates marked in `others`, and the deviance there."""
        ...


class PlainSpace:
    """A deviance in coordinates that its owner chose."""

    def __init__(self, deviance: Deviance, best: Array, bounds: list[tuple]) -> None:
        low, high = np.transpose(bounds)
        box = np.isfinite(low) & np.isfinite(high)
        spread = np.sqrt(np.mean(best[~box] ** 2)) if (~box).any() else 1.0
        size = np.where(box, 1.0, np.maximum(np.abs(best), 0.1 * spread))
        self.valley = Valley(deviance, best, bounds, size)
        self.minimise = self.valley.minimise


def plain_interval(
    deviance: Deviance, best: Array, bounds: list[tuple], index: int, level: float
) -> tuple[float, float]:
    """Profile-likelihood interval of one coordinate of a deviance that is round in them."""
    space = PlainSpace(deviance, best, bounds)
    low, high = (Path(space, index, float, float, level, side).end() for side in (-1, 1))
    return low, high


class ProfileSpace:
    """The deviance in coordinates in which it is round (working_coordinates.py)."""

    def __init__(
        self, profile: ProfiledDeviance, own: RandomTerm | None, effects: tuple[int, ...]
    ) -> None:
        self.profile = profile
        self.blocks = [
            coordinates(term.design.to_numpy(), term.correlated, effects if term is own else ())
            for term in profile.terms
        ]
        self.own = profile.terms.index(own) if own is not None else None
        starts = [
            block.start(_covariance(profile, term))
            for block, term in zip(self.blocks, profile.terms, strict=True)
        ]
        rest = profile.best[self._n_random :]
        self.best = np.concatenate([*(point for point, _ in starts), rest])
        size = np.concatenate([*(size for _, size in starts), np.where(rest == 0, 1.0, abs(rest))])
        bounds = [limit for block in self.blocks for limit in block.bounds()]
        self.valley = Valley(
            self._deviance, self.best, bounds + profile.bounds[self._n_random :], size
        )

    @property
    def _n_random(self) -> int:
        return sum(block.size for block in self.blocks)

    def _deviance(self, point: Array) -> tuple[float, Array]:
        parts = np.split(point, np.cumsum([block.size for block in self.blocks]))
        pairs = list(zip(self.blocks, parts[:-1], strict=True))
        if not all(block.inside(part) for block, part in pairs):
            return np.inf, np.zeros(len(point))
        roots = [block.root(part) for block, part in pairs]
        try:
            with np.errstate(all="ignore"):  # far off, where no one stays
                value, by_g, by_rest = self.profile.by_roots(roots, parts[-1])
        except np.linalg.LinAlgError:
            return np.inf, np.zeros(len(point))
        if not np.isfinite(value):
            return np.inf, np.zeros(len(point))
        self._seen = point.copy(), by_g
        gradients = [block.gradient(part, d) for (block, part), d in zip(pairs, by_g, strict=True)]
        return value, np.concatenate([*gradients, by_rest])

    def minimise(self, start: Array, others: Array) -> tuple[Array, float]:
        """The lowest point over the coordinates marked in `others`, and the deviance there."""
        point, value = self.valley.minimise(start, others)
        for _ in range(5):
            better = self._out_of_the_boundary(point, value)
            if better is None:
                break
            point, value = self.valley.minimise(better, others)
        return point, value

    def _out_of_the_boundary(self, point: Array, value: float) -> Array | None:
        """A lower point where some G has a higher rank, if there is one."""
        if np.isfinite(value) and not np.array_equal(self._seen[0], point):
            self._deviance(point)
        by_g = self._seen[1]
        for k, block in enumerate(self.blocks):
            own = slice(self._offset(k), self._offset(k) + block.size)
            for part in block.ways_out(point[own], by_g[k]):
                trial = point.copy()
                trial[own] = part
                if self._deviance(trial)[0] < value - 1e-6:
                    return trial
        return None

    def interval(self, index: int, level: float) -> tuple[float, float]:
        """The interval of the parameter that these coordinates were made for."""
        parameter = self.profile.parameters[index]
        at, read, write = self._place(index)
        path = [Path(self, at, read, write, level, side) for side in (-1, 1)]
        low, high = (float(one.end()) for one in path)
        if parameter.kind == "cor":
            block = self.blocks[self.own or 0]
            return block.correlation(low), block.correlation(high)
        return low, high

    def _place(self, index: int) -> tuple[int, Callable, Callable]:
        """Where the parameter stands among the coordinates, and how one is read as the other."""
        parameter = self.profile.parameters[index]
        if index >= self._n_random or parameter.kind == "cor":
            at = index if index >= self._n_random else self._offset(self.own or 0)
            return at, float, float
        k = [term.group for term in self.profile.terms].index(parameter.group)
        effect = self.profile.terms[k].effects.index(parameter.effects[0])
        column = 0 if k == self.own else effect
        scale = abs(self.blocks[k].basis[effect, column])
        at = self._offset(k) + column
        if k == self.own:
            return at, lambda first: scale * first, lambda sd: sd / scale
        return at, lambda nu: scale * np.sqrt(nu), lambda sd: (sd / scale) ** 2

    def _offset(self, k: int) -> int:
        return sum(block.size for block in self.blocks[:k])


def _covariance(profile: ProfiledDeviance, term: RandomTerm) -> Array:
    """G of a term at the minimum."""
    g = np.zeros((len(term.effects),) * 2)
    sd = {}
    for parameter, value in zip(profile.parameters, profile.best, strict=True):
        if parameter.group != term.group:
            continue
        places = [term.effects.index(effect) for effect in parameter.effects]
        if parameter.kind == "sd":
            sd[places[0]] = value
            g[places[0], places[0]] = value**2
        elif parameter.kind == "cor":
            a, b = places
            g[a, b] = g[b, a] = value * sd[a] * sd[b]
    return g


@dataclass
class Path:
    """The walk from the minimum to one end of an interval, in values of one parameter."""

    space: Space
    at: int  # its place among the coordinates
    read: Callable[[float], float]  # the parameter's value from its coordinate
    write: Callable[[float], float]  # and back
    level: float
    side: int

    def __post_init__(self) -> None:
        self.valley = self.space.valley
        self.others = np.arange(len(self.valley.best)) != self.at
        self.root = float(np.sqrt(stats.chi2.ppf(self.level, 1)))
        self.points = [self.valley.best.copy()]  # the next one starts from their line
        # a value asked for twice has one answer
        self.known = {self.read(self.valley.best[self.at]): -self.root}
        self.valley.forget()

    def end(self) -> float:
        """The value at which the profiled deviance has risen by the χ²₁ quantile, or the bound."""
        best = self.read(self.valley.best[self.at])
        limit = self.read(self.valley.bounds[self.at][self.side > 0])
        inside, outside = best, best + self.side * self._first_step()
        while self.side * (limit - outside) > 0 and (gap := self.excess(outside)) < 0:
            risen = max(gap + self.root, 1e-3 * self.root)  # √rise: nearly a line
            stretch = np.clip(1.1 * self.root / risen, 1.1, 4.0)
            inside, outside = outside, best + stretch * (outside - best)
        if self.side * (limit - outside) <= 0:
            if self.excess(limit) <= 0:
                return float(limit)
            outside = limit
        tolerance = 1e-6 * (1e-6 * self._first_step() + abs(outside))
        return float(optimize.brentq(self.excess, inside, outside, xtol=tolerance))

    def _first_step(self) -> float:
        """A fifth of the parameter's size."""
        best = self.valley.best[self.at]
        return 0.2 * abs(self.read(best) or self.read(self.valley.size[self.at]))

    def excess(self, value: float) -> float:
        """√(rise of the profiled deviance) − root, with the others at their best."""
        if value not in self.known:
            point, lowest = self.space.minimise(self._start(self.write(value)), self.others)
            self.points.append(point)
            self.known[value] = float(np.sqrt(max(lowest - self.valley.minimum, 0.0)) - self.root)
        return self.known[value]

    def _start(self, coordinate: float) -> Array:
        """The point on the line through the last two solutions."""
        last = self.points[-1]
        point = last.copy()
        if len(self.points) > 1 and last[self.at] != self.points[-2][self.at]:
            step = (coordinate - last[self.at]) / (last[self.at] - self.points[-2][self.at])
            if abs(step) < 5:
                point += step * (last - self.points[-2])
        point[self.at] = coordinate
        return np.clip(point, self.valley.low, self.valley.high)
