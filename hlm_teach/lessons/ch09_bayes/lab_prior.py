"""Chapter 09's lab: a prior of τ, the data of a few groups, and the posterior beside REML's point."""

import numpy as np

from hlm_teach.balanced.likelihood import maximum
from hlm_teach.balanced.sums import balanced_sums
from hlm_teach.bayes.grid_posterior import balanced_posterior
from hlm_teach.bayes.priors import Prior, sd_prior
from hlm_teach.display.style import ROLE
from hlm_teach.labs.controls import Menu, Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.measures.reliability import mean_reliability

MOST, PUPILS, SIGMA, MEAN = 30, 10, 6.0, 50.0
PRIORS = ("flat", "half-normal", "half-Cauchy", "gamma")
SHOWN = np.linspace(0.0, 12.0, 241)  # where τ is drawn
SEED = 20  # a draw in which REML says 0 for a while
SPREAD = 12.0  # schools' means are drawn within MEAN ± this
TARGETS = (
    Target(
        "Let REML say 0 although the true τ is 1 or more; and let the posterior's median miss the "
        "truth by no more than half of it.",
        met=lambda lab: (
            lab["reml"] == 0
            and lab["tau"] >= 1
            and abs(lab["median"] - lab["tau"]) <= 0.5 * lab["tau"]
            and lab["lower"] <= lab["tau"] <= lab["upper"]
        ),
        shown="REML's 0 was no evidence for 0: the posterior is wide there, and it holds the truth.",
        example={"tau": 1.5, "scale": 5.0},
    ),
    Target(
        "With three schools, let the posterior's 95 % interval be hardly anything but the prior's "
        "own: each end within a quarter of the prior's.",
        met=lambda lab: (
            lab["n_groups"] == 3
            and lab["proper"]
            and abs(lab["lower"] / lab["prior_lower"] - 1) <= 0.25
            and abs(lab["upper"] / lab["prior_upper"] - 1) <= 0.25
        ),
        shown="Three schools say so little about τ that what comes out is what went in.",
        example={"n_groups": 3, "tau": 1.0, "scale": 0.5},
    ),
    Target(
        "With thirty schools and a half-normal prior of scale 10 or more, bring the posterior's "
        "median within 5 % of a REML estimate above 0.",
        met=lambda lab: (
            lab["n_groups"] == 30
            and lab["prior"] == "half-normal"
            and lab["scale"] >= 10
            and 0 < abs(lab["median"] - lab["reml"]) <= 0.05 * lab["reml"]
        ),
        shown="With many schools the data speak louder than a wide prior, and both roads meet.",
        example={"n_groups": 30, "tau": 5.0, "scale": 10.0},
    ),
    Target(
        "Overrule thirty schools: with a half-normal prior, pull the posterior's median below half "
        "of a REML estimate of 4 or more.",
        met=lambda lab: (
            lab["n_groups"] == 30
            and lab["prior"] == "half-normal"
            and lab["reml"] >= 4
            and lab["median"] < lab["reml"] / 2
        ),
        shown="A prior that is far too narrow, as one in the wrong units is, wins even against "
        "thirty schools, without a word of warning.",
        example={"n_groups": 30, "tau": 6.0, "scale": 0.2},
    ),
)


def prior_lab() -> Lab:
    """Schools of ten pupils, residual SD 6: the posterior of τ, and what it does to their means.

    >>> prior_lab().readout_text.split(":")[0]
    '8 schools of 10'
    """
    return Lab(
        "What the prior of τ does with few groups",
        controls=(
            Slider("n_groups", "schools", "J", low=3, high=MOST, value=8, step=1),
            Slider("tau", "true SD between schools", "τ", low=0.0, high=8.0, value=0.5, step=0.25,
                   format=".2f", help="What the data are made with; nobody knows it otherwise."),
            Menu("prior", "prior of", "τ", PRIORS, "half-normal"),
            Slider("scale", "its scale", "s", low=0.2, high=20.0, value=5.0, step=0.05, log=True,
                   format=".2g", help="In points. The flat prior has none."),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw other pupils",
        targets=TARGETS,
        seed=SEED,
        panels=2,
        size=(7.6, 4.0),
    )  # fmt: skip


def compute(values: dict) -> dict:
    """The data on common random numbers; REML's point, the posterior of τ, the schools' means."""
    rng = np.random.default_rng(values["seed"])
    effects, pupils = rng.standard_normal(MOST), rng.standard_normal((MOST, PUPILS))
    j = values["n_groups"]
    y = MEAN + values["tau"] * effects[:j, None] + SIGMA * pupils[:j]
    prior = prior_of(values)
    posterior = balanced_posterior(y, prior_tau=prior, n_tau=150, n_sigma=24)
    tau00, sigma2 = maximum(balanced_sums(y))
    trust = mean_reliability(tau00, sigma2, PUPILS)
    means, grand = y.mean(axis=1), y.mean()
    density = posterior.tau_density(SHOWN)
    shape = prior.density(SHOWN)
    ends = {"lower": 0.025, "median": 0.5, "upper": 0.975}
    return {
        "reml": float(np.sqrt(tau00)),
        "trust_reml": float(trust),
        "trust": posterior.mean_reliability(PUPILS),
        **{name: posterior.quantile("tau", q) for name, q in ends.items()},
        "proper": prior.proper,
        "prior_lower": prior.quantile(0.025) if prior.proper else 0.0,
        "prior_upper": prior.quantile(0.975) if prior.proper else 0.0,
        "prior_name": prior.name,
        "density": density / density.max(),
        "shape": shape / shape.max(),
        "means": means,
        "blups": grand + trust * (means - grand),
        "posterior_means": grand + posterior.mean_reliability(PUPILS) * (means - grand),
        "true_tau": values["tau"],
        "n_groups": j,
    }


def prior_of(values: dict) -> Prior:
    """The prior that the controls ask for."""
    kind = values["prior"]
    return sd_prior(kind, None if kind == "flat" else values["scale"])


def stage(axes) -> dict:
    """τ on the left; on the right a row for each school."""
    left, right = axes
    left.set(xlim=(0, 12), ylim=(0, 1.5), yticks=[], xlabel="SD between schools τ (points)")
    left.set_title("Prior and posterior of τ")
    left.spines["left"].set_visible(False)
    left.text(11.9, 1.42, "prior: dashed", ha="right", va="center")
    left.text(11.9, 1.32, "posterior: solid; bar: 95 %", ha="right", va="center")
    right.set(
        xlim=(MEAN - SPREAD, MEAN + SPREAD),
        ylim=(-1, MOST + 7),
        yticks=[],
        xlabel="mean of a school (points)",
    )
    right.set_title("Means of the schools")
    right.spines["left"].set_visible(False)
    rows, middle = np.arange(MOST, dtype=float), np.full(MOST, MEAN)
    for height, role, words in (
        (5.6, "no_pooling", "raw mean"),
        (3.6, "highlight", "by REML"),
        (1.6, "multilevel", "posterior mean"),
    ):
        right.plot([MEAN - SPREAD + 0.8], [MOST + height], **ROLE[role].points(markersize=6))
        right.text(MEAN - SPREAD + 1.8, MOST + height, words, va="center")
    return {
        "prior": left.plot(SHOWN, SHOWN, **ROLE["naive"].line())[0],
        "posterior": left.plot(SHOWN, SHOWN, **ROLE["multilevel"].line(linewidth=2.5))[0],
        "interval": left.plot([0, 1], [0.02, 0.02], **ROLE["multilevel"].line(linewidth=6))[0],
        "truth": left.plot([0, 0], [0, 1.0], **ROLE["truth"].line())[0],
        "reml": left.plot([0], [0.02], **_mark())[0],
        "reml_word": left.text(11.9, 1.22, "", ha="right", va="center"),
        "truth_word": left.text(11.9, 1.12, "", ha="right", va="center"),
        "raw": right.plot(middle, rows, **ROLE["no_pooling"].points(markersize=7))[0],
        "blups": right.plot(middle, rows, **_mark(markersize=5))[0],
        "means": right.plot(middle, rows, **ROLE["multilevel"].points(markersize=5))[0],
    }  # fmt: skip


def _mark(**more) -> dict:
    """REML's point."""
    return ROLE["highlight"].points(
        **({"markersize": 10, "markeredgewidth": 1, "markeredgecolor": "white", "clip_on": False,
            "zorder": 5} | more)
    )  # fmt: skip


def draw(artists: dict, result: dict) -> None:
    """Move curves, marks and means."""
    artists["prior"].set_ydata(result["shape"])
    artists["posterior"].set_ydata(result["density"])
    ends = np.minimum([result["lower"], result["upper"]], SHOWN[-1])
    artists["interval"].set_xdata(ends)
    artists["truth"].set_xdata([result["true_tau"]] * 2)
    artists["reml"].set_xdata([min(result["reml"], SHOWN[-1])])
    artists["reml_word"].set_text(f"REML: dot at {result['reml']:.1f}")
    artists["truth_word"].set_text(f"truth: dash-dot at {result['true_tau']:.1f}")
    order = np.argsort(result["means"])
    rows = (np.arange(len(order)) + 0.5) * MOST / len(order) - 0.5
    for name, key in (("raw", "means"), ("blups", "blups"), ("means", "posterior_means")):
        places = np.clip(result[key][order], MEAN - SPREAD, MEAN + SPREAD)
        artists[name].set_data(places, rows)


def readout(result: dict) -> str:
    """REML's point, the posterior, the prior alone, and the trust in a school's own mean."""
    alone = (
        f"the prior alone says {result['prior_lower']:.2f} to {result['prior_upper']:.1f}"
        if result["proper"]
        else "the prior alone says nothing that could be drawn"
    )
    return (
        f"{result['n_groups']} schools of {PUPILS}: REML's point is τ̂ = {result['reml']:.2f}. With the "
        f"{result['prior_name']} prior the posterior has median {result['median']:.2f} and 95 % interval "
        f"{result['lower']:.2f} to {result['upper']:.1f}; {alone}. Trust in a school's own mean: "
        f"λ = {result['trust_reml']:.2f} by REML, {result['trust']:.2f} on average over the posterior."
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    return (
        f"Left: the {result['prior_name']} prior of τ dashed, the posterior as a solid curve that is highest "
        f"at {SHOWN[result['density'].argmax()]:.1f}, with a bar from {result['lower']:.1f} to "
        f"{result['upper']:.1f}; a dot for REML at {result['reml']:.1f}; the truth at "
        f"{result['true_tau']:.1f}. Right: {result['n_groups']} schools' raw means from "
        f"{result['means'].min():.0f} to {result['means'].max():.0f}, REML's from "
        f"{result['blups'].min():.0f} to {result['blups'].max():.0f}, the posterior's from "
        f"{result['posterior_means'].min():.0f} to {result['posterior_means'].max():.0f}."
    )
