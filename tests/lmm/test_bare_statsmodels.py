"""What a bare fit says, in words that are the same on every processor."""

import os
import subprocess
import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import statsmodels.formula.api as smf
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from hlm_teach import fit_lmm, load_data
from hlm_teach.lmm.bare_statsmodels import Attempt, attempt


def warning_fit(*messages, category=ConvergenceWarning):
    def fit():
        for text in messages:
            warnings.warn(text, category, stacklevel=2)
        return SimpleNamespace(llf=-10.0)

    return fit


def test_meanings_come_once_and_in_order():
    tried = attempt(
        warning_fit(
            "The Hessian matrix at the estimated parameter values is not positive definite.",
            "Gradient optimization failed, |grad| = 56.182092",
            "MixedLM optimization failed, trying a different optimizer may help.",
            "The MLE may be on the boundary of the parameter space.",
        )
    )
    assert tried.warned == ("stopped early", "boundary", "no maximum")
    assert "56" not in tried.sentence and tried.sentence.count("that") == 3


def test_unknown_warnings_are_quoted_and_rounding_noise_is_dropped():
    assert "“Something new”" in attempt(warning_fit("Something new", category=UserWarning)).sentence
    quiet = attempt(warning_fit("invalid value in sqrt", category=RuntimeWarning))
    assert quiet.warned == () and quiet.sentence == "statsmodels gives no warning."


def test_a_numerical_error_is_said_and_others_are_raised():
    def broken():
        raise np.linalg.LinAlgError("Singular matrix")

    tried = attempt(broken)
    assert "Singular matrix" in tried.sentence and tried.result is None
    assert np.isnan(tried.llf) and tried.against(-1.0) == "none reported"
    with pytest.raises(KeyError):
        attempt(lambda: {}["x"])
    with pytest.raises(TypeError, match="fit="):
        attempt("fit")


@pytest.mark.parametrize(
    ("llf", "words"),
    [
        (-100.0, "as high as can be"),
        (-100.1, "less than 1 unit"),
        (-102.0, "more than 1 unit too"),
        (-107.0, "more than 5 units"),
        (-175.0, "more than 50 units"),
        (np.inf, "impossibly high"),
        (-99.0, "impossibly high"),
    ],
)
def test_shortfall_is_coarse(llf, words):
    assert words in Attempt(SimpleNamespace(llf=llf), (), "").against(-100.0)


def test_options_reach_the_fit_and_filters_are_left_alone():
    before = list(warnings.filters)
    tried = attempt(lambda a, *, b: SimpleNamespace(llf=a + b), 1, b=2)
    assert tried.llf == 3.0 and warnings.filters == before


def test_dyestuff2_is_warned_of_and_right():
    data = load_data("dyestuff2")
    tried = attempt(smf.mixedlm("Yield ~ 1", data, groups="Batch").fit)
    assert tried.warned == ("boundary",)
    assert tried.against(fit_lmm("Yield ~ 1", data, "Batch").llf) == "as high as can be"


CASES = """
import statsmodels.formula.api as smf
from hlm_teach import load_data
from hlm_teach.lmm.bare_statsmodels import attempt
sleep = load_data("sleepstudy")
sleep["year"], sleep["late"] = sleep["Days"] + 1980, sleep["Days"] + 100
hsb = load_data("hsb")
for formula, data, groups, slopes, options, best in (
        ("math ~ catholic", hsb, "school", None, {"method": "lbfgs"}, -23540.0669),
        ("Reaction ~ year", sleep, "Subject", "~ year", {}, -871.8141),
        ("Reaction ~ late", sleep, "Subject", "~ late", {"method": "powell"}, -871.8141)):
    tried = attempt(smf.mixedlm(formula, data, groups=groups, re_formula=slopes).fit, **options)
    print(tried.sentence, tried.against(best), tried.result.converged)
"""


def test_the_chapters_cases_read_the_same_under_two_blas_kernels():
    said = []
    for kernel in ("Prescott", "Haswell"):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", CASES],
            text=True,
            capture_output=True,
            check=False,
            env=os.environ | {"OPENBLAS_CORETYPE": kernel},
        )
        if done.returncode < 0:
            pytest.skip(f"this processor can't run the {kernel} kernel")
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.splitlines())
    assert said[0] == said[1]
    assert said[0][0].endswith("impossibly high True")
    assert said[0][1].endswith("more than 50 units too low False")
    assert said[0][2] == "statsmodels gives no warning. less than 1 unit too low True"
