"""The line-up: the real data stand where it says, the others are drawn from the null model."""

import numpy as np
import pytest

from hlm_teach import fit_lmm, load_data
from hlm_teach.measures import lineup
from hlm_teach.measures import random_slopes as slopes


@pytest.fixture(scope="module")
def null():
    return fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject")


def test_the_real_panel_holds_the_real_lines(null):
    found = lineup.line_up(null, "Days", np.random.default_rng(4))
    own = slopes.group_lines(load_data("sleepstudy"), "Reaction", "Days", "Subject")
    real = found.lines[found.real - 1]
    np.testing.assert_allclose(real["slope"], own["slope"])
    assert sum(np.allclose(lines["slope"], own["slope"]) for lines in found.lines) == 1


def test_the_real_panel_stands_anywhere(null):
    places = {
        lineup.line_up(null, "Days", np.random.default_rng(seed), n_panels=4).real
        for seed in range(40)
    }
    assert places == {1, 2, 3, 4}


def test_spread_of_innocent_panels_is_chi_square(null):
    found = lineup.line_up(null, "Days", np.random.default_rng(1), n_panels=400)
    spread = [
        lineup.slope_spread(lines, null.sigma2)
        for place, lines in enumerate(found.lines, start=1)
        if place != found.real
    ]
    assert np.mean(spread) == pytest.approx(17, abs=1.2)  # SD of the mean 5.8/20
    assert np.var(spread) == pytest.approx(34, rel=0.35)
    assert lineup.slope_spread(found.lines[found.real - 1], null.sigma2) > max(spread)


def test_bad_input_is_named(null):
    with pytest.raises(TypeError, match="null"):
        lineup.line_up("fit", "Days", np.random.default_rng(1))
    with pytest.raises(TypeError, match="rng"):
        lineup.line_up(null, "Days", 1)
    with pytest.raises(ValueError, match="n_panels"):
        lineup.line_up(null, "Days", np.random.default_rng(1), n_panels=1)
