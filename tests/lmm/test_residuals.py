"""Residuals with memory and of unequal variance: against nlme, a dense likelihood, invariances.

The stored values are from R 4.2.2 with nlme 3.1-162 (tests/oracle/residuals.json, "meta").
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from samples import some
from scipy import optimize, stats

from hlm_teach import compare, fit_lmm, icc, likelihood_ratio_test, load_data
from hlm_teach.lmm import residual_search
from hlm_teach.lmm.residual_likelihood import parts
from hlm_teach.lmm.residual_structure import ZERO, colour, whiten
from hlm_teach.lmm.residuals import StructuredResiduals

NLME = json.loads(
    (Path(__file__).parents[1] / "oracle" / "residuals.json").read_text(encoding="utf-8")
)["models"]
_TERMS = {
    "Intercept": "(Intercept)",
    "log_wage": "lwage",
    "years": "yr",
    "admission[T.urgent]": "factor(type)2",
    "admission[T.emergency]": "factor(type)3",
}
_LEVELS = {"elective": "1", "urgent": "2", "emergency": "3"}


@cache
def data(name):
    frame = load_data(name)
    if name == "orthodont":
        female = (frame.Sex == "Female").astype(int)
        frame = frame.assign(age11=frame.age - 11, occ=(frame.age - 8) / 2, female=female)
    return frame


# name: data, formula, groups, random, residual, time, residual_sd
MODELS = {
    "empl_ri_ar1": ("employment_uk", "log_wage ~ t", "firm", "1", "ar1", "t", None),
    "empl_rs_ar1": ("employment_uk", "log_wage ~ t", "firm", "1 + t", "ar1", "year", None),
    "empl_year_ar1": ("employment_uk", "log_wage ~ C(year)", "firm", "1 + t", "ar1", "year", None),
    "pbc_ri_car1": ("pbc", "log_bili ~ years", "patient", "1", "car1", "years", None),
    "sleep_ri_ar1": ("sleepstudy", "Reaction ~ Days", "Subject", "1", "ar1", "Days", None),
    "sleep_rs_ar1": ("sleepstudy", "Reaction ~ Days", "Subject", "1 + Days", "ar1", "Days", None),
    "orth_ri_sex": ("orthodont", "distance ~ age11 * female", "Subject", "1", *(None,) * 2, "Sex"),
    "orth_rs_sex": (
        *("orthodont", "distance ~ age11 * female", "Subject", "1 + age11"),
        *(None, None, "Sex"),
    ),
    "orth_ri_both": (
        *("orthodont", "distance ~ age11 * female", "Subject", "1"),
        *("ar1", "occ", "Sex"),
    ),
    "medpar_died": ("medpar", "log_los ~ died", "hospital", "1", *(None,) * 2, "died"),
    "medpar_type": (
        *("medpar", "log_los ~ admission + died", "hospital", "1"),
        *(None, None, "admission"),
    ),
}


@cache
def fitted(name, reml):
    source, formula, groups, random, residual, time, column = MODELS[name]
    return fit_lmm(
        formula,
        data(source),
        groups,
        random,
        reml=reml,
        residual=residual or "independent",
        time=time,
        residual_sd=column,
    )


def nlme_term(term):
    if term.startswith("C(year)"):
        return f"factor(year){term[-5:-1]}"
    return _TERMS.get(term, term)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_against_nlme(name, reml):
    fit, stored = fitted(name, reml), NLME[name]["REML" if reml else "ML"]
    assert fit.converged
    assert fit.llf > stored["logLik"] - 1e-8  # never below
    if not name.startswith("empl_rs"):  # singular: nlme stops 3e-4 short of the maximum
        assert fit.llf < stored["logLik"] + 1e-4
    assert fit.nobs == stored["n"]
    params, bse = (s.rename(index=nlme_term) for s in (fit.params, fit.bse))
    for term, value in stored["fixef"].items():
        assert params[term] == pytest.approx(value, rel=1e-3)
        assert bse[term] == pytest.approx(stored["se"][term], rel=1e-3)
    if stored["phi"] is not None:
        assert fit.phi == pytest.approx(stored["phi"], abs=1e-3)
    sd = fit.residual_sd.rename(index=lambda level: _LEVELS.get(level, str(level)))
    for level, ratio in (stored["sd_ratio"] or {}).items():
        first = next(iter(stored["sd_ratio"]))
        assert sd[level] / sd[first] == pytest.approx(ratio, abs=1e-3)
        assert sd[first] ** 2 == pytest.approx(stored["sigma2"], rel=2e-3)
    assert fit.sigma2 == pytest.approx(fit.residual_sd.iloc[0] ** 2, rel=1e-12)
    assert fit.aic == pytest.approx(stored["AIC"], abs=1e-3)  # so are the parameters counted
    if not name.startswith("empl_rs"):
        g = np.atleast_2d(stored["cov_re"])
        size = np.sqrt(np.outer(np.diag(g), np.diag(g)))
        assert np.max(np.abs(fit.cov_re.to_numpy() - g) / size) < 3e-3


# ---------------------------------------------------------------- a likelihood of its own


def dense_deviance(fit, point):
    """−2 log L with every V_j written out: none of the package's algebra.

    `point` holds G/σ² (q, q), φ and the SD ratios; β and σ² are at their best.
    """
    g, phi, ratios = point
    frame, spec = fit.frame, fit.frame.residual
    x, z = frame.fixed.to_numpy(), frame.random_design.to_numpy()
    y, labels = frame.outcome.to_numpy(), frame.group_labels.to_numpy()
    sd = np.ones(len(y))
    if spec.column:
        sd = frame.data[spec.column].map(ratios).to_numpy(float)
    log_det, a, b, c = 0.0, 0.0, 0.0, 0.0
    for label in pd.unique(labels):
        rows = np.flatnonzero(labels == label)
        r = np.eye(len(rows))
        if spec.time:
            t = frame.data[spec.time].to_numpy(float)[rows]
            r = phi ** np.abs(t[:, None] - t)
        v = z[rows] @ g @ z[rows].T + r * np.outer(sd[rows], sd[rows])
        inverse = np.linalg.inv(v)
        log_det += np.linalg.slogdet(v)[1]
        a += x[rows].T @ inverse @ x[rows]
        b += x[rows].T @ inverse @ y[rows]
        c += y[rows] @ inverse @ y[rows]
    dof = len(y) - fit.reml * x.shape[1]
    r2 = c - b @ np.linalg.solve(a, b)
    penalty = np.linalg.slogdet(a)[1] if fit.reml else 0.0
    return log_det + penalty + dof * (1 + np.log(2 * np.pi * r2 / dof))


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_the_log_likelihood_is_that_of_dense_matrices(name, reml):
    fit = fitted(name, reml)
    sd = (fit.residual_sd / fit.residual_sd.iloc[0]).to_dict()
    deviance = dense_deviance(fit, (fit.cov_re.to_numpy() / fit.sigma2, fit.phi, sd))
    assert fit.llf == pytest.approx(-deviance / 2, abs=1e-6)


@pytest.mark.parametrize("seed", some(range(12), 3))
def test_never_below_another_optimiser_on_the_dense_likelihood(seed):
    rng = np.random.default_rng(seed)
    frame = memory_study(rng, n_groups=6 + seed, phi=rng.uniform(-0.5, 0.9), ratio=3.0)
    memory = ("ar1", "car1")[seed % 2]
    frame = frame.assign(time=frame.time if memory == "ar1" else 0.37 * frame.time**1.2)
    fit = fit_lmm(
        *("y ~ x", frame, "group"),
        residual=memory,
        time="time",
        residual_sd="kind",
        reml=seed % 3 > 0,
    )

    def target(p):
        phi = np.tanh(p[1]) if memory == "ar1" else np.exp(-np.exp(p[1]))
        return dense_deviance(fit, (np.array([[p[0] ** 2]]), phi, {"a": 1.0, "b": np.exp(p[2])}))

    best = min(
        optimize.minimize(
            target, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-8}
        ).fun
        for start in ([1.0, 0.3, 0.5], [0.3, -0.7, 1.0])
    )
    assert fit.llf >= -best / 2 - 1e-6


def test_the_higher_of_two_tops_where_one_kinds_sd_is_small():
    """Simulated: random intercepts and slopes that go together, three kinds of rows, SDs apart.

    From equal SDs, and from those of the least-squares residuals, the search climbs a top that is
    6 log-likelihood units lower.
    """
    frame = pd.read_csv(Path(__file__).with_name("two_tops_of_sd_ratios.csv"))
    fit = fit_lmm("y ~ t", frame, "g", "1 + t", residual_sd="s")

    def target(p):
        root = np.array([[np.exp(p[0]), 0.0], [p[1], np.exp(p[2])]])
        sd = {"a": 1.0, "b": np.exp(p[3]), "c": np.exp(p[4])}
        return dense_deviance(fit, (root @ root.T, None, sd))

    sd = np.log((fit.residual_sd / fit.residual_sd["a"]).to_numpy()[1:])
    found = np.linalg.cholesky(fit.cov_re.to_numpy() / fit.sigma2 + 1e-9 * np.eye(2))
    here = [np.log(found[0, 0]), found[1, 0], np.log(found[1, 1]), *sd]
    apart = [*here[:3], np.log(0.03), np.log(0.6)]
    best = min(
        optimize.minimize(target, start, method="Nelder-Mead").fun for start in (here, apart)
    )
    assert fit.llf >= -best / 2 - 1e-6


def test_a_long_memory_that_is_no_peak_beside_equal_sds():
    """Simulated: φ = 0.99, four kinds of rows. Where the SDs are alike, or those of least squares,
    φ = 0.5 is best; climbed from there the search ends at φ = 0.44, 2.2 units below φ = 0.993."""
    frame = pd.read_csv(Path(__file__).with_name("long_memory_beside_sds.csv"))
    fit = fit_lmm("y ~ t + x", frame, "g", residual="ar1", time="t", residual_sd="s")

    def target(p):
        sd = dict(enumerate(np.exp([0.0, *p[2:]])))
        return dense_deviance(fit, (np.array([[p[0] ** 2]]), np.tanh(p[1]), sd))

    start = [10.0, 2.9, -0.5, -0.5, -0.4]
    best = optimize.minimize(target, start, method="Nelder-Mead", options={"maxiter": 150}).fun
    assert fit.llf >= -best / 2 - 1e-6
    assert fit.phi > 0.98


def memory_study(rng, *, n_groups, phi, ratio=1.0, tau=1.0, size=(2, 9), slope=0.0):
    """Unbalanced groups with gaps, AR(1) residuals and two kinds of rows."""
    rows = []
    for j in range(n_groups):
        n = int(rng.integers(*size))
        time = np.sort(rng.choice(2 * n, size=n, replace=False))
        r = np.asarray(phi, float) ** np.abs(time[:, None] - time)
        kind = rng.choice(["a", "b"], size=n)
        e = np.linalg.cholesky(r) @ rng.normal(size=n) * np.where(kind == "b", ratio, 1.0)
        u = tau * rng.normal() + slope * rng.normal() * time
        x = rng.normal(size=n)
        rows.append(pd.DataFrame(dict(group=j, time=time, kind=kind, x=x, y=2 + 0.5 * x + u + e)))
    return pd.concat(rows, ignore_index=True)


# ---------------------------------------------------------------- the pieces


@cache
def example(residual="ar1", random="1 + time"):
    frame = memory_study(np.random.default_rng(3), n_groups=9, phi=0.5, ratio=2.0, size=(4, 9))
    fit = fit_lmm(
        *("y ~ x", frame, "group", random), residual=residual, time="time", residual_sd="kind"
    )
    return fit, StructuredResiduals(fit.frame, reml=True).raw


@pytest.mark.parametrize(("residual", "delta"), [("ar1", [-0.7, 0.4]), ("car1", [-0.3, -0.6])])
def test_whitening_is_the_inverse_root_of_r(residual, delta):
    fit, raw = example(residual)
    delta = np.array(delta)
    root = whiten(raw.structure, delta, np.eye(len(raw.y)))
    frame = fit.frame.data.iloc[raw.structure.order]
    t, group = frame.time.to_numpy(float), frame.group.to_numpy()
    sd = np.where(frame.kind == "b", np.exp(delta[1]), 1.0)
    phi = raw.structure.phi(delta)
    same = group[:, None] == group
    r = np.where(same, phi ** np.abs(t[:, None] - t), 0.0) * np.outer(sd, sd)
    np.testing.assert_allclose(root @ r @ root.T, np.eye(len(t)), atol=1e-10)
    np.testing.assert_allclose(colour(raw.structure, delta, root), np.eye(len(t)), atol=1e-10)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("residual", ["ar1", "car1"])
def test_gradients_against_differences(residual, reml):
    _, raw = example(residual)
    factor, delta = np.array([[0.8, 0.0], [-0.3, 0.5]]), np.array([0.4, -0.3])

    def both(f, d):
        at = parts(raw.rows, f, d, reml=reml)
        return np.append([at.log_det, at.r2], at.a_matrix)

    at = parts(raw.rows, factor, delta, reml=reml)
    h = 1e-6
    for i in range(2):
        step = h * np.eye(2)[i]
        slope = (both(factor, delta + step) - both(factor, delta - step)) / (2 * h)
        exact = np.append([at.log_det_delta[i], at.r2_delta[i]], at.a_delta[i])
        np.testing.assert_allclose(slope, exact, rtol=1e-5, atol=1e-6)
    for i, j in np.ndindex(2, 2):
        step = np.zeros((2, 2))
        step[i, j] = h
        slope = (both(factor + step, delta) - both(factor - step, delta)) / (2 * h)
        by_factor = [2 * (g @ factor)[i, j] for g in (at.log_det_g, at.r2_g)]
        by_a = 2 * np.einsum("akl,a->kl", at.a_g[i], factor[:, j])
        np.testing.assert_allclose(slope, np.append(by_factor, by_a), rtol=1e-5, atol=1e-6)


# ---------------------------------------------------------------- invariances


def test_unit_and_origin_of_time_change_only_phi():
    frame = data("pbc").query("patient < '2'")
    options = dict(groups="patient", residual="car1")
    years = fit_lmm("log_bili ~ years", frame, time="years", **options)
    days = fit_lmm(
        "log_bili ~ years", frame.assign(d=365.25 * frame.years + 1e5), time="d", **options
    )
    assert days.llf == pytest.approx(years.llf, abs=1e-6)
    assert days.phi**365.25 == pytest.approx(years.phi, rel=1e-4)
    np.testing.assert_allclose(days.bse, years.bse, rtol=1e-4)


def test_unit_of_y_and_order_of_rows():
    frame = memory_study(np.random.default_rng(5), n_groups=12, phi=0.6, ratio=2.0)
    options = dict(groups="group", residual="ar1", time="time", residual_sd="kind")
    fit = fit_lmm("y ~ x", frame, **options)
    mixed = frame.sample(frac=1, random_state=1)
    other = fit_lmm("y ~ x", mixed.assign(y=1e4 * mixed.y), **options)
    dof = len(frame) - 2
    assert other.llf + dof * np.log(1e4) == pytest.approx(fit.llf, abs=1e-6)
    assert other.phi == pytest.approx(fit.phi, abs=1e-5)
    np.testing.assert_allclose(other.params / 1e4, fit.params, rtol=1e-5)
    np.testing.assert_allclose(other.residual_sd / 1e4, fit.residual_sd, rtol=1e-4)
    np.testing.assert_allclose(
        other.fittedvalues.loc[frame.index] / 1e4, fit.fittedvalues, rtol=1e-5
    )


def test_the_label_of_the_first_value_changes_nothing():
    frame = data("orthodont")
    one = fitted("orth_ri_sex", True)
    other = fit_lmm("distance ~ age11 * female", frame, "Subject", residual_sd="female", random="1")
    assert one.residual_sd.index.tolist() == ["Male", "Female"]
    assert other.llf == pytest.approx(one.llf, abs=1e-8)
    assert other.residual_sd[1] == pytest.approx(one.residual_sd["Female"], rel=1e-4)


def test_without_memory_and_ratio_it_is_the_independent_fit():
    """δ = 0 of AR(1) with equal SDs, put into the structured engine by hand."""
    _, raw = example("ar1")
    plain = fit_lmm("y ~ x", example()[0].frame.data, "group", "1 + time")
    none = raw.whitened(np.zeros(2), thorough=True)
    assert none.llf == pytest.approx(plain.llf, abs=1e-8)
    np.testing.assert_allclose(none.fit.params[0], plain.params, rtol=1e-6)
    np.testing.assert_allclose(none.fit.cov_re[0], plain.cov_re, rtol=1e-4)


def test_equal_steps_of_one_make_car1_and_ar1_the_same():
    sleep = data("sleepstudy")
    ar1, car1 = (
        fit_lmm("Reaction ~ Days", sleep, "Subject", residual=kind, time="Days")
        for kind in ("ar1", "car1")
    )
    assert car1.llf == pytest.approx(ar1.llf, abs=1e-7)
    assert car1.phi == pytest.approx(ar1.phi, abs=1e-5)
    np.testing.assert_allclose(car1.df, ar1.df, rtol=1e-3)


# ---------------------------------------------------------------- hard data


@pytest.mark.parametrize(
    ("phi", "ratio", "size", "tau"),
    [
        (0.99, 1.0, (2, 9), 0.0),  # nearly a random walk
        (-0.8, 1.0, (2, 9), 1.0),
        (0.4, 1e4, (2, 9), 1.0),  # a huge ratio
        (0.4, 1e-4, (2, 9), 1.0),  # a tiny one
        (0.5, 2.0, (1, 4), 1.0),  # many groups of one row
    ],
)
def test_hard_data(phi, ratio, size, tau):
    rng = np.random.default_rng(11)
    frame = memory_study(rng, n_groups=60, phi=phi, ratio=ratio, size=size, tau=tau)
    fit = fit_lmm(
        *("y ~ x", frame, "group"), residual="ar1", time="time", residual_sd="kind", reml=False
    )
    truth = (np.array([[tau**2]]), phi, {"a": 1.0, "b": ratio})
    assert fit.llf >= -dense_deviance(fit, truth) / 2  # the maximum is above the truth
    found = fit.residual_sd["b"] / fit.residual_sd["a"]
    assert np.log(found) == pytest.approx(np.log(ratio), abs=0.5)
    assert np.isfinite(fit.bse).all() and np.isfinite(fit.df).all()


def test_no_memory_is_an_ordinary_answer_of_car1():
    """Residuals that alternate: CAR(1), which has no negative φ, ends at independence."""
    rng = np.random.default_rng(2)
    frame = memory_study(rng, n_groups=40, phi=-0.6, size=(5, 9))
    car1 = fit_lmm("y ~ x", frame, "group", residual="car1", time="time")
    plain = fit_lmm("y ~ x", frame, "group")
    assert car1.llf == pytest.approx(plain.llf, abs=1e-6)
    assert car1.phi < 1e-9
    assert any("No memory is seen" in note for note in car1.notes)
    assert likelihood_ratio_test(plain, car1).p_naive > 0.99


# ---------------------------------------------------------------- slope or memory


def test_slope_and_memory_are_told_apart_where_the_data_tell():
    for name in ("sleep_rs_ar1", "empl_year_ar1", "empl_ri_ar1"):
        assert not any("told apart" in note for note in fitted(name, True).notes), name


def balanced_study(rng, n_groups, n, phi):
    t = np.arange(n)
    root = np.linalg.cholesky(float(phi) ** np.abs(t[:, None] - t))
    y = rng.normal(size=(n_groups, 1)) + rng.normal(size=(n_groups, n)) @ root.T
    group = np.repeat(np.arange(n_groups), n)
    return pd.DataFrame(dict(group=group, time=np.tile(t, n_groups), y=y.ravel()))


def test_a_note_where_slope_and_memory_do_each_others_work():
    """20 groups of four occasions with φ = 0.6: too short to tell. 60 of eight are enough."""
    short = balanced_study(np.random.default_rng(0), 20, 4, 0.6)

    def fit(random, residual, frame=short):
        time = None if residual == "independent" else "time"
        return fit_lmm("y ~ time", frame, "group", random, residual=residual, time=time)

    both, memory = fit("1 + time", "ar1"), fit("1", "ar1")
    slope, neither = fit("1 + time", "independent"), fit("1", "independent")
    drops = [f"{both.llf - other.llf:.1f}" for other in (memory, slope, neither)]
    (said,) = [note for note in both.notes if "told apart" in note]
    assert [said.split(words)[1][:3] for words in (" by ", "memory by ", "both by ")] == drops
    (said,) = [note for note in memory.notes if "told apart" in note]
    assert f"({slope.llf:.1f}".replace("(", "log-likelihoods ") in said
    long = balanced_study(np.random.default_rng(0), 60, 8, 0.6)
    for random in ("1", "1 + time"):
        assert not any("told apart" in note for note in fit(random, "ar1", long).notes)


# ---------------------------------------------------------------- what the result says


def test_likelihood_ratio_tests_against_independence():
    sleep = data("sleepstudy")
    plain = fit_lmm("Reaction ~ Days", sleep, "Subject")
    memory = fitted("sleep_ri_ar1", True)
    test = likelihood_ratio_test(plain, memory)
    assert test.df == 1 and test.p_mixture is None
    assert test.statistic == pytest.approx(2 * (memory.llf - plain.llf))
    assert "inside AR(1)'s parameter space" in test.notes[0]
    slopes = likelihood_ratio_test(memory, fitted("sleep_rs_ar1", True))
    assert slopes.df == 2 and slopes.p_mixture < slopes.p_naive
    with pytest.raises(ValueError, match="are not contained"):
        likelihood_ratio_test(memory, fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days"))
    table = compare(plain, memory)
    assert "AR(1) residuals over Days" in table.random.iloc[1]
    assert table.parameters.tolist() == [4, 5]


def test_bootstrap_of_the_test_against_independence():
    rng = np.random.default_rng(4)
    frame = memory_study(rng, n_groups=8, phi=0.7, size=(4, 6))
    plain = fit_lmm("y ~ 1", frame, "group")
    memory = fit_lmm("y ~ 1", frame, "group", residual="ar1", time="time")
    test = likelihood_ratio_test(plain, memory, n_boot=19, rng=np.random.default_rng(1))
    assert 0 < test.p_bootstrap <= 1


def test_profile_intervals_end_where_the_dense_likelihood_says():
    fit = fitted("orth_ri_both", False)
    intervals = fit.profile_intervals
    assert intervals.index.tolist() == [
        "sd(Intercept)",
        "phi",
        "sd_ratio(Female/Male)",
        "sd(residual)",
    ]

    def profile(index, value):
        """Twice the drop of the log-likelihood with one parameter held."""

        def target(free):
            p = np.insert(free, index, value)
            ratios = {"Male": 1.0, "Female": np.exp(p[2])}
            return dense_deviance(fit, (np.array([[p[0] ** 2]]), np.tanh(p[1]), ratios))

        start = np.delete([1.1, 0.05, -0.77], index)
        found = optimize.minimize(target, start, method="Nelder-Mead", options={"fatol": 1e-7})
        return found.fun + 2 * fit.llf

    for end in intervals.loc["phi"]:
        assert profile(1, np.arctanh(end)) == pytest.approx(3.8415, abs=2e-3)
    for end in intervals.loc["sd_ratio(Female/Male)"]:
        assert profile(2, np.log(end)) == pytest.approx(3.8415, abs=2e-3)


def test_a_profile_to_the_edge_of_memory_has_ends():
    """Asked for a value twice, the search must not answer in two ways: the ends once had none."""
    model = {"formula": "distance ~ age", "data": load_data("orthodont"), "groups": "Subject"}
    fit = fit_lmm(**model, residual="car1", time="age", reml=False)
    low, high = fit.profile_intervals.loc["phi"]
    assert low == 0 and 2 * (fit.llf - fit_lmm(**model, reml=False).llf) < 3.8415
    assert fit.phi < high < 1


def test_statsmodels_is_not_quoted_on_a_model_it_does_not_have():
    small = memory_study(np.random.default_rng(4), n_groups=8, phi=0.5).assign(
        y=lambda frame: frame["y"] / 100
    )
    fit = fit_lmm("y ~ 1", small, "group", residual="ar1", time="time")
    assert fit.cov_re.iloc[0, 0] < 0.01
    assert not any("statsmodels itself" in note for note in fit.notes)


def test_table_report_and_words():
    fit = fitted("orth_ri_both", True)
    table = fit.table()
    assert "phi(one step of occ)" in table.index
    assert "variance(residual | Sex = Male)" in table.index
    assert "AR(1) residuals over occ and a residual SD for each value of Sex" in fit.report()
    with pytest.raises(ValueError, match="statsmodels has no mixed model with AR"):
        fit.statsmodels  # noqa: B018
    with pytest.raises(ValueError, match="residual SD for each value of Sex"):
        icc(fit)


def test_share_of_variance_with_memory():
    """The interval of the ICC by the REML profile, against one searched by hand."""
    fit = fitted("sleep_ri_ar1", True)
    row = fit.share_intervals().loc["Subject"]
    assert row.share == pytest.approx(icc(fit))

    def rise(share):
        def target(atanh_phi):
            g = np.array([[share / (1 - share)]])
            return dense_deviance(fit, (g, np.tanh(atanh_phi), None)) + 2 * fit.llf

        return optimize.minimize_scalar(target, bounds=(0, 3), method="bounded").fun

    assert rise(row.upper) == pytest.approx(3.8415, abs=2e-3)
    with pytest.raises(ValueError, match="shares of variance depend"):
        fitted("medpar_died", True).share_intervals()


def test_predictions_know_the_group_and_on_request_its_memory():
    fit = fitted("sleep_ri_ar1", True)
    sleep = data("sleepstudy")
    effects = fit.random_effects["Intercept"].loc[sleep.Subject].to_numpy()
    expected = fit.params["Intercept"] + fit.params["Days"] * sleep.Days + effects
    np.testing.assert_allclose(fit.fittedvalues, expected, rtol=1e-10)
    # at an observed time the forecast is the outcome itself
    np.testing.assert_allclose(fit.predict(sleep, memory=True), sleep.Reaction, rtol=1e-8)
    later = sleep[sleep.Days == 9].assign(Days=10)
    last = sleep.Reaction[sleep.Days == 9].to_numpy() - fit.fittedvalues[sleep.Days == 9]
    step = fit.predict(later, memory=True) - fit.predict(later)
    np.testing.assert_allclose(step, fit.phi * last, rtol=1e-6)  # Markov: the last one says all
    narrow, wide = (fit.predict(later, memory=m, interval="new") for m in (True, False))
    assert np.all(narrow.upper - narrow.lower < wide.upper - wide.lower)
    far = later.assign(Days=200)
    np.testing.assert_allclose(fit.predict(far, memory=True), fit.predict(far), rtol=1e-10)
    with pytest.raises(ValueError, match="memory=True forecasts"):
        fit_lmm("Reaction ~ Days", sleep, "Subject").predict(later, memory=True)


def test_intervals_of_new_outcomes_have_the_sd_of_their_kind():
    fit = fitted("medpar_died", True)
    new = pd.DataFrame({"died": [0, 1], "hospital": ["nowhere"] * 2})
    width = fit.predict(new, interval="new").eval("upper - lower").to_numpy()
    x = np.array([[1, 0], [1, 1]])
    fixed = np.einsum("ik,kl,il->i", x, fit.cov_params, x)
    total = fixed + fit.cov_re.iloc[0, 0] + fit.residual_sd.to_numpy() ** 2
    np.testing.assert_allclose(width, 2 * 1.959964 * np.sqrt(total), rtol=1e-6)
    with pytest.raises(ValueError, match="no column 'died'|has no column"):
        fit.predict(new.drop(columns="died"), interval="new")
    with pytest.raises(ValueError, match="was not among the fitted values"):
        fit.predict(new.assign(died=[0, 7]), interval="new")


def test_simulated_outcomes_have_the_covariance_of_the_fit():
    frame = memory_study(np.random.default_rng(5), n_groups=12, phi=0.6, ratio=2.0)
    frame = frame.sample(frac=1, random_state=2, ignore_index=True)
    fit = fit_lmm("y ~ x", frame, "group", residual="ar1", time="time", residual_sd="kind")
    drawn = fit.simulate(40_000, np.random.default_rng(6))
    rows = np.flatnonzero(frame.group == frame.group[0])
    t = frame.time.to_numpy(float)[rows]
    sd = fit.residual_sd[frame.kind.iloc[rows]].to_numpy()
    wanted = fit.cov_re.iloc[0, 0] + fit.phi ** np.abs(t[:, None] - t) * np.outer(sd, sd)
    size = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    assert np.max(np.abs(np.cov(drawn[:, rows].T) - wanted) / size) < 0.03
    assert fit.llf_of(frame.y.to_numpy())[0] == pytest.approx(fit.llf, abs=1e-8)


def test_more_is_unknown_than_with_known_residual_parameters():
    """Satterthwaite's df fall where φ and the ratio must be estimated."""
    fit = fitted("orth_ri_both", True)
    bend = StructuredResiduals(fit.frame, reml=True).curvature()
    known = replace(
        bend,
        log_det2=bend.log_det2[:, :1, :1],
        r2_gradient=bend.r2_gradient[:, :1],
        r2_second=bend.r2_second[:, :1, :1],
        information=bend.information[:, :1],
    )
    from hlm_teach.lmm.degrees_of_freedom import satterthwaite

    assert np.all(fit.df.to_numpy() < satterthwaite(known, np.eye(4))[0])


# ---------------------------------------------------------------- wrong arguments


SLEEP = ("Reaction ~ Days", "Subject")


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        ({}, dict(residual="arma"), ValueError, r"residual='arma' must be one of"),
        ({}, dict(residual="ar1"), ValueError, "needs time"),
        ({}, dict(time="Days"), ValueError, "memory only"),
        ({}, dict(residual="ar1", time="day"), ValueError, "not a column.*Days"),
        ({}, dict(residual="ar1", time="Subject"), TypeError, "must be a numeric column"),
        ({"Days": lambda d: d.Days // 2}, dict(residual="car1", time="Days"), ValueError, "twice"),
        (
            {"h": lambda d: d.Days * 1.5},
            dict(residual="ar1", time="h"),
            ValueError,
            "whole steps.*residual='car1'",
        ),
        (
            {"when": lambda d: pd.Timestamp("2020-01-01") + pd.to_timedelta(d.Days, "D")},
            dict(residual="car1", time="when"),
            TypeError,
            "dates",
        ),
        ({}, dict(residual_sd="sex"), ValueError, "not a column"),
        ({"one": lambda d: 1}, dict(residual_sd="one"), ValueError, "one value only"),
        ({"own": lambda d: np.arange(len(d))}, dict(residual_sd="own"), ValueError, "a single row"),
        (
            {"k": lambda d: d.Days % 2},
            dict(residual_sd="k", groups=["Subject", "Days"]),
            ValueError,
            "one grouping only",
        ),
    ],
)
def test_wrong_arguments(change, options, error, words):
    frame = data("sleepstudy").assign(**change)
    with pytest.raises(error, match=words) as caught:
        fit_lmm(SLEEP[0], frame, **{"groups": SLEEP[1], **options})
    assert len(str(caught.value)) < 600


def test_missing_times_are_dropped_and_counted():
    sleep = data("sleepstudy").astype({"Days": float}).assign(occasion=lambda d: d.Days)
    sleep.loc[[3, 50], "occasion"] = np.nan
    fit = fit_lmm("Reaction ~ Days", sleep, "Subject", residual="ar1", time="occasion")
    assert fit.nobs == 178 and "2 of 180 rows" in fit.notes[0]


def test_even_steps_have_no_sign():
    frame = data("orthodont")
    options = dict(groups="Subject", residual="ar1")
    age = fit_lmm("distance ~ age11", frame, time="age", **options)
    occasion = fit_lmm("distance ~ age11", frame, time="occ", **options)
    assert any("sign of φ cannot be seen" in note for note in age.notes)
    if occasion.phi > 0:
        assert age.phi**2 == pytest.approx(occasion.phi, abs=1e-4)
    else:
        assert age.phi == pytest.approx(0, abs=1e-3)


# ---------------------------------------------------------------- φ near one


def remembering(phi, seed, slope_sd=0.0):
    """10 groups of 40: AR(1) residuals of SD one, intercepts of SD 0.5, slopes."""
    rng = np.random.default_rng(seed)
    e = np.zeros((10, 40))
    e[:, 0] = rng.normal(size=10)
    for t in range(1, 40):
        e[:, t] = phi * e[:, t - 1] + np.sqrt(1 - phi**2) * rng.normal(size=10)
    group, t = np.indices(e.shape)
    y = 1 + 0.1 * t + e + 0.5 * rng.normal(size=(10, 1)) + slope_sd * rng.normal(size=(10, 1)) * t
    return pd.DataFrame({"y": y.ravel(), "t": t.ravel() + 2000, "g": group.ravel()})


TWO_TOPS = remembering(0.995, 697361, 0.5)  # without intercepts: at φ = 0.9985, and at the edge
BENT = remembering(0.9999, 539359, 0.05)  # an intercept variance becomes zero near the top


@pytest.mark.parametrize("residual", ["ar1", "car1"])
@pytest.mark.parametrize(("frame", "random"), [(TWO_TOPS, "0 + t"), (BENT, "1 + t")])
def test_no_place_of_the_whole_range_is_better(frame, random, residual):
    fit = fit_lmm("y ~ t", frame, "g", random, residual=residual, time="t")
    raw = fit._engine.raw
    places = np.linspace(*raw.structure.bounds()[0], 80)
    scan = max(raw.whitened(np.array([place])).llf for place in places)
    assert fit.converged and fit.llf >= scan - 1e-8


def test_a_sharp_bend_costs_few_evaluations(monkeypatch):
    """A search that trusts the curvature it came with takes 63."""
    fit = fit_lmm("y ~ t", BENT, "g", "1 + t", residual="ar1", time="t")
    raw, calls = fit._engine.raw, []
    whitened = type(raw).whitened

    def counted(*given, **options):
        calls.append(1)
        return whitened(*given, **options)

    start = raw.whitened(np.array([np.arctanh(0.995)]))
    monkeypatch.setattr(type(raw), "whitened", counted)
    top = residual_search._climb(raw, start, thorough=False)
    assert top.llf == pytest.approx(fit.llf, abs=1e-6)
    assert len(calls) < 35


@pytest.mark.parametrize("beyond", [0.5, 0.38])  # the second is met between two slopes
def test_a_slope_that_cannot_be_computed_is_no_top(beyond):
    class Hill:
        """A top at 0.37, gentler behind, where no slope is known in a stretch."""

        structure = SimpleNamespace(bounds=lambda: [(-4.0, 4.0)])

        def whitened(self, delta, *, thorough):
            away = float(delta[0] - 0.37)
            return SimpleNamespace(delta=delta, llf=-(away**2) * (10 if away > 0 else 100))

        def slope(self, at):
            lost = beyond < at.delta[0] < beyond + 0.25
            away = at.delta - 0.37
            return np.where(lost, np.nan, -2 * away * np.where(away > 0, 10, 100))

    start = Hill().whitened(np.zeros(1), thorough=False)
    top = residual_search._climb(Hill(), start, thorough=False)
    assert top.delta[0] == pytest.approx(0.37, abs=1e-5)


@cache
def fitted_exactly(first=0):
    """Rows at t = 1 without residuals: one a group. Which value of t comes first is open."""
    rng = np.random.default_rng(11)
    g, t = (part.ravel() for part in np.indices((12, 4)))
    u, e = 30 * rng.normal(size=(2, 12, 2)), rng.normal(size=48)
    y = 5 + t + u[0][g, 0] + u[1][g, 1] * t + np.where(t == 1, 0.0, e)
    order = [first, *(value for value in range(4) if value != first)]
    frame = pd.DataFrame({"y": y, "t": t, "g": g, "when": pd.Categorical(t, order)})
    return fit_lmm("y ~ t", frame, "g", "1 + t", residual_sd="when")


def test_a_stratum_that_the_random_effects_fit_exactly_has_an_sd_of_zero():
    """Whatever the kernel of BLAS: on one the climb goes on to where its steps follow rounding."""
    fit = fitted_exactly()
    assert fit.converged
    assert fit.residual_sd[1] == pytest.approx(ZERO * fit.residual_sd.max(), rel=1e-9)
    assert any("when = 1 went to zero" in note for note in fit.notes)
    ratios = (fit.residual_sd / fit.residual_sd[0]).to_dict()

    def llf(sd):
        return -dense_deviance(fit, (fit.cov_re / fit.sigma2, None, ratios | {1: sd})) / 2

    assert fit.llf == pytest.approx(llf(0.0), abs=1e-6)  # zero itself: V is not singular there
    assert llf(0.0) > llf(0.01) > llf(0.1)


def test_no_climb_creeps_for_thousands_of_steps(monkeypatch):
    """Two kinds of rows are next to exact; from one start L-BFGS turns back at every step, a
    thousandth further on, while others find the top in 40 steps."""
    rng = np.random.default_rng(0)
    g, t = (part.ravel() for part in np.indices((10, 4)))
    u = 20 * rng.normal(size=(2, 10))
    e = np.array([1e-3, 1.0, 0.02, 2.0])[t] * rng.normal(size=40)
    frame = pd.DataFrame({"y": 1 + t + u[0][g] + u[1][g] * t + e, "t": t, "g": g})
    whitened, looked_at = residual_search.Raw.whitened, []

    def counted(raw, delta, **options):
        looked_at.append(delta)
        assert len(looked_at) < 1000
        return whitened(raw, delta, **options)

    monkeypatch.setattr(residual_search.Raw, "whitened", counted)
    fit = fit_lmm("y ~ t", frame, "g", "1 + t", residual_sd="t")
    assert fit.converged
    ratios = (fit.residual_sd / fit.residual_sd[0]).to_dict()
    assert fit.llf == pytest.approx(
        -dense_deviance(fit, (fit.cov_re / fit.sigma2, None, ratios)) / 2, abs=1e-6
    )


def test_rows_that_weigh_much_leave_the_slope_its_digits():
    fit = fitted_exactly()
    raw, best = fit._engine.raw, fit._engine.best
    small, smaller = (
        raw.slope(raw.whitened(np.array([np.log(ratio), *best.delta[1:] + (0.3, -0.2)])))
        for ratio in (1e-4, 1e-5)
    )
    np.testing.assert_allclose(smaller, small, atol=1e-3)  # slopes that count as flat


def test_a_likelihood_without_a_maximum_is_not_called_converged():
    """More rows a group without residuals than random effects: each makes it rise for ever."""
    rng = np.random.default_rng(5)
    g, t = (part.ravel() for part in np.indices((8, 5)))
    u, e = rng.normal(size=(2, 8)), rng.normal(size=40)
    y = u[0][g] + u[1][g] * t + np.where(t < 3, 0.0, e)
    frame = pd.DataFrame({"y": y, "t": t, "g": g, "late": t >= 3})
    fit = fit_lmm("y ~ t", frame, "g", "1 + t", residual_sd="late")
    assert not fit.converged
    assert sum("late = False ran to the end" in note for note in fit.notes) == 1
    assert not any("please report" in note for note in fit.notes)


def test_which_value_comes_first_does_not_matter_to_an_sd_of_zero():
    """The unit of all SDs is then the one that is zero."""
    fit, other = fitted_exactly(), fitted_exactly(first=1)
    assert other.converged and other.residual_sd.index[0] == 1
    assert other.llf == pytest.approx(fit.llf, abs=1e-6)
    np.testing.assert_allclose(other.residual_sd.sort_index(), fit.residual_sd, rtol=1e-3)
    np.testing.assert_allclose(other.df, fit.df, rtol=1e-2)
    np.testing.assert_allclose(other.bse, fit.bse, rtol=1e-4)


@pytest.mark.parametrize("first", [0, 1])
def test_beside_an_sd_of_zero_there_are_no_profile_intervals_rather_than_wrong_ones(first):
    fit = fitted_exactly(first)
    assert fit.profile_intervals.isna().all(axis=None)
    assert any("profile intervals are not given" in note for note in fit.notes)
    shown = fit.table().loc[f"variance(residual | when = {first})"]
    assert shown["estimate"] > 0 and shown["lower"] == shown["upper"] == ""
    assert "nan" not in fit.report() and "(no interval)" in fit.report()


def _risen(profile, index, value):
    """How far the deviance has risen where a parameter is held and the others are at their best."""
    others = np.arange(len(profile.best)) != index

    def deviance(logs):
        point = np.full(len(profile.best), float(value))
        point[others] = np.exp(logs)
        return profile.deviance(point)[0]

    size = np.maximum(profile.best[others], 0.05)
    found = [
        optimize.minimize(
            deviance, np.log(size * share), method="Nelder-Mead", options={"fatol": 1e-9}
        )
        for share in (0.2, 0.9, 3.0)
    ]
    return min(one.fun for one in found) - profile.deviance(profile.best)[0]


def test_intervals_beside_a_long_memory_and_a_variance_of_zero_are_profiles():
    """A search that passes by the rim of φ comes back: it neither stops early nor breaks off."""
    firms = load_data("employment_uk").sort_values(["firm", "t"], ignore_index=True)
    names = ["log_capital", "log_wage", "log_output"]
    means = firms.groupby("firm")[names].transform("mean").add_suffix("_mean")
    formula = " + ".join(["log_emp ~ C(year)", *names, *means.columns])
    fit = fit_lmm(formula, firms.join(means), "firm", residual="ar1", time="t")
    profile, (sd, phi, residual) = fit.profiled_deviance, fit.profile_intervals.to_numpy()
    assert fit.singular and sd[0] == 0
    memory = [(1 + end) / (1 - end) for end in phi]
    for index, end in [
        (0, sd[1]),
        (1, memory[0]),
        (1, memory[1]),
        (2, residual[0]),
        (2, residual[1]),
    ]:
        assert _risen(profile, index, end) == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-3)
