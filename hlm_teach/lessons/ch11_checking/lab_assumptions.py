"""Chapter 11's lab: break one assumption, look at the pictures, and see which numbers suffer."""

from functools import lru_cache

import numpy as np
from matplotlib.patches import Polygon
from scipy import stats

from hlm_teach._shared.arrays import Array
from hlm_teach.balanced.broken_assumptions import (
    BREAKS,
    N_TIMES,
    NUMBERS,
    analyse_balanced,
    broken_outcomes,
    order_shown,
    picture_curves,
    picture_null,
    rates_table,
)
from hlm_teach.display.style import INK, ROLE
from hlm_teach.labs.controls import Menu, Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.measures.simulated_band import NullCurves, null_curves

N_STUDIES, MOST_PERSONS, N_SIM = 400, 60, 300
WORDS = {"gamma01": "γ₀₁, arm", "gamma10": "γ₁₀, change", "tau00": "τ₀₀", "sigma2": "σ²"}
PICTURES = {  # words, place of the cell, lowest and highest value shown
    "groups": ("Q-Q plot of groups", (0, 1), (-3.5, 5.5)),
    "residuals": ("Q-Q plot of residuals", (1, 1), (-7.0, 7.0)),
    "spread": ("SD over time", (0, 0), (0.3, 1.9)),
    "neighbours": ("neighbours' correlation", (1, 0), (-0.5, 0.8)),
}
SPOKEN = {
    "groups": "the Q-Q plot of groups",
    "residuals": "the Q-Q plot of residuals",
    "spread": "the SD over time",
    "neighbours": "the correlation of neighbours",
}


def _fixed_hold(lab: dict) -> bool:
    return lab["covers"]["gamma01"] >= 92 and lab["covers"]["gamma10"] >= 92


TARGETS = (
    Target(
        "Bring the interval of τ₀₀ below 75 %, while both intervals of fixed effects stay at 92 % "
        "or more.",
        met=lambda lab: bool(lab["covers"]["tau00"] < 75 and _fixed_hold(lab)),
        shown="The shape of u matters for the interval of its variance, and hardly for fixed effects.",
        example={"broken": "skewed groups", "strength": 0.9, "n_groups": 60},
    ),
    Target(
        "Bring the interval of the change γ₁₀ below 85 % with independent residuals.",
        met=lambda lab: bool(lab["broken"] != "memory" and lab["covers"]["gamma10"] < 85),
        shown="Where the smaller part of the rows scatters more, one common variance makes their "
        "mean look too sure.",
        example={"broken": "unequal variances", "strength": 0.7},
    ),
    Target(
        "Find an assumption, clearly broken (strength 0.50 or more), that leaves three of the four "
        "intervals at 92 % or more.",
        met=lambda lab: bool(
            lab["strength"] >= 0.5 and sum(lab["covers"][name] >= 92 for name in NUMBERS) == 3
        ),
        shown="A broken assumption hurts the number that leans on it, and need not touch the others.",
        example={"broken": "heavy-tailed residuals", "strength": 0.8},
    ),
    Target(
        "Let no picture of the study notice anything (all p above 0.05), while some interval holds "
        "the truth in less than 85 % of studies.",
        met=lambda lab: bool(
            min(lab["pvalues"].values()) > 0.05 and min(lab["covers"].values()) < 85
        ),
        shown="Pictures of one small study can be silent about a fault that ruins an interval.",
        example={"broken": "skewed groups", "strength": 0.6, "n_groups": 10, "seed": 0},
    ),
)


def assumptions_lab() -> Lab:
    """One study's residual plots, and how often intervals hold in 400 studies like it.

    >>> lab = assumptions_lab().set(broken="memory", strength=1.0)
    >>> lab.result["covers"]["gamma10"] < 90
    True
    """
    return Lab(
        "Break one assumption: who notices, and who suffers?",
        controls=(
            Menu("broken", "what is broken", "u, e", BREAKS, BREAKS[0]),
            Slider(
                "strength",
                "how much",
                "s",
                low=0.0,
                high=1.0,
                value=0.3,
                step=0.05,
                format=".2f",
                help="0: nothing is broken.",
            ),
            Slider("n_groups", "persons", "J", low=10, high=MOST_PERSONS, value=40, step=10),
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
        width_ratios=(1.15, 1),
    )


@lru_cache(maxsize=2)
def _luck(seed: int) -> tuple[Array, Array]:
    """Standard normal draws of the studies, so that sliders move the same ones."""
    rng = np.random.default_rng(seed)
    shape = (MOST_PERSONS, N_STUDIES)
    z_u, z_e = rng.standard_normal(shape), rng.standard_normal((N_TIMES, *shape))
    return z_u.T, z_e.transpose(2, 1, 0)  # laid out time by time, which memory is made from fastest


@lru_cache(maxsize=8)
def _null(n_groups: int) -> dict[str, NullCurves]:
    """What the four pictures are like where nothing is broken."""
    rng = np.random.default_rng(1107)
    drawn = picture_null(n_groups, n_sim=N_SIM, rng=rng)
    return {name: null_curves(curves) for name, curves in drawn.items()}


def compute(values: dict) -> dict:
    """The studies, their analyses, and the pictures of the first."""
    j = values["n_groups"]
    z_u, z_e = (part[:, :j] for part in _luck(values["seed"]))
    y = broken_outcomes(values["broken"], values["strength"], z_u, z_e)
    rates = rates_table([analyse_balanced(y)])
    seen = {name: curves[0] for name, curves in picture_curves(y[:1]).items()}
    bands = {name: null.hold(seen[name]) for name, null in _null(j).items()}
    return {
        "covers": rates["covers"].to_dict(),
        "mean": rates["mean estimate"].to_dict(),
        "pvalues": {name: band.pvalue for name, band in bands.items()},
        "seen": seen,
        "bands": bands,
        "along": _along(j),
        "nothing": values["strength"] == 0,
        "broken": f"{values['broken']}, s = {values['strength']:.2f}",
    }


def _along(n_groups: int) -> dict[str, Array]:
    """Where the points of each picture lie, from 0 to 1."""
    n = n_groups * N_TIMES
    ranks = {
        "groups": (np.arange(n_groups) + 0.5) / n_groups,
        "residuals": (order_shown(n) + 0.5) / n,
    }
    places = {name: stats.norm.ppf(share) for name, share in ranks.items()}
    places |= {"spread": np.arange(10.0), "neighbours": np.arange(5.0)}
    return {name: (x - x[0]) / (x[-1] - x[0]) for name, x in places.items()}


def stage(axes) -> dict:
    """Four small residual plots on the left, four shares on the right."""
    left, right = axes
    left.set_axis_off()
    left.set(xlim=(-0.03, 2.13), ylim=(-0.03, 2.3), title="One study, four pictures")
    cells = {name: _cell(left, *PICTURES[name]) for name in PICTURES}
    right.set(
        xlim=(0, 100),
        ylim=(-0.6, 3.6),
        xlabel="95 % intervals that hold the truth, %",
        title=f"{N_STUDIES} such studies",
    )
    right.axvline(95, **ROLE["truth"].line())
    places = range(3, -1, -1)
    right.set_yticks(places, list(WORDS.values()))
    bars = right.barh(places, [95] * 4, height=0.55, **ROLE["multilevel"].bars())
    words = [right.text(2, place, "", va="center", weight="bold") for place in places]
    return {"cells": cells, "bars": bars, "words": words}


def _cell(ax, words: str, place: tuple[int, int], limits: tuple[float, float]) -> dict:
    """A small picture in a box of its own, and what moves in it."""
    x, y = place[0] * 1.1, place[1] * 1.16
    ax.plot(
        x + np.array([0, 1, 1, 0, 0]), y + np.array([0, 0, 1, 1, 0]), color="0.6", linewidth=0.8
    )
    ax.text(x + 0.5, y + 1.015, words, ha="center", va="bottom", fontsize=10)
    band = ax.add_patch(Polygon([[x, y], [x, y]], closed=True, facecolor="0.85", linewidth=0))
    return {
        "band": band,
        "inside": ax.plot([], [], **ROLE["multilevel"].points(marker="o", markersize=3.5))[0],
        "outside": ax.plot([], [], **ROLE["highlight"].points(marker="D", markersize=4.5))[0],
    }


def draw(artists: dict, result: dict) -> None:
    """Move points, bands and bars."""
    for name, cell in artists["cells"].items():
        _draw_cell(cell, name, result)
    for bar, words, name in zip(artists["bars"], artists["words"], NUMBERS, strict=True):
        share = result["covers"][name]
        hurt, short = share < 90, share < 25
        bar.set_width(share)
        bar.set_facecolor(ROLE["naive"].colour if hurt else ROLE["multilevel"].colour)
        bar.set_hatch(ROLE["naive"].hatch if hurt else "")
        words.set(text=f"{share:.0f} %", color="white" if not hurt else INK)
        words.set_x(share + 2 if short else 2)


def _draw_cell(cell: dict, name: str, result: dict) -> None:
    _, place, (low, high) = PICTURES[name]
    x = place[0] * 1.1 + 0.04 + 0.92 * result["along"][name]

    def height(values: Array) -> Array:
        inside = np.clip((values - low) / (high - low), 0.015, 0.985)
        return np.asarray(place[1] * 1.16 + inside, float)

    band, y = result["bands"][name], height(result["seen"][name])
    edge = np.concatenate([height(band.lower), height(band.upper)[::-1]])
    cell["band"].set_xy(np.column_stack([np.concatenate([x, x[::-1]]), edge]))
    cell["inside"].set_data(x[~band.outside], y[~band.outside])
    cell["outside"].set_data(x[band.outside], y[band.outside])


def _noticed(result: dict) -> str:
    seen = [SPOKEN[name] for name, p in result["pvalues"].items() if p < 0.05]
    return "no picture of this study notices" if not seen else f"noticed by {' and '.join(seen)}"


def readout(result: dict) -> str:
    """What notices and what suffers."""
    covers, mean = result["covers"], result["mean"]
    head = "Nothing is broken" if result["nothing"] else f"Broken: {result['broken']}"
    return (
        f"{head}; {_noticed(result)}. Intervals that hold the truth: γ₀₁ {covers['gamma01']:.0f} %, "
        f"γ₁₀ {covers['gamma10']:.0f} %, τ₀₀ {covers['tau00']:.0f} %, σ² {covers['sigma2']:.0f} %. Mean "
        f"estimates: τ₀₀ {mean['tau00']:.2f} (true 0.50), σ² {mean['sigma2']:.2f} (true 1.00)."
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    covers, bands = result["covers"], result["bands"]
    out = "; ".join(
        f"{PICTURES[name][0]}: {int(band.outside.sum())} of {len(band.centre)} points outside "
        f"(p = {band.pvalue:.3f})"
        for name, band in bands.items()
    )
    return (
        f"Left, four small pictures of one study, each on the band of its model. {out}. Right, how "
        f"many 95 % intervals hold the truth in {N_STUDIES} studies: γ₀₁ {covers['gamma01']:.0f}, γ₁₀ "
        f"{covers['gamma10']:.0f}, τ₀₀ {covers['tau00']:.0f}, σ² {covers['sigma2']:.0f} percent."
    )
