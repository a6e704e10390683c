"""Chapter 05's figures: the likelihood, its maxima, and how far estimates of a variance stray."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from contourpy import FillType, contour_generator
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from hlm_teach.balanced.likelihood import balanced_llf, best_sigma2_at_theta, maximum
from hlm_teach.balanced.sums import BalancedSums
from hlm_teach.display.style import ROLE, Role, axes_or_new, course_style

# Two estimators of one model: both multilevel, so ML gets a colour and cues of its own.
ESTIMATOR: Mapping[str, Role] = {
    "REML": ROLE["multilevel"],
    "ML": Role("#D55E00", marker="o", markersize=6, linestyle="--"),
}
# How far below the maximum (in log-likelihood) each band of a likelihood surface begins.
BAND_DROPS = (0.5, 1.92, 4.0, 8.0, 16.0)
BAND_COLOURS = ("#2f6f9f", "#5b95bf", "#8fb9d8", "#bcd5e8", "#dde9f3", "#f7f9fb")
PARABOLAS = ("#555555", "#7a3e9d")  # Newton's first and second
CUT = 3.84  # the 95 % point of χ² with one degree of freedom


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


@course_style()
def values_by_batch(
    data: pd.DataFrame, outcome: str, groups: str, *, title: str, ax: Axes | None = None
) -> Axes:
    """Every value as a dot in its group's column, group means as bars, the grand mean as a line.

    Equal values of a group stand side by side.
    """
    ax = axes_or_new(ax)
    codes, labels = pd.factorize(data[groups])
    aside = 0.16 * data.groupby([groups, outcome], observed=True).cumcount()
    ax.plot(codes + aside, data[outcome], **ROLE["group"].points(markersize=5))
    means = data.groupby(groups, observed=True)[outcome].mean()[labels]
    ax.plot(
        range(len(labels)),
        means,
        linestyle="none",
        marker="_",
        markersize=18,
        markeredgewidth=3,
        color=ROLE["between"].colour,
    )
    ax.axhline(data[outcome].mean(), color="0.6", linewidth=0.8, zorder=0)
    ax.set(
        xticks=range(len(labels)), xticklabels=labels, xlabel="batch", ylabel="yield", title=title
    )
    return ax


@course_style()
def covariance_heat_map(covariance: np.ndarray, *, title: str, ax: Axes | None = None) -> Axes:
    """A small covariance matrix as tiles, each with its number."""
    ax = axes_or_new(ax)
    ax.imshow(covariance, cmap="Blues", vmin=0, vmax=1.6 * covariance.max())
    for (row, column), value in np.ndenumerate(covariance):
        ax.text(column, row, f"{value:,.0f}", ha="center", va="center")
    n = len(covariance)
    ax.set(
        xticks=range(n),
        xticklabels=range(1, n + 1),
        yticks=range(n),
        yticklabels=range(1, n + 1),
        xlabel="number of the yield",
        ylabel="number of the yield",
        title=title,
    )
    return ax


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
    ax.legend(loc="upper right" if len(curves) > 1 else "best")
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
        label="best σ² for each θ",
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
        frameon=True, framealpha=1, facecolor=BAND_COLOURS[1], edgecolor="white", labelcolor="white"
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
def estimates_with_zeros(
    estimates: Mapping[str, np.ndarray],
    truth: float,
    *,
    title: str,
    limit: float,
    ax: Axes | None = None,
) -> Axes:
    """Where estimates of τ_00 fall: a bar for the exact zeros, then a histogram."""
    ax = axes_or_new(ax)
    edges = np.linspace(0, limit, 31)
    width = edges[1]
    for place, (name, values) in enumerate(estimates.items()):
        style = ESTIMATOR[name]
        shares = np.histogram(values[values > 0], edges)[0] / len(values)
        ax.stairs(
            100 * shares,
            edges,
            color=style.colour,
            linewidth=2,
            linestyle=style.linestyle,
            label=f"{name}: mean {values.mean():.3f}",
        )
        zeros, centre = 100 * np.mean(values == 0), width * (-6 + 2.8 * place)
        ax.bar(
            centre,
            zeros,
            2 * width,
            hatch=("", "///")[place],
            facecolor=style.colour,
            edgecolor="white",
        )
        ax.text(centre, zeros + 0.6, f"{zeros:.0f} %", ha="center")
    ax.axvline(truth, label=f"true τ₀₀: {truth:g}", **ROLE["truth"].line())
    ticks = np.linspace(0, limit, 5)
    ax.set(
        xlim=(-8 * width, limit),
        xticks=[-4.6 * width, *ticks],
        xticklabels=["exactly 0", *(f"{tick:g}" for tick in ticks.round(3))],
        xlabel="estimate of τ₀₀",
        ylabel="% of samples (curves: per bin)",
        title=title,
    )
    ax.legend()
    return ax


@course_style()
def law_against_groups(
    exact: pd.DataFrame,
    simulated: pd.DataFrame,
    column: str,
    *,
    title: str,
    ylabel: str,
    ax: Axes | None = None,
) -> Axes:
    """An exact property of REML and ML (lines) and its simulation (markers) by number of groups.

    Both tables have `column` and the index (groups, estimator).
    """
    ax = axes_or_new(ax)
    for name, style in ESTIMATOR.items():
        line = exact.xs(name, level="estimator")[column]
        points = simulated.xs(name, level="estimator")[column]
        ax.plot(line.index, line, label=f"{name}, exact", **style.line())
        ax.plot(points.index, points, label=f"{name}, simulated", **style.points(markersize=8))
    ax.axhline(0, color="0.6", linewidth=0.8)
    ax.set_xscale("log")
    shown = simulated.index.unique("groups")
    ax.set(
        xticks=shown, xticklabels=shown, xlabel="groups J (log scale)", ylabel=ylabel, title=title
    )
    ax.minorticks_off()
    return ax


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
    ax.legend()
    return ax


@course_style()
def interval_bars(
    table: pd.DataFrame,
    *,
    title: str,
    xlabel: str,
    limits: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Intervals as bars, one a row of `table`: columns low, high and estimate.

    The index names them; an interval of nan is none, and the picture says so.
    """
    ax = axes_or_new(ax)
    looks = (ROLE["naive"], ROLE["multilevel"], Role("#555555", marker="^"))
    for place, row in enumerate(table.itertuples()):
        style = looks[place % len(looks)]
        if np.isnan(row.low):
            ax.text(row.estimate, place, "  no interval", va="center")
        else:
            ax.plot([row.low, row.high], [place, place], color=style.colour, linewidth=3)
            ax.plot(
                [row.low, row.high],
                [place, place],
                linestyle="none",
                marker="|",
                markersize=16,
                markeredgewidth=2,
                color=style.colour,
                clip_on=False,
            )
        ax.plot(row.estimate, place, clip_on=False, **style.points(markersize=7))
    ax.axvline(0, color="0.75", linewidth=1, zorder=0)
    ax.set(
        yticks=range(len(table)),
        yticklabels=table.index,
        xlabel=xlabel,
        title=title,
        ylim=(len(table) - 0.5, -0.5),
    )
    if limits:
        ax.set_xlim(limits)
    return ax
