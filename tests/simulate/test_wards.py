"""The file for "On your own data" is what its program writes, and its truth can be found in it."""

from pathlib import Path

import pandas as pd
import pytest

from hlm_teach import fit_lmm
from hlm_teach.simulate.wards import TRUTH, simulate_wards

FILE = Path(__file__).resolve().parents[2] / "chapters" / "wards.csv"


def test_the_file_is_what_the_program_writes():
    assert FILE.read_text(encoding="utf-8") == simulate_wards().to_csv(
        index=False, lineterminator="\n"
    )


def test_it_is_as_people_have_files():
    wards = pd.read_csv(FILE)
    assert wards["ward"].dtype.kind == "i" and wards["admission"].nunique() == 3
    assert wards["age"].isna().any() and wards["recovery"].isna().any()
    assert wards.groupby("ward")["nurses"].nunique().max() == 1
    assert wards.groupby("ward").size().min() < 10


def test_the_right_model_finds_what_is_true():
    wards = pd.read_csv(FILE).dropna()
    wards["age_mean"] = wards.groupby("ward")["age"].transform("mean")
    wards["age_within"] = wards["age"] - wards["age_mean"]
    fit = fit_lmm(
        "recovery ~ age_within + age_mean + C(admission, Treatment('planned')) + nurses",
        wards,
        "ward",
        random="1 + age_within",
    )
    interval = fit.conf_int()
    for term, name in [("age_within", "age_within"), ("age_mean", "age_between")]:
        assert interval.loc[term, "lower"] < TRUTH[name] < interval.loc[term, "upper"]
    assert fit.sigma2 == pytest.approx(TRUTH["sigma2"], rel=0.15) and not fit.singular
