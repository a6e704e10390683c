"""Chapter 01's figures: what is drawn is what was given."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hlm_teach import plots, simulate_two_level


@pytest.fixture
def pupils():
    return simulate_two_level(
        n_groups=4, group_size=6, tau00=2, sigma2=1, keep_effects=True, rng=np.random.default_rng(1)
    )


def lines_of(ax):
    return [np.column_stack(line.get_data()) for line in ax.get_lines()]


def drawn(ax):
    """The Axes is one, its figure can be drawn, and no style leaked out."""
    assert isinstance(ax, Axes) and isinstance(ax.figure, Figure)
    ax.figure.draw_without_rendering()
    assert matplotlib.rcParams["axes.spines.top"]
    return ax


def test_dots_by_arm_shows_every_row_and_both_means(pupils):
    pupils["arm"] = pupils["group"] % 2
    ax = drawn(plots.dots_by_arm(pupils, "y", "arm", ["a", "b"]))
    lines = lines_of(ax)
    assert len(lines[0]) + len(lines[2]) == len(pupils)
    for line, arm in ((lines[1], 0), (lines[3], 1)):
        assert line[0, 1] == pytest.approx(pupils.loc[pupils["arm"] == arm, "y"].mean())


def test_taken_apart_draws_school_levels_at_their_true_means(pupils):
    ax = drawn(plots.taken_apart(pupils, school=2, pupil=3))
    levels = {round(line[0, 1], 6) for line in lines_of(ax)}
    assert {round(u, 6) for u in pupils["u0"]} <= levels


def test_claims_and_truth_has_a_density_of_the_claimed_width():
    estimates = np.random.default_rng(1).normal(size=500)
    ax = drawn(plots.claims_and_truth(estimates, 0.25, 0.0))
    assert lines_of(ax)[0][:, 1].max() == pytest.approx(1 / (0.25 * np.sqrt(2 * np.pi)), rel=0.01)


def test_interval_ladder_draws_the_intervals_from_the_top():
    table = pd.DataFrame(
        {
            "estimate": [1.0, 2.0],
            "lower": [0.0, 1.5],
            "upper": [2.0, 2.5],
            "role": ["ols", "right"],
        },
        index=["a", "b"],
    )
    ax = drawn(plots.interval_ladder(table, xlabel="x", title="t"))
    assert lines_of(ax)[0].tolist() == [[0, 0], [2, 0]]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


def test_false_alarms_over_rho_x_is_in_per_cent():
    curves = pd.DataFrame({"ρ = 0.2": [0.03, 0.37]}, index=[-0.05, 1.0])
    ax = drawn(plots.false_alarms_over_rho_x(curves, title="t"))
    np.testing.assert_allclose(lines_of(ax)[0], [[-0.05, 3], [1, 37]])


def test_rates_by_groups_names_every_analysis():
    rates = pd.DataFrame({"a": [0.4, 0.4], "b": [0.1, 0.06], "c": [0.05, 0.05]}, index=[6, 30])
    ax = drawn(plots.rates_by_groups(rates, title="t"))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c"]
    np.testing.assert_allclose(lines_of(ax)[1][:, 1], [10, 6])


def test_more_pupils_or_more_schools_has_a_line_per_number_of_schools():
    errors = pd.DataFrame({10: [3.0, 2.0], 20: [2.0, 1.4]}, index=[2, 500])
    ax = drawn(plots.more_pupils_or_more_schools(errors))
    assert [text.get_text() for text in ax.texts] == ["10 schools", "20 schools"]


def test_three_slopes_draws_the_slopes_it_is_given(pupils):
    slopes = {"within": (0.0, -1.0), "between": (0.0, 2.0), "pooled": (0.0, 0.5)}
    ax = drawn(plots.three_slopes(pupils, "x", "y", "group", slopes, title="t"))
    ends = {line.get_label(): np.column_stack(line.get_data()) for line in ax.get_lines()}
    for name, slope in (("between: 2.00", 2), ("pooled: 0.50", 0.5), ("within: −1.00", -1)):
        rise, run = np.diff(ends[name], axis=0)[0][::-1]
        assert rise / run == pytest.approx(slope)


def test_claimed_against_honest_starts_bars_at_one():
    table = pd.DataFrame({"fitted": [2.0, 0.5], "law": [2.1, 0.5]}, index=["a", "b"])
    ax = drawn(plots.claimed_against_honest(table, title="t"))
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(1, 1), (1, -0.5)]
