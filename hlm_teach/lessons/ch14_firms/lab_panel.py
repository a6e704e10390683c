"""Chapter 14's lab: pooled, between, random and fixed effects, and what Hausman's test can see."""

import numpy as np

from hlm_teach._shared.words import signed
from hlm_teach.balanced.panel_law import Z, panel_law
from hlm_teach.display.style import INK, ROLE
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target

TRUTH, SIGMA2 = 1.0, 1.0
DIAL = np.linspace(0, 0.9, 19)  # where the curves are computed
WAYS = ("pooled", "between", "random", "fixed")
WORDS = {
    "pooled": "pooled, OLS",
    "between": "between firms",
    "random": "random effects",
    "fixed": "fixed effects = Mundlak",
}
ROLES = {"pooled": "naive", "between": "between", "random": "highlight", "fixed": "multilevel"}
CURVES = {  # what the right panel shows, and how
    "random": ROLE["highlight"].line(linestyle="--"),
    "fixed": ROLE["multilevel"].line(),
    "hausman": {"color": INK, "linewidth": 3, "linestyle": "-"},
}

TARGETS = (
    Target(
        "Make pooled regression right on average, and still let its interval hold the truth in less "
        "than 60 % of studies.",
        met=lambda lab: abs(lab["bias"]["pooled"]) < 1e-9 and lab["coverage"]["pooled"] < 0.6,
        shown="With no correlation every analysis is right on average; what was false was the "
        "certainty, and that a cluster-robust standard error repairs.",
        example={"corr_ux": 0.0, "tau00": 2.0, "n_years": 10, "x_icc": 0.9},
    ),
    Target(
        "Find firms for which Hausman's test rejects in less than 40 % of studies, although the "
        "interval of random effects holds the truth in less than 75 %.",
        met=lambda lab: lab["power"] < 0.4 and lab["coverage"]["random"] < 0.75,
        shown="A test that doesn't reject is no proof: the correlation that it misses can be large "
        "enough to spoil the interval.",
        example={"corr_ux": 0.3, "n_firms": 60, "x_icc": 0.9, "n_years": 5, "tau00": 1.0},
    ),
    Target(
        "Let the test choose between random and fixed effects, and bring the share of intervals "
        "that hold the truth to 80 % or lower.",
        met=lambda lab: lab["coverage"]["hausman"] <= 0.8,
        shown="Where the test has middling power, choosing by it costs coverage; fixed effects, or "
        "Mundlak's model, would have kept 95 %.",
        example={"corr_ux": 0.3, "x_icc": 0.9},
    ),
)


def panel_lab() -> Lab:
    """Panels of firms whose own effects go with x: five analyses, and a test that chooses.

    >>> panel_lab().set(corr_ux=0.0).readout_text[:25]
    'u and x are uncorrelated:'
    """
    return Lab(
        "Fixed or random effects, and who decides",
        controls=(
            Slider(
                "corr_ux",
                "correlation of firm effect and mean of x",
                "r",
                low=0.0,
                high=0.9,
                value=0.1,
                step=0.05,
                format=".2f",
                help="Zero is what random effects assume.",
            ),
            Slider(
                "tau00",
                "variance between firms (within: 1)",
                "τ₀₀",
                low=0.0,
                high=2.0,
                value=1.0,
                step=0.25,
                format=".2f",
                help="How far the firms' own effects spread.",
            ),
            Slider(
                "x_icc",
                "share of x that lies between firms",
                "ρₓ",
                low=0.2,
                high=0.95,
                value=0.7,
                step=0.05,
                format=".2f",
                help="Capital, for one, differs far more between firms than over the years.",
            ),
            Slider("n_firms", "firms", "J", low=20, high=400, value=140, step=20),
            Slider("n_years", "years per firm", "n", low=2, high=15, value=7, step=1),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        targets=TARGETS,
        panels=2,
        size=(7.6, 4.2),
        width_ratios=(1, 1),
    )


def compute(values: dict) -> dict:
    """The law at the dial's place (last), and along the whole dial."""
    law = panel_law(
        np.append(DIAL, values["corr_ux"]),
        n_groups=values["n_firms"],
        group_size=values["n_years"],
        tau00=values["tau00"],
        sigma2=SIGMA2,
        x_icc=values["x_icc"],
    )
    here = {
        part: {name: float(column[-1]) for name, column in getattr(law, part).items()}
        for part in ("bias", "se", "coverage")
    }
    curves = {name: law.coverage[name][:-1] for name in CURVES} | {"power": law.power[:-1]}
    return here | {"curves": curves, "power": float(law.power[-1]), "corr_ux": values["corr_ux"]}


def stage(axes) -> dict:
    """Four typical intervals on the left; shares of intervals along the dial on the right."""
    left, right = axes
    left.set(
        xlim=(0.4, 3.7),
        ylim=(-0.6, 3.9),
        yticks=[],
        xlabel="slope of x, with the interval reported",
        title="A typical study, and in how many\nthe interval holds the truth",
    )
    left.spines["left"].set_visible(False)
    left.axvline(TRUTH, **ROLE["truth"].line())
    left.text(TRUTH, -0.55, f" truth {TRUTH:.0f}", va="bottom")
    right.set(
        xlim=(0, 0.9),
        ylim=(0, 1.02),
        xlabel="correlation r of u and x̄",
        ylabel="share of studies",
        title="Intervals that hold the truth,\nover the correlation",
    )
    right.text(
        0.98,
        0.55,
        "blue: fixed effects\nred dashes: random effects\n"
        "black: Hausman's test decides\ngrey dots: the test rejects",
        transform=right.transAxes,
        ha="right",
        va="center",
        color=INK,
        fontsize=10,
        bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none"},
    )
    artists: dict = {name: right.plot(DIAL, DIAL, **style)[0] for name, style in CURVES.items()}
    artists["power"] = right.plot(DIAL, DIAL, ":", color="#666666", linewidth=2)[0]
    artists["here"] = right.axvline(0, color=INK, linewidth=0.8)
    for row, name in enumerate(WAYS):
        role = ROLE[ROLES[name]]
        artists[f"{name} mark"] = left.plot([], [], **role.points(markersize=8))[0]
        artists[f"{name} line"] = left.plot([], [], color=role.colour, linewidth=2.5)[0]
        artists[f"{name} words"] = left.text(3.65, 3 - row + 0.2, "", ha="right", va="bottom")
    return artists


def draw(artists: dict, result: dict) -> None:
    """Move intervals, curves and the line of the dial's place."""
    for row, name in enumerate(WAYS):
        place, middle = 3 - row, TRUTH + result["bias"][name]
        half = Z * result["se"][name]
        artists[f"{name} mark"].set_data([middle], [place])
        artists[f"{name} line"].set_data([middle - half, middle + half], [place, place])
        artists[f"{name} words"].set_text(f"{WORDS[name]}: {_share(result['coverage'][name])}")
    for name, curve in result["curves"].items():
        artists[name].set_ydata(curve)
    artists["here"].set_xdata([result["corr_ux"]] * 2)


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def readout(result: dict) -> str:
    """What each analysis says on average, and what its interval is worth."""
    r, cover = result["corr_ux"], {name: _share(x) for name, x in result["coverage"].items()}
    slope = {name: signed(TRUTH + bias) for name, bias in result["bias"].items()}
    begin = "u and x are uncorrelated:" if r == 0 else f"u and x̄ correlate {r:.2f}:"
    return (
        f"{begin} the slope within firms is {TRUTH:.0f}. Pooled: {slope['pooled']} on average, its "
        f"interval holds the truth in {cover['pooled']} of studies ({cover['robust']} with a "
        f"cluster-robust standard error). Between: {slope['between']}. Random effects: "
        f"{slope['random']}, {cover['random']}. Fixed effects or Mundlak: {slope['fixed']}, "
        f"{cover['fixed']}. Hausman's test rejects in {_share(result['power'])}; where it decides, "
        f"{cover['hausman']} hold the truth."
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    parts = [
        f"{WORDS[name]} {signed(TRUTH + result['bias'][name])} ± {Z * result['se'][name]:.2f}"
        for name in WAYS
    ]
    return (
        f"Left, slopes of a typical study against the truth, {TRUTH:.0f}: {'; '.join(parts)}. Right, "
        "the share of intervals that hold the truth over the correlation: fixed effects stay at 95 %, "
        f"random effects end at {_share(result['curves']['random'][-1])}, and where Hausman's test "
        f"decides the lowest share is {_share(result['curves']['hausman'].min())}; the test rejects in "
        f"{_share(result['curves']['power'][0])} of studies at 0 and "
        f"{_share(result['curves']['power'][-1])} at 0.90."
    )
