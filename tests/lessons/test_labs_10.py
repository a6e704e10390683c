"""Chapter 10's labs say what the package computes, and their pictures follow."""

import numpy as np
import pytest

import hlm_teach
from hlm_teach.balanced.slope_or_memory import slope_or_memory
from hlm_teach.measures.growth import growth_slopes
from hlm_teach.simulate.growth import simulate_growth, simulate_memory


def test_slope_or_memory_readout_is_the_two_fits():
    lab = hlm_teach.slope_or_memory_lab().set(tau11=0.04, phi=0.3, n_times=7, n_persons=30)
    y = simulate_memory(
        n_persons=120,
        n_times=12,
        tau00=1,
        tau11=0.04,
        phi=0.3,
        sigma2=1,
        gamma10=0.2,
        rng=np.random.default_rng(lab.state["seed"]),
    )
    fits = slope_or_memory(y[:30, :7])
    assert f"SE {fits['slope'].se:.3f}" in lab.readout_text
    assert f"(SE {fits['memory'].se:.3f}). Log-likelihoods" in lab.readout_text
    words = [text.get_text() for text in lab.picture.axes[1].texts]
    assert any(f"SE {fits['memory'].se:.3f}" in word for word in words)


def test_more_persons_and_times_continue_the_same_persons():
    lab = hlm_teach.slope_or_memory_lab().set(n_persons=40, n_times=6)
    before = lab.picture.artists["seen"].get_ydata().copy()
    lab.set(n_times=9)
    assert len(lab.picture.artists["seen"].get_ydata()) == 8 > len(before)
    assert list(lab.set(n_times=6).picture.artists["seen"].get_ydata()) == pytest.approx(
        list(before)
    )


def test_the_curves_end_where_the_readout_s_models_end():
    lab = hlm_teach.slope_or_memory_lab().set(tau11=0.0, phi=0.8)
    memory = lab.picture.artists["memory"]["curve"].get_ydata()
    assert memory[0] > memory[-1] and lab.result["gap"] < 0
    assert "prefers memory" in lab.readout_text


def test_dropout_readout_is_the_three_fits():
    lab = hlm_teach.dropout_lab().set(dropout=0.15, dial=1.4, tau11=0.04)
    data = simulate_growth(
        n_patients=200,
        visits=range(9),
        tau11=0.04,
        dropout=0.15,
        dropout_slope=1.5,
        unseen=0.4,
        rng=np.random.default_rng(lab.state["seed"]),
    )
    assert f"{len(data):,} are seen, missing not at random (MNAR)" in lab.readout_text
    ols = f"{growth_slopes(data)['slope'].iloc[0]:.2f}".replace("-", "\N{MINUS SIGN}")
    assert f"ordinary regression {ols} (" in lab.readout_text


@pytest.mark.parametrize(
    ("dial", "words"), [(0.0, "(MCAR)"), (0.1, "(MAR)"), (1.0, "(MAR)"), (1.1, "(MNAR)")]
)
def test_the_dial_is_named(dial, words):
    lab = hlm_teach.dropout_lab().set(dropout=0.1, dial=dial)
    assert words in lab.readout_text and words.lower() in lab.alt_text.lower()


def test_without_dropout_everyone_is_seen_and_no_one_marked():
    lab = hlm_teach.dropout_lab().set(dropout=0, dial=2.0)
    assert "1,800 are seen, nothing missing; 200 of 200" in lab.readout_text
    assert len(lab.picture.artists["ends"].get_xdata()) == 0
