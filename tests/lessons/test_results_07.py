"""What chapter 07 says in its stored sentences is what lme4 or a second computation gives."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import statsmodels.formula.api as smf
from notebook_checks import words

from hlm_teach import attempt, fit_lmm, load_data

ROOT = Path(__file__).resolve().parents[2]
ORACLE = ROOT / "tests" / "oracle" / "several_terms.json"
LME4 = json.loads(ORACLE.read_text(encoding="utf-8"))["models"]  # lme4 1.1-31, R 4.2.2


@cache
def said(cell: str) -> str:
    """What the cell of that id says, as stored."""
    path = ROOT / "chapters" / "07_crossed.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (found,) = [c for c in cells if c["id"] == cell]
    return "\n".join(words(output) for output in found["outputs"])


def variances(model: str) -> dict:
    """Variances of a REML fit by grouping and effect, the residual's too."""
    rows = LME4[model]["REML"]["varcomp"]
    return {(row["grp"], row["var1"]): row["vcov"] for row in rows if not row["var2"]}


def test_scots_as_lme4_has_them():
    null, given = variances("scots_null"), variances("scots_verbal")
    text = said("ch07-021")
    for grouping in ("primary", "second"):
        assert f"**{null[grouping, '(Intercept)']:.2f}**" in text
    assert f"**{null['Residual', None]:.2f}**" in text
    assert f"**{given['second', '(Intercept)']:.3f}** given verbal ability" in said("ch07-030")
    assert "**1.23**" in said("ch07-028")


def test_growth_at_both_levels_as_lme4_has_it():
    growth = variances("eg_growth")
    text = said("ch07-056")
    assert f"**{growth['childid', 'year']:.4f}** between children" in text
    assert f"**{growth['schoolid', 'year']:.4f}** between schools" in text
    assert f"from {LME4['eg_growth']['REML']['se']['year']:.4f} to" in said("ch07-056a")


def test_p_and_df_of_reading_times_hold_by_kenward_roger_too():
    """A second method: p to the digits that are shown, degrees of freedom within 3 %."""
    trials = load_data("fhch2010")
    trials["log_rt"] = np.log(trials["rt"])
    for name, column in (("frequent", "frequency"), ("dense", "density")):
        trials[name] = (trials[column] == "high") - 0.5
    formula = "log_rt ~ frequent + dense"
    people = fit_lmm(formula, trials, "id").with_df("kenward-roger")
    both = fit_lmm(formula, trials, random={"id": "1", "item": "1"}).with_df("kenward-roger")
    text = said("ch07-047")
    assert f"**{people.pvalues['dense']:.3f}, {both.pvalues['dense']:.2f}, 0.20**" in text
    assert "**2,935, 296, 45**" in text
    assert people.df["frequent"] == pytest.approx(2935, rel=0.03)
    assert both.df["frequent"] == pytest.approx(296, rel=0.03)


def test_what_statsmodels_calls_fit_is_what_the_page_says():
    """The first call is a model of the 303 pairs alone, the second nests pairs in primary schools."""
    scots = load_data("scotssec")
    scots["pair"] = scots["primary"] + ":" + scots["second"]
    within = {"groups": "primary", "vc_formula": {"second": "0 + C(second)"}}
    drops = attempt(smf.mixedlm("attain ~ 1", scots, **within).fit)
    nests = attempt(smf.mixedlm("attain ~ 1", scots, re_formula="1", **within).fit)
    pairs = fit_lmm("attain ~ 1", scots, "pair")
    nested = fit_lmm("attain ~ 1", scots, random={"primary": "1", "primary:second": "1"})
    assert drops.llf == pytest.approx(pairs.llf, abs=0.01) and not drops.warned
    assert nests.llf == pytest.approx(nested.llf, abs=0.01) and not nests.warned
    table = said("ch07-061")
    for fit in (pairs, nested):
        assert f"{fit.llf:.2f}".replace("-", "−") in table
    assert "303 pairs" in said("ch07-062") and pairs.n_groups == 303
