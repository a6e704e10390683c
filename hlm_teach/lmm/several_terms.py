"""The engine for several random terms, crossed or nested: what a fitted model is asked for (see `protocols.Engine`).

The likelihood and how it is computed stand in blocked_cholesky.py, the search for its optimum in
blocked_optimum.py, what follows from the optimum (BLUPs and their standard errors among it) in
blocked_fit.py. Here it meets the names: of groupings, levels and effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array
from hlm_teach._shared.progress_bar import progress_bar

from .blocked_fit import BlockedFit
from .blocks import Term
from .degrees_of_freedom import Curvature
from .frame import ModelFrame
from .profile import ProfiledDeviance
from .terms import RESIDUAL_SD, RandomTerm, positions_of, term_parameters
from .what_fits import check_terms, cost_notes, structure_notes


class SeveralTerms:
    """An optimum of the model with several random terms."""

    def __init__(self, frame: ModelFrame, *, reml: bool) -> None:
        self.frame, self.reml = frame, reml
        coded = [pd.factorize(term.labels.to_numpy(), sort=True) for term in frame.terms]
        self.labels = dict(zip(frame.groups, (labels for _, labels in coded), strict=True))
        terms = _arrays_of(frame)
        check_terms(frame.fixed.to_numpy(), terms)
        self._fitted = BlockedFit(
            frame.fixed.to_numpy(), frame.outcome.to_numpy(), terms, reml=reml
        )
        optimum = self._fitted.fit
        self.params: Array = optimum.params
        self.cov_params: Array = optimum.cov_params
        self.cov_re: dict[str, Array] = dict(zip(frame.groups, optimum.cov_re, strict=True))
        self.sigma2, self.llf = optimum.sigma2, optimum.llf
        self.singular, self.converged = any(optimum.singular), optimum.converged
        self.singular_terms = dict(zip(frame.groups, optimum.singular, strict=True))
        self.n_variance_params = len(optimum.theta) + 1
        self.group_sizes: dict[str, NDArray[np.integer]] = {
            term.name: np.bincount(term.codes) for term in terms
        }
        self.notes = (*structure_notes(terms), *cost_notes(terms))

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        x, y = self.frame.fixed.to_numpy(), self.frame.outcome.to_numpy()
        self._fitted.rebuild(x, y, _arrays_of(self.frame))

    # ------------------------------------------------ random effects and prediction

    @cached_property
    def _blups(self) -> dict[str, Array]:
        return dict(zip(self.frame.groups, self._fitted.effects(), strict=True))

    def random_effects(self) -> dict[str, pd.DataFrame]:
        """BLUPs of every term, one row a level."""
        return self._by_label(self._blups)

    def random_effects_se(self) -> dict[str, pd.DataFrame]:
        """Standard deviations of the effects given the data, the parameters taken as known."""
        return self._by_label(dict(zip(self.frame.groups, self._fitted.effects_se(), strict=True)))

    def _by_label(self, values: Mapping[str, Array]) -> dict[str, pd.DataFrame]:
        return {
            term.group: pd.DataFrame(
                values[term.group],
                pd.Index(self.labels[term.group], name=term.group),
                list(term.effects),
            )
            for term in self.frame.terms
        }

    def random_part(self, data: pd.DataFrame, z: Mapping[str, Array]) -> Array:
        """Σ_k z_k'û_k of each row; a level that was not fitted adds 0."""
        total = np.zeros(len(data))
        for term in self.frame.terms:
            place, known = positions_of(term.labels_in(data), self.labels[term.group])
            effects = self._blups[term.group][place]
            total += np.where(known, np.einsum("ia,ia->i", z[term.group], effects), 0.0)
        return total

    def prediction_variance(
        self, x: Array, z: Mapping[str, Array], data: pd.DataFrame | None
    ) -> Array:
        """Variance of x'β̂ + Σz_k'û_k − (x'β + Σz_k'u_k), row by row."""
        codes = []
        for term in self.frame.terms:
            place, known = np.zeros(len(x), int), np.zeros(len(x), bool)
            if data is not None:
                place, known = positions_of(term.labels_in(data), self.labels[term.group])
            codes.append(np.where(known, place, -1))
        return self._fitted.prediction_variance(x, [z[name] for name in self.frame.groups], codes)

    def residual_variance(self, data: pd.DataFrame) -> Array:
        """σ² in every row."""
        return np.full(len(data), self.sigma2)

    # ------------------------------------------------ inference

    def curvature(self) -> Curvature:
        """See `degrees_of_freedom.Curvature`."""
        return self._fitted.curvature()

    def profiled_deviance(self, *, reml: bool = False) -> ProfiledDeviance:
        """The deviance in SDs, correlations and residual SD."""
        sds, correlations, residual = self._fitted.best_sds(reml=reml)
        best: list[float] = []
        bounds: list[tuple[float, float]] = []
        for term, sd, correlation in zip(self.frame.terms, sds, correlations, strict=True):
            cor = correlation[_below(len(sd))] if term.correlated else np.zeros(0)
            best += [*sd, *np.clip(cor, -1, 1)]
            bounds += [(0.0, np.inf)] * len(sd) + [(-1.0, 1.0)] * len(cor)
        parameters = [p for term in self.frame.terms for p in term_parameters(term)]
        return ProfiledDeviance(
            (*parameters, RESIDUAL_SD),
            np.array([*best, residual]),
            [*bounds, (1e-6 * residual, np.inf)],
            lambda point: self._deviance_of(point, reml),
            terms=self.frame.terms,
            by_roots=lambda roots, rest: self._deviance_of_roots(roots, rest, reml),
        )

    def _deviance_of_roots(
        self, roots: list[Array], residual_sd: Array, reml: bool
    ) -> tuple[float, list[Array], Array]:
        """Deviance at a root of each G and the residual SD, and its gradient by those."""
        residual = float(residual_sd[0])
        deviance, by_g, by_s = self._fitted.deviance_of_roots(roots, residual, reml=reml)
        return deviance, by_g, np.array([2 * residual * by_s])

    def _deviance_of(self, point: Array, reml: bool) -> tuple[float, Array]:
        """Deviance at SDs, correlations and residual SD, and its gradient (β profiled out)."""
        sds, correlations, at = [], [], 0
        for term in self.frame.terms:
            q = len(term.effects)
            sds.append(point[at : at + q])
            at += q
            correlation = np.eye(q)
            if term.correlated:
                rows, columns = _below(q)
                values = point[at : at + len(rows)]
                correlation[rows, columns] = correlation[columns, rows] = values
                at += len(rows)
            correlations.append(correlation)
        deviance, by_g, by_s = self._fitted.deviance_of_sds(sds, correlations, point[-1], reml=reml)
        gradient: list[float] = []
        for term, sd, correlation, d in zip(self.frame.terms, sds, correlations, by_g, strict=True):
            gradient += [2 * np.sum(d[a] * correlation[a] * sd) for a in range(len(sd))]
            if term.correlated:
                rows, columns = _below(len(sd))
                gradient += [*(2 * d[rows, columns] * sd[rows] * sd[columns])]
        return deviance, np.array([*gradient, 2 * point[-1] * by_s])

    def random_variance(self) -> float:
        """Mean over the rows of Σ_k z_k'G_k z_k."""
        parts = self._fitted.variance_of_rows([term.z for term in self._fitted.terms])
        return float(sum(part.mean() for part in parts))

    # ------------------------------------------------ new outcomes from this fit

    def simulate(self, n_replicates: int, rng: np.random.Generator) -> Array:
        """Outcomes (R, N) drawn from the fitted model, new random effects included."""
        return self._fitted.simulate(n_replicates, rng)

    def llf_of(self, y: Array) -> Array:
        """Maximised log-likelihoods (R,) of this model for other outcomes (R, N)."""
        return np.array([self._fitted.llf_of(row) for row in progress_bar(list(y))])


def _arrays_of(frame: ModelFrame) -> list[Term]:
    coded = [pd.factorize(term.labels.to_numpy(), sort=True) for term in frame.terms]
    return [
        _as_arrays(term, codes, len(labels))
        for term, (codes, labels) in zip(frame.terms, coded, strict=True)
    ]


def _as_arrays(term: RandomTerm, codes: NDArray[np.intp], n_levels: int) -> Term:
    return Term(term.group, term.effects, term.design.to_numpy(), codes, n_levels, term.correlated)


def _below(q: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns below the diagonal, row by row (as `term_parameters` lists them)."""
    return np.tril_indices(q, -1)
