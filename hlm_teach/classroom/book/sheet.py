"""The cheat sheet: one page with the model, what is computed from it, and which function does what.

The text is ``book/sheet/sheet.html`` with places for numbers, ⟨name:format⟩; the numbers are
computed here from the course's data each time the sheet is made, and Chromium prints it.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from hlm_teach._shared.words import signed
from hlm_teach.classroom.places import ROOT
from hlm_teach.classroom.tools import chromium

from . import formulas, pdf

TEXT = ROOT / "book" / "sheet"
PLACE = re.compile(r"⟨(\w+)(?::([^⟩]*))?⟩")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Multilevel linear models on one page</title>
<link rel="stylesheet" href="_static/katex/katex.min.css"><style>{style}</style></head>
<body>{body}</body></html>
"""
MODEL = 'fit_lmm("math ~ ses_within + ses_mean", hsb,\n        groups="school", random="1 + ses_within")'
# Each is a call that runs, with the names that `names` gives.
FUNCTIONS = {
    "How alike members are": "icc(null), icc_interval(null)",
    "What a sample is worth": "effective_sample_size(0.2, 20,\n n_groups=30)",
    "How good a mean is": "mean_reliability(8.6, 39.1, 45)",
    "What can vary where": 'what_can_vary(hsb, "school")',
    "Estimates, a sentence": "fit.table(), fit.report()",
    "Intervals of variances": "fit.profile_intervals",
    "Do slopes vary": "likelihood_ratio_test(parallel, fit)",
    "Does a factor count": 'both.joint_test("sector")',
    "Which means differ": 'contrasts(both, "sector")',
    "Which of two models": "compare(parallel, fit)",
    "Few groups": 'fit.with_df("kenward-roger").table()',
    "Crossed groupings": 'fit_lmm("diameter ~ 1", penicillin,\n random={"plate": "1", "sample": "1"})',
    "Residuals with memory": 'fit_lmm("distance ~ age", children,\n "Subject", residual="car1",\n time="age")',
    "How many groups": 'groups_needed("between", effect=0.4,\n group_size=20, tau00=0.2, sigma2=0.8)',
}


def make(site: Path, target: Path) -> None:
    """Print the sheet to a PDF file, with the style sheets of a built site.

    Raises
    ------
    CannotBuild
        If there is no Chromium, or a formula can't be set.
    """
    browser, page = chromium.needed("Printing"), site / "sheet.html"
    page.write_text(html(), encoding="utf-8", newline="\n")
    try:
        pdf.print_page(browser, page, target)
    finally:
        page.unlink()


def html() -> str:
    """The sheet with its numbers and formulas."""
    found = numbers()
    given: dict[str, Any] = found | {"code_model": escape(MODEL), "functions": rows()}
    given["rho01"] = signed(found["rho01"])
    text = (TEXT / "sheet.html").read_text(encoding="utf-8")
    text = PLACE.sub(lambda place: format(given[place[1]], place[2] or ""), text)
    style = (TEXT / "sheet.css").read_text(encoding="utf-8")
    return PAGE.format(style=style, body=with_formulas(text))


def rows() -> str:
    """The table of questions and calls."""
    return "".join(
        f"<tr><td>{question}</td><td><code>{escape(call)}</code></td></tr>"
        for question, call in FUNCTIONS.items()
    )


def with_formulas(text: str) -> str:
    """The text with its TeX set."""
    found = [(m[1] is not None, m[1] or m[2]) for m in FORMULA.finditer(text)]
    wanted = [("display" if shown else "inline", escape(tex)) for shown, tex in found]
    done = iter(formulas.typeset(wanted))
    return FORMULA.sub(lambda _: next(done), text)


def names() -> dict[str, Any]:
    """What the calls on the sheet are about: the course's functions, data and fits."""
    import hlm_teach

    hsb = hlm_teach.load_data("hsb")
    hsb["sector"] = np.where(hsb["catholic"] == 1, "Catholic", "public")
    known = {name: getattr(hlm_teach, name) for name in hlm_teach.__all__} | {"hsb": hsb}
    return known | {
        "fit": eval(MODEL, known),
        "null": hlm_teach.fit_lmm("math ~ 1", hsb, groups="school"),
        "parallel": hlm_teach.fit_lmm("math ~ ses_within + ses_mean", hsb, groups="school"),
        "blend": hlm_teach.fit_lmm("math ~ ses", hsb, groups="school"),
        "both": hlm_teach.fit_lmm("math ~ sector + ses", hsb, groups="school"),
        "penicillin": hlm_teach.load_data("penicillin"),
        "children": hlm_teach.load_data("orthodont"),
    }


def numbers() -> dict[str, float]:
    """All numbers of the sheet, by the names of their places."""
    known = names()
    return _of_the_fit(known) | _of_groups(known) | _of_tests(known)


def _of_the_fit(known: dict[str, Any]) -> dict[str, float]:
    fit, dyestuff = known["fit"], known["load_data"]("dyestuff")
    g = fit.cov_re.to_numpy()
    dye = {
        reml: known["fit_lmm"]("Yield ~ 1", dyestuff, groups="Batch", reml=reml).cov_re.iloc[0, 0]
        for reml in (True, False)
    }
    return {
        "n_pupils": fit.nobs,
        "n_schools": fit.n_groups,
        "gamma00": fit.params["Intercept"],
        "gamma10": fit.params["ses_within"],
        "gamma01": fit.params["ses_mean"],
        "tau00": g[0, 0],
        "tau11": g[1, 1],
        "rho01": g[0, 1] / np.sqrt(g[0, 0] * g[1, 1]),
        "sigma2": fit.sigma2,
        "dye_reml": dye[True],
        "dye_ml": dye[False],
        "blend": known["blend"].params["ses"],
        "se_random": fit.bse["ses_within"],
        "se_fixed": known["parallel"].bse["ses_within"],
    }


def _of_groups(known: dict[str, Any]) -> dict[str, float]:
    null, rho, groups, size = known["null"], 0.2, 30, 20
    tau00, sigma2 = null.cov_re.iloc[0, 0], null.sigma2
    schools = known["hsb"].groupby("school", observed=True)["math"]
    interval = known["icc_interval"](null)
    deff = known["design_effect"](rho, size)
    return {
        "icc": known["icc"](null),
        "icc_low": interval["lower"],
        "icc_high": interval["upper"],
        "deff_n": groups * size,
        "deff_groups": groups,
        "deff_size": size,
        "deff_rho": rho,
        "deff_worth": groups * size / deff,
        "se_factor": np.sqrt(deff),
        "lambda_small": known["mean_reliability"](tau00, sigma2, 10),
        "lambda_large": known["mean_reliability"](tau00, sigma2, 60),
        "raw_means": schools.mean().var(),
        "luck": sigma2 * (1 / schools.size()).mean(),
    }


def _of_tests(known: dict[str, Any]) -> dict[str, float]:
    fit = known["fit"]
    return {
        "df_w": fit.df["ses_mean"],
        "df_x": fit.df["ses_within"],
        "df_x_fixed": known["parallel"].df["ses_within"],
        "z_error": 100 * 2 * stats.t.sf(stats.norm.isf(0.025), 8),
        "t8": stats.t.isf(0.025, 8),
        "mix1": known["critical_value"]([0, 1]),
        "mix2": known["critical_value"]([1, 2]),
    }
