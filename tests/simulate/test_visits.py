"""The file for chapter 10's "On your own data" is what its program writes, and holds its truth."""

from pathlib import Path

import pandas as pd

from hlm_teach import fit_lmm
from hlm_teach.simulate.visits import TRUTH, WEEKS, simulate_visits

FILE = Path(__file__).resolve().parents[2] / "chapters" / "visits.csv"


def long():
    visits = pd.read_csv(FILE)
    data = visits.melt(["patient", "arm", "age"], var_name="week", value_name="score").dropna()
    data["week"] = data["week"].str.removeprefix("week").astype(int)
    return data.assign(step=data["week"] // 2, exercise=(data["arm"] == "exercise").astype(int))


def test_the_file_is_what_the_program_writes():
    assert FILE.read_text(encoding="utf-8") == simulate_visits().to_csv(
        index=False, lineterminator="\n"
    )


def test_it_is_as_people_have_files():
    visits = pd.read_csv(FILE)
    weeks = visits[[f"week{week}" for week in WEEKS]]
    assert visits["patient"].dtype.kind == "i" and weeks["week0"].notna().all()
    seen = weeks.notna().mean()
    assert seen.is_monotonic_decreasing and 0.4 < seen.iloc[-1] < 0.7
    gaps = weeks.isna().to_numpy()
    assert (gaps[:, 1:-1] & ~gaps[:, 2:]).any()  # some miss a visit and come back


def test_the_right_model_finds_what_is_true():
    fit = fit_lmm(
        "score ~ week * exercise", long(), "patient", "1 + week", residual="ar1", time="step"
    )
    interval = fit.conf_int()
    for term, truth in [
        ("week", TRUTH["per_week"]),
        ("week:exercise", TRUTH["exercise_per_week"]),
        ("Intercept", TRUTH["start"]),
    ]:
        assert interval.loc[term, "lower"] < truth < interval.loc[term, "upper"]
    assert abs(fit.phi - TRUTH["phi"]) < 0.2 and not fit.singular
