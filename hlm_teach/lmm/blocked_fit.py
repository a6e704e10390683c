"""What a fitted model with several random terms is asked for (see protocols.py).

Holds an optimum of the deviance of blocked_cholesky.py and answers in the data's own units.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array, quadratic_forms

from .blocked_cholesky import evaluate
from .blocked_optimum import Optimum, chain, directions, fit_blocks, lambdas, on_diagonal
from .blocks import Blocks, Outcome, Term, make_blocks, make_outcome
from .degrees_of_freedom import Curvature
from .matrices import square_root

_STEP = 1e-3  # relative step of the differences of gradients
_OFF_ZERO = 0.1  # where a search that starts from another fit begins in a zero variance
_CELLS = 4_000_000  # of a working matrix of predictions


class BlockedFit:
    """An optimum of the model with several random terms, on plain arrays.

    All lists are in the order in which the terms were given.
    """

    def __init__(self, x: Array, y: Array, terms: Sequence[Term], *, reml: bool) -> None:
        self.x, self.terms, self.reml = x, list(terms), reml
        self.blocks: Blocks = make_blocks(x, self.terms)
        self.outcome: Outcome = make_outcome(self.blocks, y)
        self.fit: Optimum = fit_blocks(self.blocks, self.outcome, reml=reml)

    def __getstate__(self) -> dict[str, Any]:
        """Without what is made of the data in no time."""
        return {k: v for k, v in vars(self).items() if k not in ("x", "terms", "blocks", "outcome")}

    def rebuild(self, x: Array, y: Array, terms: Sequence[Term]) -> None:
        """Make it again, after unpickling."""
        self.x, self.terms = x, list(terms)
        self.blocks = make_blocks(x, self.terms)
        self.outcome = make_outcome(self.blocks, y)

    @property
    def _place(self) -> list[int]:
        """Where each term of the user stands in the order of elimination."""
        return [int(k) for k in np.argsort(self.blocks.order)]

    @cached_property
    def _bases(self) -> list[Array]:
        return [self.blocks.terms[k].basis for k in self._place]

    @cached_property
    def _relative(self) -> list[Array]:
        """G_k/σ² in the working basis."""
        lam = self.fit.at.factor.relative
        return [lam[k] @ lam[k].T for k in self._place]

    # ------------------------------------------------ random effects

    def effects(self) -> list[Array]:
        """BLUPs û_k = G_k Z_k'V⁻¹(y − Xβ̂)/σ² of every level, (L_k, q_k)."""
        return [
            self.outcome.scale * self.fit.at.v[k] @ g @ basis.T
            for k, g, basis in zip(self._place, self._relative, self._bases, strict=True)
        ]

    def effects_se(self) -> list[Array]:
        """Standard deviations of u_k given the data, the parameters taken as known (L_k, q_k)."""
        return [
            np.sqrt(
                np.maximum(np.einsum("lab,ca,cb->lc", block, basis, basis), 0.0) * self.fit.sigma2
            )
            for block, basis in zip(self._own_covariance(), self._bases, strict=True)
        ]

    @cached_property
    def _rest_covariance(self) -> Array:
        factor = self.fit.at.factor
        return factor.rest_covariance() if len(factor.b22) else factor.b22

    def _own_covariance(self) -> list[Array]:
        """Covariance of each level's effects given the data, over σ², in the working basis.

        ΛC⁻¹Λ' has the blocks W for the other terms and T + T A₁₂ W A₂₁ T for the first.
        """
        t1, w = self.fit.at.factor.t1, self._rest_covariance
        blocks = [t1 + t1 @ self.blocks.coupling.diagonal(w) @ t1]
        for term, columns in zip(self.blocks.terms[1:], self.blocks.slices, strict=True):
            levels, q = np.arange(term.n_levels), term.n_effects
            own = w[columns, columns].reshape(term.n_levels, q, term.n_levels, q)
            blocks.append(own[levels, :, levels])
        return [blocks[k] for k in self._place]

    # ------------------------------------------------ prediction

    def prediction_variance(
        self, x: Array, z: Sequence[Array], codes: Sequence[NDArray[np.intp]]
    ) -> Array:
        """Variance of x'β̂ + z'û − (x'β + z'u) row by row.

        Parameters
        ----------
        z, codes
            For each term Z (m, q_k) and the rows' levels; −1: a new level, whose effects vary by
            G_k and are predicted as 0.
        """
        step = max(1, _CELLS // (len(self.blocks.a22) + self.blocks.n_fixed + 1))
        return np.concatenate(
            [
                self._variance_of_rows(
                    x[i : i + step],
                    [part[i : i + step] for part in z],
                    [part[i : i + step] for part in codes],
                )
                for i in range(0, len(x), step)
            ]
            or [np.zeros(0)]
        )

    def _variance_of_rows(self, x: Array, z: list[Array], codes: list[NDArray[np.intp]]) -> Array:
        """Of û given β̂: a'T_i a + d'Wd with d = b − A₂₁T_i a for a row with z = (a, b)."""
        new, off = np.zeros(len(x)), x.copy()
        d = np.zeros((len(x), len(self.blocks.a22)))
        own = np.zeros(len(x))
        for user, k in enumerate(self._place):
            known = codes[user] >= 0
            level = np.where(known, codes[user], 0)
            row = np.where(known[:, None], z[user] @ self._bases[user], 0.0)
            new += np.where(
                known, 0.0, np.einsum("ma,ab,mb->m", z[user], self.fit.cov_re[user], z[user])
            )
            gf = self._relative[user] @ self.fit.at.f[k] @ self.blocks.r_factor  # G Z'V⁻¹X
            off -= np.einsum("ma,map->mp", row, gf[level])
            if k == 0:
                t_row = np.einsum("ma,mab->mb", row, self.fit.at.factor.t1[level])
                own += np.einsum("ma,ma->m", t_row, row)
                d -= self.blocks.coupling.rows(level, t_row)
            else:
                q = row.shape[1]
                columns = self.blocks.slices[k - 1].start + level[:, None] * q + np.arange(q)
                d[np.arange(len(x))[:, None], columns] += row
        own += np.einsum("mb,mb->m", d @ self._rest_covariance, d)
        return quadratic_forms(off, self.fit.cov_params) + self.fit.sigma2 * own + new

    # ------------------------------------------------ inference

    def curvature(self) -> Curvature:
        """See `degrees_of_freedom.Curvature`. Second derivatives are central differences of the
        exact gradients; each θ in units of its own size, so that none bends too little to count."""
        theta, scale2 = self.fit.theta, self.outcome.scale**2
        unit = np.maximum(np.abs(theta), 1.0)
        second = self._differences(theta, _STEP * np.maximum(np.abs(theta), 0.05))
        second = second * unit[:, None, None] * unit
        r = self.blocks.r_factor
        information = np.array(
            [size * r.T @ part @ r for size, part in zip(unit, self._information(), strict=True)]
        )
        return Curvature(
            np.array([self.fit.sigma2]),
            self.blocks.n_obs - self.blocks.n_fixed * self.reml,
            self.fit.cov_params[None] / self.fit.sigma2,
            second[None, :, 0],
            scale2 * (unit * self._gradients(theta)[1])[None],
            scale2 * second[None, :, 1],
            information[None],
        )

    def _differences(self, theta: Array, steps: Array) -> Array:
        """Second derivatives of ℓ and of r² in θ, (k, 2, k)."""
        second = np.empty((len(theta), 2, len(theta)))
        for i, step in enumerate(np.diag(steps)):
            ahead, behind = self._gradients(theta + step), self._gradients(theta - step)
            second[i] = (np.array(ahead) - np.array(behind)) / (2 * steps[i])
        return (second + second.transpose(2, 1, 0)) / 2

    def _gradients(self, theta: Array) -> tuple[Array, Array]:
        """Gradients in θ of ℓ and of r²."""
        relative = lambdas(self.blocks, theta)
        at = evaluate(self.blocks, self.outcome, relative, reml=self.reml, derivatives=True)
        along = directions(self.blocks, relative)
        return chain(along, at.log_det1), chain(along, at.r2_1)

    def _information(self) -> list[Array]:
        """−d(X'V⁻¹X)/dθ_j = F'dG_j F, in the orthonormal basis of X."""
        at = self.fit.at
        return [
            np.einsum("lap,ab,lbr->pr", at.f[k], d, at.f[k], optimize=True)
            for k, d in directions(self.blocks, at.factor.relative)
        ]

    def best_sds(self, *, reml: bool = False) -> tuple[list[Array], list[Array], float]:
        """SDs and correlation matrices by term, and the residual SD, at the best by ML or REML."""
        best = self.fit
        if reml != self.reml:
            start = _off_zero(self.blocks, self.fit.theta)
            best = fit_blocks(self.blocks, self.outcome, reml=reml, start=start)
        sds = [np.sqrt(np.diag(g)) for g in best.cov_re]
        correlations = [
            g / np.maximum(np.outer(sd, sd), 1e-300) for g, sd in zip(best.cov_re, sds, strict=True)
        ]
        return sds, correlations, float(np.sqrt(best.sigma2))

    def deviance_of_sds(
        self, sds: list[Array], correlations: list[Array], residual_sd: float, *, reml: bool = False
    ) -> tuple[float, list[Array], float]:
        """As `deviance_of_roots`, at SDs and correlation matrices."""
        roots = []
        for sd, correlation in zip(sds, correlations, strict=True):
            values, vectors = np.linalg.eigh(correlation)
            roots.append((sd[:, None] * vectors) * np.sqrt(np.maximum(values, 0.0)))
        return self.deviance_of_roots(roots, residual_sd, reml=reml)

    def deviance_of_roots(
        self, in_data_units: list[Array], residual_sd: float, *, reml: bool = False
    ) -> tuple[float, list[Array], float]:
        """Deviance (β profiled out) at a root of each G_k and the residual SD; its gradient in
        each G_k, and in σ² with every G_k held."""
        s, dof = residual_sd**2, self.blocks.n_obs - self.blocks.n_fixed * reml
        roots = [
            np.linalg.inv(basis) @ root / residual_sd
            for root, basis in zip(in_data_units, self._bases, strict=True)
        ]
        relative = tuple(roots[k] for k in self.blocks.order)
        at = evaluate(self.blocks, self.outcome, relative, reml=reml, derivatives=True)
        scale2 = self.outcome.scale**2
        r2 = scale2 * at.r2
        by_g = [at.log_det1[k] + scale2 * at.r2_1[k] / s for k in self._place]
        by_data = [
            np.linalg.inv(basis).T @ d @ np.linalg.inv(basis) / s
            for d, basis in zip(by_g, self._bases, strict=True)
        ]
        shrink = sum(np.sum(d * (root @ root.T)) for d, root in zip(by_g, roots, strict=True))
        log_det = at.deviance - dof * (1 + np.log(2 * np.pi * at.r2 / dof))
        log_det += 2 * reml * np.log(np.abs(np.diag(self.blocks.r_factor))).sum()
        deviance = log_det + dof * np.log(2 * np.pi * s) + r2 / s
        return float(deviance), by_data, float(dof / s - r2 / s**2 - shrink / s)

    # ------------------------------------------------ new outcomes from this fit

    def simulate(self, n_replicates: int, rng: np.random.Generator) -> Array:
        """Outcomes (R, N) drawn from the fitted model, new random effects included."""
        y = self.x @ self.fit.params + np.sqrt(self.fit.sigma2) * rng.standard_normal(
            (n_replicates, len(self.x))
        )
        for term, g in zip(self.terms, self.fit.cov_re, strict=True):
            root = square_root(g)
            u = rng.standard_normal((n_replicates, term.n_levels, len(root))) @ root
            for a in range(len(root)):
                y += term.z[:, a] * u[:, term.codes, a]
        return y

    def llf_of(self, y: Array) -> float:
        """Maximised log-likelihood of this model for another outcome (N,)."""
        return fit_blocks(
            self.blocks,
            make_outcome(self.blocks, y),
            reml=self.reml,
            start=_off_zero(self.blocks, self.fit.theta),
        ).llf

    def variance_of_rows(self, z: Sequence[Array]) -> list[Array]:
        """z'G_k z of each row, term by term."""
        return [
            np.einsum("ia,ab,ib->i", part, g, part)
            for part, g in zip(z, self.fit.cov_re, strict=True)
        ]


def _off_zero(blocks: Blocks, theta: Array) -> Array:
    """θ with no zero on the diagonals, from where a search would not move."""
    return np.where(on_diagonal(blocks) * (theta < _OFF_ZERO) > 0, _OFF_ZERO, theta)
