"""Chapter 02's lab: how much of the variance lies between schools, and what that costs."""

import numpy as np

from hlm_teach._shared.words import signed
from hlm_teach.display.style import ROLE
from hlm_teach.labs.controls import Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.measures.design_effect import design_effect, effective_sample_size
from hlm_teach.measures.reliability import mean_reliability
from hlm_teach.simulate.two_level import simulate_two_level

N_SCHOOLS = 30
MOST_PUPILS = 100
MEAN = 50.0
TARGETS = (
    Target(
        "Let the raw variance of means report an ICC of 0.15 or more where all schools are alike "
        "(τ₀₀ = 0).",
        met=lambda lab: lab["tau00"] == 0 and lab["raw"] >= 0.15,
        shown="With few pupils a school the luck of a mean is as large as a difference of schools, "
        "and the raw variance counts it as one.",
        example={"tau00": 0.0, "group_size": 3},
    ),
    Target(
        "Find an ICC of 0.05 or less that triples the variance of a comparison: design effect 3 or "
        "more.",
        met=lambda lab: 0 < lab["icc"] <= 0.05 and lab["design_effect"] >= 3,
        shown="A small ICC is not harmless where groups are large: the design effect is "
        "1 + (n − 1)ρ.",
        example={"tau00": 2.0, "sigma2": 40.0, "group_size": 60},
    ),
)
SEED = 48  # a draw near the truth to start from; "Draw again" shows how far others stray


def icc_lab() -> Lab:
    """Thirty schools whose variances the reader sets; ICC, design effect, effective N, λ.

    >>> icc_lab().set(tau00=10, sigma2=40, group_size=20).readout_text[:9]
    'ICC 0.20:'
    """
    return Lab(
        "How alike are pupils of one school?",
        controls=(
            Slider(
                "tau00",
                "variance between schools",
                "τ₀₀",
                low=0.0,
                high=60.0,
                value=10.0,
                step=0.5,
                format=".1f",
                help="How far the schools' true means spread.",
            ),
            Slider(
                "sigma2",
                "variance within schools",
                "σ²",
                low=1.0,
                high=60.0,
                value=40.0,
                step=0.5,
                format=".1f",
                help="How far pupils of one school spread.",
            ),
            Slider(
                "group_size",
                "pupils per school",
                "n",
                low=2,
                high=MOST_PUPILS,
                value=20,
                step=1,
                help="How many pupils stand behind one school mean.",
            ),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw again",
        targets=TARGETS,
        seed=SEED,
        panels=2,
        stacked=True,
        size=(6.4, 4.9),
        height_ratios=(5, 1.5),
    )


def compute(values: dict) -> dict:
    """Pupils and school means on common random numbers; ICC and what follows from it."""
    tau00, sigma2, n = values["tau00"], values["sigma2"], values["group_size"]
    pupils = simulate_two_level(
        n_groups=N_SCHOOLS,
        group_size=MOST_PUPILS,
        gamma00=MEAN,
        tau00=tau00,
        sigma2=sigma2,
        rng=np.random.default_rng(values["seed"]),
    )
    y = pupils["y"].to_numpy().reshape(N_SCHOOLS, MOST_PUPILS)[:, :n]
    icc = tau00 / (tau00 + sigma2)
    return {
        "y": y,
        "tau00": tau00,
        "sigma2": sigma2,
        "group_size": n,
        "icc": icc,
        "design_effect": design_effect(icc, n),
        "pupils": N_SCHOOLS * n,
        "effective": effective_sample_size(icc, n, n_groups=N_SCHOOLS),
        "reliability": mean_reliability(tau00, sigma2, n),
    } | estimates(y)


def estimates(y: np.ndarray) -> dict:
    """School means of y (J, n), the ICC from their raw variance, and by ANOVA.

    Equal group sizes only, where ``anova_icc`` has this closed form.

    >>> estimates(np.array([[1.0, 3.0], [5.0, 7.0]]))["anova"].round(3)
    np.float64(0.778)
    """
    means, within = y.mean(axis=1), y.var(axis=1, ddof=1).mean()
    raw = means.var(ddof=1)
    corrected = raw - within / y.shape[1]
    return {"means": means, "raw": raw / (raw + within), "anova": corrected / (corrected + within)}


def stage(axes) -> dict:
    """The cloud above, one column a school; the variance bar with two estimates below."""
    cloud, bar = axes
    schools = np.arange(1, N_SCHOOLS + 1)
    cloud.set(
        xlim=(0.3, N_SCHOOLS + 0.7),
        ylim=(10, 90),
        xlabel="school",
        ylabel="score",
        title="Each column is a school: dots are pupils, bars are school means",
    )
    cloud.axhline(MEAN, color="0.6", linewidth=0.8, zorder=1)
    bar.set(
        xlim=(-0.01, 1.01),
        ylim=(-1.45, 1.25),
        yticks=[],
        xlabel="share of the variance that lies between schools",
    )
    bar.spines["left"].set_visible(False)
    bar.text(0, 0.6, "between τ₀₀")
    bar.text(0.81, 0.6, "within σ²", ha="right")
    bar.barh([0], [1], height=0.9, **ROLE["between"].bars())  # the other part moves over it
    for place, role, words in (
        (0.03, "naive", "ICC from the raw variance of these means"),
        (0.66, "multilevel", "by ANOVA"),
    ):
        bar.plot(place, -1.08, **_mark(role))
        bar.text(place + 0.025, -1.08, words, va="center")
    return {
        "pupils": cloud.plot([], [], **ROLE["group"].points(markersize=2.5))[0],
        "means": cloud.plot(
            schools,
            schools,
            linestyle="none",
            marker="_",
            markersize=14,
            markeredgewidth=3,
            color=ROLE["between"].colour,
        )[0],
        "within": bar.barh([0], [0.8], left=0.2, height=0.9, **ROLE["within"].bars())[0],
        "left": bar.text(0.19, 0.6, "", weight="bold"),
        "right": bar.text(1, 0.6, "", ha="right", weight="bold"),
        "raw": bar.plot(0.2, 0, **_mark("naive"))[0],
        "anova": bar.plot(0.2, 0, **_mark("multilevel"))[0],
    }


def _mark(role: str) -> dict:
    """An estimate on the bar: the role's marker with a white rim."""
    return ROLE[role].points(
        markersize=9, markeredgewidth=1, markeredgecolor="white", clip_on=False
    )


def draw(artists: dict, result: dict) -> None:
    """Move pupils, means, the border within the bar and the two estimates."""
    artists["pupils"].set_data(_places(result["group_size"]), result["y"].ravel())
    artists["means"].set_ydata(result["means"])
    icc = result["icc"]
    artists["within"].set(x=icc, width=1 - icc)
    artists["left"].set_text(f"{result['tau00']:.1f} ({icc:.0%})")
    artists["right"].set_text(f"{result['sigma2']:.1f} ({1 - icc:.0%})")
    for name in ("raw", "anova"):
        artists[name].set_xdata([max(result[name], 0.0)])


def _places(n: int) -> np.ndarray:
    """Where the pupils stand: side by side within their school's column."""
    return (np.arange(1, N_SCHOOLS + 1)[:, None] + np.linspace(-0.3, 0.3, n)).ravel()


def readout(result: dict) -> str:
    """ICC as a correlation, what the pupils and a school mean are worth, and the estimates."""
    return (
        f"ICC {result['icc']:.2f}: two pupils of one school correlate {result['icc']:.2f}; "
        f"design effect {result['design_effect']:.2f}: {result['pupils']} pupils are worth "
        f"{result['effective']:.0f} independent ones; a school mean has reliability "
        f"λ = {result['reliability']:.2f}. Estimated from these pupils: "
        f"{result['raw']:.2f} from the raw variance of means, "
        f"{signed(result['anova'])} by ANOVA."
    )


def alt(result: dict) -> str:
    """The cloud and the bar in words."""
    return (
        f"Scores of {result['group_size']} pupils in each of {N_SCHOOLS} schools; the school means "
        f"run from {result['means'].min():.0f} to {result['means'].max():.0f}. Below, a bar: "
        f"{result['icc']:.0%} of the variance lies between schools, "
        f"{1 - result['icc']:.0%} within; a mark for the estimate from the raw variance of "
        f"means at {result['raw']:.2f}, one for ANOVA at {signed(result['anova'])}."
    )
