"""Chapter 12's numbers: against lme4 where it was asked, and typed ones against the data."""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from notebook_checks import words

from hlm_teach import fit_lmm, likelihood_ratio_test, load_data
from hlm_teach.display.model_table import model_table

ROOT = Path(__file__).resolve().parents[2]
ORACLE = ROOT / "tests" / "oracle"


@cache
def cells() -> dict:
    path = ROOT / "chapters" / "12_schools.ipynb"
    return {cell["id"]: cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}


def said(cell: str) -> str:
    return "\n".join(words(output) for output in cells()[cell]["outputs"])


def source(cell: str) -> str:
    return "".join(cells()[cell]["source"])


@pytest.fixture(scope="module")
def hsb():
    return load_data("hsb")


def test_the_program_draws_the_frozen_study():
    study = {"np": np, "pd": pd}
    exec(source("ch12-004"), study)
    frozen = load_data("sim42")
    np.testing.assert_allclose(study["study"]["Y"], frozen["Y"], atol=1e-12)
    np.testing.assert_allclose(study["study"]["X"], frozen["X"], atol=1e-12)
    assert "0.531" in said("ch12-004")


def test_the_put_right_numbers_are_lme4_s():
    models = json.loads((ORACLE / "models.json").read_text(encoding="utf-8"))
    models = models.get("models", models)
    null, ri, rs = (models[f"sim42_{name}"] for name in ("null", "ri", "rs"))
    text = said("ch12-016")
    tau, residual = (row["vcov"] for row in null["REML"]["varcomp"][:2])
    assert f"{tau / (tau + residual):.3f} (REML)" in text
    for model in (ri, rs):
        assert f"{model['ML']['AIC']:.1f}" in text
    assert "singular, correlation +1" in text


def test_composition_and_the_last_model_as_the_page_has_them(hsb):
    ways = ["catholic", "catholic + ses_within", "catholic + ses", "catholic + ses + meanses"]
    left = [f"{fit_lmm('math ~ ' + w, hsb, 'school').params['catholic']:.2f}" for w in ways]
    assert left == ["2.80", "2.81", "2.10", "1.22"]
    assert "2.80, 2.81, 2.10, 1.22" in source("ch12-075")
    formula = "math ~ (meanses + catholic) * ses_within"
    fits = [fit_lmm(formula, hsb, "school", r, reml=False) for r in ("1", "1 + ses_within")]
    assert round(likelihood_ratio_test(*fits).p_mixture, 2) == 0.46
    assert "**0.46**" in said("ch12-052") and "**0.10**" in said("ch12-052")


def test_other_choices_as_the_page_tells_them(hsb):
    formula = "math ~ ({} + catholic) * ses_within".format
    full, own = (
        fit_lmm(formula(mean), hsb, "school", "1 + ses_within").params.to_numpy()
        for mean in ("meanses", "ses_mean")
    )
    below = fit_lmm(formula("meanses"), hsb[hsb["math"] < 24], "school", "1 + ses_within")
    moved = abs(below.params - full)
    text = said("ch12-058s")
    bound = float(re.search(r"no coefficient by more than (\d\.\d\d)\.", text).group(1))
    assert bound - 0.01 < np.abs(own - full).max() <= bound
    assert f"`{moved.idxmax()}`, by {moved.max():.2f}; no interval comes to include 0" in text


def test_the_short_cut_is_too_large_on_average():
    text = said("ch12-019o")
    short, anova, _, true, *_ = map(float, re.findall(r"(?<![\d.])0\.\d\d(?!\d)", text))
    assert short > true > anova


def test_typed_facts_of_the_data(hsb):
    schools = hsb.groupby("school")["catholic"].first()
    assert (len(hsb), len(schools), (schools == 0).sum(), schools.sum()) == (7185, 160, 90, 70)
    assert hsb.notna().all(axis=None)
    df = fit_lmm("math ~ (meanses + catholic) * ses_within", hsb, "school", "1 + ses_within").df
    of_schools = df[["meanses", "catholic", "meanses:ses_within", "catholic:ses_within"]]
    assert of_schools.between(135, 165).all()  # "about 150"


def test_model_table_is_the_fits_rounded(hsb):
    one = fit_lmm("math ~ ses_within", hsb, "school")
    two = fit_lmm("math ~ ses_within", hsb, "school", "1 + ses_within")
    table = model_table({"one": one, "two": two}, digits=3)
    assert table.loc["ses_within", "two"] == (
        f"{two.params['ses_within']:.3f} ({two.bse['ses_within']:.3f})"
    )
    assert table.loc["variance, ses_within"].tolist() == ["", f"{two.cov_re.iloc[1, 1]:.3f}"]
    covariance = table.loc["covariance, Intercept and ses_within", "two"]
    assert covariance.replace("−", "-") == f"{two.cov_re.iloc[0, 1]:.3f}"
    assert list(table.index[-3:]) == ["σ², residual", "groups J", "members N"]
    assert table.loc["members N"].tolist() == ["7,185"] * 2


def test_model_table_refuses_what_it_cannot_show(hsb):
    with pytest.raises(TypeError, match="dict of fits"):
        model_table([1])
    with pytest.raises(TypeError, match="fit_lmm"):
        model_table({"a": 1})
    crossed = fit_lmm("diameter ~ 1", load_data("penicillin"), groups=["plate", "sample"])
    with pytest.raises(ValueError, match="several"):
        model_table({"a": crossed})
    with pytest.raises(ValueError, match="digits"):
        model_table({"a": fit_lmm("math ~ 1", hsb, "school")}, digits=-1)
