"""Chapter 03's second lab: u correlated with x; random effects drift, dummies and Mundlak hold."""

import numpy as np

from hlm_teach._shared.words import signed
from hlm_teach.balanced.endogenous import balanced_x, simulate_endogenous
from hlm_teach.display.style import ROLE
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.labs.usual import between_schools

N_GROUPS = 100
N_STUDIES = 1000
SLOPE = 2.0
SIGMA2 = 36.0
SHOWN = 40  # schools in the left panel
BINS = np.linspace(-2.5, 6.5, 121)


TARGETS = (
    Target(
        "Make the random-intercept slope wrong by 0.20 or more, on average over the studies.",
        met=lambda lab: abs(lab["means"]["random"] - SLOPE) >= 0.2,
        shown="Where u and x are related, the random-intercept slope drifts, and the dummies' slope "
        "doesn't.",
        example={"corr_ux": 0.9, "x_icc": 0.6},
    ),
    Target(
        "Keep the correlation at 0.5 or more (of either sign), schools that differ in x (ρₓ of 0.20 or "
        "more) and in u (τ₀₀ of 4 or more), and bring the random-intercept slope within 0.05 of "
        "the truth.",
        met=lambda lab: (
            abs(lab["corr_ux"]) >= 0.5
            and lab["x_icc"] >= 0.2
            and lab["tau00"] >= 4
            and abs(lab["means"]["random"] - SLOPE) <= 0.05
        ),
        shown="With many pupils a school, or schools that differ much, the random-intercept slope is "
        "learned within schools, where u can't reach it.",
        example={"corr_ux": 0.5, "x_icc": 0.2, "tau00": 20.0, "group_size": 60},
    ),
)


def endogeneity_lab() -> Lab:
    """A thousand studies of 100 schools: the slope of x by random effects and by dummies.

    >>> endogeneity_lab().set(corr_ux=0.0).readout_text[:25]
    'u and x are uncorrelated:'
    """
    return Lab(
        "When schools with more x are also better for other reasons",
        controls=(
            Slider(
                "corr_ux",
                "correlation of u with the school mean of x",
                "r",
                low=-0.9,
                high=0.9,
                value=0.0,
                step=0.05,
                format=".2f",
                help="Zero is what the random-intercept model assumes.",
            ),
            between_schools(high=20.0, value=9.0, help="How far the schools' u spread."),
            Slider(
                "x_icc",
                "share of x that lies between schools",
                "ρₓ",
                low=0.0,
                high=0.8,
                value=0.3,
                step=0.05,
                format=".2f",
                help="How much schools differ in x.",
            ),
            Slider(
                "group_size",
                "pupils per school",
                "n",
                low=2,
                high=60,
                value=5,
                step=1,
                help="With many pupils a school the random-intercept slope looks within.",
            ),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw new studies",
        targets=TARGETS,
        panels=2,
        size=(7.6, 4.2),
    )


def compute(values: dict) -> dict:
    """1,000 studies on common random numbers, and the school means of one more for the eye."""
    given = {key: values[key] for key in ("corr_ux", "tau00", "x_icc")}
    studies = simulate_endogenous(
        n_studies=N_STUDIES,
        n_groups=N_GROUPS,
        group_size=values["group_size"],
        gamma10=SLOPE,
        sigma2=SIGMA2,
        rng=np.random.default_rng(values["seed"]),
        **given,
    )
    slopes = {"random": studies.random.estimate, "within": studies.within.estimate}
    means = {
        name: float(values.mean())
        for name, values in (slopes | {"contextual": studies.contextual}).items()
    }
    return (
        slopes
        | {
            "means": means,
            "cover_random": studies.random.coverage,
            "cover_within": studies.within.coverage,
            "corr_ux": values["corr_ux"],
        }
        | _one_study(values)
    )


def _one_study(values: dict) -> dict:
    """Mean of x and true mean of y in each of the schools shown."""
    rng = np.random.default_rng(values["seed"])
    z = rng.standard_normal(SHOWN)
    x = balanced_x(
        n_groups=SHOWN, group_size=values["group_size"], x_icc=values["x_icc"], rng=rng
    ).mean(axis=1)
    r, score = values["corr_ux"], x / np.sqrt(np.mean(x**2))
    u = np.sqrt(values["tau00"]) * (r * score + np.sqrt(1 - r**2) * z)
    return {"x": x, "y": SLOPE * x + u}


def stage(axes) -> dict:
    """Schools with their inner slopes on the left; a thousand slopes on the right."""
    schools, slopes = axes
    schools.set(
        xlim=(-2.7, 2.7),
        ylim=(-18, 18),
        xlabel="x (standard deviations)",
        ylabel="y, minus its mean",
        title=f"{SHOWN} schools: true means, with\nthe true slope inside each",
    )
    slopes.set(
        xlim=(BINS[0], BINS[-1]),
        ylim=(0, 1.5),
        yticks=[],
        xlabel="estimated slope of x",
        title=f"Slope of x in {N_STUDIES:,} studies\nof {N_GROUPS} schools",
    )
    slopes.spines["left"].set_visible(False)
    slopes.axvline(SLOPE, **ROLE["truth"].line(ymax=0.70))
    _legend(schools, slopes)
    return {
        "inside": schools.plot(
            np.zeros((2, SHOWN)), np.zeros((2, SHOWN)), **ROLE["group"].line(linewidth=1.3)
        ),
        "line": schools.plot([-2.6, 2.6], [0, 0], **ROLE["naive"].line(zorder=3))[0],
        "schools": schools.plot(
            [],
            [],
            linestyle="none",
            marker="o",
            markersize=4.5,
            zorder=4,
            color=ROLE["between"].colour,
        )[0],
        "within": slopes.stairs(
            np.zeros(len(BINS) - 1), BINS, color=ROLE["multilevel"].colour, linewidth=2, zorder=3
        ),
        "random": slopes.stairs(
            np.zeros(len(BINS) - 1),
            BINS,
            fill=True,
            **ROLE["naive"].bars(edgecolor="#7A5200", alpha=0.75),
        ),
        "random_mean": slopes.text(
            0, 0, "▼", ha="center", va="bottom", color="#7A5200", fontsize=11
        ),
    }


def _legend(schools, slopes) -> None:
    """Direct words for lines and areas."""
    schools.plot([], [], **ROLE["naive"].line(label="random-intercept slope, average"))
    schools.legend(loc="upper left", borderpad=0.1)
    entries = [
        slopes.fill_between(
            [], [], **ROLE["naive"].bars(edgecolor="#7A5200"), label="random intercept, x alone"
        ),
        slopes.plot(
            [], [], color=ROLE["multilevel"].colour, linewidth=2, label="group dummies = Mundlak"
        )[0],
        slopes.plot([], [], **ROLE["truth"].line(label="true slope within schools"))[0],
    ]
    slopes.legend(handles=entries, loc="upper left", borderpad=0.1)


def draw(artists: dict, result: dict) -> None:
    """Move schools, lines and the two distributions."""
    x, y = result["x"], result["y"]
    artists["schools"].set_data(x, y)
    for line, a, b in zip(artists["inside"], x, y):
        line.set_data([a - 0.35, a + 0.35], [b - 0.35 * SLOPE, b + 0.35 * SLOPE])
    artists["line"].set_ydata([-2.6 * result["means"]["random"], 2.6 * result["means"]["random"]])
    counts = {name: _counts(result[name]) for name in ("within", "random")}
    highest = max(count.max() for count in counts.values())
    for name, count in counts.items():
        artists[name].set_data(values=count / highest)
    at = float(np.clip(result["means"]["random"], BINS[0] + 0.05, BINS[-1] - 0.05))
    artists["random_mean"].set_position((at, counts["random"].max() / highest + 0.01))


def _counts(estimates: np.ndarray) -> np.ndarray:
    """Studies in each bin; what lies outside is kept in the outermost bins."""
    inside = np.clip(estimates, BINS[0], np.nextafter(BINS[-1], 0))
    return np.histogram(inside, BINS)[0]


def readout(result: dict) -> str:
    """How far the random-intercept slope drifts, and what its interval is worth."""
    means, r = result["means"], result["corr_ux"]
    begin = "u and x are uncorrelated:" if r == 0 else f"u and x̄ correlate {signed(r)}:"
    return (
        f"{begin} the slope inside schools is {SLOPE:.2f}. Random intercept with x alone: "
        f"{means['random']:.2f} on average, its 95 % interval holds the truth in "
        f"{100 * result['cover_random']:.0f} % of studies. Dummies and Mundlak: "
        f"{means['within']:.2f}, {100 * result['cover_within']:.0f} %. Mundlak's coefficient "
        f"of the school mean: {signed(means['contextual'])}, which is what u and x share."
    )


def alt(result: dict) -> str:
    """The picture in words."""
    means = result["means"]
    side = (
        "lies on"
        if abs(means["random"] - SLOPE) < 0.05
        else "lies to the right of"
        if means["random"] > SLOPE
        else "lies to the left of"
    )
    return (
        f"Left: {SHOWN} schools as dots, a short line of slope {SLOPE:.0f} through each, and a "
        f"dashed line of the average estimated slope, {means['random']:.2f}. Right: two histograms of "
        f"estimated slopes. The one of the random-intercept model centres on "
        f"{means['random']:.2f} and {side} the true slope, {SLOPE:.0f}; the one of group "
        f"dummies centres on {means['within']:.2f}."
    )
