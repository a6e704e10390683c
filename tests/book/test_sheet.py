"""The cheat sheet: its numbers are the package's, its calls run, and it is one page."""

import json
import re
import shutil

import numpy as np
import pytest
from browser import why_not
from live_pages import ROOT

from hlm_teach.classroom.book import formulas, sheet
from hlm_teach.classroom.tools import npm
from hlm_teach.classroom.tools.problems import NotFetched

TEXT = (sheet.TEXT / "sheet.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def known():
    return sheet.names()


@pytest.mark.parametrize("call", [sheet.MODEL, *sheet.FUNCTIONS.values()])
def test_every_call_on_the_sheet_runs(known, call):
    assert eval(call, known) is not None


def test_numbers_are_those_of_reference_software_and_of_theory(known):
    found = sheet.numbers()
    fits = json.loads((ROOT / "tests/oracle/models.json").read_text(encoding="utf-8"))[
        "models"
    ]  # lme4's
    tau00, sigma2 = (row["vcov"] for row in fits["hsb_null"]["REML"]["varcomp"])
    assert found["icc"] == pytest.approx(tau00 / (tau00 + sigma2), abs=1e-6)
    for method in ("REML", "ML"):
        batches = fits["dyestuff"][method]["varcomp"][0]["vcov"]
        assert found[f"dye_{method.lower()}"] == pytest.approx(batches, abs=0.01)
    assert found["deff_worth"] == pytest.approx(600 / (1 + 19 * 0.2))
    assert (found["mix1"], found["mix2"]) == pytest.approx((2.7055, 5.1384), abs=1e-4)
    # Of studies of nothing, with t of 8 degrees of freedom, so many are beyond 1.96.
    t = np.random.default_rng(1).standard_t(8, 200_000)
    assert found["z_error"] == pytest.approx(100 * np.mean(np.abs(t) > 1.96), abs=0.25)
    math = known["hsb"].groupby("school", observed=True)["math"]
    assert found["raw_means"] == pytest.approx(np.var(math.mean(), ddof=1))
    assert found["raw_means"] - found["luck"] == pytest.approx(tau00, rel=0.05)


def test_every_place_has_its_number_and_every_number_its_place():
    places = {name for name, _ in sheet.PLACE.findall(TEXT)} - {"code_model", "functions"}
    assert places == set(sheet.numbers())


def test_no_number_of_the_data_is_written_by_hand():
    plain = re.sub(r"⟨[^⟩]*⟩|&\w+;|<[^>]*>", " ", sheet.FORMULA.sub(" ", TEXT))
    written = set(re.findall(r"(?<![\w.])\d[\d.,]*\d|\b\d\b", plain))
    assert written <= {"0", "1", "1.96", "5", "8", "10", "60"}, written


@pytest.mark.browser
def test_it_is_one_page(tmp_path):
    if reason := why_not():
        pytest.skip(reason)
    try:
        katex = npm.fetched(formulas.KATEX) / "dist"
    except NotFetched as problem:
        pytest.skip(str(problem))
    shutil.copytree(katex, tmp_path / "_static" / "katex")
    sheet.make(tmp_path, tmp_path / "sheet.pdf")
    content = (tmp_path / "sheet.pdf").read_bytes()
    assert len(re.findall(rb"/Type ?/Page\b", content)) == 1 and b"/StructTreeRoot" in content
    assert len(content) < 500_000 and not (tmp_path / "sheet.html").exists()
