"""Chapter 03's first lab: complete, no and partial pooling, with one very small school to watch."""

import numpy as np

from hlm_teach.display.style import ROLE
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.labs.usual import between_schools, within_schools
from hlm_teach.measures.shrinkage import expected_errors, pool
from hlm_teach.simulate.two_level import simulate_two_level

N_SCHOOLS = 14
SMALL = 6  # place of the small school, from 0
MOST_PUPILS = 60
MEAN = 50.0


TARGETS = (
    Target(
        "Let the small school, of eight pupils or fewer, keep 80 % or more of its own mean "
        "(λ of 0.80).",
        met=lambda lab: lab["n_small"] <= 8 and lab["lam"][SMALL] >= 0.8,
        shown="Few pupils are enough where schools differ much and pupils of one school little.",
        example={"tau00": 40.0, "sigma2": 20.0, "n_small": 4},
    ),
    Target(
        "Find schools where no pooling errs more, over all of them, than giving every school the mean "
        "of all.",
        met=lambda lab: lab["tau00"] > 0 and lab["errors"][1] > lab["errors"][0],
        shown="Where schools hardly differ, a school's own mean is mostly luck, and partial pooling "
        "errs less than either.",
        example={"tau00": 1.0, "sigma2": 90.0, "group_size": 5},
    ),
)


def poolings_lab() -> Lab:
    """Fourteen schools, one of them small: three estimates of each mean, and the weights.

    >>> poolings_lab().set(tau00=16, sigma2=64, group_size=30, n_small=4).readout_text[:29]
    'The small school: λ = 0.50, s'
    """
    return Lab(
        "Three ways to learn a school's mean",
        controls=(
            between_schools(high=40.0, value=25.0),
            within_schools(high=100.0, value=90.0, step=1.0, format=".0f"),
            Slider(
                "group_size",
                "pupils in an ordinary school",
                "n",
                low=2,
                high=MOST_PUPILS,
                value=12,
                step=1,
                help="How many pupils stand behind an ordinary school's mean.",
            ),
            Slider(
                "n_small",
                "pupils in the small school",
                "nₛ",
                low=1,
                high=MOST_PUPILS,
                value=2,
                step=1,
                help="How many pupils stand behind the mean of the school in orange-red.",
            ),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw new schools",
        targets=TARGETS,
        panels=2,
        stacked=True,
        size=(6.4, 5.2),
        height_ratios=(5, 1.4),
    )


def compute(values: dict) -> dict:
    """School means on common random numbers, pooled three ways with the true variances."""
    tau00, sigma2 = values["tau00"], values["sigma2"]
    pupils = simulate_two_level(
        n_groups=N_SCHOOLS,
        group_size=MOST_PUPILS,
        gamma00=MEAN,
        tau00=tau00,
        sigma2=sigma2,
        keep_effects=True,
        rng=np.random.default_rng(values["seed"]),
    )
    y = pupils["y"].to_numpy().reshape(N_SCHOOLS, MOST_PUPILS)
    sizes = np.full(N_SCHOOLS, values["group_size"])
    sizes[SMALL] = values["n_small"]
    means = np.array([row[:size].mean() for row, size in zip(y, sizes)])
    pooled = pool(means, sizes, tau00=tau00, sigma2=sigma2, gamma00=MEAN)
    errors = expected_errors(sizes, tau00=tau00, sigma2=sigma2)
    return {
        "truth": MEAN + pupils["u0"].to_numpy()[::MOST_PUPILS],
        "none": pooled.none,
        "partial": pooled.partial,
        "complete": MEAN,
        "lam": pooled.reliability,
        "errors": errors.mean().to_numpy(),
        "small_errors": errors.iloc[SMALL].to_numpy(),
        "group_size": values["group_size"],
        "n_small": values["n_small"],
    }


def stage(axes) -> dict:
    """The schools above, two bars of weights below."""
    schools, bars = axes
    places = np.arange(1, N_SCHOOLS + 1)
    schools.set(
        xlim=(0.3, N_SCHOOLS + 0.7),
        ylim=(26, 80),
        xlabel="school",
        ylabel="mean score",
        xticks=places,
        title="From each school's own mean towards the mean of all",
    )
    small = ROLE["highlight"].colour
    schools.axvspan(SMALL + 0.5, SMALL + 1.5, color=small, alpha=0.1, linewidth=0)
    _legend(schools)
    bars.set(
        xlim=(0, 1),
        ylim=(-0.6, 1.6),
        yticks=[1, 0],
        yticklabels=["ordinary school", "small school"],
        xlabel="weight of the school's own mean, λ (the rest goes to the mean of all)",
    )
    bars.get_yticklabels()[1].set_color(small)
    bars.barh([1, 0], [1, 1], height=0.75, **ROLE["naive"].bars(alpha=0.35))
    return {
        "arrows": schools.plot(
            np.zeros((2, N_SCHOOLS)),
            np.zeros((2, N_SCHOOLS)),
            color="0.45",
            linewidth=1.2,
            zorder=2,
        ),
        "complete": schools.axhline(MEAN, **ROLE["naive"].line(zorder=1)),
        "truth": schools.plot(
            places, places, **ROLE["truth"].points(markersize=6, markeredgewidth=1.4, zorder=3)
        )[0],
        "none": schools.plot(places, places, **ROLE["no_pooling"].points(markersize=7, zorder=4))[
            0
        ],
        "partial": schools.plot(
            places, places, **ROLE["multilevel"].points(markersize=6.5, zorder=5)
        )[0],
        "weights": list(bars.barh([1, 0], [0.5, 0.5], height=0.75, **ROLE["no_pooling"].bars())),
        "words": [
            bars.text(
                0.985,
                place,
                "",
                ha="right",
                va="center",
                weight="bold",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
            )
            for place in (1, 0)
        ],
    }


def _legend(ax) -> None:
    """One entry per estimate, above the schools."""
    parts = (
        ("no_pooling", "own mean (no pooling)"),
        ("multilevel", "BLUP (partial)"),
        ("truth", "true mean"),
    )
    handles = [
        ax.plot(
            [],
            [],
            **ROLE[role].points(markersize=7, markeredgewidth=1.2 * (role == "truth")),
            label=words,
        )[0]
        for role, words in parts
    ]
    handles.append(ax.plot([], [], **ROLE["naive"].line(), label="mean of all (complete)")[0])
    ax.legend(handles=handles, loc="upper center", ncols=2, borderpad=0.2)


def draw(artists: dict, result: dict) -> None:
    """Move the marks, the arrows between them and the weights."""
    artists["complete"].set_ydata([result["complete"]] * 2)
    for name in ("truth", "none", "partial"):
        artists[name].set_ydata(result[name])
    for place, arrow in enumerate(artists["arrows"]):
        arrow.set_data([place + 1] * 2, [result["none"][place], result["partial"][place]])
    for bar, words, lam in zip(artists["weights"], artists["words"], _two(result)):
        bar.set_width(lam)
        words.set_text(f"λ = {lam:.2f}")


def _two(result: dict) -> tuple[float, float]:
    """λ of an ordinary school and of the small one."""
    return float(result["lam"][0]), float(result["lam"][SMALL])


def readout(result: dict) -> str:
    """What happens to the small school, and what each pooling costs."""
    complete, none, partial = result["errors"]
    small = result["small_errors"]
    return (
        f"The small school: λ = {_two(result)[1]:.2f}, so its mean {result['none'][SMALL]:.1f} "
        f"becomes {result['partial'][SMALL]:.1f} (true mean {result['truth'][SMALL]:.1f}); an "
        f"ordinary school keeps λ = {_two(result)[0]:.2f}. Mean squared error to expect over "
        f"these schools, the mean of all known: complete pooling {complete:.1f}, none {none:.1f}, partial "
        f"{partial:.1f}; for the small school alone {small[0]:.1f}, {small[1]:.1f}, "
        f"{small[2]:.1f}."
    )


def alt(result: dict) -> str:
    """The picture in words."""
    ordinary, small = _two(result)
    return (
        f"Means of {N_SCHOOLS} schools: triangles for own means from "
        f"{result['none'].min():.0f} to {result['none'].max():.0f}, diamonds for BLUPs from "
        f"{result['partial'].min():.0f} to {result['partial'].max():.0f}, a dashed line for "
        f"the mean of all at {result['complete']:.0f}. The small school's triangle stands at "
        f"{result['none'][SMALL]:.1f}, its diamond at {result['partial'][SMALL]:.1f}. Below, "
        f"weights of the own mean: {ordinary:.2f} in an ordinary school, {small:.2f} in the "
        "small one."
    )
