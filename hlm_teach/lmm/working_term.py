"""A random term in the working basis, as the blocked factorisation holds it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

Codes = NDArray[np.intp]


@dataclass(frozen=True)
class WorkingTerm:
    """A term in the working basis: Z T has orthogonal columns of mean square one."""

    z: Array  # (N, q) Z T
    basis: Array  # (q, q) T, so that G = T G_working T'
    mix: Array  # (q, q) Λ in the working basis = mix · (matrix of θ)
    free: tuple[Codes, ...]  # rows and columns of that matrix that hold θ
    codes: Codes
    n_levels: int

    @property
    def n_effects(self) -> int:
        return self.z.shape[1]

    @property
    def n_columns(self) -> int:
        return self.n_levels * self.n_effects
