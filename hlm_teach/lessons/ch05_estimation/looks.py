"""How chapter 05 draws a likelihood surface: in bands, with a white rim around each."""

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from hlm_teach.balanced.likelihood import balanced_llf, maximum
from hlm_teach.balanced.sums import BalancedSums

# How far below the maximum (in log-likelihood) each band of a likelihood surface begins.
BAND_DROPS = (0.5, 1.92, 4.0, 8.0, 16.0)
BAND_COLOURS = ("#2f6f9f", "#5b95bf", "#8fb9d8", "#bcd5e8", "#dde9f3", "#f7f9fb")


def rims(sums: BalancedSums, tau00: np.ndarray, sigma2: np.ndarray, *, reml: bool) -> list[Path]:
    """The regions in which the log-likelihood is within 16, 8, 4, 1.92 and 0.5 of its maximum.

    Paths in the plane of τ_00 and σ², within the ends of the two axes given (both are looked at
    more closely around the maximum), widest first, to be painted one over the other.

    >>> sums = BalancedSums(6, 5, between=56357.5, within=58830.0)
    >>> len(rims(sums, np.linspace(0, 8000, 60), np.linspace(500, 6000, 60), reml=True))
    5
    """
    best = maximum(sums, reml=reml)
    spread = best[1] + sums.group_size * best[0], best[1]
    tau00 = _closer(tau00, best[0], spread[0] / sums.group_size / np.sqrt(sums.n_groups))
    sigma2 = _closer(sigma2, best[1], spread[1] / np.sqrt(sums.within_df))
    heights = balanced_llf(sums, tau00, sigma2[:, None], reml=reml)
    lines = contour_generator(tau00, sigma2, heights, fill_type=FillType.OuterCode)
    top = float(balanced_llf(sums, *best, reml=reml))
    return [_joined(*lines.filled(top - drop, top + 1)) for drop in reversed(BAND_DROPS)]


def _closer(axis: np.ndarray, centre: float, spread: float) -> np.ndarray:
    """`axis` with 40 further points near `centre`, none beyond its ends."""
    near = centre + spread * np.linspace(-5, 5, 41)
    return np.union1d(axis, near[(near > axis[0]) & (near < axis[-1])])


def _joined(points: list[np.ndarray], codes: list[np.ndarray]) -> Path:
    """One path of several polygons; an empty path of none."""
    if not points:
        return Path(np.zeros((0, 2)))
    return Path(np.concatenate(points), np.concatenate(codes))


def rim_patches(ax: Axes) -> list[PathPatch]:
    """One empty patch a rim, in the colours of the bands, added to `ax`, widest first."""
    ax.set_facecolor(BAND_COLOURS[-1])
    empty = Path(np.zeros((0, 2)))
    patches = [
        PathPatch(
            empty, facecolor=colour, edgecolor="white", linewidth=0.8, zorder=0.5 + 0.05 * place
        )
        for place, colour in enumerate(reversed(BAND_COLOURS[:-1]))
    ]
    for patch in patches:
        ax.add_patch(patch)
    return patches
