"""What a guarded function gets where numpy could not count so far."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded


@guarded(tau00=guard.variance)
def of_its_kind(tau00):
    """The square root and the type of what arrives."""
    return np.sqrt(tau00), type(tau00)


@guarded(fit=guard.fitted)
def of_a_fit(fit):
    """Takes a fit only."""


def test_what_comes_from_elsewhere_is_named_with_its_article():
    with pytest.raises(TypeError, match="fit must come from fit_lmm, not be an int"):
        of_a_fit(3)
    with pytest.raises(TypeError, match="fit must come from fit_lmm, not be a str"):
        of_a_fit("fit")


@guarded(data=guard.table, groups=guard.labels)
def of_groups(data, groups):
    """Takes a column of labels."""


def test_an_infinite_label_is_refused():
    with pytest.raises(ValueError, match="groups='g' has infinite labels"):
        of_groups(pd.DataFrame({"g": [1.0, np.inf]}), "g")
    of_groups(pd.DataFrame({"g": [1.0, 2.5]}), "g")


@pytest.mark.parametrize("given, kind", [(4, int), (np.int8(4), int), (10**30, float)])
def test_integers_arrive_as_numbers_that_numpy_can_work_with(given, kind):
    root, arrived = of_its_kind(given)
    assert arrived is kind
    assert root == pytest.approx(float(given) ** 0.5)
