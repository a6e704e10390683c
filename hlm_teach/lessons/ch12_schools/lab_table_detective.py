"""Chapter 12's lab: which schools could have printed these five standard errors?"""

from hlm_teach.display.style import HALO, INK, ROLE
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.measures.published_table import (
    printed,
    se_of_common_slope,
    se_of_intercept,
    se_of_mean_slope,
)

# The published table, as printed: standard errors, and the variances they go with.
ROWS = (
    "null: intercept",
    "random intercept: intercept",
    "random slope: intercept",
    "random intercept: SES",
    "random slope: SES",
)
PRINTED = ("1.2", "1.1", "1.0", "0.4", "0.3")
NULL, RANDOM_INTERCEPT = (18.3, 52.1), (16.8, 45.2)  # τ₀₀, σ²
RANDOM_SLOPE = (15.1, 43.8)  # σ² isn't published: the invented schools' own
TAU11 = 2.4
CLAIMED = 50

TARGETS = (
    Target(
        "With 50 schools, make the slope's standard error in the second model 0.4, as printed.",
        met=lambda lab: lab["n_groups"] == CLAIMED and lab["fits"][3],
        shown="A slope's standard error can be had by choosing how SES spreads; but then the other "
        "slope's isn't 0.3, and with 50 schools no size of school gives the intercepts'.",
        example={"x_sd": 0.55},
    ),
    Target(
        "Make all three standard errors of intercepts come out as printed.",
        met=lambda lab: all(lab["fits"][:3]),
        shown="The three intercepts agree with each other, on 15 or 16 schools, and not with 50.",
        example={"n_groups": 15, "group_size": 32},
    ),
    Target(
        "Make four of the five come out as printed; five is more than such schools can do.",
        met=lambda lab: lab["n_fit"] >= 4,
        shown="The one that is left is the slope's in the last model: where slopes may vary, their "
        "mean is known less well than before, and 0.3 after 0.4 says the opposite.",
        example={"n_groups": 15, "group_size": 31, "x_sd": 0.7},
    ),
)


def table_detective_lab() -> Lab:
    """Five printed standard errors, and what schools of your choice would print.

    >>> table_detective_lab().set(n_groups=15, group_size=31, x_sd=0.7).result["n_fit"]
    4
    """
    return Lab(
        "The table detective: which schools print these standard errors?",
        controls=(
            Slider("n_groups", "schools", "J", low=5, high=100, value=CLAIMED, step=1),
            Slider("group_size", "pupils a school", "n", low=2, high=60, value=20, step=1),
            Slider(
                "x_sd",
                "spread (SD) of SES within schools",
                "s",
                low=0.3,
                high=2.0,
                value=1.0,
                step=0.05,
                format=".2f",
                help="The same in every school; it moves the slopes' standard errors only.",
            ),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        targets=TARGETS,
        size=(7.4, 4),
    )


def compute(values: dict) -> dict:
    """The five standard errors that such schools give, and which print as published."""
    design = {"n_groups": values["n_groups"], "group_size": values["group_size"]}
    common = se_of_common_slope(RANDOM_INTERCEPT[1], x_sd=values["x_sd"], **design)
    models = (NULL, RANDOM_INTERCEPT, RANDOM_SLOPE)
    ses = [se_of_intercept(tau00, sigma2, **design) for tau00, sigma2 in models]
    ses += [common, se_of_mean_slope(common, TAU11, **design)]
    fits = [f"{se:.1f}" == text for se, text in zip(ses, PRINTED, strict=True)]
    return {"ses": ses, "fits": fits, "n_fit": sum(fits), "x_sd": values["x_sd"], **design}


def stage(axes) -> dict:
    """A row for each standard error: what prints as published, and what these schools give."""
    axes.set(
        xlim=(0, 2.0),
        ylim=(-0.6, len(ROWS) - 0.4),
        xlabel="standard error (points)",
        title="Bars: what would print as published",
    )
    places = list(range(len(ROWS)))[::-1]
    axes.set_yticks(places, ROWS)
    dots, words = [], []
    for place, text in zip(places, PRINTED, strict=True):
        low, high = printed(text)
        axes.barh(place, high - low, left=low, height=0.55, **ROLE["group"].bars())
        axes.text(high + 0.02, place + 0.3, f"printed {text}", va="center", color=INK)
        dots.append(axes.plot([], [], zorder=4, path_effects=HALO)[0])
        words.append(axes.text(1.98, place, "", va="center", ha="right", color=INK))
    return {"dots": dots, "words": words, "places": places}


def draw(artists: dict, result: dict) -> None:
    """Move the dots; a hit is a blue diamond, a miss a vermilion cross."""
    rows = zip(artists["dots"], artists["words"], artists["places"], result["ses"], result["fits"])
    for dot, words, place, se, fits in rows:
        role = ROLE["multilevel" if fits else "highlight"]
        dot.set_data([min(se, 1.97)], [place])
        dot.set(
            color=role.colour,
            marker="D" if fits else "X",
            markersize=10,
            linestyle="none",
            markeredgecolor="white",
        )
        words.set_text(f"{se:.2f}{' ✓' if fits else ''}")


def readout(result: dict) -> str:
    """What these schools would print, and how much of the table that is."""
    shown = ", ".join(f"{se:.1f}" for se in result["ses"])
    return (
        f"{result['n_groups']} schools of {result['group_size']} pupils, s = {result['x_sd']:.2f}, "
        f"print {shown}; the table has {', '.join(PRINTED)}. {result['n_fit']} of 5 agree."
    )


def alt(result: dict) -> str:
    """Every row in words."""
    rows = [
        f"{row} {se:.2f} (printed {text}{', fits' if fits else ''})"
        for row, se, text, fits in zip(ROWS, result["ses"], PRINTED, result["fits"], strict=True)
    ]
    return "Standard errors these schools would have: " + "; ".join(rows) + "."
