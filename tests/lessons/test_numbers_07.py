"""What chapter 07 says of ratios, shares and totals, computed a second way."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from notebook_checks import words
from scipy.optimize import brentq, minimize
from scipy.stats import chi2

from hlm_teach import fit_lmm, load_data

ROOT = Path(__file__).resolve().parents[2]
SCHOOLS = {"primary": "1", "second": "1"}
ORACLE = ROOT / "tests" / "oracle" / "several_terms.json"
LME4 = json.loads(ORACLE.read_text(encoding="utf-8"))["models"]  # lme4 1.1-31, R 4.2.2


@cache
def said(cell: str) -> str:
    """What the cell of that id says, as stored."""
    path = ROOT / "chapters" / "07_crossed.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (found,) = [c for c in cells if c["id"] == cell]
    return "\n".join(words(output) for output in found["outputs"])


def lme4_variance(model: str, grouping: str, effect: str | None = "(Intercept)") -> float:
    rows = LME4[model]["REML"]["varcomp"]
    (row,) = [r for r in rows if r["grp"] == grouping and r["var1"] == effect and not r["var2"]]
    return row["vcov"]


def rise_at_sd_ratio(profile, top: int, bottom: int, ratio: float) -> float:
    """By how much the deviance rises where one SD is held at `ratio` times another."""
    free = [i for i in range(len(profile.best)) if i != top]

    def deviance(values):
        point = np.empty(len(profile.best))
        point[free] = values
        point[top] = ratio * point[bottom]
        value, slope = profile.deviance(point)
        by_free = slope[free]
        by_free[free.index(bottom)] += ratio * slope[top]
        return value, by_free

    bounds = [profile.bounds[i] for i in free]
    found = minimize(deviance, profile.best[free], jac=True, method="L-BFGS-B", bounds=bounds)
    return found.fun - profile.deviance(profile.best)[0]


def interval_of_sd_ratio(fit, top: tuple, bottom: tuple) -> tuple[float, float]:
    """Where that rise is the 95 % quantile of χ² with one degree of freedom."""
    profile = fit.criterion_profile
    sds = {(p.group, *p.effects): i for i, p in enumerate(profile.parameters) if p.kind == "sd"}
    i, j = sds[top], sds[bottom]
    best, limit = profile.best[i] / profile.best[j], chi2.isf(0.05, 1)
    ends = ((best / 4, best), (best, best * 4))
    low, high = (
        brentq(lambda r: rise_at_sd_ratio(profile, i, j, r) - limit, *end, xtol=1e-3)
        for end in ends
    )
    return low, high


def test_how_many_times_the_secondary_schools_variance():
    fit = fit_lmm("attain ~ 1", load_data("scotssec"), random=SCHOOLS)
    low, high = interval_of_sd_ratio(fit, ("primary", "Intercept"), ("second", "Intercept"))
    assert 1 < low**2 < high**2
    assert f"from {low**2:.1f} to {high**2:.0f} times" in said("ch07-021")


def test_the_schools_share_of_differences_in_growth():
    data = load_data("egsingle")
    random = {"child": "1 + year", "school": "1 + year"}
    growth = fit_lmm("math ~ year", data, random=random)
    ends = interval_of_sd_ratio(growth, ("school", "year"), ("child", "year"))
    low, high = (r**2 / (1 + r**2) for r in ends)
    text = said("ch07-056")
    assert f"95 % interval {low:.0%} to {high:.0%}" in text
    free = fit_lmm("math ~ C(year)", data, random=random).cov_re
    school, child = free["school"].iloc[1, 1], free["child"].iloc[1, 1]
    text = said("ch07-056a")
    assert f"in place of the line, {school / (school + child):.0%} of growth" in text
    both = sum(lme4_variance("eg_growth", g, "year") for g in ("childid", "schoolid"))
    assert f"vary by 0.0214, where the two together had {both:.4f}" in text


def test_no_total_is_kept_where_a_grouping_is_left_out():
    """Half of what secondary schools lose turns up nowhere."""
    parts = [lme4_variance("scots_null", g) for g in ("primary", "second")]
    total = sum(parts) + lme4_variance("scots_null", "Residual", None)
    alone = fit_lmm("attain ~ 1", load_data("scotssec"), "primary")
    left = alone.vcomp.sum() + alone.sigma2
    assert total - left == pytest.approx(parts[1] / 2, abs=0.02)
    assert f"total falls from {total:.2f} to **{left:.2f}**" in said("ch07-028")


def test_verbal_ability_takes_primary_schools_variance_too():
    null, given = (lme4_variance(f"scots_{model}", "primary") for model in ("null", "verbal"))
    assert f"variance {1 - given / null:.0%} goes with that test" in said("ch07-030")


def test_casks_with_labels_used_again_go_up_a_level_as_well():
    """In the balanced design by mean squares: batches over casks, casks over tests."""
    pastes = load_data("pastes")
    table = pastes.groupby(["batch", "cask"], observed=True)["strength"]
    of_casks, of_tests = table.mean().unstack(), table.var().mean()
    within = 2 * of_casks.var(axis=1).mean()
    batches = (6 * of_casks.mean(axis=1).var() - within) / 6
    wrong = fit_lmm("strength ~ 1", pastes, random={"batch": "1", "cask": "1"})
    times = (wrong.sigma2 / of_tests, wrong.vcomp["batch"] / batches)
    text = said("ch07-034")
    assert f"({(within - of_tests) / 2:.2f})" in text
    assert f"residual, which is {times[0]:.0f} times too large" in text
    assert f"batches, {times[1]:.0f} times too large" in text


def test_primary_schools_that_nesting_would_cut():
    scots = load_data("scotssec")
    several = int((scots.groupby("primary", observed=True)["second"].nunique() > 1).sum())
    assert f"cut those {several} schools in pieces" in said("ch07-006")
    largest = pd.crosstab(scots["second"], scots["primary"]).max()
    off = len(scots) - largest.sum()
    assert f"are {off} of" in said("ch07-006")


def test_the_report_tells_what_the_interval_leaves_open():
    """By Kenward and Roger, a second method, to the digits that are shown."""
    trials = load_data("fhch2010").assign(log_rt=lambda rows: np.log(rows["rt"]))
    for name, column in (("frequent", "frequency"), ("dense", "density")):
        trials[name] = (trials[column] == "high") - 0.5
    random = {"id": "1 + frequent + dense", "item": "1"}
    fit = fit_lmm("log_rt ~ frequent + dense", trials, random=random).with_df("kenward-roger")
    faster = -np.expm1(fit.conf_int())
    text = said("ch07-065")
    slowest, fastest = faster.loc["dense", ["upper", "lower"]]
    assert slowest < 0 < fastest
    assert f"compatible with {-slowest:.1%} slower to {fastest:.1%} faster" in text
    slowest, fastest = faster.loc["frequent", ["upper", "lower"]]
    assert f"({slowest:.1%} to {fastest:.1%}, t(" in text


def test_marks_of_an_essay():
    essays = pd.read_csv(ROOT / "chapters" / "essays.csv").dropna()
    counts = essays.groupby("essay").size().value_counts().sort_index().to_dict()
    assert str(counts) in said("ch07-073") and list(counts) == [2, 3, 4]
    assert not essays.duplicated(["essay", "teacher"]).any()
