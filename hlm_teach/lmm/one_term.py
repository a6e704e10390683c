"""The engine for one grouping: what a fitted model is asked for (see `protocols.Engine`).

It holds an optimum of the profiled deviance (likelihood.py, optimum.py) and answers in the
data's own units; BLUPs and their standard errors are computed in random_effects.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array, quadratic_forms

from .degrees_of_freedom import Curvature
from .design import Design, make_design
from .frame import ModelFrame
from .likelihood import Evaluation, evaluate
from .matrices import square_root
from .optimum import ProfiledFit, curvature, fit_profiled
from .profile import ProfiledDeviance
from .random_effects import (
    blups,
    conditional_covariance,
    lost_with_beta,
    relative_g,
    standard_errors,
    weights_by_group,
)
from .refusals import check_left_within
from .response import Response, make_response
from .terms import RESIDUAL_SD, levels_of, positions_of, term_parameters
from .theta import lambda_


class OneTerm:
    """An optimum of the two-level model with one grouping."""

    notes: tuple[str, ...] = ()

    def __init__(self, frame: ModelFrame, *, reml: bool) -> None:
        self.frame, self.reml, self.term = frame, reml, frame.only_term
        self.labels, self.codes = levels_of(self.term.labels)
        self.design: Design = make_design(
            frame.fixed.to_numpy(),
            self.term.design.to_numpy(),
            self.codes,
            correlated=self.term.correlated,
        )
        self.response: Response = make_response(self.design, frame.outcome.to_numpy())
        check_left_within(self.design, self.response, frame)
        self.fit: ProfiledFit = fit_profiled(self.design, self.response, reml=reml)
        self.params: Array = self.fit.params[0]
        self.cov_params: Array = self.fit.cov_params[0]
        self.sigma2 = float(self.fit.sigma2[0])
        self.llf = float(self.fit.llf[0])
        self.singular = bool(self.fit.singular[0])
        self.converged = bool(self.fit.converged[0])
        self.n_variance_params = self.design.n_theta + 1
        self._g: Array = self.fit.cov_re[0]

    def __getstate__(self) -> dict[str, Any]:
        """Without what is made of the data in no time."""
        made = ("design", "response", "_at", "_by_group", "_blups", "_g_working")
        return {k: v for k, v in vars(self).items() if k not in made}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.design = make_design(
            self.frame.fixed, self.term.design, self.codes, correlated=self.term.correlated
        )
        self.response = make_response(self.design, self.frame.outcome)

    @property
    def cov_re(self) -> dict[str, Array]:
        """G by grouping."""
        return {self.term.group: self._g}

    @property
    def singular_terms(self) -> dict[str, bool]:
        """Whether G has lost rank, by grouping."""
        return {self.term.group: self.singular}

    @property
    def group_sizes(self) -> dict[str, NDArray[np.integer]]:
        """Rows in each group, by grouping."""
        return {self.term.group: self.design.sizes}

    @cached_property
    def _at(self) -> Evaluation:
        return evaluate(
            self.design, self.response, lambda_(self.design, self.fit.theta), reml=self.reml
        )

    @cached_property
    def _by_group(self) -> tuple[Array, Array]:
        """S = N⁻¹ (J, q, q) and K S (J, q, q) of every group."""
        return weights_by_group(self.design, self.fit.theta)

    @cached_property
    def _g_working(self) -> Array:
        """Relative G in the working basis."""
        return relative_g(self.design, self.fit.theta)

    def random_effects(self) -> dict[str, pd.DataFrame]:
        """BLUPs û_j, one row a group."""
        return self._by_label(self._blups)

    @cached_property
    def _blups(self) -> Array:
        """û_j = G Z_j'V_j⁻¹(y_j − X_jβ̂)/σ² of every group, (J, q)."""
        beta, ks = self._at.beta[:, 0], self._by_group[1]
        return blups(self.design, self.response, beta, self._g_working, ks)

    def random_effects_se(self) -> dict[str, pd.DataFrame]:
        """Standard deviations of u_j given the data, the parameters taken as known."""
        return self._by_label(standard_errors(self._conditional_covariance()))

    def _conditional_covariance(self) -> Array:
        """σ²(G − G T_j G) in units of the data (J, q, q)."""
        g, ks = self._g_working, self._by_group[1]
        return conditional_covariance(self.design, self.sigma2, g, ks)

    def _by_label(self, values: Array) -> dict[str, pd.DataFrame]:
        name = self.term.group
        index = pd.Index(self.labels, name=name)
        return {name: pd.DataFrame(values, index, list(self.term.effects))}

    # ------------------------------------------------ prediction

    def random_part(self, data: pd.DataFrame, z: Mapping[str, Array]) -> Array:
        """z'û of each row (0 for groups that were not fitted)."""
        codes, known = positions_of(self.term.labels_in(data), self.labels)
        by_row = np.einsum("ia,ia->i", z[self.term.group], self._blups[codes])
        return np.where(known, by_row, 0.0)

    def prediction_variance(
        self, x: Array, z: Mapping[str, Array], data: pd.DataFrame | None
    ) -> Array:
        """Variance of x'β̂ + z'û − (x'β + z'u), row by row; for groups that are not known
        (`data` None, or a new label) of x'β̂ − (x'β + z'u)."""
        z_rows = z[self.term.group]
        fixed = quadratic_forms(x, self.cov_params)
        new = fixed + np.einsum("ia,ab,ib->i", z_rows, self._g, z_rows)
        if data is None:
            return new
        codes, known = positions_of(self.term.labels_in(data), self.labels)
        g, ks = self._g_working, self._by_group[1]
        zg = lost_with_beta(self.design, g, ks)[codes]  # (m, q, p)
        zgf = np.einsum("ia,iak->ik", z_rows, zg)
        joint = quadratic_forms(x - zgf, self.cov_params) + np.einsum(
            "ia,iab,ib->i", z_rows, self._conditional_covariance()[codes], z_rows
        )
        return np.where(known, joint, new)

    def residual_variance(self, data: pd.DataFrame) -> Array:
        """σ² in every row."""
        return np.full(len(data), self.sigma2)

    # ------------------------------------------------ inference

    def curvature(self) -> Curvature:
        """See `degrees_of_freedom.Curvature`."""
        return curvature(self.design, self.response, self.fit, reml=self.reml)

    def profiled_deviance(self, *, reml: bool = False) -> ProfiledDeviance:
        """The deviance in SDs, correlations and residual SD."""
        ml = fit_profiled(self.design, self.response, reml=reml)
        q = self.design.n_random
        pairs = [(a, b) for a in range(q) for b in range(a)] if self.term.correlated else []
        sd = np.sqrt(np.diag(ml.cov_re[0]))
        cor = [ml.cov_re[0][a, b] / max(sd[a] * sd[b], 1e-300) for a, b in pairs]
        best = np.array([*sd, *np.clip(cor, -1, 1), np.sqrt(ml.sigma2[0])])
        bounds = [(0.0, np.inf)] * q + [(-1.0, 1.0)] * len(pairs) + [(1e-6 * best[-1], np.inf)]
        parameters = (*term_parameters(self.term), RESIDUAL_SD)
        return ProfiledDeviance(
            parameters,
            best,
            bounds,
            lambda point: self._deviance_of_sds(point, pairs, reml),
            terms=(self.term,),
            by_roots=lambda roots, rest: self._deviance_of_root(roots, rest, reml),
        )

    def _deviance_of_sds(self, point: Array, pairs: list[tuple], reml: bool) -> tuple[float, Array]:
        """Deviance at SDs, correlations and residual SD, and its gradient (β profiled out)."""
        sd, correlation = point[: self.design.n_random], np.eye(self.design.n_random)
        for (a, b), value in zip(pairs, point[len(sd) : -1], strict=True):
            correlation[a, b] = correlation[b, a] = value
        values, vectors = np.linalg.eigh(correlation)
        root = sd[:, None] * vectors * np.sqrt(np.maximum(values, 0))
        deviance, (by_g,), by_residual = self._deviance_of_root([root], point[-1:], reml)
        gradient = [2 * np.sum(by_g[a] * correlation[a] * sd) for a in range(len(sd))]
        gradient += [2 * by_g[a, b] * sd[a] * sd[b] for a, b in pairs]
        return deviance, np.array([*gradient, *by_residual])

    def _deviance_of_root(
        self, roots: list[Array], residual_sd: Array, reml: bool
    ) -> tuple[float, list[Array], Array]:
        """Deviance at a root of G and the residual SD, and its gradient by G and by that SD (β
        profiled out)."""
        n, s = self.design.n_obs - self.design.n_fixed * reml, residual_sd[0] ** 2
        inverse_basis = np.linalg.inv(self.design.z_basis)
        outer = inverse_basis @ roots[0] / residual_sd[0]
        at = evaluate(self.design, self.response, outer[:, :, None], reml=reml, derivatives=1)
        r2 = float(self.response.scale[0] ** 2 * at.r2[0])
        log_det = at.deviance[0] - n * (1 + np.log(2 * np.pi * at.r2[0] / n))
        scale2 = self.response.scale[0] ** 2
        by_g = at.log_det[:, :, 0] + scale2 * at.r2_gradient[:, :, 0] / s  # d/dG_relative
        by_s = n / s - r2 / s**2 - np.sum(by_g * (outer @ outer.T)) / s
        return (
            float(log_det + n * np.log(2 * np.pi * s) + r2 / s),
            [inverse_basis.T @ by_g @ inverse_basis / s],
            np.array([2 * residual_sd[0] * by_s]),
        )

    # ------------------------------------------------ new outcomes from this fit

    def simulate(self, n_replicates: int, rng: np.random.Generator) -> Array:
        """Outcomes (R, N) drawn from the fitted model, new random effects included."""
        z = self.term.design.to_numpy()
        root = square_root(self._g)
        u = rng.standard_normal((n_replicates, len(self.labels), z.shape[1])) @ root.T
        mean = self.frame.fixed.to_numpy() @ self.params
        noise = np.sqrt(self.sigma2) * rng.standard_normal((n_replicates, len(z)))
        return mean + noise + sum(z[:, a] * u[:, self.codes, a] for a in range(z.shape[1]))

    def llf_of(self, y: Array) -> Array:
        """Maximised log-likelihoods (R,) of this model for other outcomes (R, N)."""
        return fit_profiled(self.design, make_response(self.design, y), reml=self.reml).llf

    def random_variance(self) -> float:
        """Mean over the rows of z'Gz."""
        z = self.term.design.to_numpy()
        return float(np.einsum("ia,ab,ib->i", z, self._g, z).mean())
