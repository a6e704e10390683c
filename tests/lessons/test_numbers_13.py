"""Chapter 13's numbers: those that prose and course map name, each by a second way where there is one."""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from notebook_checks import words

from hlm_teach import (
    arm_slopes,
    contrasts,
    fit_lmm,
    icc,
    likelihood_ratio_test,
    load_data,
    simulate_trial,
)

DRUG = "log_bili ~ years + years:treatment"
CURVES = "1 + years + I(years**2)"
PAGE = Path(__file__).resolve().parents[2] / "chapters" / "13_patients.ipynb"
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]*\d)")
# Typed on purpose, each for its reason.
CITED = {"1974", "1984", "0001", "0879", "2000", "2299", "2779"}  # the trial, and CMS
INVENTED = {"ch13-057", "ch13-058", "ch13-060"}  # answers to choose from, tested below
HEAD = "ch13-001"  # its minutes have a test of their own


@cache
def cells() -> list[dict]:
    return json.loads(PAGE.read_text(encoding="utf-8"))["cells"]


def said(cell_id: str) -> str:
    cell = next(cell for cell in cells() if cell["id"] == cell_id)
    return " ".join(words(output) for output in cell["outputs"])


def prose_numbers(text: str) -> set[str]:
    """Numbers of two digits or more in prose, years of citations and code left out."""
    code_and_formulas = r"(?s)\$\$.*?\$\$|`[^`]*`|\$[^$]*\$|\[[^\]]*\]\([^)]*\)"
    citations = r"\([^()]*\b(19|20)\d\d[^()]*\)"
    plain = re.sub(f"{code_and_formulas}|{citations}", " ", text)
    found = {number.replace(",", "") for number in NUMBER.findall(plain)}
    return {number for number in found if len(number.replace(".", "")) > 1}


def typed_and_not_printed() -> dict[str, set[str]]:
    printed = " ".join(words(output) for cell in cells() for output in cell.get("outputs", []))
    known = {number.replace(",", "") for number in NUMBER.findall(printed)}
    prose = [cell for cell in cells() if cell["cell_type"] == "markdown"]
    return {
        cell["id"]: missing
        for cell in prose
        if cell["id"] not in INVENTED | {HEAD}
        and "Cited above" not in "".join(cell["source"])
        and (missing := prose_numbers("".join(cell["source"])) - known - CITED)
    }


@pytest.fixture(scope="module")
def pbc():
    return load_data("pbc").sort_values(["patient", "years"])


@pytest.fixture(scope="module")
def medpar():
    return load_data("medpar")


def generalised_least_squares(fit, data, columns, z_columns):
    """γ̂ and its standard errors by (X'V⁻¹X)⁻¹X'V⁻¹y, patient by patient, at the fit's G and σ²."""
    left, right = 0.0, 0.0
    for _, one in data.groupby("patient"):
        x = np.column_stack([column(one) for column in columns])
        z = np.column_stack([column(one) for column in z_columns])
        v = z @ fit.cov_re.to_numpy() @ z.T + fit.sigma2 * np.eye(len(one))
        left = left + x.T @ np.linalg.solve(v, x)
        right = right + x.T @ np.linalg.solve(v, one["log_bili"].to_numpy())
    cov = np.linalg.inv(left)
    return cov @ right, np.sqrt(np.diag(cov))


def test_the_effect_of_the_drug_is_that_of_dense_matrices(pbc):
    fit = fit_lmm(DRUG, pbc, "patient", CURVES)
    ones, t = (lambda d: np.ones(len(d))), (lambda d: d["years"])
    columns = (ones, t, lambda d: d["years"] * d["treatment"])
    found, se = generalised_least_squares(fit, pbc, columns, (ones, t, lambda d: d["years"] ** 2))
    assert fit.params.to_numpy() == pytest.approx(found, abs=1e-6)
    assert fit.bse.to_numpy() == pytest.approx(se, rel=1e-5)


def test_the_drug_has_no_visible_effect_and_curves_are_needed(pbc):
    lines, curves = (fit_lmm(DRUG, pbc, "patient", part) for part in ("1 + years", CURVES))
    bend = likelihood_ratio_test(lines, curves)
    assert bend.statistic == pytest.approx(2 * (curves.llf - lines.llf)) and bend.df == 3
    assert round(bend.statistic) == 185
    low, high = curves.conf_int().loc["years:treatment"]
    assert [round(end, 3) for end in (low, high)] == [-0.051, 0.040]
    assert low > -curves.params["years"] / 2  # that it halves the rise is excluded
    assert round(curves.pvalues["years:treatment"], 2) == 0.80


def test_slopes_are_0_06_in_survivors_and_0_27_in_those_who_died(pbc):
    together = fit_lmm("log_bili ~ 0 + status + status:years", pbc, "patient", "1 + years").params
    for end, slope in (("censored", 0.06), ("dead", 0.27)):
        alone = fit_lmm("log_bili ~ years", pbc[pbc["status"] == end], "patient", "1 + years")
        assert round(together[f"status[{end}]:years"], 2) == slope
        assert round(alone.params["years"], 2) == slope
    assert round(100 * np.expm1(together["status[censored]:years"])) == 6


def test_the_trial_s_counts_are_those_of_its_paper(pbc):
    """Murtaugh et al. (1994): 312 patients, 1,945 visits, 140 deaths, 29 transplantations."""
    ends = pbc.groupby("patient")["status"].first().value_counts()
    assert (len(pbc), ends.sum(), ends["dead"], ends["transplant"]) == (1945, 312, 140, 29)
    assert (pbc.groupby("patient")["day"].first() == 0).all()


def test_the_mean_is_nearly_twice_the_geometric_mean_at_entry(pbc):
    entry = pbc.groupby("patient").first()
    assert round(float(np.exp(entry["log_bili"].mean())), 1) == 1.8
    assert entry["bili"].mean() / np.exp(entry["log_bili"].mean()) == pytest.approx(1.8, abs=0.05)


def test_the_mean_by_the_formula_is_that_of_simulated_patients(pbc):
    """e^(μ + V/2) against the mean of e^y drawn from the fitted model at entry."""
    fit = fit_lmm(DRUG, pbc, "patient", CURVES)
    mu, v = fit.params["Intercept"], fit.cov_re.iloc[0, 0] + fit.sigma2
    y = np.random.default_rng(1).normal(mu, np.sqrt(v), 400_000)
    assert np.exp(y).mean() == pytest.approx(np.exp(mu + v / 2), rel=0.01)
    assert np.median(np.exp(y)) == pytest.approx(np.exp(mu), rel=0.01)


def test_one_hospital_carries_half_of_the_icc_and_three_are_of_another_kind(medpar):
    shares = {
        "all": medpar,
        "one": medpar[medpar["hospital"] != "32000"],
        "three": medpar[medpar["hospital"].str[:2] != "32"],
    }
    found = {name: icc(fit_lmm("log_los ~ 1", part, "hospital")) for name, part in shares.items()}
    assert {name: round(share, 3) for name, share in found.items()} == {
        "all": 0.056,
        "one": 0.026,
        "three": 0.018,
    }
    last_four = medpar["hospital"].astype(int) - 30_000
    assert ((last_four <= 879) | last_four.between(2000, 2299)).all()
    its = medpar[medpar["hospital"] == "32000"]
    assert len(its) == 38 and (its["admission"] == "emergency").all()


def test_emergencies_rest_on_the_long_term_hospitals(medpar):
    model = "log_los ~ admission + age80 + hmo + white"
    full = fit_lmm(model, medpar, "hospital")
    short = fit_lmm(model, medpar[medpar["hospital"].str[:2] != "32"], "hospital")
    ratios = [np.exp(fit.params["admission[T.emergency]"]) for fit in (full, short)]
    assert [round(float(ratio), 2) for ratio in ratios] == [1.42, 1.07]
    assert full.joint_test("admission").pvalue < 0.001 < short.joint_test("admission").pvalue < 0.01
    pair = contrasts(short, "admission").loc["elective - emergency"]
    assert pair["lower"] < 0 < pair["upper"]


def test_early_s_differences_are_those_of_means_and_the_scale_matters():
    early = load_data("early")
    fit = fit_lmm("cog ~ C(age, Treatment(2)) * treated", early, "child")
    low, high = fit.conf_int().loc["treated"]
    assert [round(x, 1) for x in (fit.params["treated"], low, high)] == [9.7, 4.6, 14.7]
    two = early[(early["age"] == 2) & (early["treated"] == 0)]["cog"].std()
    total = np.sqrt(fit.cov_re.iloc[0, 0] + fit.sigma2)
    assert round(fit.params["treated"] / two, 2) == 0.91
    assert round(fit.params["treated"] / total, 2) == 0.75


def test_pattern_mixture_and_mixed_model_agree_on_the_trial(pbc):
    means = []
    for arm in (0, 1):
        part = pbc[pbc["treatment"] == arm]
        fit = fit_lmm("log_bili ~ 0 + status + status:years", part, "patient", "1 + years")
        share = part.groupby("patient")["status"].first().value_counts(normalize=True)
        means.append(sum(share[end] * fit.params[f"status[{end}]:years"] for end in share.index))
    mixed = fit_lmm(DRUG, pbc, "patient", "1 + years").params["years:treatment"]
    assert means == pytest.approx([0.174, 0.174], abs=0.001)
    assert means[1] - means[0] == pytest.approx(mixed, abs=0.01)


def test_what_the_lab_s_page_says_is_seen_on_average():
    """s = 2 in both arms: a third too flat and more; in one alone: the drug looks harmful."""
    design = {"n_per_arm": 250, "visits": range(9), "tau11": 0.03, "dropout": 0.08}
    rng, found, alive = np.random.default_rng(13), {}, []
    for steepness in ((2, 2), (2, 0)):
        trials = [simulate_trial(**design, steepness=steepness, rng=rng) for _ in range(15)]
        tables = [arm_slopes(trial) for trial in trials]
        found[steepness] = sum(tables) / 15
        alive = [trial[trial["x"] == 8].groupby("arm").size() for trial in trials]
    both, one = found[2, 2].loc["random slopes"], found[2, 0]["difference"]
    assert both["arm0"] < 0.18 * 2 / 3 and abs(both["difference"]) < 0.015
    assert (one > 0.03).all()
    last = sum(alive) / 15
    assert abs(last[0] - last[1]) < 12  # of 250: who dies differs, not how many


def test_the_hurried_test_is_an_ordinary_one(pbc):
    last = pbc.groupby("patient").last()
    fit = sm.OLS(last["log_bili"], sm.add_constant(last["treatment"])).fit()
    assert round(fit.pvalues["treatment"], 2) == 0.23


def test_no_number_in_the_prose_is_without_a_cell_that_computes_it():
    assert typed_and_not_printed() == {}


def test_a_typed_number_is_seen():
    assert prose_numbers("a rise of 0.179, in 1,496 patients (Little 1995)") == {"0.179", "1496"}


def test_the_numbers_that_the_guesses_are_held_against(pbc, medpar):
    rise = fit_lmm("log_bili ~ years", pbc, "patient", "1 + years").params["years"]
    assert f"{np.exp(rise):.1f}-fold a year ({rise:.3f} on" in said("ch13-008")
    fit = fit_lmm("log_los ~ 1", medpar, "hospital")
    tau00, sigma2 = fit.cov_re.iloc[0, 0], fit.sigma2
    share = f"{100 * tau00 / (tau00 + sigma2):.1f} %"
    assert f"{len(medpar):,} patients in {medpar['hospital'].nunique()} hospitals, and {share}" in (
        said("ch13-010")
    )


def test_the_four_questions_have_their_counts_from_the_data(pbc, medpar):
    table = said("ch13-012t")
    early = load_data("early")
    assert f"all {pbc['patient'].nunique()} randomised" in table
    assert f"{(medpar['died'] == 1).mean():.0%} died: their stay ended otherwise" in table
    assert f"{early['child'].nunique()} infants" in table and "none missing" in table
    assert len(early) == 3 * early["child"].nunique() and early["cog"].notna().all()
    treated = early.groupby("child")["treated"].first()
    assert 0.5 < treated.mean() < 0.6  # "somewhat more than half of them"


def test_the_slopes_of_the_dead_differ_by_less_than_their_uncertainty(pbc):
    slopes, errors = [], []
    for arm in (0, 1):
        part = pbc[(pbc["treatment"] == arm) & (pbc["status"] == "dead")]
        fit = fit_lmm("log_bili ~ years", part, "patient", "1 + years")
        slopes.append(fit.params["years"])
        errors.append(fit.bse["years"])
    assert abs(slopes[1] - slopes[0]) < 2 * np.hypot(*errors)
    assert "differ with a standard error of 0.03" in said("ch13-026")
    assert np.hypot(*errors) == pytest.approx(0.03, abs=0.015)


def test_the_quiz_s_arithmetic():
    assert [round(float(np.exp(x)), 2) for x in (-0.06, -0.09, -0.03)] == [0.94, 0.91, 0.97]
    assert round(float(np.exp(-0.18)), 2) == 0.84
    assert round(0.27 - 0.06, 2) == 0.21
