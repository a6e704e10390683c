"""Chapter 04's lab: lines of groups, and what τ₀₀ and ρ₀₁ become when the origin of x moves."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Polygon

from hlm_teach._shared.words import signed
from hlm_teach.display.style import INK, ROLE
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.measures.random_slopes import (
    between_variance,
    calmest_x,
    draw_group_lines,
    intercept_slope_correlation,
    move_origin,
    slope_range,
)

N_GROUPS = 40
N_STEEP = 4
N_POINTS = 25
MEAN, SLOPE = 50.0, 2.0
ENDS = np.array([-2.5, 2.5])
GRID = np.linspace(ENDS[0], ENDS[1], 61)


TARGETS = (
    Target(
        "Keep ρ₀₁ at x = 0 at zero, and find an origin at which it is 0.80 or more.",
        met=lambda lab: lab["rho01"] == 0 and lab["rho"] is not None and lab["rho"] >= 0.8,
        shown="The correlation belongs to the origin, and the lines haven't moved.",
        example={"tau00": 2.0, "tau11": 3.0, "rho01": 0.0, "origin": 2.5},
    ),
    Target(
        "Make τ₀₀ at the origin 8 or more, and the variance between the lines a quarter of that or less "
        "where they lie closest together, within the picture.",
        met=lambda lab: (
            lab["calm"] is not None
            and abs(lab["calm"]) <= ENDS[1]
            and lab["total"] - lab["sigma2"] >= 8
            and lab["between"].min() <= 0.25 * (lab["total"] - lab["sigma2"])
        ),
        shown="How much groups differ depends on where you ask.",
        example={"tau00": 2.0, "tau11": 2.0, "rho01": 0.0, "origin": 2.5},
    ),
)


def slopes_lab() -> Lab:
    """Forty lines whose covariance matrix G the reader sets, and the origin of x.

    >>> lab = slopes_lab().set(tau00=4, tau11=1, rho01=0, origin=2)
    >>> lab.readout_text[:47]
    'At the origin x = 2.0: τ₀₀ = 8.00, ρ₀₁ = +0.71.'
    """
    return Lab(
        "Move the origin: the lines stay, τ₀₀ and ρ₀₁ move",
        controls=(
            Slider(
                "tau00",
                "variance of intercepts at x = 0",
                "τ₀₀",
                low=0.0,
                high=12.0,
                value=6.0,
                step=0.5,
                format=".1f",
                help="How far apart the lines lie at x = 0.",
            ),
            Slider(
                "tau11",
                "variance of slopes",
                "τ₁₁",
                low=0.0,
                high=3.0,
                value=1.5,
                step=0.1,
                format=".1f",
                help="How much the lines differ in steepness.",
            ),
            Slider(
                "rho01",
                "correlation of intercept and slope at x = 0",
                "ρ₀₁",
                low=-1.0,
                high=1.0,
                value=0.0,
                step=0.05,
                format=".2f",
                help="Whether lines that are high at x = 0 are steep ones.",
            ),
            Slider(
                "sigma2",
                "variance within groups",
                "σ²",
                low=0.5,
                high=25.0,
                value=12.0,
                step=0.5,
                format=".1f",
                help="How far individuals lie from their group's line.",
            ),
            Slider(
                "origin",
                "origin: x is measured from",
                "k",
                low=-2.5,
                high=2.5,
                value=0.0,
                step=0.1,
                format=".1f",
                help="Where the intercepts are read off.",
            ),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw again",
        targets=TARGETS,
        panels=2,
        size=(7.4, 4),
        width_ratios=(3, 2),
    )


def compute(values: dict) -> dict:
    """The lines, with covariance exactly G at x = 0, and G at the chosen origin."""
    rng = np.random.default_rng(values["seed"])
    tau00, tau11, origin = values["tau00"], values["tau11"], values["origin"]
    cov = values["rho01"] * np.sqrt(tau00 * tau11)
    g = np.array([[tau00, cov], [cov, tau11]])
    lines = draw_group_lines(g, N_GROUPS, rng) + [MEAN, SLOPE]
    lines = lines[np.argsort(lines[:, 1], kind="stable")]
    noise = rng.standard_normal(N_POINTS)
    at = np.linspace(ENDS[0], ENDS[1], N_POINTS)
    between, here = between_variance(g, GRID), move_origin(g, origin)
    rho = intercept_slope_correlation(here) if min(here[0, 0], tau11) > 1e-9 else None
    calm = calmest_x(g) if tau11 > 0 else None
    return {
        "lines": lines,
        "points": lines[-1, 0] + lines[-1, 1] * at + np.sqrt(values["sigma2"]) * noise,
        "between": between,
        "sigma2": values["sigma2"],
        "origin": origin,
        "tau00": float(here[0, 0]),
        "tau11": tau11,
        "rho": rho,
        "calm": calm,
        "total": float(here[0, 0] + values["sigma2"]),
        "range": slope_range(SLOPE, tau11),
    }


def stage(axes) -> dict:
    """Lines on the left, the variance function on the right."""
    left, right = axes
    left.set(
        xlim=ENDS,
        ylim=(30, 70),
        xlabel="x",
        ylabel="y",
        title="Dots: the intercepts, at the origin",
    )
    right.set(xlim=ENDS, ylim=(0, 80), xlabel="x", ylabel="variance of y at x", title="Var(Y | x)")
    group = ROLE["group"]
    steep = ROLE["highlight"]
    artists = {
        "plain": left.add_collection(LineCollection([], linewidths=0.8, colors=group.colour)),
        "steep": left.add_collection(LineCollection([], linewidths=1.6, colors=steep.colour)),
        "points": left.plot([], [], **steep.points(markersize=2.5, alpha=0.6))[0],
        "mean": left.plot(ENDS, MEAN + SLOPE * ENDS, **ROLE["multilevel"].line(linewidth=3))[0],
        "origin": left.axvline(0, color=INK, linewidth=1.2, linestyle=":"),
        "dots": left.plot(
            [], [], **ROLE["group"].points(markersize=4.5, color="#3b5b7d", zorder=4)
        )[0],
        "steep_dots": left.plot([], [], **steep.points(markersize=6, marker="s", zorder=5))[0],
        "rho": left.text(0.03, 0.96, "", transform=left.transAxes, va="top", weight="bold"),
        "within": right.add_patch(
            Polygon(_band(np.zeros(2), np.ones(2), ENDS), **ROLE["within"].bars())
        ),
        "between": right.add_patch(
            Polygon(_band(np.zeros(2), np.ones(2), ENDS), **ROLE["between"].bars())
        ),
        "here": right.plot([0, 0], [0, 1], color=INK, linewidth=3, zorder=4, solid_capstyle="butt")[
            0
        ],
        "words": right.text(0.05, 0.96, "", transform=right.transAxes, va="top", weight="bold"),
    }
    left.text(
        0.97,
        0.03,
        f"orange-red: the {N_STEEP} steepest",
        transform=left.transAxes,
        ha="right",
        color=INK,
    )
    right.text(
        0.05,
        0.88,
        "(black bar)\nabove: between groups\nbelow: within, σ²",
        va="top",
        transform=right.transAxes,
        color=INK,
    )
    return artists


def _band(low: np.ndarray, high: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Corners of the area between two curves."""
    return np.concatenate([np.column_stack([x, low]), np.column_stack([x, high])[::-1]])


def draw(artists: dict, result: dict) -> None:
    """Move lines, dots and areas."""
    lines, origin = result["lines"], result["origin"]
    heights = lines[:, :1] + lines[:, 1:] * ENDS
    segments = np.stack([np.broadcast_to(ENDS, heights.shape), heights], axis=-1)
    artists["plain"].set_segments(segments[:-N_STEEP])
    artists["steep"].set_segments(segments[-N_STEEP:])
    artists["points"].set_data(np.linspace(ENDS[0], ENDS[1], N_POINTS), result["points"])
    artists["origin"].set_xdata([origin, origin])
    at_origin = lines[:, 0] + lines[:, 1] * origin
    artists["dots"].set_data(np.full(N_GROUPS - N_STEEP, origin), at_origin[:-N_STEEP])
    artists["steep_dots"].set_data(np.full(N_STEEP, origin), at_origin[-N_STEEP:])
    artists["rho"].set_text(
        "ρ₀₁ here: " + ("none" if result["rho"] is None else signed(result["rho"], plus=True))
    )
    sigma2 = result["sigma2"]
    artists["within"].set_xy(_band(np.zeros(2), np.full(2, sigma2), ENDS))
    artists["between"].set_xy(_band(np.full(len(GRID), sigma2), sigma2 + result["between"], GRID))
    artists["here"].set_data([origin, origin], [sigma2, result["total"]])
    artists["words"].set_text(f"τ₀₀ here: {result['tau00']:.1f}")


def readout(result: dict) -> str:
    """What belongs to the origin, and what doesn't."""
    share = result["tau00"] / result["total"]
    rho = (
        "no correlation is defined"
        if result["rho"] is None
        else f"ρ₀₁ = {signed(result['rho'], plus=True)}"
    )
    low, high = result["range"]
    calm = (
        "All slopes are equal: the origin changes nothing."
        if result["calm"] is None
        else f"The lines lie closest together at x = {signed(result['calm'], 1)}."
    )
    return (
        f"At the origin x = {signed(result['origin'], 1)}: τ₀₀ = {result['tau00']:.2f}, {rho}. "
        f"There {share:.0%} of the variance lies between groups. Wherever the origin lies: "
        f"95 % of slopes between {signed(low, 1)} and {signed(high, 1)}. {calm}"
    )


def alt(result: dict) -> str:
    """Lines and variance function in words."""
    between = result["between"]
    rho = "undefined" if result["rho"] is None else signed(result["rho"], plus=True)
    return (
        f"Left, {N_GROUPS} lines of groups around a mean line that rises by {SLOPE:.0f} per "
        f"unit of x; a vertical line marks the origin at x = {signed(result['origin'], 1)}, dots "
        f"where the lines cross it; their heights have variance {result['tau00']:.1f} and "
        f"correlate {rho} with the slopes. Right, the variance of y at x: within groups "
        f"{result['sigma2']:.1f} everywhere, between groups from {between.min():.1f} to "
        f"{between.max():.1f}."
    )
