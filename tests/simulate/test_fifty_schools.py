"""The fifty schools: the file is what its program writes, and prints all that was published."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import least_squares

from hlm_teach import fit_lmm, load_data
from hlm_teach.data.datasets import DATA_DIR
from hlm_teach.simulate.fifty_schools import DIALS, PUBLISHED, as_published, simulate_fifty_schools

MODELS = {
    "null": ("score ~ 1", "1"),
    "random intercept": ("score ~ ses", "1"),
    "random slope": ("score ~ ses", "1 + ses"),
}


def fits(data):
    return {
        name: fit_lmm(formula, data, "school", random) for name, (formula, random) in MODELS.items()
    }


def estimates(data) -> np.ndarray:
    """The eleven numbers, in the order of the table."""
    found = []
    for name, fit in fits(data).items():
        values = dict(fit.params) | {"sigma2": fit.sigma2}
        values |= dict(zip(("tau00", "tau11"), np.diag(fit.cov_re)))
        found += [values[key] for key in PUBLISHED[name]]
    return np.array(found)


WANTED = np.array([value for table in PUBLISHED.values() for value in table.values()])


def test_the_file_is_what_the_program_writes():
    written = as_published(simulate_fifty_schools()).to_csv(index=False, lineterminator="\n")
    assert (DATA_DIR / "fifty_schools.csv").read_text(encoding="utf-8") == written


def test_the_file_prints_all_eleven_published_estimates():
    assert len(WANTED) == 11
    found = estimates(load_data("fifty_schools"))
    assert [f"{value:.1f}" for value in found] == [f"{value:.1f}" for value in WANTED]


def test_unrounded_schools_hit_the_eleven_to_the_dials_digits():
    np.testing.assert_allclose(estimates(simulate_fifty_schools()), WANTED, atol=2e-4)


def test_the_dials_are_where_a_search_from_nearby_ends():
    names, rng = list(DIALS), np.random.default_rng(12)
    at = np.array(list(DIALS.values()))
    found = least_squares(
        lambda dials: estimates(simulate_fifty_schools(dict(zip(names, dials)))) - WANTED,
        at + rng.normal(scale=0.01, size=len(at)),
        diff_step=1e-5,
        max_nfev=5,
    )
    np.testing.assert_allclose(found.x, at, atol=1e-3)


def test_its_standard_errors_are_not_the_published_ones():
    """What fifty schools of twenty give: about half of the intercepts' printed standard errors."""
    ses = [fit.bse["Intercept"] for fit in fits(load_data("fifty_schools")).values()]
    assert [f"{se:.2f}" for se in ses] == ["0.65", "0.62", "0.61"]


def test_what_the_catalog_says_was_invented():
    slopes = fits(load_data("fifty_schools"))["random slope"]
    assert round(slopes.sigma2, 1) == 43.8 and round(slopes.cov_re.iloc[0, 1], 1) == 1.9
    assert not slopes.singular


@pytest.mark.parametrize("name", list(DIALS))
def test_every_dial_moves_something(name):
    moved = simulate_fifty_schools(DIALS | {name: DIALS[name] + 0.2})
    assert not np.allclose(estimates(moved), WANTED, atol=1e-3)
    pd.testing.assert_series_equal(moved["school"], simulate_fifty_schools()["school"])
