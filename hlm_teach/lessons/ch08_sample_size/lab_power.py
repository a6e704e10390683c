"""Chapter 08's lab: how often a study finds an effect, by formula and in 1,000 simulated studies."""

import numpy as np

from hlm_teach._shared.arrays import Array
from hlm_teach.balanced.power_studies import simulate_power_studies
from hlm_teach.display.style import HALO, INK, ROLE
from hlm_teach.labs.controls import Menu, Slider
from hlm_teach.labs.frame import Lab
from hlm_teach.labs.targets import Target
from hlm_teach.measures.budget import best_group_size, budget_power
from hlm_teach.measures.power import effect_se, power

N_STUDIES = 1000
COUNTS = (4, 6, 10, 16, 24, 36, 56, 84, 120)
LARGEST = 60
KINDS = {"between groups": "between", "within groups": "within", "cross-level": "cross-level"}
TARGETS = (
    Target(
        "Between groups, with ρ of 0.1 or more: find an effect of 0.3 or less in 80 % of studies, "
        "with fewer than 600 members in all.",
        met=lambda lab: (
            lab["kind"] == "between groups"
            and lab["icc"] >= 0.1
            and lab["effect"] <= 0.3
            and lab["formula"] >= 0.8
            and lab["members"] < 600
        ),
        shown="Many small groups do it: an effect between groups is bought with groups.",
        example={"effect": 0.3, "icc": 0.1, "n_groups": 100, "group_size": 5},
    ),
    Target(
        "With 8 groups or fewer and ρ of 0.2 or more: find an effect of 0.3 or less in 80 % of "
        "studies.",
        met=lambda lab: (
            lab["n_groups"] <= 8
            and lab["icc"] >= 0.2
            and lab["effect"] <= 0.3
            and lab["formula"] >= 0.8
        ),
        shown="An effect that varies within groups needs members more than groups, as long as its "
        "slope varies little.",
        example={"kind": "within groups", "icc": 0.2, "effect": 0.3, "n_groups": 8},
    ),
    Target(
        "Between groups, with ρ of 0.05 or more: make 30 members a group, or more, the best buy.",
        met=lambda lab: (
            lab["kind"] == "between groups" and lab["icc"] >= 0.05 and lab["best"] >= 30
        ),
        shown="Where a group costs as much as dozens of members, and groups differ little, larger "
        "groups are the better buy.",
        example={"icc": 0.05, "cost_group": 60},
    ),
)


def power_lab() -> Lab:
    """Power over the number of groups, and over their size for the same money.

    >>> power_lab().readout_text.split(":")[0]
    'Between groups, 20 groups of 20, 400 members'
    """
    return Lab(
        "How often would your study find it?",
        controls=(
            Menu("kind", "the effect is", "γ", tuple(KINDS), "between groups"),
            Slider("effect", "effect, in SDs", "γ", low=0.0, high=1.0, value=0.4, step=0.05,
                   format=".2f"),
            Slider("n_groups", "groups", "J", low=4, high=120, value=20, step=2),
            Slider("group_size", "members a group", "n", low=3, high=LARGEST, value=20, step=1),
            Slider("icc", "intraclass correlation", "ρ", low=0.0, high=0.5, value=0.2, step=0.01,
                   format=".2f"),
            Slider("tau11", "variance of slopes", "τ₁₁", low=0.0, high=0.2, value=0.0, step=0.01,
                   format=".2f", help="Matters within groups and cross-level; 0: no random slope."),
            Slider("cost_group", "a group costs as much as … members", "c", low=1, high=100,
                   value=10, step=1),
        ),
        compute=compute,
        stage=stage,
        draw=draw,
        readout=readout,
        alt=alt,
        again="Simulate 1,000 new studies",
        targets=TARGETS,
        panels=2,
        size=(7.6, 4.0),
        sharey=True,
    )  # fmt: skip


def compute(values: dict) -> dict:
    """Power over J by formula and simulated, over n for the same money, and the best n."""
    tested, j, n = KINDS[values["kind"]], values["n_groups"], values["group_size"]
    variances = {"tau00": values["icc"], "sigma2": 1 - values["icc"], "tau11": values["tau11"]}
    study = {"effect": values["effect"], **variances}
    rng = np.random.default_rng(values["seed"])

    def simulated(count: int):
        return simulate_power_studies(
            tested, n_groups=count, group_size=n, n_studies=N_STUDIES, rng=rng, **study
        )

    here = simulated(j)
    cost = values["cost_group"]
    budget = j * (cost + n)
    sizes = np.geomspace(3, max(3, min(LARGEST, budget / 4 - cost)), 40)
    money = {"budget": budget, "cost_group": cost, "cost_member": 1}
    buys = budget_power(sizes, tested=tested, **money, **study)
    return {
        "curve": np.array([power(tested, n_groups=k, group_size=n, **study) for k in COUNTS]),
        "dots": np.array([simulated(k).found() for k in COUNTS]),
        "formula": power(tested, n_groups=j, group_size=n, **study),
        "simulated": here.found(),
        "se": effect_se(tested, n_groups=j, group_size=n, **variances),
        "tau00_range": np.percentile(here.tau00, [5, 95]),
        "sizes": sizes,
        "buys": buys,
        "best": _best(tested, cost, variances),
        "best_power": float(buys.max()),
        "best_here": _best_here(sizes, buys),
        "members": j * n,
        "at": (j, n),
        "kind": values["kind"],
        "idle_slopes": values["tau11"] if tested == "between" else 0.0,
    }


def _best(tested: str, cost: float, variances: dict) -> float:
    """√(c·σ²/τ); 0 stands for: no best size, since only members count."""
    tau = variances["tau00"] if tested == "between" else variances["tau11"]
    if tau == 0:
        return 0.0
    return best_group_size(cost_group=cost, cost_member=1, tau=tau, sigma2=variances["sigma2"])


def _best_here(sizes: Array, buys: Array) -> float:
    """The smallest of the sizes whose power is highest, but for rounding; 0: all are equally good."""
    equal = np.ptp(buys) < 1e-6 and sizes[-1] > sizes[0]
    return 0.0 if equal else float(sizes[buys.round(6).argmax()])


def stage(axes) -> dict:
    """Power over J, log scale; power over n, log scale."""
    left, right = axes
    left.set(xscale="log", xlim=(3.6, 135), ylim=(0, 104), xlabel="groups J", ylabel="power (%)")
    left.set_xticks([4, 10, 20, 50, 100], labels=["4", "10", "20", "50", "100"])
    left.set_title("More groups of this size")
    right.set(xscale="log", xlim=(2.7, 66), xlabel="members a group n")
    right.set_xticks([3, 5, 10, 20, 50], labels=["3", "5", "10", "20", "50"])
    right.set_title("The same money, other sizes")
    for ax in axes:
        ax.minorticks_off()
        ax.axhline(80, color=INK, linewidth=0.8, linestyle=":")
        ax.axhline(5, color=INK, linewidth=0.8)
    left.text(4, 81.5, "80 %", va="bottom", path_effects=HALO)
    left.text(130, 6, "5 %: nothing to find", va="bottom", ha="right", path_effects=HALO)
    return {
        "curve": left.plot(COUNTS, COUNTS, **ROLE["truth"].line())[0],
        "dots": left.plot(COUNTS, COUNTS, **ROLE["multilevel"].points(markersize=5))[0],
        "here": left.plot([4], [0], **_mark())[0],
        "buys": right.plot([3, 60], [0, 0], **ROLE["truth"].line())[0],
        "there": right.plot([3], [0], **_mark())[0],
        "best": right.axvline(3, color=ROLE["no_pooling"].colour, linestyle="--", linewidth=1.5),
        "words": right.text(3, 98, "", va="top", path_effects=HALO),
        "idle": left.text(130, 14, "", va="bottom", ha="right", path_effects=HALO),
    }


def _mark() -> dict:
    """The study as it is set."""
    return ROLE["highlight"].points(
        markersize=10, markeredgewidth=1, markeredgecolor="white", clip_on=False, zorder=5
    )


def draw(artists: dict, result: dict) -> None:
    """Move the curves, the dots, and the marks of this study."""
    j, n = result["at"]
    artists["curve"].set_ydata(100 * result["curve"])
    artists["dots"].set_ydata(100 * result["dots"])
    artists["here"].set_data([j], [100 * result["simulated"]])
    artists["buys"].set_data(result["sizes"], 100 * result["buys"])
    artists["there"].set_data([n], [100 * result["formula"]])
    idle = result["idle_slopes"]
    artists["idle"].set_text(f"τ₁₁ = {idle:.2f} plays no part" if idle else "")
    shown = bool(result["best"])
    place = float(np.clip(result["best"], 3, LARGEST)) if shown else 3.0
    artists["best"].set(xdata=[place, place], visible=shown)
    beyond = " (or more)" if result["best"] > LARGEST else ""
    beyond = " (or fewer)" if result["best"] < 3 else beyond
    late = place > 14
    artists["words"].set(
        text=f"best: {min(max(result['best'], 3), LARGEST):.0f}{beyond}" if shown else "",
        x=place * (0.94 if late else 1.06),
        ha="right" if late else "left",
    )


def readout(result: dict) -> str:
    """Power of this study, what it takes for granted, and what the money could do instead."""
    j, n = result["at"]
    low, high = result["tau00_range"]
    best = (
        "For this effect only the number of members counts"
        if not result["best"]
        else f"The best size for the money is {result['best']:.0f}"
    )
    there = (
        f"highest, {100 * result['best_power']:.0f} %, at {result['best_here']:.0f} members a group"
        if result["best_here"]
        else f"{100 * result['best_power']:.0f} % whatever the size"
    )
    return (
        f"{result['kind'].capitalize()}, {j} groups of {n}, {result['members']:,} members: standard "
        f"error {result['se']:.3f}; power {100 * result['formula']:.0f} % by formula, "
        f"{100 * result['simulated']:.1f} % in {N_STUDIES:,} simulated studies. In nine of ten of "
        f"these the estimated variance between groups lies from {low:.2f} to {high:.2f}. {best}; on "
        f"the curve at the right power is {there}."
        + f" The variance of slopes, {result['idle_slopes']:.2f}, plays no part in this effect."
        * bool(result["idle_slopes"])
    )


def alt(result: dict) -> str:
    """Both panels in words."""
    j, n = result["at"]
    best = f" A dashed line marks the best size, {result['best']:.0f}." if result["best"] else ""
    return (
        f"Left, power over the number of groups of {n}: a curve by formula from "
        f"{100 * result['curve'][0]:.0f} % at 4 groups to {100 * result['curve'][-1]:.0f} % at "
        f"{COUNTS[-1]}, simulated studies as diamonds on it, a large dot at {j} groups, "
        f"{100 * result['simulated']:.0f} %. Right, power over the size of groups for the same "
        f"money, from {100 * result['buys'][0]:.0f} % at 3 to {100 * result['buys'][-1]:.0f} % at "
        f"{result['sizes'][-1]:.0f}, a large dot at {n}.{best}"
    )
