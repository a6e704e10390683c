"""Chapter 13's lab: a trial whose steep patients die first, in one arm more than in the other."""

import numpy as np
import pandas as pd

from hlm_teach._shared.words import signed
from hlm_teach.display.style import HALO, INK, ROLE
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.measures.growth import ANALYSES, arm_slopes
from hlm_teach.simulate.trial import simulate_trial

N_PER_ARM = 250
YEARS = np.arange(9)
SLOPE = 0.18
TAU11 = 0.03
START = 0.5
ARMS = ("usual care", "drug")
ROLES = ("naive", "no_pooling", "multilevel")
TARGETS = (
    Target(
        "Let steep patients die first in both arms alike (both at 1.5 or more), so that random "
        "slopes miss each arm's slope by 0.04 or more and still have the difference within 0.03.",
        met=lambda lab: (
            lab["usual"] == lab["drug"] >= 1.5
            and (lab["arms"] <= lab["true_arms"] - 0.04).all()
            and abs(lab["difference"][2] - lab["effect"]) <= 0.03
        ),
        shown="Where the same kind of patient dies in both arms, both slopes are bent alike, and "
        "their difference comes through better than either.",
        example={"usual": 2.0, "drug": 2.0, "effect": -0.05, "dropout": 0.1, "seed": 42},
    ),
    Target(
        "Give the drug no effect on the slope, and make the interval of random slopes lie above 0: "
        "a drug that seems to do harm.",
        met=lambda lab: (
            lab["effect"] == 0 and lab["lower"][2] > 0 and lab["usual"] - lab["drug"] >= 0.5
        ),
        shown="A drug that keeps steep patients alive keeps their visits in the data, and looks as "
        "if it had made them steep.",
        example={"usual": 2.5, "drug": 0.0, "effect": 0.0, "dropout": 0.1, "seed": 42},
    ),
    Target(
        "Give the drug a benefit of 0.05 a year or more, and hide it: random slopes find a "
        "difference within 0.02 of 0.",
        met=lambda lab: (
            lab["effect"] <= -0.05
            and abs(lab["difference"][2]) <= 0.02
            and lab["usual"] - lab["drug"] >= 0.5
        ),
        shown="What a drug does to dying can hide what it does to the slope; deaths have to be "
        "analysed beside the visits.",
        example={"usual": 2.0, "drug": 0.0, "effect": -0.06, "dropout": 0.08, "seed": 42},
    ),
)


def who_leaves_lab() -> Lab:
    """A trial of two arms, its visits, and three analyses of what the drug does to the slope.

    >>> lab = who_leaves_lab().set(dropout=0.1, usual=2.0)
    >>> lab.readout_text[:24]
    'Of 4,500 planned visits '
    """
    return Lab(
        "Who dies, and what the slopes then say",
        controls=(
            _steepness("usual", "usual care: how much sooner steep patients die", "s₀"),
            _steepness("drug", "drug: how much sooner steep patients die", "s₁"),
            Slider(
                "effect",
                "true effect of the drug on the slope",
                "δ",
                low=-0.1,
                high=0.1,
                value=0.0,
                step=0.01,
                format=".2f",
                help="Below 0 the drug slows the rise.",
            ),
            Slider(
                "dropout",
                "chance to die after a visit, at a mean slope",
                "d",
                low=0.0,
                high=0.2,
                value=0.08,
                step=0.01,
                format=".2f",
            ),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw new patients",
        targets=TARGETS,
        seed=42,
        panels=2,
        size=(7.4, 4),
        width_ratios=(3, 2),
    )


def _steepness(name: str, words: str, symbol: str) -> Slider:
    """A slider of one arm's s: log odds of dying per SD of the slopes."""
    return Slider(
        name,
        words,
        symbol,
        low=0.0,
        high=3.0,
        value=0.0,
        step=0.1,
        format=".1f",
        help="Log odds of dying per standard deviation of the slope.",
    )


def compute(values: dict) -> dict:
    """One trial: the means of those still alive, and three analyses of the arms' slopes."""
    data = simulate_trial(
        n_per_arm=N_PER_ARM,
        visits=YEARS,
        tau11=TAU11,
        dropout=values["dropout"],
        effect=values["effect"],
        steepness=(values["usual"], values["drug"]),
        gamma10=SLOPE,
        rng=np.random.default_rng(values["seed"]),
    )
    means, alive = _there(data)
    found = arm_slopes(data)
    return {
        "means": means,
        "alive": alive[:, -1],
        "seen": len(data),
        "arms": found[["arm0", "arm1"]].to_numpy()[2],
        "true_arms": np.array([SLOPE, SLOPE + values["effect"]]),
        "difference": found["difference"].to_numpy(),
        "lower": found["lower"].to_numpy(),
        "upper": found["upper"].to_numpy(),
        "effect": values["effect"],
    }


def _there(data: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Mean and number of those alive, arms × years; NaN where nobody is."""
    cell = (data["arm"] * len(YEARS) + data["x"]).to_numpy(dtype=int)
    size = np.bincount(cell, minlength=2 * len(YEARS))
    total = np.bincount(cell, data["y"].to_numpy(), minlength=2 * len(YEARS))
    means = np.where(size > 0, total / np.maximum(size, 1), np.nan)
    return means.reshape(2, -1), size.reshape(2, -1)


def stage(axes) -> dict:
    """Means of the living on the left, three intervals of the difference on the right."""
    left, right = axes
    left.set(
        xlim=(-0.2, 8.2),
        ylim=(0.0, 3.1),
        xlabel="years since entry",
        ylabel="mean log bilirubin",
        title="Means of those alive",
    )
    right.set(
        xlim=(-0.35, 0.35),
        ylim=(-0.75, 2.75),
        yticks=[],
        xlabel="drug − usual care, a year",
        title="Difference of slopes",
    )
    right.spines["left"].set_visible(False)
    right.axvline(0, color=INK, linewidth=0.8)
    for row, words in enumerate(ANALYSES):
        right.text(-0.33, 2.2 - row, words, path_effects=HALO, zorder=5)
    styles = (
        {"color": INK, "marker": "o", "markersize": 5},
        {"color": ROLE["highlight"].colour, "marker": "s", "markersize": 6},
    )
    left.text(
        0.03,
        0.97,
        "black dots: usual care\norange-red squares: drug\ndash-dot: had everybody lived",
        transform=left.transAxes,
        va="top",
    )
    return {
        "truth": [
            left.plot([], [], **ROLE["truth"].line(color=style["color"]))[0] for style in styles
        ],
        "means": [left.plot([], [], linewidth=1.2, **style)[0] for style in styles],
        "effect": right.plot([], [], **ROLE["truth"].line())[0],
        "label": right.text(0, -0.7, "", va="bottom", path_effects=HALO),
        "intervals": [
            right.plot([], [], color=ROLE[role].colour, linewidth=2.5)[0] for role in ROLES
        ],
        "marks": [right.plot([], [], **ROLE[role].points(markersize=9))[0] for role in ROLES],
    }


def draw(artists: dict, result: dict) -> None:
    """Move means, truths and intervals."""
    for arm in range(2):
        artists["means"][arm].set_data(YEARS, result["means"][arm])
        artists["truth"][arm].set_data(YEARS, START + result["true_arms"][arm] * YEARS)
    effect = result["effect"]
    artists["effect"].set_data([effect, effect], [-0.75, 2.6])
    artists["label"].set_position((effect, -0.7))
    artists["label"].set_text(f" truth {signed(effect)}")
    for row in range(3):
        place = 1.9 - row
        artists["intervals"][row].set_data(
            [result["lower"][row], result["upper"][row]], [place, place]
        )
        artists["marks"][row].set_data([result["difference"][row]], [place])


def readout(result: dict) -> str:
    """Who is alive, and what random slopes say of both arms."""
    low, high, effect = result["lower"][2], result["upper"][2], result["effect"]
    verdict = "holds" if low <= effect <= high else "misses"
    (usual, drug), (true_usual, true_drug) = result["arms"], result["true_arms"]
    return (
        f"Of {2 * N_PER_ARM * len(YEARS):,} planned visits {result['seen']:,} took place; "
        f"{result['alive'][0]} of {N_PER_ARM} patients live to the last with usual care, "
        f"{result['alive'][1]} with the drug. Random slopes: {signed(usual)} a year with usual care "
        f"(true {signed(true_usual)}), {signed(drug)} with the drug (true {signed(true_drug)}); "
        f"difference {signed(result['difference'][2])} (95 % interval {signed(low)} to "
        f"{signed(high)}), which {verdict} the truth, {signed(effect)}."
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    ols, intercepts, slopes = (signed(value) for value in result["difference"])
    there = [mean[np.isfinite(mean)] for mean in result["means"]]
    ends = " and ".join(
        f"with {arm} from {signed(mean[0])} to {signed(mean[-1])}"
        for arm, mean in zip(ARMS, there, strict=True)
    )
    return (
        f"Left, mean log bilirubin of those alive over eight years: {ends}; the lines of all, had "
        f"everybody lived, end at {START + result['true_arms'][0] * 8:.2f} and "
        f"{START + result['true_arms'][1] * 8:.2f}. Right, difference of the slopes against the "
        f"truth {signed(result['effect'])}: ordinary regression {ols}, random intercepts "
        f"{intercepts}, random slopes {slopes}."
    )
