"""Figures of chapter 05: the likelihood and the way to its top."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.path import Path

from hlm_teach.balanced.likelihood import best_sigma2_at_theta, maximum
from hlm_teach.balanced.sums import BalancedSums
from hlm_teach.display.style import ROLE, axes_or_new, course_style

from .figures import ESTIMATOR
from .looks import BAND_COLOURS, BAND_DROPS, rim_patches, rims

PARABOLAS = ("#555555", "#7a3e9d")  # Newton's first and second


@course_style()
def deviance_curves(
    theta: np.ndarray,
    curves: Mapping[str, np.ndarray],
    *,
    title: str,
    xlabel: str = "relative standard deviation θ = √τ₀₀ / σ",
    cut: float | None = None,
    stop: tuple[float, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Deviance above its own minimum against θ, one curve an estimator, minima marked.

    `curves` is keyed "REML" and "ML", or either; `cut` draws a line where an interval ends;
    `stop`, a θ and a few words, marks where a search has stopped.
    """
    ax = axes_or_new(ax)
    for name, deviance in curves.items():
        style, rise = ESTIMATOR[name], deviance - deviance.min()
        ax.plot(theta, rise, label=name, **style.line())
        lowest = int(np.argmin(deviance))
        ax.plot(
            theta[lowest],
            0,
            clip_on=False,
            zorder=5,
            label=f"minimum of {name}",
            **style.points(markersize=8),
        )
    if cut is not None:
        ax.axhline(cut, **ROLE["truth"].line(linewidth=1))
        ax.text(theta[-1], cut, f"{cut:g}: ends of the 95 % interval", ha="right", va="bottom")
    if stop is not None:
        height = np.interp(stop[0], theta, rise)
        ax.plot(stop[0], height, label=stop[1], zorder=6, **ROLE["highlight"].points())
    ax.set(
        xlim=(theta[0], theta[-1]),
        ylim=(0, 10),
        xlabel=xlabel,
        ylabel="deviance above its minimum",
        title=title,
    )
    one_stop = len(curves) == 1 and stop is not None
    ax.legend(loc="upper center" if one_stop else "upper right")
    return ax


@course_style()
def newton_steps(
    theta: np.ndarray,
    deviance: np.ndarray,
    steps: pd.DataFrame,
    *,
    title: str,
    n_parabolas: int = 2,
    ax: Axes | None = None,
) -> Axes:
    """The deviance curve with the points Newton's method visits and the parabolas it trusts.

    `steps` has the columns θ, deviance, slope and curvature, one row a step. An arrow leads from
    each of the first points to the bottom of its parabola, which is where the next θ lies.
    """
    ax = axes_or_new(ax)
    base = deviance.min()
    ax.plot(theta, deviance - base, label="deviance", **ROLE["multilevel"].line())
    for place, step in steps.head(n_parabolas).iterrows():
        away = theta - step["θ"]
        parabola = step["deviance"] - base + step["slope"] * away + step["curvature"] * away**2 / 2
        ax.plot(
            theta,
            parabola,
            color=PARABOLAS[place % 2],
            linewidth=1.5,
            linestyle=("--", ":")[place % 2],
            label=f"parabola at point {place}",
        )
        bottom = step["deviance"] - base - step["slope"] ** 2 / (2 * step["curvature"])
        ax.annotate(
            "",
            (step["θ"] - step["slope"] / step["curvature"], bottom),
            (step["θ"], step["deviance"] - base),
            zorder=4,
            arrowprops={"arrowstyle": "->", "color": PARABOLAS[place % 2], "shrinkB": 4},
        )
    ax.plot(
        steps["θ"],
        steps["deviance"] - base,
        label="the search",
        zorder=5,
        **ROLE["highlight"].points(),
    )
    top = 1.15 * float(np.max(steps["deviance"]) - base)
    for words, place in _runs(steps["θ"].to_numpy(), 0.02 * (theta[-1] - theta[0])):
        step = steps.iloc[place]
        ax.annotate(
            words,
            (step["θ"], step["deviance"] - base),
            (8, 4) if place == 0 else (0, -18),
            textcoords="offset points",
            ha="left" if place == 0 else "center",
            color="#b34700",
            weight="bold",
        )
    ax.set(
        xlim=(theta[0], theta[-1]),
        ylim=(-0.13 * top, top),
        title=title,
        xlabel="relative standard deviation θ = √τ₀₀ / σ",
        ylabel="deviance above its minimum",
    )
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.1))
    return ax


def _runs(places: np.ndarray, near: float) -> list[tuple[str, int]]:
    """Numbers of the points, those that lie on one another joined, each with its first point.

    >>> _runs(np.array([0.4, 0.7, 0.8, 0.81, 0.811]), 0.03)
    [('0', 0), ('1', 1), ('2–4', 2)]
    """
    starts = [0, *(i for i in range(1, len(places)) if abs(places[i] - places[i - 1]) > near)]
    ends = [*(start - 1 for start in starts[1:]), len(places) - 1]
    return [(f"{a}" if a == b else f"{a}–{b}", a) for a, b in zip(starts, ends, strict=True)]


@course_style()
def likelihood_map(
    sums: BalancedSums,
    *,
    tau00: tuple[float, float],
    sigma2: tuple[float, float],
    reml: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """The likelihood over (τ_00, σ²) in bands, with both maxima and the path of best σ² by θ.

    `tau00` and `sigma2` are the ends of the axes. The path is the one that profiling over θ
    walks, (θ²σ̂²(θ), σ̂²(θ)). The inner rims say how far they lie below the top.
    """
    ax = axes_or_new(ax)
    tau, s = np.linspace(*tau00, 200), np.linspace(*sigma2, 200)
    for patch, path, drop in zip(
        rim_patches(ax), rims(sums, tau, s, reml=reml), reversed(BAND_DROPS), strict=True
    ):
        patch.set_path(path)
        _say_drop(ax, path, drop, tau[-1], s[-1])
    theta = np.linspace(0, np.sqrt(tau[-1] * sums.n_obs / sums.within), 400)
    ridge = best_sigma2_at_theta(sums, theta, reml=reml)
    ax.plot(
        theta**2 * ridge,
        ridge,
        color="white",
        linewidth=2,
        linestyle=(0, (5, 2)),
        label="best σ² for each τ₀₀/σ²",
    )
    for name, style in ESTIMATOR.items():
        ax.plot(
            *maximum(sums, reml=name == "REML"),
            label=f"{name} maximum",
            clip_on=False,
            **style.points(markersize=9, markeredgewidth=1.2, markeredgecolor="white"),
        )
    ax.set(
        xlim=tau00,
        ylim=sigma2,
        xlabel="variance between groups τ₀₀",
        ylabel="variance within groups σ²",
        title=f"{'REML' if reml else 'ML'} likelihood: a hill with a ridge",
    )
    ax.legend(
        loc="upper right",
        frameon=True,
        framealpha=1,
        facecolor=BAND_COLOURS[1],
        edgecolor="white",
        labelcolor="white",
    )
    return ax


def _say_drop(ax: Axes, path: Path, drop: float, right: float, top: float) -> None:
    """How far below the top a rim lies, written at its highest point if that is in the picture."""
    corners = np.asarray(path.vertices)
    if not len(corners):
        return
    x, y = corners[np.argmax(corners[:, 1])]
    if y < 0.99 * top and x < 0.99 * right:
        ax.annotate(
            f"−{drop:g}",
            (x, y),
            (0, -3),
            textcoords="offset points",
            ha="center",
            va="top",
            color="white" if drop < 4 else "0.15",
        )


@course_style()
def integrated_likelihood(
    tau00: np.ndarray,
    curves: Mapping[str, np.ndarray],
    places: np.ndarray,
    integrated: np.ndarray,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Likelihood of τ_00 over its highest value: by ML, by REML, and with γ_00 averaged out.

    `curves` are log-likelihoods at `tau00`; `integrated` is one at `places`, drawn on REML's scale.
    """
    ax = axes_or_new(ax)
    for name, heights in curves.items():
        ax.plot(tau00, np.exp(heights - heights.max()), label=name, **ESTIMATOR[name].line())
    ax.plot(
        places,
        np.exp(integrated - curves["REML"].max()),
        label="summed over all means, equal weight",
        **ROLE["truth"].points(markersize=7, markeredgewidth=1.5, clip_on=False),
    )
    ax.set(
        xlim=(tau00[0], tau00[-1]),
        ylim=(0, 1.05),
        xlabel="variance between batches τ₀₀",
        ylabel="likelihood ÷ its maximum",
        title="Sum over all means, and ML becomes REML",
    )
    ax.legend(loc="upper right")
    return ax
