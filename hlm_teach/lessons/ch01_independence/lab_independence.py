"""Chapter 01's lab: how often ordinary regression finds an effect that isn't there."""

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection

from hlm_teach._shared.words import percent, signed
from hlm_teach.balanced.false_positives import ols_rejection_rate
from hlm_teach.balanced.studies import lowest_icc, simulate_studies
from hlm_teach.display.style import ROLE
from hlm_teach.labs.controls import Slider, Switch
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.labs.usual import between_schools, within_schools

N_STUDIES = 1000
N_SHOWN = 40  # studies whose intervals are drawn
LOWEST_RHO_X = lowest_icc(5)
_RATES = (0, 1, 5, 10, 20, 40, 60, 80, 100)  # per cent


TARGETS = (
    Target(
        "Let ordinary regression, whose tests are called 5 % tests, reject in half of all studies or "
        "more.",
        met=lambda lab: lab["exact"] >= 0.5,
        shown="A standard error that is too small finds what isn't there as often as a coin shows "
        "heads.",
        example={"tau00": 40.0, "group_size": 50},
    ),
    Target(
        "With the schools' variance τ₀₀ at 5 or more, make ordinary regression reject in 3 % or less.",
        met=lambda lab: lab["tau00"] >= 5 and lab["exact"] <= 0.03,
        shown="For a predictor that varies mostly within schools, ordinary regression is too careful "
        "and not too bold.",
        example={"tau00": 20.0, "x_icc": -0.25},
    ),
)


def independence_lab() -> Lab:
    """A thousand studies of a predictor without effect, by ordinary regression and rightly.

    >>> independence_lab().readout_text[:60]
    'Ordinary regression finds an effect that isn’t there in 37.4'
    """
    return Lab(
        "How often is nothing declared an effect?",
        controls=(
            between_schools(),
            within_schools(),
            Slider(
                "n_groups",
                "schools (an even number)",
                "J",
                low=4,
                high=60,
                value=30,
                step=2,
                help="An odd number is raised by one: half of the schools in each arm.",
            ),
            Slider("group_size", "pupils per school", "n", low=5, high=60, value=20, step=1),
            Slider(
                "x_icc",
                "ICC of the predictor: far left within, 1 between",
                "ρₓ",
                low=LOWEST_RHO_X,
                high=1.0,
                value=1.0,
                step=0.05,
                format=".2f",
                help="Never below −1/(n−1): further left means purely within schools.",
            ),
            Switch(
                "slopes",
                "slopes vary between schools",
                "τ₁₁ > 0",
                help="Then x helps in some schools and harms in others; 0 on average.",
            ),
            Slider(
                "tau11",
                "variance of slopes, if switched on",
                "τ₁₁",
                low=0.5,
                high=20.0,
                value=2.0,
                step=0.5,
                format=".1f",
            ),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw 1,000 new studies",
        targets=TARGETS,
        panels=2,
        stacked=True,
        size=(6.4, 5.4),
        height_ratios=(3, 2),
    )


def compute(values: dict) -> dict:
    """1,000 studies on common random numbers, and the exact curve over ρ_x."""
    n, j = values["group_size"], values["n_groups"] + values["n_groups"] % 2
    design = {
        "n_groups": j,
        "group_size": n,
        "tau00": values["tau00"],
        "sigma2": values["sigma2"],
        "tau11": values["tau11"] * values["slopes"],
    }
    lowest = lowest_icc(n)
    x_icc = max(values["x_icc"], lowest)
    studies = simulate_studies(
        n_studies=N_STUDIES, x_icc=x_icc, **design, rng=np.random.default_rng(values["seed"])
    )
    grid = np.linspace(lowest, 1, 41)
    rates = np.asarray(ols_rejection_rate(x_icc=np.append(grid, x_icc), **design))
    shown = {
        f"{name}_intervals": _intervals(analysis)
        for name, analysis in (("ols", studies.ols), ("right", studies.right))
    }
    return (
        design
        | shown
        | {
            "grid": grid,
            "curve": rates[:-1],
            "exact": float(rates[-1]),
            "x_icc": x_icc,
            "lowest": lowest,
            "icc": values["tau00"] / (values["tau00"] + values["sigma2"]),
            "ols": studies.ols.false_positives,
            "right": studies.right.false_positives,
            "right_name": studies.right_name,
            "df": studies.right.df,
            "factor": studies.variance_factor,
            "waiting": values["tau11"],
            "slopes": values["slopes"],
        }
    )


def _intervals(analysis) -> np.ndarray:
    """Ends of the first intervals in units of the estimate's true standard error, (shown, 2)."""
    middle, half = (
        values[:N_SHOWN] / analysis.true_se for values in (analysis.estimate, analysis.half_width)
    )
    return np.column_stack([middle - half, middle + half])


def stage(axes) -> dict:
    """The false-positive rate over ρ_x above; the first intervals below."""
    return _stage_curve(axes[0]) | _stage_intervals(axes[1])


def _stage_curve(ax) -> dict:
    ax.set_yscale("function", functions=(lambda y: np.sqrt(np.maximum(y, 0)), np.square))
    ax.set(
        xlim=(-0.28, 1.04),
        ylim=(0, 1.35),
        ylabel="false positives",
        xlabel="ICC of the predictor: within schools   ←   ρₓ   →   between schools",
        title="How often x is declared an effect, although it has none",
    )
    ax.set_yticks([rate / 100 for rate in _RATES], [f"{rate} %" for rate in _RATES])
    ax.axhline(0.05, **ROLE["truth"].line(linewidth=1))
    bars = {"elinewidth": 2, "capsize": 4, "zorder": 4}
    return {
        "forbidden": ax.axvspan(-0.3, -0.05, facecolor="0.93", edgecolor="0.8", hatch="xx"),
        "curve": ax.plot([], [], **ROLE["naive"].line(zorder=3))[0],
        "right": ax.plot([1], [0.05], **ROLE["multilevel"].points(markersize=6, zorder=5))[0],
        "right_bar": ax.plot(
            [1, 1], [0, 1], color=ROLE["multilevel"].colour, linewidth=bars["elinewidth"], zorder=4
        )[0],
        "ols": ax.plot(
            [1],
            [0.4],
            **ROLE["naive"].points(
                markersize=6, markeredgewidth=1, markeredgecolor="black", zorder=5
            ),
        )[0],
        "ols_bar": ax.plot([1, 1], [0, 1], color="black", linewidth=1.6, zorder=4)[0],
    } | _stage_numbers(ax)


def _stage_numbers(ax) -> dict:
    """A small table in the panel; only its numbers move (letters are what costs time to draw)."""
    for y, words, role in (
        (1.22, "ordinary regression", "naive"),
        (0.95, "right analysis", "multilevel"),
    ):
        ax.text(-0.01, y, words, va="center")
        ax.text(0.335, y, "line, exact", va="center")
        ax.text(0.71, y, "simulated", va="center")
        ax.plot(0.68, y, **ROLE[role].points(markersize=7))
    ax.text(0.52, 0.95, "5 %", va="center", weight="bold")
    return {
        name: ax.text(x, y, "", va="center", weight="bold")
        for name, x, y in (
            ("exact_number", 0.52, 1.22),
            ("ols_number", 0.895, 1.22),
            ("right_number", 0.895, 0.95),
        )
    }


def _stage_intervals(ax) -> dict:
    ax.set(
        xlim=(-1, 2 * N_SHOWN + 5),
        ylim=(-6, 7.6),
        xticks=[],
        ylabel="estimate ± 95 %,\ntrue SEs from 0",
        title="The first 40 studies: intervals that miss the truth stand out",
    )
    ax.set_yticks([-4, -2, 0, 2, 4])
    ax.axhline(0, **ROLE["truth"].line(linewidth=1))
    ax.axvline(N_SHOWN + 2, color="0.7", linewidth=0.8)
    artists: dict[str, Any] = {}
    for name, start, role, words, place in (
        ("ols", 0, "naive", "ordinary regression misses", 30),
        ("right", N_SHOWN + 5, "multilevel", "right analysis misses", 24),
    ):
        ax.text(start - 0.5, 7.3, words, va="top")
        places = start + np.arange(N_SHOWN)
        bars = LineCollection([[(x, 0), (x, 1)] for x in places.tolist()], linewidths=1.8)
        ax.add_collection(bars)
        artists |= {
            f"{name}_lines": bars,
            f"{name}_count": ax.text(start + place, 7.3, "", va="top", weight="bold"),
            f"{name}_dots": ax.plot(
                places, np.zeros(N_SHOWN), zorder=4, **ROLE[role].points(markersize=3.5)
            )[0],
        }
    return artists


def draw(artists: dict, result: dict) -> None:
    """Move curve, points and intervals."""
    artists["forbidden"].set(x=-0.3, width=result["lowest"] + 0.3)
    artists["curve"].set_data(result["grid"], result["curve"])
    for name in ("ols", "right"):
        artists[name].set_data([result["x_icc"]], [result[name]])
        artists[f"{name}_bar"].set_data([result["x_icc"]] * 2, _two_errors(result[name]))
        _draw_intervals(artists, name, result[f"{name}_intervals"])
    for name in ("exact", "ols", "right"):
        artists[f"{name}_number"].set_text(percent(result[name]))


def _two_errors(rate: float) -> np.ndarray:
    """The rate ± two Monte Carlo standard errors."""
    error = 2 * np.sqrt(max(rate * (1 - rate), 1 / N_STUDIES) / N_STUDIES)
    return np.clip([rate - error, rate + error], 0, 1)


def _draw_intervals(artists: dict, name: str, ends: np.ndarray) -> None:
    places = artists[f"{name}_dots"].get_xdata()
    missed = (ends[:, 0] > 0) | (ends[:, 1] < 0)
    role = ROLE["naive" if name == "ols" else "multilevel"]
    artists[f"{name}_lines"].set_segments(
        np.stack([np.column_stack([places, ends[:, side]]) for side in (0, 1)], axis=1)
    )
    artists[f"{name}_lines"].set_color(np.where(missed, ROLE["highlight"].colour, role.colour))
    artists[f"{name}_lines"].set_linewidth(np.where(missed, 3.0, 1.3))
    artists[f"{name}_dots"].set_ydata(ends.mean(axis=1))
    artists[f"{name}_count"].set_text(f"{missed.sum()}")


def readout(result: dict) -> str:
    """False positives and coverage of both, and why."""
    exact, ols, right, held, right_held = (
        percent(rate)
        for rate in (
            result["exact"],
            result["ols"],
            result["right"],
            1 - result["ols"],
            1 - result["right"],
        )
    )
    slopes = (
        "slopes vary"
        if result["slopes"]
        else f"slopes are equal, τ₁₁ = {result['waiting']:.1f} is switched off"
    )
    return (
        f"Ordinary regression finds an effect that isn’t there in {exact} of studies "
        f"(simulated {ols}) and its 95 % intervals hold the truth in {held}; the right "
        f"analysis ({result['right_name']} = {result['df']}) in {right} and {right_held}. "
        f"Here ρ = {result['icc']:.2f}, ρₓ = {signed(result['x_icc'])}, "
        f"J = {result['n_groups']}, {slopes}: the true variance of ordinary regression’s "
        f"slope is {result['factor']:.2f} times what it assumes."
    )


def alt(result: dict) -> str:
    """Curve, points and intervals in words."""
    low, high, exact, ols, right = (
        percent(rate)
        for rate in (
            result["curve"][0],
            result["curve"][-1],
            result["exact"],
            result["ols"],
            result["right"],
        )
    )
    return (
        f"Above, ordinary regression's exact false-positive rate, a curve over the "
        f"predictor's ICC from {low} (purely within schools) to {high} (purely between). "
        f"At ρₓ = {signed(result['x_icc'])} the curve is at {exact}, a square marks the "
        f"simulated {ols}, and a diamond for the right analysis lies at {right}, near the "
        f"5 % line. Below, {N_SHOWN} intervals of each analysis: "
        f"{_missed(result['ols_intervals'])} of ordinary regression's miss zero, "
        f"{_missed(result['right_intervals'])} of the right analysis'."
    )


def _missed(ends: np.ndarray) -> int:
    return int(((ends[:, 0] > 0) | (ends[:, 1] < 0)).sum())
