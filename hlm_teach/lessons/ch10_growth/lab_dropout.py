"""Chapter 10's second lab: growth, when people leave by chance, for what was seen, or for what wasn't."""

import numpy as np
from matplotlib.collections import LineCollection

from hlm_teach._shared.words import signed
from hlm_teach.display.style import INK, ROLE
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.measures.growth import ANALYSES, three_slopes
from hlm_teach.simulate.growth import simulate_growth

N_PATIENTS = 200
YEARS = np.arange(9)
SHOWN = 80
TRUTH = 0.18
STEEPNESS = 1.5  # log odds per SD, once the dial has left 0 well behind
ROLES = ("naive", "no_pooling", "multilevel")
TARGETS = (
    Target(
        "Lose a third of the planned visits or more by chance alone (dial at 0), with all three "
        "slopes within 0.03 of the truth.",
        met=lambda lab: (
            lab["dial"] == 0
            and 3 * lab["seen"] <= 2 * N_PATIENTS * len(YEARS)
            and np.abs(lab["slope"] - TRUTH).max() <= 0.03
        ),
        shown="Leaving by chance costs data, not truth.",
        example={"dial": 0.0, "dropout": 0.15},
    ),
    Target(
        "Find a dial between 0 and 1 at which only random slopes are right: their interval holds "
        "the truth, the other two slopes miss it by 0.05 or more.",
        met=lambda lab: (
            0 < lab["dial"] <= 1
            and np.abs(lab["slope"][:2] - TRUTH).min() >= 0.05
            and lab["lower"][2] <= TRUTH <= lab["upper"][2]
        ),
        shown="Where leaving depends on what was seen, a likelihood with the right covariances needs "
        "no model of why people left.",
        example={"dial": 1.0, "dropout": 0.1},
    ),
    Target(
        "Make the random slopes miss the truth by 0.05 or more as well.",
        met=lambda lab: lab["dial"] > 1 and abs(lab["slope"][2] - TRUTH) >= 0.05,
        shown="Where leaving depends on what nobody saw, no analysis of the visits that were seen "
        "repairs it, and nothing in these data tells you so.",
        example={"dial": 2.0, "dropout": 0.15},
    ),
)


def dropout_lab() -> Lab:
    """Two hundred patients; three analyses of what is seen of them, against the true mean slope.

    >>> lab = dropout_lab().set(dropout=0, tau11=0.03)
    >>> lab.readout_text[:38]
    'Of 1,800 planned visits 1,800 are seen'
    """
    return Lab(
        "Where did the sick go?",
        controls=(
            Slider(
                "dial",
                "leaving depends on: 0 chance, 1 the value just seen, 2 the next value",
                "k",
                low=0.0,
                high=2.0,
                value=0.0,
                step=0.1,
                format=".1f",
                help="From MCAR (0) over MAR (1) to MNAR (2).",
            ),
            Slider(
                "dropout",
                "chance to leave after a visit, at an average value",
                "d",
                low=0.0,
                high=0.3,
                value=0.05,
                step=0.01,
                format=".2f",
            ),
            Slider(
                "tau11",
                "variance of slopes",
                "τ₁₁",
                low=0.0,
                high=0.08,
                value=0.03,
                step=0.005,
                format=".3f",
                help="How much the patients' rates of growth differ.",
            ),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw new patients",
        targets=TARGETS,
        seed=4,
        panels=2,
        size=(7.4, 4),
        width_ratios=(3, 2),
    )


def compute(values: dict) -> dict:
    """One study: its visits, the means of those still there, three estimates."""
    data = simulate_growth(
        n_patients=N_PATIENTS,
        visits=YEARS,
        tau11=values["tau11"],
        dropout=values["dropout"],
        dropout_slope=STEEPNESS * min(values["dial"], 1.0),
        unseen=max(values["dial"] - 1.0, 0.0),
        gamma10=TRUTH,
        rng=np.random.default_rng(values["seed"]),
    )
    x, y, group = (data[name].to_numpy() for name in ("x", "y", "group"))
    visit = x.astype(int)
    still = np.bincount(visit, minlength=len(YEARS))
    totals = np.bincount(visit, weights=y, minlength=len(YEARS))
    slope, se = three_slopes(x, y, group).T
    shown = group < SHOWN
    starts = np.flatnonzero(np.diff(group[shown])) + 1
    return {
        "paths": np.split(np.column_stack([x, y])[shown], starts),
        "years": YEARS[still > 0],
        "means": totals[still > 0] / still[still > 0],
        "slope": slope,
        "lower": slope - 1.96 * se,
        "upper": slope + 1.96 * se,
        "seen": len(data),
        "left": int(still[-1]),
        "mechanism": mechanism(values["dropout"], values["dial"]),
    }


def mechanism(dropout: float, dial: float) -> str:
    """What the settings are called.

    >>> mechanism(0.1, 1.0)
    'missing at random (MAR)'
    """
    if dropout == 0:
        return "nothing missing"
    if dial == 0:
        return "missing completely at random (MCAR)"
    return "missing at random (MAR)" if dial <= 1 else "missing not at random (MNAR)"


def stage(axes) -> dict:
    """Paths on the left, three intervals on the right."""
    left, right = axes
    left.set(
        xlim=(-0.2, 8.2),
        ylim=(-2.6, 5.5),
        xlabel="years since entry",
        ylabel="log bilirubin",
        title="What is seen",
    )
    right.set(
        xlim=(-0.15, 0.3),
        ylim=(-0.55, 2.75),
        yticks=[],
        xlabel="slope per year",
        title="What is concluded",
    )
    right.spines["left"].set_visible(False)
    right.axvline(TRUTH, **ROLE["truth"].line())
    right.text(TRUTH, -0.5, f" truth {TRUTH}", va="bottom")
    for row, words in enumerate(ANALYSES):
        right.text(-0.14, 2.3 - row, words)
    return {
        "paths": left.add_collection(
            LineCollection([], linewidths=0.6, colors=ROLE["group"].colour)
        ),
        "ends": left.plot([], [], **ROLE["highlight"].points(markersize=3.5))[0],
        "truth": left.plot(YEARS, 0.5 + TRUTH * YEARS, **ROLE["truth"].line(linewidth=2))[0],
        "means": left.plot([], [], color=INK, marker="o", markersize=5, linewidth=1.2)[0],
        "key": left.text(
            0.03,
            0.97,
            "orange-red: left the study\nblack dots: mean of those there\n"
            "dash-dot: true mean of all",
            transform=left.transAxes,
            va="top",
        ),
        "intervals": [
            right.plot([], [], color=ROLE[role].colour, linewidth=2.5)[0] for role in ROLES
        ],
        "marks": [right.plot([], [], **ROLE[role].points(markersize=9))[0] for role in ROLES],
    }


def draw(artists: dict, result: dict) -> None:
    """Move paths, means and intervals."""
    paths = result["paths"]
    artists["paths"].set_segments([path for path in paths if len(path) > 1])
    ends = np.array([path[-1] for path in paths if path[-1, 0] < YEARS[-1]]).reshape(-1, 2)
    artists["ends"].set_data(ends[:, 0], ends[:, 1])
    artists["means"].set_data(result["years"], result["means"])
    for row in range(3):
        place = 2 - row
        artists["intervals"][row].set_data(
            [result["lower"][row], result["upper"][row]], [place, place]
        )
        artists["marks"][row].set_data([result["slope"][row]], [place])


def readout(result: dict) -> str:
    """Visits seen and the three slopes."""
    ols, intercepts, slopes = (signed(value) for value in result["slope"])
    held = [
        "holds" if low <= TRUTH <= high else "misses"
        for low, high in zip(result["lower"], result["upper"], strict=True)
    ]
    return (
        f"Of {N_PATIENTS * len(YEARS):,} planned visits {result['seen']:,} are seen, "
        f"{result['mechanism']}; "
        f"{result['left']} of {N_PATIENTS} patients stay to the end. True mean slope {TRUTH}: "
        f"ordinary regression {ols} (its interval {held[0]} the truth), random intercepts "
        f"{intercepts} ({held[1]}), random slopes {slopes} ({held[2]})."
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    ols, intercepts, slopes = (signed(value) for value in result["slope"])
    return (
        f"{result['mechanism'].capitalize()}. Left, paths of {SHOWN} of {N_PATIENTS} patients over eight years, an orange-red dot "
        f"where one leaves; the mean of those still there goes from "
        f"{signed(result['means'][0])} to {signed(result['means'][-1])}, the true mean of all from 0.50 to "
        f"{0.5 + TRUTH * 8:.2f}. Right, slopes per year with intervals against the truth "
        f"{TRUTH}: ordinary regression {ols}, random intercepts {intercepts}, random slopes "
        f"{slopes}."
    )
