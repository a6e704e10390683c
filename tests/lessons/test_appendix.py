"""The appendix: linked numbers are the fit's, calls give what R gave, and the integral is right."""

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.formula.api as smf

from hlm_teach import fit_lmm, load_data
from hlm_teach.lessons.appendix import linked, notations
from hlm_teach.lessons.appendix.notations import MODELS
from hlm_teach.lessons.appendix.records import records

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = (
    "hlm_teach",
    "statsmodels",
    "lme4",
    "nlme",
    "MixedModels.jl",
    "Stata",
    "SPSS",
    "SAS",
    "HLM",
    "Bambi",
)
BY_NAME = {model.name: model for model in MODELS}


@pytest.fixture(scope="module")
def fit():
    return fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")


@pytest.fixture(scope="module")
def texts():
    return linked.outputs()


# How far from the top, relatively, the variances lie at which the default search of each ends.
STOPS_AT = {"hlm_teach": 0, "statsmodels": 0, "lme4": 2e-5, "nlme": 1e-5}


def values(fit):
    """The quantities of the fit, each on its own scale."""
    G = fit.cov_re.to_numpy()
    return {
        "g00": fit.params["Intercept"],
        "g10": fit.params["Days"],
        "se": fit.bse["Days"],
        "t": fit.tvalues["Days"],
        "df": fit.df["Days"],
        "t00": G[0, 0],
        "t11": G[1, 1],
        "t01": G[0, 1],
        "s2": fit.sigma2,
        "ll": fit.llf,
        "J": fit.n_groups,
        "N": fit.nobs,
    }


def on_scale(mark, quantity, known):
    """A quantity as a mark says that it is printed."""
    if mark.scale == "root":
        return np.sqrt(quantity)
    if mark.scale == "correlation":
        return quantity / np.sqrt(known["t00"] * known["t11"])
    return -2 * quantity if mark.scale == "−2 times" else quantity


@pytest.mark.parametrize("program", linked.MARKS)
def test_every_linked_number_is_that_quantity(program, texts, fit):
    known = values(fit)
    for mark, start, end in linked.found(program, texts[program]):
        printed = texts[program][start:end]
        if (program, mark.key) == ("nlme", "df"):
            assert printed == "161"  # counted by nlme: rows less groups less the slope
            assert fit.nobs - fit.n_groups - 1 == 161
            continue
        rounding = 0.5 * 10.0 ** -len(printed.partition(".")[2])
        slack = rounding * (1 + 1e-9) + STOPS_AT[program] * abs(float(printed))
        assert float(printed) == pytest.approx(on_scale(mark, known[mark.key], known), abs=slack), (
            mark
        )


def test_every_quantity_is_linked_wherever_it_is_printed():
    missing = {
        program: {q.key for q in linked.QUANTITIES} - {mark.key for mark in marks}
        for program, marks in linked.MARKS.items()
    }
    assert missing == {"hlm_teach": set(), "statsmodels": {"df"}, "lme4": {"df"}, "nlme": set()}


def test_the_page_links_by_style_alone_and_is_readable_as_text(texts):
    data = linked.linked_outputs().data
    page = data["text/html"]
    assert "<script" not in page
    for quantity in linked.QUANTITIES:
        assert f":has(.q-{quantity.key}:is(:hover, :focus)) .q-{quantity.key}" in page
        assert f'said-{quantity.key}"' in page
        assert f"{quantity.symbol}: {quantity.said}" in data["text/plain"]
    assert page.count('tabindex="0"') == len(linked.QUANTITIES) + sum(
        map(len, linked.MARKS.values())
    )


def test_a_program_that_prints_otherwise_is_told():
    with pytest.raises(ValueError, match="lme4 doesn't print ll"):
        linked.found("lme4", "nothing of the kind")


def test_every_model_is_said_in_every_program():
    assert all(tuple(model.calls) == PROGRAMS for model in MODELS)
    page = notations().data["text/html"]
    assert page.count("<details>") == len(MODELS)
    assert "(1 + ses_within | school)" in page


def run(model, program):
    names = {model.data: load_data(model.data), "fit_lmm": fit_lmm, "smf": smf}
    return eval(model.calls[program], names).llf


@pytest.mark.parametrize("name", BY_NAME)
def test_our_call_gives_what_lme4_and_nlme_gave(name):
    """R 4.2.2, lme4 1.1-31, nlme 3.1-162 (records.json, rounded to five decimals)."""
    ours = run(BY_NAME[name], "hlm_teach")
    for program in ("lme4", "nlme"):
        theirs = records()["loglik"][program].get(name)
        assert (theirs is None) == (BY_NAME[name].calls[program] == "no such model")
        assert theirs is None or ours == pytest.approx(theirs, abs=2e-5)


@pytest.mark.parametrize("name", list(BY_NAME)[:2])
def test_statsmodels_call_gives_the_same(name):
    assert run(BY_NAME[name], "statsmodels") == pytest.approx(
        records()["loglik"]["lme4"][name], abs=1e-4
    )


def test_the_binary_model_is_lme4_s():
    """glmer, nAGQ = 25: estimates and log-likelihood of the notebook's own cell."""
    notebook = json.loads((ROOT / "chapters" / "appendix.ipynb").read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    names = {}
    for start in ("import numpy", "patients = "):
        exec(next(source for source in sources if source.startswith(start)), names)
    found, theirs = names["found"], records()["binary"]
    assert -found.fun == pytest.approx(theirs["logLik"], abs=1e-4)
    assert found.x[:2] == pytest.approx([theirs["(Intercept)"], theirs["age80"]], abs=5e-4)
    assert np.exp(2 * found.x[2]) == pytest.approx(theirs["tau00"], rel=0.01)
