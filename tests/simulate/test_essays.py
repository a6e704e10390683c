"""Chapter 07's file for "On your own data" is what its program writes; its truth is found in it."""

from pathlib import Path

import pandas as pd
import pytest

from hlm_teach import fit_lmm
from hlm_teach.simulate.essays import MARKS_EACH, N_TEACHERS, TRUTH, simulate_essays

FILE = Path(__file__).resolve().parents[2] / "chapters" / "essays.csv"


def test_the_file_is_what_the_program_writes():
    assert FILE.read_text(encoding="utf-8") == simulate_essays().to_csv(
        index=False, lineterminator="\n"
    )


def test_it_is_as_people_have_files_and_partly_crossed():
    essays = pd.read_csv(FILE)
    assert essays[["essay", "teacher"]].dtypes.map(lambda kind: kind.kind).eq("i").all()
    assert set(essays["teacher"]) < set(essays["essay"])  # the same numbers for both factors
    assert essays["mark"].isna().any() and essays["topic"].nunique() == 3
    assert (essays.groupby("essay")["teacher"].nunique() == MARKS_EACH).all()
    assert essays["teacher"].nunique() == N_TEACHERS
    assert not essays.duplicated(["essay", "teacher"]).any()
    assert essays.groupby("essay")[["typed", "topic"]].nunique().eq(1).all(axis=None)
    assert essays.groupby("teacher")["experience"].nunique().eq(1).all()


def test_the_right_model_finds_what_is_true():
    fit = fit_lmm(
        "mark ~ C(topic, Treatment('story')) + typed + experience",
        pd.read_csv(FILE).dropna(),
        random={"essay": "1", "teacher": "1"},
    )
    interval = fit.conf_int()
    for term in ("typed", "experience"):
        assert interval.loc[term, "lower"] < TRUTH[term] < interval.loc[term, "upper"]
    table = fit.table()
    for factor in ("essay", "teacher"):
        row = table.loc[f"variance({factor})"]
        assert row["lower"] < TRUTH[f"tau_{factor}"] < row["upper"]
    assert fit.sigma2 == pytest.approx(TRUTH["sigma2"], rel=0.15) and not fit.singular
