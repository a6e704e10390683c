r"""Coordinates of a random term in which its deviance is round, whatever the predictor's origin.

With a calendar year as a slope's predictor, the SD of the intercept (at year 0), that of the slope
and their correlation (−0.999999) say almost the same thing: in them the deviance is a gorge one
cannot walk. So a term's effects u are replaced by v = T⁻¹u with columns ZT that are orthonormal,
and the covariance matrix H of v, G = T H T', is written as H = L L'. The freedom that T leaves is
used so that what is profiled is one coordinate:

SD of effect a      the first v is u_a/κ, so that SD(u_a) = κ √H₁₁
correlation (a, b)  the first two v's span u_a = κ v₁ and u_b = λ v₁ + μ v₂, so that

    cor(u_a, u_b) = X/√(X² + Y²)      with X = λ L₁₁ + μ L₂₁ and Y = μ L₂₂

    (λ, μ)(L₁₁, L₂₁)'/h = r sin ψ and L₂₂ = r cos ψ,  h² = λ² + μ²,  make ψ in [−π/2, π/2] a
    coordinate of the same meaning: X/Y = (h/μ) tan ψ.

A column j of L that is not needed for a correlation is √ν_j (1, d)', ν_j ≥ 0 a conditional
variance: unlike an SD, it has a slope that tells at 0 whether to leave 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach._shared.arrays import Array


@dataclass(frozen=True)
class TermCoordinates:
    """G of one term as a vector: first, if an SD is profiled, L's first column; if a correlation,
    ψ and L's other freedom in two columns; then for each further column its ν and, if correlated,
    its d.

    Attributes
    ----------
    basis
        T (q, q).
    correlated
        False: H is diagonal (and T too).
    held
        How many of the first v's the profile holds: 0, 1 (an SD), 2 (a correlation).
    pair
        λ, μ where a correlation is profiled, else None.
    """

    basis: Array
    correlated: bool
    held: int = 0
    pair: tuple[float, float] | None = None

    @property
    def size(self) -> int:
        """Number of coordinates."""
        q = len(self.basis)
        return q * (q + 1) // 2 if self.correlated else q

    def root(self, point: Array) -> Array:
        """A root of G: T L (q, q)."""
        return self.basis @ self._factor(point)

    def _factor(self, point: Array) -> Array:
        factor = np.zeros_like(self.basis)
        for j, at, below in self._columns():
            root = np.sqrt(max(point[at], 0.0))
            factor[j, j] = root
            if self.correlated:
                factor[j + 1 :, j] = root * point[below]
        if self.held == 1:
            factor[:, 0] = point[: len(factor)]
        if self.pair:
            psi, across, along = point[:3]
            p = self._direction()
            factor[:2, 0] = across * np.array([p[1], -p[0]]) + along * np.sin(psi) * p
            factor[1, 1] = along * np.cos(psi)
            factor[2:, :2] = point[3 : 3 + 2 * (len(factor) - 2)].reshape(-1, 2)
        return factor

    def inside(self, point: Array) -> bool:
        """Has L a diagonal that is not negative (a root of the other sign is another ψ)?"""
        if not self.pair:
            return True
        factor = self._factor(point)
        return bool(factor[0, 0] >= 0 and point[2] >= 0)

    def gradient(self, point: Array, by_g: Array) -> Array:
        """Derivatives (size,) by the coordinates from those by G (q, q)."""
        by_h = self.basis.T @ by_g @ self.basis
        result = np.zeros(self.size)
        for j, at, below in self._columns():
            column = np.zeros(len(by_h))
            column[j] = 1.0
            if self.correlated:
                column[j + 1 :] = point[below]
            pulled = by_h @ column
            result[at] = column @ pulled
            if self.correlated:
                result[below] = 2 * point[at] * pulled[j + 1 :]
        if self.held == 1:
            result[: len(by_h)] = 2 * by_h @ point[: len(by_h)]
        if self.pair:
            by_l = 2 * by_h @ self._factor(point)[:, :2]
            psi, _, along = point[:3]
            p = self._direction()
            down = float(p @ by_l[:2, 0])
            result[0] = along * (np.cos(psi) * down - np.sin(psi) * by_l[1, 1])
            result[1] = p[1] * by_l[0, 0] - p[0] * by_l[1, 0]
            result[2] = np.sin(psi) * down + np.cos(psi) * by_l[1, 1]
            result[3 : 3 + 2 * (len(by_h) - 2)] = by_l[2:].ravel()
        return result

    def start(self, g: Array) -> tuple[Array, Array]:
        """The coordinates of G, and the size of a typical change in each."""
        inverse = np.asarray(np.linalg.inv(self.basis), float)
        factor = _cholesky(inverse @ g @ inverse.T) if self.correlated else _diagonal(g, inverse)
        spread = np.sqrt(np.sum(factor**2, axis=1))  # SDs of v
        whole = float(np.sqrt(np.sum(spread**2))) or 1.0
        point, size = self._point(factor), np.ones(self.size)
        for j, at, below in self._columns():
            size[at] = max(point[at], 0.01 * whole**2)
            if self.correlated:
                others = np.maximum(spread[j + 1 :], 0.1 * whole)
                size[below] = others / max(spread[j], 0.1 * whole)
        size[self.held == 2 : self._length_held()] = whole  # all but ψ
        return point, size

    def _point(self, factor: Array) -> Array:
        """The coordinates of L."""
        point = np.zeros(self.size)
        for j, at, below in self._columns():
            point[at] = factor[j, j] ** 2
            if self.correlated:
                point[below] = factor[j + 1 :, j] / (factor[j, j] or 1.0)
        if self.held == 1:
            point[: len(factor)] = factor[:, 0]
        if self.pair:
            p = self._direction()
            x, y = float(p @ factor[:2, 0]), factor[1, 1]
            across = p[1] * factor[0, 0] - p[0] * factor[1, 0]
            point[:3] = np.arctan2(x, y), across, np.hypot(x, y)
            point[3 : 3 + 2 * (len(factor) - 2)] = factor[2:, :2].ravel()
        return point

    def ways_out(self, point: Array, by_g: Array) -> list[Array]:
        """Points of higher rank downhill from a singular G, where there are any.

        At a singular H the derivatives by the entries of a vanished column of L say nothing. H +
        ε w w' is downhill if w'(∂/∂H)w is negative.
        """
        if not self.correlated or len(self.basis) <= max(1, self.held):
            return []
        factor, k = self._factor(point), self.held
        values, vectors = np.linalg.eigh((self.basis.T @ by_g @ self.basis)[k:, k:])
        whole = float(np.sum(factor**2))
        if values[0] * whole > -1e-2:  # promises less than a trial is worth
            return []
        found = []
        for step in (1e-2, 1e-3, 1e-4):
            added = step * whole * np.outer(vectors[:, 0], vectors[:, 0])
            longer = factor.copy()
            longer[k:, k:] = _cholesky(factor[k:, k:] @ factor[k:, k:].T + added)
            found.append(self._point(longer))
        return found

    def bounds(self) -> list[tuple[float, float]]:
        """(low, high) of each coordinate."""
        limits = [(-np.inf, np.inf)] * self.size
        for _, at, _ in self._columns():
            limits[at] = (0.0, np.inf)
        if self.pair:
            limits[0], limits[2] = (-np.pi / 2, np.pi / 2), (0.0, np.inf)
        if self.held == 1:
            limits[0] = (0.0, np.inf)
        return limits

    def correlation(self, psi: float) -> float:
        """The correlation that ψ stands for."""
        lam, mu = self.pair or (0.0, 1.0)
        x, y = np.hypot(lam, mu) * np.sin(psi), mu * np.cos(psi)
        return 1.0 if y <= 0 < x else -1.0 if y <= 0 else float(x / np.hypot(x, y))

    def _direction(self) -> Array:
        pair = np.array(self.pair)
        return pair / np.hypot(*pair)

    def _length_held(self) -> int:
        """How many coordinates the held columns of L have."""
        q = len(self.basis)
        return (0, q, 3 + 2 * (q - 2))[self.held]

    def _columns(self) -> list[tuple[int, int, slice]]:
        """Columns j that are √ν (1, d)', with the places of ν and of d."""
        q = len(self.basis)
        at = self._length_held()
        columns = []
        for j in range(self.held, q):
            length = q - 1 - j if self.correlated else 0
            columns.append((j, at, slice(at + 1, at + 1 + length)))
            at += 1 + length
        return columns


def coordinates(z: Array, correlated: bool, effects: tuple[int, ...] = ()) -> TermCoordinates:
    """Coordinates of a term with design z (N, q), made for the SD of one effect or the
    correlation of two."""
    q = z.shape[1]
    if not correlated:
        return TermCoordinates(np.diag(1 / np.sqrt(np.mean(z**2, axis=0))), False)
    upper = np.linalg.qr(z / np.sqrt(len(z)), mode="r")
    metric = np.linalg.inv(upper)  # its rows are the effects, in an orthonormal basis
    wanted = metric[list(effects)] if effects else np.eye(q)[:0]
    rotation = np.linalg.qr(np.vstack([wanted, np.eye(q)]).T)[0].T
    basis = metric @ (rotation * _signs(rotation, wanted)).T
    if len(effects) < 2:
        return TermCoordinates(basis, True, held=len(effects))
    b = effects[1]
    return TermCoordinates(basis, True, 2, (float(basis[b, 0]), float(basis[b, 1])))


def _signs(rotation: Array, wanted: Array) -> Array:
    """±1 for each row of `rotation`, so that the first ones point the way of `wanted`."""
    signs = np.ones((len(rotation), 1))
    for i, row in enumerate(wanted):
        signs[i] = -1.0 if rotation[i] @ row < 0 else 1.0
    return signs


def _cholesky(h: Array) -> Array:
    """Lower L with L L' = h and a diagonal that is not negative, h possibly singular."""
    values, vectors = np.linalg.eigh((h + h.T) / 2)
    half = (vectors * np.sqrt(np.maximum(values, 0.0))).T
    lower = np.asarray(np.linalg.qr(half, mode="r"), float).T
    return lower * np.where(np.diag(lower) < 0, -1.0, 1.0)


def _diagonal(g: Array, inverse: Array) -> Array:
    return np.diag(np.sqrt(np.maximum(np.diag(g), 0.0)) * np.diag(inverse))
