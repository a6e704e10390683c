"""Stored results of R: readable, with their provenance, and in agreement with our own fits."""

import pytest

from hlm_teach import fit_lmm, load_data
from hlm_teach.data.reference import reference

OURS = {  # R's model -> fit_lmm's arguments
    "Yield ~ 1 + (1 | Batch)": ("Yield ~ 1", "Batch", "1"),
    "Reaction ~ Days + (1 | Subject)": ("Reaction ~ Days", "Subject", "1"),
    "Reaction ~ Days + (Days | Subject)": ("Reaction ~ Days", "Subject", "1 + Days"),
    "Y ~ X + (X | school)": ("Y ~ X", "school", "1 + X"),
    "math ~ catholic + (1 | school)": ("math ~ catholic", "school", "1"),
}


def fit(row, **options):
    formula, groups, random = OURS[row.model]
    return fit_lmm(formula, load_data(row.data), groups, random, **options)


@pytest.mark.parametrize("name", ["kenward_roger", "lme4"])
def test_provenance_is_stored(name):
    table = reference(name)
    assert "R 4.2.2" in table.attrs["made_with"] and table.attrs["how"]


@pytest.mark.parametrize(
    "row", list(reference("kenward_roger").itertuples()), ids=lambda row: f"{row.data}-{row.Index}"
)
def test_satterthwaite_and_standard_errors_are_lmertests(row):
    ours = fit(row)
    assert ours.params[row.term] == pytest.approx(row.estimate, rel=1e-6)
    assert ours.bse[row.term] == pytest.approx(row.se_satterthwaite, rel=1e-5)
    assert ours.df[row.term] == pytest.approx(row.df_satterthwaite, rel=1e-4)


@pytest.mark.parametrize(
    "row",
    [row for row in reference("lme4").itertuples() if row.model in OURS],
    ids=lambda row: f"{row.data}-{row.Index}",
)
def test_log_likelihoods_are_lme4s(row):
    assert fit(row).llf == pytest.approx(row.llf_reml, abs=1e-6)
    assert fit(row, reml=False).llf == pytest.approx(row.llf_ml, abs=1e-6)
    assert fit(row).singular == row.singular


def test_kenward_roger_agrees_with_satterthwaite_except_at_singular_fits():
    for row in reference("kenward_roger").itertuples():
        if not fit(row).singular:
            assert row.df_kenward_roger == pytest.approx(row.df_satterthwaite, rel=1e-4)


def test_where_lme4_stopped_is_no_optimum():
    stuck = reference("lme4").iloc[-1]
    data = load_data("sleepstudy").assign(year=lambda d: d["Days"] + 1980)
    ours = fit_lmm("Reaction ~ year", data, "Subject", "1 + year")
    assert ours.llf > stuck["llf_reml"] + 20 and stuck["singular"] and not ours.singular


def test_an_unknown_name_is_said():
    with pytest.raises(ValueError, match="kenward_roger"):
        reference("sas")
