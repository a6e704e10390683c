"""Power by formula, budgets: against scipy's noncentral t, generalised least squares, a search."""

import numpy as np
import pytest
from scipy import stats

from hlm_teach import best_group_size, budget_power, budget_table, effect_se, groups_needed, power
from hlm_teach.measures.power import TESTED

VARIANCES = {"tau00": 0.2, "sigma2": 0.8}


@pytest.mark.parametrize("tested", TESTED)
@pytest.mark.parametrize("tau11", [0.0, 0.1])
@pytest.mark.parametrize("sizes", [[8] * 10, [3, 4, 5, 6, 8, 9, 12, 15, 20, 30]])
def test_standard_error_is_that_of_generalised_least_squares(tested, tau11, sizes):
    groups = np.repeat(np.arange(10), sizes)
    x = np.concatenate([np.linspace(-1, 1, n) / np.std(np.linspace(-1, 1, n)) for n in sizes])
    ones, arm = np.ones(len(x)), groups % 2
    columns = {"between": [ones, arm], "within": [ones, x], "cross-level": [ones, arm, x, arm * x]}[
        tested
    ]
    design, same = np.column_stack(columns), groups[:, None] == groups
    v = 0.2 * same + tau11 * np.outer(x, x) * same + 0.8 * np.eye(len(x))
    if tested == "between":
        v = 0.2 * same + 0.8 * np.eye(len(x))
    cov = np.linalg.inv(design.T @ np.linalg.solve(v, design))
    se = effect_se(tested, n_groups=10, group_size=sizes, **VARIANCES, tau11=tau11)
    assert se == pytest.approx(np.sqrt(cov[-1, -1]), rel=1e-9)


def test_power_is_the_noncentral_t():
    se = np.sqrt(4 * (0.2 + 0.8 / 20) / 30)
    t = stats.nct(28, 0.4 / se)
    critical = stats.t.isf(0.025, 28)
    study = {"n_groups": 30, "group_size": 20, **VARIANCES}
    assert power("between", effect=0.4, **study) == pytest.approx(
        t.sf(critical) + t.cdf(-critical), abs=1e-8
    )
    assert power("between", effect=-0.4, **study) == pytest.approx(
        power("between", effect=0.4, **study)
    )
    assert power("between", effect=0.0, **study) == pytest.approx(0.05)
    assert power("between", effect=1e6, **study) == pytest.approx(1.0)


@pytest.mark.parametrize("tested", TESTED)
def test_groups_needed_are_just_enough(tested):
    study = {"effect": 0.25, "group_size": 12, **VARIANCES, "tau11": 0.05}
    j = groups_needed(tested, **study)
    assert j % 2 == 0
    assert power(tested, n_groups=j, **study) >= 0.8 > power(tested, n_groups=j - 2, **study)


def test_no_effect_is_never_found():
    with pytest.raises(ValueError, match="effect=0"):
        groups_needed("between", effect=0.0, group_size=12, **VARIANCES)


def test_the_best_size_is_where_power_is_highest():
    """By a search, whatever the budget; and it doesn't hold that larger is better."""
    best = best_group_size(cost_group=300, cost_member=10, tau=0.1, sigma2=0.9)
    sizes = np.arange(2, 80)
    for budget in (60_000, 200_000):
        buys = budget_power(
            sizes, budget=budget, cost_group=300, cost_member=10, effect=0.2, tau00=0.1, sigma2=0.9
        )
        assert abs(sizes[buys.argmax()] - best) < 1.0
        assert buys[-1] < buys.max()


def test_the_table_buys_what_the_money_buys():
    costs = {"budget": 24_000, "cost_group": 400, "cost_member": 25}
    table = budget_table(**costs, group_sizes=[4, 8, 40, 300], effect=0.4, **VARIANCES)
    assert 300 not in table.index  # two groups of 300 would be left
    assert (table["groups"] * (400 + 25 * table.index) <= 24_000).all()
    assert ((table["groups"] + 2) * (400 + 25 * table.index) > 24_000).all()
    with pytest.raises(ValueError, match="budget=1000"):
        budget_table(**costs | {"budget": 1000}, group_sizes=[40], effect=0.4, **VARIANCES)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"group_size": [5, 6]}, "2 sizes for n_groups=8"),
        ({"group_size": 1}, "two members"),
        ({"n_groups": 3}, "n_groups"),
        ({"tau00": -1.0}, "tau00"),
        ({"sigma2": 0.0}, "sigma2"),
        ({"level": 1.2}, "level"),
    ],
)
def test_bad_input_is_named(wrong, words):
    study = {"effect": 0.3, "n_groups": 8, "group_size": 5, **VARIANCES}
    with pytest.raises(ValueError, match=words):
        power("between", **(study | wrong))
