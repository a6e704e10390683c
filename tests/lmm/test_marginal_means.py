"""Marginal means and contrasts against emmeans 1.8.4-1 (tests/oracle/small_samples.json)."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from small_sample_models import METHODS, STORED, data, fitted

from hlm_teach import contrasts, fit_lmm, load_data, marginal_means
from hlm_teach.lmm.marginal_means import holm

CASES = [(name, theirs) for name, by in STORED["marginal_means"].items() for theirs in by]
FACTOR = {"medpar": "admission", "few_arm": "arm"}


def _close(ours, theirs, room=1e-5):
    assert ours.to_numpy(float) == pytest.approx(theirs.to_numpy(float), rel=room)


@pytest.mark.parametrize(("name", "theirs"), CASES)
def test_means(name, theirs):
    stored = pd.DataFrame(STORED["marginal_means"][name][theirs]["means"]).set_index(FACTOR[name])
    table = marginal_means(fitted(name), FACTOR[name], df=METHODS[theirs])
    assert list(table.index) == list(stored.index)
    for ours, column in [("estimate", "emmean"), ("se", "SE"), ("df", "df")]:
        _close(table[ours], stored[column])
    # an end near zero is as exact as its interval is wide, not as it is large
    width = (stored["upper.CL"] - stored["lower.CL"]).to_numpy(float)
    for ours, column in [("lower", "lower.CL"), ("upper", "upper.CL")]:
        gap = table[ours].to_numpy(float) - stored[column].to_numpy(float)
        assert np.all(np.abs(gap) < 1e-5 * width)
    # the fit's own method is the default
    own = marginal_means(fitted(name, METHODS[theirs]), FACTOR[name])
    pd.testing.assert_frame_equal(own, table)


@pytest.mark.parametrize("adjust", ["none", "holm", "tukey"])
@pytest.mark.parametrize(("name", "theirs"), CASES)
def test_pairs(name, theirs, adjust):
    key = {"none": "pairs", "holm": "pairs_holm", "tukey": "pairs_tukey"}[adjust]
    stored = pd.DataFrame(STORED["marginal_means"][name][theirs][key]).set_index("contrast")
    table = contrasts(fitted(name), FACTOR[name], adjust=adjust, df=METHODS[theirs])
    assert list(table.index) == list(stored.index)
    for ours, column in [("estimate", "estimate"), ("se", "SE"), ("df", "df"), ("t", "t.ratio")]:
        _close(table[ours], stored[column])
    known = stored["p.value"].notna()  # R's ptukey gives none below two degrees of freedom
    assert known.any() or name == "few_arm"
    _close(table.loc[known, "pvalue"], stored.loc[known, "p.value"])


def test_tukey_below_two_degrees_of_freedom():
    """Where R gives nothing: the range of three normal values over an independent SD."""
    table = contrasts(fitted("few_arm"), "arm", adjust="tukey")
    row = table.iloc[0]
    rng = np.random.default_rng(3)
    scale = np.sqrt(rng.chisquare(row["df"], 200_000) / row["df"])
    drawn = np.ptp(rng.standard_normal((200_000, 3)), axis=1) / scale
    assert row["pvalue"] == pytest.approx(np.mean(drawn > np.sqrt(2) * abs(row["t"])), abs=0.005)


def test_tukey_intervals_hold_zero_exactly_where_p_is_above_five_per_cent():
    table = contrasts(fitted("medpar"), "admission", adjust="tukey")
    outside = (table["lower"] > 0) | (table["upper"] < 0)
    assert (outside == (table["pvalue"] < 0.05)).all() and outside.any() and not outside.all()


def test_against_a_level():
    table = contrasts(fitted("medpar"), "admission", against="elective", adjust="none")
    assert list(table.index) == ["urgent - elective", "emergency - elective"]
    fit = fitted("medpar")
    assert table["estimate"].to_numpy() == pytest.approx(fit.params.iloc[1:].to_numpy())
    assert table["pvalue"].to_numpy() == pytest.approx(fit.pvalues.iloc[1:].to_numpy())


def test_other_factors_weigh_equally_and_covariates_stand_at_their_means():
    """By hand: two factors that are not balanced, with an interaction, and a covariate."""
    medpar = load_data("medpar").assign(sex=lambda d: np.where(d.index % 3 == 0, "f", "m"))
    fit = fit_lmm(
        "log_los ~ admission * sex + died + I(los * 0 + index)",
        medpar.assign(index=np.arange(len(medpar)) / 100),
        "hospital",
    )
    table = marginal_means(fit, "admission")
    g = fit.params
    half = 0.5 * g["sex[T.m]"] + 0.5 * g["died"]  # two values each count the same
    mean = (np.arange(len(medpar)) / 100).mean() * g["I(los * 0 + index)"]
    assert table.loc["elective", "estimate"] == pytest.approx(g["Intercept"] + half + mean)
    urgent = g["admission[T.urgent]"] + 0.5 * g["admission[T.urgent]:sex[T.m]"]
    assert table.loc["urgent", "estimate"] == pytest.approx(g["Intercept"] + half + mean + urgent)


def test_at_holds_predictors():
    medpar = load_data("medpar")
    fit = fit_lmm("log_los ~ admission + age80", medpar, "hospital")
    zero, one = (marginal_means(fit, "admission", at={"age80": v}) for v in (0, 1))
    difference = (one["estimate"] - zero["estimate"]).to_numpy()
    assert difference == pytest.approx([fit.params["age80"]] * 3)
    both = marginal_means(fit, "admission")["estimate"]
    assert both.to_numpy() == pytest.approx((zero["estimate"] + one["estimate"]).to_numpy() / 2)


def test_factors_of_every_kind():
    few = data("few").assign(
        flag=lambda d: d.treated == 1, label=lambda d: d.treated.map({0: "no", 1: "yes"})
    )
    for name, levels in [("treated", [0, 1]), ("flag", [False, True]), ("label", ["no", "yes"])]:
        fit = fit_lmm(f"y ~ {name} + x", few, "group", "1 + x")
        table = marginal_means(fit, name)
        assert list(table.index) == levels
        assert np.diff(table["estimate"]) == pytest.approx([1.3867], abs=2) and len(table) == 2
        (row,) = contrasts(fit, name).itertuples()
        assert abs(row.estimate) == pytest.approx(abs(fit.params.iloc[1]))
    coded = fit_lmm("y ~ C(k) + x", few.assign(k=few.group % 3), "group")
    assert list(marginal_means(coded, "k").index) == [0, 1, 2]


def test_levels_keep_their_order_and_absent_ones_are_left_out():
    few = data("few")
    few = few.assign(arm=pd.Categorical(few.arm, ["c", "b", "a"]))
    assert list(marginal_means(fit_lmm("y ~ arm + x", few, "group"), "arm").index) == [
        "c",
        "b",
        "a",
    ]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda f: marginal_means(f, "arn"), "Did you mean 'arm'"),
        (lambda f: marginal_means(f, "x"), "is a covariate"),
        (lambda f: marginal_means(f, "arm", at={"group": 1}), "at names"),
        (lambda f: marginal_means(f, "arm", at={"x": [0, 1]}), "one value"),
        (lambda f: contrasts(f, "arm", against="z"), "a, b, c"),
        (lambda f: contrasts(f, "arm", adjust="bonferroni"), "'holm'"),
        (lambda f: contrasts(f, "arm", against="a", adjust="tukey"), "all pairs"),
        (lambda f: marginal_means(f, "arm", df="kr"), "'kenward-roger'"),
    ],
)
def test_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call(fitted("few_arm"))


def test_holm_by_its_definition():
    p = np.array([0.04, 0.01, 0.9, 0.02])
    adjusted = holm(p)
    assert adjusted == pytest.approx([0.08, 0.04, 0.9, 0.06])
    assert holm(np.array([0.3, 0.4])) == pytest.approx([0.6, 0.6])


def test_intervals_have_the_level_that_is_asked_for():
    table = marginal_means(fitted("medpar"), "admission", level=0.8)
    half = stats.t.ppf(0.9, table["df"]) * table["se"]
    assert (table["upper"] - table["estimate"]).to_numpy() == pytest.approx(half.to_numpy())
