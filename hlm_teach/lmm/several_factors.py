"""Random intercepts of several grouping factors, crossed or nested.

With Z = [Z_1 … Z_F], one block of indicator columns a factor, and Λ diagonal (θ_f for every level
of factor f), the profiled deviance needs Z'Z, Z'X, Z'y and the Cholesky factor of

    C = I + Λ Z'Z Λ          (Bates et al. 2015, doi:10.18637/jss.v067.i01, section 3.2)

which is as large as the number of levels, not of rows. It is kept dense: exact and short, fine
for a few thousand levels. lme4 keeps it sparse and goes much further.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.progress_bar import progress_bar

from .degrees_of_freedom import Curvature
from .frame import ModelFrame
from .newton import minimise_batch
from .optimum import SINGULAR
from .profile import ProfiledDeviance
from .terms import RESIDUAL_SD, positions_of, term_parameters

MAX_LEVELS = 6_000
_SLOW_LEVELS = 1_000
_STARTS = (0.7, 0.1, 3.0)


class SeveralFactors:
    """An optimum of a model with random intercepts of several factors (see `protocols.Engine`)."""

    def __init__(self, frame: ModelFrame, *, reml: bool) -> None:
        self.frame, self.reml = frame, reml
        self._reduce(frame)
        theta, self.converged = self._search(reml)
        self._theta = theta
        self._at = self._evaluate(theta, reml)
        dof = self._n - self._p * reml
        self.sigma2 = float(self._scale**2 * self._at["r2"] / dof)
        inverse = np.linalg.inv(self._r)
        self.params = inverse @ (self._coef + self._scale * self._at["beta"])
        self.cov_params = self.sigma2 * inverse @ self._at["a_inverse"] @ inverse.T
        self._by_factor = theta**2 * self.sigma2
        self.singular = bool(np.any(theta < SINGULAR))
        self.llf = float(
            -0.5
            * (
                self._at["deviance"]
                + dof * np.log(self._scale**2)
                + 2 * reml * np.log(np.abs(np.diag(self._r))).sum()
            )
        )
        self.n_variance_params = len(theta) + 1
        self.notes = (*_structure_notes(frame), *_cost_notes(self._level_count))

    # ------------------------------------------------ the data

    def _reduce(self, frame: ModelFrame) -> None:
        coded = [np.unique(term.labels, return_inverse=True) for term in frame.terms]
        _check_levels(frame, [len(labels) for labels, _ in coded])
        self.labels = [labels for labels, _ in coded]
        self._codes = [codes for _, codes in coded]
        counts = [np.bincount(codes) for codes in self._codes]
        self.group_sizes = dict(zip(frame.groups, counts, strict=True))
        ends = np.cumsum([0, *(len(labels) for labels in self.labels)])
        self._slices = [slice(a, b) for a, b in zip(ends[:-1], ends[1:], strict=True)]
        self._level_count = int(ends[-1])
        x, y = frame.fixed.to_numpy(), frame.outcome.to_numpy()
        self._n, self._p = x.shape
        q, self._r = np.linalg.qr(x)
        if np.any(np.abs(np.diag(self._r)) <= 1e-10 * np.linalg.norm(x, axis=0)):
            raise ValueError(
                "the columns of the fixed effects are linearly dependent: "
                "leave out what the others already say"
            )
        self._coef = q.T @ y
        residual = y - q @ self._coef
        self._scale = float(np.sqrt(np.mean(residual**2)))
        if self._scale <= 1e-13 * np.abs(y).max():
            raise ValueError(
                "the outcome is fitted exactly by the fixed effects (or constant): "
                "no variance is left to estimate"
            )
        residual /= self._scale
        self._yy = float(residual @ residual)
        self._zx = np.concatenate(
            [_sums(q, c, len(n)) for c, n in zip(self._codes, counts, strict=True)]
        )
        self._zy = np.concatenate(
            [_sums(residual[:, None], c, len(n)) for c, n in zip(self._codes, counts, strict=True)]
        )[:, 0]
        self._zz = np.zeros((self._level_count, self._level_count))
        for f, rows in zip(self._codes, self._slices, strict=True):
            for h, columns in zip(self._codes, self._slices, strict=True):
                np.add.at(self._zz[rows, columns], (f, h), 1.0)

    # ------------------------------------------------ the deviance

    def _evaluate(self, theta: Array, reml: bool, derivatives: bool = False) -> dict:
        """The profiled deviance at θ (F,), in units of the scaled residuals, and its parts."""
        spread = np.concatenate(
            [np.full(s.stop - s.start, t) for s, t in zip(self._slices, theta, strict=True)]
        )
        c = spread[:, None] * self._zz * spread
        c[np.diag_indices_from(c)] += 1.0
        factor = linalg.cho_factor(c, lower=True, overwrite_a=True, check_finite=False)

        def discount(right: Array) -> Array:
            """Z'V⁻¹ · from Z' ·, with V⁻¹ = I − Z Λ C⁻¹ Λ Z'."""
            inner = linalg.cho_solve(factor, (spread * right.T).T, check_finite=False)
            return right - self._zz @ (spread * inner.T).T

        half_x = linalg.solve_triangular(factor[0], spread[:, None] * self._zx, lower=True)
        half_y = linalg.solve_triangular(factor[0], spread * self._zy, lower=True)
        a = np.eye(self._p) - half_x.T @ half_x  # X'V⁻¹X
        a_inverse = np.linalg.inv(a)
        beta = a_inverse @ (-half_x.T @ half_y)
        r2 = self._yy - half_y @ half_y - beta @ (a @ beta)
        dof = self._n - self._p * reml
        log_det = 2 * np.log(np.diag(factor[0])).sum() + reml * np.linalg.slogdet(a)[1]
        at = {
            "deviance": log_det + dof * (1 + np.log(2 * np.pi * r2 / dof)),
            "beta": beta,
            "r2": r2,
            "a_inverse": a_inverse,
            "log_det": log_det,
            "discount": discount,
        }
        return self._with_derivatives(at, theta, reml) if derivatives else at

    def _with_derivatives(self, at: dict, theta: Array, reml: bool) -> dict:
        """First and second derivatives with respect to θ (as in likelihood.py, G diagonal)."""
        t, f = at["discount"](self._zz), at["discount"](self._zx)
        v = at["discount"](self._zy) - f @ at["beta"]
        ai, blocks = at["a_inverse"], self._slices
        information = np.stack([f[s].T @ f[s] for s in blocks])
        h = np.stack([f[s].T @ v[s] for s in blocks])
        log_det = np.array([np.trace(t[s, s]) for s in blocks])
        log_det2 = -np.array([[np.sum(t[s, u] ** 2) for u in blocks] for s in blocks])
        if reml:
            log_det -= np.einsum("kl,fkl->f", ai, information)
            ftf = np.array([[f[s].T @ t[s, u] @ f[u] for u in blocks] for s in blocks])
            log_det2 += 2 * np.einsum("kl,fhkl->fh", ai, ftf) - np.einsum(
                "kl,flm,mn,hnk->fh", ai, information, ai, information
            )
        r2 = -np.array([v[s] @ v[s] for s in blocks])
        r2_second = 2 * (
            np.array([[v[s] @ t[s, u] @ v[u] for u in blocks] for s in blocks])
            - np.einsum("fk,kl,hl->fh", h, ai, h)
        )
        outer = 4 * np.outer(theta, theta)
        at.update(
            log_det1=2 * theta * log_det,
            log_det2=outer * log_det2 + np.diag(2 * log_det),
            r2_1=2 * theta * r2,
            r2_2=outer * r2_second + np.diag(2 * r2),
            information=2 * theta[:, None, None] * information,
        )
        return at

    # ------------------------------------------------ the optimum

    def _search(self, reml: bool) -> tuple[Array, bool]:
        dof = self._n - self._p * reml

        def objective(theta, index):
            at = self._evaluate(theta[:, 0], reml, derivatives=True)
            slope = at["r2_1"] / at["r2"]
            hessian = at["log_det2"] + dof * (at["r2_2"] / at["r2"] - np.outer(slope, slope))
            gradient = at["log_det1"] + dof * slope
            return np.array([at["deviance"]]), gradient[:, None], hessian[:, :, None]

        n_factors = len(self._slices)
        starts = [np.full((n_factors, 1), s) for s in _STARTS]
        values = [self._evaluate(s[:, 0], reml)["deviance"] for s in starts]
        theta, value, ok = minimise_batch(
            objective, starts[int(np.argmin(values))], np.zeros(1, int)
        )
        theta = np.abs(theta[:, 0])
        zeroed = np.where(theta < SINGULAR, 0.0, theta)
        cheaper = self._evaluate(zeroed, reml)["deviance"] <= value[0] + 1e-9
        return (zeroed if cheaper else theta), bool(ok[0])

    # ------------------------------------------------ what a result asks for

    @property
    def cov_re(self) -> dict[str, Array]:
        """G (1, 1) by grouping."""
        return {
            name: np.array([[variance]])
            for name, variance in zip(self.frame.groups, self._by_factor, strict=True)
        }

    def random_effects(self) -> dict[str, pd.DataFrame]:
        """BLUPs of every factor."""
        v = self._at["discount"](self._zy - self._zx @ self._at["beta"])
        return self._by_label(
            [self._scale * t**2 * v[s] for t, s in zip(self._theta, self._slices, strict=True)]
        )

    def random_effects_se(self) -> dict[str, pd.DataFrame]:
        """Standard deviations of the random effects given the data, parameters taken as known."""
        covariance = self._conditional_covariance
        return self._by_label(
            [np.sqrt(np.maximum(np.diag(covariance)[s], 0.0)) for s in self._slices]
        )

    @cached_property
    def _conditional_covariance(self) -> Array:
        """σ²(G − G Z'V⁻¹Z G) of all levels, (L, L)."""
        g = self._variances / self.sigma2
        return self.sigma2 * (np.diag(g) - g[:, None] * self._at["discount"](self._zz) * g)

    @property
    def _variances(self) -> Array:
        return np.concatenate(
            [
                np.full(s.stop - s.start, v)
                for s, v in zip(self._slices, self._by_factor, strict=True)
            ]
        )

    def _by_label(self, values: list[Array]) -> dict[str, pd.DataFrame]:
        return {
            name: pd.DataFrame({"Intercept": value}, index=pd.Index(labels, name=name))
            for name, labels, value in zip(self.frame.groups, self.labels, values, strict=True)
        }

    def random_part(self, data: pd.DataFrame, z: Mapping[str, Array]) -> Array:
        """Sum of the BLUPs of each row's levels (0 where unknown)."""
        effects = self.random_effects()
        total = np.zeros(len(data))
        for name, (at, known) in zip(self.frame.groups, self._positions(data), strict=True):
            total += np.where(known, effects[name]["Intercept"].to_numpy()[at], 0.0)
        return total

    def _positions(self, data: pd.DataFrame) -> list[tuple[NDArray[np.intp], NDArray[np.bool_]]]:
        return [
            positions_of(term.labels_in(data), labels)
            for term, labels in zip(self.frame.terms, self.labels, strict=True)
        ]

    def prediction_variance(
        self, x: Array, z: Mapping[str, Array], data: pd.DataFrame | None
    ) -> Array:
        """Variance of x'β̂ + z'û − (x'β + z'u), row by row; unknown levels add their variance."""
        rows = np.zeros((len(x), self._level_count))
        if data is None:
            unknown = np.full(len(x), self._by_factor.sum())
        else:
            unknown = np.zeros(len(x))
            for (at, known), s, variance in zip(
                self._positions(data), self._slices, self._by_factor, strict=True
            ):
                rows[known, s.start + at[known]] = 1.0
                unknown += np.where(known, 0.0, variance)
        gf = (
            (self._variances / self.sigma2)[:, None] * self._at["discount"](self._zx) @ self._r
        )  # G Z'V⁻¹X
        off = x - rows @ gf
        return (
            np.einsum("ik,kl,il->i", off, self.cov_params, off)
            + np.einsum("ia,ab,ib->i", rows, self._conditional_covariance, rows)
            + unknown
        )

    def residual_variance(self, data: pd.DataFrame) -> Array:
        """σ² in every row."""
        return np.full(len(data), self.sigma2)

    def curvature(self) -> Curvature:
        """See `degrees_of_freedom.Curvature`."""
        at = self._evaluate(self._theta, self.reml, derivatives=True)
        scale2 = self._scale**2
        information = self._r.T @ at["information"] @ self._r
        return Curvature(
            np.array([self.sigma2]),
            self._n - self._p * self.reml,
            self.cov_params[None] / self.sigma2,
            at["log_det2"][None],
            scale2 * at["r2_1"][None],
            scale2 * at["r2_2"][None],
            information[None],
        )

    def profiled_deviance(self, *, reml: bool = False) -> ProfiledDeviance:
        """The deviance in SDs and residual SD."""
        theta, _ = self._search(reml)
        at = self._evaluate(theta, reml)
        residual_sd = self._scale * np.sqrt(at["r2"] / (self._n - self._p * reml))
        sds = [parameter for term in self.frame.terms for parameter in term_parameters(term)]
        best = np.append(theta * residual_sd, residual_sd)
        bounds = [(0.0, np.inf)] * len(theta) + [(1e-6 * residual_sd, np.inf)]
        return ProfiledDeviance(
            (*sds, RESIDUAL_SD), best, bounds, lambda point: self._deviance_of_sds(point, reml)
        )

    def _deviance_of_sds(self, point: Array, reml: bool) -> tuple[float, Array]:
        """Deviance at SDs and residual SD, and its gradient (β profiled out)."""
        sd, s, n = point[:-1], point[-1] ** 2, self._n - self._p * reml
        theta = sd / point[-1]
        at = self._evaluate(theta, reml, derivatives=True)
        r2 = self._scale**2 * at["r2"]
        by_theta = at["log_det1"] + self._scale**2 * at["r2_1"] / s
        by_s = n / s - r2 / s**2 - np.sum(by_theta * theta) / (2 * s)
        return (
            at["log_det"] + n * np.log(2 * np.pi * s) + r2 / s,
            np.append(by_theta / point[-1], 2 * point[-1] * by_s),
        )

    # ------------------------------------------------ new outcomes from this fit

    def simulate(self, n_replicates: int, rng: np.random.Generator) -> Array:
        """Outcomes (R, N) drawn from the fitted model, new random effects included."""
        y = self.frame.fixed.to_numpy() @ self.params + np.sqrt(self.sigma2) * rng.standard_normal(
            (n_replicates, self._n)
        )
        for codes, labels, variance in zip(self._codes, self.labels, self._by_factor, strict=True):
            y += np.sqrt(variance) * rng.standard_normal((n_replicates, len(labels)))[:, codes]
        return y

    def llf_of(self, y: Array) -> Array:
        """Maximised log-likelihoods (R,) of this model for other outcomes (R, N)."""
        return np.array(
            [
                SeveralFactors(replace(self.frame, outcome=pd.Series(row)), reml=self.reml).llf
                for row in progress_bar(list(y))
            ]
        )

    def random_variance(self) -> float:
        """Sum of the variances of all factors."""
        return float(self._by_factor.sum())


def _sums(rows: Array, codes: NDArray[np.intp], n: int) -> Array:
    """Sums of rows (N, m) by code, (n, m)."""
    return np.column_stack([np.bincount(codes, weights=column, minlength=n) for column in rows.T])


def _check_levels(frame: ModelFrame, counts: list[int]) -> None:
    for name, count in zip(frame.groups, counts, strict=True):
        if count < 2:
            raise ValueError(f"groups: {name!r} has one level only; leave it out")
        if count >= len(frame.data):
            raise ValueError(
                f"groups: {name!r} has a level of its own for every row; "
                "it cannot be told from the residuals"
            )
    _check_distinct(frame)
    if sum(counts) > MAX_LEVELS:
        size = 8 * sum(counts) ** 2 / 1e9
        raise ValueError(
            f"groups: {sum(counts)} levels in all need several dense matrices of {size:.1f} GB "
            f"each; fit_lmm stops at {MAX_LEVELS} levels. Use software with sparse matrices: "
            "lme4 in R, or MixedModels.jl in Julia"
        )


def _check_distinct(frame: ModelFrame) -> None:
    for i, first in enumerate(frame.groups):
        for second in frame.groups[:i]:
            if _nested(frame, first, second) and _nested(frame, second, first):
                raise ValueError(
                    f"groups: {first!r} and {second!r} divide the rows in the same "
                    "way; keep one of them"
                )


def _nested(frame: ModelFrame, inner: str, outer: str) -> bool:
    """Does every level of `inner` occur in one level of `outer` only?"""
    return bool((frame.data.groupby(inner, observed=True)[outer].nunique() == 1).all())


def _structure_notes(frame: ModelFrame) -> list[str]:
    sentences = []
    for i, first in enumerate(frame.groups):
        for second in frame.groups[:i]:
            if _nested(frame, first, second):
                sentences.append(f"{first} is nested in {second}.")
            elif _nested(frame, second, first):
                sentences.append(f"{second} is nested in {first}.")
            else:
                sentences.append(
                    f"{second} and {first} are crossed: levels of one occur with several levels of "
                    "the other. If labels are re-used and they should be nested, make them unique."
                )
    return sentences


def _cost_notes(levels: int) -> list[str]:
    """What the fit costs, where that is worth knowing."""
    if levels <= _SLOW_LEVELS:
        return []
    return [
        f"{levels} levels in all: time grows with their cube, memory with their square. "
        "lme4 in R and MixedModels.jl use sparse matrices and go much further."
    ]
