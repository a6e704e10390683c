"""The engine for residuals that remember or differ in variance (see `protocols.Engine`).

The rows are whitened (residual_structure.py) at the best residual parameters
(residual_search.py); what is left is the two-level model of `OneTerm`, whose answers about G, β
and the groups hold as they are. Here stands what whitening changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach._shared.arrays import Array, quadratic_forms

from .degrees_of_freedom import Curvature
from .frame import ModelFrame
from .matrices import square_root
from .one_term import OneTerm
from .profile import ProfiledDeviance
from .residual_curvature import residual_curvature
from .residual_notes import residual_notes
from .residual_profile import residual_profile
from .residual_search import Raw, Whitened, search
from .residual_spec import residual_structure
from .residual_structure import ResidualStructure, colour
from .terms import levels_of, positions_of


class StructuredResiduals(OneTerm):
    """An optimum of the two-level model whose residuals have memory, several SDs, or both."""

    def __init__(self, frame: ModelFrame, *, reml: bool) -> None:
        self.frame, self.reml, self.term = frame, reml, frame.only_term
        self.labels, self.codes = levels_of(self.term.labels)
        self.structure: ResidualStructure = residual_structure(
            frame.residual, frame.data, self.term.labels, self.codes
        )
        self.raw = self._as_raw()
        self.best, self.converged = search(self.raw)
        self._keep(self.best)
        self.notes = residual_notes(self.raw, self.best)

    def _as_raw(self) -> Raw:
        frame, order = self.frame, self.structure.order
        return Raw(
            self.structure,
            frame.fixed.to_numpy()[order],
            self.term.design.to_numpy()[order],
            frame.outcome.to_numpy()[order],
            self.term.correlated,
            self.reml,
        )

    def __getstate__(self) -> dict[str, Any]:
        made = ("raw", "_ml_raw", "_ml_best")  # the design is whitened: it is kept
        return {k: v for k, v in vars(self).items() if k not in made}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.raw = self._as_raw()

    def _keep(self, best: Whitened) -> None:
        self.design, self.response, self.fit = best.design, best.response, best.fit
        self.params = self.fit.params[0]
        self.cov_params = self.fit.cov_params[0]
        self.sigma2 = float(self.fit.sigma2[0])
        self.llf = best.llf
        self.singular = bool(self.fit.singular[0])
        self.n_variance_params = self.design.n_theta + 1 + self.structure.n_params
        self._g = self.fit.cov_re[0]

    @property
    def phi(self) -> float | None:
        """Correlation of residuals one unit of time apart; None without memory."""
        return self.structure.phi(self.best.delta) if self.structure.has_memory else None

    @property
    def residual_sd(self) -> Array:
        """Residual SD of each stratum, in the order of `structure.levels`."""
        return np.sqrt(self.sigma2) * self.structure.ratios(self.best.delta)

    def residual_sd_series(self) -> pd.Series:
        """`residual_sd` by the values of the column; one "residual" where there is none."""
        if self.structure.column is None:
            return pd.Series(self.residual_sd, ["residual"], name="residual_sd")
        levels = pd.Index(self.structure.levels, name=self.structure.column)
        return pd.Series(self.residual_sd, levels, name="residual_sd")

    # ------------------------------------------------ prediction

    def residual_variance(self, data: pd.DataFrame) -> Array:
        """Variance of e in each row: that of its stratum."""
        return self.residual_sd[self._stratum(data)] ** 2

    def _stratum(self, data: pd.DataFrame) -> Array:
        column = self.structure.column
        if column is None:
            return np.zeros(len(data), np.intp)
        if column not in data.columns:
            raise ValueError(f"data has no column {column!r}, whose values have residual SDs")
        found = pd.Index(self.structure.levels).get_indexer(data[column])
        if np.any(found < 0):
            unknown = data[column].to_numpy()[found < 0][0]
            raise ValueError(
                f"{column}={unknown!r} was not among the fitted values "
                f"{list(self.structure.levels)}: its residual SD is not known"
            )
        return found

    def forecast(self, x: Array, z: Mapping[str, Array], data: pd.DataFrame) -> tuple[Array, Array]:
        """What memory adds to x'β̂ + z'û of each row (m,), and the variance (m,) of the whole
        prediction minus a new outcome there, from all outcomes of the row's group.

        Rows of unknown groups have nothing to remember: 0, and the variance of a new outcome.
        """
        variance = self.prediction_variance(x, z, data) + self.residual_variance(data)
        added = np.zeros(len(data))
        codes, known = positions_of(self.term.labels_in(data), self.labels)
        for j in np.unique(codes[known]):
            rows = np.flatnonzero(known & (codes == j))
            added[rows], variance[rows] = self._forecast_group(
                j, x[rows], z[self.term.group][rows], data.iloc[rows]
            )
        return added, variance

    def _forecast_group(
        self, j: int, x: Array, z: Array, data: pd.DataFrame
    ) -> tuple[Array, Array]:
        """Universal kriging in group j: with c = cov(e_new, e_j) and k = Z_jGz + c, the prediction
        is x'β̂ + k'V_j⁻¹(y_j − X_jβ̂)."""
        mine = self.structure.codes == j
        v = self._group_covariance(j)
        times = data[self.structure.time].to_numpy(float)
        seen = self.frame.data[self.structure.time].to_numpy(float)[self.structure.order][mine]
        sd = self.residual_sd[self.structure.stratum[mine]]
        new_sd = self.residual_sd[self._stratum(data)]
        c = self._correlation(np.abs(seen[:, None] - times)) * sd[:, None] * new_sd
        raw_x, raw_z = self.raw.x[mine], self.raw.z[mine]
        k = raw_z @ self._g @ z.T + c
        weights = np.linalg.solve(v, k)
        residual = self.raw.y[mine] - raw_x @ self.params
        blup = z @ self._g @ raw_z.T @ np.linalg.solve(v, residual)
        off = x - weights.T @ raw_x
        total = np.einsum("ia,ab,ib->i", z, self._g, z) + new_sd**2
        variance = total - np.sum(k * weights, axis=0)
        variance = variance + quadratic_forms(off, self.cov_params)
        return weights.T @ residual - blup, np.maximum(variance, 0.0)

    def _group_covariance(self, j: int) -> Array:
        """V_j = Z_jGZ_j' + R_j in the data's units."""
        mine = self.structure.codes == j
        times = self.frame.data[self.structure.time].to_numpy(float)[self.structure.order][mine]
        sd = self.residual_sd[self.structure.stratum[mine]]
        r = self._correlation(np.abs(times[:, None] - times)) * np.outer(sd, sd)
        return self.raw.z[mine] @ self._g @ self.raw.z[mine].T + r

    def _correlation(self, distance: Array) -> Array:
        """Correlation of two residuals of a group that far apart in time."""
        phi = self.phi
        assert phi is not None
        if self.structure.memory == "ar1":
            distance = np.round(distance)
        return np.where(distance == 0, 1.0, np.sign(phi) ** distance * np.abs(phi) ** distance)

    # ------------------------------------------------ inference

    def curvature(self) -> Curvature:
        """How the deviance bends in (θ, δ, σ²)."""
        return residual_curvature(self.raw, self.best)

    def profiled_deviance(self, *, reml: bool = False) -> ProfiledDeviance:
        """The deviance in SDs, correlations, φ, SD ratios and residual SD."""
        if reml == self.reml:
            return residual_profile(self.raw, self.best, self.term)
        other = replace(self.raw, reml=reml)
        return residual_profile(other, search(other)[0], self.term)

    # ------------------------------------------------ other outcomes

    def simulate(self, n_replicates: int, rng: np.random.Generator) -> Array:
        """Outcomes (R, N) drawn from the fitted model: new effects, new residuals with memory."""
        root = square_root(self._g)
        u = rng.standard_normal((n_replicates, len(self.labels), len(root))) @ root.T
        noise = rng.standard_normal((len(self.codes), n_replicates))
        e = np.sqrt(self.sigma2) * colour(self.structure, self.best.delta, noise)
        outcomes = self.raw.x @ self.params + e.T
        outcomes += np.einsum("na,rna->rn", self.raw.z, u[:, self.structure.codes])
        back = np.empty_like(outcomes)
        back[:, self.structure.order] = outcomes
        return back

    def llf_of(self, y: Array) -> Array:
        """Maximised log-likelihoods (R,) for other outcomes (R, N): a search for each."""
        sorted_y = np.atleast_2d(y)[:, self.structure.order]
        return np.array([search(replace(self.raw, y=row))[0].llf for row in sorted_y])
