"""fit_lmm against lme4 (R 4.2.2, lme4 1.1-31; tests/oracle/models.json), by invariances, and with
bad input."""

import numpy as np
import pandas as pd
import pytest
from reference_models import (
    LME4,
    MODELS,
    SEVERAL,
    TWO_LEVEL,
    by_lme4_term,
    data,
    fitted,
    lme4_term,
    stored,
    stored_blups,
    stored_covariance,
    stored_series,
    stored_variances,
)

from hlm_teach import fit_lmm, load_data

CASES = [
    pytest.param(name, reml, id=f"{name}-{'REML' if reml else 'ML'}")
    for name in MODELS
    for reml in (True, False)
]


def test_every_reference_model_is_compared():
    assert set(MODELS) == set(LME4) and len(CASES) == 54


@pytest.mark.parametrize(("name", "reml"), CASES)
def test_likelihood_and_criteria(name, reml):
    fit, lme4 = fitted(name, reml), stored(name, reml)
    assert fit.llf == pytest.approx(lme4["logLik"], abs=1e-6)
    assert fit.aic == pytest.approx(lme4["AIC"], abs=1e-5)
    assert fit.bic == pytest.approx(lme4["BIC"], abs=1e-5)
    assert fit.nobs == lme4["n"]
    assert fit.converged
    assert fit.singular == lme4["singular"]
    sizes = fit.n_groups if isinstance(fit.n_groups, dict) else {fit.frame.groups[0]: fit.n_groups}
    assert sorted(sizes.values()) == sorted(lme4["groups"].values())


@pytest.mark.parametrize(("name", "reml"), CASES)
def test_fixed_effects(name, reml):
    fit, lme4 = fitted(name, reml), stored(name, reml)
    for ours, theirs in ((fit.params, lme4["fixef"]), (fit.bse, lme4["se"])):
        pd.testing.assert_series_equal(
            by_lme4_term(ours).sort_index(),
            stored_series(theirs).sort_index(),
            rtol=1e-5,
            check_names=False,
        )


@pytest.mark.parametrize(("name", "reml"), CASES)
def test_variances(name, reml):
    fit = fitted(name, reml)
    assert fit.sigma2 == pytest.approx(stored(name, reml)["sigma2"], rel=1e-4)
    ours = fit.vcomp.rename(index=lme4_term)
    for term, value in stored_variances(name, reml).items():
        assert ours[term] == pytest.approx(value, rel=1e-4, abs=1e-6 * fit.sigma2), term
    covariance = stored_covariance(name, reml)
    if covariance is not None:
        # a covariance near zero is known to the size of the variances, not of itself
        size = np.sqrt(np.prod(np.diag(fit.cov_re)))
        assert fit.cov_re.iloc[0, 1] == pytest.approx(covariance, rel=1e-4, abs=1e-6 * size)


@pytest.mark.parametrize(("name", "reml"), CASES)
def test_blups(name, reml):
    fit = fitted(name, reml)
    for factor, column, values in stored_blups(name, reml):
        table = fit.random_effects
        if isinstance(table, dict):
            table = table[factor]
        ours = table.rename(columns=lme4_term, index=str)[column][values.index]
        # lme4 stops where the deviance is flat: 1e-4 of a standard deviation of u
        np.testing.assert_allclose(ours, values, atol=1e-4 * max(table[table.columns[0]].std(), 1))


def test_published_values():
    """HSB as in course texts on lme4: SES slopes 2.193 (0.128), tau11 0.694."""
    fit = fitted("hsb_rc", True)
    assert round(fit.params["ses_within"], 3) == 2.193
    assert round(fit.bse["ses_within"], 3) == 0.128
    assert round(fit.cov_re.loc["ses_within", "ses_within"], 3) == 0.694


# ---------------------------------------------------------------- a second computation


@pytest.mark.parametrize("name", ["sleep_rs", "sleep_rs_unc", "dyestuff", "orthodont_ri", "pastes"])
@pytest.mark.parametrize("reml", [True, False])
def test_log_likelihood_from_the_whole_covariance_matrix(name, reml):
    """The same number from V written out in full, without any of the package's algebra."""
    fit = fitted(name, reml)
    x, y = fit.frame.fixed.to_numpy(), fit.frame.outcome.to_numpy()
    v = fit.sigma2 * np.eye(len(y)) + _between_covariance(fit)
    inverse = np.linalg.inv(v)
    a = x.T @ inverse @ x
    residual = y - x @ fit.params.to_numpy()
    value = np.linalg.slogdet(v)[1] + residual @ inverse @ residual
    value += (len(y) - reml * x.shape[1]) * np.log(2 * np.pi)
    value += np.linalg.slogdet(a)[1] if reml else 0
    assert fit.llf == pytest.approx(-value / 2, abs=1e-8)
    np.testing.assert_allclose(np.linalg.inv(a), fit.cov_params, rtol=1e-8, atol=1e-12)


def _between_covariance(fit):
    if isinstance(fit.cov_re, dict):
        return sum(fit.vcomp[name] * _same(fit.frame.data[name]) for name in fit.frame.groups)
    z = fit.frame.random_design.to_numpy()
    return z @ fit.cov_re.to_numpy() @ z.T * _same(fit.frame.group_labels)


def _same(labels):
    labels = labels.to_numpy()
    return (labels[:, None] == labels).astype(float)


# ---------------------------------------------------------------- invariances


@pytest.mark.parametrize("shift", [0.0, -4.5, 1e3, 1e6])
@pytest.mark.parametrize("scale", [1.0, 1e-5, 1e5])
def test_origin_and_unit_of_x_do_not_matter(shift, scale):
    sleep = data("sleepstudy").assign(x=lambda d: scale * (d.Days + shift))
    plain = fitted("sleep_rs", True)
    fit = fit_lmm("Reaction ~ x", sleep, "Subject", "1 + x")
    # REML sees the unit of x through |X'V⁻¹X|
    assert fit.llf + np.log(scale) == pytest.approx(plain.llf, abs=2e-6)
    assert not fit.singular
    assert fit.cov_re.loc["x", "x"] * scale**2 == pytest.approx(35.0717, rel=1e-5)
    np.testing.assert_allclose(fit.fittedvalues, plain.fittedvalues, rtol=1e-6)


def test_units_of_y_do_not_matter():
    sleep = data("sleepstudy").assign(y=lambda d: 1e-6 * d.Reaction + 3)
    fit, plain = fit_lmm("y ~ Days", sleep, "Subject", "1 + Days"), fitted("sleep_rs", True)
    np.testing.assert_allclose(fit.cov_re * 1e12, plain.cov_re, rtol=1e-4)
    assert fit.params["Intercept"] == pytest.approx(1e-6 * plain.params["Intercept"] + 3)


def test_order_and_labels_of_rows_and_groups_do_not_matter():
    pbc = data("pbc")
    shuffled = pbc.sample(frac=1, random_state=3)
    names = {label: f"p{i}" for i, label in enumerate(shuffled.patient.unique())}
    fit = fit_lmm(
        "log_bili ~ years * treatment",
        shuffled.assign(who=shuffled.patient.map(names)),
        "who",
        "1 + years",
    )
    plain = fitted("pbc_rs", True)
    assert fit.llf == pytest.approx(plain.llf, abs=1e-8)
    np.testing.assert_allclose(fit.cov_re, plain.cov_re, rtol=1e-6)


def test_singular_stays_singular_and_sound_stays_sound_in_other_units():
    sim = data("sim42").assign(x=lambda d: 1e5 * d.X + 1e4)
    assert fit_lmm("Y ~ x", sim, "school", "1 + x").singular
    days = data("sleepstudy").assign(x=lambda d: 1e5 * d.Days)
    assert not fit_lmm("Reaction ~ x", days, "Subject", "1 + x").singular


def test_dyestuff2_is_exactly_zero():
    fit = fitted("dyestuff2", True)
    assert fit.cov_re.iloc[0, 0] == 0 and fit.singular
    assert (fit.random_effects == 0).all().all()


# ---------------------------------------------------------------- formulas, missing values, notes


def double(values):
    return 2 * values


def test_the_callers_functions_work_in_both_formulas():
    local = 3.0
    hospital = data("medpar")
    fit = fit_lmm("np.log(los) ~ double(age80) + I(local * hmo)", hospital, "hospital")
    same = fit_lmm("log_los ~ age80 + hmo", hospital, "hospital")
    assert fit.llf == pytest.approx(same.llf - np.log(2) - np.log(3), abs=1e-8)
    slopes = fit_lmm("Reaction ~ Days", data("sleepstudy"), "Subject", "1 + double(Days)")
    assert slopes.cov_re.iloc[1, 1] == pytest.approx(35.0717 / 4, rel=1e-5)


def test_missing_values_are_dropped_and_counted():
    sleep = load_data("sleepstudy")
    sleep.loc[[3, 50], "Reaction"] = np.nan
    sleep.loc[7, "Days"] = np.nan
    sleep["unused"] = np.nan
    fit = fit_lmm("Reaction ~ Days", sleep, "Subject")
    assert fit.nobs == 177
    assert fit.notes[0].startswith("3 of 180 rows")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dyestuff2", "Singular fit: the variance of Intercept is estimated as zero"),
        ("sim42_rs", "perfectly correlated"),
        ("dyestuff", "Only 6 groups"),
        ("medpar_null", "of 54 groups (hospital) have one row"),
        ("pastes", "sample is nested in batch"),
        ("penicillin", "are crossed"),
        ("empluk_growth", "statsmodels itself would warn"),
    ],
)
def test_notes_say_what_matters(name, words):
    assert any(words in note for note in fitted(name, True).notes)


def test_a_sound_fit_has_no_notes():
    assert fitted("hsb_rc", True).notes == ()


# ---------------------------------------------------------------- prediction, R², tables


def test_predictions_for_known_and_new_groups():
    fit = fitted("sleep_rs", True)
    new = pd.DataFrame({"Days": [0.0, 5.0, 5.0], "Subject": ["308", "308", "nobody"]})
    new["Subject"] = new["Subject"].astype(fit.frame.group_labels.dtype)
    u = fit.random_effects.loc["308"]
    expected = [
        fit.params["Intercept"] + u["Intercept"],
        fit.params["Intercept"] + u["Intercept"] + 5 * (fit.params["Days"] + u["Days"]),
        fit.params["Intercept"] + 5 * fit.params["Days"],
    ]
    np.testing.assert_allclose(fit.predict(new), expected)
    np.testing.assert_allclose(fit.predict(new, known_groups=False)[1], expected[2])


def test_prediction_variance_against_hendersons_equations():
    """[X'X X'Z; Z'X Z'Z + σ²G⁻¹]⁻¹σ² is the covariance of (β̂ − β, û − u)."""
    fit = fitted("sleep_rs", True)
    x, z = fit.frame.fixed.to_numpy(), fit.frame.random_design.to_numpy()
    codes = pd.factorize(fit.frame.group_labels, sort=True)[0]
    n_groups = fit.n_groups
    wide = np.zeros((len(x), 2 * n_groups))
    for a in range(2):
        wide[np.arange(len(x)), 2 * codes + a] = z[:, a]
    w = np.hstack([x, wide])
    m = w.T @ w
    m[2:, 2:] += fit.sigma2 * np.kron(np.eye(n_groups), np.linalg.inv(fit.cov_re))
    expected = np.sqrt(fit.sigma2 * np.einsum("ia,ab,ib->i", w, np.linalg.inv(m), w))
    got = fit.predict(fit.frame.data, interval="mean")
    np.testing.assert_allclose(
        (got.upper - got.prediction) / 1.959963984540054, expected, rtol=1e-8
    )


def test_prediction_intervals_hold_their_level():
    """A new pupil in a known group, and in a new group, over 400 simulated data sets."""
    rng = np.random.default_rng(12)
    hits = {"known": 0, "new": 0}
    group = np.repeat(np.arange(40), 6)
    ahead = pd.DataFrame({"g": [0, -1]})
    for _ in range(400):
        u, fresh = rng.normal(size=40), rng.normal(size=2)
        frame = pd.DataFrame({"g": group, "y": u[group] + rng.normal(size=240)})
        got = fit_lmm("y ~ 1", frame, "g").predict(ahead, interval="new")
        for i, (kind, effect) in enumerate({"known": u[0], "new": rng.normal()}.items()):
            hits[kind] += got.lower[i] < effect + fresh[i] < got.upper[i]
    # 95 % less a little for variances taken as known; Monte-Carlo SE 1.1 %
    assert all(0.915 < count / 400 < 0.98 for count in hits.values()), hits


def test_outcomes_drawn_from_the_fit_have_its_lines():
    """The 18 subjects' own lines, over 500 draws: covariance G + σ²(X'X)⁻¹, up to four
    Monte-Carlo errors."""
    fit = fitted("sleep_rs", True)
    design = fit.frame.fixed.to_numpy()[:10]
    y = fit.simulate(500, np.random.default_rng(4)).reshape(9000, 10)
    assert (fit.frame.fixed.to_numpy().reshape(18, 10, 2) == design).all()
    lines = y @ np.linalg.pinv(design).T
    wanted = fit.cov_re.to_numpy() + fit.sigma2 * np.linalg.inv(design.T @ design)
    size = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    assert (np.abs(np.cov(lines.T) - wanted) < 4 * np.sqrt(2 / 9000) * size).all()
    off = np.abs(lines.mean(axis=0) - fit.params.to_numpy())
    assert (off < 4 * np.sqrt(np.diag(wanted) / 9000)).all()
    left = ((y - lines @ design.T) ** 2).sum() / (9000 * 8)
    assert left == pytest.approx(fit.sigma2, rel=4 * np.sqrt(2 / 72_000))


def test_r2_by_its_formula():
    fit = fitted("sleep_rs", True)
    days = fit.frame.data["Days"].to_numpy()
    g = fit.cov_re.to_numpy()
    fixed = np.var(fit.params["Days"] * days, ddof=1)
    random = np.mean(g[0, 0] + 2 * days * g[0, 1] + days**2 * g[1, 1])
    total = fixed + random + fit.sigma2
    assert fit.r2["marginal"] == pytest.approx(fixed / total)
    assert fit.r2["conditional"] == pytest.approx((fixed + random) / total)
    assert fitted("hsb_null", True).r2["marginal"] == 0


def test_table_and_report_carry_the_estimates():
    fit = fitted("sleep_rs", True)
    table = fit.table()
    assert table.loc["Days", "estimate"] == 10.467
    assert table.loc["variance(Days | Subject)", "estimate"] == 35.072
    assert table.loc["variance(Days | Subject)", "SD"] == "5.922"
    assert table.loc["Days", "df"] == "17.0"
    assert not table.isna().any().any()
    sentence = fit.report()
    for part in (
        "restricted maximum likelihood",
        "180 observations",
        "18 groups (Subject)",
        "Days 10.5 (SE 1.55, 95 % CI 7.21 to 13.7, t(17.0) = 6.77, p < 0.001)",
        "variance(residual) 655",
        "Satterthwaite",
        "Variances, with intervals from the ML deviance: variance(Intercept | Subject) 612",
    ):
        assert part in sentence
    assert "ML deviance" not in fitted("sleep_rs", False).report()


@pytest.mark.parametrize("name", ["sleep_rs", "hsb_null", "hsb_iso"])
def test_a_table_fits_a_notebook(name):
    """At 100 characters nothing is wrapped: pandas would break the columns in two."""
    widest = max(map(len, fitted(name, True).table().to_string().splitlines()))
    assert widest <= 100


# ---------------------------------------------------------------- bad input

_BAD = [
    (dict(groups="skool"), ValueError, "Did you mean 'school'"),
    (dict(groups=3), TypeError, "column name"),
    (dict(groups=[]), TypeError, "column name"),
    (dict(groups=["school", "school"]), ValueError, "twice"),
    (dict(formula="math ~ sess"), ValueError, "Did you mean 'ses'"),
    (dict(formula="math ses"), ValueError, "outcome ~ predictors"),
    (dict(formula="~ ses"), ValueError, "outcome ~ predictors"),
    (dict(formula=3), TypeError, "formula must be a string"),
    (dict(formula="math ~ 0"), ValueError, "no fixed effect"),
    (dict(formula="math ~ ses + I(2 * ses)"), ValueError, "linearly dependent"),
    (dict(formula="math ~ flat"), ValueError, "linearly dependent"),
    (dict(formula="label ~ ses"), ValueError, "one numeric column"),
    (dict(formula="np.log(negative) ~ ses"), ValueError, "missing values for some rows"),
    (dict(formula="np.log(zero) ~ ses"), ValueError, "infinite"),
    (
        dict(formula="math ~ ses + (1 + ses | school)"),
        ValueError,
        r"fit_lmm\('math ~ ses', data, groups='school', random='1 \+ ses'\)",
    ),
    (dict(random="1 | school"), ValueError, "groups='school', random='1'"),
    (dict(random="0"), ValueError, "no random effect"),
    (dict(random="1 + flat"), ValueError, "linearly dependent"),
    (dict(random="1 + sess"), ValueError, "Did you mean 'ses'"),
    (dict(random="1 + ses", groups=["school", "half"]), ValueError, "random intercepts only"),
    (dict(groups="one"), ValueError, "one group only"),
    (dict(groups="each"), ValueError, "rows for"),
    (dict(groups="half", random="1 + ses"), ValueError, "too few"),
    (dict(formula="flat ~ 1"), ValueError, "is constant"),
    (dict(groups=["school", "same"]), ValueError, "in the same way"),
    (dict(groups=["school", "one"]), ValueError, "one level only"),
    (dict(groups=["school", "each"]), ValueError, "a level of its own"),
]


@pytest.fixture(scope="module")
def pupils():
    rng = np.random.default_rng(1)
    school = np.repeat(np.arange(12), 5)
    return pd.DataFrame(
        {
            "school": school,
            "ses": rng.normal(size=60),
            "math": rng.normal(size=60) + school,
            "flat": 1.0,
            "label": "a",
            "negative": -1.0,
            "zero": 0.0,
            "one": "x",
            "each": np.arange(60),
            "half": np.arange(60) % 2,
            "same": [f"s{i}" for i in school],
        }
    )


@pytest.mark.parametrize(("wrong", "error", "words"), _BAD)
def test_bad_input_is_named(pupils, wrong, error, words):
    call = {"formula": "math ~ ses", "groups": "school", "random": "1", **wrong}
    if "label" in str(call["formula"]):
        pupils = pupils.assign(label=np.where(pupils.half, "a", "b"))
    with pytest.raises(error, match=words):
        fit_lmm(call["formula"], pupils, call["groups"], call["random"])


def test_bad_data_is_named(pupils):
    with pytest.raises(TypeError, match="pandas DataFrame"):
        fit_lmm("y ~ 1", {"y": [1]}, "g")
    with pytest.raises(ValueError, match="is empty"):
        fit_lmm("math ~ 1", pupils.head(0), "school")
    with pytest.raises(ValueError, match="no row without missing values"):
        fit_lmm("math ~ 1", pupils.assign(math=np.nan), "school")
    fit = fit_lmm("math ~ ses", pupils, "school")
    with pytest.raises(ValueError, match="no column"):
        fit.predict(pupils.drop(columns="ses"))
    with pytest.raises(ValueError, match="names the groups"):
        fit.predict(pupils.drop(columns="school"))
    with pytest.raises(ValueError, match="interval="):
        fit.predict(pupils, interval="both")
    with pytest.raises(TypeError, match="rng"):
        fit.simulate(3, 1)


def test_too_many_levels_are_refused_before_memory_is_spent():
    n = 14_004
    codes = np.arange(n)
    frame = pd.DataFrame({"y": codes % 7.0, "a": codes // 2, "b": (codes * 5 + 1) % n // 2})
    with pytest.raises(ValueError, match=r"'a'.* 7002 effects .*GB.*minutes.*lme4 in R"):
        fit_lmm("y ~ 1", frame, ["a", "b"])


def test_two_level_and_several_agree_where_both_apply():
    """One factor given as if it were several: the dense engine against the other."""
    from hlm_teach.lmm.several_terms import SeveralTerms

    assert SEVERAL and TWO_LEVEL
    for name in ("dyestuff", "sleep_ri", "dyestuff2"):
        for reml in (True, False):
            fit = fitted(name, reml)
            dense = SeveralTerms(fit.frame, reml=reml)
            assert dense.llf == pytest.approx(fit.llf, abs=1e-8)
            (g,) = dense.cov_re.values()
            np.testing.assert_allclose(np.diag(g), fit.vcomp, rtol=1e-5, atol=1e-9)
            np.testing.assert_allclose(dense.cov_params, fit.cov_params, rtol=1e-5)


def test_fitted_values_keep_the_labels_of_the_rows():
    sleep = load_data("sleepstudy").iloc[20:120]
    sleep.loc[25, "Reaction"] = np.nan
    fit = fit_lmm("Reaction ~ Days", sleep, "Subject")
    assert fit.fittedvalues.index.equals(sleep.index.drop(25))
    np.testing.assert_allclose(fit.fittedvalues + fit.resid, sleep.Reaction.drop(25))
