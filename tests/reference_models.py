"""The 27 reference models of tests/oracle/models.json in the words of this package.

The stored values are from R 4.2.2 with lme4 1.1-31 (tests/oracle/models.json) and lmerTest 3.1-3,
pbkrtest 0.5.2, RLRsim 3.1-8 (inference.json); each file states its versions under "meta".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from hlm_teach import fit_lmm, load_data

ORACLE = Path(__file__).parent / "oracle"
LME4 = json.loads((ORACLE / "models.json").read_text(encoding="utf-8"))["models"]
INFERENCE = json.loads((ORACLE / "inference.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Reference:
    data: str
    formula: str
    groups: str | list[str]
    random: str = "1"
    correlated: bool = True


_ISO = "math ~ meanses + catholic + ses_within + meanses:ses_within + catholic:ses_within"
_SINGER = _ISO.replace("ses_within", "ses_singer")
MODELS = {
    "hsb_null": Reference("hsb", "math ~ 1", "school"),
    "hsb_means": Reference("hsb", "math ~ meanses", "school"),
    "hsb_ri_cses": Reference("hsb", "math ~ ses_within", "school"),
    "hsb_rc": Reference("hsb", "math ~ ses_within", "school", "1 + ses_within"),
    "hsb_iso": Reference("hsb", _ISO, "school", "1 + ses_within"),
    "hsb_iso_ri": Reference("hsb", _ISO, "school"),
    "hsb_rc_singer": Reference("hsb", "math ~ ses_singer", "school", "1 + ses_singer"),
    "hsb_iso_singer": Reference("hsb", _SINGER, "school", "1 + ses_singer"),
    "sleep_null": Reference("sleepstudy", "Reaction ~ 1", "Subject"),
    "sleep_ri": Reference("sleepstudy", "Reaction ~ Days", "Subject"),
    "sleep_rs": Reference("sleepstudy", "Reaction ~ Days", "Subject", "1 + Days"),
    "sleep_rs_unc": Reference("sleepstudy", "Reaction ~ Days", "Subject", "1 + Days", False),
    "penicillin": Reference("penicillin", "diameter ~ 1", ["plate", "sample"]),
    "pastes": Reference("pastes", "strength ~ 1", ["batch", "sample"]),
    "dyestuff": Reference("dyestuff", "Yield ~ 1", "Batch"),
    "dyestuff2": Reference("dyestuff2", "Yield ~ 1", "Batch"),
    "orthodont_ri": Reference("orthodont", "distance ~ age + Sex", "Subject"),
    "sim42_null": Reference("sim42", "Y ~ 1", "school"),
    "sim42_ri": Reference("sim42", "Y ~ X", "school"),
    "sim42_rs": Reference("sim42", "Y ~ X", "school", "1 + X"),
    "medpar_null": Reference("medpar", "log_los ~ 1", "hospital"),
    "medpar_ri": Reference("medpar", "log_los ~ admission + hmo + white + age80", "hospital"),
    "pbc_ri": Reference("pbc", "log_bili ~ years + treatment", "patient"),
    "pbc_rs": Reference("pbc", "log_bili ~ years * treatment", "patient", "1 + years"),
    "empluk_firm": Reference(
        "employment_uk", "log_emp ~ log_wage + log_capital + log_output", "firm"
    ),
    "empluk_growth": Reference("employment_uk", "log_wage ~ t", "firm", "1 + t"),
    "empluk_3l": Reference("employment_uk", "log_wage ~ 1", ["sector", "firm"]),
}
SEVERAL = tuple(name for name, model in MODELS.items() if not isinstance(model.groups, str))
TWO_LEVEL = tuple(name for name in MODELS if name not in SEVERAL)

# Our name of a term -> lme4's
_TERMS = {
    "Intercept": "(Intercept)",
    "meanses": "MEANSES",
    "catholic": "SECTOR",
    "ses_within": "cses",
    "ses_singer": "cses_singer",
    "Sex[T.Female]": "SexFemale",
    "admission[T.urgent]": "type2",
    "admission[T.emergency]": "type3",
    "years": "yr",
    "treatment": "trt",
    "log_wage": "lwage",
    "log_capital": "lcapital",
    "log_output": "loutput",
}


@cache
def data(name: str) -> pd.DataFrame:
    frame = load_data(name)
    return frame.assign(ses_singer=frame.ses - frame.meanses) if name == "hsb" else frame


@cache
def fitted(name: str, reml: bool):
    model = MODELS[name]
    return fit_lmm(
        model.formula,
        data(model.data),
        model.groups,
        model.random,
        reml=reml,
        correlated=model.correlated,
    )


def stored(name: str, reml: bool) -> dict:
    return LME4[name]["REML" if reml else "ML"]


def lme4_term(term: str) -> str:
    """Our name of a coefficient as lme4 has it, the parts of an interaction sorted."""
    return ":".join(sorted(_TERMS.get(part, part) for part in term.split(":")))


def by_lme4_term(series: pd.Series) -> pd.Series:
    return series.rename(index=lme4_term)


def stored_series(values: dict) -> pd.Series:
    return pd.Series(values).rename(index=lambda term: ":".join(sorted(term.split(":"))))


def stored_variances(name: str, reml: bool) -> dict[str, float]:
    """lme4's variances by the name fit.vcomp has: the random effect, or the grouping factor."""
    several = name in SEVERAL
    return {
        (row["grp"] if several else row["var1"]): row["vcov"]
        for row in stored(name, reml)["varcomp"]
        if row["grp"] != "Residual" and row["var2"] is None
    }


def stored_covariance(name: str, reml: bool) -> float | None:
    found = [row["vcov"] for row in stored(name, reml)["varcomp"] if row["var2"]]
    return found[0] if found else None


def stored_blups(name: str, reml: bool) -> list[tuple[str, str, np.ndarray]]:
    """(factor, column, values of the first five groups indexed by label) of lme4's BLUPs."""
    rows = []
    for factor, block in stored(name, reml)["blup_first5"].items():
        values = np.asarray(block["values"], float).reshape(len(block["groups"]), -1)
        for column, series in zip(np.atleast_1d(block["columns"]), values.T, strict=True):
            rows.append((factor, str(column), pd.Series(series, [str(g) for g in block["groups"]])))
    return rows
