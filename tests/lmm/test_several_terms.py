"""Several random terms with slopes: against lme4 1.1-31 (tests/oracle/several_terms.json, R 4.2.2),
against a second computation, and by what must not change anything."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, likelihood_ratio_test, load_data, variance_shares
from hlm_teach.data.datasets import DATA_DIR

ORACLE = Path(__file__).parents[1] / "oracle"
LME4 = json.loads((ORACLE / "several_terms.json").read_text(encoding="utf-8"))["models"]


@dataclass(frozen=True)
class Model:
    data: str
    formula: str
    random: dict[str, str]
    correlated: dict[str, bool] = field(default_factory=dict)


_FHCH, _EG = "lrt ~ freq + len", {"childid": "1 + year", "schoolid": "1 + year"}
MODELS = {
    "scots_null": Model("scots", "attain ~ 1", {"primary": "1", "second": "1"}),
    "scots_verbal": Model("scots", "attain ~ verbal + female", {"primary": "1", "second": "1"}),
    "scots_slope": Model("scots", "attain ~ verbal", {"primary": "1 + verbal", "second": "1"}),
    "eg_growth": Model("eg", "math ~ year", _EG),
    "eg_lowinc": Model("eg", "math ~ year * lowinc_c", _EG),
    "fhch_slope": Model("fhch", _FHCH, {"id": "1 + freq", "item": "1"}),
    "fhch_unc": Model("fhch", _FHCH, {"id": "1 + freq", "item": "1"}, {"id": False}),
    "empl_three": Model("empl", "lwage ~ t", {"firm": "1 + t", "sector": "1"}),
    "pbc_quad3": Model("pbc", "lbili ~ yr + I(yr**2)", {"id": "1 + yr + I(yr**2)"}),
    "early_growth": Model("early", "cog ~ age1 * treated", {"id": "1 + age1"}),
}
SEVERAL = [name for name, model in MODELS.items() if len(model.random) > 1]
_LME4_NAMES = {
    "log_capital": "log(capital)",
    "Intercept": "(Intercept)",
    "I(yr ** 2)": "I(yr^2)",
    "I(yr**2)": "I(yr^2)",
}


@cache
def data(name: str) -> pd.DataFrame:
    def stored(file: str) -> pd.DataFrame:
        return pd.read_csv(DATA_DIR / f"{file}.csv")

    if name == "scots":
        return stored("ScotsSec").assign(female=lambda d: (d.sex == "F").astype(int))
    if name == "eg":
        return stored("egsingle").assign(lowinc_c=lambda d: d.lowinc - 50)
    if name == "early":
        return stored("Early").assign(
            age1=lambda d: d.age - 1, treated=lambda d: (d.trt == "Y").astype(int)
        )
    if name == "fhch":
        return stored("fhch2010").assign(
            lrt=lambda d: np.log(d.rt),
            freq=lambda d: np.where(d.frequency == "high", 0.5, -0.5),
            len=lambda d: d.length - 5,
        )
    if name == "empl":
        return load_data("employment_uk").assign(lwage=lambda d: d.log_wage)
    return load_data("pbc").rename(columns={"patient": "id", "years": "yr", "log_bili": "lbili"})


@cache
def fitted(name: str, reml: bool):
    model = MODELS[name]
    return fit_lmm(
        model.formula,
        data(model.data),
        random=model.random,
        correlated=model.correlated or True,
        reml=reml,
    )


def by_name(values: dict | pd.Series) -> dict[str, float]:
    """Coefficients by lme4's name, the parts of an interaction sorted."""
    return {
        ":".join(sorted(_LME4_NAMES.get(part, part) for part in str(name).split(":"))): value
        for name, value in dict(values).items()
    }


def by_grouping(value, name: str) -> dict:
    """A result's attribute as a dict by grouping, also where there is one."""
    return value if isinstance(value, dict) else {next(iter(MODELS[name].random)): value}


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", list(MODELS))
class TestAgainstLme4:
    def test_likelihood_and_flags(self, name, reml):
        fit, lme4 = fitted(name, reml), LME4[name]["REML" if reml else "ML"]
        assert fit.llf == pytest.approx(lme4["logLik"], abs=1e-6)
        assert fit.aic == pytest.approx(lme4["AIC"], abs=1e-5)
        assert fit.bic == pytest.approx(lme4["BIC"], abs=1e-5)
        assert fit.singular == lme4["singular"]
        assert fit.converged
        assert by_grouping(fit.n_groups, name) == lme4["groups"]

    def test_fixed_effects(self, name, reml):
        fit, lme4 = fitted(name, reml), LME4[name]["REML" if reml else "ML"]
        se = by_name(lme4["se"])
        for term, value in by_name(lme4["fixef"]).items():
            # lme4 stops within 1e-5 standard errors where the likelihood is flat (pbc_quad3)
            tolerance = dict(rel=1e-5, abs=2e-5 * se[term] * (name == "pbc_quad3"))
            assert by_name(fit.params)[term] == pytest.approx(value, **tolerance), term
            assert by_name(fit.bse)[term] == pytest.approx(se[term], rel=1e-5), term

    def test_variances(self, name, reml):
        fit, lme4 = fitted(name, reml), LME4[name]["REML" if reml else "ML"]
        g = by_grouping(fit.cov_re, name)
        for row in lme4["varcomp"]:
            if row["grp"] == "Residual":
                assert fit.sigma2 == pytest.approx(row["vcov"], rel=1e-4)
                continue
            group = row["grp"].split(".")[0]
            names = {_LME4_NAMES.get(effect, effect): effect for effect in g[group]}
            first = names[row["var1"]]
            second = names[row["var2"]] if row["var2"] else first
            assert g[group].loc[first, second] == pytest.approx(
                row["vcov"], rel=1e-4, abs=1e-6 * fit.sigma2
            ), row

    def test_blups(self, name, reml):
        fit, lme4 = fitted(name, reml), LME4[name]["REML" if reml else "ML"]
        effects = by_grouping(fit.random_effects, name)
        for group, rows in lme4["blup_head"].items():
            ours = effects[group].rename(columns=_LME4_NAMES)
            ours.index = ours.index.astype(str)
            for row in rows:
                for effect in ours:
                    assert ours.loc[str(row["group"]), effect] == pytest.approx(
                        row[effect], abs=1e-4 * ours[effect].abs().max()
                    )


# ---------------------------------------------------------------- what must not matter


def same_fit(first, second, tolerance=1e-6):
    assert first.llf == pytest.approx(second.llf, abs=tolerance)
    np.testing.assert_allclose(first.params, second.params, rtol=1e-5)
    np.testing.assert_allclose(first.bse, second.bse, rtol=1e-5)
    assert first.sigma2 == pytest.approx(second.sigma2, rel=1e-5)


def test_order_of_terms_and_of_rows_does_not_matter():
    model, frame = MODELS["fhch_slope"], data("fhch")
    turned = fit_lmm(model.formula, frame, random=dict(reversed(model.random.items())))
    shuffled = fit_lmm(model.formula, frame.sample(frac=1, random_state=1), random=model.random)
    for other in (turned, shuffled):
        same_fit(fitted("fhch_slope", True), other)
        np.testing.assert_allclose(
            other.cov_re["id"], fitted("fhch_slope", True).cov_re["id"], rtol=1e-4
        )
    assert list(turned.cov_re) == ["item", "id"]


@pytest.mark.parametrize("far, unit", [(1000.0, 1.0), (0.0, 1e-6), (1e5, 1e6)])
def test_origin_and_unit_of_a_predictor_do_not_matter(far, unit):
    moved = data("eg").assign(year=lambda d: (d.year + far) * unit)
    first, second = fitted("eg_growth", True), fit_lmm("math ~ year", moved, random=_EG)
    # REML depends on the unit of x through |X'X|
    assert second.llf == pytest.approx(first.llf - np.log(unit), abs=1e-5)
    assert second.singular == first.singular
    slope = second.cov_re["childid"].loc["year", "year"] * unit**2
    assert slope == pytest.approx(first.cov_re["childid"].loc["year", "year"], rel=1e-4)


def test_a_nested_model_written_with_both_kinds_of_labels_is_the_same():
    pastes = load_data("pastes")
    unique = fit_lmm("strength ~ 1", pastes, ["batch", "sample"])
    again = fit_lmm("strength ~ 1", pastes, random={"batch": "1", "batch:cask": "1"})
    same_fit(unique, again, 1e-10)
    assert list(again.random_effects["batch:cask"].index[:3]) == ["A:a", "A:b", "A:c"]
    assert any("batch:cask is nested in batch" in note for note in again.notes)
    np.testing.assert_allclose(again.fittedvalues, unique.fittedvalues, rtol=1e-8)
    crossed = fit_lmm("strength ~ 1", pastes, ["batch", "cask"])
    assert any("'batch:cask'" in note for note in crossed.notes)


def test_a_combined_grouping_alone_is_one_term():
    pastes = load_data("pastes")
    alone = fit_lmm("strength ~ 1", pastes, "batch:cask")
    same_fit(alone, fit_lmm("strength ~ 1", pastes, "sample"), 1e-10)
    assert alone.n_groups == 30
    np.testing.assert_allclose(alone.predict(pastes), alone.fittedvalues)


def test_a_term_without_variance_leaves_the_one_term_fit():
    rng = np.random.default_rng(5)
    sleep = load_data("sleepstudy")
    one = fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days")
    zero = 0
    for _ in range(6):
        noise = sleep.assign(shift=rng.permutation(np.arange(180) % 9))
        two = fit_lmm("Reaction ~ Days", noise, random={"Subject": "1 + Days", "shift": "1"})
        if two.vcomp["shift: Intercept"] == 0:
            zero += 1
            same_fit(one, two)
            np.testing.assert_allclose(two.cov_re["Subject"], one.cov_re, rtol=1e-4)
            assert two.singular
            assert any("the variance of shift: Intercept is" in note for note in two.notes)
    assert zero >= 2


def test_perfect_correlation_is_named_with_its_term():
    (note,) = [n for n in fitted("scots_slope", True).notes if n.startswith("Singular")]
    assert "random effects of primary are estimated as perfectly correlated" in note


# ---------------------------------------------------------------- what a fit is asked for


def test_predictions_for_levels_known_and_new():
    fit = fitted("fhch_slope", True)
    rows = (
        data("fhch").iloc[[0, 0, 0]].assign(id=["N1", "N1", "new"], item=["potted", "new", "new"])
    )
    u, v = fit.random_effects["id"].loc["N1"], fit.random_effects["item"].loc["potted"]
    fixed = fit.predict(rows, known_groups=False)
    freq = rows.freq.iloc[0]
    person = u["Intercept"] + u["freq"] * freq
    np.testing.assert_allclose(
        fit.predict(rows) - fixed, [person + v["Intercept"], person, 0.0], atol=1e-12
    )
    mean = fit.predict(rows, interval="mean")
    width = (mean["upper"] - mean["lower"]).to_numpy()
    assert width[0] < width[1] < width[2]
    g = fit.cov_re["id"].to_numpy()
    z = np.array([1.0, freq])
    x = np.array([1.0, freq, rows["len"].iloc[0]])
    variance = x @ fit.cov_params.to_numpy() @ x + z @ g @ z + fit.cov_re["item"].iloc[0, 0]
    assert width[2] == pytest.approx(2 * 1.959964 * np.sqrt(variance), rel=1e-6)
    new = fit.predict(rows, interval="new")
    assert new["upper"].iloc[2] - new["prediction"].iloc[2] == pytest.approx(
        1.959964 * np.sqrt(variance + fit.sigma2), rel=1e-6
    )


def test_simulated_outcomes_have_the_models_covariances():
    fit = fitted("empl_three", True)
    y = (
        fit.simulate(4000, np.random.default_rng(1))
        - fit.predict(fit.frame.data, known_groups=False).to_numpy()
    )
    frame = fit.frame.data
    i = 0
    j = int(np.flatnonzero((frame.firm == frame.firm[0]) & (frame.index > 0))[0])
    k = int(np.flatnonzero((frame.firm != frame.firm[0]) & (frame.sector == frame.sector[0]))[0])
    z = np.column_stack([np.ones(len(frame)), frame.t])
    g, sector = fit.cov_re["firm"].to_numpy(), fit.cov_re["sector"].iloc[0, 0]
    within = z[i] @ g @ z[j] + sector
    total = z[i] @ g @ z[i] + sector + fit.sigma2
    assert np.mean(y[:, i] ** 2) == pytest.approx(total, rel=0.1)
    assert np.mean(y[:, i] * y[:, j]) == pytest.approx(within, abs=0.08 * total)
    assert np.mean(y[:, i] * y[:, k]) == pytest.approx(sector, abs=0.08 * total)


def test_likelihoods_of_other_outcomes_are_those_of_a_refit():
    fit = fitted("empl_three", True)
    y = fit.simulate(2, np.random.default_rng(2))
    frame = fit.frame.data
    again = [
        fit_lmm("lwage ~ t", frame.assign(lwage=row), random=MODELS["empl_three"].random).llf
        for row in y
    ]
    np.testing.assert_allclose(fit.llf_of(y), again, atol=1e-7)


# lme4's confint(fit, parm = "theta_", oldNames = FALSE), R 4.2.2, lme4 1.1-31
PROFILE = json.loads((ORACLE / "several_terms_profile.json").read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize("name", list(PROFILE))
def test_profile_intervals(name):
    intervals = fitted(name, True).profile_intervals
    for ours, (low, high) in PROFILE[name].items():
        got = intervals.loc[ours]
        # lme4 interpolates its profile by splines
        np.testing.assert_allclose(got, [low, high], atol=5e-4 * (high - low), err_msg=ours)


def test_table_and_report_name_groupings_and_effects():
    fit = fitted("empl_three", True)
    table = fit.table()
    assert list(table.index[-5:]) == [
        "variance(Intercept | firm)",
        "variance(t | firm)",
        "correlation(firm: Intercept, t)",
        "variance(Intercept | sector)",
        "variance(residual)",
    ]
    for words in ("random slopes of t of firm", "140 levels of firm and 9 levels of sector"):
        assert words in fit.report()
    assert list(fit.vcomp.index) == ["firm: Intercept", "firm: t", "sector: Intercept"]
    assert list(fitted("scots_null", True).vcomp.index) == ["primary", "second"]


def test_variance_shares_by_hand():
    fit = fitted("fhch_slope", True)
    at = variance_shares(fit, {"freq": [-0.5, 0.5], "len": [0.0, 0.0]})
    g = fit.cov_re["id"].to_numpy()
    item = fit.cov_re["item"].iloc[0, 0]
    for row, freq in zip(at.to_numpy(), (-0.5, 0.5), strict=True):
        person = np.array([1, freq]) @ g @ np.array([1, freq])
        np.testing.assert_allclose(
            row, np.array([person, item, fit.sigma2]) / (person + item + fit.sigma2)
        )
    shares = variance_shares(fitted("scots_null", True))
    vcomp, sigma2 = fitted("scots_null", True).vcomp, fitted("scots_null", True).sigma2
    assert shares["primary"] == pytest.approx(vcomp["primary"] / (vcomp.sum() + sigma2))
    assert shares.sum() == pytest.approx(1)


def test_a_likelihood_ratio_test_of_one_slope_among_several_terms():
    full = fitted("empl_three", True)
    reduced = fit_lmm("lwage ~ t", data("empl"), ["firm", "sector"])
    test = likelihood_ratio_test(reduced, full)
    assert (test.df, test.statistic) == (2, pytest.approx(2 * (full.llf - reduced.llf)))
    assert test.p_mixture < test.p_naive < 1e-10


def test_statsmodels_where_it_has_the_model():
    frame = data("fhch").iloc[:700]
    fit = fit_lmm(
        "lrt ~ freq", frame, random={"id": "1 + freq", "item": "1"}, correlated={"id": False}
    )
    result = fit.statsmodels
    assert result.llf == pytest.approx(fit.llf, abs=1e-8)
    np.testing.assert_allclose(result.bse_fe, fit.bse, rtol=1e-8)
    names = result.model.exog_vc.names
    np.testing.assert_allclose(result.vcomp, fit.vcomp[names], rtol=1e-8)
    with pytest.raises(ValueError, match="correlated random effects of 'id'.*correlated=False"):
        _ = fitted("fhch_slope", True).statsmodels


# ---------------------------------------------------------------- bad input

_TWO = {"id": "1 + freq", "item": "1"}
_BAD = [
    (dict(random=_TWO, groups="id"), ValueError, "leave out groups='id'"),
    (dict(random={}), ValueError, "has no term"),
    (dict(), TypeError, "groups must be a column name"),
    (dict(random={"idd": "1"}), ValueError, "Did you mean 'id'"),
    (
        dict(random={"id:itm": "1"}),
        ValueError,
        "in groups='id:itm', column='itm' is not a column.*Did you mean 'item'",
    ),
    (dict(random={"id/item": "1"}), ValueError, "{'id': '1', 'id:item': '1'}"),
    (dict(random=_TWO, correlated={"x": False}), ValueError, "no grouping of the model"),
    (dict(groups=["id", "item"], random="1 + freq"), ValueError, "{'id': '1 . freq', 'item': '1'}"),
    (dict(random={"id": "1 | freq"}), ValueError, "lme4's"),
    (dict(random={"id": 3}), TypeError, "'id': 3"),
    (dict(random={"id": "1", "flat": "1"}), ValueError, "one level only"),
    (dict(random={"id": "1", "half": "1 + freq"}), ValueError, "too few"),
    (dict(random={"id": "1", "pair": "1 + freq"}), ValueError, "rows for"),
]


@pytest.mark.parametrize(("wrong", "error", "words"), _BAD)
def test_bad_input_is_named(wrong, error, words):
    frame = data("fhch").assign(
        flat="a", half=lambda d: np.arange(len(d)) % 2, pair=lambda d: np.arange(len(d)) // 2
    )
    with pytest.raises(error, match=words) as caught:
        fit_lmm("lrt ~ freq", frame, **wrong)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("formula", "call"),
    [
        ("y ~ x + (1 + x | s) + (1 | i)", "'y ~ x', data, random={'s': '1 + x', 'i': '1'})"),
        ("y ~ (1 | a/b)", "'y ~ 1', data, random={'a': '1', 'a:b': '1'})"),
        ("y ~ x + (x || s) + (1 | i)", "random={'s': 'x', 'i': '1'}, correlated={'s': False})"),
    ],
)
def test_lme4s_bars_are_translated(formula, call):
    with pytest.raises(ValueError, match="lme4's") as caught:
        fit_lmm(formula, data("fhch"))
    assert call in str(caught.value)


def test_labels_that_hold_a_colon_are_refused_where_they_read_alike():
    frame = pd.DataFrame({"y": np.arange(8.0) % 3, "a": ["x", "x:y"] * 4, "b": ["y:z", "z"] * 4})
    with pytest.raises(ValueError, match="read alike"):
        fit_lmm("y ~ 1", frame, "a:b")


def test_missing_labels_of_a_part_are_dropped_and_counted():
    pastes = load_data("pastes")
    pastes.loc[3, "cask"] = None
    fit = fit_lmm("strength ~ 1", pastes, random={"batch": "1", "batch:cask": "1"})
    assert fit.nobs == 59 and fit.notes[0].startswith("1 of 60")


# ---------------------------------------------------------------- small samples, lmerTest, pbkrtest

SMALL = json.loads((ORACLE / "small_samples.json").read_text(encoding="utf-8"))["inference"]
_SMALL = {
    "scots": ("attain ~ verbal + female", "scots", {"primary": "1", "second": "1"}),
    "empl": ("lwage ~ t + log_capital", "empl", {"firm": "1 + t", "sector": "1"}),
    "fhch": (_FHCH, "fhch", {"id": "1 + freq", "item": "1"}),
}


@pytest.mark.parametrize("name", list(_SMALL))
@pytest.mark.parametrize(
    ("method", "tolerance"), [("Satterthwaite", 2e-4), ("Kenward-Roger", 2e-5)]
)
def test_degrees_of_freedom(name, method, tolerance):
    formula, source, random = _SMALL[name]
    fit = fit_lmm(formula, data(source), random=random).with_df(method.lower())
    df, bse = by_name(fit.df), by_name(fit.bse)
    for row in SMALL[name]["coef"].get(method, []):  # scots has Satterthwaite only
        assert df[row["term"]] == pytest.approx(row["df"], rel=tolerance), row["term"]
        assert bse[row["term"]] == pytest.approx(row["Std. Error"], rel=1e-5), row["term"]
