"""Chapter 02's lab: how much of the variance lies between schools, and what that costs."""

import numpy as np

from ..plots import ROLE
from ..simulate import simulate_two_level
from ..variance import design_effect, effective_sample_size
from ._lab import Lab, Slider

N_SCHOOLS = 30
MOST_PUPILS = 40
MEAN = 50.0


def icc_lab() -> Lab:
    """Thirty schools whose variances the reader sets; ICC, design effect, effective N.

    >>> icc_lab().set(tau00=10, sigma2=40, n=20).readout_text[:9]
    'ICC 0.20:'
    """
    return Lab(
        "How alike are pupils of one school?",
        controls=(
            Slider("tau00", "variance between schools", "τ₀₀", low=0.0, high=60.0, value=10.0,
                   step=0.5, format=".1f", help="How far the schools' true means spread."),
            Slider("sigma2", "variance within schools", "σ²", low=1.0, high=60.0, value=40.0,
                   step=0.5, format=".1f", help="How far pupils of one school spread."),
            Slider("n", "pupils per school", "n", low=2, high=MOST_PUPILS, value=20, step=1),
        ),
        compute=compute, stage=stage, draw=draw, readout=readout, alt=alt, again="Draw again",
        panels=2, stacked=True, size=(7, 4.4), height_ratios=(5, 1))


def compute(values: dict) -> dict:
    """Pupils and school means on common random numbers; ICC, design effect, effective N."""
    tau00, sigma2, n = values["tau00"], values["sigma2"], values["n"]
    pupils = simulate_two_level(
        n_groups=N_SCHOOLS, group_size=MOST_PUPILS, gamma00=MEAN, tau00=tau00, sigma2=sigma2,
        rng=np.random.default_rng(values["seed"]))
    y = pupils["y"].to_numpy().reshape(N_SCHOOLS, MOST_PUPILS)[:, :n]
    icc = tau00 / (tau00 + sigma2)
    return {"y": y, "means": y.mean(axis=1), "tau00": tau00, "sigma2": sigma2, "n": n,
            "icc": icc, "design_effect": design_effect(icc, n),
            "pupils": N_SCHOOLS * n,
            "effective": effective_sample_size(icc, [n] * N_SCHOOLS)}


def stage(axes) -> dict:
    """The cloud above, one column a school; the variance bar below."""
    cloud, bar = axes
    schools = np.arange(1, N_SCHOOLS + 1)
    cloud.set(xlim=(0.3, N_SCHOOLS + 0.7), ylim=(10, 90), xlabel="school", ylabel="score",
              title="Each column is a school: dots are pupils, bars are school means")
    cloud.axhline(MEAN, color="0.6", linewidth=0.8, zorder=1)
    bar.set(xlim=(0, 1), ylim=(-0.5, 1.1), yticks=[], xlabel="share of the variance")
    bar.spines["left"].set_visible(False)
    return {
        "pupils": cloud.plot([], [], **ROLE["group"].points())[0],
        "means": cloud.plot(schools, schools, linestyle="none", marker="_", markersize=14,
                            markeredgewidth=3, color=ROLE["between"].colour)[0],
        "between": bar.barh([0], [0.2], height=0.8, **ROLE["between"].bars())[0],
        "within": bar.barh([0], [0.8], left=0.2, height=0.8, **ROLE["within"].bars())[0],
        "left": bar.text(0, 0.55, "", ha="left"), "right": bar.text(1, 0.55, "", ha="right"),
    }


def draw(artists: dict, result: dict) -> None:
    """Move pupils, means and the bar's border."""
    artists["pupils"].set_data(_places(result["n"]), result["y"].ravel())
    artists["means"].set_ydata(result["means"])
    icc = result["icc"]
    artists["between"].set_width(icc)
    artists["within"].set(x=icc, width=1 - icc)
    artists["left"].set_text(f"between schools τ₀₀ {result['tau00']:.1f} ({icc:.0%})")
    artists["right"].set_text(f"within schools σ² {result['sigma2']:.1f} ({1 - icc:.0%})")


def _places(n: int) -> np.ndarray:
    """Where the pupils stand: side by side within their school's column."""
    return (np.arange(1, N_SCHOOLS + 1)[:, None] + np.linspace(-0.3, 0.3, n)).ravel()


def readout(result: dict) -> str:
    """ICC as a correlation, and what the pupils are worth."""
    return (f"ICC {result['icc']:.2f}: two pupils of one school correlate {result['icc']:.2f}; "
            f"design effect {result['design_effect']:.2f}: {result['pupils']} pupils are worth "
            f"{result['effective']:.0f} independent ones.")


def alt(result: dict) -> str:
    """The cloud and the bar in words."""
    return (f"Scores of {result['n']} pupils in each of {N_SCHOOLS} schools; the school means "
            f"run from {result['means'].min():.0f} to {result['means'].max():.0f}. Below, a bar: "
            f"{result['icc']:.0%} of the variance lies between schools, "
            f"{1 - result['icc']:.0%} within.")
