"""The best residual parameters δ, each with the best random effects beside it.

For given δ the whitened rows are an ordinary two-level model, and optimum.py finds its best G, β
and σ², whatever they are. What is left is a function of one or a few δ, whose gradient is that of
the deviance with everything else held at its best (the envelope theorem). Memory can have several
optima (residuals that remember weakly beside a random slope, or strongly instead of it), so δ is
tried over its whole range first, and every promising place is climbed from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from scipy import optimize

from hlm_teach._shared.arrays import Array

from .design import Design, make_design
from .optimum import ProfiledFit, fit_profiled
from .residual_likelihood import Rows, parts
from .residual_structure import ZERO, ResidualStructure, log_det, whiten
from .response import Response, make_response
from .theta import lambda_

_STRONG = np.array([0.95, 0.995, 0.9995, 0.99995, 0.999995])  # likelihoods have tops there too
_WEAK = np.array([0.2, 0.5, 0.8])
_PHI = np.concatenate([-_STRONG[::-1], -_WEAK[::-1], [0.0], _WEAK, _STRONG])
_LONG = 0.97  # correlation over a typical step; from shorter ones a climb may lead away
_CAR_STEP = np.log(3.0)  # distance of neighbouring starts for log κ
_FIRST_STEP, _FINEST = 0.1, 1e-7  # in δ
_FLAT = 1e-5  # slopes of the log-likelihood that count as none
_STEEP = 1e-3  # slopes that no top has
_MOST_TRIES = 8  # of a line search; more are spent on noise only
_MOST_LOOKED_AT = 300  # by a climb; a top takes under 100, and some climbs creep for thousands
_FEW_STRATA, _SMALL = 4, 0.03  # of which each in turn is given so small a share of its SD
_TRIED_AT_ZERO = 0.1  # of the largest SD: smaller ones may as well be zero
_COSTS_NOTHING, _ROUNDING = 1e-6, 1e-5  # of log-likelihood; nearer than `ZERO` digits are lost
_MOST_SETTLED = 3  # times that the others are climbed anew beside SDs at zero
_NEAR = 20.0  # log-likelihood units: a peak among the starts that is lower by more isn't climbed


@dataclass(frozen=True)
class Raw:
    """X, Z and y in sorted order and in the data's units, and how the model is fitted."""

    structure: ResidualStructure
    x: Array
    z: Array
    y: Array
    correlated: bool
    reml: bool

    @cached_property
    def safe_basis(self) -> Array:
        """T (q, q): the columns of ZT are orthogonal and of size one."""
        return np.linalg.inv(np.linalg.qr(self.z)[1]) * np.sqrt(len(self.z))

    @cached_property
    def r_factor(self) -> Array:
        """R (p, p) of X = QR."""
        return np.linalg.qr(self.x)[1]

    @cached_property
    def least_squares(self) -> Array:
        """Residuals (N,) of y on X."""
        q, _ = np.linalg.qr(self.x)
        return self.y - q @ (q.T @ self.y)

    @cached_property
    def scale(self) -> float:
        """Their root mean square."""
        return float(np.sqrt(np.mean(self.least_squares**2)))

    @cached_property
    def rows(self) -> Rows:
        """The same rows in a safe basis: Q, ZT, and `least_squares` in units of their size."""
        q, _ = np.linalg.qr(self.x)
        z = self.z @ self.safe_basis
        return Rows(self.structure, q, z, self.least_squares / self.scale)

    def whitened(self, delta: Array, *, thorough: bool = False) -> Whitened:
        """The optimum for given δ (`thorough`: see `fit_profiled`)."""
        x, z, y = (
            whiten(self.structure, delta, part) for part in (self.x, self.z, self.y[:, None])
        )
        design = make_design(x, z, self.structure.codes, correlated=self.correlated)
        response = make_response(design, y[:, 0])
        fit = fit_profiled(design, response, reml=self.reml, thorough=thorough)
        llf = float(fit.llf[0]) - 0.5 * log_det(self.structure, delta)[0]
        return Whitened(delta, design, response, fit, llf)

    def slope(self, at: Whitened) -> Array:
        """Gradient of the log-likelihood in δ, all else at its best; NaN where digits run out."""
        try:
            found = parts(self.rows, self.factor(at), at.delta, reml=self.reml)
        except np.linalg.LinAlgError:
            return np.full(len(at.delta), np.nan)
        dof = len(self.y) - self.x.shape[1] * self.reml
        return -0.5 * (found.log_det_delta + dof * found.r2_delta / found.r2)

    def factor(self, at: Whitened) -> Array:
        """Relative L of G = σ²LL' in the safe basis."""
        in_data_units = at.design.z_basis @ lambda_(at.design, at.fit.theta)[:, :, 0]
        return np.asarray(np.linalg.solve(self.safe_basis, in_data_units), float)


@dataclass(frozen=True)
class Whitened:
    """The two-level model of the whitened rows at δ, at its optimum."""

    delta: Array
    design: Design
    response: Response
    fit: ProfiledFit
    llf: float  # of the rows as they are: log|R| included


def search(raw: Raw) -> tuple[Whitened, bool]:
    """The model at the best δ found, and whether the climb to it ended at an optimum.

    Not where an SD ran to the end of its range: there is none.
    """
    ends = [_climb(raw, start, thorough=False) for start in _promising(raw)]
    best = max(ends, key=lambda end: end.llf)
    found = raw.whitened(best.delta, thorough=True)
    if found.llf > best.llf + 1e-7:  # better random effects than the climb had: climb with them
        found = _climb(raw, found, thorough=True)
    found = _with_zeros(raw, found)
    flat = len(found.delta) == 0 or _uphill(raw, found) < _STEEP
    endless = raw.structure.at_the_end(found.delta).any()
    return found, bool(found.fit.converged[0] and flat and not endless)


def _with_zeros(raw: Raw, found: Whitened) -> Whitened:
    """`found` with each SD at zero that may as well be there.

    Towards an SD of zero the likelihood flattens out like the SD's square, and a climb stops
    somewhere on the way, or goes on to where its steps follow rounding. Where is no matter of the
    model; that the likelihood at zero is as high is.
    """
    settled = _settled(raw, found)
    for _ in range(_MOST_SETTLED):
        if settled is found or _uphill(raw, settled) < _STEEP:
            break
        found = _climb(raw, settled, thorough=True)  # the others were at their best beside more
        settled = _settled(raw, found)
    return settled


def _settled(raw: Raw, found: Whitened) -> Whitened:
    """`found` with each SD at zero whose log-likelihood there is as high, all others unmoved."""
    settled = found
    for k, share in enumerate(raw.structure.shares(found.delta)):
        if share < _TRIED_AT_ZERO:
            there = raw.whitened(raw.structure.with_zero(settled.delta, k), thorough=True)
            loss = _COSTS_NOTHING if share >= ZERO else _ROUNDING
            settled = there if there.llf >= settled.llf - loss else settled
    return settled


def _promising(raw: Raw) -> list[Whitened]:
    """Local maxima along the range of memory, for each start of the SD ratios; and a long memory."""
    rows = [
        [raw.whitened(np.append(memory, ratios)) for memory in _memory_starts(raw.structure)]
        for ratios in _ratio_starts(raw)
    ]
    best = max(one.llf for row in rows for one in row)
    peaks = []
    for row in rows:
        llf = np.array([-np.inf, *(one.llf for one in row), -np.inf])
        peak = (llf[1:-1] >= llf[:-2]) & (llf[1:-1] >= llf[2:]) & (llf[1:-1] > best - _NEAR)
        peaks += [row[i] for i in np.flatnonzero(peak)]
    if raw.structure.has_memory and len(raw.structure.levels) > 1:
        peaks += [
            one
            for one in _longest(raw.structure, rows[0])
            if not any(one is peak for peak in peaks)
        ]
    return peaks


def _longest(structure: ResidualStructure, row: list[Whitened]) -> list[Whitened]:
    """The highest start of a long memory: the SDs that go with it may be other than those of its
    row, beside which it is no peak."""
    step = structure.typical_gap
    long = [
        one
        for one in row
        if structure.phi(one.delta) > 0 and structure.phi(one.delta) ** step > _LONG
    ]
    return [max(long, key=lambda one: one.llf)] if long else []


def _memory_starts(structure: ResidualStructure) -> list[Array]:
    if not structure.has_memory:
        return [np.empty(0)]
    if structure.memory == "ar1":
        return list(np.arctanh(_PHI[_PHI >= 0] if structure.is_even else _PHI)[:, None])
    low, high = structure.bounds()[0]
    return list(np.linspace(low, high, max(4, int((high - low) / _CAR_STEP)))[:, None])


def _ratio_starts(raw: Raw) -> list[Array]:
    """Equal SDs, those of least-squares residuals, and these with one of few strata near zero."""
    number = len(raw.structure.levels)
    if number == 1:
        return [np.empty(0)]
    square = np.bincount(raw.structure.stratum, raw.rows.y**2, number)
    sd = np.sqrt(square / np.bincount(raw.structure.stratum, minlength=number))
    low, high = raw.structure.bounds()[-1]
    sd = np.clip(sd, np.exp(low) * sd.max() / _SMALL, None)
    starts = [np.ones(number), sd]
    if number <= _FEW_STRATA:  # rows that the random effects fit almost exactly: a top of its own
        starts += list(sd * np.where(np.eye(number), _SMALL, 1.0))
    return [np.clip(np.log(start[1:] / start[0]), low, high) for start in starts]


def _climb(raw: Raw, start: Whitened, *, thorough: bool) -> Whitened:
    """Uphill from `start` inside the bounds of δ; never below it."""
    if len(start.delta) == 0:
        return start
    if len(start.delta) == 1:
        return _to_the_top(raw, start, thorough=thorough)
    best, turn = [start], _over_the_largest(raw.structure, start.delta)

    def downhill(over: Array) -> tuple[float, Array]:
        at = raw.whitened(turn @ over, thorough=thorough)
        if at.llf > best[0].llf:
            best[0] = at
        return -at.llf, -raw.slope(at) @ turn

    optimize.minimize(
        downhill,
        np.linalg.solve(turn, start.delta),
        jac=True,
        method="L-BFGS-B",
        bounds=raw.structure.bounds(),
        options={"ftol": 1e-13, "gtol": _FLAT, "maxls": _MOST_TRIES, "maxfun": _MOST_LOOKED_AT},
    )
    return best[0]


def _to_the_top(raw: Raw, start: Whitened, *, thorough: bool) -> Whitened:
    """`_climb` of one δ: steps uphill until the slope turns, then the zero of the slope between.

    With φ near one beside a random intercept a variance of G becomes zero on the way, and the
    curvature jumps by powers of ten. A search that trusts the curvature it came with overshoots
    there again and again; the sign of the slope doesn't mislead. Where no slope can be computed,
    the step was too long.
    """
    best = start

    @cache
    def slope(x: float) -> float:
        nonlocal best
        there = raw.whitened(np.array([x]), thorough=thorough)
        if there.llf > best.llf:
            best = there
        found = float(raw.slope(there)[0])
        return 0.0 if abs(found) <= _FLAT else found

    x, here = float(start.delta[0]), float(raw.slope(start)[0])
    step = np.copysign(_FIRST_STEP, here)
    while abs(here) > _FLAT and abs(step) > _FINEST:
        ahead = float(np.clip(x + step, *raw.structure.bounds()[0]))
        if ahead == x:  # the bound
            break
        below, there = best.llf, slope(ahead)
        if there * here <= 0:
            optimize.toms748(
                lambda x, beyond=there: beyond if np.isnan(slope(x)) else slope(x),
                min(x, ahead),
                max(x, ahead),
                xtol=_FINEST,
            )
            break
        higher = best.llf > below and not np.isnan(there)
        x, here, step = (ahead, there, 2 * step) if higher else (x, here, step / 4)
    return best


def _over_the_largest(structure: ResidualStructure, delta: Array) -> Array:
    """What takes memory and log SDs over the largest at δ to memory and log SDs over the first.

    Over the largest none is far above zero, so that the bounds of δ keep any two SDs from being
    further apart than digits allow: over a first SD that goes to zero all others are far up.
    """
    memory, number = int(structure.has_memory), len(structure.levels)
    over_first = np.eye(number)[1:] - np.eye(number)[0]  # of all log SDs
    turn = np.eye(len(delta))
    turn[memory:, memory:] = np.delete(over_first, np.argmax(structure.ratios(delta)), axis=1)
    return turn


def _uphill(raw: Raw, at: Whitened) -> float:
    """Largest slope of the log-likelihood that does not lead out of bounds."""
    turn = _over_the_largest(raw.structure, at.delta)
    over, slope = np.linalg.solve(turn, at.delta), raw.slope(at) @ turn
    low, high = np.transpose(raw.structure.bounds())
    outward = ((over <= low + 1e-9) & (slope < 0)) | ((over >= high - 1e-9) & (slope > 0))
    return float(np.abs(np.where(outward, 0.0, slope)).max())
