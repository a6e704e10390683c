"""Planning a study: formula and simulation agree, whoever runs it, and the paragraph says so."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from hlm_teach import plan_study, power
from hlm_teach.measures.planned_studies import design, draw_sizes, run_batch
from hlm_teach.measures.study_plan import Assumptions

STUDY = {"group_size": 12, "tau00": 0.2, "sigma2": 0.8}


def rng(seed=1):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("tested", "effect", "tau11"),
    [
        ("between", 0.5, 0.0),
        ("within", 0.12, 0.0),
        ("within", 0.25, 0.1),
        ("cross-level", 0.2, 0.0),
        ("cross-level", 0.4, 0.1),
    ],
)
def test_formula_and_simulation_agree_within_monte_carlo_error(tested, effect, tau11):
    plan = plan_study(
        tested, effect=effect, tau11=tau11, n_groups=[30, 50], n_studies=2000, rng=rng(), **STUDY
    )
    gap = (plan.table["formula"] - plan.table["simulated"]).abs()
    assert (gap < 3.5 * plan.table["mc_se"] + 0.005).all()
    assert (abs(plan.table["false_alarms"] - 0.05) < 0.02).all()
    assert (plan.table["members"] == 12 * plan.table.index).all()


def test_the_planner_is_the_formula_for_equal_groups():
    plan = plan_study("between", effect=0.5, n_groups=[20], n_studies=10, rng=rng(), **STUDY)
    assert plan.table["formula"].item() == pytest.approx(
        power("between", effect=0.5, n_groups=20, **STUDY)
    )


def test_uneven_groups_and_drop_out_cost_power():
    common = {"effect": 0.5, "n_groups": [40], "n_studies": 1000, **STUDY}
    even = plan_study("between", rng=rng(), **common).table.iloc[0]
    uneven = plan_study("between", rng=rng(), size_cv=1.0, dropout=0.3, **common).table.iloc[0]
    assert uneven["formula"] < even["formula"] - 0.02
    assert uneven["simulated"] < even["simulated"]
    assert abs(uneven["formula"] - uneven["simulated"]) < 0.05
    assert uneven["members"] < 0.8 * even["members"]


def test_sizes_have_the_mean_and_spread_asked_for():
    given = Assumptions("between", 0.5, 100, 0.2, 0.8, 0.0, 0.05, 0.4, 0.2)
    sizes = draw_sizes(given, 20_000, rng())
    assert sizes.mean() == pytest.approx(80, rel=0.02)
    assert sizes.std() / sizes.mean() == pytest.approx(0.4, rel=0.05)
    tiny = draw_sizes(Assumptions("between", 0.5, 3, 0.2, 0.8, 0.0, 0.05, 1.5, 0.8), 500, rng())
    assert tiny.min() == 2


def test_the_predictor_is_centred_with_sd_one_in_every_group():
    given = Assumptions("cross-level", 0.5, 9, 0.2, 0.8, 0.1, 0.05, 0.0, 0.0)
    x, groups, column, random = design(given, np.array([2, 5, 9]))
    for g in range(3):
        assert x[groups == g, 1].mean() == pytest.approx(0, abs=1e-12)
        assert x[groups == g, 1].std() == pytest.approx(1)
    np.testing.assert_allclose(x[:, column], x[:, 1] * (groups % 2))
    assert random == 1


def test_an_executor_changes_nothing():
    asked = {"effect": 0.5, "size_cv": 0.5, "n_groups": [10, 20], "n_studies": 105, **STUDY}
    alone = plan_study("between", rng=rng(), **asked)
    with ThreadPoolExecutor(2) as executor:
        together = plan_study("between", rng=rng(), executor=executor, **asked)
    assert alone.table.equals(together.table)


def test_a_task_can_travel_to_another_process():
    given = Assumptions("within", 0.2, 10, 0.2, 0.8, 0.05, 0.05, 0.3, 0.0)
    task = pickle.loads(pickle.dumps((run_batch, (given, 8, 20, 3))))
    assert task[0](*task[1]) == run_batch(given, 8, 20, 3)


def test_the_paragraph_states_assumptions_and_result():
    plan = plan_study(
        "between", effect=0.5, n_groups=[10, 60], n_studies=100, size_cv=0.4, dropout=0.1,
        rng=rng(), **STUDY,
    )  # fmt: skip
    words = plan.paragraph()
    assert plan.needed == 60
    for part in ("With 60 groups", "intraclass correlation 0.20", "coefficient of variation",
                 "10 % of members lost", "100 simulated studies", "Satterthwaite"):  # fmt: skip
        assert part in words
    row = plan.table.loc[60]
    assert f"{100 * row['formula']:.0f} % by formula" in words
    few = plan_study("between", effect=0.2, n_groups=[10], n_studies=50, rng=rng(), **STUDY)
    assert few.needed is None
    assert "less than the 80 % wanted" in few.paragraph()


def test_left_to_itself_it_looks_around_the_number_that_the_formula_asks_for():
    plan = plan_study("between", effect=0.5, n_studies=20, rng=rng(), **STUDY)
    assert plan.needed is not None
    assert power("between", effect=0.5, n_groups=plan.needed, **STUDY) >= 0.8
    assert plan.table["formula"].iloc[0] < 0.8


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"n_groups": [10, 11]}, ValueError, "n_groups holds 11"),
        ({"n_groups": [2]}, ValueError, "n_groups"),
        ({"executor": 4}, TypeError, "executor"),
        ({"dropout": 1.0}, ValueError, "dropout"),
        ({"size_cv": -1}, ValueError, "size_cv"),
        ({"n_studies": 3}, ValueError, "n_studies"),
        ({"effect": 0.0}, ValueError, "effect=0"),
        ({"tau11": -0.1}, ValueError, "tau11"),
    ],
)
def test_bad_input_is_named(wrong, error, words):
    with pytest.raises(error, match=words):
        plan_study(**({"effect": 0.5, "rng": rng(), **STUDY} | wrong))
