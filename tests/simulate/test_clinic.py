"""The file for chapter 13's "On your own data" is what its program writes, and holds its truth."""

from pathlib import Path

import numpy as np
import pandas as pd

from hlm_teach import fit_lmm
from hlm_teach.simulate.clinic import TRUTH, simulate_clinic

FILE = Path(__file__).resolve().parents[2] / "chapters" / "clinic.csv"


def usable():
    visits = pd.read_csv(FILE).dropna()
    return visits.assign(
        years=visits["month"] / 12,
        drug=(visits["arm"] == "drug").astype(int),
        y=np.log(visits["creatinine"]),
    )


def test_the_file_is_what_the_program_writes():
    assert FILE.read_text(encoding="utf-8") == simulate_clinic().to_csv(
        index=False, lineterminator="\n"
    )


def test_it_is_as_people_have_files():
    visits = pd.read_csv(FILE)
    assert visits["patient"].dtype.kind == "i" and 10 < visits["creatinine"].isna().sum() < 60
    first = visits.groupby("patient").first()
    died = first.groupby("arm")["ended"].value_counts(normalize=True).unstack()["died"]
    assert ((0.2 < died) & (died < 0.6)).all()
    at_first = visits[visits["month"] == 0].dropna().groupby("ended")["creatinine"].mean()
    assert at_first["died"] > at_first["completed"]
    assert not visits.duplicated(["patient", "month"]).any()


def test_the_right_model_finds_what_is_true():
    fit = fit_lmm("y ~ years + years:drug + C(stage)", usable(), "patient", "1 + years")
    interval = fit.conf_int()
    for term, truth in [
        ("Intercept", "start"),
        ("years", "per_year"),
        ("years:drug", "drug_per_year"),
        ("C(stage)[T.II]", "stage_II"),
        ("C(stage)[T.III]", "stage_III"),
    ]:
        assert interval.loc[term, "lower"] < TRUTH[truth] < interval.loc[term, "upper"], term
    assert not fit.singular and fit.pvalues["years:drug"] < 0.05
