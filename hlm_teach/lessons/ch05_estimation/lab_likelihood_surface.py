"""Chapter 05's lab: the likelihood over τ_00 and σ², and where ML and REML find its top."""

import numpy as np
from matplotlib.lines import Line2D

from hlm_teach.balanced.estimators import estimator_law
from hlm_teach.balanced.likelihood import maximum, profile_log_likelihood
from hlm_teach.balanced.sums import draw_sums
from hlm_teach.display.style import ROLE
from hlm_teach.labs.controls import Menu, Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target

from .figures import ESTIMATOR
from .looks import rim_patches, rims

MOST_TAU00, MOST_SIGMA2 = 10.0, 20.0
TAU00 = np.linspace(0, MOST_TAU00, 121)
SIGMA2 = np.linspace(0.2, MOST_SIGMA2, 81)
LOWEST = -4.0  # of the profile panel
CUT = 1.92  # half of 3.84: how far an interval goes down from the top


TARGETS = (
    Target(
        "Find a design with groups that do differ (τ₀₀ of 0.5 or more) and whose REML estimate is zero "
        "in a quarter of all samples or more.",
        met=lambda lab: lab["tau00"] >= 0.5 and lab["zero REML"] >= 0.25,
        shown="An estimate of zero is an ordinary answer of few or small groups, and no proof that "
        "there is nothing.",
        example={"tau00": 0.5, "n_groups": 5, "group_size": 5},
    ),
    Target(
        "With τ₀₀ of 2 or more, bring the biases of ML and of REML to within 2 % of τ₀₀.",
        met=lambda lab: (
            lab["tau00"] >= 2
            and max(abs(lab["bias ML"]), abs(lab["bias REML"])) <= 0.02 * lab["tau00"]
        ),
        shown="With many groups ML and REML are one.",
        example={"tau00": 4.0, "n_groups": 100, "group_size": 20},
    ),
)


def likelihood_surface_lab() -> Lab:
    """The likelihood of a balanced random-intercept model, as designs and samples change.

    >>> likelihood_surface_lab().set(n_groups=100, tau00=4.0).readout_text[:5]
    'REML:'
    """
    return Lab(
        "How sharply do the data point at two variances?",
        controls=(
            Slider(
                "tau00",
                "true variance between groups",
                "τ₀₀",
                low=0.0,
                high=6.0,
                value=2.0,
                step=0.1,
                format=".1f",
                help="How far the groups' true means spread.",
            ),
            Slider(
                "sigma2",
                "true variance within groups",
                "σ²",
                low=2.0,
                high=14.0,
                value=10.0,
                step=0.5,
                format=".1f",
                help="How far members of one group spread.",
            ),
            Slider(
                "n_groups",
                "groups",
                "J",
                low=3,
                high=100,
                value=10,
                step=1,
                help="What the variance between groups is learnt from.",
            ),
            Slider(
                "group_size",
                "members per group",
                "n",
                low=2,
                high=50,
                value=10,
                step=1,
                help="What the variance within groups is learnt from.",
            ),
            Menu("kind", "whose likelihood the colours show", "L", ("REML", "ML"), "REML"),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Draw a new sample",
        targets=TARGETS,
        panels=2,
        stacked=True,
        size=(6.4, 6.2),
        sharex=True,
        height_ratios=(3, 2),
    )


def compute(values: dict) -> dict:
    """Rims of the surface, both maxima, both profiles, and what is true of such designs."""
    j, n, tau00, sigma2 = (values[key] for key in ("n_groups", "group_size", "tau00", "sigma2"))
    sums = draw_sums(j, n, tau00=tau00, sigma2=sigma2, rng=np.random.default_rng(values["seed"]))
    result = values | {"rims": rims(sums, TAU00, SIGMA2, reml=values["kind"] == "REML")}
    for name in ESTIMATOR:
        reml = name == "REML"
        best = maximum(sums, reml=reml)
        profile = profile_log_likelihood(sums, TAU00, reml=reml)
        profile -= profile_log_likelihood(sums, best[0], reml=reml)
        law = estimator_law(j, n, tau00=tau00, sigma2=sigma2, reml=reml)
        result |= {
            f"best {name}": np.array(best),
            f"profile {name}": profile,
            f"bias {name}": law.bias,
            f"zero {name}": law.zero,
        }
    return result


def stage(axes) -> dict:
    """The surface above, the profile of τ_00 below, on one axis of τ_00."""
    surface, profile = axes
    surface.set(ylim=(0, MOST_SIGMA2), ylabel="variance within groups σ²", title="Dark is likely")
    profile.set(
        xlim=(0, MOST_TAU00),
        ylim=(LOWEST, 0.35),
        yticks=[0, -1, -CUT, -3, -4],
        yticklabels=["0", "−1", "−1.92", "−3", "−4"],
        xlabel="variance between groups τ₀₀",
        ylabel="log L below its top",
        title="Profiles: an approximate 95 % interval above the line",
    )
    profile.axhline(-CUT, color="0.5", linewidth=1)
    handles = [
        Line2D([], [], **style.line(marker=style.marker, markersize=9, label=name))
        for name, style in ESTIMATOR.items()
    ]
    handles.append(
        Line2D([], [], **ROLE["truth"].line(marker="x", markersize=9, label="true values"))
    )
    surface.legend(
        handles=handles,
        ncols=3,
        loc="lower right",
        bbox_to_anchor=(1, 0.99),
        borderpad=0,
        handlelength=3,
    )
    return _moving(surface, profile)


def _moving(surface, profile) -> dict:
    """The map, the marks on it, and the curves below."""
    artists = {
        "rims": rim_patches(surface),
        "truth": surface.plot(
            0, 0, zorder=4, **ROLE["truth"].points(markersize=18, markeredgewidth=2.5)
        )[0],  # below the estimates, and larger
        "true line": profile.axvline(0, **ROLE["truth"].line()),
    }
    for name, style in ESTIMATOR.items():
        artists[f"best {name}"] = surface.plot(
            0,
            0,
            clip_on=False,
            zorder=5,
            **style.points(markersize=10, markeredgewidth=1.3, markeredgecolor="white"),
        )[0]
        artists[f"profile {name}"] = profile.plot(TAU00, TAU00, **style.line())[0]
    return artists


def draw(artists: dict, result: dict) -> None:
    """Move the surface, the marks and the profiles."""
    for patch, path in zip(artists["rims"], result["rims"], strict=True):
        patch.set_path(path)
    artists["truth"].set_data([result["tau00"]], [result["sigma2"]])
    artists["true line"].set_xdata([result["tau00"]] * 2)
    for name in ESTIMATOR:
        tau00, sigma2 = np.minimum(result[f"best {name}"], (MOST_TAU00, MOST_SIGMA2))
        artists[f"best {name}"].set_data([tau00], [sigma2])
        artists[f"profile {name}"].set_ydata(np.maximum(result[f"profile {name}"], LOWEST - 1))


def _estimate(result: dict, name: str) -> str:
    """One estimator's two numbers, and whether they lie outside the picture."""
    tau00, sigma2 = result[f"best {name}"]
    beyond = " (beyond the picture)" if tau00 > MOST_TAU00 or sigma2 > MOST_SIGMA2 else ""
    zero = ", a singular fit" if tau00 == 0 else ""
    return f"{name}: τ̂₀₀ = {tau00:.2f}{zero}, σ̂² = {sigma2:.2f}{beyond}"


def _typical(result: dict, name: str) -> str:
    """Mean error and share of zeros of one estimator in such designs."""
    bias = result[f"bias {name}"]
    side = f"{abs(bias):.2f} {'above' if bias > 0 else 'below'} the truth"
    where = side if abs(bias) >= 0.005 else "at the truth"
    return (
        f"{name} lies {where} on average and is exactly 0 in "
        f"{result[f'zero {name}']:.0%} of samples"
    )


def readout(result: dict) -> str:
    """Both estimates from this sample, and what is exactly true over all samples."""
    return (
        f"{_estimate(result, 'REML')}; {_estimate(result, 'ML')}. In {result['n_groups']} "
        f"groups of {result['group_size']}, {_typical(result, 'REML')}; {_typical(result, 'ML')}."
    )


def alt(result: dict) -> str:
    """The surface and the profiles in words."""
    wide = TAU00[result["profile REML"] > -CUT]
    reach = f"from {wide[0]:.1f} to {wide[-1]:.1f}" if len(wide) else "beyond the right edge"
    return (
        f"Above, a map of the {result['kind']} likelihood with the true values at τ₀₀ "
        f"{result['tau00']:.1f} and σ² {result['sigma2']:.1f}; {_estimate(result, 'REML')}; "
        f"{_estimate(result, 'ML')}. Below, the profile of τ₀₀: REML's stays above the line "
        f"of the 95 % interval {reach}."
    )
