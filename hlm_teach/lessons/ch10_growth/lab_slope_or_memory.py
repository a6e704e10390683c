"""Chapter 10's first lab: slopes that differ, or residuals that remember? The same data twice."""

import numpy as np

from hlm_teach._shared.words import signed
from hlm_teach.balanced.slope_or_memory import correlation_by_lag, slope_or_memory
from hlm_teach.display.style import INK, ROLE
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.simulate.growth import simulate_memory

MOST_PERSONS, MOST_TIMES = 120, 12
TRUTH = 0.2
MODELS = ("slope", "memory")
WORDS = {"slope": "slopes differ", "memory": "residuals remember"}
ROLES = {"slope": "between", "memory": "multilevel"}
TARGETS = (
    Target(
        "Make all true slopes equal (τ₁₁ = 0), and let the model with random slopes still report "
        "slopes with an SD of 0.20 or more.",
        met=lambda lab: lab["tau11"] == 0 and lab["sd_slopes"] >= 0.2,
        shown="A model without memory has nowhere else to put it, and books what residuals remember "
        "as slopes that differ.",
        example={"tau11": 0.0, "phi": 0.85, "n_times": 5},
    ),
    Target(
        "Find data that both models explain equally well, log-likelihoods less than 2 apart, and "
        "whose standard errors differ by 10 % or more.",
        met=lambda lab: abs(lab["gap"]) < 2 and abs(np.log(lab["ratio"])) >= np.log(1.1),
        shown="The likelihood hardly chooses between the two, and yet they are not equally sure of the "
        "mean slope.",
        example={"tau11": 0.01, "phi": 0.2},
    ),
    Target(
        "Let the model with memory claim a standard error of three quarters of the other's or less, "
        "at a log-likelihood that is lower by 5 or more.",
        met=lambda lab: lab["ratio"] >= 4 / 3 and lab["gap"] >= 5,
        shown="Where slopes differ and the series is long, memory can't stand in for them, and the "
        "likelihood says so.",
        example={"tau11": 0.08, "phi": 0.0, "n_times": 12},
    ),
)


def slope_or_memory_lab() -> Lab:
    """Persons whose slopes differ or whose residuals remember; both models fitted to the same data.

    >>> lab = slope_or_memory_lab().set(tau11=0, phi=0.8, n_times=10)
    >>> lab.result["gap"] < 0
    True
    """
    return Lab(
        "Slope or memory: the same data, explained twice",
        controls=(
            Slider(
                "tau11",
                "true variance of slopes",
                "τ₁₁",
                low=0.0,
                high=0.1,
                value=0.02,
                step=0.005,
                format=".3f",
                help="How much the persons' rates of change differ.",
            ),
            Slider(
                "phi",
                "true correlation of neighbouring residuals",
                "φ",
                low=0.0,
                high=0.9,
                value=0.5,
                step=0.05,
                format=".2f",
                help="How much of a residual is left one time later.",
            ),
            Slider("n_times", "times of measurement", "n", low=4, high=MOST_TIMES, value=8, step=1),
            Slider("n_persons", "persons", "J", low=20, high=MOST_PERSONS, value=40, step=5),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw new persons",
        targets=TARGETS,
        panels=2,
        size=(7.4, 4),
        width_ratios=(1, 1),
    )


def compute(values: dict) -> dict:
    """One study and both fits."""
    planned = simulate_memory(
        n_persons=MOST_PERSONS,
        n_times=MOST_TIMES,
        tau00=1.0,
        tau11=values["tau11"],
        phi=values["phi"],
        sigma2=1.0,
        gamma10=TRUTH,
        rng=np.random.default_rng(values["seed"]),
    )
    y = planned[: values["n_persons"], : values["n_times"]]
    fits = slope_or_memory(y)
    by_lag = {name: correlation_by_lag(fits[name].cov) for name in MODELS}
    slope, memory = fits["slope"], fits["memory"]
    return {
        "by_lag": by_lag | {"seen": correlation_by_lag(np.cov(y.T))},
        "slope": np.array([fits[name].slope for name in MODELS]),
        "se": np.array([fits[name].se for name in MODELS]),
        "llf": np.array([fits[name].llf for name in MODELS]),
        "gap": slope.llf - memory.llf,
        "ratio": slope.se / memory.se,
        "sd_slopes": float(np.sqrt(max(slope.tau11, 0.0))),
        "phi_found": memory.phi,
    }


def stage(axes) -> dict:
    """Correlations on the left, two intervals on the right."""
    left, right = axes
    left.set(
        xlim=(0.5, MOST_TIMES - 0.5),
        ylim=(-0.35, 1.05),
        xlabel="steps apart",
        ylabel="correlation of two values of a person",
        title="What is to be explained",
    )
    right.set(
        xlim=(-0.75, 0.55),
        ylim=(-0.9, 1.9),
        yticks=[],
        xlabel="mean slope per step",
        title="What is concluded",
    )
    right.spines["left"].set_visible(False)
    right.axvline(TRUTH, **ROLE["truth"].line())
    right.text(TRUTH, -0.86, f" truth {TRUTH}", va="bottom")
    left.text(
        0.97,
        0.97,
        "dots: these persons\npurple: slopes differ\nblue dashes: residuals remember",
        transform=left.transAxes,
        ha="right",
        va="top",
        color=INK,
    )
    artists: dict = {"seen": left.plot([], [], "o", color=INK, markersize=6, zorder=4)[0]}
    for row, name in enumerate(MODELS):
        role, place = ROLE[ROLES[name]], 1 - row
        style = {"linewidth": 2.5, "linestyle": "--" if name == "memory" else "-"}
        artists[name] = {
            "curve": left.plot([], [], color=role.colour, **style)[0],
            "interval": right.plot([], [], color=role.colour, **style)[0],
            "mark": right.plot([], [], **role.points(markersize=9))[0],
            "words": right.text(-0.73, place + 0.28, "", va="bottom"),
        }
    return artists


def draw(artists: dict, result: dict) -> None:
    """Move dots, curves and intervals."""
    lags = np.arange(1, len(result["by_lag"]["seen"]) + 1)
    artists["seen"].set_data(lags, result["by_lag"]["seen"])
    for row, name in enumerate(MODELS):
        parts, place = artists[name], 1 - row
        slope, se = result["slope"][row], result["se"][row]
        parts["curve"].set_data(lags, result["by_lag"][name])
        parts["interval"].set_data([slope - 1.96 * se, slope + 1.96 * se], [place, place])
        parts["mark"].set_data([slope], [place])
        parts["words"].set_text(
            f"{WORDS[name]}: SE {se:.3f}\nlog-likelihood {signed(result['llf'][row], 1)}"
        )


def readout(result: dict) -> str:
    """Both explanations, and which one the likelihood prefers."""
    gap = result["gap"]
    better = "slopes" if gap > 0 else "memory"
    verdict = (
        f"only {abs(gap):.1f} apart, the likelihood hardly chooses"
        if abs(gap) < 2
        else f"the likelihood prefers {better} by {abs(gap):.1f}"
    )
    return (
        f"With slopes: their SD is {result['sd_slopes']:.2f}, mean slope "
        f"{signed(result['slope'][0])} (SE {result['se'][0]:.3f}). With memory: φ = "
        f"{signed(result['phi_found'])}, mean slope {signed(result['slope'][1])} (SE "
        f"{result['se'][1]:.3f}). Log-likelihoods: {verdict}; the standard error with slopes is "
        f"{result['ratio']:.2f} times the other."
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    seen = result["by_lag"]["seen"]
    ends = {name: result["by_lag"][name][[0, -1]] for name in MODELS}
    return (
        f"Left, correlations of two values of a person, from {signed(seen[0])} for neighbours to "
        f"{signed(seen[-1])} for the first and the last; the curve of slopes that differ goes from "
        f"{signed(ends['slope'][0])} to {signed(ends['slope'][1])}, the one of residuals that remember "
        f"from {signed(ends['memory'][0])} to {signed(ends['memory'][1])}. Right, the mean slope with "
        f"interval against the truth {TRUTH}: with slopes {signed(result['slope'][0])} ± "
        f"{1.96 * result['se'][0]:.2f}, with memory {signed(result['slope'][1])} ± "
        f"{1.96 * result['se'][1]:.2f}."
    )
