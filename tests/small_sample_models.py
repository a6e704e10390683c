"""The models of tests/oracle/small_samples.json in the words of this package.

The stored values are from R 4.2.2 with lme4 1.1-31, lmerTest 3.1-3 (Satterthwaite), pbkrtest 0.5.2
(Kenward-Roger) and emmeans 1.8.4-1 (marginal means); the file states them under "meta". few.csv
holds 40 rows in 6 unbalanced groups, simulated for these tests.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pandas as pd

from hlm_teach import data_catalog, fit_lmm, load_data

ORACLE = Path(__file__).parent / "oracle"
STORED = json.loads((ORACLE / "small_samples.json").read_text(encoding="utf-8"))
METHODS = {"Satterthwaite": "satterthwaite", "Kenward-Roger": "kenward-roger"}

MODELS = {
    "sleep_ri": ("sleepstudy", "Reaction ~ Days", "Subject", "1"),
    "sleep_rs": ("sleepstudy", "Reaction ~ Days", "Subject", "1 + Days"),
    "orthodont": ("orthodont", "distance ~ age11 * female", "Subject", "1 + age11"),
    "early": ("early", "cog ~ age1 * treated", "child", "1 + age1"),
    "medpar": ("medpar", "log_los ~ admission", "hospital", "1"),
    "pastes": ("pastes", "strength ~ 1", ["batch", "sample"], "1"),
    "penicillin": ("penicillin", "diameter ~ 1", ["plate", "sample"], "1"),
    "dyestuff": ("dyestuff", "Yield ~ 1", "Batch", "1"),
    "few_ri": ("few", "y ~ treated + x", "group", "1"),
    "few_rs": ("few", "y ~ treated + x", "group", "1 + x"),
    "few_arm": ("few", "y ~ arm + x", "group", "1"),
}
HERE = [n for n, m in MODELS.items() if m[0] == "few" or m[0] in data_catalog().index]

_TERMS = {
    "(Intercept)": "Intercept",
    "admissionurgent": "admission[T.urgent]",
    "admissionemergency": "admission[T.emergency]",
    "armb": "arm[T.b]",
    "armc": "arm[T.c]",
}


def our_term(term: str) -> str:
    return _TERMS.get(term, term)


@cache
def data(name: str) -> pd.DataFrame:
    if name == "few":
        return pd.read_csv(ORACLE / "few.csv")
    frame = load_data(name)
    if name == "orthodont":
        return frame.assign(age11=frame.age - 11, female=(frame.Sex == "Female").astype(int))
    return frame.assign(age1=frame.age - 1) if name == "early" else frame


@cache
def fitted(name: str, method: str = "satterthwaite"):
    source, formula, groups, random = MODELS[name]
    return fit_lmm(formula, data(source), groups, random).with_df(method)
