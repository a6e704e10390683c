"""Chapter 07's lab: people read words; what happens if an analysis forgets one of the two."""

from typing import Any

import numpy as np
from matplotlib import colormaps

from hlm_teach.balanced.crossed_studies import (
    crossed_df,
    crossed_rejection_rate,
    simulate_crossed_studies,
)
from hlm_teach.display.style import INK, ROLE
from hlm_teach.labs.controls import Menu, Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.simulate.crossed import simulate_crossed

from .looks import PARTS

N_STUDIES = 1000
MOST = 100
COUNTS = np.array([4, 6, 8, 10, 14, 20, 28, 38, 50, 64, 80, 100])
COLOURS = (255 * colormaps["cividis"](np.linspace(0, 1, 256))).astype(np.uint8)
LEFT_OUT = {
    "nothing": "both",
    "words": "persons only",
    "words, by averaging": "means of persons",
    "people": "stimuli only",
    "both": "neither",
}
OF_WHOM = {"words": "stimuli", "people": "persons"}
TARGETS = (
    Target(
        "Words hold 10 % of the variance or less. Let more than half of all studies report an "
        "effect that isn't there.",
        met=lambda lab: lab["shares"][1] <= 0.10 and lab["formula"] > 0.5,
        shown="All people read the same words and share the words' luck: more people measure that "
        "luck more sharply, they don't average it out.",
        example={"n_persons": 100},
    ),
    Target(
        "Let words differ (τ_word 0.1 or more), leave them out, and keep the rate at 5.5 % or less.",
        met=lambda lab: (
            lab["tau_word"] >= 0.1
            and lab["left_out"] in ("words", "words, by averaging")
            and lab["formula"] <= 0.055
        ),
        shown="What counts is whose property x is: both halves of the people read the same words, "
        "so the words' luck cancels.",
        example={"of_whom": "people"},
    ),
)


def crossed_lab() -> Lab:
    """One study as a grid of people by words; false alarms of the chosen analysis beside it.

    >>> crossed_lab().set(tau_word=0.0).readout_text.split("; ")[0]
    'Shares of the variance: people 23 %, words 0 %, the rest 77 %'
    """
    return Lab(
        "People, words, and what the analysis forgets",
        controls=_controls(),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw 1,000 new studies",
        targets=TARGETS,
        panels=2,
        size=(7.6, 4.0),
        width_ratios=(1.05, 1),
    )


def _controls() -> tuple:
    """Three variances, two numbers, whose property x is, and what is left out."""
    variances = (
        ("tau_person", "variance between people", "τ_person", 0.0, 0.3),
        ("tau_word", "variance between words", "τ_word", 0.0, 0.1),
        ("sigma2", "variance of the rest", "σ²", 0.1, 1.0),
    )
    counts = (("n_persons", "people", "P", 20), ("n_words", "words", "S", 40))
    return (
        *(
            Slider(name, words, symbol, low=low, high=2.0, value=value, step=0.05, format=".2f")
            for name, words, symbol, low, value in variances
        ),
        *(
            Slider(name, words, symbol, low=4, high=MOST, value=value, step=2)
            for name, words, symbol, value in counts
        ),
        Menu(
            "of_whom",
            "the predictor is a property of",
            "x",
            tuple(OF_WHOM),
            "words",
            help="x splits the words, or the people, in halves; it has no effect.",
        ),
        Menu(
            "left_out",
            "the analysis leaves out",
            "u, v",
            tuple(LEFT_OUT),
            "words, by averaging",
            help="Random effects that aren't in the model; or each person's times averaged.",
        ),
    )


def compute(values: dict) -> dict:
    """One study to look at, the curve over the number of others by formula, 1,000 studies."""
    tau_person, tau_word, sigma2 = values["tau_person"], values["tau_word"], values["sigma2"]
    persons, words = values["n_persons"], values["n_words"]
    of_words, analysis = values["of_whom"] == "words", LEFT_OUT[values["left_out"]]
    size = {"n_persons": persons, "n_stimuli": words}
    variances = {"tau_person": tau_person, "tau_stimulus": tau_word, "sigma2": sigma2}
    what: dict[str, Any] = {"belongs_to": OF_WHOM[values["of_whom"]]}
    rng = np.random.default_rng(values["seed"])
    study = simulate_crossed(
        n_rows=persons, n_cols=words, tau_row=tau_person, tau_col=tau_word, sigma2=sigma2, rng=rng
    )
    found = simulate_crossed_studies(n_studies=N_STUDIES, rng=rng, **size, **variances, **what)
    others = "n_persons" if of_words else "n_stimuli"
    test = what | {"analysis": analysis}
    total = tau_person + tau_word + sigma2
    return {
        "grid": study["y"].to_numpy().reshape(persons, words) / np.sqrt(total),
        "shares": np.array([tau_person, tau_word, sigma2]) / total,
        "curve": np.array(
            [
                crossed_rejection_rate(**(size | {others: int(n)}), **variances, **test)
                for n in COUNTS
            ]
        ),
        "formula": crossed_rejection_rate(**size, **variances, **test),
        "simulated": float((found[analysis] < 0.05).mean()),
        "right": float((found["both"] < 0.05).mean()),
        "df": crossed_df(**size, **test),
        "df_right": crossed_df(**size, **what, analysis="both"),
        "others": size[others],
        "of_words": of_words,
        "left_out": values["left_out"],
    }


def stage(axes) -> dict:
    """The grid with the bar of shares above it; rates over the number of people or words."""
    grid, rates = axes
    grid.set(xlim=(0, 1), ylim=(0, 1.32), xticks=[], yticks=[], xlabel="words")
    grid.set_ylabel("people", y=0.4)
    grid.set_title("One study; shares of the variance")
    for side in grid.spines.values():
        side.set_visible(False)
    rates.set(
        xlim=(3.6, 112),
        ylim=(0, 100),
        xscale="log",
        ylabel="false alarms (%)",
        xlabel=" ",
        title="How often x is “significant”",
    )
    rates.set_xticks([4, 10, 20, 50, 100], labels=["4", "10", "20", "50", "100"])
    rates.minorticks_off()
    rates.axhline(5, color=INK, linewidth=1)
    rates.text(110, 6.2, "nominal 5 %", ha="right")
    rates.plot([4.3], [94], **ROLE["naive"].points())
    rates.text(4.9, 94, "the analysis chosen", va="center")
    rates.plot([4.3], [87], **ROLE["multilevel"].points())
    rates.text(4.9, 87, "people and words in the model", va="center")
    return {
        "grid": grid.imshow(
            COLOURS[np.zeros((4, 4), int)],
            extent=(0, 1, 0, 1),
            aspect="auto",
            interpolation="nearest",
        ),
        "border": grid.plot([], [], color="white", linewidth=3)[0],
        "shares": [grid.barh([1.13], [1 / 3], height=0.12, **part.bars())[0] for part in PARTS],
        "names": [grid.text(0, 1.22, "", ha=side) for side in ("left", "center", "right")],
        "curve": rates.plot(COUNTS, COUNTS, **ROLE["naive"].line())[0],
        "below": rates.text(
            0.5, -0.095, "", transform=rates.transAxes, ha="center", va="top", clip_on=False
        ),
        "chosen": rates.plot(4, 0, **_mark("naive", 10))[0],
        "right": rates.plot(4, 0, **_mark("multilevel", 8))[0],
    }


def _mark(role: str, size: float) -> dict:
    """A rate found in 1,000 studies, with a white rim."""
    return ROLE[role].points(
        markersize=size, markeredgewidth=1, markeredgecolor="white", clip_on=False
    )


def draw(artists: dict, result: dict) -> None:
    """Fill the grid, move the borders of the shares, the curve and the two marks."""
    shade = 128 + 127 / 2.5 * np.clip(result["grid"], -2.5, 2.5)  # two and a half SDs either way
    artists["grid"].set_data(COLOURS[shade.astype(int)])
    across = ([0.5, 0.5], [0, 1]) if result["of_words"] else ([0, 1], [0.5, 0.5])
    artists["border"].set_data(*across)
    edges = np.concatenate([[0.0], np.cumsum(result["shares"])])
    for bar, left, width in zip(artists["shares"], edges, result["shares"], strict=False):
        bar.set(x=left, width=width)
    names = zip(artists["names"], ("people", "words", "the rest"), (0, 0.5, 1), strict=True)
    for (text, word, place), share in zip(names, result["shares"], strict=True):
        text.set(x=place, text=f"{word} {share:.0%}")
    artists["curve"].set_ydata(100 * result["curve"])
    artists["below"].set_text("number of people" if result["of_words"] else "number of words")
    artists["chosen"].set_data([result["others"]], [100 * result["simulated"]])
    artists["right"].set_data([result["others"]], [100 * result["right"]])


def readout(result: dict) -> str:
    """Shares, the rate by formula and the simulated one, and the right analysis beside them."""
    people, words, rest = (f"{100 * share:.0f} %" for share in result["shares"])
    left = result["left_out"]
    verb = "With nothing left out" if left == "nothing" else f"Left out: {left}"
    return (
        f"Shares of the variance: people {people}, words {words}, the rest {rest}; "
        f"two trials of one person correlate {result['shares'][0]:.2f}, two of one word "
        f"{result['shares'][1]:.2f}. {verb}: {100 * result['formula']:.1f} % of studies without an "
        f"effect report one (by formula; of these {N_STUDIES:,}: {100 * result['simulated']:.1f} %), "
        f"t on {result['df']:,} degrees of freedom. People and words both in the model: "
        f"{100 * result['right']:.1f} %, t on {result['df_right']}."
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    rows, columns = result["grid"].shape
    half = "words" if result["of_words"] else "people"
    others = "people" if result["of_words"] else "words"
    people, words, rest = (f"{100 * share:.0f} %" for share in result["shares"])
    return (
        f"Left, a grid of {rows} people by {columns} words, each cell one trial; people make "
        f"stripes across, words stripes down; a white line parts the two halves of the {half}. "
        f"Above it a bar of the variance: people {people}, words {words}, the rest {rest}. Right, "
        f"false alarms over the number of {others}: for the analysis chosen a curve from "
        f"{100 * result['curve'][0]:.0f} % at 4 to {100 * result['curve'][-1]:.0f} % at {MOST}, "
        f"a square at {result['others']}, {100 * result['simulated']:.1f} %; a diamond for the "
        f"model with people and words, {100 * result['right']:.1f} %."
    )
