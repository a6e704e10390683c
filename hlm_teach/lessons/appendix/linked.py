"""One fit in four programs: touch a number and it lights up wherever it is printed.

Plain HTML and a style sheet: no script, so it works in a notebook, in the book and in a saved
page; a number can be reached by keyboard. Where `:has()` isn't known nothing lights up, and the
outputs can still be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from hlm_teach.data.datasets import load_data
from hlm_teach.display.show import Bundle
from hlm_teach.lmm.fit import fit_lmm

from .records import records


@dataclass(frozen=True)
class Quantity:
    """What a linked number stands for, and what to know about how programs print it."""

    key: str
    symbol: str
    said: str


QUANTITIES = (
    Quantity("g00", "γ₀₀", "the mean intercept: the same everywhere."),
    Quantity("g10", "γ₁₀", "the mean slope: the same everywhere."),
    Quantity("se", "SE(γ₁₀)", "the slope's standard error: the same everywhere."),
    Quantity(
        "t",
        "t",
        "estimate over standard error. One number, three ways to read it: t with 17 degrees of "
        "freedom (Satterthwaite, hlm_teach), t with 161 (counted by nlme), z (statsmodels); "
        "lme4 on its own gives no p.",
    ),
    Quantity(
        "df",
        "df",
        "degrees of freedom of the slope's t: 18 people allow 17; nlme counts rows for any "
        "predictor that varies within people.",
    ),
    Quantity(
        "t00",
        "τ₀₀",
        "the variance of intercepts. hlm_teach and lme4 print the variance and its root, nlme only "
        "the root (StdDev), statsmodels only the variance, called Subject Var.",
    ),
    Quantity("t11", "τ₁₁", "the variance of slopes: as τ₀₀. statsmodels calls it Days Var."),
    Quantity(
        "t01",
        "τ₀₁",
        "the covariance of intercepts and slopes. statsmodels prints it as it is; the others "
        "print the correlation τ₀₁/√(τ₀₀τ₁₁).",
    ),
    Quantity(
        "s2",
        "σ²",
        "the residual variance. statsmodels calls it Scale and prints it at the top; nlme prints its "
        "root.",
    ),
    Quantity(
        "ll",
        "log L",
        "the restricted log-likelihood. lme4's summary prints −2 log L as the REML criterion.",
    ),
    Quantity("J", "J", "the number of groups, here people."),
    Quantity("N", "N", "the number of observations."),
)

NUMBER = r"(-?\d+\.?\d*)"


@dataclass(frozen=True)
class Mark:
    """Where a program prints a quantity: a pattern whose group is the number, and its scale."""

    key: str
    pattern: str
    scale: str = "as it is"


def _marks(*rows: tuple[str, ...]) -> tuple[Mark, ...]:
    return tuple(Mark(row[0], row[1].replace("#", NUMBER), *row[2:]) for row in rows)


MARKS = {
    "hlm_teach": _marks(
        ("g00", r"^Intercept +#"),
        ("g10", r"^Days +#"),
        ("se", r"^Days +\S+ +#"),
        ("t", r"^Days +\S+ +\S+ +#"),
        ("df", r"^Days +\S+ +\S+ +\S+ +#"),
        ("t00", r"^variance\(Intercept \| Subject\) +#"),
        ("t00", r"^variance\(Intercept \| Subject\) +\S+ +#", "root"),
        ("t11", r"^variance\(Days \| Subject\) +#"),
        ("t11", r"^variance\(Days \| Subject\) +\S+ +#", "root"),
        ("t01", r"^correlation\(Intercept, Days\) +#", "correlation"),
        ("s2", r"^variance\(residual\) +#"),
        ("s2", r"^variance\(residual\) +\S+ +#", "root"),
        ("N", r"N = #"),
        ("J", r"groups = #"),
        ("ll", r"logLik = #"),
    ),
    "statsmodels": _marks(
        ("N", r"No\. Observations: +#"),
        ("J", r"No\. Groups: +#"),
        ("s2", r"Scale: +#"),
        ("ll", r"Log-Likelihood: +#"),
        ("g00", r"^Intercept +#"),
        ("g10", r"^Days +#"),
        ("se", r"^Days +\S+ +#"),
        ("t", r"^Days +\S+ +\S+ +#"),
        ("t00", r"^Subject Var +#"),
        ("t01", r"^Subject x Days Cov +#"),
        ("t11", r"^Days Var +#"),
    ),
    "lme4": _marks(
        ("ll", r"REML criterion at convergence: #", "−2 times"),
        ("t00", r"Subject  \(Intercept\) +#"),
        ("t00", r"Subject  \(Intercept\) +\S+ +#", "root"),
        ("t11", r"^ +Days +#"),
        ("t11", r"^ +Days +\S+ +#", "root"),
        ("t01", r"^ +Days +\S+ +\S+ +#", "correlation"),
        ("s2", r"Residual +#"),
        ("s2", r"Residual +\S+ +#", "root"),
        ("N", r"Number of obs: #"),
        ("J", r"Subject, #"),
        ("g00", r"^\(Intercept\) +#"),
        ("g10", r"^Days +#"),
        ("se", r"^Days +\S+ +#"),
        ("t", r"^Days +\S+ +\S+ +#"),
    ),
    "nlme": _marks(
        ("ll", r"AIC +BIC +logLik\n +\S+ +\S+ +#"),
        ("t00", r"StdDev +Corr\n\(Intercept\) +#", "root"),
        ("t11", r"\(Intr\)\nDays +#", "root"),
        ("t01", r"\(Intr\)\nDays +\S+ +#", "correlation"),
        ("s2", r"^Residual +#", "root"),
        ("g00", r"p-value\n\(Intercept\) +#"),
        ("g10", r"p-value\n.*\nDays +#"),
        ("se", r"p-value\n.*\nDays +\S+ +#"),
        ("df", r"p-value\n.*\nDays +\S+ +\S+ +#"),
        ("t", r"p-value\n.*\nDays +\S+ +\S+ +\S+ +#"),
        ("N", r"Number of Observations: #"),
        ("J", r"Number of Groups: #"),
    ),
}


def outputs() -> dict[str, str]:
    """What each program prints for `Reaction ~ Days`, intercepts and slopes by person, REML.

    hlm_teach and statsmodels are run now; lme4 and nlme are the stored record of a real run.
    """
    fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")
    fixed = fit.table()[["estimate", "SE", "t", "df"]].iloc[:2]
    random = fit.table()[["estimate", "SD"]].iloc[2:]
    own = "\n\n".join(
        [
            repr(fit).strip("<>").replace(", ", ",\n  "),
            fixed.rename_axis(None).to_string(),
            random.rename_axis(None).to_string(),
        ]
    )
    summary = fit.statsmodels.summary().as_text()
    return {"hlm_teach": own, "statsmodels": summary, **records()["outputs"]}


def found(program: str, text: str) -> list[tuple[Mark, int, int]]:
    """Where the marked numbers of a program stand in its output: mark, start, end."""
    places = []
    for mark in MARKS[program]:
        match = re.search(mark.pattern, text, flags=re.MULTILINE)
        if match is None:
            raise ValueError(f"{program} doesn't print {mark.key} by {mark.pattern!r} here.")
        places.append((mark, *match.span(1)))
    return sorted(places, key=lambda place: place[1])


def linked_outputs() -> Bundle:
    """The four outputs side by side, equal quantities linked, to be displayed.

    Returns
    -------
    Bundle
        HTML, and the outputs with the list of quantities as plain text.
    """
    texts = outputs()
    plain = [f"---- {program}\n{text}" for program, text in texts.items()]
    plain += [f"{quantity.symbol}: {quantity.said}" for quantity in QUANTITIES]
    return Bundle({"text/plain": "\n\n".join(plain), "text/html": _page(texts)})


def _page(texts: dict[str, str]) -> str:
    chips = " ".join(_number(quantity.key, quantity.symbol) for quantity in QUANTITIES)
    said = "".join(
        f'<p class="said said-{quantity.key}"><b>{quantity.symbol}</b>: {escape(quantity.said)}</p>'
        for quantity in QUANTITIES
    )
    boxes = "".join(
        f"<section><b>{program}</b><pre>{_marked(program, text)}</pre></section>"
        for program, text in texts.items()
    )
    return (
        f'<div class="hlm-linked"><style>{_style()}</style><p>{chips}</p>'
        f'<div class="saying"><p class="said always">Touch a symbol or a number, or move to it by '
        f"the tab key.</p>{said}</div>"
        f'<div class="boxes">{boxes}</div></div>'
    )


def _marked(program: str, text: str) -> str:
    pieces, at = [], 0
    for mark, start, end in found(program, text):
        pieces += [escape(text[at:start]), _number(mark.key, text[start:end])]
        at = end
    return "".join([*pieces, escape(text[at:])])


def _number(key: str, text: str) -> str:
    symbol = next(quantity.symbol for quantity in QUANTITIES if quantity.key == key)
    return f'<span class="q q-{key}" tabindex="0" title="{symbol}">{escape(text)}</span>'


def _style() -> str:
    lit, told = [], []
    for quantity in QUANTITIES:
        touched = f".hlm-linked:has(.q-{quantity.key}:is(:hover, :focus))"
        lit.append(f"{touched} .q-{quantity.key}")
        told.append(f"{touched} .said-{quantity.key}")
    return (
        ".hlm-linked .boxes{display:flex;flex-wrap:wrap;gap:1em}"
        ".hlm-linked section{flex:1 1 32em;min-width:0}"
        ".hlm-linked pre{overflow-x:auto;font-size:0.8em;line-height:1.35}"
        ".hlm-linked .q{cursor:pointer;text-decoration:underline dotted}"
        ".hlm-linked .saying{min-height:4.5em}"
        ".hlm-linked .said{display:none}.hlm-linked .always{display:block}"
        ".hlm-linked:has(.q:is(:hover, :focus)) .always{display:none}"
        f"{','.join(lit)}"
        "{outline:2px solid currentColor;outline-offset:1px;font-weight:bold}"
        f"{','.join(told)}{{display:block}}"
    )
