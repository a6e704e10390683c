"""Chapter 06's lab: is there a random slope? Three p-values, and how often each is wrong."""

from functools import lru_cache

import numpy as np

from hlm_teach._shared.words import p_text, percent
from hlm_teach.balanced.null_distributions import bootstrap_pvalues, slope_statistic, without_slope
from hlm_teach.balanced.sums import draw_slope_sums
from hlm_teach.display.style import INK, ROLE
from hlm_teach.labs.controls import Menu, Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.lmm.mixture import chi2_tail

N_STUDIES, N_BOOT, N_NULL = 1000, 119, 4999
SEED = 20240923  # a typical first picture: rates near those of many studies
TAU00 = 0.25  # σ² is 1
GRID = np.linspace(0, 16, 161)
TESTED = {"slope and covariance": (1, 2), "slope variance alone": (0, 1)}
TESTS = ("naive χ²", "mixture", "bootstrap")


TARGETS = (
    Target(
        "Draw a study without any slope variance (τ₁₁ = 0) that the bootstrap calls significant all the "
        "same, p of 0.05 or less.",
        met=lambda lab: lab["tau11"] == 0 and lab["p"][2] <= 0.05,
        shown="One study in twenty or so looks like that where there is nothing to find.",
        example={"tau11": 0.0, "seed": 6},
    ),
    Target(
        "Bring the power of the bootstrap test to 80 % or more with a slope variance of 0.10 or less.",
        met=lambda lab: 0 < lab["tau11"] <= 0.1 and lab["power"][2] >= 0.8,
        shown="Small variances of slopes are found where groups are many or large.",
        example={"tau11": 0.1, "n_groups": 60, "group_size": 40},
    ),
)


def likelihood_ratio_lab() -> Lab:
    """D of one study against its null distribution; rejection rates of three tests, live.

    >>> lab = likelihood_ratio_lab().set(tau11=0.0)
    >>> lab.readout_text[:16]
    'This study: D = '
    """
    return Lab(
        "Does the slope vary? One D, three p-values",
        controls=(
            Slider(
                "tau11",
                "true variance of slopes (σ² is 1)",
                "τ₁₁",
                low=0.0,
                high=0.3,
                value=0.04,
                step=0.005,
                format=".3f",
                help="How much the groups' true slopes differ, for x with variance 1.",
            ),
            Slider("n_groups", "groups", "J", low=4, high=200, value=30, step=0.05, log=True),
            Slider(
                "group_size",
                "members per group",
                "n",
                low=3,
                high=200,
                value=20,
                step=0.05,
                log=True,
            ),
            Menu(
                "tested",
                "what the full model adds",
                "G",
                tuple(TESTED),
                "slope and covariance",
                help="A slope variance with its covariance, or without one.",
            ),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw a new study",
        targets=TARGETS,
        seed=SEED,
        panels=2,
        size=(7.6, 3.9),
        width_ratios=(1.5, 1),
    )


def compute(values: dict) -> dict:
    """One study with its null distribution; 1,000 studies under H0; 1,000 at the chosen τ_11."""
    rng = np.random.default_rng(values["seed"])
    J, n, dfs = values["n_groups"], values["group_size"], TESTED[values["tested"]]
    with_cov = {"covariance": dfs == (1, 2)}
    study = draw_slope_sums(J, n, tau00=TAU00, tau11=values["tau11"], n_studies=1, rng=rng)
    d = float(slope_statistic(study, **with_cov)[0])
    tau00, sigma2 = (float(part[0]) for part in without_slope(study))
    null = slope_statistic(
        draw_slope_sums(J, n, tau00=tau00, tau11=0.0, sigma2=sigma2, n_studies=N_NULL, rng=rng),
        **with_cov,
    )
    p = (
        float(chi2_tail(d, dfs[1:])),
        float(chi2_tail(d, dfs)),
        float((np.sum(null >= d) + 1) / (N_NULL + 1)) if d > 0 else 1.0,
    )
    tails = (
        chi2_tail(GRID, dfs[1:]),
        chi2_tail(GRID, dfs),
        1 - np.searchsorted(np.sort(null), GRID) / N_NULL,
    )
    return {
        "D": d,
        "p": p,
        "tails": tails,
        "under_null": _under_null(J, n, dfs, values["seed"]),
        "power": _rates(values["tau11"], J, n, dfs, N_BOOT, rng),
        **values,
    }


@lru_cache(maxsize=64)
def _under_null(J: int, n: int, dfs: tuple[int, int], seed: int) -> tuple:
    """The rates without slope variance: the same for every true τ_11."""
    return _rates(0.0, J, n, dfs, N_BOOT, np.random.default_rng([seed, 1]))


def _rates(
    tau11: float, J: int, n: int, dfs: tuple[int, int], n_boot: int, rng: np.random.Generator
) -> tuple:
    """Shares of 1,000 studies that naive χ², mixture and bootstrap reject at 5 %."""
    sums = draw_slope_sums(J, n, tau00=TAU00, tau11=tau11, n_studies=N_STUDIES, rng=rng)
    options = {"covariance": dfs == (1, 2)}
    d = slope_statistic(sums, **options)
    boot = bootstrap_pvalues(sums, n_boot=n_boot, rng=rng, **options)
    return tuple(
        float(np.mean(p <= 0.05)) for p in (chi2_tail(d, dfs[1:]), chi2_tail(d, dfs), boot)
    )


def stage(axes) -> dict:
    """Tails of the null distribution on the left, rejection rates under H0 on the right."""
    left, right = axes
    left.set(
        xlim=(0, 16),
        ylim=(5e-4, 1.3),
        yscale="log",
        xlabel="D",
        yticks=[1e-3, 0.01, 0.1, 1],
        yticklabels=["0.1 %", "1 %", "10 %", "100 %"],
        ylabel="studies with so large a D",
        title="If slopes did not vary",
    )
    left.axhline(0.05, color=INK, linewidth=0.8)
    left.text(15.9, 0.053, "5 %", ha="right", va="bottom")
    right.set(
        xlim=(-0.6, 2.6),
        ylim=(0, 9),
        xticks=range(3),
        title="False positives (%)",
        xticklabels=["naive χ²", "mixture", "bootstrap"],
        xlabel=f"{N_STUDIES:,} studies with τ₁₁ = 0",
    )
    right.axhline(5, color=INK, linewidth=1)
    right.text(-0.55, 5.1, "5 %", va="bottom")
    one = np.ones_like(GRID)
    artists = {
        "naive": left.plot(GRID, one, label="naive χ²", **ROLE["naive"].line())[0],
        "mixture": left.plot(GRID, one, label="mixture", **ROLE["truth"].line())[0],
        "null": left.plot(GRID, one, label="bootstrap", **ROLE["multilevel"].line())[0],
        "D": left.plot([0, 0], [5e-4, 1.3], color=ROLE["highlight"].colour, linewidth=2)[0],
        "D_text": left.text(0, 7e-4, "", color=ROLE["highlight"].colour),
        "bars": right.bar(range(3), np.ones(3), 0.6),
        "numbers": [right.text(i, 0, "", ha="center", va="bottom") for i in range(3)],
    }
    for bar, role in zip(artists["bars"], ("naive", "truth", "multilevel"), strict=True):
        bar.set(**ROLE[role].bars(facecolor="#555555") if role == "truth" else ROLE[role].bars())
    left.legend(loc="upper right", frameon=False)
    return artists


def draw(artists: dict, result: dict) -> None:
    """Move curves, the line of D, bars and their numbers."""
    for name, tail in zip(("naive", "mixture", "null"), result["tails"], strict=True):
        artists[name].set_ydata(np.where(tail > 0, tail, np.nan))
    shown = min(result["D"], 15.9)
    artists["D"].set_xdata([shown, shown])
    far = shown > 5
    beyond = " →" if shown < result["D"] else ""
    artists["D_text"].set(
        x=shown + (-0.25 if far else 0.25),
        ha="right" if far else "left",
        y=0.013 if shown > 10 else 7e-4,  # where the curves leave room
        text=f"this study: D = {result['D']:.1f}{beyond}\n(true τ₁₁ = {result['tau11']:.3f})",
    )
    rates = 100 * np.array(result["under_null"])
    for bar, number, place, rate in zip(
        artists["bars"], artists["numbers"], range(3), rates, strict=True
    ):
        bar.set_height(rate)
        number.set(position=(place, rate + 0.35 * (abs(rate - 5) < 0.6) + 0.1), text=f"{rate:.1f}")


def readout(result: dict) -> str:
    """Observed D, three p-values, rates under H0, power."""
    p, h0, power = (
        _three(result["p"], _p),
        _three(result["under_null"], percent),
        _three(result["power"], percent),
    )
    return (
        f"This study: D = {result['D']:.2f}; p {p} ({N_NULL:,} studies simulated from its own "
        f"fit without the slope). In {N_STUDIES:,} studies without slope variance they reject "
        f"{h0}; in {N_STUDIES:,} with τ₁₁ = {result['tau11']:.3f}: {power} (bootstraps of "
        f"{N_BOOT} each). {result['n_groups']} groups of {result['group_size']}, τ₀₀ = {TAU00}, REML."
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    return (
        f"Left, falling curves of the share of studies with so large a D when slopes do not "
        f"vary: naive χ² dashed, the mixture below it, and the bootstrap's; a vertical line "
        f"at D = {result['D']:.1f}. Right, false positives of three "
        f"tests as bars against a line at 5 %: {_three(result['under_null'], percent)}."
    )


def _three(values: tuple, words) -> str:
    return ", ".join(f"{name} {words(value)}" for name, value in zip(TESTS, values, strict=True))


def _p(value: float) -> str:
    return p_text(value, 4).replace("<", "below")
