"""Chapter 03's figures: what is drawn is what was given; input that does not fit is named."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import plots

TABLE = pd.DataFrame(
    {
        "n": [2, 9, 30],
        "none": [1.0, 5.0, 7.0],
        "partial": [3.0, 4.9, 6.9],
        "complete": [4.0, 4.0, 4.0],
        "estimate": [-3.0, 0.1, 2.0],
        "se": [0.5, 1.0, 0.5],
    },
    index=["a", "b", "c"],
)


def drawn(ax):
    return [
        tuple(np.column_stack([line.get_xdata(), line.get_ydata()]).ravel().tolist())
        for line in ax.lines
    ]


def test_arrows_join_own_mean_and_blup():
    ax = plots.pooling_arrows(TABLE, 4.0)
    segments = [path.vertices.tolist() for path in ax.collections[0].get_paths()]
    assert segments == [[[2, 1], [2, 3]], [[9, 5], [9, 4.9]], [[30, 7], [30, 6.9]]]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["2", "5", "10", "20"]


def test_caterpillar_counts_the_intervals_clear_of_zero():
    assert plots.caterpillar(TABLE).get_title(loc="left").startswith("2 of 3")
    assert plots.caterpillar(TABLE, z=10).get_title(loc="left").startswith("0 of 3")


def test_balance_is_centred_where_the_blup_is():
    ax = plots.shrinkage_balance(4, 10, 12, 4, 40)  # λ = 1/2
    line = ax.lines[2]
    assert line.get_xdata()[line.get_ydata().argmax()] == pytest.approx(8, abs=0.05)


def test_funnel_picks_out_both_ends():
    sizes, means = pd.Series([5, 9, 20, 50]), pd.Series([9.0, 1.0, 5.0, 6.0])
    ends = plots.funnel(sizes, means, 5, 9, n_ends=1).lines[-1]
    assert ends.get_ydata().tolist() == [1.0, 9.0]


def test_ranking_counts_those_on_top_again():
    first = pd.Series([5, 4, 3, 2, 1], index=list("abcde"))
    second = pd.Series([5, 1, 4, 2, 3], index=list("abcde"))
    title = plots.ranking_redrawn(first, second, top=2).get_title(loc="left")
    assert title.startswith("1 of the top 2")


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: plots.pooling_arrows(TABLE.drop(columns="none"), 4.0), "no column 'none'"),
        (lambda: plots.caterpillar(TABLE, highlight=["z"]), "highlight='z'"),
        (lambda: plots.pooling_errors(TABLE[["none"]], "n"), "no column 'complete'"),
        (lambda: plots.prediction_bars(TABLE), "no column 'prediction'"),
    ],
)
def test_what_does_not_fit_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_within_and_between_takes_the_names_of_ones_own_columns():
    """Renamed columns draw the same, the within line crosses the between line in the middle."""
    means = pd.DataFrame({"x": [40.0, 50, 60], "y": [2.0, 7, 6]})
    plain = plots.within_and_between(means, 1, 5, 2)
    wards = means.rename(columns={"x": "age", "y": "recovery"})
    ax = plots.within_and_between(
        wards, 1, 5, 2, x="age", outcome="recovery", groups="ward", labels=("age", "recovery")
    )
    assert drawn(ax) == drawn(plain)
    x, y = ax.lines[-1].get_data()
    assert np.interp(50, x, y) == pytest.approx(2 + 5 * 50)
    assert not any("school" in text.get_text() for text in ax.get_legend().get_texts())
