"""Chapter 04's second lab: 1,000 studies without an effect, tested without the random slope."""

import numpy as np

from hlm_teach.balanced.omitted_slope import TESTED, omitted_slope_rate, simulate_slope_studies
from hlm_teach.display.style import INK, ROLE
from hlm_teach.labs.controls import Menu, Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target

N_STUDIES = 1000
GRID = np.linspace(0, 0.3, 61)
BINS = np.linspace(0, 1, 21)


TARGETS = (
    Target(
        "With a slope variance of 0.02 or less, make half of all studies find an effect that isn't "
        "there.",
        met=lambda lab: lab["tau11"] <= 0.02 and lab["exact"] >= 0.5,
        shown="More members a group make a test without the random slope worse, not better.",
        example={"tau11": 0.02, "group_size": 400},
    ),
    Target(
        "With slopes that vary (τ₁₁ of 0.05 or more), change the number of groups twofold or more from "
        "the start without moving the exact rate by a point: 15.5 %, give or take 1.",
        met=lambda lab: (
            lab["tau11"] >= 0.05
            and (lab["n_groups"] <= 15 or lab["n_groups"] >= 60)
            and abs(lab["exact"] - 0.155) <= 0.01
        ),
        shown="More groups don't mend a test that leaves out the random slope: its level stays where "
        "it is.",
        example={"tau11": 0.05, "n_groups": 100, "group_size": 20},
    ),
)


def omitted_slope_lab() -> Lab:
    """False positives where slopes vary and the model says they don't, live and exact.

    >>> lab = omitted_slope_lab().set(tau11=0.05, n_groups=30, group_size=20)
    >>> lab.readout_text[:38]
    'Without the random slope 15.5 % of all'
    """
    return Lab(
        "What leaving out the random slope costs",
        controls=(
            Slider(
                "tau11",
                "variance of slopes left out (σ² is 1)",
                "τ₁₁",
                low=0.0,
                high=0.3,
                value=0.05,
                step=0.005,
                format=".3f",
                help="How much the groups' true slopes differ, for x with variance 1.",
            ),
            Slider("n_groups", "groups", "J", low=4, high=200, value=30, step=0.05, log=True),
            Slider(
                "group_size",
                "members per group",
                "n",
                low=3,
                high=1500,
                value=20,
                step=0.05,
                log=True,
            ),
            Menu(
                "tested",
                "what is tested",
                "γ",
                tuple(TESTED),
                "mean slope",
                help="The mean slope, or the effect of a group-level predictor on slopes.",
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
        size=(7.4, 3.8),
    )


def compute(values: dict) -> dict:
    """The exact curve, and 1,000 studies at the chosen slope variance."""
    design = {
        "n_groups": values["n_groups"],
        "group_size": values["group_size"],
        "tested": values["tested"],
    }
    studies = simulate_slope_studies(
        n_studies=N_STUDIES,
        tau11=values["tau11"],
        **design,
        rng=np.random.default_rng(values["seed"]),
    )
    return {
        "curve": omitted_slope_rate(tau11=GRID, **design),
        "tau11": values["tau11"],
        "exact": omitted_slope_rate(tau11=values["tau11"], **design),
        "omitted": studies.omitted.false_positives,
        "included": studies.included.false_positives,
        "df": (studies.omitted.df, studies.included.df),
        "p_omitted": np.histogram(studies.omitted.p, BINS)[0] / N_STUDIES,
        "p_included": np.histogram(studies.included.p, BINS)[0] / N_STUDIES,
        "tested": values["tested"],
        "n_groups": values["n_groups"],
        "group_size": values["group_size"],
    }


def stage(axes) -> dict:
    """Rates over τ₁₁ on the left, p-values on the right."""
    left, right = axes
    left.set(
        xlim=(-0.006, 0.306),
        ylim=(0, 100),
        xlabel="variance of slopes left out τ₁₁",
        ylabel="false positives (%)",
        title="Exact curve, 1,000 studies",
    )
    left.axhline(5, color=INK, linewidth=1)
    left.text(0.3, 6.5, "nominal 5 %", ha="right")
    right.set(
        xlim=(0, 1),
        ylim=(0, 40),
        xlabel="p-value",
        ylabel="studies (%)",
        title="All nulls true: bars should be equal",
    )
    right.axhline(5, color=INK, linewidth=1)
    left.plot([0.01], [94], **ROLE["naive"].points())
    left.text(0.018, 94, "random slope left out", va="center")
    left.plot([0.01], [87], **ROLE["multilevel"].points())
    left.text(0.018, 87, "random slope in", va="center")
    return {
        "curve": left.plot(GRID, GRID, **ROLE["naive"].line())[0],
        "omitted_bars": right.bar(
            BINS[:-1], np.ones(20), 0.05, align="edge", **ROLE["naive"].bars()
        ),
        "included": right.stairs(
            np.ones(20), BINS, color=ROLE["multilevel"].colour, linewidth=2, baseline=None
        ),
        "beyond": right.text(0.97, 0.96, "", transform=right.transAxes, va="top", ha="right"),
        "omitted_mark": left.plot(
            0, 0, **ROLE["naive"].points(markersize=10, markeredgewidth=1, markeredgecolor="white")
        )[0],
        "included_mark": left.plot(
            0,
            0,
            **ROLE["multilevel"].points(markersize=8, markeredgewidth=1, markeredgecolor="white"),
        )[0],
    }


def draw(artists: dict, result: dict) -> None:
    """Move curve, marks, bars and steps."""
    artists["curve"].set_ydata(100 * result["curve"])
    artists["omitted_mark"].set_data([result["tau11"]], [100 * result["omitted"]])
    artists["included_mark"].set_data([result["tau11"]], [100 * result["included"]])
    for bar, share in zip(artists["omitted_bars"], result["p_omitted"], strict=True):
        bar.set_height(100 * share)
    artists["included"].set_data(values=100 * result["p_included"])
    tallest = 100 * result["p_omitted"][0]
    artists["beyond"].set_text(f"first bar: {tallest:.1f} %" if tallest > 40 else "")


def readout(result: dict) -> str:
    """Exact and simulated rate, and the right analysis beside them."""
    return (
        f"Without the random slope {100 * result['exact']:.1f} % of all studies without an "
        f"effect report one (exact; of these {N_STUDIES:,}: {100 * result['omitted']:.1f} %), "
        f"t on {result['df'][0]:,} degrees of freedom. With slopes that may vary: "
        f"{100 * result['included']:.1f} %, t on {result['df'][1]}. "
        f"Tested: the {result['tested']}, {result['n_groups']} groups of {result['group_size']}."
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    return (
        f"Left, the share of false positives over the slope variance left out: it rises from "
        f"5 % to {100 * result['curve'][-1]:.0f} % at 0.3; a square at {result['tau11']:.3f} "
        f"for {N_STUDIES:,} simulated studies, {100 * result['omitted']:.1f} %, and a diamond "
        f"for the analysis with random slopes, {100 * result['included']:.1f} %. Right, "
        f"p-values: {100 * result['p_omitted'][0]:.0f} % of them below 0.05 without the "
        f"random slope, about 5 % in every class with it."
    )
