"""Bad input to data, simulation and variance: an error that names the thing, or a stated result."""

import numpy as np
import pandas as pd
import pytest

from hlm_teach import (
    anova_icc,
    data_catalog,
    design_effect,
    effective_sample_size,
    icc,
    load_data,
    mean_reliability,
    simulate_crossed,
    simulate_two_level,
)
from hlm_teach._shared.checks import check_column, complete_rows
from hlm_teach.measures.icc import vpc


def pupils(**columns):
    base = {"school": list("aabbcc"), "math": [1.0, 2, 3, 4, 6, 9]}
    return pd.DataFrame({**base, **columns})


def two_level(**options):
    given = {"n_groups": 5, "group_size": 4, "tau00": 1.0, "sigma2": 1.0}
    return simulate_two_level(**{**given, "rng": np.random.default_rng(1), **options})


def crossed(**options):
    given = {"n_rows": 3, "n_cols": 4, "tau_row": 1.0, "tau_col": 1.0, "sigma2": 1.0}
    return simulate_crossed(**{**given, "rng": np.random.default_rng(1), **options})


def raises(error, match):
    return pytest.raises(error, match=match)


# --- data sets ---------------------------------------------------------------------------------


def test_unknown_data_sets():
    with raises(ValueError, r"name='hsbb' is not a data set; the names are hsb, .* mean 'hsb'"):
        load_data("hsbb")
    with raises(ValueError, "name='zzz'.*eight_schools"):
        load_data("zzz")
    with raises(ValueError, "Did you mean 'sleepstudy'"):
        load_data("SleepStudy")
    for wrong in (3, None, ["hsb"]):
        with raises(TypeError, "name must be text"):
            load_data(wrong)


def test_the_catalog_takes_nothing():
    with raises(TypeError, "positional"):
        data_catalog("hsb")


# --- anova_icc ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "outcome", "groups", "error", "match"),
    [
        ([1, 2], "math", "school", TypeError, "data must be a pandas DataFrame, not list"),
        (
            pupils(),
            "math",
            "skool",
            ValueError,
            r"groups='skool' is not a column; columns are school, math\. Did you mean 'school'",
        ),
        (pupils(), "maths", "school", ValueError, "outcome='maths' is not a column.*'math'"),
        (pupils(), ["math"], "school", TypeError, "outcome must be one column name, not list"),
        (pupils(), "math", ["school"], TypeError, "groups must be one column name, not list"),
        (pupils(math=list("abcdef")), "math", "school", TypeError, "numeric.*'a'"),
        (pupils(math=[np.nan] * 6), "math", "school", ValueError, "only missing values"),
        (pupils(math=[1, 2, 3, 4, 5, np.inf]), "math", "school", ValueError, "1 infinite"),
        (pupils(math=[3.0] * 6), "math", "school", ValueError, "outcome='math' is constant"),
        (pupils(school=["a"] * 6), "math", "school", ValueError, "'school' has 1 group"),
        (pupils(school=list("abcdef")), "math", "school", ValueError, "'school' has one member"),
        (pupils(school=[None] * 6), "math", "school", ValueError, "no complete row.*group 6"),
        (pupils().iloc[:0], "math", "school", ValueError, r"data is empty \(0 rows, 2 columns\)"),
        (pd.DataFrame(), "math", "school", ValueError, "data is empty"),
        (pd.concat([pupils(), pupils()], axis=1), "math", "school", ValueError, "2 columns"),
    ],
)
def test_anova_icc_says_what_is_wrong(data, outcome, groups, error, match):
    with raises(error, match):
        anova_icc(data, outcome, groups)


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, np.nan])
def test_anova_icc_wants_a_level_between_0_and_1(level):
    with raises(ValueError, "level must"):
        anova_icc(pupils(), "math", "school", level=level)


def test_anova_icc_counts_missing_rows():
    data = pupils(math=[1.0, 2, np.nan, 4, 6, 9], school=["a", "a", "b", "b", "c", None])
    result = anova_icc(data.assign(other=np.nan), "math", "school")
    assert result.nobs == 4
    assert "2 rows of 6 dropped because of missing values (outcome 1, group 1)." in result.notes


def test_anova_icc_with_some_groups_of_one():
    result = anova_icc(pupils(school=list("aabbcd")), "math", "school")
    assert any("2 of 4 groups have one member" in note for note in result.notes)


def test_anova_icc_without_variance_within_groups():
    result = anova_icc(pupils(math=[0.1, 0.1, 0.2, 0.2, 0.7, 0.7]), "math", "school")
    assert (result.icc, result.interval, result.sigma2) == (1.0, (1.0, 1.0), 0.0)
    assert any("No variance within groups" in note for note in result.notes)


def test_anova_icc_leaves_its_data_alone():
    data = pupils(math=[1.0, 2, np.nan, 4, 6, 9])
    before = data.copy()
    anova_icc(data, "math", "school")
    pd.testing.assert_frame_equal(data, before)


# --- icc, vpc ----------------------------------------------------------------------------------


class Fit:
    """The attributes of a fit that icc and vpc read."""

    def __init__(self, covariance, sigma2=1.0, names=("Intercept", "x", "z")):
        names = list(names)[: len(covariance)]
        self.cov_re = pd.DataFrame(covariance, names, names)
        self.sigma2 = sigma2
        self.params = pd.Series({"Intercept": 1.0, "x": 2.0})


@pytest.mark.parametrize("function", [icc, lambda fit: vpc(fit, 0)])
def test_icc_and_vpc_want_a_fit(function):
    for wrong in (None, 0.2, pupils()):
        with raises(TypeError, "fit must be a fitted model from fit_lmm"):
            function(wrong)
    with raises(ValueError, "both variances are 0"):
        function(Fit([[0.0]], sigma2=0.0))


def test_vpc_limits():
    with raises(ValueError, "x must hold finite"):
        vpc(Fit([[1.0]]), [0, np.nan])
    with raises(ValueError, "random effects Intercept, x, z"):
        vpc(Fit(np.eye(3)), 0)


# --- design effect, effective sample size, reliability -----------------------------------------


@pytest.mark.parametrize("function", [design_effect, effective_sample_size])
@pytest.mark.parametrize(
    ("rho", "sizes", "error", "match"),
    [
        ("0.2", 20, TypeError, "icc must be a number, not str"),
        (True, 20, TypeError, "icc must be a number, not bool"),
        (1.2, 20, ValueError, "icc must be 1 or less"),
        (np.nan, 20, ValueError, "icc must be finite"),
        (-0.5, 20, ValueError, "icc=-0.5 is impossible in groups of 20"),
        (-0.3, [2, 5], ValueError, "impossible in groups of 5"),
        (0.2, 0, ValueError, "group_sizes must be 1 or more"),
        (0.2, [3, 0], ValueError, "group_sizes must be 1 or more in every group"),
        (0.2, 44.9, TypeError, "group_sizes must be a whole number"),
        (0.2, [3.5, 2], TypeError, "group_sizes must hold whole numbers"),
        (0.2, [], ValueError, "one size per group"),
        (0.2, [[1, 2]], ValueError, r"shape \(1, 2\)"),
        (0.2, "20", TypeError, "group_sizes must be a whole number, not str"),
    ],
)
def test_design_effect_says_what_is_wrong(function, rho, sizes, error, match):
    with raises(error, match):
        function(rho, sizes)


def test_effective_sample_size_limits():
    with raises(ValueError, "leave n_groups=3 out"):
        effective_sample_size(0.2, [5, 5], n_groups=3)
    with raises(ValueError, "n_groups must be 1 or more"):
        effective_sample_size(0.2, 5, n_groups=0)
    with raises(ValueError, "design effect 0"):
        effective_sample_size(-0.25, 5)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ((-1, 1, 5), ValueError, "tau00 is a variance and must be 0 or more"),
        ((1, -1, 5), ValueError, "sigma2 is a variance"),
        ((0, 0, 5), ValueError, "both variances are 0"),
        ((1, 1, 0), ValueError, "n must be 1 or more"),
        ((1, 1, 2.5), TypeError, "n must be a whole number"),
        (("1", 1, 5), TypeError, "tau00 must be a number"),
    ],
)
def test_mean_reliability_says_what_is_wrong(arguments, error, match):
    with raises(error, match):
        mean_reliability(*arguments)


# --- simulation --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"rng": 42}, TypeError, "rng must be a numpy Generator, not int.*default_rng"),
        ({"rng": np.random}, TypeError, "rng must be a numpy Generator, not module"),
        ({"n_groups": 1}, ValueError, "n_groups must be 2 or more"),
        ({"n_groups": 5.0}, TypeError, "n_groups must be a whole number"),
        ({"group_size": 0}, ValueError, "group_size must be 1 or more"),
        ({"group_size": [3, 4]}, ValueError, "group_size holds 2 sizes, but n_groups=5"),
        ({"group_size": [1, 2, 3, 4, 0]}, ValueError, "in every group, but one is 0"),
        ({"tau00": -1}, ValueError, "tau00 is a variance and must be 0 or more"),
        ({"tau11": -0.1}, ValueError, "tau11 is a variance"),
        ({"sigma2": -2}, ValueError, "sigma2 is a variance"),
        ({"sigma2": np.nan}, ValueError, "sigma2 must be finite"),
        ({"tau00": "4"}, TypeError, "tau00 must be a number, not str"),
        ({"rho01": 1.2}, ValueError, "rho01 must be between -1 and 1"),
        ({"gamma10": None}, TypeError, "gamma10 must be a number"),
        ({"x_icc": -0.5}, ValueError, r"x_icc cannot be below .*-0.3333 for groups of 4"),
        ({"x_icc": -0.1, "group_size": 1}, ValueError, "x_icc cannot be below"),
        ({"x_icc": 1.1}, ValueError, "x_icc must be 1 or less"),
        ({"x_values": [0, 1]}, ValueError, "x_values holds 2 values, so group_size must be 2"),
        ({"x_values": [0, 1, 2, np.nan]}, ValueError, "x_values must be one row of finite"),
        ({"x_values": [0, 1, 2, 3], "x_icc": 0.5}, ValueError, "x_icc must be 0"),
        ({"x_values": [0, 1, 2, 3], "corr_ux": 0.5}, ValueError, "corr_ux must be 0"),
        ({"x_icc": -1 / 3, "corr_ux": 0.5}, ValueError, "means of x do not vary.*corr_ux"),
        ({"corr_ux": 2}, ValueError, "corr_ux must be between"),
        ({"w": "uniform"}, ValueError, "w must be 'normal', 'binary' or 5 values"),
        ({"w": [1, 2]}, ValueError, "w must hold 5 finite values"),
        ({"u_distribution": "cauchy"}, ValueError, "u_distribution must be one of"),
        ({"e_distribution": 3}, ValueError, "e_distribution must be one of"),
        ({"dropout": 0.2}, ValueError, "dropout must be below 1 and needs x_values"),
        ({"dropout": 1.5}, ValueError, "dropout must be between 0 and 1"),
        ({"dropout_slope": 1}, ValueError, "without dropout dropout_slope must be 0"),
        ({"exact": "yes"}, ValueError, "exact must be True, False or 'null'"),
        ({"exact": True, "group_size": [3, 4, 3, 4, 3]}, ValueError, "groups of one size"),
        ({"exact": True, "group_size": 2}, ValueError, "group_size must be 3 or more"),
        ({"exact": "null", "group_size": 1}, ValueError, "group_size must be 2 or more"),
        ({"exact": True, "n_groups": 2}, ValueError, "at least 3 groups, but n_groups=2"),
        ({"exact": True, "sigma2": 0}, ValueError, "sigma2 is a variance and must be above 0"),
        ({"exact": True, "x_values": [1, 1, 1, 1]}, ValueError, "x_values are all equal"),
        ({"exact": True, "w": "binary", "gamma01": 1}, ValueError, "with w, gamma01"),
        ({"exact": True, "x_icc": 0.2}, ValueError, "exact data cannot be made with x_icc"),
        ({"exact": "null", "tau11": 1}, ValueError, "gamma10 and tau11 must be 0"),
    ],
)
def test_simulate_two_level_says_what_is_wrong(options, error, match):
    with raises(error, match):
        two_level(**options)


def test_groups_of_one_and_a_constant_predictor_can_be_simulated():
    assert len(two_level(group_size=1)) == 5
    assert two_level(x_values=[2, 2, 2, 2])["x"].eq(2).all()


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"n_rows": 1}, ValueError, "n_rows must be 2 or more"),
        ({"n_cols": 2.5}, TypeError, "n_cols must be a whole number"),
        ({"n_per_cell": 0}, ValueError, "n_per_cell must be 1 or more"),
        ({"tau_row": -1}, ValueError, "tau_row is a variance"),
        ({"tau_col": "1"}, TypeError, "tau_col must be a number"),
        ({"sigma2": -1}, ValueError, "sigma2 is a variance"),
        ({"gamma00": np.inf}, ValueError, "gamma00 must be finite"),
        ({"rng": None}, TypeError, "rng must be a numpy Generator"),
    ],
)
def test_simulate_crossed_says_what_is_wrong(options, error, match):
    with raises(error, match):
        crossed(**options)


# --- the shared checks -------------------------------------------------------------------------


def test_complete_rows_says_which_columns_lack_values():
    data = pd.DataFrame({"a": [1, np.nan, 3], "b": [np.nan, np.nan, 6]}, index=[5, 5, 5])
    used, notes = complete_rows(data, ["a", "b"])
    assert used.to_dict("list") == {"a": [3.0], "b": [6.0]} and used.index.tolist() == [0]
    assert notes == ("2 rows of 3 dropped because of missing values (a 1, b 2).",)
    assert complete_rows(data, ["a"])[1][0].startswith("1 row of 3")


def test_columns_need_not_be_text():
    assert check_column(pd.DataFrame({0: [1], ("a", 1): [2]}), 0, "groups") == 0
