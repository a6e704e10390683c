"""When a fit counts as singular: a variance of zero, or a G that has lost rank.

Both engines ask it of the triangle in Λ. What is said of a singular fit stands in notes.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hlm_teach._shared.arrays import Array

SINGULAR = 1e-4  # a standard deviation below 1e-4 residual SDs counts as zero (as in lme4)


def is_singular(triangles: Array) -> NDArray[np.bool_]:
    """Is each Λ (..., q, q), in units of σ and of the size of Z's columns, short of full rank?"""
    if triangles.shape[-1] == 1:
        return np.abs(triangles[..., 0, 0]) < SINGULAR
    return np.linalg.svd(triangles, compute_uv=False)[..., -1] < SINGULAR
