"""The predictor of which `hlm_teach.balanced.studies` knows the sums only, written out."""

import numpy as np

from hlm_teach.balanced.studies import parts_of_x


def study_predictor(*, n_groups: int, group_size: int, x_icc: float) -> np.ndarray:
    """Values of x, shape (J, n): mean 0, mean square 1, intraclass correlation exactly ρ_x.

    >>> study_predictor(n_groups=2, group_size=3, x_icc=1)
    array([[ 1.,  1.,  1.],
           [-1., -1., -1.]])
    """
    between, within = parts_of_x(group_size, x_icc)
    arms = np.where(np.arange(n_groups) % 2, -1.0, 1.0)
    z = np.linspace(-1, 1, group_size)
    return between * arms[:, None] + within * z / np.sqrt(np.mean(z**2))
