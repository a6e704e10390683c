"""The file for chapter 14's "On your own data" is what its program writes, and holds its truth."""

from pathlib import Path

import numpy as np
import pandas as pd

from hlm_teach import fit_lmm
from hlm_teach.simulate.shops import TRUTH, simulate_shops

FILE = Path(__file__).resolve().parents[2] / "chapters" / "shops.csv"


def rows():
    shops = pd.read_csv(FILE).dropna()
    shops[["log_sales", "log_ads", "log_income"]] = np.log(shops[["sales", "ads", "income"]])
    shops["ads_mean"] = shops.groupby("shop")["log_ads"].transform("mean")
    return shops.assign(
        t=shops["year"] - 2015, region_year=shops["region"].astype(str) + shops["year"].astype(str)
    )


def test_the_file_is_what_the_program_writes():
    assert FILE.read_text(encoding="utf-8") == simulate_shops().to_csv(
        index=False, lineterminator="\n"
    )


def test_it_is_as_people_have_files():
    shops = pd.read_csv(FILE)
    assert shops["shop"].dtype.kind == "i" and shops["ads"].isna().sum() > 5
    assert shops.groupby("shop").size().nunique() > 2
    assert shops.groupby(["region", "year"])["income"].nunique().eq(1).all()


def test_the_truth_is_what_the_chapter_says():
    assert (TRUTH["ads"], TRUTH["income"], TRUTH["corr"]) == (0.10, 0.40, 0.6)


def test_the_right_model_finds_what_is_true_and_the_wrong_one_is_too_sure():
    formula = "log_sales ~ log_ads + log_income + C(year) + ads_mean"
    right = fit_lmm(formula, rows(), random={"shop": "1", "region_year": "1"})
    for term in ("ads", "income"):
        interval = right.conf_int().loc[f"log_{term}"]
        assert interval["lower"] < TRUTH[term] < interval["upper"]
    assert right.tvalues["ads_mean"] > 3
    wrong = fit_lmm(formula, rows(), "shop")
    assert wrong.bse["log_income"] < 0.75 * right.bse["log_income"]
