"""Chapter 02's figures draw what they are given, and its formulas hold; its lab says the same."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from hlm_teach import anova_icc, design_effect, mean_reliability, plots, simulate_two_level
from hlm_teach.lessons.ch02_icc import lab_icc as lab


def rng(seed=1):
    return np.random.default_rng(seed)


def pupils(**more):
    settings = {"n_groups": 8, "group_size": 6, "tau00": 2, "sigma2": 5, "rng": rng()}
    return simulate_two_level(**settings | more)


INTERVALS = pd.DataFrame(
    [("A", method, 0.2, 0.1, 0.4) for method in ("exact", "profile", "bootstrap")]
    + [("B", method, 0.5, 0.3, 0.9) for method in ("exact", "profile", "bootstrap")],
    columns=["data", "method", "estimate", "low", "high"],
)
BARS = pd.DataFrame(
    {"icc": [0.2, 0.9], "low": [0.1, 0.85], "high": [0.3, 0.95]}, index=["schools", "firms"]
)
BY_SIZE = pd.DataFrame(
    {"ANOVA": [0.18, 0.18], "raw means": [0.4, 0.3], "textbook trap": [1.4, 0.4]}, index=[2, 5]
)

FIGURES = {
    "sorted_group_means": lambda ax: plots.sorted_group_means(
        pupils(), "y", "group", title="Groups", ax=ax
    ),
    "anatomy_of_a_score": lambda ax: plots.anatomy_of_a_score(
        gamma00=12, u0=5, e=-9, tau00=9, sigma2=39, ax=ax
    ),
    "luck_in_means": lambda ax: plots.luck_in_means(
        rng().normal(1, 0.1, 200), rng().normal(0, 0.1, 200), 0.0, ax=ax
    ),
    "scores_in_pairs": lambda ax: plots.scores_in_pairs(
        rng().normal(size=(50, 2)), title="Pairs", limits=(-4, 4), ax=ax
    ),
    "share_against_correlation": lambda ax: plots.share_against_correlation(
        [0.1, 0.5], [0.11, 0.49], ax=ax
    ),
    "estimates_by_size": lambda ax: plots.estimates_by_size(BY_SIZE, 0.18, ax=ax),
    "icc_intervals": lambda ax: plots.icc_intervals(INTERVALS, ax=ax),
    "pivot_and_f": lambda ax: plots.pivot_and_f(rng().f(5, 50, 500), (5, 50), ax=ax),
    "variance_bars": lambda ax: plots.variance_bars(BARS, ax=ax),
    "design_effect_curves": lambda ax: plots.design_effect_curves(
        (0.02, 0.1), mark=(0.02, 100), ax=ax
    ),
    "vpc_curve": lambda ax: plots.vpc_curve(
        np.arange(5), np.linspace(0.2, 0.6, 5), xlabel="x", title="VPC", single=0.4, ax=ax
    ),
    "reliability_curves": lambda ax: plots.reliability_curves(
        {"schools": 0.18}, {"schools": [14, 67, 67]}, ax=ax
    ),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_draws_on_the_axes_given_or_on_new_ones(draw):
    ax = plots.figure()[1]
    assert draw(ax) is ax
    assert isinstance(draw(None).figure, Figure)


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_has_title_and_labels_large_enough_and_leaves_settings_alone(draw):
    before = dict(matplotlib.rcParams)
    ax = draw(None)
    ax.figure.draw_without_rendering()
    assert dict(matplotlib.rcParams) == before
    assert ax.get_title(loc="left") and ax.get_ylabel() + ax.get_xlabel()
    assert min(text.get_fontsize() for text in ax.texts + [ax.xaxis.label]) >= 10


def test_every_public_figure_of_the_chapter_is_tested():
    homes = [names for home, names in plots._HOME.items() if home.startswith("lessons.ch02")]
    assert set(FIGURES) == {name for names in homes for name in names}


def values(line):
    return np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)


def test_groups_stand_in_the_order_of_their_means():
    data = pupils()
    ax = FIGURES["sorted_group_means"](None)
    x, y = values(ax.lines[1])
    assert x.tolist() == list(range(1, 9))
    assert np.allclose(y, np.sort(data.groupby("group")["y"].mean()))
    dots, scores = values(ax.lines[0])
    assert np.isclose(scores[dots == 8].mean(), y[-1])


def test_the_line_through_pairs_has_their_correlation_as_slope():
    (x0, x1), (y0, y1) = values(FIGURES["scores_in_pairs"](None).lines[1])
    expected = np.corrcoef(rng().normal(size=(50, 2)).T)[0, 1]
    assert np.isclose((y1 - y0) / (x1 - x0), expected)


def test_bars_end_at_the_icc_and_intervals_at_their_limits():
    widths = [patch.get_width() for patch in FIGURES["variance_bars"](None).patches]
    assert np.allclose(widths, [0.2, 0.9, 0.8, 0.1])
    drawn = [values(line)[0].tolist() for line in FIGURES["icc_intervals"](None).lines]
    assert drawn[0] == [0.1, 0.4] and drawn[-2] == [0.3, 0.9] and drawn[-1] == [0.5]


def test_estimates_keep_their_names():
    lines = {line.get_label(): values(line)[1] for line in FIGURES["estimates_by_size"](None).lines}
    by_anova = next(y for label, y in lines.items() if label.startswith("ANOVA"))
    trap = next(y for label, y in lines.items() if label.startswith("within = total"))
    assert by_anova.tolist() == [0.18, 0.18] and trap.tolist() == [1.4, 0.4]


def test_curves_follow_the_package():
    n, factor = values(FIGURES["design_effect_curves"](None).lines[0])
    assert np.isclose(factor[-1] ** 2, design_effect(0.02, int(n[-1])))
    sizes, reliability = values(FIGURES["reliability_curves"](None).lines[1])
    assert sizes.tolist() == [14, 67]
    assert np.allclose(reliability, mean_reliability(0.18, 0.82, [14, 67]))


def test_histograms_hold_every_study():
    ax = FIGURES["luck_in_means"](None)
    assert sum(patch.get_height() for patch in ax.patches) == 400
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    raw = rng().normal(1, 0.1, 200).mean()
    assert words[1].endswith(f"mean {raw:.2f}") and words[0].endswith(f"mean {raw - 1:.2f}")


# What the chapter says in words.


@pytest.mark.parametrize("sizes", [[5] * 40, [1, 2, 3, 40] * 10])
def test_variance_of_group_means_is_tau00_plus_sigma2_times_the_mean_of_1_over_n(sizes):
    n = np.array(sizes)
    generator, studies = rng(2), 4000
    y = generator.normal(0, 2, (studies, n.sum())) + np.repeat(
        generator.normal(0, 1, (studies, len(n))), n, axis=1
    )
    starts = np.concatenate([[0], np.cumsum(n)[:-1]])
    means = np.add.reduceat(y, starts, axis=1) / n
    observed = means.var(axis=1, ddof=1)
    error = observed.std() / np.sqrt(studies)
    assert abs(observed.mean() - (1 + 4 * np.mean(1 / n))) < 4 * error
    if len(set(sizes)) > 1:
        assert abs(observed.mean() - (1 + 4 / n.mean())) > 20 * error


@pytest.mark.parametrize(("n", "tau00", "sigma2"), [(2, 1, 1), (3, 2, 1), (10, 1, 4)])
def test_expected_within_of_the_naive_formula(n, tau00, sigma2):
    generator = rng(3)
    y = generator.normal(0, np.sqrt(tau00), (40, 2000, 1)) + generator.normal(
        0, np.sqrt(sigma2), (40, 2000, n)
    )
    within = y.var(axis=(1, 2)) - y.mean(axis=2).var(axis=1) * n / (n - 1)
    error = within.std() / np.sqrt(len(within))
    expected = ((n - 2) * sigma2 - tau00) / (n - 1)
    assert abs(within.mean() - expected) < 4 * error + 2 * (tau00 + sigma2) / 2000


@pytest.mark.parametrize("n", [2, 7])
def test_the_lab_estimates_as_the_package_does(n):
    data = pupils(group_size=n)
    found = lab.estimates(data["y"].to_numpy().reshape(8, n))
    by_anova = anova_icc(data, "y", groups="group")
    raw = data.groupby("group")["y"].mean().var()
    assert np.isclose(found["anova"], by_anova.icc)
    assert np.isclose(found["raw"], raw / (raw + by_anova.sigma2))


def test_the_lab_says_what_it_drew():
    shown = lab.icc_lab().set(tau00=10, sigma2=40, group_size=20)
    assert f"λ = {mean_reliability(10, 40, 20):.2f}" in shown.readout_text
    assert f"{shown.result['anova']:.2f} by ANOVA" in shown.readout_text
    assert shown.picture.artists["anova"].get_xdata()[0] == shown.result["anova"]
    assert shown.picture.artists["within"].get_x() == shown.result["icc"] == 0.2


def test_a_negative_estimate_is_said_and_drawn_at_zero():
    shown = lab.icc_lab().set(tau00=0, group_size=5)
    seeds = (shown.set(seed=seed) for seed in range(100))
    negative = next(found for found in seeds if found.result["anova"] < -0.005)
    assert "\N{MINUS SIGN}0." in negative.readout_text
    assert negative.picture.artists["anova"].get_xdata()[0] == 0


def test_the_lab_starts_near_the_truth_and_five_pupils_give_a_sixth_for_nothing():
    shown = lab.icc_lab()
    assert abs(shown.result["anova"] - 0.2) < 0.02
    raw = [shown.set(tau00=0, group_size=5, seed=seed).result["raw"] for seed in range(60)]
    assert abs(np.mean(raw) - 1 / 6) < 0.02
