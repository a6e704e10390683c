"""The models of tests/oracle/small_samples.json in the words of this package.

The stored values are from R 4.2.2 with lme4 1.1-31, lmerTest 3.1-3 (Satterthwaite), pbkrtest 0.5.2
(Kenward-Roger) and emmeans 1.8.4-1 (marginal means); the file states them under "meta". few.csv
holds 40 rows in 6 unbalanced groups, simulated for these tests.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from hlm_teach import fit_lmm, load_data
from hlm_teach.data.datasets import DATA_DIR

ORACLE = Path(__file__).parent / "oracle"
STORED = json.loads((ORACLE / "small_samples.json").read_text(encoding="utf-8"))
METHODS = {"Satterthwaite": "satterthwaite", "Kenward-Roger": "kenward-roger"}

MODELS = {
    "sleep_ri": ("sleepstudy", "Reaction ~ Days", "Subject", "1"),
    "sleep_rs": ("sleepstudy", "Reaction ~ Days", "Subject", "1 + Days"),
    "orthodont": ("orthodont", "distance ~ age11 * female", "Subject", "1 + age11"),
    "medpar": ("medpar", "log_los ~ admission", "hospital", "1"),
    "pastes": ("pastes", "strength ~ 1", ["batch", "sample"], "1"),
    "penicillin": ("penicillin", "diameter ~ 1", ["plate", "sample"], "1"),
    "dyestuff": ("dyestuff", "Yield ~ 1", "Batch", "1"),
    "few_ri": ("few", "y ~ treated + x", "group", "1"),
    "few_rs": ("few", "y ~ treated + x", "group", "1 + x"),
    "few_arm": ("few", "y ~ arm + x", "group", "1"),
    "early": ("early", "cog ~ age1 * treated", "id", "1 + age1"),
    "scots": ("scots", "attain ~ verbal + female", None, {"primary": "1", "second": "1"}),
    "fhch": ("fhch", "lrt ~ freq + len", None, {"id": "1 + freq", "item": "1"}),
    "empl": ("empl", "log_wage ~ t + log_k", None, {"firm": "1 + t", "sector": "1"}),
}
HERE = list(MODELS)
# Both optima of empl, lme4's and ours, are exact to a few millionths only: the log-likelihood is
# flat (it agrees to 1e-10), and standard errors follow the variances
ROOM = {name: 1e-5 if name == "empl" else 1e-6 for name in MODELS}

_TERMS = {
    "(Intercept)": "Intercept",
    "admissionurgent": "admission[T.urgent]",
    "admissionemergency": "admission[T.emergency]",
    "armb": "arm[T.b]",
    "armc": "arm[T.c]",
    "log(capital)": "log_k",
}


def our_term(term: str) -> str:
    return _TERMS.get(term, term)


def _early() -> pd.DataFrame:
    frame = pd.read_csv(DATA_DIR / "Early.csv")
    return frame.assign(age1=frame.age - 1, treated=(frame.trt == "Y").astype(int))


def _scots() -> pd.DataFrame:
    frame = pd.read_csv(DATA_DIR / "ScotsSec.csv")
    return frame.assign(female=(frame.sex == "F").astype(int))


def _fhch() -> pd.DataFrame:
    frame = pd.read_csv(DATA_DIR / "fhch2010.csv")
    freq = np.where(frame.frequency == "high", 0.5, -0.5)
    return frame.assign(lrt=np.log(frame.rt), freq=freq, len=frame.length - 5)


@cache
def data(name: str) -> pd.DataFrame:
    if name == "few":
        return pd.read_csv(ORACLE / "few.csv")
    if name in ("early", "scots", "fhch"):
        return {"early": _early, "scots": _scots, "fhch": _fhch}[name]()
    if name == "empl":
        return load_data("employment_uk").assign(log_k=lambda d: np.log(d.capital))
    frame = load_data(name)
    if name == "orthodont":
        return frame.assign(age11=frame.age - 11, female=(frame.Sex == "Female").astype(int))
    return frame


@cache
def fitted(name: str, method: str = "satterthwaite"):
    source, formula, groups, random = MODELS[name]
    options = {"random": random} if groups is None else {"groups": groups, "random": random}
    return fit_lmm(formula, data(source), **options).with_df(method)
